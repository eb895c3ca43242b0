// Code: a node is drawn, its Python written, run and looked at; what Python cannot read is said at the node.
import { expect, test } from "@playwright/test";

import { Editor, holds } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

const CODE = `print("seen:", text)
words = text.split()
f"{len(words)} words, the longest is {max(words, key=len)}"`;

let world, editor, watched;
test.beforeAll(async () => {
  world = await startWorld();
  const definition = { nodes: [inline("1 +")], connections: [] };
  // A check waits a moment for the interpreter, and on a busy machine another one does.
  let here = false;
  for (let tries = 0; tries < 10 && !here; tries += 1) {
    const { problems } = await (await world.api("POST", "/api/check", { definition })).json();
    here = problems.some((problem) => problem.field === "code");
  }
  if (process.env.ANABRANCH_REQUIRE_PYTHON === "1") expect(here, "Python is fetched").toBe(true);
  test.skip(!here, "Python is not on this machine: anabranch python fetch");
});
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
});
test.afterEach(() => watched.expectNone());

test("code is written, runs, and shows what it printed and where it failed", async ({ page }) => {
  const { id } = await world.create({ title: "Words" });
  await editor.open(`${world.url}/flows/${id}`);
  await editor.node("FlowInputNode").click();
  await editor.palette.getByRole("button", { name: "Code", exact: true }).click();
  await expect(editor.wires).toHaveCount(1);
  await editor.connect("InlineCode_1 output response", "FlowOutputNode input document");
  await editor.select("InlineCode_1");
  const code = editor.field("Python");
  await holds(code, "text.strip()");
  await expect(editor.node("InlineCode_1")).toContainText("text.strip()");
  await code.fill(CODE);
  await expect(editor.node("InlineCode_1")).toContainText("3 lines of Python");
  await editor.noProblems();

  await editor.send("a short sentence");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("3 words, the longest is sentence").first()).toBeVisible();
  await editor.line("InlineCode_1").click();
  await expect(editor.pane.getByRole("region", { name: "Printed" })).toHaveText("seen: a short sentence\n");

  // What only a Python can tell is said at the field, on the card and in the list, and is gone when it is mended.
  await code.fill("if text\n    text");
  await expect(editor.issue("InlineCode_1")).toHaveText("Line 1: expected ':'.");
  await expect(editor.inspector.getByText("Line 1: expected ':'.")).toBeVisible();
  await expect(code).toHaveAttribute("aria-invalid", "true");
  await expect(code.locator(".cm-lintRange, .cm-lintPoint")).toHaveCount(1);
  await expect(page.getByRole("button", { name: "1 problem" })).toBeVisible();
  await editor.saved();
  await editor.reload();
  await expect(editor.issue("InlineCode_1")).toHaveText("Line 1: expected ':'.");
  await editor.select("InlineCode_1");
  await code.fill("number = int(text)\nstr(number + 1)");
  await expect(editor.issue("InlineCode_1")).toHaveCount(0);
  await editor.noProblems();

  await editor.send("seven");
  await expect(editor.status).toContainText("Failed");
  await expect(editor.issue("InlineCode_1")).toHaveText("Line 1: ValueError: invalid literal for int() with base 10: 'seven'");
  await expect(editor.pane.getByRole("alert")).toContainText('File "<InlineCode_1>", line 1, in <module>');
  await editor.send("41");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("42").first()).toBeVisible();
});

test("a run that never ends is stopped, and a time limit is kept", async () => {
  const definition = {
    nodes: [
      { name: "FlowInputNode", type: "Input", outputs: [{ name: "document", type: "String" }] },
      inline("print('round and round')\nwhile True: pass\n''"),
      { name: "FlowOutputNode", type: "Output", inputs: [{ name: "document", type: "String", expression: "$.data" }] },
    ],
    connections: [
      data("c1", "FlowInputNode", "document", "Turn", "text"),
      data("c2", "Turn", "response", "FlowOutputNode", "document"),
    ],
  };
  const { id } = await world.create({ title: "Round", definition });
  await editor.open(`${world.url}/flows/${id}`);
  await editor.select("Turn");
  await editor.field("Time limit in seconds").fill("301");
  await expect(editor.inspector.getByText("The time limit is from 1 to 300 seconds.")).toBeVisible();
  await editor.field("Time limit in seconds").fill("300");
  await editor.noProblems();
  await editor.send("x");
  await editor.line("Turn").click();
  await expect(editor.pane.getByRole("region", { name: "Printed" })).toHaveText("round and round\n");
  await editor.stop.click();
  await expect(editor.status).toContainText("Stopped");

  await editor.field("Time limit in seconds").fill("1");
  await editor.send("x");
  await expect(editor.issue("Turn")).toContainText("The code took longer than 1 s and was ended.");
});

test("the template runs at once, without a model", async ({ page }) => {
  await page.getByRole("button", { name: "Use Read an order" }).click();
  await expect(editor.canvas).toBeVisible();
  await editor.noProblems();
  await editor.run.click();
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("Total: 105.30").first()).toBeVisible();
  await editor.line("ReadOrder").click();
  await expect(editor.pane.getByRole("region", { name: "Printed" })).toContainText("no item: Hello, I would like to have");
});

function inline(code) {
  return {
    name: "Turn",
    type: "InlineCode",
    configuration: { inlineCode: { code, language: "Python_3" } },
    inputs: [{ name: "text", type: "String", expression: "$.data" }],
    outputs: [{ name: "response", type: "String" }],
  };
}

function data(name, source, sourceOutput, target, targetInput) {
  return { name, type: "Data", source, target, configuration: { data: { sourceOutput, targetInput } } };
}
