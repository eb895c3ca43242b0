// Groups and notes: shown, kept, undone, and never in what AWS sees.
import { expect, test } from "@playwright/test";

import { draft, headingOf, middle, openFlow, placeOf } from "../support/canvas.mjs";
import { worldForAll } from "../support/canvas-test.mjs";

const world = worldForAll();
const both = async (editor) => {
  await editor.select("Ask");
  await headingOf(editor, "Spare").click({ modifiers: ["Control"] });
};

test("nodes are grouped, named, coloured, moved together, collapsed and let go again", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  const { definition } = await draft(world(), flow);
  await both(editor);
  await editor.canvas.focus();
  await page.keyboard.press("Control+g");
  const group = editor.node("Group 1");
  await expect(group).toHaveClass(/sel/);
  await group.getByRole("heading").dblclick();
  await page.getByRole("textbox", { name: "Group title" }).fill("Thinking");
  await page.keyboard.press("Enter");
  const named = editor.node("Thinking");
  const title = await middle(named.getByRole("heading"));
  const before = [await placeOf(editor.node("Ask")), await placeOf(editor.node("Spare"))];
  await editor.drag(title, { x: title.x, y: title.y + 60 });
  const after = [await placeOf(editor.node("Ask")), await placeOf(editor.node("Spare"))];
  expect(after[0].y).toBeGreaterThan(before[0].y + 20);
  expect(after[1].y - after[0].y).toBe(before[1].y - before[0].y);
  await page.getByRole("toolbar", { name: "Selection" }).getByRole("button", { name: "Colour green" }).click();
  await expect(named).toHaveClass(/tint-green/);
  await page.getByRole("button", { name: "Collapse Thinking" }).click();
  await expect(editor.node("Ask")).toBeHidden();
  await expect(named).toContainText("Ask topic");
  await expect(named).toContainText("Ask modelCompletion");
  const path = await editor.canvas.getByRole("button", { name: /^Edge from Start/ }).locator(".edge").getAttribute("d");
  const corner = await placeOf(named);
  expect(path).toContain(` ${corner.x.toFixed(1)} `);
  await editor.saved();
  await editor.reload();
  await expect(editor.node("Thinking")).toHaveClass(/collapsed/);
  await page.getByRole("button", { name: "Open Thinking" }).click();
  await expect(editor.node("Ask")).toBeVisible();
  await editor.select("Ask");
  await editor.node("Ask").focus();
  await page.keyboard.press("Control+Shift+g");
  await expect(editor.node("Thinking")).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(editor.node("Thinking")).toBeVisible();
  await editor.saved();
  const saved = await draft(world(), flow);
  expect(saved.definition).toEqual(definition);
  expect(saved.extensions.groups).toMatchObject([{ title: "Thinking", nodes: ["Ask", "Spare"], color: "green" }]);
});

test("a group lies inside another", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await both(editor);
  await editor.canvas.focus();
  await page.keyboard.press("Control+g");
  await headingOf(editor, "End").click({ modifiers: ["Control"] });
  await editor.canvas.focus();
  await page.keyboard.press("Control+g");
  const [inner, outer] = [await editor.node("Group 1").boundingBox(), await editor.node("Group 2").boundingBox()];
  expect(outer.x).toBeLessThan(inner.x);
  expect(outer.y).toBeLessThan(inner.y);
  expect(outer.y + outer.height).toBeGreaterThan(inner.y + inner.height);
});

test("a note is written as Markdown, moved, resized, coloured and kept", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  const at = await editor.at(0.12, 0.75);
  await page.mouse.click(at.x, at.y, { button: "right" });
  await page.getByRole("menuitem", { name: "Add a note here" }).click();
  const text = page.getByRole("textbox", { name: "Note text" });
  await expect(text).toBeFocused();
  await text.fill("# Careful\n**bold** <img src=x onerror=alert(1)>");
  await page.keyboard.press("Escape");
  const note = editor.node("Note: Careful");
  await expect(note.locator("strong")).toHaveText("bold");
  await expect(note.locator("img")).toHaveCount(0);
  await expect(note).toContainText("<img src=x");
  const stood = await placeOf(note);
  const from = await middle(note.locator(".prose"));
  await editor.drag(from, { x: from.x + 80, y: from.y - 40 });
  expect((await placeOf(note)).x).toBeGreaterThan(stood.x + 40);
  const width = async () => Number.parseFloat((await note.getAttribute("style")).match(/width: ([\d.]+)px/)[1]);
  const wide = await width();
  const grip = await middle(note.locator(".grip.se"));
  await editor.drag(grip, { x: grip.x + 60, y: grip.y + 40 });
  expect(await width()).toBeGreaterThan(wide + 20);
  await page.getByRole("toolbar", { name: "Selection" }).getByRole("button", { name: "Colour blue" }).click();
  await expect(note).toHaveClass(/tint-blue/);
  await editor.saved();
  const saved = await draft(world(), flow);
  expect(saved.extensions.notes).toMatchObject([{ color: "blue" }]);
  expect(JSON.stringify(saved.definition)).not.toContain("Careful");
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await expect(editor.canvas.locator(".note-card")).toHaveCount(0);
});

test("a note is reached, written and deleted by keyboard", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.canvas.focus();
  await page.keyboard.press("n");
  await expect(page.getByRole("textbox", { name: "Note text" })).toBeFocused();
  await page.keyboard.type("Hello");
  await page.keyboard.press("Escape");
  await editor.node("Note: Hello").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type(" again");
  await page.keyboard.press("Escape");
  await editor.canvas.locator(".note-card").focus();
  await page.keyboard.press("Delete");
  await expect(editor.canvas.locator(".note-card")).toHaveCount(0);
});
