// What stands round: problems with a way out, two sides merged, flows in folders, executions that are found, templates.
import { expect, test } from "@playwright/test";
import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

// What a test brings about on purpose, besides a draft that was changed elsewhere.
const CHANGED = /status of 412/;
let world, watched, editor, allowed;
test.beforeAll(async () => (world = await startWorld()));
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  allowed = CHANGED;
  await signIn(page, world);
  editor = new Editor(page);
});
test.afterEach(() => watched.expectNone(allowed));

const read = async (id) => (await world.api("GET", `/api/flows/${id}`)).json();
const textOf = (definition, name) =>
  definition.nodes.find((node) => node.name === name).configuration.prompt.sourceConfiguration.inline.templateConfiguration.text;

test("a problem is solved by its button, in the list and at the field, and that is undone", async ({ page }) => {
  const flow = await world.create({ template: "support-triage" });
  const { definition, extensions, revision } = await read(flow.id);
  definition.connections = definition.connections.filter((it) => it.target !== "ClassifyTone");
  await world.save(flow.id, revision, { definition, extensions });
  await editor.open(`${world.url}/flows/${flow.id}`);
  await page.getByRole("button", { name: /problem/ }).click();
  const dialog = page.getByRole("dialog", { name: "Problems" });
  await dialog.getByRole("button", { name: "Connect FlowInputNode document" }).click();
  await expect(dialog.getByText("Nothing is wrong.")).toBeVisible();
  await page.keyboard.press("Escape");
  await editor.noProblems();
  await editor.button("Undo").click();
  await expect(editor.issue("ClassifyTone")).toContainText("not connected");
  await editor.select("ClassifyTone");
  await editor.inspector.getByRole("tab", { name: "Inputs" }).click();
  await editor.inspector.getByRole("button", { name: "Connect FlowInputNode document" }).click();
  await editor.noProblems();
  await editor.saved();
  const saved = await read(flow.id);
  expect(saved.definition.connections.some((it) => it.source === "FlowInputNode" && it.target === "ClassifyTone")).toBe(true);
});

test("two sides of one draft are merged, and what both changed is chosen", async ({ page }) => {
  const flow = await world.create({ template: "support-triage" });
  await editor.open(`${world.url}/flows/${flow.id}`);
  await editor.saved();
  const { definition, extensions, revision } = await read(flow.id);
  textOf(definition, "Answer").text = "Theirs {{message}}";
  textOf(definition, "Deescalate").text = "Calm {{message}}";
  await world.save(flow.id, revision, { definition, extensions });

  await editor.select("Answer");
  await editor.field("Prompt").fill("Mine {{message}}");
  await editor.rename("FlowOutputNode_1", "Mild");
  const dialog = page.getByRole("dialog", { name: "This flow was changed elsewhere too" });
  await expect(dialog).toBeVisible();
  const question = dialog.getByRole("group", { name: "Answer: Prompt" });
  await expect(question.getByRole("button", { name: /^Mine/ })).toHaveAttribute("aria-pressed", "true");
  await question.getByRole("button", { name: /^Theirs/ }).click();
  await dialog.getByRole("button", { name: "Merge both" }).click();
  await expect(dialog).toHaveCount(0);
  await editor.saved();
  const merged = (await read(flow.id)).definition;
  expect(textOf(merged, "Answer").text).toBe("Theirs {{message}}");
  expect(textOf(merged, "Deescalate").text).toBe("Calm {{message}}");
  expect(merged.nodes.some((node) => node.name === "Mild")).toBe(true);
  await editor.noProblems();
  await editor.button("Undo").click();
  await editor.saved();
  expect(textOf((await read(flow.id)).definition, "Answer").text).toBe("Mine {{message}}");
});

