// The life of an agent by the AWS SDK for JavaScript: made, prepared, versioned by its aliases, called, deleted.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import * as agent from "@aws-sdk/client-bedrock-agent";
import { InvokeAgentCommand, InvokeFlowCommand } from "@aws-sdk/client-bedrock-agent-runtime";

import { caller } from "../support/world.mjs";
import { ROLE, agentFlow, inputs, read, refusal, start } from "./support.mjs";

const INSTRUCTION = "You are the front desk of a bicycle workshop. Be brief.";
const NOBODY = "AAAAAAAAAA";
const TOKEN = "a".repeat(40);

let place, api;
before(async () => {
  place = await start();
  api = caller(place.server);
});
after(() => place?.stop());

const send = (command) => place.agent.send(command);

/** Makes an agent; AWS's whole of it. */
async function create(agentName, more = {}) {
  const input = { agentName, instruction: INSTRUCTION, foundationModel: "test/model", agentResourceRoleArn: ROLE, ...more };
  return (await send(new agent.CreateAgentCommand(input))).agent;
}

/** One that is prepared; its id. */
async function prepared(agentName, more) {
  const { agentId } = await create(agentName, more);
  await send(new agent.PrepareAgentCommand({ agentId }));
  return agentId;
}

const alias = async (agentId, agentAliasName, more = {}) =>
  (await send(new agent.CreateAgentAliasCommand({ agentId, agentAliasName, ...more }))).agentAlias;

/** Fails, as AWS's error of this name and status; the error. */
async function fails(promise, name, status, message) {
  const error = await refusal(promise, name, status);
  if (message) assert.match(error.message, message);
  return error;
}

const invalid = (command, message) => fails(send(command), "ValidationException", 400, message);
const unknown = (command) => fails(send(command), "ResourceNotFoundException", 404);
const conflict = (command, message) => fails(send(command), "ConflictException", 409, message);

/** What a flow with this agent answers; the error's message where it fails. */
async function ask(arn, name) {
  const flow = { name, executionRoleArn: ROLE, definition: agentFlow(arn) };
  const { id: flowIdentifier } = await send(new agent.CreateFlowCommand(flow));
  await send(new agent.PrepareFlowCommand({ flowIdentifier }));
  const call = { flowIdentifier, flowAliasIdentifier: "TSTALIASID", inputs: inputs("Hello") };
  try {
    const found = await read((await place.runtime.send(new InvokeFlowCommand(call))).responseStream);
    return found.error?.message ?? found.outputs[0].content.document;
  } catch (error) {
    // The SDK throws a first frame that is an exception.
    return error.message;
  }
}

test("an agent is made, prepared, changed and deleted", async () => {
  const made = await create("desk", { description: "Answers", clientToken: TOKEN, idleSessionTTLInSeconds: 90 });
  assert.match(made.agentId, /^[0-9A-Z]{10}$/);
  assert.equal(made.agentArn, `arn:aws:bedrock:us-east-1:000000000000:agent/${made.agentId}`);
  assert.ok(made.createdAt instanceof Date && !Number.isNaN(made.createdAt.getTime()));
  const { agentName, agentStatus, agentVersion, instruction, foundationModel, description } = made;
  assert.deepEqual(
    { agentName, agentStatus, agentVersion, instruction, foundationModel, description },
    { agentName: "desk", agentStatus: "NOT_PREPARED", agentVersion: "DRAFT", instruction: INSTRUCTION,
      foundationModel: "test/model", description: "Answers" },
  );
  assert.deepEqual([made.idleSessionTTLInSeconds, made.agentResourceRoleArn, made.preparedAt], [90, ROLE, undefined]);
  assert.equal((await create("desk", { clientToken: TOKEN })).agentId, made.agentId);
  const { agentId } = made;

  // The same agent is on the Agents page.
  const listed = (await (await api("GET", "/api/agents")).json()).agents.find(({ id }) => id === agentId);
  assert.deepEqual([listed.name, listed.instructions, listed.model], ["desk", INSTRUCTION, "test/model"]);
  assert.match(await ask(listed.arn, "unprepared"), /desk is not prepared/);

  place.upstream.setAnswer((request) => ({ text: request.messages[0].content }));
  const done = await send(new agent.PrepareAgentCommand({ agentId }));
  assert.deepEqual([done.agentStatus, done.agentVersion], ["PREPARED", "DRAFT"]);
  assert.ok(done.preparedAt instanceof Date);
  assert.equal(await ask(listed.arn, "prepared"), INSTRUCTION);

  const changed = "You are the back office of a bicycle workshop. Be brief.";
  const update = { agentId, agentName: "desk", foundationModel: "test/model", agentResourceRoleArn: ROLE };
  const after = await send(new agent.UpdateAgentCommand({ ...update, instruction: changed }));
  assert.deepEqual([after.agent.agentStatus, after.agent.description], ["NOT_PREPARED", undefined]);
  assert.equal(await ask(listed.arn, "changed"), INSTRUCTION);
  await send(new agent.PrepareAgentCommand({ agentId }));
  assert.equal(await ask(listed.arn, "again"), changed);
  const got = await send(new agent.GetAgentCommand({ agentId }));
  assert.deepEqual([got.agent.agentStatus, got.agent.instruction], ["PREPARED", changed]);

  await conflict(new agent.CreateAgentCommand({ agentName: "desk" }), /already/);
  await create("other");
  await conflict(new agent.UpdateAgentCommand({ ...update, agentName: "other" }), /already/);
  const gone = await send(new agent.DeleteAgentCommand({ agentId }));
  assert.deepEqual([gone.agentId, gone.agentStatus], [agentId, "DELETING"]);
  await unknown(new agent.GetAgentCommand({ agentId }));
});

