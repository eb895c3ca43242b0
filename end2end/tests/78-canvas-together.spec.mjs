// Several at once, and what stands in nodes' ways: wires that go together, groups that are resized, nodes that are
// disabled, collapsed, pushed aside or connected by coming near.
import { expect, test } from "@playwright/test";

import { draft, headingOf, middle, onWire, openFlow, placeOf, small } from "../support/canvas.mjs";
import { worldForAll } from "../support/canvas-test.mjs";

const world = worldForAll();
const ways = async (flow) => {
  const { definition } = await draft(world(), flow);
  return definition.connections.map(({ source, target }) => `${source} ${target}`).sort();
};
const rectOf = async (locator) => {
  const style = await locator.getAttribute("style");
  const side = (name) => Number(style.match(new RegExp(`${name}: ([\\d.]+)px`))[1]);
  return { ...(await placeOf(locator)), width: side("width"), height: side("height") };
};
const withControl = async (page, act) => {
  await page.keyboard.down("Control");
  await act();
  await page.keyboard.up("Control");
};
const wish = async (page, words) =>
  page.addInitScript((words) => {
    if (!localStorage.getItem("anabranch.canvas")) localStorage.setItem("anabranch.canvas", words);
  }, words);
/** A wire from Start to Spare beside the two that there are. */
const fanned = () => {
  const flow = small();
  flow.definition.connections.push({
    name: "Third",
    type: "Data",
    source: "Start",
    target: "Spare",
    configuration: { data: { sourceOutput: "document", targetInput: "topic" } },
  });
  return flow;
};

test("Ctrl and a drag lead all wires of a port to another, in one step, and their names stay", async ({ page }) => {
  const flow = fanned();
  flow.definition.nodes.push({ ...structuredClone(flow.definition.nodes[1]), name: "Other" });
  flow.extensions.nodes.Other = { position: { x: 0, y: 300 } };
  const { flow: made, editor } = await openFlow(page, world(), flow);
  await withControl(page, () => editor.drag(editor.port("Start output document"), editor.port("Other output modelCompletion")));
  await editor.saved();
  expect(await ways(made)).toEqual(["Ask End", "Other Ask", "Other Spare"]);
  const { definition } = await draft(world(), made);
  expect(definition.connections.map(({ name }) => name).sort()).toEqual(["First", "Second", "Third"]);
  await page.keyboard.press("Control+z");
  await editor.saved();
  expect(await ways(made)).toEqual(["Ask End", "Start Ask", "Start Spare"]);
});

test("of several wires the selected ends go together, as far as there is room, and the rest says why", async ({ page }) => {
  const flow = fanned();
  flow.definition.connections = flow.definition.connections.filter(({ name }) => name !== "Second");
  const { flow: made, editor } = await openFlow(page, world(), flow);
  const [first, third] = [/^Edge from Start document to Ask/, /^Edge from Start document to Spare/];
  let at = await onWire(editor, first);
  await page.mouse.click(at.x, at.y);
  at = await onWire(editor, third);
  await withControl(page, () => page.mouse.click(at.x, at.y));
  await expect(editor.canvas.locator(".wire.sel")).toHaveCount(2);
  const end = await onWire(editor, third, 0.96);
  await withControl(page, () => editor.drag(end, editor.port("End input document")));
  await expect(page.getByText(/^Connected 1 of 2\. document is already connected/)).toBeVisible();
  await editor.saved();
  expect(await ways(made)).toEqual(["Start Ask", "Start End"]);
  await page.keyboard.press("Control+z");
  await editor.saved();
  expect(await ways(made)).toEqual(["Start Ask", "Start Spare"]);
});

test("Ctrl and a drag from one of several selected nodes connect each of them", async ({ page }) => {
  const flow = small();
  flow.definition.connections = [];
  const two = flow.definition.nodes[1];
  two.inputs.push({ name: "tone", type: "String", expression: "$.data" });
  const inline = two.configuration.prompt.sourceConfiguration.inline.templateConfiguration.text;
  inline.text = "{{topic}} {{tone}}";
  inline.inputVariables.push({ name: "tone" });
  const { flow: made, editor } = await openFlow(page, world(), flow);
  await editor.select("Spare");
  await headingOf(editor, "Start").click({ modifiers: ["Control"] });
  await withControl(page, () => editor.drag(editor.port("Start output document"), editor.port("Ask input topic")));
  await editor.saved();
  expect(await ways(made)).toEqual(["Spare Ask", "Start Ask"]);
  await page.keyboard.press("Control+z");
  await expect(editor.wires).toHaveCount(0);
});

test("a group is resized by its handles and by keys, keeps what is in it, and each is one step", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  const { definition } = await draft(world(), flow);
  await editor.select("Ask");
  await editor.canvas.focus();
  await page.keyboard.press("Control+g");
  const group = editor.node("Group 1");
  const before = await rectOf(group);
  const grip = await middle(group.locator(".grip.se"));
  await editor.drag(grip, { x: grip.x + 90, y: grip.y + 60 });
  const large = await rectOf(group);
  expect(large.width).toBeGreaterThan(before.width + 40);
  expect(large.height).toBeGreaterThan(before.height + 30);
  expect([large.x, large.y]).toEqual([before.x, before.y]);
  // It goes along with what is in it.
  const at = await middle(headingOf(editor, "Ask"));
  await editor.drag(at, { x: at.x, y: at.y + 80 });
  const moved = await rectOf(group);
  expect([moved.width, moved.height]).toEqual([large.width, large.height]);
  expect(moved.y).toBeGreaterThan(large.y);
  // It never becomes smaller than what is in it.
  const corner = await middle(group.locator(".grip.se"));
  await editor.drag(corner, { x: corner.x - 400, y: corner.y - 300 });
  const least = await rectOf(group);
  expect([least.width, least.height]).toEqual([before.width, before.height]);
  await page.keyboard.press("Control+z");
  expect(await rectOf(group)).toEqual(moved);
  await group.focus();
  for (let press = 0; press < 3; press += 1) await page.keyboard.press("Control+Shift+ArrowRight");
  const wide = await rectOf(group);
  expect(wide.width).toBeGreaterThan(moved.width);
  await editor.saved();
  const saved = await draft(world(), flow);
  expect(saved.definition).toEqual(definition);
  expect(saved.extensions.groups[0].room.right).toBeGreaterThan(0);
  await page.keyboard.press("Control+z");
  expect((await rectOf(group)).width).toBe(moved.width);
  await editor.reload();
  await expect(group).toBeVisible();
});

