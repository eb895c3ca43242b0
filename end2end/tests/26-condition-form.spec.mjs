// The condition builder: the form and the text say the same, whichever is changed, by mouse and by keyboard.
import { expect, test } from "@playwright/test";

import { accessible } from "../support/axe.mjs";
import { Editor, holds } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

let world, editor, watched;
test.beforeAll(async () => (world = await startWorld()));
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
  const flow = await world.create(routed());
  await editor.open(`${world.url}/flows/${flow.id}`);
  await editor.select("Route");
});
test.afterEach(() => watched.expectNone());

/** A Condition with an input of each plain type, and an array. */
function routed() {
  const input = (name, type) => ({ name, type, expression: `$.data.${name}` });
  const names = { tone: "String", count: "Number", urgent: "Boolean", items: "Array" };
  const data = (name) => ({
    name: `c_${name}`, type: "Data", source: "Start", target: "Route", configuration: { data: { sourceOutput: "document", targetInput: name } },
  });
  const output = (name) => ({ name, type: "Output", configuration: { output: {} }, inputs: [{ name: "document", type: "Object", expression: "$.data" }] });
  const end = (name, condition) => [
    { name: `to${name}`, type: "Data", source: "Start", target: name, configuration: { data: { sourceOutput: "document", targetInput: "document" } } },
    { name: `gate${name}`, type: "Conditional", source: "Route", target: name, configuration: { conditional: { condition } } },
  ];
  return {
    title: "Routed",
    definition: {
      nodes: [
        { name: "Start", type: "Input", configuration: { input: {} }, outputs: [{ name: "document", type: "Object" }] },
        {
          name: "Route", type: "Condition", inputs: Object.entries(names).map(([name, type]) => input(name, type)),
          configuration: { condition: { conditions: [{ name: "first", expression: 'tone == "angry"' }, { name: "default" }] } },
        },
        output("EndA"), output("EndB"),
      ],
      connections: [...Object.keys(names).map(data), ...end("EndA", "first"), ...end("EndB", "default")],
    },
  };
}

const form = () => editor.inspector.getByRole("group", { name: "Condition first as a form" });
const text = () => editor.field("Condition first");
const row = (number) => form().getByRole("group", { name: `comparison ${number}`, exact: true });

/** The words of the options of a choice. */
const options = (select) => select.locator("option").evaluateAll((all) => all.map((one) => one.textContent.trim()));

test("what is done in the form is written as text, and runs", async () => {
  const first = row("1");
  await expect(first.getByLabel("Left side of comparison 1", { exact: true })).toHaveValue("tone");
  await first.getByLabel("Right side of comparison 1: value").fill('so "so"\\');
  await holds(text(), 'tone == "so \\"so\\"\\\\"');

  await form().getByRole("button", { name: "Comparison", exact: true }).click();
  const second = row("2");
  await expect(second.getByLabel("Left side of comparison 2", { exact: true })).toBeFocused();
  await second.getByLabel("Left side of comparison 2", { exact: true }).selectOption("count");
  expect(await options(second.getByLabel("Operator of comparison 2"))).toEqual([
    "equals", "differs from", "is more than", "is at least", "is less than", "is at most",
  ]);
  await second.getByLabel("Operator of comparison 2").selectOption("is at least");
  const value = second.getByLabel("Right side of comparison 2: value");
  await value.fill("2.");
  await expect(second.getByRole("status")).toContainText("This is a number");
  await holds(text(), 'tone == "so \\"so\\"\\\\" and count >= 0');
  await value.fill("2.5");
  await expect(second.getByRole("status")).toHaveCount(0);
  await holds(text(), 'tone == "so \\"so\\"\\\\" and count >= 2.5');

  await form().getByLabel("How the comparisons are joined").selectOption("Any of these holds");
  await form().getByRole("button", { name: "Group", exact: true }).click();
  const inner = row("3.1");
  await inner.getByLabel("Left side of comparison 3.1", { exact: true }).selectOption("urgent");
  expect(await options(inner.getByLabel("Operator of comparison 3.1"))).toEqual(["is true", "equals", "differs from"]);
  await inner.getByLabel("Operator of comparison 3.1").selectOption("is true");
  await inner.getByRole("button", { name: "Opposite of comparison 3.1" }).click();
  await holds(text(), 'tone == "so \\"so\\"\\\\" or count >= 2.5 or not urgent');
  await expect(form().getByLabel("How group 3 is joined")).toHaveValue("All of these hold");

  await row("1").getByRole("button", { name: "Remove comparison 1" }).click();
  await expect(form().getByRole("button", { name: "Comparison", exact: true }).last()).toBeFocused();
  await holds(text(), "count >= 2.5 or not urgent");
  await editor.noProblems();
  await editor.send('{"tone": "calm", "count": 3, "urgent": true, "items": []}');
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.line("Route")).toContainText("first");
});

