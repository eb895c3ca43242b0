// Functions: one is drawn, seen to lead nowhere, bound where that is said, and run; its binding lives on a page too.
import { createServer } from "node:http";

import { expect, test } from "@playwright/test";

import { Editor, holds } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

const ARN = "arn:aws:lambda:us-east-1:123456789012:function:lookup";
const SECRET = "sk-canary-1234567890";

/** A function that looks an order up; an order that it does not know, it fails on as Lambda does. */
async function startFunction() {
  const calls = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const event = JSON.parse(Buffer.concat(pieces).toString());
    calls.push({ path: request.url, headers: request.headers, event });
    const order = event.node.inputs[0]?.value;
    if (order !== undefined && !order.startsWith("A-")) {
      return response.end(JSON.stringify({ errorMessage: `no order ${order}`, errorType: "KeyError" }));
    }
    return response.end(JSON.stringify(`${order ?? "nothing"} is on its way`));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    calls,
    url: `http://127.0.0.1:${server.address().port}/2015-03-31/functions/function/invocations`,
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

let world, lookup, editor, watched;
test.beforeAll(async () => {
  world = await startWorld();
  lookup = await startFunction();
});
test.afterAll(async () => {
  await world?.stop();
  await lookup?.stop();
});
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
});
test.afterEach(() => watched.expectNone());

test("a function is drawn, bound where it says that it is not, and run", async ({ page }) => {
  const { id } = await world.create({ title: "Lookup" });
  await editor.open(`${world.url}/flows/${id}`);
  await editor.node("FlowInputNode").click();
  await editor.palette.getByRole("button", { name: "Function" }).click();
  await expect(editor.issue("Function_1")).toContainText("Choose a function.");
  await expect(editor.wires).toHaveCount(1);
  await editor.connect("Function_1 output functionResponse", "FlowOutputNode input document");
  await editor.select("Function_1");
  await editor.field("Function ARN").fill(`${ARN}:7`);
  await editor.noProblems();
  await expect(editor.node("Function_1")).toContainText("lookup:7");
  await expect(editor.issue("Function_1")).toHaveText("No binding leads to this function yet.");

  await editor.send("A-1");
  await expect(editor.status).toContainText("Failed");
  await expect(editor.pane.getByRole("alert")).toContainText(`There is no binding for ${ARN}:7. Bind it on the Connections page.`);

  await editor.select("Function_1");
  await expect(editor.inspector.getByText("No binding leads from this ARN to an address")).toBeVisible();
  await editor.inspector.getByRole("button", { name: "Bind it" }).click();
  const dialog = page.getByRole("dialog", { name: "Bind a function" });
  await expect(dialog.getByLabel("Function ARN")).toHaveValue(`${ARN}:7`);
  await dialog.getByLabel("Address").fill(lookup.url);
  await dialog.getByRole("button", { name: "Add a header" }).click();
  await dialog.getByLabel("Header name").fill("X-Api-Key");
  await dialog.getByLabel("Header secret").fill(SECRET);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(editor.inspector.getByText(`Bound to ${lookup.url}`)).toBeVisible();

  await editor.send("A-1");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.issue("Function_1")).toHaveCount(0);
  await expect(editor.pane.getByText("A-1 is on its way").first()).toBeVisible();
  const { headers, event } = lookup.calls.at(-1);
  expect(headers["x-api-key"]).toBe(SECRET);
  expect(headers["idempotency-key"]).toMatch(/^[0-9A-Z]+\/Function_1$/);
  expect(event.flow.flowArn).toContain(id);
  expect(event.node).toEqual({
    name: "Function_1",
    inputs: [{ name: "codeHookInput", type: "String", expression: "$.data", value: "A-1" }],
  });

  await editor.send("B-1");
  await expect(editor.status).toContainText("Failed");
  await expect(editor.issue("Function_1")).toContainText("lookup:7 failed. It said: KeyError: no order B-1");
});

test("bindings are looked after on their page", async ({ page }) => {
  await world.api("DELETE", `/api/functions/${encodeURIComponent(`${ARN}:7`)}`);
  await page.getByRole("link", { name: "Connections" }).click();
  const list = page.getByRole("region", { name: "Functions" });
  await expect(list).toContainText("None yet. A Function node names a Lambda function by its ARN");
  await list.getByRole("button", { name: "Bind a function" }).click();
  const dialog = page.getByRole("dialog", { name: "Bind a function" });
  await dialog.getByLabel("Function ARN").fill(ARN);
  await dialog.getByLabel("Address").fill(lookup.url);
  await dialog.getByRole("button", { name: "Add a header" }).click();
  await dialog.getByLabel("Header name").fill("X-Api-Key");
  await dialog.getByLabel("Header secret").fill(SECRET);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(list).toContainText("x-api-key …7890");
  await expect(page.locator("body")).not.toContainText(SECRET);
  await list.getByRole("button", { name: "Test lookup" }).click();
  const inputs = list.getByLabel("Inputs for lookup, as JSON");
  await holds(inputs, '{"codeHookInput": "A-1001"}');
  await list.getByRole("button", { name: "Call it" }).click();
  await expect(list.getByRole("status")).toContainText('It answered "A-1001 is on its way"');
  await inputs.fill('["A-1"]');
  await list.getByRole("button", { name: "Call it" }).click();
  await expect(list.getByRole("status")).toContainText("The inputs are a JSON object of names and values");
  await inputs.fill("");
  await list.getByRole("button", { name: "Call it" }).click();
  await expect(list.getByRole("status")).toContainText('It answered "nothing is on its way"');

  await list.getByRole("button", { name: "Edit lookup" }).click();
  const change = page.getByRole("dialog", { name: "Change the binding" });
  await change.getByLabel("Seconds to answer").fill("60");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(list).toContainText("60 s · x-api-key …7890");
  await list.getByRole("button", { name: "Test lookup" }).click();
  await list.getByRole("button", { name: "Call it" }).click();
  await expect(list.getByRole("status")).toContainText("It answered");
  expect(lookup.calls.at(-1).headers["x-api-key"]).toBe(SECRET);

  await list.getByRole("button", { name: "Delete lookup" }).click();
  const question = page.getByRole("dialog", { name: "Delete the binding of “lookup”?" });
  await expect(question).toContainText("Nodes with this ARN will fail");
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(list).toContainText("None yet.");
});
