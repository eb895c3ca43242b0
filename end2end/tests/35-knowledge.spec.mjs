// Knowledge: a base is made, filled and asked; a flow answers from it; an id made elsewhere is answered.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { accessible } from "../support/axe.mjs";
import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { barrier } from "../support/upstream.mjs";
import { promptOf, signIn, startWorld } from "../support/world.mjs";

/** Answers with the title of the first passage that it was given. */
const answer = (request) =>
  promptOf(request).includes("Question: cite")
    ? { chunks: ["So it is [", "2]."] }
    : { chunks: ["It is told in ", promptOf(request).match(/Passage 1 \((.*?)\)/)?.[1] ?? "nothing", "."] };

const RULES = Array.from({ length: 60 }, (_, n) => `Rule number ${n} is about the colour c${n}.`).join(" ");

let world, editor, watched, folder;
test.beforeAll(async () => {
  // Without weights, so that what finds a passage does not hang on this machine.
  folder = await mkdtemp(join(tmpdir(), "anabranch-no-models-"));
  world = await startWorld(answer, { ANABRANCH_MODELS: folder });
});
test.afterAll(async () => {
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
});
// One test gives what the server refuses, which the browser notes too.
test.afterEach(() => watched.expectNone(/status of 4(00|09)/));

/** Drops files on the page, as from a folder's window. */
async function drop(page, files) {
  const transfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  await page.dispatchEvent("body", "dragover", { dataTransfer: transfer });
  await expect(page.getByText("Drop to add")).toBeVisible();
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

test("a base is made, filled and asked", async ({ page }) => {
  await page.getByRole("link", { name: "Knowledge" }).click();
  await expect(page.getByRole("heading", { name: "Let flows answer from your own documents" })).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "New knowledge base" }).click();
  const dialog = page.getByRole("dialog", { name: "New knowledge base" });
  await dialog.getByLabel("Name").fill("Shop handbook");
  await dialog.getByLabel("Id").fill("lower");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByRole("alert")).toContainText("ten capital letters and digits");
  await dialog.getByLabel("Id").fill("");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { name: "Shop handbook" })).toBeVisible();

  const documents = page.getByRole("region", { name: "Documents" });
  await expect(documents).toContainText("Drop files anywhere on this page");
  await documents.getByRole("button", { name: "Paste a text" }).click();
  const paste = page.getByRole("dialog", { name: "Paste a text" });
  await paste.getByLabel("Title").fill("Refunds");
  await paste.getByLabel("Text", { exact: true }).fill("Returns are taken within 30 days. The money is on your card five days later.");
  await paste.getByRole("button", { name: "Add" }).click();
  await expect(documents.getByRole("button", { name: "Refunds", exact: true })).toBeVisible();
  await drop(page, [["rules.md", RULES], ["again.txt", RULES], ["picture.png", "x"]]);
  await expect(documents.getByRole("button", { name: "rules.md", exact: true })).toBeVisible();
  await expect(page.getByText("picture.png: Only .txt, .md, .html")).toBeVisible();
  await expect(page.getByText("again.txt: The text of again.txt is there already")).toBeVisible();

  const ask = page.getByRole("region", { name: "Ask" });
  await ask.getByLabel("Question").fill('How do I get my "money" back?');
  await ask.getByRole("button", { name: "Find passages" }).click();
  const passages = ask.getByRole("list", { name: "Passages" }).getByRole("listitem");
  await expect(passages).toHaveCount(1);
  await expect(passages.first()).toContainText("Refunds");
  await expect(passages.first()).toContainText(/score 0\.\d\d/);
  await accessible(page);
  await expect(ask).toContainText("Found by words alone.");
  await ask.getByLabel("Question").fill("zebra?");
  await page.keyboard.press("Enter");
  await expect(ask).toContainText("Looked for: zebra.");

  await documents.getByRole("button", { name: "rules.md", exact: true }).click();
  const cut = page.getByRole("dialog", { name: "rules.md" });
  await expect(cut.getByRole("listitem").first()).toContainText("Rule number 0");
  expect(await cut.getByRole("listitem").count()).toBeGreaterThan(2);
  await accessible(page);
  await page.keyboard.press("Escape");
  await documents.getByRole("button", { name: "Delete rules.md" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(documents.getByRole("button", { name: "rules.md", exact: true })).toHaveCount(0);
});

