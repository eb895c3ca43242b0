// Looking at the canvas: pan, zoom, fit, the edge, the mini-map, and where one left off.
import { expect, test } from "@playwright/test";

import { fingers, headingOf, middle, openFlow, placeOf, small, viewport, way } from "../support/canvas.mjs";
import { worldForAll } from "../support/canvas-test.mjs";

const world = worldForAll();

test("the wheel zooms to the pointer, and never the page", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const at = await middle(headingOf(editor, "Ask"));
  await page.mouse.move(at.x, at.y);
  const before = await viewport(editor);
  await page.mouse.wheel(0, -250);
  await expect.poll(async () => (await viewport(editor)).zoom).toBeCloseTo(before.zoom * 2 ** 0.5, 2);
  const after = await middle(headingOf(editor, "Ask"));
  expect(Math.abs(after.x - at.x)).toBeLessThan(30);
  expect(await page.evaluate(() => visualViewport.scale)).toBe(1);
  for (let turn = 0; turn < 12; turn += 1) await page.mouse.wheel(0, -400);
  await expect.poll(async () => (await viewport(editor)).zoom).toBe(4);
  for (let turn = 0; turn < 16; turn += 1) await page.mouse.wheel(0, 600);
  await expect.poll(async () => (await viewport(editor)).zoom).toBe(0.1);
});

test("a plain drag pans, the middle button pans over a node, and the wheel pans where that is wished", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const corner = await editor.at(0.1, 0.9);
  const before = await viewport(editor);
  await editor.drag(corner, { x: corner.x + 60, y: corner.y - 40 });
  const panned = await viewport(editor);
  expect([panned.x - before.x, panned.y - before.y]).toEqual([60, -40]);
  const at = await middle(headingOf(editor, "Ask"));
  const stood = await placeOf(editor.node("Ask"));
  await page.mouse.move(at.x, at.y);
  await page.mouse.down({ button: "middle" });
  await page.mouse.move(at.x + 50, at.y + 20, { steps: 4 });
  await page.mouse.up({ button: "middle" });
  expect((await viewport(editor)).x - panned.x).toBe(50);
  expect(await placeOf(editor.node("Ask"))).toEqual(stood);
  // A trackpad goes in small steps.
  const still = await viewport(editor);
  await page.mouse.wheel(8, 12);
  await expect.poll(async () => (await viewport(editor)).y - still.y).toBeCloseTo(-6, 5);
  expect((await viewport(editor)).zoom).toBe(still.zoom);
});

test("keys zoom and fit, all or what is selected", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.canvas.focus();
  const { zoom } = await viewport(editor);
  await page.keyboard.press("Control+=");
  await expect.poll(async () => (await viewport(editor)).zoom).toBeCloseTo(zoom * 1.2, 3);
  await page.keyboard.press("Control+0");
  await expect.poll(async () => (await viewport(editor)).zoom).toBeCloseTo(1, 5);
  await page.keyboard.press("Shift+Digit1");
  await expect.poll(async () => (await viewport(editor)).zoom).toBeCloseTo(zoom, 3);
  await editor.select("End");
  await editor.canvas.focus();
  await page.keyboard.press("Shift+Digit2");
  const box = await editor.canvas.boundingBox();
  const seen = await middle(editor.node("End"));
  expect(Math.abs(seen.x - box.x - box.width / 2)).toBeLessThan(3);
});

test("a fit is animated, unless one wants stillness", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "no-preference" });
  const { editor } = await openFlow(page, world());
  await editor.canvas.focus();
  const corner = await editor.at(0.1, 0.9);
  await editor.drag(corner, { x: corner.x + 300, y: corner.y - 200 });
  const seen = await page.evaluate(async () => {
    const world = document.querySelector(".world");
    const steps = new Set();
    document.querySelector('[aria-label="Fit"]').click();
    for (let frame = 0; frame < 40; frame += 1) {
      await new Promise((done) => requestAnimationFrame(done));
      steps.add(world.style.transform);
    }
    return steps.size;
  });
  expect(seen).toBeGreaterThan(2);
});

