// The test pane: inputs that are kept, output in every form, what is tried again, and what differs from before.
import { expect, test } from "@playwright/test";
import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { barrier } from "../support/upstream.mjs";
import { isConstrained, promptOf, signIn, startWorld, triage } from "../support/world.mjs";

let world, watched, editor, flow;

test.beforeAll(async () => (world = await startWorld()));
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  world.upstream.setAnswer(triage);
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
  flow = await world.create({ template: "support-triage" });
  await editor.open(`${world.url}/flows/${flow.id}`);
});
test.afterEach(() => watched.expectNone());

const asked = () => world.upstream.requests.length;

/** Selects a node and opens a tab of the inspector, whichever was open before. */
async function inspect(name, tab) {
  await editor.node(name).getByRole("heading").click();
  await editor.inspector.getByRole("tab", { name: tab }).click();
}

test("inputs are kept over a reload, and an input is run again", async ({ page }) => {
  await editor.input.fill("Where is my parcel?");
  await editor.button("Saved inputs").click();
  const dialog = page.getByRole("dialog", { name: "Saved inputs" });
  await dialog.getByRole("button", { name: "Keep what is typed" }).click();
  await expect(dialog.getByRole("listitem")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await editor.reload();
  await editor.button("Saved inputs").click();
  await dialog.getByRole("button", { name: "Where is my parcel?", exact: true }).click();
  await expect(editor.input).toHaveValue("Where is my parcel?");
  await expect(editor.input).toBeFocused();
  await editor.run.click();
  await expect(editor.status).toContainText("Succeeded");
  const before = asked();
  await editor.button("Run again").click();
  await expect(editor.pane.locator(".msg.me")).toHaveCount(2);
  await expect(editor.pane.locator(".msg.me").last()).toHaveText("Where is my parcel?");
  await expect(editor.button("Run again")).toBeVisible();
  expect(asked()).toBe(before + 2);
  await editor.button("Saved inputs").click();
  await dialog.getByRole("button", { name: "Remove Where is my parcel?" }).click();
  await expect(dialog.getByRole("listitem")).toHaveCount(0);
});

test("the buttons above a node, its keys and its menu run it alone or with what follows", async ({ page }) => {
  await editor.send("Where is my parcel?");
  await expect(editor.button("Run again")).toBeVisible();
  const before = asked();
  const ended = async (words, asks) => {
    await expect(editor.pane.locator(".msg.me").last()).toHaveText(words);
    await expect.poll(asked).toBe(before + asks);
    await expect(editor.button("Run again")).toBeVisible();
  };
  await editor.node("Answer").getByRole("heading").click();
  await page.getByRole("toolbar", { name: "Selection" }).getByRole("button", { name: "Run selected node" }).click();
  await ended("Run Answer alone", 1);
  await editor.node("ClassifyTone").getByRole("heading").click();
  await editor.node("ClassifyTone").focus();
  await page.keyboard.press("Shift+R");
  await ended("Run from ClassifyTone", 3);
  await editor.node("Answer").getByRole("heading").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Run this node" }).click();
  await ended("Run Answer alone", 4);
});

test("an output is read as text, as safe Markdown and as a tree, and is copied", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const markdown = [
    "# Sorry",
    "",
    "- **one** <img src=x onerror=\"window.hacked=1\">",
    "- [safe](https://example.com) and [not](javascript:window.hacked=1)",
    "",
    "<script>window.hacked = 1</script>",
  ].join("\n");
  world.upstream.setAnswer((request) => (isConstrained(request) ? triage(request) : { text: markdown }));
  await editor.send("Nobody answers");
  await expect(editor.status).toContainText("Succeeded");
  await editor.pane.getByRole("tab", { name: "Output" }).click();
  await expect(editor.pane.locator(".output pre")).toHaveText(markdown);
  await editor.pane.getByRole("button", { name: "Markdown" }).click();
  const shown = editor.pane.locator(".markdown");
  await expect(shown.getByRole("heading", { name: "Sorry" })).toBeVisible();
  await expect(shown.getByRole("listitem")).toHaveCount(2);
  await expect(shown.getByRole("link")).toHaveCount(1);
  await expect(shown.getByRole("link", { name: "safe" })).toHaveAttribute("rel", /noopener/);
  await expect(shown).toContainText("<script>");
  expect(await page.evaluate(() => window.hacked)).toBeUndefined();
  await expect(shown.locator("img, script")).toHaveCount(0);
  await editor.pane.getByRole("button", { name: "Copy the output" }).click();
  await expect(page.getByText("Copied.")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(markdown);

  await editor.pane.getByRole("tab", { name: "Test" }).click();
  world.upstream.setAnswer((request) => (isConstrained(request) ? triage(request) : { text: '{"order": {"id": 7, "items": ["a", "b"]}}' }));
  await editor.send("Nobody answers");
  await expect(editor.pane.locator(".msg.it").last()).toContainText("order");
  await editor.pane.getByRole("tab", { name: "Output" }).click();
  await editor.pane.getByRole("button", { name: "JSON" }).click();
  const tree = editor.pane.getByRole("group", { name: "JSON" });
  await expect(tree).toContainText("order");
  await expect(tree).toContainText("id: 7");
  await expect(tree.getByText('"a"', { exact: true })).toHaveCount(0);
  await tree.locator("summary", { hasText: "items" }).click();
  await expect(tree.getByText('"a"', { exact: true })).toBeVisible();
});

test("events are found by what they say", async () => {
  await editor.send("Where is it?");
  await expect(editor.status).toContainText("Succeeded");
  await editor.pane.getByRole("tab", { name: "Events" }).click();
  const events = editor.pane.getByRole("log", { name: "Events" }).locator(".event");
  const all = await events.count();
  await editor.pane.getByRole("searchbox", { name: "Filter events" }).fill("conditionEvaluated");
  await expect(events).toHaveCount(1);
  await expect(events).toContainText("RouteByTone");
  await expect(editor.pane.getByText(`1 of ${all} events`)).toBeVisible();
});

test("one node runs alone or from there, on what the others gave before", async () => {
  await editor.send("Where is it?");
  await expect(editor.status).toContainText("Succeeded");
  await inspect("Answer", "Last run");
  let before = asked();
  await editor.inspector.getByRole("button", { name: "Run this node" }).click();
  await expect(editor.pane.locator(".msg.me").last()).toHaveText("Run Answer alone");
  await expect(editor.line("Answer")).toContainText("→");
  await expect(editor.pane.locator(".msg.it").last()).toHaveText("Here you go.");
  await expect(editor.button("Run again")).toBeVisible();
  expect(asked()).toBe(before + 1);
  await expect(editor.line("ClassifyTone")).toHaveCount(0);
  await expect(editor.node("FlowInputNode").getByRole("img", { name: "given, not run" })).toBeVisible();

  // What was changed since runs again, and only that.
  await inspect("ClassifyTone", "Configure");
  await editor.field("Prompt").press("End");
  await editor.field("Prompt").pressSequentially(" ");
  await inspect("RouteByTone", "Last run");
  before = asked();
  await editor.inspector.getByRole("button", { name: "Run from here" }).click();
  await expect(editor.pane.locator(".msg.me").last()).toHaveText("Run from RouteByTone");
  await expect(editor.button("Run again")).toBeVisible();
  expect(asked()).toBe(before + 2);
  await expect(editor.node("FlowInputNode").getByRole("img", { name: "given, not run" })).toBeVisible();
  await expect(editor.node("ClassifyTone").getByRole("img", { name: "succeeded" })).toBeVisible();
});

test("data that is pinned is given in the place of running, until it is unpinned", async ({ page }) => {
  await inspect("ClassifyTone", "Last run");
  await editor.inspector.getByRole("button", { name: "Pin data…" }).click();
  const data = editor.inspector.getByLabel("Data for its outputs");
  await data.fill('{"modelCompletion": 3}');
  await editor.inspector.getByRole("button", { name: "Pin", exact: true }).click();
  await expect(editor.inspector.getByRole("alert")).toContainText("The output modelCompletion is a String");
  await data.fill('{"modelCompletion": "angry"}');
  await editor.inspector.getByRole("button", { name: "Pin", exact: true }).click();
  await expect(editor.inspector.getByText("Pinned: it gives this and does not run.")).toBeVisible();
  await editor.reload();
  await expect(editor.pane.getByText("Pinned: ClassifyTone")).toBeVisible();
  const before = asked();
  // The message would be neutral; what is pinned says otherwise.
  await editor.send("Thank you");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.node("Deescalate").getByRole("img", { name: "succeeded" })).toBeVisible();
  await expect(editor.node("ClassifyTone").getByRole("img", { name: "given, not run" })).toBeVisible();
  expect(asked()).toBe(before + 1);
  await inspect("ClassifyTone", "Last run");
  await editor.inspector.getByRole("button", { name: "Unpin" }).click();
  await editor.button("Run again").click();
  await expect(editor.node("Answer").getByRole("img", { name: "succeeded" })).toBeVisible();
  await expect(page.getByText("Pinned: ClassifyTone")).toHaveCount(0);
});