test("an agent of the Agents page is an agent here", async () => {
  const body = { name: "Front desk", instructions: "Short.", asksBack: true };
  const { id: agentId } = await (await api("POST", "/api/agents", body)).json();
  const { agent: got } = await send(new agent.GetAgentCommand({ agentId }));
  assert.deepEqual([got.agentName, got.agentStatus, got.instruction], ["Front-desk", "PREPARED", "Short."]);
  const update = { agentId, agentName: got.agentName, foundationModel: "test/model", agentResourceRoleArn: ROLE };
  await send(new agent.UpdateAgentCommand({ ...update, instruction: INSTRUCTION }));
  const ours = await (await api("GET", `/api/agents/${agentId}`)).json();
  assert.deepEqual([ours.name, ours.instructions, ours.asksBack], ["Front desk", INSTRUCTION, true]);
  // What is saved on the page is prepared, and keeps what the page does not show.
  await api("PUT", `/api/agents/${agentId}`, { name: "Front desk", instructions: INSTRUCTION });
  const saved = (await send(new agent.GetAgentCommand({ agentId }))).agent;
  assert.deepEqual([saved.agentStatus, saved.agentResourceRoleArn], ["PREPARED", ROLE]);
});

test("an alias makes a version, and answers as that", async () => {
  place.upstream.setAnswer((request) => ({ text: request.messages[0].content }));
  const { agentId } = await create("versioned");
  await invalid(new agent.CreateAgentAliasCommand({ agentId, agentAliasName: "live" }), /PrepareAgent/);
  await send(new agent.PrepareAgentCommand({ agentId }));
  const live = await alias(agentId, "live", { description: "What customers talk to", clientToken: TOKEN });
  assert.match(live.agentAliasId, /^[0-9A-Z]{10}$/);
  assert.equal(live.agentAliasArn, `arn:aws:bedrock:us-east-1:000000000000:agent-alias/${agentId}/${live.agentAliasId}`);
  assert.deepEqual([live.agentAliasStatus, live.routingConfiguration], ["PREPARED", [{ agentVersion: "1" }]]);
  assert.equal((await alias(agentId, "live", { clientToken: TOKEN })).agentAliasId, live.agentAliasId);
  await conflict(new agent.CreateAgentAliasCommand({ agentId, agentAliasName: "live" }), /live/);

  const changed = "You are the back office of a bicycle workshop. Be brief.";
  const update = { agentId, agentName: "versioned", foundationModel: "test/model", agentResourceRoleArn: ROLE };
  await send(new agent.UpdateAgentCommand({ ...update, instruction: changed }));
  await send(new agent.PrepareAgentCommand({ agentId }));
  assert.equal(await ask(live.agentAliasArn, "by-alias"), INSTRUCTION);
  const next = await alias(agentId, "next");
  assert.deepEqual(next.routingConfiguration, [{ agentVersion: "2" }]);
  assert.equal(await ask(next.agentAliasArn, "by-next"), changed);

  const move = { agentId, agentAliasId: live.agentAliasId, agentAliasName: "live" };
  await send(new agent.UpdateAgentAliasCommand({ ...move, routingConfiguration: [{ agentVersion: "2" }] }));
  assert.equal(await ask(live.agentAliasArn, "moved"), changed);
  const closed = await send(new agent.UpdateAgentAliasCommand({ ...move, aliasInvocationState: "REJECT_INVOCATIONS" }));
  assert.equal(closed.agentAlias.aliasInvocationState, "REJECT_INVOCATIONS");
  assert.deepEqual(closed.agentAlias.routingConfiguration, [{ agentVersion: "2" }]);
  assert.match(await ask(live.agentAliasArn, "closed"), /live of the agent versioned takes no calls now/);
  await conflict(new agent.UpdateAgentAliasCommand({ ...move, agentAliasName: "next" }), /next/);

  const { agentVersion } = await send(new agent.GetAgentVersionCommand({ agentId, agentVersion: "1" }));
  assert.deepEqual([agentVersion.version, agentVersion.instruction, agentVersion.agentStatus], ["1", INSTRUCTION, "PREPARED"]);
  const { agentVersionSummaries } = await send(new agent.ListAgentVersionsCommand({ agentId }));
  assert.deepEqual(agentVersionSummaries.map((each) => each.agentVersion), ["DRAFT", "2", "1"]);
  const { agentAliasSummaries } = await send(new agent.ListAgentAliasesCommand({ agentId }));
  assert.deepEqual(new Set(agentAliasSummaries.map((each) => each.agentAliasName)), new Set(["live", "next", "AgentTestAlias"]));
  const test = await send(new agent.GetAgentAliasCommand({ agentId, agentAliasId: "TSTALIASID" }));
  assert.deepEqual(test.agentAlias.routingConfiguration, [{ agentVersion: "DRAFT" }]);

  await conflict(new agent.DeleteAgentVersionCommand({ agentId, agentVersion: "2" }), /alias/);
  await send(new agent.DeleteAgentVersionCommand({ agentId, agentVersion: "1" }));
  await send(new agent.DeleteAgentVersionCommand({ agentId, agentVersion: "2", skipResourceInUseCheck: true }));
  await unknown(new agent.GetAgentAliasCommand({ agentId, agentAliasId: live.agentAliasId }));
  // A number is never used twice.
  const third = await alias(agentId, "third");
  assert.deepEqual(third.routingConfiguration, [{ agentVersion: "3" }]);
  const latest = (await send(new agent.ListAgentsCommand({}))).agentSummaries.find((each) => each.agentId === agentId);
  assert.equal(latest.latestAgentVersion, "3");

  await conflict(new agent.DeleteAgentCommand({ agentId }), /third/);
  await send(new agent.DeleteAgentAliasCommand({ agentId, agentAliasId: third.agentAliasId }));
  await send(new agent.DeleteAgentCommand({ agentId }));
});