test("the canvas goes along when a node is dragged to its edge, which lands where the hand is", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const before = await viewport(editor);
  const stood = await placeOf(editor.node("Spare"));
  const from = await middle(headingOf(editor, "Spare"));
  const box = await editor.canvas.boundingBox();
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 8, from.y, { steps: 8 });
  await expect.poll(async () => before.x - (await viewport(editor)).x).toBeGreaterThan(80);
  const under = await middle(headingOf(editor, "Spare"));
  await page.mouse.up();
  expect(Math.abs(under.x - (box.x + box.width - 8))).toBeLessThan(120);
  const { x } = await placeOf(editor.node("Spare"));
  expect(x).toBeGreaterThan(stood.x + 400);
  await page.keyboard.press("Control+z");
  expect(await placeOf(editor.node("Spare"))).toEqual(stood);
});

test("a flow opens where it was left", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const corner = await editor.at(0.1, 0.9);
  await editor.drag(corner, { x: corner.x + 90, y: corner.y - 30 });
  const left = await viewport(editor);
  await editor.reload();
  await editor.node("Ask").waitFor();
  await expect.poll(async () => Math.abs((await viewport(editor)).x - left.x)).toBeLessThan(0.2);
});

test("the mini-map goes there, zooms and selects", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const map = editor.canvas.getByRole("img", { name: "Overview" });
  await page.keyboard.press("Control+=");
  const rects = map.locator("rect:not(.seen)");
  const end = await middle(rects.nth(2));
  await page.mouse.click(end.x, end.y);
  await expect(editor.node("End")).toHaveClass(/sel/);
  const box = await editor.canvas.boundingBox();
  await expect.poll(async () => Math.abs((await middle(editor.node("End"))).x - box.x - box.width / 2)).toBeLessThan(20);
  const { zoom } = await viewport(editor);
  await page.mouse.wheel(0, -250);
  await expect.poll(async () => (await viewport(editor)).zoom).toBeGreaterThan(zoom * 1.3);
});

test("a locked canvas pans and selects, and moves nothing", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.button("Lock").click();
  await expect(editor.button("Lock")).toHaveAttribute("aria-pressed", "true");
  const [stood, before] = [await placeOf(editor.node("Ask")), await viewport(editor)];
  const from = await middle(headingOf(editor, "Ask"));
  await editor.drag(from, { x: from.x + 70, y: from.y + 10 });
  expect(await placeOf(editor.node("Ask"))).toEqual(stood);
  expect((await viewport(editor)).x - before.x).toBe(70);
  const port = await middle(editor.port("Spare output modelCompletion"));
  await editor.drag(port, { x: port.x + 40, y: port.y });
  await expect(page.getByRole("dialog", { name: "Add a node" })).toHaveCount(0);
  await editor.select("Ask");
});

test("a node that takes the focus by keyboard comes into view", async ({ page }) => {
  const draft = small();
  draft.extensions.nodes.End.position = { x: 9000, y: 0 };
  const { editor } = await openFlow(page, world(), draft);
  await editor.canvas.focus();
  await page.keyboard.press("Control+0");
  await editor.node("Spare").focus();
  await page.keyboard.press("Tab");
  await expect(editor.node("End")).toBeFocused();
  await expect(editor.node("End")).toBeInViewport();
});

test.describe("fingers", () => {
  test.use({ hasTouch: true });

  test("two zoom, and one that drags is put back by the second", async ({ page }) => {
    const { editor } = await openFlow(page, world());
    const { zoom } = await viewport(editor);
    const at = await editor.at(0.5, 0.9);
    const [left, right] = [{ x: at.x - 40, y: at.y }, { x: at.x + 40, y: at.y }];
    await fingers(page, [way(left, { x: at.x - 80, y: at.y }), way(right, { x: at.x + 80, y: at.y })]);
    await expect.poll(async () => (await viewport(editor)).zoom / zoom).toBeGreaterThan(1.6);
  });

  test("one pans, moves a node, and asks for a menu when it rests", async ({ page }) => {
    const { editor } = await openFlow(page, world());
    const stood = await placeOf(editor.node("Spare"));
    const from = await middle(headingOf(editor, "Spare"));
    await fingers(page, [way(from, { x: from.x + 80, y: from.y + 30 })]);
    await expect.poll(async () => (await placeOf(editor.node("Spare"))).x).toBeGreaterThan(stood.x + 50);
    await fingers(page, [[await middle(headingOf(editor, "Ask"))]], { hold: 700 });
    await expect(page.getByRole("menu", { name: "Node" })).toBeVisible();
  });
});
