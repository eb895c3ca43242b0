// Runs: in parallel, stopped, and failing in every way that a model provider can.
import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { barrier } from "../support/upstream.mjs";
import { isConstrained, promptOf, signIn, startWorld, triage } from "../support/world.mjs";

let world, editor, watched, allowed;
test.beforeAll(async () => {
  world = await startWorld();
});
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  allowed = undefined;
  world.upstream.setAnswer(triage);
  await signIn(page, world);
  editor = new Editor(page);
});
test.afterEach(() => watched.expectNone(allowed));

const open = async (body) => {
  const flow = await world.create(body);
  await editor.open(`${world.url}/flows/${flow.id}`);
  return flow;
};
const lastExecution = async () => (await (await world.api("GET", "/api/executions")).json()).executions[0];

test("the template runs at once, is published as it is, and is called by its name", async ({ page }) => {
  await page.getByRole("button", { name: "Use Support triage" }).click();
  await editor.noProblems();
  await editor.send("Where can I find my invoice?");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("Here you go.").first()).toBeVisible();
  await editor.send("How long does a refund take?");
  await expect(editor.status).toContainText("Succeeded");
  await editor.line("SearchPolicies").click();
  await expect(editor.pane.getByText("the money is back on your card within five working days").first()).toBeVisible();
  expect(promptOf(world.upstream.requests.at(-1).body)).toContain("within five working days");
  await editor.publish(1);
  const called = await world.api("POST", "/api/flows/support-triage/aliases/live/invoke", { input: "Nobody answers!" });
  expect((await called.json()).outputs).toEqual([{ node: "FlowOutputNode", value: "We are so sorry." }]);
});

test("an execution's page follows it, says when it is lost, and takes it up again", async ({ page }) => {
  const held = barrier();
  world.upstream.setAnswer((request) => (isConstrained(request) ? triage(request) : { ...triage(request), barrier: held }));
  const { id } = await world.create({ template: "support-triage" });
  const called = world.api("POST", `/api/flows/${id}/draft/invoke`, { input: "It is late" });
  await held.held();
  allowed = /status of 503/;
  await page.route("**/events", (route) => route.fulfill({ status: 503, json: {} }));
  await page.goto(`${world.url}/executions/${(await lastExecution()).id}`);
  const line = page.getByRole("region", { name: "Trace" }).getByRole("button", { name: /^Deescalate/ });
  const lost = page.getByRole("alert").filter({ hasText: "What follows is not shown here." });
  await expect(lost).toBeVisible();
  await page.unroute("**/events");
  await lost.getByRole("button", { name: "Try again" }).click();
  await expect(lost).toHaveCount(0);

  // The clock goes on between events, and the bar with it.
  const seconds = async () => Number((await line.innerText()).match(/([\d.]+) s/)?.[1] ?? 0);
  const part = () => line.locator(".timing i").evaluate((bar) => bar.offsetWidth / bar.parentElement.offsetWidth);
  await expect.poll(seconds).toBeGreaterThan(1);
  const before = await seconds();
  await expect.poll(seconds).toBeGreaterThan(before);
  expect(await part()).toBeGreaterThan(0.8);
  await expect(page.getByText("No Output node was reached yet.")).toBeVisible();

  held.release();
  await expect(page.getByText("Succeeded", { exact: true })).toBeVisible();
  await expect(page.getByRole("region", { name: "Input and outputs" })).toContainText("We are so sorry.");
  await expect(page.getByRole("button", { name: "Stop" })).toHaveCount(0);
  expect((await called).status).toBe(200);
});

test("Stop closes the upstream's connection and aborts the run", async () => {
  const held = barrier();
  world.upstream.setAnswer((request) => (isConstrained(request) ? triage(request) : { ...triage(request), barrier: held }));
  await open({ template: "support-triage" });
  const closed = world.upstream.closed();
  await editor.send("It is late");
  await held.held();
  await editor.stop.click();
  await world.upstream.until((state) => state.closed === closed + 1);
  await expect(editor.status).toContainText("Stopped");
  await expect(editor.node("Deescalate").getByRole("img", { name: "stopped" })).toBeVisible();
  await expect.poll(async () => (await lastExecution()).status).toBe("Aborted");
  await expect(editor.run).toBeVisible();
});

test("branches that do not wait for each other are in flight together", async () => {
  await open(twoPrompts());
  const held = barrier();
  world.upstream.setAnswer(() => ({ chunks: ["half ", "whole"], barrier: held }));
  await editor.send("Hello");
  await held.held(2);
  for (const name of ["One", "Two"]) {
    await expect(editor.node(name).getByRole("img", { name: "running" })).toBeVisible();
  }
  held.release();
  await expect(editor.status).toContainText("Succeeded");
});

