// Flow executions by the AWS SDK for JavaScript: runs that are started, followed, stopped, and kept over a crash.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import {
  CreateFlowAliasCommand,
  CreateFlowCommand,
  CreateFlowVersionCommand,
  DeleteFlowAliasCommand,
  DeleteFlowCommand,
  DeleteFlowVersionCommand,
  PrepareFlowCommand,
  UpdateFlowAliasCommand,
  UpdateFlowCommand,
} from "@aws-sdk/client-bedrock-agent";
import {
  GetExecutionFlowSnapshotCommand,
  GetFlowExecutionCommand,
  ListFlowExecutionEventsCommand,
  ListFlowExecutionsCommand,
  StartFlowExecutionCommand,
  StopFlowExecutionCommand,
  paginateListFlowExecutionEvents,
  paginateListFlowExecutions,
} from "@aws-sdk/client-bedrock-agent-runtime";

import { barrier } from "../support/upstream.mjs";
import { caller } from "../support/world.mjs";
import { ROLE, agentFlow, inputs, listFlow, promptFlow, refusal, routeFlow, start as startPlace } from "./support.mjs";

const TEST_ALIAS = "TSTALIASID";
const KEY = `arn:aws:kms:us-east-1:123456789012:key/${"0".repeat(36)}`;

let place;
before(async () => {
  place = await startPlace();
});
after(() => place?.stop());

/** Makes a flow and prepares it; its id. */
async function prepared(name, definition, more = {}) {
  const { id } = await place.agent.send(new CreateFlowCommand({ name, executionRoleArn: ROLE, definition, ...more }));
  const { status } = await place.agent.send(new PrepareFlowCommand({ flowIdentifier: id }));
  assert.equal(status, "Prepared");
  return id;
}

/** An execution's three identifiers, as its own calls take them. */
const at = (flowIdentifier, executionIdentifier, flowAliasIdentifier = TEST_ALIAS) => ({
  flowIdentifier,
  flowAliasIdentifier,
  executionIdentifier,
});

const begin = (flowIdentifier, document, more = {}) =>
  place.runtime.send(
    new StartFlowExecutionCommand({ flowIdentifier, flowAliasIdentifier: TEST_ALIAS, inputs: inputs(document), ...more }),
  );
const get = (which) => place.runtime.send(new GetFlowExecutionCommand(which));
const stop = (which) => place.runtime.send(new StopFlowExecutionCommand(which));

async function ended(which, runtime = place.runtime) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const execution = await runtime.send(new GetFlowExecutionCommand(which));
    if (execution.status !== "Running") return execution;
    assert.ok(Date.now() < deadline, "the execution does not end");
    await sleep(25);
  }
}

/** Every event, by the SDK's own pages; each has one member. */
async function events(which, eventType, pageSize = 10) {
  const found = [];
  const pages = paginateListFlowExecutionEvents({ client: place.runtime, pageSize }, { ...which, eventType });
  for await (const page of pages) {
    assert.ok(page.flowExecutionEvents.length <= Math.min(pageSize, 10));
    found.push(...page.flowExecutionEvents);
  }
  for (const event of found) assert.equal(Object.keys(event).length, 1);
  return found;
}

const told = (events) => events.map((event) => `${Object.keys(event)[0]} ${Object.values(event)[0].nodeName}`);

async function fails(call, name, message = /./) {
  const error = await refusal(call, name);
  assert.match(error.message, message);
  return error;
}

