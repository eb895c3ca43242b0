// Creating and changing: quick-add, healing, the clipboard, names in place, menus, find, commands.
import { expect, test } from "@playwright/test";

import { draft, headingOf, middle, openFlow, placeOf, selected, small } from "../support/canvas.mjs";
import { worldForAll } from "../support/canvas-test.mjs";

const world = worldForAll();
const list = (page) => page.getByRole("dialog", { name: "Add a node" });

test("a double click adds by a few letters, and what was added last comes first", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const at = await editor.at(0.15, 0.85);
  await page.mouse.dblclick(at.x, at.y);
  await list(page).getByRole("combobox").fill("kb");
  await expect(list(page).getByRole("option").first()).toContainText("Knowledge base");
  await list(page).getByRole("combobox").fill("colle");
  await page.keyboard.press("Enter");
  await expect(editor.node("Collector_1")).toBeVisible();
  await editor.canvas.focus();
  await page.keyboard.press("Tab");
  await expect(list(page).getByRole("option").first()).toContainText("Collector");
  // With Ctrl, the list stays for one more.
  await page.keyboard.press("Control+Enter");
  await expect(editor.node("Collector_2")).toBeVisible();
  await expect(list(page)).toBeVisible();
});

test("Ctrl Delete removes a node and connects what is left", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  await editor.select("Ask");
  await editor.node("Ask").focus();
  await page.keyboard.press("Control+Delete");
  await expect(editor.node("Ask")).toHaveCount(0);
  await editor.saved();
  const { definition } = await draft(world(), flow);
  expect(definition.connections.map(({ source, target }) => [source, target])).toEqual([["Start", "End"]]);
  await page.keyboard.press("Control+z");
  await expect(editor.wires).toHaveCount(2);
});

test("nodes go by the clipboard to another flow, as text", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { editor } = await openFlow(page, world());
  await editor.canvas.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+x");
  await expect(editor.canvas.locator(".node")).toHaveCount(0);
  const clip = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(clip.definition.connections).toHaveLength(2);
  const empty = { definition: { nodes: [small().definition.nodes[0]], connections: [] }, extensions: {} };
  const other = await openFlow(page, world(), empty, "Other");
  await other.editor.canvas.focus();
  await page.keyboard.press("Control+v");
  await expect(other.editor.canvas.locator(".node")).toHaveCount(5);
  expect(await selected(other.editor)).toContain("Ask");
  await expect(other.editor.wires).toHaveCount(2);
  await page.keyboard.press("Control+d");
  await expect(other.editor.canvas.locator(".node")).toHaveCount(9);
  // What is selected has a box and a menu of its own.
  await page.keyboard.press("Escape");
  const at = await other.editor.at(0.5, 0.9);
  await page.mouse.click(at.x, at.y, { button: "right" });
  await page.getByRole("menuitem", { name: "Paste here" }).click();
  await expect(other.editor.canvas.locator(".node")).toHaveCount(13);
});

test("Ctrl Shift V pastes with what led into the originals", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { flow, editor } = await openFlow(page, world());
  await editor.select("Ask");
  await editor.node("Ask").focus();
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Control+v");
  await expect(editor.canvas.locator(".node")).toHaveCount(5);
  await expect(editor.wires).toHaveCount(2);
  await page.keyboard.press("Control+Shift+v");
  await expect(editor.canvas.locator(".node")).toHaveCount(6);
  await expect(editor.wires).toHaveCount(3);
  await editor.saved();
  const { definition } = await draft(world(), flow);
  expect(definition.connections.filter(({ source }) => source === "Start")).toHaveLength(2);
  await page.keyboard.press("Control+z");
  await expect(editor.wires).toHaveCount(2);
});

test("without a clipboard, copying and pasting go by hand", async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  const { editor } = await openFlow(page, world());
  await editor.select("Spare");
  await editor.node("Spare").focus();
  await page.keyboard.press("Control+c");
  const copy = page.getByRole("dialog", { name: "Copy by hand" });
  const text = await copy.getByRole("textbox", { name: "What was copied" }).inputValue();
  expect(JSON.parse(text).definition.nodes[0].name).toBe("Spare");
  await page.keyboard.press("Escape");
  await editor.reload();
  await editor.node("Spare").waitFor();
  await editor.canvas.focus();
  await page.keyboard.press("Control+v");
  const paste = page.getByRole("dialog", { name: "Paste by hand" });
  await paste.getByRole("textbox", { name: "What to paste" }).fill("hello");
  await paste.getByRole("button", { name: "Paste", exact: true }).click();
  await expect(paste.getByRole("alert")).toContainText("no part of a flow");
  await paste.getByRole("textbox", { name: "What to paste" }).fill(text);
  await paste.getByRole("button", { name: "Paste", exact: true }).click();
  await expect(editor.canvas.locator(".node")).toHaveCount(5);
});

test("a name is changed in place, by F2 and by a double click, and a wrong one is refused", async ({ page }) => {
  const { flow, editor } = await openFlow(page, world());
  await editor.node("Ask").focus();
  await page.keyboard.press("F2");
  const field = editor.canvas.getByRole("textbox", { name: "New name" });
  await expect(field).toHaveValue("Ask");
  await page.keyboard.type("Reply");
  await page.keyboard.press("Enter");
  await expect(editor.node("Reply")).toBeFocused();
  await headingOf(editor, "Reply").dblclick();
  await field.fill("End");
  await page.keyboard.press("Enter");
  await expect(page.getByText("There is already a node named End.")).toBeVisible();
  await headingOf(editor, "Reply").dblclick();
  await field.fill("Nothing");
  await page.keyboard.press("Escape");
  await expect(editor.node("Reply")).toBeVisible();
  await editor.saved();
  expect((await draft(world(), flow)).definition.connections[0].target).toBe("Reply");
});

