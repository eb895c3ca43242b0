// Lists: a template that judges one, an iteration drawn by hand, and a loop that came by import.
import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { isConstrained, signIn, startWorld } from "../support/world.mjs";

/** Judges by the last line of the prompt that holds a review; anything else is answered with its own last line. */
const judge = (request) => {
  const lines = request.messages.at(-1).content.split("\n").filter((line) => line.trim());
  if (!isConstrained(request)) return { chunks: [`<${lines.at(-1)}>`] };
  const review = lines.findLast((line) => line.startsWith("Review:"));
  return { chunks: [JSON.stringify({ answer: /leaks|broke/.test(review) ? "complaint" : "praise" })] };
};

let world, editor, watched;
test.beforeAll(async () => {
  world = await startWorld(judge);
});
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
});
test.afterEach(() => watched.expectNone());

test("the template's sample is there, runs at once, and each item can be looked at", async ({ page }) => {
  await page.getByRole("button", { name: "Use Judge a list" }).click();
  await editor.noProblems();
  await expect(editor.input).toHaveValue(/^\["Great kettle/);
  await expect(page.locator(".region")).toHaveText("once for each item of EachReview");
  await editor.run.click();
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText('["praise","complaint"]')).toBeVisible();
  // Both items are behind one line; the newest is shown, and a stepper leads to the other.
  await expect(editor.line("Judge")).toHaveCount(1);
  const items = editor.pane.getByRole("group", { name: "EachReview, items" });
  await expect(items).toContainText("item 2 of 2");
  await editor.line("Judge").click();
  await expect(editor.pane.locator(".line-open")).toContainText("It leaks, and nobody answers my mails.");
  await expect(editor.pane.locator(".line-open")).toContainText("complaint");
  await expect(editor.canvas.locator(".wire .count").first()).toHaveText("×2");
  await items.getByRole("button", { name: "Previous item of EachReview" }).click();
  await expect(items).toContainText("item 1 of 2");
  await editor.line("Judge").click();
  await expect(editor.pane.locator(".line-open")).toContainText("Great kettle");
  // The card shows the same item.
  await editor.select("Judge");
  await editor.inspector.getByRole("tab", { name: "Last run" }).click();
  await expect(editor.inspector).toContainText("Great kettle");
  await expect(items.getByRole("button", { name: "Previous item of EachReview" })).toBeDisabled();

  await editor.send("[1]");
  await expect(editor.pane.getByRole("alert")).toContainText("The items are Strings, and item 0 is a Number.");
  await expect(editor.node("EachReview").locator(".issue")).toContainText("The items are Strings");
  await editor.send("");
  await expect(editor.pane.getByRole("alert").last()).toContainText('Write an Array as JSON, such as ["one", "two"].');
});

test("a person draws an iteration, and lets items go together", async ({ page }) => {
  const { id } = await world.create({ title: "Shout" });
  await editor.open(`${world.url}/flows/${id}`);
  await editor.node("FlowInputNode").click();
  await editor.inspector.getByLabel("Type").selectOption("Array");
  for (const kind of ["Iterator", "Prompt", "Collector"]) await editor.palette.getByRole("button", { name: kind }).click();
  await expect(editor.wires).toHaveCount(3);
  await expect(editor.node("Collector_1").locator(".issue")).toContainText("Input arraySize is not connected.");
  await editor.port("Iterator_1 output arraySize").dragTo(editor.port("Collector_1 input arraySize"));
  await editor.port("Collector_1 output collectedArray").dragTo(editor.port("FlowOutputNode input document"));
  await editor.noProblems();
  await editor.button("Tidy up").click();
  await editor.node("Iterator_1").click();
  await editor.field("Items at the same time").fill("65");
  await expect(editor.inspector.getByText("Between 1 and 10 items can be under way together.")).toBeVisible();
  await editor.field("Items at the same time").fill("2");
  await editor.noProblems();
  await editor.send('["a", "b", "c"]');
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText('["<a>","<b>","<c>"]')).toBeVisible();
  const { extensions } = await (await world.api("GET", `/api/flows/${id}`)).json();
  expect(extensions.nodes.Iterator_1.parallel).toBe(2);
});