test("an execution is started, followed to its end, and told", async () => {
  const held = barrier();
  place.upstream.setAnswer(() => ({ chunks: ["hel", "lo"], barrier: held, usage: { prompt_tokens: 7, completion_tokens: 2 } }));
  const flow = await prepared("started", promptFlow(), { customerEncryptionKeyArn: KEY });
  const { executionArn } = await begin(flow, "Ada", { flowExecutionName: "nightly-1" });
  assert.match(executionArn, new RegExp(`^arn:aws:bedrock:us-east-1:\\d{12}:flow/${flow}/alias/TSTALIASID/execution/nightly-1$`));
  const which = at(flow, "nightly-1");

  await held.held(1);
  const running = await get(which);
  assert.equal(running.status, "Running");
  assert.ok(running.startedAt instanceof Date);
  assert.equal(running.endedAt, undefined);
  assert.deepEqual(told(await events(which, "Flow")), ["flowInputEvent FlowInputNode"]);
  held.release();

  const done = await ended(at(flow, executionArn));
  assert.deepEqual(
    [done.status, done.executionArn, done.flowIdentifier, done.flowAliasIdentifier, done.flowVersion, done.errors],
    ["Succeeded", executionArn, flow, TEST_ALIAS, "DRAFT", undefined],
  );
  assert.ok(done.endedAt >= done.startedAt);

  const [input, output, ...more] = await events(which, "Flow");
  assert.deepEqual(more, []);
  assert.deepEqual(input.flowInputEvent.fields, [{ name: "document", content: { document: "Ada" } }]);
  assert.deepEqual(output.flowOutputEvent.fields, [{ name: "document", content: { document: "hello" } }]);
  assert.equal(output.flowOutputEvent.nodeName, "FlowOutputNode");
  assert.ok(output.flowOutputEvent.timestamp instanceof Date);

  const nodes = await events(which, "Node");
  assert.deepEqual(told(nodes), [
    "nodeOutputEvent FlowInputNode",
    "nodeInputEvent Answer",
    "nodeActionEvent Answer",
    "nodeOutputEvent Answer",
    "nodeInputEvent FlowOutputNode",
  ]);
  assert.deepEqual(nodes[0].nodeOutputEvent.fields, [
    { name: "document", content: { document: "Ada" }, type: "String", next: [{ nodeName: "Answer", inputFieldName: "name" }] },
  ]);
  assert.deepEqual(nodes[1].nodeInputEvent.fields, [
    {
      name: "name",
      content: { document: "Ada" },
      type: "String",
      source: { nodeName: "FlowInputNode", outputFieldName: "document", expression: "$.data" },
    },
  ]);
  assert.deepEqual(nodes[2].nodeActionEvent.operationResponse.usage, { inputTokens: 7, outputTokens: 2, totalTokens: 9 });
  // A page that ends between the two events that the end of one node is told by.
  assert.deepEqual(await events(which, "Node", 1), nodes);
  assert.deepEqual(await events(which, "Node", 3), nodes);

  // It is an execution like any other to people, too.
  const listed = await (await caller(place.server)("GET", `/api/executions?flow=${flow}`)).json();
  assert.equal(listed.executions.length, 1);
  assert.deepEqual([listed.executions[0].status, listed.executions[0].name], ["Succeeded", "nightly-1"]);
});

test("what an iteration and a condition did is told", async () => {
  place.upstream.setAnswer((request) => ({ text: request.messages[0].content.toUpperCase() }));
  const flow = await prepared("listed", listFlow());
  const { executionArn } = await begin(flow, ["a", "b"]);
  const which = at(flow, executionArn);
  assert.equal((await ended(which)).status, "Succeeded");
  const items = (await events(which, "Node")).filter((event) => event.nodeInputEvent?.nodeName === "Say");
  assert.deepEqual(
    items.map(({ nodeInputEvent: { fields } }) => [fields[0].content.document, fields[0].executionChain]),
    ["a", "b"].map((item, index) => [item, [{ nodeName: "Each", index, type: "Iterator" }]]),
  );

  const route = await prepared("routed", routeFlow());
  const taken = at(route, (await begin(route, "yes")).executionArn);
  assert.equal((await ended(taken)).status, "Succeeded");
  const { conditionResultEvent } = (await events(taken, "Node")).find((event) => event.conditionResultEvent);
  assert.deepEqual(conditionResultEvent.satisfiedConditions, [{ conditionName: "isYes" }]);
});

test("a failure says which node and why", async () => {
  place.upstream.setAnswer(() => ({ status: 400, error: { error: { message: "no such model" } } }));
  const flow = await prepared("failing", promptFlow());
  const which = at(flow, (await begin(flow, "Ada")).executionArn);
  const failed = await ended(which);
  assert.equal(failed.status, "Failed");
  assert.equal(failed.errors.length, 1);
  assert.equal(failed.errors[0].nodeName, "Answer");
  assert.match(failed.errors[0].message, /no such model/);
  const { flowFailureEvent } = (await events(which, "Flow")).at(-1);
  assert.equal(flowFailureEvent.errorCode, "NODE_EXECUTION_FAILED");
  assert.match(flowFailureEvent.errorMessage, /^Answer: /);
  const { nodeFailureEvent } = (await events(which, "Node")).at(-1);
  assert.deepEqual([nodeFailureEvent.nodeName, nodeFailureEvent.errorCode], ["Answer", "DEPENDENCY_FAILED"]);
  assert.match(nodeFailureEvent.errorMessage, /no such model/);
});