test("what is written as text becomes the form, and undo brings both back", async ({ page }) => {
  await text().fill('not (tone == "a" or (count > 1 and urgent)) and 3 < count');
  await expect(form().getByLabel("How the comparisons are joined")).toHaveValue("All of these hold");
  await expect(form().getByLabel("How group 1 is joined")).toHaveValue("None of these holds");
  await expect(form().getByLabel("How group 1.2 is joined")).toHaveValue("All of these hold");
  await expect(row("1.2.2").getByLabel("Operator of comparison 1.2.2")).toHaveValue("is true");
  await expect(row("2").getByLabel("Left side of comparison 2: value")).toHaveValue("3");
  await expect(row("2").getByLabel("Right side of comparison 2", { exact: true })).toHaveValue("count");
  await editor.button("Undo").click();
  await holds(text(), 'tone == "angry"');
  await expect(row("1").getByLabel("Right side of comparison 1: value")).toHaveValue("angry");
  await expect(row("2")).toHaveCount(0);
  await page.keyboard.press("Control+Shift+z");
});

test("a text that is no condition stays, and the form says why", async () => {
  await text().fill('tone = "angry"');
  await expect(form()).toHaveCount(0);
  await expect(editor.inspector.getByText("The form waits for the text: Write == to compare.")).toBeVisible();
  await expect(editor.inspector.getByText("Write == to compare.", { exact: false })).toHaveCount(1);
  await expect(text().locator(".cm-lintRange")).toHaveText("=");
  await holds(text(), 'tone = "angry"');
  await expect(text()).toHaveAttribute("aria-invalid", "true");
  await text().fill('tone == "angry"');
  await expect(form()).toBeVisible();
  await expect(text().locator(".cm-lintRange")).toHaveCount(0);
  const deep = `${"tone == \"a\" and (count > 1 or (".repeat(4)}urgent${"))".repeat(4)}`;
  await text().fill(deep);
  await expect(editor.inspector.getByText("groups more than 6 deep, which are easier to read as text")).toBeVisible();
  await expect(text()).toHaveAttribute("aria-invalid", "false");
  await editor.noProblems();
});

test("what is wrong with a comparison is said at its field", async () => {
  await text().fill('urgent and (who == "a" or items == 1)');
  const left = row("2.1").getByLabel("Left side of comparison 2.1", { exact: true });
  await expect(left).toHaveAttribute("aria-invalid", "true");
  await expect(row("2.1")).toContainText("who is no input of this node.");
  await expect(row("2.2")).toContainText("Arrays cannot be compared.");
  await expect(editor.inspector.getByText("who is no input of this node.")).toHaveCount(1);
  await left.selectOption("tone");
  await expect(left).toHaveAttribute("aria-invalid", "false");
  await row("2.2").getByLabel("Left side of comparison 2.2", { exact: true }).selectOption("count");
  await holds(text(), 'urgent and (tone == "a" or count == 1)');
  await editor.noProblems();
});

for (const colorScheme of ["light", "dark"]) {
  test(`the form is usable by keyboard alone, and axe finds nothing, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await form().getByRole("button", { name: "Group", exact: true }).focus();
    await page.keyboard.press("Enter");
    await expect(row("2.1").getByLabel("Left side of comparison 2.1", { exact: true })).toBeFocused();
    await page.keyboard.type("count");
    await page.keyboard.press("Tab");
    await page.keyboard.type("is less");
    await holds(text(), 'tone == "angry" and count < 0');
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("7");
    await holds(text(), 'tone == "angry" and count < 7');
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await holds(text(), 'tone == "angry"');
    await text().fill("who == 1 or not (count > 1 and urgent)");
    await accessible(page, ".inspector");
  });
}
