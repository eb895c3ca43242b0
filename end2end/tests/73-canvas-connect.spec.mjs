// Connecting: from either end, with a reason where it cannot be, into a connection, by its ends, and cutting.
import { expect, test } from "@playwright/test";

import { draft, headingOf, middle, onWire, openFlow, placeOf } from "../support/canvas.mjs";
import { worldForAll } from "../support/canvas-test.mjs";

const world = worldForAll();
const ways = async (flow) => {
  const { definition } = await draft(world(), flow);
  return definition.connections.map(({ source, target }) => `${source} ${target}`).sort();
};
const SECOND = /^Edge from Ask modelCompletion to End/;

test("a wire is drawn from an input back to an output", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  await editor.drag(editor.port("Spare input topic"), editor.port("Start output document"));
  await expect(editor.wires).toHaveCount(3);
  await editor.saved();
  expect(await ways(flow)).toContain("Start Spare");
});

test("while a wire is drawn, what cannot take it steps back, and the pointer says why", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const from = await middle(editor.port("Spare output modelCompletion"));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 60, { steps: 3 });
  const loose = editor.canvas.locator(".edge.loose");
  await expect(loose).not.toHaveClass(/valid/);
  await expect(editor.port("Spare input topic")).toHaveClass(/impossible/);
  await expect(editor.port("Start output document")).toHaveClass(/impossible/);
  const taken = await middle(editor.node("Start"));
  await page.mouse.move(taken.x, taken.y, { steps: 4 });
  await expect(loose).toHaveClass(/invalid/);
  await expect(editor.canvas.locator(".reason")).toContainText("begins here");
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await expect(loose).toHaveCount(0);
  await expect(editor.wires).toHaveCount(2);
});

test("two clicks connect, and a drop on a card finds its port", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  await editor.port("Start output document").click();
  await editor.port("Spare input topic").click();
  await expect(editor.wires).toHaveCount(3);
  await page.keyboard.press("Control+z");
  await editor.drag(editor.port("Start output document"), headingOf(editor, "Spare"));
  await expect(editor.wires).toHaveCount(3);
  await editor.saved();
  expect(await ways(flow)).toContain("Start Spare");
});

test("a wire that is dropped on the pane offers what fits, and adding it is one step", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.drag(editor.port("Start output document"), await editor.at(0.3, 0.85));
  const list = page.getByRole("dialog", { name: "Add a node" });
  await expect(list.getByRole("option", { name: "Input", exact: true })).toHaveCount(0);
  await list.getByRole("combobox").fill("prompt");
  await page.keyboard.press("Enter");
  await expect(editor.node("Prompt_1")).toHaveClass(/sel/);
  await expect(editor.wires).toHaveCount(3);
  await page.keyboard.press("Control+z");
  await expect(editor.node("Prompt_1")).toHaveCount(0);
  await expect(editor.wires).toHaveCount(2);
});

test("a node is inserted by the button on a wire, and a wire is deleted by the other", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  let at = await onWire(editor, SECOND);
  await page.mouse.move(at.x, at.y - 3);
  await page.mouse.move(at.x, at.y);
  await editor.canvas.getByRole("button", { name: /^Insert into Edge from Ask/ }).click();
  await page.getByRole("dialog", { name: "Insert a node" }).getByRole("combobox").fill("prompt");
  await page.keyboard.press("Enter");
  await expect(editor.node("Prompt_1")).toBeVisible();
  await editor.saved();
  expect(await ways(flow)).toEqual(["Ask Prompt_1", "Prompt_1 End", "Start Ask"]);
  await page.keyboard.press("Control+z");
  await editor.saved();
  expect(await ways(flow)).toEqual(["Ask End", "Start Ask"]);
  await page.keyboard.press("Escape");
  at = await onWire(editor, SECOND);
  await page.mouse.move(at.x, at.y - 3);
  await page.mouse.move(at.x, at.y);
  await editor.canvas.getByRole("button", { name: /^Delete Edge from Ask/ }).click();
  await expect(editor.wires).toHaveCount(1);
});

test("a free node that is dropped on a wire goes in between, in one step", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  const at = await onWire(editor, SECOND);
  const from = await middle(headingOf(editor, "Spare"));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(at.x - 20, at.y + 30, { steps: 5 });
  await page.mouse.move(at.x - 20, at.y + 2, { steps: 5 });
  await expect(editor.canvas.locator(".wire.opened")).toHaveCount(1);
  await page.mouse.up();
  await expect(editor.wires).toHaveCount(3);
  await editor.saved();
  expect(await ways(flow)).toEqual(["Ask Spare", "Spare End", "Start Ask"]);
  await page.keyboard.press("Control+z");
  expect(await placeOf(editor.node("Spare"))).toEqual({ x: 400, y: 300 });
  await expect(editor.wires).toHaveCount(2);
});

test("either end of a wire is led elsewhere, and its name stays; on the pane it stays as it was", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  // Past the handle, within ten pixels of it.
  const box = await editor.port("Ask output modelCompletion").boundingBox();
  const begin = { x: box.x + box.width + 5, y: box.y + box.height / 2 };
  await editor.drag(begin, await middle(editor.port("Spare output modelCompletion")));
  await editor.saved();
  expect(await ways(flow)).toEqual(["Spare End", "Start Ask"]);
  expect((await draft(world(), flow)).definition.connections[1].name).toBe("Second");
  await page.keyboard.press("Control+z");
  await editor.drag(editor.port("Ask input topic"), editor.port("Spare input topic"));
  await editor.saved();
  const { definition } = await draft(world(), flow);
  expect(definition.connections[0]).toMatchObject({ name: "First", source: "Start", target: "Spare" });
  await editor.drag(editor.port("Spare input topic"), await editor.at(0.2, 0.9));
  await expect(editor.wires).toHaveCount(2);
});

test("Alt and a drag cut what they cross, in one step", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const first = await onWire(editor, /^Edge from Start/);
  await page.keyboard.down("Alt");
  await page.mouse.move(first.x, first.y - 60);
  await page.mouse.down();
  await page.mouse.move(first.x, first.y + 60, { steps: 6 });
  await expect(editor.canvas.locator(".wire.severed")).toHaveCount(1);
  await page.mouse.up();
  await page.keyboard.up("Alt");
  await expect(editor.wires).toHaveCount(1);
  await page.keyboard.press("Control+z");
  await expect(editor.wires).toHaveCount(2);
});

test("C connects by a list", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  await editor.node("Start").focus();
  await page.keyboard.press("c");
  const list = page.getByRole("dialog", { name: "Connect Start output document" });
  await list.getByRole("combobox").fill("spare");
  await page.keyboard.press("Enter");
  await expect(editor.wires).toHaveCount(3);
  await expect(editor.node("Start")).toBeFocused();
  await expect(editor.canvas.getByRole("status").last()).toContainText("Connected Start document to Spare topic");
  await editor.saved();
  expect(await ways(flow)).toContain("Start Spare");
});