test("a stop aborts an execution, and only one that has not ended", async () => {
  const held = barrier();
  place.upstream.setAnswer(() => ({ chunks: ["a", "b"], barrier: held }));
  const flow = await prepared("stopped", promptFlow());
  const { executionArn } = await begin(flow, "x");
  const which = at(flow, executionArn);
  await held.held(1);
  const closed = place.upstream.closed();
  const stopped = await stop(which);
  assert.deepEqual([stopped.executionArn, stopped.status], [executionArn, "Aborted"]);
  await place.upstream.until((state) => state.closed > closed);
  held.release();
  const aborted = await get(which);
  assert.deepEqual([aborted.status, aborted.errors], ["Aborted", undefined]);
  assert.ok(aborted.endedAt instanceof Date);
  assert.deepEqual(told(await events(which, "Flow")), ["flowInputEvent FlowInputNode"]);
  assert.equal((await stop(which)).status, "Aborted", "a call that is repeated changes nothing");

  place.upstream.setAnswer(() => ({ text: "ok" }));
  const done = at(flow, (await begin(flow, "x")).executionArn);
  assert.equal((await ended(done)).status, "Succeeded");
  await fails(stop(done), "ConflictException", /ended already: Succeeded/);
});

test("the snapshot is what ran, also after the draft, the alias and the flow have moved on", async () => {
  const held = barrier();
  place.upstream.setAnswer(() => ({ chunks: ["a", "b"], barrier: held }));
  const first = promptFlow("first {{name}}");
  const flow = await prepared("moving", first, { customerEncryptionKeyArn: KEY });
  const version = () => place.agent.send(new CreateFlowVersionCommand({ flowIdentifier: flow }));
  const route = (flowVersion) => ({ name: "live", routingConfiguration: [{ flowVersion }] });
  await version();
  const alias = (await place.agent.send(new CreateFlowAliasCommand({ flowIdentifier: flow, ...route("1") }))).id;
  const names = { flowAliasIdentifier: alias, flowExecutionName: "same" };
  const { executionArn } = await begin(flow, "x", names);
  assert.ok(executionArn.endsWith(`/alias/${alias}/execution/same`));
  // Another alias may have an execution of that name.
  await begin(flow, "x", { flowExecutionName: "same" });
  await held.held(2);

  const role = `${ROLE}-2`;
  const changed = { name: "moving", executionRoleArn: role, definition: promptFlow("second {{name}}") };
  await place.agent.send(new UpdateFlowCommand({ flowIdentifier: flow, ...changed }));
  await version();
  await place.agent.send(new UpdateFlowAliasCommand({ flowIdentifier: flow, aliasIdentifier: alias, ...route("2") }));
  const snapshot = (which) => place.runtime.send(new GetExecutionFlowSnapshotCommand(which));
  for (const [which, flowVersion] of [
    [at(flow, "same", alias), "1"],
    [at(flow, "same"), "DRAFT"],
  ]) {
    const { definition, ...found } = await snapshot(which);
    delete found.$metadata;
    assert.deepEqual(JSON.parse(definition), first);
    assert.deepEqual(found, {
      flowIdentifier: flow,
      flowAliasIdentifier: which.flowAliasIdentifier,
      flowVersion,
      executionRoleArn: ROLE,
      customerEncryptionKeyArn: KEY,
    });
  }
  held.release();
  const which = at(flow, executionArn, alias);
  const done = await ended(which);
  assert.deepEqual([done.status, done.flowVersion, done.flowAliasIdentifier], ["Succeeded", "1", alias]);

  const inFlow = { flowIdentifier: flow };
  await place.agent.send(new DeleteFlowAliasCommand({ ...inFlow, aliasIdentifier: alias }));
  for (const flowVersion of ["1", "2"]) {
    await place.agent.send(new DeleteFlowVersionCommand({ ...inFlow, flowVersion }));
  }
  await place.agent.send(new DeleteFlowCommand(inFlow));
  assert.equal((await get(which)).status, "Succeeded");
  assert.deepEqual(JSON.parse((await snapshot(which)).definition), first);
});