const failures = [
  ["has too many callers", { status: 429, headers: { "Retry-After": "7" } }, "too many calls. Try again in 7 s"],
  ["breaks", { status: 500 }, "failed (500). Try again."],
  ["talks nonsense", { text: "ha", malformed: true }, "cannot be understood"],
  ["hangs up", { chunks: ["half", "whole"], cut: true }, "broke off in the middle of its answer"],
  ["answers another word", { text: '{"answer":"bored"}' }, "which is none of angry, neutral"],
];
for (const [name, rule, words] of failures) {
  test(`a provider that ${name} is told of in plain words`, async () => {
    await open({ template: "support-triage" });
    world.upstream.setAnswer(() => rule);
    await editor.send("Hello");
    await expect(editor.status).toContainText("Failed");
    await expect(editor.pane.getByRole("alert")).toContainText(words);
    await expect(editor.node("ClassifyTone")).toContainText(words);
    await expect(editor.node("ClassifyTone").getByRole("img", { name: "failed" })).toBeVisible();
    await expect(editor.pane.getByText("undefined")).toHaveCount(0);
    // The way on is a run that works.
    world.upstream.setAnswer(triage);
    await editor.send("Hello");
    await expect(editor.status).toContainText("Succeeded");
    await expect(editor.node("ClassifyTone")).not.toContainText(words);
  });
}

test("a provider that is gone is named with its address", async () => {
  const flow = await world.create({ template: "support-triage" });
  await world.api("PUT", "/api/connections/gone", { baseUrl: "http://127.0.0.1:9/v1" });
  const of = JSON.parse(JSON.stringify(flow.definition).replaceAll("test/model", "gone/model"));
  await open({ title: "Gone", definition: of, extensions: flow.extensions });
  await editor.send("Hello");
  await expect(editor.pane.getByRole("alert")).toContainText("does not answer at");
});

test("an Object is typed as JSON, and anything else is refused before it runs", async () => {
  await open(objectFlow());
  await editor.send("not json");
  await expect(editor.pane.getByRole("alert")).toContainText("not JSON");
  await editor.send("[1]");
  await expect(editor.pane.getByRole("alert")).toContainText("takes an Object");
  await editor.send('{"name": "Ada"}');
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.locator(".msg.it")).toContainText("Ada");
});

test("a draft with errors is not run, and says what is wrong", async () => {
  allowed = /status of 422/;
  await open({ title: "Loose" });
  await editor.send("Hello");
  await expect(editor.pane.getByRole("alert")).toContainText("cannot run yet");
});

/** Input → two prompts → two outputs. */
function twoPrompts() {
  const prompt = (name) => ({
    name,
    type: "Prompt",
    configuration: {
      prompt: {
        sourceConfiguration: {
          inline: {
            templateType: "TEXT",
            templateConfiguration: { text: { text: `${name}: {{message}}`, inputVariables: [{ name: "message" }] } },
            modelId: "test/model",
          },
        },
      },
    },
    inputs: [{ name: "message", type: "String", expression: "$.data" }],
    outputs: [{ name: "modelCompletion", type: "String" }],
  });
  return {
    title: "Two at once",
    definition: {
      nodes: [input("String"), prompt("One"), prompt("Two"), output("FirstOutput"), output("SecondOutput")],
      connections: [
        wire("FlowInputNode", "document", "One", "message"),
        wire("FlowInputNode", "document", "Two", "message"),
        wire("One", "modelCompletion", "FirstOutput", "document"),
        wire("Two", "modelCompletion", "SecondOutput", "document"),
      ],
    },
  };
}

function objectFlow() {
  return {
    title: "Name of",
    definition: {
      nodes: [input("Object"), output("FlowOutputNode", "$.data.name")],
      connections: [wire("FlowInputNode", "document", "FlowOutputNode", "document")],
    },
  };
}

function input(type) {
  return { name: "FlowInputNode", type: "Input", configuration: { input: {} }, outputs: [{ name: "document", type }] };
}

function output(name, expression = "$.data") {
  const inputs = [{ name: "document", type: "String", expression }];
  return { name, type: "Output", configuration: { output: {} }, inputs };
}

function wire(source, sourceOutput, target, targetInput) {
  const configuration = { data: { sourceOutput, targetInput } };
  return { name: `${source}To${target}`, type: "Data", source, target, configuration };
}
