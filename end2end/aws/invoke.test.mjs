// InvokeFlow's stream by the AWS SDK for JavaScript: traces, failures, and a caller that goes away.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { CreateFlowCommand, PrepareFlowCommand } from "@aws-sdk/client-bedrock-agent";
import { InvokeFlowCommand } from "@aws-sdk/client-bedrock-agent-runtime";

import { barrier } from "../support/upstream.mjs";
import { caller } from "../support/world.mjs";
import { ROLE, functionFlow, inputs, listFlow, promptFlow, read, routeFlow, start } from "./support.mjs";

let place;
before(async () => {
  place = await start();
});
after(() => place?.stop());

/** Makes a flow and prepares it; its id. */
async function prepared(name, definition) {
  const { id } = await place.agent.send(new CreateFlowCommand({ name, executionRoleArn: ROLE, definition }));
  const { status } = await place.agent.send(new PrepareFlowCommand({ flowIdentifier: id }));
  assert.equal(status, "Prepared");
  return id;
}

const invoke = (flowIdentifier, document, more = {}, options = {}) =>
  place.runtime.send(
    new InvokeFlowCommand({ flowIdentifier, flowAliasIdentifier: "TSTALIASID", inputs: inputs(document), ...more }),
    options,
  );

test("traces tell what each node got and gave", async () => {
  place.upstream.setAnswer(() => ({ text: "hello", usage: { prompt_tokens: 7, completion_tokens: 2 } }));
  const flow = await prepared("traced", promptFlow());
  const found = await read((await invoke(flow, "Ada", { enableTrace: true })).responseStream);
  assert.equal(found.error, undefined);
  assert.equal(found.completion, "SUCCESS");
  assert.equal(found.kinds.at(-1), "flowCompletionEvent");
  for (const trace of found.traces) assert.equal(Object.keys(trace).length, 1);
  assert.deepEqual(
    found.traces.map((trace) => `${Object.keys(trace)[0]} ${Object.values(trace)[0].nodeName}`),
    [
      "nodeOutputTrace FlowInputNode",
      "nodeInputTrace Answer",
      "nodeActionTrace Answer",
      "nodeOutputTrace Answer",
      "nodeInputTrace FlowOutputNode",
    ],
  );
  const [input, answer, action, completion] = found.traces.map((trace) => Object.values(trace)[0]);
  assert.ok(input.timestamp instanceof Date);
  assert.deepEqual(input.fields, [
    {
      nodeOutputName: "document",
      content: { document: "Ada" },
      type: "String",
      next: [{ nodeName: "Answer", inputFieldName: "name" }],
    },
  ]);
  assert.deepEqual(answer.fields, [
    {
      nodeInputName: "name",
      content: { document: "Ada" },
      type: "String",
      source: { nodeName: "FlowInputNode", outputFieldName: "document", expression: "$.data" },
    },
  ]);
  assert.deepEqual(action.operationResponse.usage, { inputTokens: 7, outputTokens: 2, totalTokens: 9 });
  assert.equal(completion.fields[0].content.document, "hello");
});

test("an iteration's traces say which item they are of", async () => {
  place.upstream.setAnswer((request) => ({ text: request.messages[0].content.toUpperCase() }));
  const flow = await prepared("listed", listFlow());
  const found = await read((await invoke(flow, ["a", "b"], { enableTrace: true })).responseStream);
  assert.deepEqual(found.outputs.map((output) => output.content.document), [["SAY A", "SAY B"]]);
  const items = found.traces.flatMap((trace) => (trace.nodeInputTrace?.nodeName === "Say" ? [trace.nodeInputTrace] : []));
  assert.deepEqual(
    items.map((item) => [item.fields[0].content.document, item.fields[0].executionChain]),
    ["a", "b"].map((item, index) => [item, [{ nodeName: "Each", index, type: "Iterator" }]]),
  );
  await assert.rejects(invoke(flow, ["a", 1]), {
    name: "ValidationException",
    message: "Each: The items are Strings, and item 1 is a Number.",
  });
});

