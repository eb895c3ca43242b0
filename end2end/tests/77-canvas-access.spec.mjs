// The canvas without a mouse and without seeing it: order, announcements, the outline, forced colours.
import { expect, test } from "@playwright/test";

import { serious } from "../support/axe.mjs";
import { openFlow, selected, small } from "../support/canvas.mjs";
import { worldForAll } from "../support/canvas-test.mjs";

const world = worldForAll();

test("Tab goes as the flow runs, whichever stands where", async ({ page }) => {
  const draft = small();
  draft.extensions.nodes.End.position = { x: -400, y: 0 };
  const { editor } = await openFlow(page, world(), draft);
  await editor.node("Start").focus();
  const order = [];
  for (let step = 0; step < 4; step += 1) {
    order.push(await page.evaluate(() => document.activeElement.getAttribute("aria-label")));
    await page.keyboard.press("Tab");
  }
  expect(order.indexOf("Ask")).toBeGreaterThan(order.indexOf("Start"));
  expect(order.indexOf("End")).toBeGreaterThan(order.indexOf("Ask"));
});

test("of many nodes one takes the Tab key, and arrows lead on", async ({ page }) => {
  const draft = small();
  for (let at = 0; at < 60; at += 1) {
    const name = `Many_${at}`;
    draft.definition.nodes.push({ ...draft.definition.nodes[3], name });
    draft.extensions.nodes[name] = { position: { x: (at % 10) * 260, y: 600 + Math.floor(at / 10) * 140 } };
  }
  const { editor } = await openFlow(page, world(), draft);
  await expect(editor.canvas.locator(".node[tabindex='0']")).toHaveCount(1);
  await editor.node("Start").focus();
  await page.keyboard.press("ArrowRight");
  await expect(editor.node("Ask")).toBeFocused();
  await expect(editor.node("Ask")).toHaveAttribute("tabindex", "0");
  await expect(editor.canvas.locator(".node[tabindex='0']")).toHaveCount(1);
});

test("what happens is said", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const said = editor.canvas.locator("[aria-live]");
  await editor.node("Spare").focus();
  await page.keyboard.press("Enter");
  await expect(said).toHaveText("Selected Spare");
  await page.keyboard.press("Alt+ArrowRight");
  await expect(said).toContainText("Moved to 420, 300");
  await page.keyboard.press("Delete");
  await expect(said).toHaveText("Deleted Spare");
  await page.keyboard.press("Control+z");
  await expect(said).toContainText("Undone: Delete Spare");
  await page.keyboard.press("l");
  await expect(said).toContainText("Locked");
});

test("the outline has the same names, in step with the canvas, and edits the same flow", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.canvas.focus();
  await page.keyboard.press("o");
  const outline = page.getByRole("tree", { name: "Outline" });
  const item = (name) => outline.getByRole("treeitem", { name, exact: true });
  await expect(outline.getByRole("treeitem")).toHaveCount(4);
  await editor.select("Spare");
  await expect(item("Spare")).toHaveAttribute("aria-selected", "true");
  await item("Start").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await expect(item("Start output document")).toBeFocused();
  await page.keyboard.press("Enter");
  const list = page.getByRole("dialog", { name: "Connect Start output document" });
  await list.getByRole("combobox").fill("spare");
  await page.keyboard.press("Enter");
  await expect(editor.wires).toHaveCount(3);
  await item("Ask").focus();
  await page.keyboard.press("Enter");
  expect(await selected(editor)).toEqual(["Ask"]);
  await page.keyboard.press("Delete");
  await expect(item("Ask")).toHaveCount(0);
  await expect(editor.node("Ask")).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(item("Ask")).toBeVisible();
});

test("axe finds nothing with a note, a group, the outline, find and a menu", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.select("Ask");
  await editor.canvas.focus();
  await page.keyboard.press("Control+g");
  await page.keyboard.press("n");
  await page.keyboard.type("Hello");
  await page.keyboard.press("Escape");
  await page.keyboard.press("o");
  await page.keyboard.press("Control+f");
  expect(await serious(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await editor.canvas.getByRole("heading", { name: "Spare" }).click({ button: "right" });
  expect(await serious(page)).toEqual([]);
});

test("with forced colours, cards and what is selected have an outline", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  const { editor } = await openFlow(page, world());
  await editor.select("Ask");
  const width = (name) => editor.node(name).evaluate((node) => getComputedStyle(node).outlineWidth);
  expect(await width("Spare")).toBe("1px");
  expect(await width("Ask")).toBe("3px");
});