test("a run is compared with the one before", async () => {
  await editor.send("Where is it?");
  await expect(editor.button("Run again")).toBeVisible();
  await editor.send("Nobody answers");
  await expect(editor.pane.locator(".msg.it").nth(1)).toContainText("so sorry");
  await editor.pane.getByRole("tab", { name: "Compare" }).click();
  const tone = editor.pane.getByRole("region", { name: "ClassifyTone" });
  await expect(tone).toContainText("neutral");
  await expect(tone).toContainText("angry");
  const route = editor.pane.getByRole("region", { name: "Deescalate" });
  await expect(route).toContainText("not taken");
  await expect(route).toContainText("succeeded");
  // A run of before the page was loaded is compared as well.
  const select = editor.pane.getByLabel("This run beside");
  await expect(select.locator("option")).toHaveCount(2);
  await select.selectOption({ index: 1 });
  await expect(tone).toContainText("neutral");
});

test("a card shows what streams and for how long, and its mark leads to what went in", async () => {
  const held = barrier();
  world.upstream.setAnswer((request) => (isConstrained(request) ? triage(request) : { chunks: ["We are looking", " into it."], barrier: held }));
  await editor.send("Where is it?");
  await held.held();
  const node = editor.node("Answer");
  await expect(node.locator("small")).toHaveText("We are looking");
  const time = node.locator(".badge");
  const first = await time.textContent();
  await expect(time).not.toHaveText(first);
  held.release();
  await expect(node.getByRole("img", { name: "succeeded" })).toBeVisible();
  await node.getByRole("img", { name: "succeeded" }).click();
  await expect(editor.inspector.getByRole("tab", { name: "Last run" })).toHaveAttribute("aria-selected", "true");
  await expect(editor.inspector).toContainText("We are looking into it.");
  await expect(editor.inspector).toContainText("Where is it?");
  expect(promptOf(world.upstream.requests.at(-1).body)).toContain("Where is it?");
});
