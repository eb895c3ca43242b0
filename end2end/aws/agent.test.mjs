// Agents by the AWS SDK for JavaScript: an agent's steps in the traces, and a talk over several calls.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { CreateFlowCommand, PrepareFlowCommand } from "@aws-sdk/client-bedrock-agent";
import { InvokeFlowCommand } from "@aws-sdk/client-bedrock-agent-runtime";

import { caller } from "../support/world.mjs";
import { ROLE, agentFlow, inputs, promptFlow, read, start } from "./support.mjs";

const FOREIGN = "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT12345/ALIAS12345";

let place, api;
before(async () => {
  place = await start();
  api = caller(place.server);
});
after(() => place?.stop());

async function json(method, path, body) {
  const answer = await api(method, path, body);
  assert.ok(answer.ok, `${method} ${path}: ${await answer.clone().text()}`);
  return answer.status === 204 ? undefined : answer.json();
}

/** Makes a flow and prepares it; its id. */
async function prepared(name, definition) {
  const { id } = await place.agent.send(new CreateFlowCommand({ name, executionRoleArn: ROLE, definition }));
  await place.agent.send(new PrepareFlowCommand({ flowIdentifier: id }));
  return id;
}

const send = (flowIdentifier, more) =>
  place.runtime.send(new InvokeFlowCommand({ flowIdentifier, flowAliasIdentifier: "TSTALIASID", ...more }));

const reply = (document, more = {}) => [
  { content: { document }, nodeName: "Desk", nodeInputName: "agentInputText", ...more },
];

/** Asks which brakes unless the last message says so. */
function desk(request) {
  const { role, content } = request.messages.at(-1);
  if (role === "tool" && content === "discs") return { chunks: ["80 ", "euros"] };
  return { toolCalls: [{ name: "ask_user", arguments: { question: "Rims or discs?" } }] };
}