test("a function is called by its binding, with AWS's event, and its trace says so", async () => {
  const events = [];
  const lambda = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    events.push(JSON.parse(Buffer.concat(pieces).toString()));
    response.end(JSON.stringify({ order: "A-1", late: true }));
  });
  await new Promise((resolve) => lambda.listen(0, "127.0.0.1", resolve));
  const arn = "arn:aws:lambda:us-east-1:123456789012:function:lookup";
  const url = `http://127.0.0.1:${lambda.address().port}/2015-03-31/functions/function/invocations`;
  const bound = await caller(place.server)("PUT", `/api/functions/${encodeURIComponent(arn)}`, { url });
  assert.equal(bound.status, 200);
  const flow = await prepared("looked-up", functionFlow(`${arn}:$LATEST`));
  const found = await read((await invoke(flow, "A-1", { enableTrace: true })).responseStream);
  lambda.close();
  assert.deepEqual(found.outputs.map((output) => output.content.document), [{ order: "A-1", late: true }]);
  assert.equal(events[0].messageVersion, "1.0");
  assert.match(events[0].flow.flowAliasArn, new RegExp(`:flow/${flow}/alias/TSTALIASID$`));
  assert.deepEqual(events[0].node, {
    name: "LookUp",
    inputs: [{ name: "order", type: "String", expression: "$.data", value: "A-1" }],
  });
  const { nodeActionTrace } = found.traces.find((trace) => trace.nodeActionTrace);
  assert.equal(`${nodeActionTrace.serviceName} ${nodeActionTrace.operationName}`, "Lambda Invoke");
  assert.deepEqual(nodeActionTrace.operationResponse, { payload: { order: "A-1", late: true } });
});

test("a null is no output: the stream says which node gave it", async () => {
  const lambda = createServer((_, response) => response.end("null"));
  await new Promise((resolve) => lambda.listen(0, "127.0.0.1", resolve));
  const arn = "arn:aws:lambda:us-east-1:123456789012:function:nothing";
  const url = `http://127.0.0.1:${lambda.address().port}/`;
  assert.equal((await caller(place.server)("PUT", `/api/functions/${encodeURIComponent(arn)}`, { url })).status, 200);
  const flow = await prepared("nothing", functionFlow(arn));
  const found = await read((await invoke(flow, "A-1", { enableTrace: true })).responseStream);
  lambda.close();
  assert.deepEqual(found.outputs, []);
  assert.equal(found.error?.name, "ValidationException");
  assert.match(found.error.message, /^LookUp: .*null/);
});

test("a condition tells which branch it took", async () => {
  const flow = await prepared("routed", routeFlow());
  for (const [word, condition, node] of [
    ["yes", "isYes", "YesOutput"],
    ["maybe", "default", "NoOutput"],
  ]) {
    const found = await read((await invoke(flow, word, { enableTrace: true })).responseStream);
    assert.deepEqual(
      found.outputs.map((output) => output.nodeName),
      [node],
    );
    const { conditionNodeResultTrace } = found.traces.find((trace) => trace.conditionNodeResultTrace);
    assert.deepEqual(conditionNodeResultTrace.satisfiedConditions, [{ conditionName: condition }]);
  }
});

test("a failure in the run is an exception in the stream", async () => {
  place.upstream.setAnswer(() => ({ status: 400, error: { error: { message: "no such model" } } }));
  const flow = await prepared("failing", promptFlow());
  // This client reads the first frame before it hands out the stream, so an exception there fails the call itself.
  const error = await invoke(flow, "Ada").then(
    () => assert.fail("the run did not fail"),
    (error) => error,
  );
  assert.equal(error.name, "DependencyFailedException", String(error));
  assert.match(error.message, /^Answer: /);
  assert.equal(error.resourceName, "Answer");

  const traced = await read((await invoke(flow, "Ada", { enableTrace: true })).responseStream);
  assert.equal(traced.completion, undefined);
  assert.equal(traced.error?.name, "DependencyFailedException", String(traced.error));
});