test("what is not there, not right or not done here is said", async () => {
  const agentId = await prepared("refused");
  const here = { agentId: NOBODY };
  const route = (agentVersion) => ({ routingConfiguration: [{ agentVersion }] });
  const update = { agentName: "refused", foundationModel: "test/model", agentResourceRoleArn: ROLE };
  for (const command of [
    new agent.GetAgentCommand(here),
    new agent.UpdateAgentCommand({ ...here, ...update }),
    new agent.DeleteAgentCommand(here),
    new agent.PrepareAgentCommand(here),
    new agent.ListAgentVersionsCommand(here),
    new agent.ListAgentAliasesCommand(here),
    new agent.CreateAgentAliasCommand({ ...here, agentAliasName: "live" }),
    new agent.CreateAgentAliasCommand({ agentId, agentAliasName: "nowhere", ...route("9") }),
    new agent.GetAgentVersionCommand({ agentId, agentVersion: "9" }),
    new agent.DeleteAgentVersionCommand({ agentId, agentVersion: "9" }),
    new agent.GetAgentAliasCommand({ agentId, agentAliasId: NOBODY }),
    new agent.UpdateAgentAliasCommand({ agentId, agentAliasId: NOBODY, agentAliasName: "live" }),
    new agent.DeleteAgentAliasCommand({ agentId, agentAliasId: NOBODY }),
  ]) {
    await unknown(command);
  }
  const lambda = "arn:aws:lambda:us-east-1:123456789012:function:orchestrate";
  const guardrailConfiguration = { guardrailIdentifier: "abc", guardrailVersion: "1" };
  for (const [command, message] of [
    [new agent.CreateAgentCommand({ agentName: "no name" }), /agentName/],
    [new agent.CreateAgentCommand({ agentName: "short", instruction: "Be brief." }), /instruction/],
    [new agent.CreateAgentCommand({ agentName: "own", orchestrationType: "CUSTOM_ORCHESTRATION" }), /orchestrationType/],
    [new agent.CreateAgentCommand({ agentName: "own", customOrchestration: { executor: { lambda } } }), /customOrchestration/],
    [new agent.CreateAgentCommand({ agentName: "guarded", guardrailConfiguration }), /guardrailConfiguration/],
    [new agent.GetAgentCommand({ agentId: "short" }), /agentId/],
    [new agent.UpdateAgentCommand({ agentId, ...update, agentName: "no name" }), /agentName/],
    [new agent.DeleteAgentCommand({ agentId: "short" }), /agentId/],
    [new agent.PrepareAgentCommand({ agentId: (await create("silent", { instruction: undefined })).agentId }), /instruction/],
    [new agent.ListAgentsCommand({ nextToken: "x" }), /nextToken/],
    [new agent.ListAgentVersionsCommand({ agentId, nextToken: "x" }), /nextToken/],
    [new agent.ListAgentAliasesCommand({ agentId, nextToken: "x" }), /nextToken/],
    [new agent.GetAgentVersionCommand({ agentId, agentVersion: "DRAFT" }), /agentVersion/],
    [new agent.DeleteAgentVersionCommand({ agentId, agentVersion: "DRAFT" }), /agentVersion/],
    [new agent.CreateAgentAliasCommand({ agentId, agentAliasName: "draft", ...route("DRAFT") }), /TSTALIASID/],
    [new agent.GetAgentAliasCommand({ agentId, agentAliasId: "x" }), /agentAliasId/],
    [new agent.UpdateAgentAliasCommand({ agentId, agentAliasId: "TSTALIASID", agentAliasName: "live" }), /agentAliasId/],
    [new agent.DeleteAgentAliasCommand({ agentId, agentAliasId: "TSTALIASID" }), /agentAliasId/],
  ]) {
    await invalid(command, message);
  }
  await conflict(new agent.CreateAgentAliasCommand({ agentId, agentAliasName: "AgentTestAlias" }), /another name/);
});

test("agents come in pages", async () => {
  const made = new Set();
  for (let number = 0; number < 12; number += 1) made.add((await create(`page-${number}`)).agentId);
  const seen = [];
  for await (const page of agent.paginateListAgents({ client: place.agent }, {})) {
    assert.ok(page.agentSummaries.length <= 10);
    seen.push(...page.agentSummaries.map(({ agentId }) => agentId));
  }
  assert.equal(new Set(seen).size, seen.length);
  for (const id of made) assert.ok(seen.includes(id));
});

/** What an agent says in a session: its text, the traces, the headers; or the error. */
async function talk(agentId, agentAliasId, sessionId, inputText, more = {}) {
  const call = { agentId, agentAliasId, sessionId, inputText, ...more };
  const answer = await place.runtime.send(new InvokeAgentCommand(call));
  const found = { text: "", traces: [], chunks: 0, contentType: answer.contentType, sessionId: answer.sessionId };
  for await (const event of answer.completion) {
    if (event.chunk) {
      found.text += new TextDecoder().decode(event.chunk.bytes);
      found.chunks += 1;
    }
    if (event.trace) found.traces.push(event.trace);
  }
  return found;
}

const said = (request) => request.messages.map(({ role, content }) => `${role}: ${content}`);

test("a session keeps what was said, each alias its own", async () => {
  let heard;
  place.upstream.setAnswer((request) => {
    heard = said(request);
    return { text: `Answer ${heard.length}` };
  });
  const agentId = await prepared("talker");
  const first = await talk(agentId, "TSTALIASID", "s-1", "Hello");
  assert.deepEqual([first.text, first.sessionId, first.contentType, first.traces], ["Answer 2", "s-1", "application/json", []]);
  await talk(agentId, "TSTALIASID", "s-1", "And then?");
  assert.deepEqual(heard, [`system: ${INSTRUCTION}`, "user: Hello", "assistant: Answer 2", "user: And then?"]);
  const { agentAliasId } = await alias(agentId, "live");
  await talk(agentId, agentAliasId, "s-1", "Who are you?");
  assert.equal(heard.length, 2);
  await talk(agentId, "TSTALIASID", "s-2", "Hello");
  assert.equal(heard.length, 2);

  assert.equal((await talk(agentId, "TSTALIASID", "s-1", undefined, { endSession: true })).text, "The session has ended.");
  await talk(agentId, "TSTALIASID", "s-1", "Anew");
  assert.deepEqual(heard, [`system: ${INSTRUCTION}`, "user: Anew"]);

  const attributes = { promptSessionAttributes: { place: "Bonn" } };
  await talk(agentId, "TSTALIASID", "s-3", "Where?", { sessionState: attributes });
  assert.match(heard[0], /"place":"Bonn"/);
});