test("flows are found by folder and by tag", async ({ page }) => {
  for (const title of ["Parcels", "Invoices"]) await world.create({ title });
  await page.goto(world.url);
  await page.getByRole("button", { name: "Actions for Parcels" }).click();
  await page.getByRole("menuitem", { name: "Folder and tags…" }).click();
  const dialog = page.getByRole("dialog", { name: "Folder and tags" });
  await dialog.getByLabel("Folder").fill("Support");
  await dialog.getByLabel("Tags").fill("urgent, team: care");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  const cards = page.getByRole("list", { name: "Flows" }).getByRole("listitem");
  await page.getByLabel("Folder").selectOption("Support");
  await expect(cards).toHaveCount(1);
  await expect(cards).toContainText("Parcels");
  await expect(cards).toContainText("in Support");
  await page.getByLabel("Folder").selectOption("");
  await expect(cards.filter({ hasText: "Parcels" })).toHaveCount(0);
  await page.getByLabel("Folder").selectOption("*");
  await page.getByRole("group", { name: "Tags" }).getByRole("button", { name: "team: care" }).click();
  await expect(cards).toHaveCount(1);
  await page.getByRole("group", { name: "Tags" }).getByRole("button", { name: "team: care" }).click();
  await page.getByRole("searchbox", { name: "Search flows" }).fill("urgent");
  await expect(cards).toHaveCount(1);
});

test("executions are found by what went in, and the address says so", async ({ page }) => {
  const flow = await world.create({ template: "support-triage" });
  for (const input of ["the red parcel", "the blue parcel"]) {
    await world.api("POST", `/api/flows/${flow.id}/draft/invoke`, { input });
  }
  await page.goto(`${world.url}/executions`);
  const rows = page.locator("tbody tr");
  await expect(rows).toHaveCount(2);
  await page.getByRole("searchbox", { name: "Search executions" }).fill("RED");
  await page.keyboard.press("Enter");
  await expect(rows).toHaveCount(1);
  expect(page.url()).toContain("search=RED");
  await page.reload();
  await expect(rows).toHaveCount(1);
  await page.getByRole("searchbox", { name: "Search executions" }).fill("nothing of the kind");
  await page.keyboard.press("Enter");
  await expect(page.getByText("No execution is like that.")).toBeVisible();
});

test("a template is found by what it is made of, and used", async ({ page }) => {
  await page.getByRole("link", { name: "Look at all of them" }).click();
  await expect(page.getByRole("heading", { name: "Templates" })).toBeVisible();
  const cards = page.getByRole("list", { name: "Templates" }).getByRole("listitem");
  const all = await cards.count();
  await page.getByRole("searchbox", { name: "Search templates" }).fill("iterator");
  await expect(cards).toHaveCount(1);
  expect(all).toBeGreaterThan(3);
  await expect(cards).toContainText("Collector");
  await cards.getByRole("button", { name: /^Use/ }).click();
  await expect(editor.canvas).toBeVisible();
  await editor.noProblems();
  await expect(editor.input).not.toHaveValue("");
});

test("a page's part is loaded when it is opened, and again where it could not be", async ({ page }) => {
  const loaded = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname.split("/").at(-1)));
  await page.goto(world.url);
  await expect(page.getByRole("heading", { name: "Flows", exact: true })).toBeVisible();
  expect(loaded.filter((name) => name.endsWith(".wasm"))).toEqual(["app_bg.wasm"]);
  allowed = /split_rest\.wasm|Failed to fetch/;
  const parts = "**/assets/app-*/split_*.wasm";
  await page.route(parts, (route) => route.abort());
  await page.getByRole("link", { name: "Connections" }).click();
  await expect(page.getByRole("alert")).toContainText("This page could not be loaded.");
  await page.unroute(parts);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Connections", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Flows", exact: true }).click();
  await page.getByRole("link", { name: "Connections" }).click();
  await expect(page.getByRole("heading", { name: "Connections", exact: true })).toBeVisible();
  expect(loaded.filter((name) => name.startsWith("split_"))).toHaveLength(2);
});