test("what keeps a run from beginning is an error without a stream", async () => {
  place.upstream.setAnswer(() => ({ text: "ok" }));
  const flow = await prepared("refusing", promptFlow());
  const cases = [
    [{ inputs: inputs("x", "Start") }, "ValidationException", /is named FlowInputNode, not Start/],
    [{ inputs: [...inputs("x"), ...inputs("y")] }, "ValidationException", /exactly 1 item/],
    [{ inputs: [{ ...inputs("x")[0], nodeOutputName: "text" }] }, "ValidationException", /named document/],
    [{ inputs: inputs(5) }, "ValidationException", /takes a String/],
    [{ inputs: inputs(null) }, "ValidationException", /document/],
    [{ executionId: "not an id" }, "ValidationException", /executionId/],
    [{ flowAliasIdentifier: "NOSUCHALIA" }, "ResourceNotFoundException", /NOSUCHALIA/],
    [{ flowIdentifier: "AAAAAAAAAA" }, "ResourceNotFoundException", /AAAAAAAAAA/],
  ];
  for (const [more, name, message] of cases) {
    const error = await invoke(flow, "x", more).then(
      () => assert.fail(JSON.stringify(more)),
      (error) => error,
    );
    assert.equal(error.name, name, error.message);
    assert.match(error.message, message);
  }
});

test("an execution has the id its caller chose, once", async () => {
  const flow = await prepared("chosen", promptFlow());
  const answer = await invoke(flow, "x", { executionId: "mine:1" });
  assert.equal(answer.executionId, "mine:1");
  assert.equal((await read(answer.responseStream)).completion, "SUCCESS");
  await assert.rejects(invoke(flow, "x", { executionId: "mine:1" }), { name: "ConflictException" });
});

test("frames come while the run goes on, and a caller that leaves stops it", async () => {
  const held = barrier();
  place.upstream.setAnswer(() => ({ chunks: ["a", "b"], barrier: held }));
  const flow = await prepared("left", promptFlow());
  const leave = new AbortController();
  const answer = await invoke(flow, "x", { enableTrace: true }, { abortSignal: leave.signal });
  const first = await answer.responseStream[Symbol.asyncIterator]().next();
  assert.equal(first.value.flowTraceEvent.trace.nodeOutputTrace.nodeName, "FlowInputNode");
  await held.held(1);
  const closed = place.upstream.closed();
  leave.abort();
  await place.upstream.until((state) => state.closed > closed);
  held.release();

  const headers = { authorization: `Bearer ${place.settings.ANABRANCH_API_KEY}` };
  const deadline = Date.now() + 5000;
  let status;
  while (status !== "Aborted" && Date.now() < deadline) {
    const answered = await fetch(`${place.server.url}/api/executions/${answer.executionId}`, { headers });
    ({ status } = await answered.json());
  }
  assert.equal(status, "Aborted");
});

test("a server that stops says so in the stream, and blames nothing that the flow calls", async () => {
  const other = await start();
  const held = barrier();
  other.upstream.setAnswer(() => ({ chunks: ["a", "b"], barrier: held }));
  const { id } = await other.agent.send(
    new CreateFlowCommand({ name: "stopped", executionRoleArn: ROLE, definition: promptFlow() }),
  );
  await other.agent.send(new PrepareFlowCommand({ flowIdentifier: id }));
  const answer = await other.runtime.send(
    new InvokeFlowCommand({ flowIdentifier: id, flowAliasIdentifier: "TSTALIASID", inputs: inputs("x"), enableTrace: true }),
  );
  const reading = read(answer.responseStream);
  await held.held(1);
  const stopping = other.server.stop();
  const found = await reading;
  held.release();
  await stopping;
  await other.stop();
  assert.equal(found.error?.name, "InternalServerException", String(found.error));
  assert.match(found.error.message, /server stopped/);
});