test("meaning is read by a model, an answer leads to its passages, and both are measured", async ({ page }) => {
  const base = await world.api("POST", "/api/knowledge-bases", { name: "By meaning" }).then((answer) => answer.json());
  for (const [title, text] of [["Refunds", "Money comes back in five days."], ["Post", "A parcel takes two days."]]) {
    await world.api("POST", `/api/knowledge-bases/${base.id}/documents`, { title, text });
  }
  await page.goto(`${world.url}/knowledge/${base.id}`);
  await page.getByRole("button", { name: "Change", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Change the knowledge base" });
  await dialog.getByLabel("Model that reads the meaning").fill("test/embed");
  await accessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("by their meaning, as test/embed reads it")).toBeVisible();

  const ask = page.getByRole("region", { name: "Ask" });
  await ask.getByLabel("Question").fill("When is my money back?");
  await ask.getByRole("button", { name: "Find passages" }).click();
  await expect(ask).toContainText("Found by words and meaning.");
  const passages = ask.getByRole("list", { name: "Passages" }).getByRole("listitem");
  await expect(passages).toHaveCount(2);
  await expect(passages.first()).toContainText(/words \d\.\d\d · meaning \d\.\d\d/);
  await ask.getByText("How they are found").click();
  await ask.getByLabel("Found by").selectOption("words alone");
  await ask.getByLabel("Only documents whose metadata fit").fill("a year");
  await ask.getByRole("button", { name: "Find passages" }).click();
  await expect(ask).toContainText("The filter is not JSON");
  await ask.getByLabel("Only documents whose metadata fit").fill("");
  await ask.getByLabel("Model that answers").fill("test/model");
  await accessible(page);
  await ask.getByRole("button", { name: "Answer from them" }).click();
  await expect(ask.getByRole("region", { name: "Answer" })).toContainText("It is told in Refunds.");
  await expect(passages).toHaveCount(1);
  await ask.getByLabel("Question").fill("cite");
  await ask.getByLabel("Found by").selectOption("words and meaning");
  await ask.getByRole("button", { name: "Answer from them" }).click();
  await ask.getByRole("button", { name: "Passage 2", exact: true }).click();
  await expect(passages.nth(1)).toBeFocused();
  await accessible(page);

  // The answer is shown as the model writes it, and who gives up waiting ends the model's call.
  const held = barrier();
  world.upstream.setAnswer(() => ({ chunks: ["It is told ", "and told."], barrier: held }));
  const before = world.upstream.closed();
  await ask.getByRole("button", { name: "Answer from them" }).click();
  await expect(ask.getByRole("region", { name: "Answer" })).toHaveText("It is told");
  await expect(passages).toHaveCount(2);
  await ask.getByRole("button", { name: "Stop" }).click();
  await expect.poll(() => world.upstream.closed()).toBe(before + 1);
  await expect(ask.getByRole("region", { name: "Answer" })).toHaveText("It is told");
  await expect(ask.getByRole("button", { name: "Stop" })).toHaveCount(0);
  world.upstream.setAnswer(() => ({ status: 500 }));
  await ask.getByRole("button", { name: "Answer from them" }).click();
  await expect(ask.locator(".wrong")).toContainText("test");
  world.upstream.setAnswer(answer);

  const measure = page.getByRole("region", { name: "How well it finds" });
  await measure.getByLabel("Questions, each with").fill("Money back? => Refunds\nShipping => Post");
  await measure.getByRole("button", { name: "Save questions" }).click();
  await measure.getByRole("button", { name: "Measure by words" }).click();
  await expect(measure.getByRole("listitem").first()).toContainText("recall 0.50 · MRR 0.50");
  await measure.getByRole("button", { name: "Measure by both" }).click();
  await expect(measure.getByRole("listitem").first()).toContainText("recall 1.00 (+0.50)");
  await accessible(page);
});

test("the template answers from its documents", async ({ page }) => {
  await page.getByRole("button", { name: "Use Answer from documents" }).click();
  await expect(editor.canvas).toBeVisible();
  await editor.noProblems();
  await expect(editor.node("AnswerFromDocuments")).toContainText("Sample: a shop by the river");
  await editor.run.click();
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("It is told in Refunds.").first()).toBeVisible();
  await editor.line("AnswerFromDocuments").click();
  await expect(editor.pane.getByText(/from Refunds/)).toBeVisible();

  await editor.select("AnswerFromDocuments");
  await accessible(page);
  await expect(editor.field("Knowledge base")).toHaveValue("SAMPLEDOCS");
  await editor.field("Passages, at most").fill("101");
  await expect(editor.issue("AnswerFromDocuments")).toContainText("from 1 to 100");
  await editor.field("Passages, at most").fill("1");
  await editor.noProblems();
  await editor.inspector.getByRole("button", { name: "Passages", exact: true }).click();
  await expect(editor.port("AnswerFromDocuments output retrievalResults")).toBeVisible();
  await editor.inspector.getByRole("button", { name: "An answer", exact: true }).click();
  await expect(editor.port("AnswerFromDocuments output outputText")).toBeVisible();
  await expect(editor.wires).toHaveCount(4);
  await editor.noProblems();
});

test("an id that was made elsewhere is answered where that is said", async ({ page }) => {
  const flow = await world.create({ template: "answer-from-documents", title: "Imported" });
  const { id, revision, definition, extensions } = flow;
  await world.save(id, revision, JSON.parse(JSON.stringify({ definition, extensions }).replaceAll("SAMPLEDOCS", () => "$$KNOWLEDGEBASE_ID")));
  await editor.open(`${world.url}/flows/${id}`);
  await expect(editor.issue("FindPassages")).toHaveText("No knowledge base here answers to this id yet.");
  await editor.send("What does delivery cost?");
  await expect(editor.status).toContainText("Failed");
  await editor.select("FindPassages");
  await editor.inspector.getByRole("button", { name: "Let one answer to it" }).click();
  const dialog = page.getByRole("dialog", { name: "Which knowledge base answers?" });
  await dialog.getByLabel("Knowledge base").selectOption("Sample: a shop by the river");
  await accessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await editor.send("What does delivery cost?");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.issue("FindPassages")).toHaveCount(0);
  await expect(editor.pane.getByText("It is told in Delivery.").first()).toBeVisible();
  await page.goto(`${world.url}/knowledge/SAMPLEDOCS`);
  await expect(page.getByText("also answers to $$KNOWLEDGEBASE_ID")).toBeVisible();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "Knowledge", exact: true })).toBeVisible();
});