test("menus open on the pane, a node, a wire and a selection, by mouse and by keyboard", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const menu = (name) => page.getByRole("menu", { name });
  await headingOf(editor, "Spare").click({ button: "right" });
  await expect(menu("Node")).toBeVisible();
  await expect(menu("Node").getByRole("menuitem", { name: /^Run this node/ })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(menu("Node").getByRole("menuitem", { name: /^Delete Delete/ }).or(menu("Node").getByRole("menuitem").last())).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(menu("Node")).toHaveCount(0);
  await editor.node("Spare").focus();
  await page.keyboard.press("Shift+F10");
  await menu("Node").getByRole("menuitem", { name: /^Duplicate/ }).click();
  await expect(editor.node("Spare_1")).toBeVisible();
  await editor.canvas.getByRole("button", { name: /^Edge from Ask/ }).focus();
  await page.keyboard.press("Shift+F10");
  await menu("Connection").getByRole("menuitem", { name: /^Delete/ }).click();
  await expect(editor.wires).toHaveCount(1);
  await editor.canvas.focus();
  await page.keyboard.press("Control+a");
  await headingOf(editor, "Spare").click({ button: "right" });
  await expect(menu("Selection").getByRole("menuitem", { name: /^Group/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  const at = await editor.at(0.05, 0.6);
  await page.mouse.click(at.x, at.y, { button: "right" });
  await menu("Canvas").getByRole("menuitem", { name: "Add a node here…" }).click();
  await expect(list(page)).toBeVisible();
});

test("buttons stand above what is selected, at their own size, and step aside while the hand is busy", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.select("Spare");
  const tools = editor.canvas.getByRole("toolbar", { name: "Selection" });
  const before = await tools.boundingBox();
  await page.keyboard.press("Control+=");
  expect((await tools.boundingBox()).height).toBe(before.height);
  const from = await middle(headingOf(editor, "Spare"));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 20, from.y + 20, { steps: 3 });
  await expect(tools).toHaveCount(0);
  await page.mouse.up();
  await tools.getByRole("button", { name: "Duplicate selection" }).click();
  await expect(editor.node("Spare_1")).toBeVisible();
  await tools.getByRole("button", { name: "Delete selection" }).click();
  await expect(editor.node("Spare_1")).toHaveCount(0);
});

test("Ctrl F finds by any word and by state, and steps through the hits", async ({ page }) => {
  const draft = small();
  draft.definition.nodes[3].configuration.prompt.sourceConfiguration.inline.templateConfiguration.text.text = "Parcels of {{topic}}";
  draft.extensions.nodes.Spare.position = { x: 6000, y: 300 };
  const { editor } = await openFlow(page, world(), draft);
  await editor.canvas.focus();
  await page.keyboard.press("Control+f");
  const find = page.getByRole("search", { name: "Find" });
  await find.getByRole("textbox", { name: "Find" }).fill("PARCELS");
  await expect(find.getByRole("status")).toHaveText("1 of 1");
  await expect(editor.node("Spare")).toHaveClass(/sel/);
  await expect(editor.node("Spare")).toBeInViewport();
  await find.getByRole("textbox").fill("prompt");
  await expect(find.getByRole("status")).toHaveText("1 of 2");
  await page.keyboard.press("Enter");
  await expect(find.getByRole("status")).toHaveText("2 of 2");
  await page.keyboard.press("Shift+Enter");
  await expect(find.getByRole("status")).toHaveText("1 of 2");
  await find.getByRole("textbox").fill("is:unused");
  await expect(editor.node("Spare")).toHaveClass(/sel/);
  await find.getByRole("textbox").fill("nowhere at all");
  await expect(find.getByRole("status")).toHaveText("Nothing found");
  await page.keyboard.press("Escape");
  await expect(find).toHaveCount(0);
});

test("Ctrl K does anything by name and goes to any node; the sheet lists every key", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.input.focus();
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "All commands" });
  await field.fill("go spare");
  await page.keyboard.press("Enter");
  await expect(editor.node("Spare")).toBeFocused();
  await page.keyboard.press("Control+k");
  await field.fill("duplicate");
  await page.keyboard.press("Enter");
  await expect(editor.node("Spare_1")).toBeVisible();
  await editor.canvas.focus();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Shortcuts" });
  for (const keys of ["Ctrl K", "Ctrl F", "Ctrl Shift G", "Alt drag the pane"]) await expect(sheet.getByText(keys, { exact: true })).toBeVisible();
});

test("keys mean nothing to the canvas while one types", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await editor.input.fill("");
  await editor.input.focus();
  await page.keyboard.type("lmno c");
  await expect(editor.input).toHaveValue("lmno c");
  await expect(editor.button("Lock")).toHaveAttribute("aria-pressed", "false");
  expect(await editor.canvas.locator(".note-card").count()).toBe(0);
  await page.keyboard.press("Backspace");
  expect(await placeOf(editor.node("Spare"))).toEqual({ x: 400, y: 300 });
});
