// The picker: what the last run brought to an input, as a tree; what is picked becomes the expression, and selects it.
import { expect, test } from "@playwright/test";

import { accessible } from "../support/axe.mjs";
import { Editor, holds } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { promptOf, signIn, startWorld } from "../support/world.mjs";

const INPUT = {
  customer: { "first name": "Ada", "it's": true },
  orders: [{ id: "A-1", total: 12.5 }, { id: "A-2", total: 3 }],
  notes: Array.from({ length: 250 }, (_, at) => `note ${at}`),
  nothing: null,
};

let world, editor, watched;
test.beforeAll(async () => (world = await startWorld((request) => ({ text: `[${promptOf(request)}]` }))));
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
  const flow = await world.create(greeting());
  await editor.open(`${world.url}/flows/${flow.id}`);
  await editor.select("Greet");
  await editor.inspector.getByRole("tab", { name: "Inputs" }).click();
});
test.afterEach(() => watched.expectNone());

/** An Object goes in, a prompt takes one part of it. */
function greeting() {
  const text = { text: { text: "Hello {{name}}", inputVariables: [{ name: "name" }] } };
  const inline = { templateType: "TEXT", templateConfiguration: text, modelId: "test/model" };
  const data = (name, source, sourceOutput, target, targetInput) => ({
    name, type: "Data", source, target, configuration: { data: { sourceOutput, targetInput } },
  });
  return {
    title: "Greeting",
    definition: {
      nodes: [
        { name: "Start", type: "Input", configuration: { input: {} }, outputs: [{ name: "document", type: "Object" }] },
        {
          name: "Greet", type: "Prompt", configuration: { prompt: { sourceConfiguration: { inline } } },
          inputs: [{ name: "name", type: "String", expression: "$.data.customer.missing" }],
          outputs: [{ name: "modelCompletion", type: "String" }],
        },
        { name: "End", type: "Output", configuration: { output: {} }, inputs: [{ name: "document", type: "String", expression: "$.data" }] },
      ],
      connections: [data("c1", "Start", "document", "Greet", "name"), data("c2", "Greet", "modelCompletion", "End", "document")],
    },
  };
}

const button = () => editor.inspector.getByRole("button", { name: "Pick the expression of name from the last run" });
const tree = () => editor.inspector.getByRole("tree", { name: "Parts of the value" });
const item = (name) => tree().getByRole("treeitem", { name });
const expression = () => editor.field("Expression of name");

test("without a run it says what to do, and after a failed one it has what arrived", async ({ page }) => {
  await button().click();
  const dialog = page.getByRole("dialog", { name: "What the last run brought to name" });
  await expect(dialog).toContainText("Run the flow once to pick from its values.");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(button()).toBeFocused();

  await editor.send(JSON.stringify(INPUT));
  await expect(editor.status).toContainText("Failed");
  await button().click();
  await item(/^customer/).locator(".twig").click();
  await item(/^first name/).click();
  await holds(expression(), "$.data.customer['first name']");
  await expect(tree()).toHaveCount(0);
  await editor.noProblems();
  await editor.send(JSON.stringify(INPUT));
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("[Hello Ada]").first()).toBeVisible();
});

test("the tree is walked by keyboard, large parts are cut, and every item can be picked", async ({ page }) => {
  await editor.send(JSON.stringify(INPUT));
  await expect(editor.status).toContainText("Failed");
  await button().focus();
  await page.keyboard.press("Enter");
  await expect(item(/^\$\.data/)).toBeFocused();
  await expect(item(/^\$\.data/)).toHaveAttribute("aria-expanded", "true");
  const walk = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  // Members come in the order in which they were sent.
  await walk("ArrowDown", "ArrowDown");
  await expect(item(/^notes|^orders/).and(page.locator(":focus"))).toHaveCount(1);
  await walk("Home", "End");
  await expect(tree().locator(":focus")).toHaveAttribute("aria-level", "2");
  const orders = item(/^orders/);
  await orders.focus();
  await orders.locator(".twig").click();
  await expect(orders).toHaveAttribute("aria-expanded", "true");
  await expect(orders).toBeFocused();
  await walk("ArrowRight");
  await expect(item(/^\[\*\]/)).toBeFocused();
  await walk("ArrowRight", "ArrowRight");
  await expect(item(/^id every item, String/)).toBeFocused();
  await walk("ArrowLeft");
  await expect(item(/^\[\*\]/)).toBeFocused();
  await walk("ArrowRight", "Enter");
  await holds(expression(), "$.data.orders[*].id");
  await expect(editor.inspector.getByText("It was an Array in the last run, and this input takes a String.")).toBeVisible();
  await expect(button()).toBeFocused();
  await walk("Enter");
  await item(/^notes/).locator(".twig").click();
  await expect(item(/^150 more/)).toHaveAttribute("aria-disabled", "true");
  await expect(item(/^\[99\]/)).toBeVisible();
  await expect(item(/^\[100\]/)).toHaveCount(0);
});

test("a node that was renamed since the run still shows what it did and gave", async () => {
  await editor.field("Expression of name").fill("$.data.customer['first name']");
  await editor.send(JSON.stringify(INPUT));
  await expect(editor.status).toContainText("Succeeded");
  await editor.inspector.getByRole("tab", { name: "Configure" }).click();
  await editor.rename("Start", "Begin");
  await expect(editor.node("Begin").getByRole("img", { name: "succeeded" })).toBeVisible();
  await editor.inspector.getByRole("tab", { name: "Last run" }).click();
  await expect(editor.inspector.getByText("Ada")).toBeVisible();
  await editor.node("Greet").getByRole("heading").click();
  await editor.inspector.getByRole("tab", { name: "Inputs" }).click();
  await button().click();
  await expect(item(/^customer/)).toBeVisible();
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious in the tree, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await editor.send(JSON.stringify(INPUT));
    await expect(editor.status).toContainText("Failed");
    await button().click();
    await item(/^orders/).locator(".twig").click();
    await accessible(page, ".inspector");
  });
}