test("an agent asks, and the same execution goes on with the answer", async () => {
  place.upstream.setAnswer(desk);
  const agent = await json("POST", "/api/agents", { name: "Desk", model: "test/model", asksBack: true });
  const flow = await prepared("desk", agentFlow(agent.arn));

  const first = await send(flow, { inputs: inputs("How much are brakes?") });
  const asked = await read(first.responseStream);
  assert.equal(asked.error, undefined);
  assert.deepEqual(asked.kinds, ["flowMultiTurnInputRequestEvent", "flowCompletionEvent"]);
  assert.deepEqual(asked.requests, [{ nodeName: "Desk", nodeType: "AgentNode", content: { document: "Rims or discs?" } }]);
  assert.equal(asked.completion, "INPUT_REQUIRED");
  const { executionId } = first;
  assert.ok(executionId);

  const other = await prepared("other", promptFlow());
  const cases = [
    [flow, { executionId, inputs: reply("discs", { nodeName: "FlowInputNode" }) }, "ValidationException", /Desk's, not/],
    [flow, { executionId, inputs: reply("discs", { nodeInputName: "document" }) }, "ValidationException", /agentInputText/],
    [flow, { executionId, inputs: reply(7) }, "ValidationException", /String/],
    [flow, { inputs: reply("discs") }, "ValidationException", /executionId/],
    [flow, { executionId: "no-such-execution", inputs: reply("discs") }, "ResourceNotFoundException", /no-such-execution/],
    [other, { executionId, inputs: reply("discs") }, "ResourceNotFoundException", /has no execution/],
    [flow, { executionId, inputs: inputs("again") }, "ConflictException", /already/],
  ];
  for (const [id, more, name, message] of cases) {
    const error = await send(id, more).then(
      () => assert.fail(JSON.stringify(more)),
      (error) => error,
    );
    assert.equal(error.name, name, error.message);
    assert.match(error.message, message);
  }

  const again = await send(flow, { executionId, inputs: reply("what?") });
  assert.equal(again.executionId, executionId);
  assert.equal((await read(again.responseStream)).completion, "INPUT_REQUIRED");
  const last = await read((await send(flow, { executionId, inputs: reply("discs") })).responseStream);
  assert.equal(last.completion, "SUCCESS");
  assert.deepEqual(last.outputs.map((output) => output.content.document), ["80 euros"]);
  await assert.rejects(send(flow, { executionId, inputs: reply("discs") }), { name: "ConflictException" });
  const execution = await json("GET", `/api/executions/${executionId}`);
  assert.equal(execution.status, "Succeeded");
});

test("an agent's steps are its node's dependency traces", async () => {
  const lambda = createServer((_, response) => response.end(JSON.stringify("on its way")));
  await new Promise((resolve) => lambda.listen(0, "127.0.0.1", resolve));
  const arn = "arn:aws:lambda:us-east-1:123456789012:function:orders";
  await json("PUT", `/api/functions/${encodeURIComponent(arn)}`, { url: `http://127.0.0.1:${lambda.address().port}/` });
  const parameters = { type: "object", properties: { order: { type: "string" } }, required: ["order"] };
  const tools = [{ kind: "function", name: "find", description: "Finds an order", arn, parameters }];
  await json("POST", "/api/agents", { name: "Orders", model: "test/model", tools });
  await json("PUT", `/api/agent-bindings/${encodeURIComponent(FOREIGN)}`, { agent: "Orders" });
  place.upstream.setAnswer((request) =>
    request.messages.at(-1).role === "tool"
      ? { text: "It is on its way.", usage: { prompt_tokens: 9, completion_tokens: 5 } }
      : { toolCalls: [{ name: "find", arguments: { order: "A" } }], usage: { prompt_tokens: 7, completion_tokens: 2 } },
  );
  const flow = await prepared("orders", agentFlow(FOREIGN));
  const answer = await send(flow, { inputs: inputs("Where is A?"), enableTrace: true });
  const found = await read(answer.responseStream);
  lambda.close();
  assert.equal(found.error, undefined);
  assert.deepEqual(found.outputs.map((output) => output.content.document), ["It is on its way."]);
  for (const trace of found.traces) assert.equal(Object.keys(trace).length, 1);
  assert.deepEqual(
    found.traces.map((trace) => `${Object.keys(trace)[0]} ${Object.values(trace)[0].nodeName}`),
    [
      "nodeOutputTrace FlowInputNode",
      "nodeInputTrace Desk",
      "nodeDependencyTrace Desk",
      "nodeDependencyTrace Desk",
      "nodeDependencyTrace Desk",
      "nodeActionTrace Desk",
      "nodeOutputTrace Desk",
      "nodeInputTrace FlowOutputNode",
    ],
  );
  const { nodeActionTrace } = found.traces.find((trace) => trace.nodeActionTrace);
  assert.equal(`${nodeActionTrace.serviceName} ${nodeActionTrace.operationName}`, "BedrockAgentRuntime InvokeAgent");
  const asked = { agentId: "AGENT12345", agentAliasId: "ALIAS12345", sessionId: answer.executionId };
  assert.deepEqual(nodeActionTrace.operationRequest, asked);
  assert.deepEqual(nodeActionTrace.operationResponse, { completion: "It is on its way." });
  const parts = found.traces.flatMap((trace) => trace.nodeDependencyTrace?.traceElements.agentTraces ?? []);
  for (const part of parts) {
    assert.equal(`${part.agentId} ${part.agentAliasId}`, "AGENT12345 ALIAS12345");
    assert.equal(part.sessionId, answer.executionId);
    assert.ok(part.eventTime instanceof Date);
  }
  const told = parts.map((part) => part.trace.orchestrationTrace);
  assert.deepEqual(told.map((trace) => Object.keys(trace)[0]), [
    "modelInvocationOutput",
    "invocationInput",
    "observation",
    "modelInvocationOutput",
    "observation",
  ]);
  assert.deepEqual(told[0].modelInvocationOutput.metadata.usage, { inputTokens: 7, outputTokens: 2 });
  const { function: name, parameters: given } = told[1].invocationInput.actionGroupInvocationInput;
  assert.deepEqual([name, given], ["find", [{ name: "order", value: "A" }]]);
  assert.equal(told[2].observation.actionGroupInvocationOutput.text, "on its way");
  assert.equal(told[4].observation.finalResponse.text, "It is on its way.");
});

test("what an agent looks up in a knowledge base is told with its references", async () => {
  const base = await json("POST", "/api/knowledge-bases", { name: "Terms" });
  const text = "Refunds are paid within five days.";
  const document = await json("POST", `/api/knowledge-bases/${base.id}/documents`, { title: "Refunds", text });
  const [source] = (await json("GET", `/api/knowledge-bases/${base.id}/sources`)).dataSources;
  const tools = [{ kind: "knowledgeBase", name: "terms", description: "Has our terms", base: base.id }];
  const agent = await json("POST", "/api/agents", { name: "Clerk", model: "test/model", tools });
  place.upstream.setAnswer((request) =>
    request.messages.at(-1).role === "tool"
      ? { text: "In five days." }
      : { toolCalls: [{ name: "terms", arguments: { query: "refunds" } }] },
  );
  const flow = await prepared("terms", agentFlow(agent.arn));
  const answer = await send(flow, { inputs: inputs("When is my refund?"), enableTrace: true });
  const found = await read(answer.responseStream);
  assert.deepEqual(found.outputs.map((output) => output.content.document), ["In five days."]);
  const parts = found.traces.flatMap((trace) => trace.nodeDependencyTrace?.traceElements.agentTraces ?? []);
  const told = parts.map((part) => part.trace.orchestrationTrace);
  assert.deepEqual(told[1].invocationInput, {
    invocationType: "KNOWLEDGE_BASE",
    knowledgeBaseLookupInput: { knowledgeBaseId: base.id, text: "refunds" },
  });
  assert.equal(told[2].observation.type, "KNOWLEDGE_BASE");
  assert.deepEqual(told[2].observation.knowledgeBaseLookupOutput.retrievedReferences, [
    {
      content: { text, type: "TEXT" },
      location: { type: "CUSTOM", customDocumentLocation: { id: document.id } },
      metadata: {
        title: "Refunds",
        passage: 0,
        "x-amz-bedrock-kb-source-uri": document.id,
        "x-amz-bedrock-kb-data-source-id": source.id,
      },
    },
  ]);
});
