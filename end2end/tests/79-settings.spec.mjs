// Keys and canvas choices in the settings: kept in this browser, and in force on the canvas.
import { expect, test } from "@playwright/test";

import { serious } from "../support/axe.mjs";
import { headingOf, middle, openFlow, placeOf } from "../support/canvas.mjs";
import { worldForAll } from "../support/canvas-test.mjs";

const world = worldForAll();
const change = (page, command) => page.getByRole("button", { name: `Change the keys of ${command}`, exact: true });
const line = (page, command) => page.locator(".keys li").filter({ has: page.getByText(command, { exact: true }) });

test("keys are changed, conflicts are named, and the sheet shows what is in force", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const back = page.url();
  await page.goto(`${world().url}/settings`);
  await change(page, "Duplicate").click();
  await expect(line(page, "Duplicate")).toContainText("Press the keys for Duplicate");
  await page.keyboard.press("Control+t");
  await expect(line(page, "Duplicate")).toContainText("The browser keeps Ctrl T");
  await page.keyboard.press("ArrowLeft");
  await expect(line(page, "Duplicate")).toContainText("use of its own");
  await page.keyboard.press("l");
  await expect(line(page, "Duplicate")).toContainText("L means Lock or unlock the canvas so far.");
  await page.getByRole("button", { name: "Take it for Duplicate" }).click();
  await expect(line(page, "Duplicate").locator("kbd")).toHaveText("L");
  await expect(line(page, "Lock or unlock the canvas").locator("kbd")).toHaveText("–");
  await expect(change(page, "Duplicate")).toBeFocused();
  expect(await serious(page)).toEqual([]);
  await page.goto(back);
  await editor.select("Ask");
  await editor.node("Ask").focus();
  await page.keyboard.press("Control+d");
  await expect(editor.canvas.locator(".node")).toHaveCount(4);
  await page.keyboard.press("l");
  await expect(editor.canvas.locator(".node")).toHaveCount(5);
  await editor.canvas.focus();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Shortcuts" });
  await expect(sheet.locator("div").filter({ hasText: /^LDuplicate$/ })).toHaveCount(1);
  await expect(sheet.getByText("Lock or unlock the canvas")).toHaveCount(0);
  await page.goto(`${world().url}/settings`);
  await page.getByRole("button", { name: "All as they were" }).click();
  await expect(line(page, "Duplicate").locator("kbd")).toHaveText("Ctrl D");
  await expect(page.getByRole("button", { name: "All as they were" })).toBeDisabled();
});

test("by keyboard alone, and Escape leaves keys as they are", async ({ page }) => {
  await page.goto(`${world().url}/settings`);
  await change(page, "Tidy up").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await expect(change(page, "Tidy up")).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Alt+y");
  await expect(line(page, "Tidy up").locator("kbd")).toHaveText("Alt Y");
  await page.reload();
  await expect(line(page, "Tidy up").locator("kbd")).toHaveText("Alt Y");
  await page.getByRole("button", { name: "Reset the keys of Tidy up" }).click();
  await expect(line(page, "Tidy up").locator("kbd")).toHaveText("Alt Shift T");
});

test("what is chosen for the canvas holds there", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const back = page.url();
  await page.goto(`${world().url}/settings`);
  await page.getByRole("checkbox", { name: /^Snap to the grid/ }).uncheck();
  await page.getByRole("checkbox", { name: /^Drag selects/ }).check();
  await page.goto(back);
  await editor.select("Ask");
  await editor.node("Ask").focus();
  const before = await placeOf(editor.node("Ask"));
  await page.keyboard.press("Alt+ArrowRight");
  expect((await placeOf(editor.node("Ask"))).x).toBe(before.x + 5);
  await expect(page.getByRole("button", { name: "Drag selects" })).toHaveAttribute("aria-pressed", "true");
});

test("the background and the course of wires are as chosen, here, on the canvas and after a reload", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  const back = page.url();
  const way = () => editor.canvas.locator(".wire .edge").first().getAttribute("d");
  const ground = () => editor.canvas.evaluate((canvas) => getComputedStyle(canvas).backgroundImage);
  await expect.poll(way).toMatch(/^M[^CLQ]+C/);
  await expect.poll(ground).toMatch(/^radial/);
  await page.goto(`${world().url}/settings`);
  const choose = (group, option) =>
    page.getByRole("group", { name: group }).getByRole("button", { name: option, exact: true }).click();
  await choose("Background", "Lines");
  await choose("Wires", "Wires go in steps");
  expect(await serious(page)).toEqual([]);
  await page.goto(back);
  await expect.poll(ground).toMatch(/^linear/);
  // Level ports, so that each wire is one line with three stretches.
  await expect.poll(way).toMatch(/^M[^CQ]+$/);
  const command = async (text) => {
    await editor.canvas.focus();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "All commands" }).fill(text);
    await page.keyboard.press("Enter");
  };
  await command("Wires: curved");
  await expect(editor.canvas.getByRole("status")).toHaveText("Wires go in rounded steps");
  await editor.drag(await middle(headingOf(editor, "Ask")), await editor.at(0.5, 0.8));
  await expect.poll(way).toMatch(/Q/);
  await command("Background:");
  await expect.poll(ground).toMatch(/^radial.*linear/);
  await page.reload();
  await expect.poll(way).toMatch(/Q/);
  await expect(editor.canvas).toHaveAttribute("data-background", "crosses");
});