test("an agent that asks goes on in its session, and its steps are traced", async () => {
  const tools = [];
  const body = { name: "asker", instructions: INSTRUCTION, model: "test/model", asksBack: true, tools };
  const { id } = await (await api("POST", "/api/agents", body)).json();
  place.upstream.setAnswer((request) => {
    const { role, content } = request.messages.at(-1);
    if (role === "tool") return { text: `${content} cost 80 euros.`, usage: { prompt_tokens: 9, completion_tokens: 5 } };
    return { toolCalls: [{ name: "ask_user", arguments: { question: "Rims or discs?" } }] };
  });
  const asked = await talk(id, "TSTALIASID", "brakes", "What do brakes cost?", { enableTrace: true });
  assert.equal(asked.text, "Rims or discs?");
  const answered = await talk(id, "TSTALIASID", "brakes", "discs", { enableTrace: true });
  assert.equal(answered.text, "discs cost 80 euros.");
  for (const trace of [...asked.traces, ...answered.traces]) {
    assert.deepEqual([trace.agentId, trace.agentAliasId, trace.agentVersion, trace.sessionId], [id, "TSTALIASID", "DRAFT", "brakes"]);
    assert.ok(trace.eventTime instanceof Date);
  }
  const kinds = answered.traces.map(({ trace }) => Object.keys(trace.orchestrationTrace)[0]);
  assert.deepEqual(kinds, ["modelInvocationOutput", "observation"]);
  assert.equal(answered.traces[1].trace.orchestrationTrace.observation.finalResponse.text, "discs cost 80 euros.");

  // What was asked and answered is told again.
  let heard;
  place.upstream.setAnswer((request) => {
    heard = said(request);
    return { text: "Bye" };
  });
  await talk(id, "TSTALIASID", "brakes", "Thanks");
  assert.deepEqual(heard.slice(1), [
    "user: What do brakes cost?",
    "assistant: Rims or discs?",
    "user: discs",
    "assistant: discs cost 80 euros.",
    "user: Thanks",
  ]);
});

test("a long answer comes in several chunks, and every character of it", async () => {
  const long = "ä€".repeat(500_000);
  place.upstream.setAnswer(() => ({ text: long }));
  const agentId = await prepared("longwinded");
  const found = await talk(agentId, "TSTALIASID", "long", "Tell me everything");
  assert.ok(found.chunks > 1 && found.text === long);
});

test("what keeps an agent from answering is said", async () => {
  const agentId = await prepared("quiet");
  const { agentId: unprepared } = await create("unprepared");
  const { agentAliasId } = await alias(agentId, "shut");
  const shut = { agentId, agentAliasId, agentAliasName: "shut", aliasInvocationState: "REJECT_INVOCATIONS" };
  await send(new agent.UpdateAgentAliasCommand(shut));
  const state = (sessionState) => ({ sessionState });
  for (const [call, name, status, message] of [
    [() => talk(NOBODY, "TSTALIASID", "s-1", "Hi"), "ResourceNotFoundException", 404, /agent AAAAAAAAAA/],
    [() => talk(agentId, NOBODY, "s-1", "Hi"), "ResourceNotFoundException", 404, /alias AAAAAAAAAA/],
    [() => talk(unprepared, "TSTALIASID", "s-1", "Hi"), "ValidationException", 400, /not prepared/],
    [() => talk(agentId, agentAliasId, "s-1", "Hi"), "ValidationException", 400, /takes no calls/],
    [() => talk(agentId, "TSTALIASID", "s-1", undefined), "ValidationException", 400, /inputText/],
    [() => talk(agentId, "TSTALIASID", "!", "Hi"), "ValidationException", 400, /sessionId/],
    [() => talk(agentId, "TSTALIASID", "s-1", "Hi", { memoryId: "memory" }), "ValidationException", 400, /memoryId/],
    [() => talk(agentId, "TSTALIASID", "s-1", "Hi", state({ invocationId: "x" })), "ValidationException", 400, /invocationId/],
  ]) {
    await fails(call(), name, status, message);
  }

  // A failure of the model is told in the stream, and the session is as it was.
  place.upstream.setAnswer(() => ({ status: 400 }));
  const error = await talk(agentId, "TSTALIASID", "s-1", "Hi").then(() => assert.fail("no error"), (error) => error);
  assert.equal(error.name, "DependencyFailedException", error.message);
  let heard;
  place.upstream.setAnswer((request) => {
    heard = said(request);
    return { text: "Back" };
  });
  assert.equal((await talk(agentId, "TSTALIASID", "s-1", "Again")).text, "Back");
  assert.deepEqual(heard, [`system: ${INSTRUCTION}`, "user: Again"]);
});

test("a session is answered one call at a time", async () => {
  const agentId = await prepared("busy");
  let release;
  const held = new Promise((resolve) => (release = resolve));
  place.upstream.setAnswer(() => held.then(() => ({ text: "Done" })));
  const first = talk(agentId, "TSTALIASID", "s-1", "Hi");
  await place.upstream.until(({ inFlight }) => inFlight === 1);
  await fails(talk(agentId, "TSTALIASID", "s-1", "And?"), "ConflictException", 409, /s-1/);
  await fails(talk(agentId, "TSTALIASID", "s-1", undefined, { endSession: true }), "ConflictException", 409, /s-1/);
  release();
  assert.equal((await first).text, "Done");
});

test("an agent of elsewhere that is bound is invoked by its ids", async () => {
  const agentId = await prepared("bound");
  const arn = "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT12345/ALIAS12345";
  await api("PUT", `/api/agent-bindings/${encodeURIComponent(arn)}`, { agent: agentId });
  place.upstream.setAnswer(() => ({ text: "Here" }));
  assert.equal((await talk("AGENT12345", "ALIAS12345", "s-1", "Where?")).text, "Here");
});

const LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:prices";
const DRAFT = { agentVersion: "DRAFT" };
const functionSchema = {
  functions: [
    {
      name: "price",
      description: "Looks the price of a part up",
      parameters: {
        part: { type: "string", description: "Its name", required: true },
        count: { type: "integer", required: false },
      },
    },
  ],
};