test("Escape puts a group's size back", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.select("Ask");
  await editor.canvas.focus();
  await page.keyboard.press("Control+g");
  const group = editor.node("Group 1");
  const before = await rectOf(group);
  const grip = await middle(group.locator(".grip.e"));
  await page.mouse.move(grip.x, grip.y);
  await page.mouse.down();
  await page.mouse.move(grip.x + 90, grip.y, { steps: 4 });
  await expect.poll(async () => (await rectOf(group)).width).toBeGreaterThan(before.width);
  await page.keyboard.press("Escape");
  await page.mouse.up();
  expect(await rectOf(group)).toEqual(before);
});

test("a disabled node is drawn so, is skipped in a run, and AWS's definition does not know", async ({ page }) => {
  world().upstream.setAnswer(() => "An answer");
  const whole = small();
  whole.definition.nodes = whole.definition.nodes.filter(({ name }) => name !== "Spare");
  const { flow, editor } = await openFlow(page, world(), whole);
  const { definition } = await draft(world(), flow);
  await editor.select("Ask");
  await editor.node("Ask").focus();
  await page.keyboard.press("d");
  await expect(editor.node("Ask")).toHaveClass(/disabled/);
  await expect(editor.node("Ask")).toContainText("off");
  await editor.saved();
  const saved = await draft(world(), flow);
  expect(saved.definition).toEqual(definition);
  expect(saved.extensions.nodes.Ask.disabled).toBe(true);
  await editor.reload();
  await expect(editor.node("Ask")).toHaveClass(/disabled/);
  await editor.send("Hello");
  await expect(editor.node("Ask")).toHaveClass(/skipped/);
  await expect(editor.node("End")).toHaveClass(/skipped/);
  await expect(editor.node("Start")).toHaveClass(/ok/);
  await editor.select("Start");
  await editor.node("Start").focus();
  await page.keyboard.press("d");
  await expect(page.getByText("Start always runs")).toBeVisible();
  await expect(editor.node("Start")).not.toHaveClass(/disabled/);
  await editor.select("Ask");
  await page.getByRole("toolbar", { name: "Selection" }).getByRole("button", { name: "Disable or enable selection" }).click();
  await expect(editor.node("Ask")).not.toHaveClass(/disabled/);
  await editor.send("Hello");
  await expect(editor.node("End")).toHaveClass(/ok/);
});

test("a node is collapsed to its header, and its wires meet it there", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  await editor.select("Ask");
  await editor.node("Ask").focus();
  const tall = (await editor.node("Ask").boundingBox()).height;
  await page.keyboard.press("Alt+Shift+C");
  await expect(editor.port("Ask input topic")).toHaveCount(0);
  expect((await editor.node("Ask").boundingBox()).height).toBeLessThan(tall);
  const path = await editor.canvas.getByRole("button", { name: /^Edge from Start/ }).locator(".edge").getAttribute("d");
  expect(path).toMatch(/ 400\.0 23\.0$/);
  await editor.saved();
  expect((await draft(world(), flow)).extensions.nodes.Ask.collapsed).toBe(true);
  await editor.reload();
  await expect(editor.port("Ask input topic")).toHaveCount(0);
  await editor.node("Ask").focus();
  await page.keyboard.press("Alt+Shift+C");
  await expect(editor.port("Ask input topic")).toBeVisible();
});

test("where that is wished, nodes make room for one that is dropped on them, in one step", async ({ page }) => {
  await wish(page, "push no-guides");
  const { editor } = await openFlow(page, world());
  const [spare, ask] = [editor.node("Spare"), editor.node("Ask")];
  const before = await placeOf(ask);
  const [from, to] = [await middle(headingOf(editor, "Spare")), await middle(headingOf(editor, "Ask"))];
  await editor.drag(from, { x: to.x + 12, y: to.y + 16 });
  const [a, b] = [await spare.boundingBox(), await ask.boundingBox()];
  const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
  expect(apart).toBe(true);
  expect(await placeOf(ask)).not.toEqual(before);
  await page.keyboard.press("Control+z");
  expect(await placeOf(ask)).toEqual(before);
});

test("where that is wished, a node that is dropped near another is connected, which is shown before", async ({ page }) => {
  await wish(page, "near");
  const { flow, editor } = await openFlow(page, world());
  const from = await middle(headingOf(editor, "Spare"));
  const start = await middle(headingOf(editor, "Start"));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(start.x + 225, start.y + 95, { steps: 6 });
  await expect(editor.canvas.locator(".edge.near")).toBeAttached();
  await page.mouse.up();
  await expect(editor.canvas.locator(".edge.near")).toHaveCount(0);
  await expect(editor.wires).toHaveCount(3);
  await editor.saved();
  expect(await ways(flow)).toContain("Start Spare");
  await page.keyboard.press("Control+z");
  await expect(editor.wires).toHaveCount(2);
  expect(await placeOf(editor.node("Spare"))).toEqual({ x: 400, y: 300 });
});
