// Joins: a second connection at an input, how it is offered, said on the card, changed and run.
import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

const prompt = (name) => ({
  name,
  type: "Prompt",
  configuration: {
    prompt: {
      sourceConfiguration: {
        inline: {
          modelId: "test/echo",
          templateType: "TEXT",
          templateConfiguration: { text: { text: `${name} {{text}}` } },
        },
      },
    },
  },
  inputs: [{ name: "text", type: "String", expression: "$.data" }],
  outputs: [{ name: "modelCompletion", type: "String" }],
});

const data = (name, source, sourceOutput, target, targetInput) => ({
  name,
  type: "Data",
  source,
  target,
  configuration: { data: { sourceOutput, targetInput } },
});

/** Two prompts; the output takes the first one's answer. */
const definition = {
  nodes: [
    { name: "Start", type: "Input", configuration: { input: {} }, inputs: [], outputs: [{ name: "document", type: "String" }] },
    prompt("Red"),
    prompt("Blue"),
    {
      name: "Out",
      type: "Output",
      configuration: { output: {} },
      inputs: [{ name: "document", type: "String", expression: "$.data" }],
      outputs: [],
    },
  ],
  connections: [
    data("c1", "Start", "document", "Red", "text"),
    data("c2", "Start", "document", "Blue", "text"),
    data("c3", "Red", "modelCompletion", "Out", "document"),
  ],
};

let world, editor, watched;
test.beforeAll(async () => {
  world = await startWorld((request) => ({ chunks: [`<${request.messages.at(-1).content}>`] }));
});
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
});
test.afterEach(() => watched.expectNone());

test("a second connection is offered a join, which can be changed and runs", async ({ page }) => {
  const { id } = await world.create({ title: "Both", definition });
  await editor.open(`${world.url}/flows/${id}`);
  await editor.noProblems();
  await editor.drag(editor.port("Blue output modelCompletion"), editor.port("Out input document"));
  const offer = page.getByRole("dialog", { name: "Join at Out input document" });
  await expect(offer.getByRole("option")).toHaveText([
    "Take any: the first to arrive",
    "Take all, as an array",
    "Take the first 2 to arrive, as an array",
  ]);
  await offer.getByRole("option", { name: "Take all, as an array" }).click();
  await expect(editor.wires).toHaveCount(4);
  await expect(editor.node("Out").getByRole("img", { name: "Take all, as an array" })).toHaveText("all");
  await editor.noProblems();
  await editor.send("x");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText('["<Red x>","<Blue x>"]')).toBeVisible();
  await editor.line("Out").click();
  await expect(editor.pane.locator(".line-open")).toContainText("from Red modelCompletion, Blue modelCompletion");

  // Changed where the input is declared, by keyboard; its type follows.
  await editor.select("Out");
  await editor.inspector.getByRole("tab", { name: "Inputs" }).click();
  await expect(editor.inspector.getByText("From Red · modelCompletion, Blue · modelCompletion")).toBeVisible();
  await expect(editor.field("Type of document")).toHaveValue("Array");
  await editor.field("Connections of document").selectOption("first");
  await expect(editor.field("How many values document waits for")).toHaveValue("2");
  await editor.field("How many values document waits for").fill("3");
  await editor.field("How many values document waits for").press("Enter");
  await expect(editor.issue("Out")).toContainText("waits for 3 values, and 2 can come");
  await editor.field("Connections of document").selectOption("any");
  await expect(editor.field("Type of document")).toHaveValue("String");
  await expect(editor.node("Out").getByText("any", { exact: true })).toBeVisible();
  await editor.noProblems();

  // It runs here, and the list says apart what AWS would not take.
  await editor.button("No problems").click();
  const problems = page.getByRole("dialog", { name: "Problems" });
  await expect(problems.getByRole("heading", { name: "Would not run on AWS" })).toBeVisible();
  await expect(problems.getByText("AWS takes one connection at an input, and 2 end at document.")).toBeVisible();
  await page.keyboard.press("Escape");
  await editor.saved();
  const { extensions } = await (await world.api("GET", `/api/flows/${id}`)).json();
  expect(extensions.nodes.Out.joins).toEqual({ document: "any" });
});

test("a wire on the card of a taken input and the list of the keyboard offer a join too", async ({ page }) => {
  const { id } = await world.create({ title: "Offered", definition });
  await editor.open(`${world.url}/flows/${id}`);
  await editor.noProblems();
  await editor.drag(editor.port("Blue output modelCompletion"), editor.node("Out").getByRole("heading"));
  const offer = page.getByRole("dialog", { name: "Join at Out input document" });
  await expect(offer.getByRole("option")).toHaveCount(3);
  await page.keyboard.press("Escape");
  await expect(editor.wires).toHaveCount(3);

  // From the output and from the input.
  for (const [node, port, other] of [
    ["Blue", "Blue output modelCompletion", "Out input document, joined"],
    ["Out", "Out input document", "Blue output modelCompletion, joined"],
  ]) {
    await editor.node(node).focus();
    await page.keyboard.press("c");
    // The prompt has an input to join too.
    if (node === "Blue") {
      const from = page.getByRole("dialog", { name: "Connect Blue from" });
      await from.getByRole("option", { name: port }).click();
    }
    const list = page.getByRole("dialog", { name: `Connect ${port}` });
    await list.getByRole("option", { name: other }).click();
    await expect(offer.getByRole("option")).toHaveCount(3);
    await offer.getByRole("option", { name: "Take all, as an array" }).click();
    await expect(editor.wires).toHaveCount(4);
    await expect(editor.node("Out").getByRole("img", { name: "Take all, as an array" })).toBeVisible();
    await editor.noProblems();
    await editor.button("Undo").click();
    await expect(editor.wires).toHaveCount(3);
  }
});