test("an action group's functions are tools, and are called by the event of AWS's agents", async () => {
  const events = [];
  const lambda = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    events.push(JSON.parse(text));
    const body = { TEXT: { body: "80 euros" } };
    response.end(JSON.stringify({ response: { functionResponse: { responseBody: body } } }));
  });
  await new Promise((resolve) => lambda.listen(0, "127.0.0.1", resolve));
  await api("PUT", `/api/functions/${encodeURIComponent(LAMBDA)}`, { url: `http://127.0.0.1:${lambda.address().port}/` });

  const { agentId } = await create("grouped");
  const at = { agentId, ...DRAFT };
  const group = { ...at, actionGroupName: "prices", actionGroupExecutor: { lambda: LAMBDA }, functionSchema };
  const made = (await send(new agent.CreateAgentActionGroupCommand({ ...group, clientToken: TOKEN }))).agentActionGroup;
  assert.match(made.actionGroupId, /^[0-9A-Z]{10}$/);
  assert.deepEqual([made.actionGroupName, made.actionGroupState, made.agentVersion], ["prices", "ENABLED", "DRAFT"]);
  assert.deepEqual([made.actionGroupExecutor, made.functionSchema], [{ lambda: LAMBDA }, functionSchema]);
  const again = await send(new agent.CreateAgentActionGroupCommand({ ...group, clientToken: TOKEN }));
  assert.equal(again.agentActionGroup.actionGroupId, made.actionGroupId);
  await conflict(new agent.CreateAgentActionGroupCommand(group), /prices/);

  const page = async () => (await (await api("GET", `/api/agents/${agentId}`)).json()).tools.map(({ name }) => name);
  assert.deepEqual(await page(), ["price"]);
  await send(new agent.PrepareAgentCommand({ agentId }));
  place.upstream.setAnswer((request) =>
    request.messages.at(-1).role === "tool"
      ? { text: request.messages.at(-1).content }
      : { toolCalls: [{ name: "price", arguments: { part: "discs", count: 2 } }] },
  );
  const sessionState = { sessionAttributes: { customer: "Ada" } };
  const found = await talk(agentId, "TSTALIASID", "s-1", "Discs?", { enableTrace: true, sessionState });
  await talk(agentId, "TSTALIASID", "s-1", "Again?");
  lambda.close();
  assert.equal(found.text, "80 euros");
  const [event, later] = events;
  assert.deepEqual([event.actionGroup, event.function, event.sessionId, event.inputText], ["prices", "price", "s-1", "Discs?"]);
  assert.deepEqual(event.agent, { name: "grouped", id: agentId, alias: "TSTALIASID", version: "DRAFT" });
  assert.deepEqual([event.sessionAttributes, later.sessionAttributes], [{ customer: "Ada" }, { customer: "Ada" }]);
  const called = found.traces.find(({ trace }) => trace.orchestrationTrace.invocationInput);
  assert.equal(called.trace.orchestrationTrace.invocationInput.actionGroupInvocationInput.function, "price");

  const id = { ...at, actionGroupId: made.actionGroupId };
  await conflict(new agent.DeleteAgentActionGroupCommand(id), /enabled/);
  const off = { ...group, ...id, actionGroupState: "DISABLED" };
  const updated = (await send(new agent.UpdateAgentActionGroupCommand(off))).agentActionGroup;
  assert.deepEqual([updated.actionGroupState, updated.functionSchema], ["DISABLED", functionSchema]);
  assert.deepEqual(await page(), []);
  const got = (await send(new agent.GetAgentActionGroupCommand(id))).agentActionGroup;
  assert.deepEqual([got.actionGroupState, got.functionSchema], ["DISABLED", functionSchema]);
  await send(new agent.UpdateAgentActionGroupCommand({ ...off, actionGroupState: "ENABLED" }));
  assert.deepEqual(await page(), ["price"]);

  const asking = { ...at, actionGroupName: "ask", parentActionGroupSignature: "AMAZON.UserInput" };
  const ask = (await send(new agent.CreateAgentActionGroupCommand(asking))).agentActionGroup;
  assert.equal(ask.parentActionSignature, "AMAZON.UserInput");
  assert.equal((await (await api("GET", `/api/agents/${agentId}`)).json()).asksBack, true);
  await conflict(new agent.UpdateAgentActionGroupCommand({ ...asking, ...id, actionGroupName: "ask" }), /ask/);
  const listed = await send(new agent.ListAgentActionGroupsCommand(at));
  assert.deepEqual(listed.actionGroupSummaries.map(({ actionGroupName }) => actionGroupName), ["ask", "prices"]);
  await send(new agent.PrepareAgentCommand({ agentId }));
  await alias(agentId, "live");
  await send(new agent.DeleteAgentActionGroupCommand({ ...id, skipResourceInUseCheck: true }));
  assert.deepEqual(await page(), []);
  await unknown(new agent.GetAgentActionGroupCommand(id));
  // The version has it still.
  const kept = await send(new agent.GetAgentActionGroupCommand({ ...id, agentVersion: "1" }));
  assert.deepEqual(kept.agentActionGroup.functionSchema, functionSchema);

  for (const [more, message] of [
    [{ actionGroupExecutor: undefined }, /actionGroupExecutor/],
    [{ actionGroupExecutor: { customControl: "RETURN_CONTROL" } }, /customControl/],
    [{ apiSchema: { payload: "{}" } }, /apiSchema/],
    [{ parentActionGroupSignature: "AMAZON.CodeInterpreter" }, /parentActionGroupSignature/],
    [{ functionSchema: { functions: [{ name: "pay", requireConfirmation: "ENABLED" }] } }, /requireConfirmation/],
    [{ functionSchema: { functions: [{ name: "pay" }, { name: "pay" }] } }, /pay/],
  ]) {
    await invalid(new agent.CreateAgentActionGroupCommand({ ...group, actionGroupName: "other", ...more }), message);
  }
  await invalid(new agent.UpdateAgentActionGroupCommand({ ...asking, ...id, actionGroupName: "no name" }), /actionGroupName/);
  for (const Command of [agent.GetAgentActionGroupCommand, agent.DeleteAgentActionGroupCommand]) {
    await invalid(new Command({ ...id, actionGroupId: "short" }), /actionGroupId/);
  }
  await invalid(new agent.ListAgentActionGroupsCommand({ ...at, nextToken: "x" }), /nextToken/);
  await unknown(new agent.CreateAgentActionGroupCommand({ ...group, agentId: NOBODY }));
  await unknown(new agent.UpdateAgentActionGroupCommand({ ...group, ...id }));
  await unknown(new agent.DeleteAgentActionGroupCommand(id));
  await unknown(new agent.ListAgentActionGroupsCommand({ ...at, agentVersion: "9" }));
});