test("lists come in pages of at most ten, newest first, and of one alias where it is named", async () => {
  place.upstream.setAnswer(() => ({ text: "ok" }));
  const flow = await prepared("many", promptFlow());
  await place.agent.send(new CreateFlowVersionCommand({ flowIdentifier: flow }));
  const live = { flowIdentifier: flow, name: "live", routingConfiguration: [{ flowVersion: "1" }] };
  const alias = (await place.agent.send(new CreateFlowAliasCommand(live))).id;
  const made = [];
  for (let number = 0; number < 12; number += 1) {
    made.unshift((await begin(flow, "x", { flowExecutionName: `run-${number}` })).executionArn);
  }
  const of = (await begin(flow, "x", { flowAliasIdentifier: alias })).executionArn;
  const all = async (more = {}, pageSize = undefined) => {
    const found = [];
    for await (const page of paginateListFlowExecutions({ client: place.runtime, pageSize }, { flowIdentifier: flow, ...more })) {
      assert.ok(page.flowExecutionSummaries.length <= Math.min(pageSize ?? 10, 10));
      found.push(...page.flowExecutionSummaries);
    }
    return found;
  };
  const arns = async (...which) => (await all(...which)).map((execution) => execution.executionArn);
  assert.deepEqual(await arns({}, 1000), [of, ...made]);
  assert.deepEqual(await arns({}, 4), [of, ...made]);
  assert.deepEqual(await arns({ flowAliasIdentifier: alias }), [of]);
  assert.deepEqual(await arns({ flowAliasIdentifier: TEST_ALIAS }), made);
  await ended(at(flow, of, alias));
  const [{ createdAt, endedAt, ...newest }] = await all({ flowAliasIdentifier: alias });
  assert.ok(createdAt instanceof Date && endedAt instanceof Date);
  const ids = { executionArn: of, flowIdentifier: flow, flowAliasIdentifier: alias };
  assert.deepEqual(newest, { ...ids, flowVersion: "1", status: "Succeeded" });

  // A token is opaque, and of no use to another list.
  const list = (more) => place.runtime.send(new ListFlowExecutionsCommand({ flowIdentifier: flow, ...more }));
  const { nextToken } = await list({});
  assert.match(nextToken, /^\S+$/);
  const other = await prepared("few", promptFlow());
  await fails(list({ flowIdentifier: other, nextToken }), "ValidationException", /nextToken/);
  await fails(list({ nextToken: "nonsense" }), "ValidationException", /nextToken/);
  const which = { ...at(flow, "run-0"), eventType: "Node" };
  const told = (more) => place.runtime.send(new ListFlowExecutionEventsCommand({ ...which, ...more }));
  await ended(at(flow, "run-0"));
  const token = (await told({ maxResults: 2 })).nextToken;
  assert.equal((await told({ maxResults: 2, nextToken: token })).flowExecutionEvents.length, 2);
  await fails(told({ eventType: "Flow", nextToken: token }), "ValidationException", /nextToken/);
  await fails(told({ nextToken }), "ValidationException", /nextToken/);
});

