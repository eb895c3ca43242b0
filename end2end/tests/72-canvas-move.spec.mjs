// Moving: guides, order, bursts of keys, and putting things back.
import { expect, test } from "@playwright/test";

import { headingOf, middle, openFlow, placeOf, small, viewport } from "../support/canvas.mjs";
import { worldForAll } from "../support/canvas-test.mjs";

const world = worldForAll();

const select = async (editor, names) => {
  await editor.select(names[0]);
  for (const name of names.slice(1)) await headingOf(editor, name).click({ modifiers: ["Control"] });
};
const command = async (page, text) => {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "All commands" }).fill(text);
  await page.keyboard.press("Enter");
};

test("a node snaps to the lines of others, which are shown, and Alt lets it go anywhere", async ({ page }) => {
  const draft = small();
  draft.extensions.nodes.Ask.position = { x: 407, y: 3 };
  const { editor } = await openFlow(page, world(), draft);
  const { zoom } = await viewport(editor);
  const from = await middle(headingOf(editor, "Spare"));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 5, from.y + 25, { steps: 3 });
  await page.mouse.move(from.x + 9 * zoom, from.y + 40, { steps: 3 });
  await expect(editor.canvas.locator(".guide").first()).toBeVisible();
  expect((await placeOf(editor.node("Spare"))).x).toBe(407);
  await page.mouse.up();
  await expect(editor.canvas.locator(".guide")).toHaveCount(0);
});

test("nodes are brought in line and apart, each as one step", async ({ page }) => {
  const draft = small();
  Object.assign(draft.extensions.nodes.Ask.position, { x: 380, y: 120 });
  const { editor } = await openFlow(page, world(), draft);
  await select(editor, ["Start", "Ask", "End"]);
  await command(page, "Align top");
  for (const name of ["Start", "Ask", "End"]) await expect.poll(async () => (await placeOf(editor.node(name))).y).toBe(0);
  await command(page, "Distribute across");
  await expect.poll(async () => (await placeOf(editor.node("Ask"))).x).toBe(400);
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await placeOf(editor.node("Ask"))).x).toBe(380);
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await placeOf(editor.node("Ask"))).y).toBe(120);
});

test("a burst of arrow keys moves by the grid, is one step, and is saved", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.select("Spare");
  await editor.node("Spare").focus();
  for (let step = 0; step < 3; step += 1) await page.keyboard.press("Alt+ArrowRight");
  await page.keyboard.press("Alt+Shift+ArrowDown");
  expect(await placeOf(editor.node("Spare"))).toEqual({ x: 460, y: 380 });
  await editor.saved();
  await page.keyboard.press("Control+z");
  expect(await placeOf(editor.node("Spare"))).toEqual({ x: 400, y: 300 });
  await editor.saved();
});

test("Escape puts a dragged node back, and nothing was done", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const from = await middle(headingOf(editor, "Spare"));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 100, from.y + 30, { steps: 4 });
  await expect.poll(async () => (await placeOf(editor.node("Spare"))).x).toBeGreaterThan(440);
  await page.keyboard.press("Escape");
  await page.mouse.up();
  expect(await placeOf(editor.node("Spare"))).toEqual({ x: 400, y: 300 });
  await expect(editor.button("Undo")).toBeDisabled();
});

test("Tidy up is animated and one step; a part is tidied where it stands", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "no-preference" });
  const draft = small();
  Object.assign(draft.extensions.nodes.Ask.position, { x: 30, y: 700 });
  const { editor } = await openFlow(page, world(), draft);
  const steps = await page.evaluate(async () => {
    const card = document.querySelector('[aria-label="Ask"]');
    const seen = new Set();
    const began = performance.now();
    document.querySelector('[aria-label="Tidy up"]').click();
    while (performance.now() - began < 600) {
      await new Promise((done) => requestAnimationFrame(done));
      seen.add(card.style.transform);
    }
    return seen.size;
  });
  expect(steps).toBeGreaterThan(2);
  const tidied = await placeOf(editor.node("Ask"));
  expect(tidied.x).toBeGreaterThan(200);
  await editor.button("Undo").click();
  await expect.poll(() => placeOf(editor.node("Ask"))).toEqual({ x: 30, y: 700 });
  await expect(editor.button("Undo")).toBeDisabled();
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.keyboard.press("Shift+Digit1");
  await select(editor, ["Ask", "End"]);
  await editor.canvas.focus();
  await page.keyboard.press("Alt+t");
  await expect.poll(async () => (await placeOf(editor.node("Ask"))).y - (await placeOf(editor.node("End"))).y).toBeLessThan(60);
  expect(await placeOf(editor.node("Start"))).toEqual({ x: 0, y: 0 });
});

test("two hundred steps are undone, across autosave", async ({ page }) => {
  test.setTimeout(120_000);
  const { editor } = await openFlow(page, world());
  await editor.select("Spare");
  await editor.canvas.focus();
  // The copies of all come and go, each a step of its own.
  for (let round = 0; round < 102; round += 1) {
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Control+d");
    await page.keyboard.press("Delete");
    if (round === 50) await editor.saved();
  }
  await editor.saved();
  for (let step = 0; step < 204; step += 1) await page.keyboard.press("Control+z");
  await expect(editor.button("Undo")).toBeDisabled();
  expect(await editor.canvas.locator(".node").count()).toBe(4);
});