test("an agent has knowledge bases", async () => {
  const base = await (await api("POST", "/api/knowledge-bases", { name: "Terms" })).json();
  await api("POST", `/api/knowledge-bases/${base.id}/documents`, { title: "Refunds", text: "Refunds take five days." });
  const { agentId } = await create("clerk");
  const at = { agentId, ...DRAFT };
  const one = { ...at, knowledgeBaseId: base.id };
  const made = await send(new agent.AssociateAgentKnowledgeBaseCommand({ ...one, description: "Has the terms" }));
  const { knowledgeBaseId, description, knowledgeBaseState } = made.agentKnowledgeBase;
  assert.deepEqual([knowledgeBaseId, description, knowledgeBaseState], [base.id, "Has the terms", "ENABLED"]);
  await conflict(new agent.AssociateAgentKnowledgeBaseCommand({ ...one, description: "Again" }), /already/);
  await send(new agent.PrepareAgentCommand({ agentId }));
  const name = `knowledge_${base.id}`;
  place.upstream.setAnswer((request) =>
    request.messages.at(-1).role === "tool"
      ? { text: request.messages.at(-1).content }
      : { toolCalls: [{ name, arguments: { query: "refunds" } }] },
  );
  assert.match((await talk(agentId, "TSTALIASID", "s-1", "When?")).text, /five days/);

  const off = { ...one, knowledgeBaseState: "DISABLED" };
  const updated = (await send(new agent.UpdateAgentKnowledgeBaseCommand(off))).agentKnowledgeBase;
  assert.deepEqual([updated.knowledgeBaseState, updated.description], ["DISABLED", "Has the terms"]);
  assert.deepEqual((await (await api("GET", `/api/agents/${agentId}`)).json()).tools, []);
  const listed = (await send(new agent.ListAgentKnowledgeBasesCommand(at))).agentKnowledgeBaseSummaries;
  assert.deepEqual(listed.map((each) => [each.knowledgeBaseId, each.knowledgeBaseState]), [[base.id, "DISABLED"]]);
  await send(new agent.UpdateAgentKnowledgeBaseCommand({ ...one, knowledgeBaseState: "ENABLED", description: "New" }));
  assert.equal((await send(new agent.GetAgentKnowledgeBaseCommand(one))).agentKnowledgeBase.description, "New");
  await send(new agent.DisassociateAgentKnowledgeBaseCommand(one));

  await unknown(new agent.AssociateAgentKnowledgeBaseCommand({ ...one, knowledgeBaseId: NOBODY, description: "No" }));
  await unknown(new agent.GetAgentKnowledgeBaseCommand(one));
  await unknown(new agent.UpdateAgentKnowledgeBaseCommand(off));
  await unknown(new agent.DisassociateAgentKnowledgeBaseCommand(one));
  await unknown(new agent.ListAgentKnowledgeBasesCommand({ ...at, agentId: NOBODY }));
  const short = { ...one, knowledgeBaseId: "short" };
  await invalid(new agent.AssociateAgentKnowledgeBaseCommand({ ...short, description: "No" }), /knowledgeBaseId/);
  await invalid(new agent.GetAgentKnowledgeBaseCommand(short), /knowledgeBaseId/);
  await invalid(new agent.UpdateAgentKnowledgeBaseCommand(short), /knowledgeBaseId/);
  await invalid(new agent.DisassociateAgentKnowledgeBaseCommand(short), /knowledgeBaseId/);
  await invalid(new agent.ListAgentKnowledgeBasesCommand({ ...at, nextToken: "x" }), /nextToken/);
});

/** A model that leads: it asks `name` what it is asked, and answers what that said. */
const leading = (name) => (request) => {
  const last = request.messages.at(-1);
  const isLeader = request.tools?.some((tool) => tool.function.name === name);
  if (!isLeader) return { text: `Billing heard: ${last.content}`, usage: { prompt_tokens: 3, completion_tokens: 4 } };
  if (last.role === "tool") return { text: `I was told: ${last.content}`, usage: { prompt_tokens: 5, completion_tokens: 6 } };
  return { toolCalls: [{ name, arguments: { message: `About ${last.content}` } }], usage: { prompt_tokens: 1, completion_tokens: 2 } };
};

