// Selecting: by a frame that adds and takes away, along connections, and the box around what is selected.
import { expect, test } from "@playwright/test";

import { headingOf, middle, openFlow, placeOf, selected, viewport } from "../support/canvas.mjs";
import { worldForAll } from "../support/canvas-test.mjs";

const world = worldForAll();

/** Draws a frame around some nodes. */
async function frame(page, editor, names, { part = 1, keys = [] } = {}) {
  const boxes = await Promise.all(names.map((name) => editor.node(name).boundingBox()));
  const [x, y] = [Math.min(...boxes.map((box) => box.x)) - 8, Math.min(...boxes.map((box) => box.y)) - 8];
  const right = Math.max(...boxes.map((box) => box.x + box.width * part)) + 8 * part;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + 8;
  for (const key of keys) await page.keyboard.down(key);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(right, bottom, { steps: 5 });
  return async () => {
    await page.mouse.up();
    for (const key of keys) await page.keyboard.up(key);
  };
}

test("a frame selects while it is drawn, with the connections of its nodes", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const end = await frame(page, editor, ["Start", "Ask"], { keys: ["Shift"] });
  await expect.poll(() => selected(editor)).toEqual(["Start", "Ask"]);
  await end();
  await expect(editor.canvas.locator(".wire.sel")).toHaveCount(2);
  await expect(editor.canvas.locator(".marquee")).toHaveCount(0);
});

test("Shift adds, and with Alt it takes away", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.select("Spare");
  await (await frame(page, editor, ["Start", "Ask"], { keys: ["Shift"] }))();
  await expect.poll(async () => (await selected(editor)).sort()).toEqual(["Ask", "Spare", "Start"]);
  await (await frame(page, editor, ["Ask"], { keys: ["Shift", "Alt"] }))();
  await expect.poll(async () => (await selected(editor)).sort()).toEqual(["Spare", "Start"]);
});

test("a frame takes what it holds whole, or what it touches where that is wished; Escape puts back", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const half = { part: 0.5, keys: ["Shift"] };
  await (await frame(page, editor, ["Ask"], half))();
  expect(await selected(editor)).toEqual([]);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "All commands" }).fill("marquee takes");
  await page.keyboard.press("Enter");
  await (await frame(page, editor, ["Ask"], half))();
  expect(await selected(editor)).toEqual(["Ask"]);
  const end = await frame(page, editor, ["Spare"], { keys: ["Shift"] });
  await page.keyboard.press("Escape");
  await end();
  expect(await selected(editor)).toEqual(["Ask"]);
});

test("a switch lets a plain drag select, and Space pans then", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.canvas.focus();
  await page.keyboard.press("m");
  await expect(editor.button("Drag selects")).toHaveAttribute("aria-pressed", "true");
  await (await frame(page, editor, ["Start", "Ask"]))();
  expect(await selected(editor)).toEqual(["Start", "Ask"]);
  const before = await viewport(editor);
  const corner = await editor.at(0.1, 0.9);
  await page.keyboard.down(" ");
  await editor.drag(corner, { x: corner.x + 40, y: corner.y });
  await page.keyboard.up(" ");
  expect((await viewport(editor)).x - before.x).toBe(40);
  await editor.reload();
  await expect(editor.button("Drag selects")).toHaveAttribute("aria-pressed", "true");
});

test("the box around what is selected moves all of it, and has a menu", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await (await frame(page, editor, ["Start", "Ask"], { keys: ["Shift"] }))();
  const before = [await placeOf(editor.node("Start")), await placeOf(editor.node("Ask"))];
  const box = await editor.canvas.locator(".selection-box").boundingBox();
  // Off the wire, between the two cards.
  const between = { x: box.x + box.width * 0.45, y: box.y + box.height - 6 };
  await editor.drag(between, { x: between.x, y: between.y + 90 });
  const after = [await placeOf(editor.node("Start")), await placeOf(editor.node("Ask"))];
  expect(after[0].y).toBeGreaterThan(before[0].y + 60);
  expect(after[1].x - after[0].x).toBe(before[1].x - before[0].x);
  expect(after[1].y - after[0].y).toBe(before[1].y - before[0].y);
  await page.keyboard.press("Control+z");
  expect(await placeOf(editor.node("Start"))).toEqual(before[0]);
  await page.mouse.click(between.x, between.y, { button: "right" });
  await expect(page.getByRole("menu", { name: "Canvas" }).or(page.getByRole("menu", { name: "Selection" }))).toBeVisible();
});

test("Shift and arrows select what leads here and what follows, Ctrl A all, Escape none", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.select("Ask");
  await editor.node("Ask").focus();
  await page.keyboard.press("Shift+ArrowRight");
  expect(await selected(editor)).toEqual(["Ask", "End"]);
  await editor.select("Ask");
  await editor.node("Ask").focus();
  await page.keyboard.press("Shift+ArrowLeft");
  expect((await selected(editor)).sort()).toEqual(["Ask", "Start"]);
  await page.keyboard.press("Control+a");
  expect(await selected(editor)).toHaveLength(4);
  await page.keyboard.press("Escape");
  expect(await selected(editor)).toEqual([]);
});

test("Ctrl and Shift clicks add and take away, a drag of one of several keeps them", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.select("Start");
  await headingOf(editor, "Ask").click({ modifiers: ["Control"] });
  await headingOf(editor, "End").click({ modifiers: ["Shift"] });
  expect(await selected(editor)).toEqual(["Start", "Ask", "End"]);
  await headingOf(editor, "End").click({ modifiers: ["Control"] });
  const from = await middle(headingOf(editor, "Ask"));
  await editor.drag(from, { x: from.x, y: from.y + 60 });
  expect(await selected(editor)).toEqual(["Start", "Ask"]);
});