test("each error that a client can provoke has its name", async () => {
  place.upstream.setAnswer(() => ({ text: "ok" }));
  const flow = await prepared("refusing", promptFlow());
  const other = await prepared("other", promptFlow());
  const taken = { flowExecutionName: "taken" };
  const { executionArn } = await begin(flow, "x", taken);
  await ended(at(flow, executionArn));
  await fails(begin(flow, "x", taken), "ConflictException", /has an execution taken already/);
  const unprepared = (await place.agent.send(new CreateFlowCommand({ name: "raw", executionRoleArn: ROLE }))).id;
  const starts = [
    [{ inputs: inputs("x", "Begin") }, "ValidationException", /is named FlowInputNode, not Begin/],
    [{ inputs: [...inputs("x"), ...inputs("y")] }, "ValidationException", /inputs/],
    [{ inputs: inputs(5) }, "ValidationException", /takes a String/],
    [{ inputs: [{ ...inputs("x")[0], nodeInputName: "document" }] }, "ValidationException", /nodeInputName/],
    [{ flowIdentifier: unprepared }, "ValidationException", /PrepareFlow/],
    [{ flowIdentifier: "AAAAAAAAAA" }, "ResourceNotFoundException", /AAAAAAAAAA/],
    [{ flowAliasIdentifier: "NOSUCHALIA" }, "ResourceNotFoundException", /NOSUCHALIA/],
  ];
  for (const [more, name, message] of starts) await fails(begin(flow, "x", more), name, message);

  const none = [
    at(flow, "nothing"),
    at(flow, "taken", "NOSUCHALIA"),
    at(other, "taken"),
    at("AAAAAAAAAA", "taken"),
  ];
  const calls = [
    get,
    stop,
    (which) => place.runtime.send(new GetExecutionFlowSnapshotCommand(which)),
    (which) => place.runtime.send(new ListFlowExecutionEventsCommand({ ...which, eventType: "Flow" })),
  ];
  for (const call of calls) {
    for (const which of none) await fails(call(which), "ResourceNotFoundException");
    await fails(call(at(other, executionArn)), "ValidationException", /another alias's/);
    await fails(call(at(flow, `${executionArn}/x`)), "ValidationException", /executionIdentifier/);
  }
  const list = (more) => place.runtime.send(new ListFlowExecutionsCommand(more));
  await fails(list({ flowIdentifier: "AAAAAAAAAA" }), "ResourceNotFoundException");
  await fails(list({ flowIdentifier: flow, flowAliasIdentifier: "NOSUCHALIA" }), "ResourceNotFoundException");
  assert.deepEqual((await list({ flowIdentifier: other })).flowExecutionSummaries, []);
});

test("an execution that asks runs on until it is answered", async () => {
  place.upstream.setAnswer((request) =>
    request.messages.at(-1).role === "tool"
      ? { text: "80 euros" }
      : { toolCalls: [{ name: "ask_user", arguments: { question: "Rims or discs?" } }] },
  );
  const api = caller(place.server);
  const agent = await (await api("POST", "/api/agents", { name: "Desk", model: "test/model", asksBack: true })).json();
  const flow = await prepared("desk", agentFlow(agent.arn));
  const which = at(flow, (await begin(flow, "How much?", { flowExecutionName: "asks" })).executionArn);
  const waiting = async () => (await (await api("GET", `/api/executions?flow=${flow}`)).json()).executions[0];
  const deadline = Date.now() + 5000;
  while ((await waiting()).status !== "InputRequired") assert.ok(Date.now() < deadline);
  assert.equal((await get(which)).status, "Running");
  const answer = await api("POST", `/api/executions/${(await waiting()).id}/input`, { content: "discs" });
  assert.equal(answer.status, 200);
  assert.equal((await ended(which)).status, "Succeeded");
  const { flowOutputEvent } = (await events(which, "Flow")).at(-1);
  assert.equal(flowOutputEvent.fields[0].content.document, "80 euros");
  const steps = (await events(which, "Node")).filter((event) => event.nodeDependencyEvent);
  assert.ok(steps.length >= 1);
  assert.ok(steps[0].nodeDependencyEvent.traceElements.agentTraces.length >= 1);

  const again = at(flow, (await begin(flow, "How much?")).executionArn);
  while ((await waiting()).status !== "InputRequired") assert.ok(Date.now() < deadline + 5000);
  assert.equal((await stop(again)).status, "Aborted", "one that waits is stopped as well");
});

test("an execution that a crash cut off has failed, once, and keeps its name", async () => {
  const data = await mkdtemp(join(tmpdir(), "anabranch-crash-"));
  const killed = await startPlace({ data });
  const held = barrier();
  killed.upstream.setAnswer(() => ({ chunks: ["a", "b"], barrier: held }));
  const flow = { name: "crash", executionRoleArn: ROLE, definition: promptFlow() };
  const { id } = await killed.agent.send(new CreateFlowCommand(flow));
  await killed.agent.send(new PrepareFlowCommand({ flowIdentifier: id }));
  const begin = { flowIdentifier: id, flowAliasIdentifier: TEST_ALIAS, inputs: inputs("x"), flowExecutionName: "cut" };
  await killed.runtime.send(new StartFlowExecutionCommand(begin));
  await held.held(1);
  await killed.server.kill();
  held.release();
  await killed.stop();

  const place = await startPlace({ data });
  try {
    const which = at(id, "cut");
    const found = await place.runtime.send(new GetFlowExecutionCommand(which));
    assert.equal(found.status, "Failed");
    assert.ok(found.endedAt instanceof Date);
    assert.match(found.errors[0].message, /server stopped/);
    const list = { ...which, eventType: "Flow" };
    const { flowExecutionEvents: told } = await place.runtime.send(new ListFlowExecutionEventsCommand(list));
    const failures = told.flatMap((event) => (event.flowFailureEvent ? [event.flowFailureEvent.errorCode] : []));
    assert.deepEqual(failures, ["INTERNAL_SERVER"]);
    await fails(place.runtime.send(new StartFlowExecutionCommand(begin)), "ConflictException");
    await fails(place.runtime.send(new StopFlowExecutionCommand(which)), "ConflictException");
  } finally {
    await place.stop();
    await rm(data, { recursive: true, force: true });
  }
});