test("an agent leads others, which answer it", async () => {
  const billing = await prepared("billing");
  const { agentAliasArn } = await alias(billing, "live");
  const { agentId, agentCollaboration } = await create("leader", { agentCollaboration: "SUPERVISOR" });
  assert.equal(agentCollaboration, "SUPERVISOR");
  const at = { agentId, ...DRAFT };
  await invalid(new agent.PrepareAgentCommand({ agentId }), /leads no others yet/);

  const put = {
    ...at,
    agentDescriptor: { aliasArn: agentAliasArn },
    collaboratorName: "billing",
    collaborationInstruction: "Knows invoices and refunds",
  };
  const token = { clientToken: "c".repeat(40) };
  const made = (await send(new agent.AssociateAgentCollaboratorCommand({ ...put, ...token }))).agentCollaborator;
  assert.match(made.collaboratorId, /^[0-9A-Z]{10}$/);
  assert.ok(made.createdAt instanceof Date && made.lastUpdatedAt instanceof Date);
  assert.deepEqual(
    [made.agentId, made.agentVersion, made.agentDescriptor, made.collaboratorName, made.relayConversationHistory],
    [agentId, "DRAFT", { aliasArn: agentAliasArn }, "billing", "DISABLED"],
  );
  const again = await send(new agent.AssociateAgentCollaboratorCommand({ ...put, ...token }));
  assert.equal(again.agentCollaborator.collaboratorId, made.collaboratorId);
  await conflict(new agent.AssociateAgentCollaboratorCommand(put), /already/);
  const tools = [{ kind: "agent", name: "billing", description: put.collaborationInstruction, arn: agentAliasArn, tellsHistory: false }];
  assert.deepEqual((await (await api("GET", `/api/agents/${agentId}`)).json()).tools, tools);

  await send(new agent.PrepareAgentCommand({ agentId }));
  place.upstream.setAnswer(leading("billing"));
  const first = await talk(agentId, "TSTALIASID", "s-1", "refunds", { enableTrace: true });
  assert.equal(first.text, "I was told: Billing heard: About refunds");
  const kinds = first.traces.map(({ collaboratorName, callerChain, agentId, trace }) => {
    const [kind, what] = Object.entries(trace.orchestrationTrace)[0];
    return [kind, what.invocationType ?? what.type, agentId, collaboratorName, callerChain?.map(({ agentAliasArn }) => agentAliasArn)];
  });
  const led = ["billing", [`arn:aws:bedrock:us-east-1:000000000000:agent-alias/${agentId}/TSTALIASID`]];
  assert.deepEqual(kinds, [
    ["modelInvocationOutput", undefined, agentId, undefined, undefined],
    ["invocationInput", "AGENT_COLLABORATOR", agentId, undefined, undefined],
    ["modelInvocationOutput", undefined, billing, ...led],
    ["observation", "FINISH", billing, ...led],
    ["observation", "AGENT_COLLABORATOR", agentId, undefined, undefined],
    ["modelInvocationOutput", undefined, agentId, undefined, undefined],
    ["observation", "FINISH", agentId, undefined, undefined],
  ]);
  const [asked, heard] = [first.traces[1], first.traces[4]].map(({ trace }) => trace.orchestrationTrace);
  assert.equal(asked.invocationInput.agentCollaboratorInvocationInput.input.text, "About refunds");
  assert.deepEqual(heard.observation.agentCollaboratorInvocationOutput, {
    agentCollaboratorName: "billing",
    agentCollaboratorAliasArn: agentAliasArn,
    output: { type: "TEXT", text: "Billing heard: About refunds" },
  });

  // The other one is told what was said before, where it is to be.
  const id = { collaboratorId: made.collaboratorId };
  const change = { ...put, ...id, collaboratorName: "invoices", relayConversationHistory: "TO_COLLABORATOR" };
  const changed = (await send(new agent.UpdateAgentCollaboratorCommand(change))).agentCollaborator;
  assert.deepEqual(
    [changed.collaboratorId, changed.collaboratorName, changed.relayConversationHistory, changed.createdAt],
    [made.collaboratorId, "invoices", "TO_COLLABORATOR", made.createdAt],
  );
  const got = (await send(new agent.GetAgentCollaboratorCommand({ ...at, ...id }))).agentCollaborator;
  assert.equal(got.collaboratorName, "invoices");
  await send(new agent.PrepareAgentCommand({ agentId }));
  let said;
  place.upstream.setAnswer((request) => {
    if (!request.tools?.some((tool) => tool.function.name === "invoices")) {
      said = request.messages.filter(({ role }) => role !== "system").map(({ role, content }) => `${role}: ${content}`);
    }
    return leading("invoices")(request);
  });
  await talk(agentId, "TSTALIASID", "s-1", "dates");
  assert.deepEqual(said, [
    "user: refunds",
    "assistant: I was told: Billing heard: About refunds",
    "user: dates",
    "user: About dates",
  ]);

  // A router gives the answer of the one that it asked as it is.
  const router = { agentId, agentName: "leader", instruction: INSTRUCTION, foundationModel: "test/model", agentResourceRoleArn: ROLE };
  await invalid(new agent.UpdateAgentCommand({ ...router, agentCollaboration: "DISABLED" }), /DisassociateAgentCollaborator/);
  await send(new agent.UpdateAgentCommand({ ...router, agentCollaboration: "SUPERVISOR_ROUTER" }));
  await send(new agent.PrepareAgentCommand({ agentId }));
  assert.equal((await talk(agentId, "TSTALIASID", "s-2", "dates")).text, "Billing heard: About dates");

  // A version leads whom it led.
  const { routingConfiguration } = await alias(agentId, "live");
  const version = { agentId, agentVersion: routingConfiguration[0].agentVersion };
  await send(new agent.DisassociateAgentCollaboratorCommand({ ...at, ...id }));
  const list = async (at) => (await send(new agent.ListAgentCollaboratorsCommand(at))).agentCollaboratorSummaries;
  assert.deepEqual((await list(version)).map(({ collaboratorName }) => collaboratorName), ["invoices"]);
  assert.deepEqual(await list(at), []);
  await unknown(new agent.GetAgentCollaboratorCommand({ ...at, ...id }));
  await send(new agent.UpdateAgentCommand({ ...router, agentCollaboration: "DISABLED" }));
});

test("an agent of the Agents page leads others here too, and no agent leads itself round and round", async () => {
  const leader = await (await api("POST", "/api/agents", { name: "Round", model: "test/model" })).json();
  const tool = { kind: "agent", name: "again", description: "Asks itself", arn: leader.arn };
  assert.equal((await api("PUT", `/api/agents/${leader.id}`, { name: "Round", model: "test/model", tools: [tool] })).status, 200);
  const at = { agentId: leader.id, ...DRAFT };
  assert.equal((await send(new agent.GetAgentCommand(at))).agent.agentCollaboration, "SUPERVISOR");
  const [{ collaboratorId }] = (await send(new agent.ListAgentCollaboratorsCommand(at))).agentCollaboratorSummaries;
  assert.equal((await send(new agent.GetAgentCollaboratorCommand({ ...at, collaboratorId }))).agentCollaborator.collaboratorName, "again");
  let deepest;
  place.upstream.setAnswer((request) => {
    const last = request.messages.at(-1);
    if (last.role !== "tool") return { toolCalls: [{ name: "again", arguments: { message: "Go on" } }] };
    deepest ??= last.content;
    return { text: "Done" };
  });
  assert.equal((await talk(leader.id, "TSTALIASID", "s-1", "Begin")).text, "Done");
  assert.match(deepest, /at most 4 deep/);
  await send(new agent.DisassociateAgentCollaboratorCommand({ ...at, collaboratorId }));
  assert.deepEqual((await (await api("GET", `/api/agents/${leader.id}`)).json()).tools, []);
});

test("what keeps an agent from leading another is said", async () => {
  const other = await prepared("helper");
  const { agentAliasArn } = await alias(other, "live");
  const { agentId } = await create("lonely");
  const at = { agentId, ...DRAFT };
  const put = {
    ...at,
    agentDescriptor: { aliasArn: agentAliasArn },
    collaboratorName: "led",
    collaborationInstruction: "Helps",
  };
  const id = { collaboratorId: NOBODY };
  await invalid(new agent.AssociateAgentCollaboratorCommand(put), /^agentCollaboration: .*SUPERVISOR/);
  const nobody = agentAliasArn.replace(other, NOBODY);
  await unknown(new agent.AssociateAgentCollaboratorCommand({ ...put, agentDescriptor: { aliasArn: nobody } }));
  const own = agentAliasArn.replace(other, agentId);
  await invalid(new agent.AssociateAgentCollaboratorCommand({ ...put, agentDescriptor: { aliasArn: own } }), /lead itself/);
  await invalid(new agent.AssociateAgentCollaboratorCommand({ ...put, agentDescriptor: {} }), /agentDescriptor.aliasArn/);
  await invalid(new agent.AssociateAgentCollaboratorCommand({ ...put, collaboratorName: "a".repeat(65) }), /collaboratorName/);
  await unknown(new agent.AssociateAgentCollaboratorCommand({ ...put, agentId: NOBODY }));
  await unknown(new agent.UpdateAgentCollaboratorCommand({ ...put, ...id }));
  await invalid(new agent.UpdateAgentCollaboratorCommand({ ...put, ...id, collaborationInstruction: "" }), /collaborationInstruction/);
  await unknown(new agent.GetAgentCollaboratorCommand({ ...at, ...id }));
  await invalid(new agent.GetAgentCollaboratorCommand({ ...at, collaboratorId: "short" }), /collaboratorId/);
  await unknown(new agent.DisassociateAgentCollaboratorCommand({ ...at, ...id }));
  await invalid(new agent.DisassociateAgentCollaboratorCommand({ ...at, collaboratorId: "short" }), /collaboratorId/);
  await unknown(new agent.ListAgentCollaboratorsCommand({ ...at, agentId: NOBODY }));
  await invalid(new agent.ListAgentCollaboratorsCommand({ ...at, nextToken: "x" }), /nextToken/);
  await send(new agent.UpdateAgentCommand({ agentId, agentName: "lonely", foundationModel: "test/model", agentResourceRoleArn: ROLE, agentCollaboration: "SUPERVISOR" }));
  await send(new agent.AssociateAgentCollaboratorCommand(put));
  const second = (await send(new agent.AssociateAgentCollaboratorCommand({ ...put, collaboratorName: "second" }))).agentCollaborator;
  await conflict(new agent.UpdateAgentCollaboratorCommand({ ...put, collaboratorId: second.collaboratorId }), /already/);
});

test("two groups that let an agent ask are each enough", async () => {
  const { agentId } = await create("curious");
  const at = { agentId, ...DRAFT };
  const group = async (actionGroupName, more = {}) =>
    (await send(new agent.CreateAgentActionGroupCommand({ ...at, actionGroupName, parentActionGroupSignature: "AMAZON.UserInput", ...more }))).agentActionGroup;
  const asks = async () => (await (await api("GET", `/api/agents/${agentId}`)).json()).asksBack;
  const one = await group("one");
  const two = await group("two", { actionGroupState: "DISABLED" });
  assert.equal(await asks(), true);
  const drop = ({ actionGroupId }) => send(new agent.DeleteAgentActionGroupCommand({ ...at, actionGroupId, skipResourceInUseCheck: true }));
  await drop(two);
  assert.equal(await asks(), true);
  await drop(one);
  assert.equal(await asks(), false);
});

test("what was said in sessions goes with the alias that answered", async () => {
  let heard;
  place.upstream.setAnswer((request) => {
    heard = request.messages.length;
    return { text: "Yes" };
  });
  const agentId = await prepared("forgetful");
  const { agentAliasArn } = await alias(agentId, "live");
  const elsewhere = "arn:aws:bedrock:eu-central-1:123456789012:agent-alias/ELSEWHERE1/FORGETFUL1";
  await api("PUT", `/api/agent-bindings/${encodeURIComponent(elsewhere)}`, { agent: agentId });
  const talkElsewhere = () => talk("ELSEWHERE1", "FORGETFUL1", "s-1", "Hello");
  await talkElsewhere();
  await talkElsewhere();
  assert.equal(heard, 4);
  await api("DELETE", `/api/agent-bindings/${encodeURIComponent(elsewhere)}`);
  await api("PUT", `/api/agent-bindings/${encodeURIComponent(elsewhere)}`, { agent: agentId });
  await talkElsewhere();
  assert.equal(heard, 2, agentAliasArn);
});

test("an agent and its alias are tagged, and their tags go with them", async () => {
  const tagsOf = async (resourceArn) => (await send(new agent.ListTagsForResourceCommand({ resourceArn }))).tags;
  const { agentId, agentArn } = await create("tagged", { tags: { team: "desk" } });
  assert.deepEqual(await tagsOf(agentArn), { team: "desk" });
  await send(new agent.PrepareAgentCommand({ agentId }));
  const { agentAliasArn } = await alias(agentId, "live", { tags: { stage: "live" } });
  assert.deepEqual(await tagsOf(agentAliasArn), { stage: "live" });
  await send(new agent.TagResourceCommand({ resourceArn: agentAliasArn, tags: { team: "desk" } }));
  await send(new agent.UntagResourceCommand({ resourceArn: agentAliasArn, tagKeys: ["stage"] }));
  assert.deepEqual(await tagsOf(agentAliasArn), { team: "desk" });
  await send(new agent.DeleteAgentCommand({ agentId, skipResourceInUseCheck: true }));
  for (const resourceArn of [agentArn, agentAliasArn]) {
    await unknown(new agent.ListTagsForResourceCommand({ resourceArn }));
  }
});
