// The life of a flow by the AWS SDK for JavaScript: made, prepared, versioned, aliased, called, deleted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as agent from "@aws-sdk/client-bedrock-agent";
import { InvokeFlowCommand, ListSessionsCommand } from "@aws-sdk/client-bedrock-agent-runtime";

import { ROLE, inputs, promptFlow, read, refusal as fails, start } from "./support.mjs";

let place;
before(async () => {
  place = await start();
});
after(() => place?.stop());

const send = (command) => place.agent.send(command);
const create = (name, definition = promptFlow(), more = {}) =>
  send(new agent.CreateFlowCommand({ name, executionRoleArn: ROLE, definition, ...more }));

test("a flow is made, prepared, versioned, aliased and called", async () => {
  place.upstream.setAnswer((body) => ({ text: `You said: ${body.messages.at(-1).content}` }));
  const flow = await create("greeting", promptFlow(), { description: "Greets" });
  assert.match(flow.id, /^[0-9A-Z]{10}$/);
  assert.equal(flow.arn, `arn:aws:bedrock:us-east-1:000000000000:flow/${flow.id}`);
  assert.equal(flow.status, "NotPrepared");
  assert.equal(flow.version, "DRAFT");
  assert.equal(flow.executionRoleArn, ROLE);
  assert.ok(flow.createdAt instanceof Date && !Number.isNaN(flow.createdAt.getTime()));
  assert.deepEqual(flow.definition, promptFlow());

  const call = (flowIdentifier, flowAliasIdentifier, document = "Ada") =>
    place.runtime.send(new InvokeFlowCommand({ flowIdentifier, flowAliasIdentifier, inputs: inputs(document) }));
  await fails(call(flow.id, "TSTALIASID"), "ValidationException", 400);
  assert.equal((await send(new agent.PrepareFlowCommand({ flowIdentifier: flow.id }))).status, "Prepared");
  const got = await send(new agent.GetFlowCommand({ flowIdentifier: flow.arn }));
  assert.equal(got.status, "Prepared");
  assert.deepEqual(got.validations, []);
  assert.deepEqual(got.definition, promptFlow());

  const version = await send(new agent.CreateFlowVersionCommand({ flowIdentifier: flow.id, description: "first" }));
  assert.equal(version.version, "1");
  assert.deepEqual(version.definition, promptFlow());
  const alias = await send(
    new agent.CreateFlowAliasCommand({
      flowIdentifier: flow.id,
      name: "live",
      routingConfiguration: [{ flowVersion: "1" }],
    }),
  );
  assert.equal(alias.arn, `${flow.arn}/alias/${alias.id}`);

  for (const [flowIdentifier, aliasIdentifier] of [
    [flow.id, "TSTALIASID"],
    [flow.id, alias.id],
    [flow.arn, alias.arn],
    [flow.id, alias.arn],
    [flow.arn, alias.id],
  ]) {
    const answer = await call(flowIdentifier, aliasIdentifier);
    assert.match(answer.executionId, /^[0-9A-Z]{26}$/);
    const found = await read(answer.responseStream);
    assert.equal(found.error, undefined);
    assert.deepEqual(found.outputs, [
      {
        nodeName: "FlowOutputNode",
        nodeType: "FlowOutputNode",
        content: { document: "You said: Say hello to Ada" },
      },
    ]);
    assert.equal(found.completion, "SUCCESS");
    assert.deepEqual(found.kinds, ["flowOutputEvent", "flowCompletionEvent"]);
  }

  // A changed draft is called once it is prepared again; a version never changes.
  await send(
    new agent.UpdateFlowCommand({
      flowIdentifier: flow.id,
      name: "greeting",
      executionRoleArn: ROLE,
      definition: promptFlow("Say goodbye to {{name}}"),
    }),
  );
  const said = async (aliasIdentifier) =>
    (await read((await call(flow.id, aliasIdentifier)).responseStream)).outputs[0].content.document;
  assert.equal((await send(new agent.GetFlowCommand({ flowIdentifier: flow.id }))).status, "NotPrepared");
  assert.equal(await said("TSTALIASID"), "You said: Say hello to Ada");
  await send(new agent.PrepareFlowCommand({ flowIdentifier: flow.id }));
  assert.equal(await said("TSTALIASID"), "You said: Say goodbye to Ada");
  assert.equal(await said(alias.id), "You said: Say hello to Ada");

  assert.equal((await send(new agent.CreateFlowVersionCommand({ flowIdentifier: flow.id }))).version, "2");
  const moved = await send(
    new agent.UpdateFlowAliasCommand({
      flowIdentifier: flow.id,
      aliasIdentifier: alias.arn,
      name: "live",
      description: "moved",
      routingConfiguration: [{ flowVersion: "2" }],
    }),
  );
  assert.deepEqual(moved.routingConfiguration, [{ flowVersion: "2" }]);
  assert.equal(await said(alias.id), "You said: Say goodbye to Ada");
});

test("what is in use is not deleted, and what is not is", async () => {
  const { id } = await create("short-lived");
  const flow = { flowIdentifier: id };
  await send(new agent.CreateFlowVersionCommand(flow));
  const alias = await send(
    new agent.CreateFlowAliasCommand({ ...flow, name: "live", routingConfiguration: [{ flowVersion: "1" }] }),
  );
  await fails(send(new agent.DeleteFlowCommand(flow)), "ConflictException", 409);
  await fails(send(new agent.DeleteFlowVersionCommand({ ...flow, flowVersion: "1" })), "ConflictException", 409);
  const gone = await send(new agent.DeleteFlowAliasCommand({ ...flow, aliasIdentifier: alias.id }));
  assert.deepEqual([gone.flowId, gone.id], [id, alias.id]);
  await fails(
    send(new agent.GetFlowAliasCommand({ ...flow, aliasIdentifier: alias.id })),
    "ResourceNotFoundException",
    404,
  );
  assert.equal((await send(new agent.DeleteFlowVersionCommand({ ...flow, flowVersion: "1" }))).version, "1");
  assert.equal((await send(new agent.CreateFlowVersionCommand(flow))).version, "2");
  await send(
    new agent.CreateFlowAliasCommand({ ...flow, name: "live", routingConfiguration: [{ flowVersion: "2" }] }),
  );
  assert.equal((await send(new agent.DeleteFlowCommand({ ...flow, skipResourceInUseCheck: true }))).id, id);
  await fails(send(new agent.GetFlowCommand(flow)), "ResourceNotFoundException", 404);
});

test("the test alias is the draft, and stays", async () => {
  const { id } = await create("with-test-alias");
  const alias = { flowIdentifier: id, aliasIdentifier: "TSTALIASID" };
  const got = await send(new agent.GetFlowAliasCommand(alias));
  assert.deepEqual(got.routingConfiguration, [{ flowVersion: "DRAFT" }]);
  await fails(send(new agent.DeleteFlowAliasCommand(alias)), "ValidationException", 400);
});

test("a token makes a thing once", async () => {
  const clientToken = "0123456789-0123456789-0123456789-0123";
  const [first, second] = await Promise.all([
    create("once", promptFlow(), { clientToken }),
    create("once", promptFlow(), { clientToken }),
  ]);
  assert.equal(first.id, second.id);
  const flow = { flowIdentifier: first.id, clientToken };
  const versions = await Promise.all([1, 2, 3].map(() => send(new agent.CreateFlowVersionCommand(flow))));
  assert.deepEqual(
    versions.map((made) => made.version),
    ["1", "1", "1"],
  );
  const alias = { ...flow, name: "live", routingConfiguration: [{ flowVersion: "1" }] };
  const aliases = await Promise.all([1, 2].map(() => send(new agent.CreateFlowAliasCommand(alias))));
  assert.equal(aliases[0].id, aliases[1].id);
  await fails(create("once"), "ConflictException", 409);
});

test("lists come in pages of ten", async () => {
  const made = [];
  for (let number = 0; number < 12; number += 1) made.push((await create(`page-${number}`, undefined)).id);
  const seen = [];
  for await (const page of agent.paginateListFlows({ client: place.agent }, {})) {
    assert.ok(page.flowSummaries.length <= 10);
    seen.push(...page.flowSummaries.map((flow) => flow.id));
  }
  assert.equal(new Set(seen).size, seen.length);
  for (const id of made) assert.ok(seen.includes(id));
  assert.deepEqual(seen.slice(0, 12).sort(), made.sort());

  const flow = { flowIdentifier: made[0] };
  for (let number = 0; number < 11; number += 1) {
    await send(new agent.CreateFlowVersionCommand(flow));
    const name = `alias-${number}`;
    await send(new agent.CreateFlowAliasCommand({ ...flow, name, routingConfiguration: [{ flowVersion: "1" }] }));
  }
  const versions = [];
  for await (const page of agent.paginateListFlowVersions({ client: place.agent }, { ...flow }))
    versions.push(...page.flowVersionSummaries.map((version) => Number(version.version)));
  assert.deepEqual(versions, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  const aliases = [];
  for await (const page of agent.paginateListFlowAliases({ client: place.agent, pageSize: 3 }, { ...flow }))
    aliases.push(...page.flowAliasSummaries.map((alias) => alias.name));
  assert.equal(new Set(aliases).size, 11);
  await fails(send(new agent.ListFlowsCommand({ nextToken: "?" })), "ValidationException", 400);
  const { nextToken } = await send(new agent.ListFlowVersionsCommand(flow));
  await fails(send(new agent.ListFlowsCommand({ nextToken })), "ValidationException", 400);
});

test("what is wrong with a definition is said, with its place", async () => {
  const broken = promptFlow();
  broken.connections.pop();
  const { id } = await create("broken", broken);
  assert.equal((await send(new agent.PrepareFlowCommand({ flowIdentifier: id }))).status, "Failed");
  const { status, validations } = await send(new agent.GetFlowCommand({ flowIdentifier: id }));
  assert.equal(status, "Failed");
  assert.ok(validations.some((found) => found.severity === "Error"));
  for (const { details } of validations) if (details) assert.equal(Object.keys(details).length, 1);
  const same = await send(new agent.ValidateFlowDefinitionCommand({ definition: broken }));
  assert.deepEqual(same.validations, validations);
  await fails(send(new agent.CreateFlowVersionCommand({ flowIdentifier: id })), "ValidationException", 400);

  const meta = await send(new agent.GetFlowCommand({ flowIdentifier: id, includedData: "METADATA_ONLY" }));
  assert.equal(meta.definition, undefined);

  const typo = promptFlow();
  typo.nodes[1].type = "Promt";
  const error = await fails(create("typo", typo), "ValidationException", 400);
  assert.equal(error.fieldList[0].name, "definition.nodes[1].type");
});

test("what AWS refuses is reported as AWS does, and runs here", async () => {
  const wide = promptFlow();
  const [output] = wide.nodes.splice(2, 1);
  const [into] = wide.connections.splice(1, 1);
  for (let at = 0; at < 20; at++) {
    wide.nodes.push({ ...output, name: `Out${at}` });
    wide.connections.push({ ...into, name: `toOut${at}`, target: `Out${at}` });
  }
  const { validations } = await send(new agent.ValidateFlowDefinitionCommand({ definition: wide }));
  assert.deepEqual(validations, [
    {
      message: "AWS allows 20 connections in a flow, and this one has 21.",
      severity: "Error",
      type: "Unspecified",
      details: { unspecified: {} },
    },
  ]);
  const { id } = await create("wide", wide);
  assert.equal((await send(new agent.PrepareFlowCommand({ flowIdentifier: id }))).status, "Prepared");
  assert.deepEqual((await send(new agent.GetFlowCommand({ flowIdentifier: id }))).validations, []);
});

test("members that do not fit are named", async () => {
  const { id } = await create("members");
  for (const [command, name] of [
    [new agent.CreateFlowCommand({ name: "no spaces", executionRoleArn: ROLE }), "name"],
    [new agent.CreateFlowCommand({ name: "role", executionRoleArn: "me" }), "executionRoleArn"],
    [new agent.CreateFlowCommand({ name: "tags", executionRoleArn: ROLE, tags: { "aws:a": "b" } }), "tags"],
    [new agent.CreateFlowCommand({ name: "token", executionRoleArn: ROLE, clientToken: "short" }), "clientToken"],
    [
      new agent.CreateFlowCommand({ name: "long", executionRoleArn: ROLE, description: "x".repeat(201) }),
      "description",
    ],
    [new agent.GetFlowCommand({ flowIdentifier: "nothing" }), "flowIdentifier"],
    [new agent.GetFlowVersionCommand({ flowIdentifier: id, flowVersion: "one" }), "flowVersion"],
    [new agent.ListFlowsCommand({ maxResults: 0 }), "maxResults"],
    [
      new agent.CreateFlowAliasCommand({ flowIdentifier: id, name: "two", routingConfiguration: [] }),
      "routingConfiguration",
    ],
  ]) {
    const error = await fails(send(command), "ValidationException", 400);
    assert.equal(error.fieldList?.[0]?.name, name, error.message);
  }
  await fails(send(new agent.GetFlowCommand({ flowIdentifier: "AAAAAAAAAA" })), "ResourceNotFoundException", 404);
  await fails(
    send(
      new agent.CreateFlowAliasCommand({
        flowIdentifier: id,
        name: "nowhere",
        routingConfiguration: [{ flowVersion: "9" }],
      }),
    ),
    "ResourceNotFoundException",
    404,
  );
});

test("what is not answered yet says so", async () => {
  const error = await fails(
    place.runtime.send(new ListSessionsCommand({})),
    "ValidationException",
    400,
  );
  assert.equal(error.message, "Anabranch does not answer ListSessions yet.");
});

test("only the owner's key is let in", async () => {
  const { accessKeyId, secretAccessKey } = {
    accessKeyId: place.settings.AWS_ACCESS_KEY_ID,
    secretAccessKey: place.settings.AWS_SECRET_ACCESS_KEY,
  };
  const as = (credentials, more = {}) =>
    new agent.BedrockAgentClient({ credentials, ...more }).send(new agent.ListFlowsCommand({}));
  await as({ accessKeyId, secretAccessKey });
  await fails(as({ accessKeyId, secretAccessKey: "wrong" }), "InvalidSignatureException", 403);
  await fails(as({ accessKeyId: "AKIAWRONG", secretAccessKey }), "UnrecognizedClientException", 403);
  const sessionToken = "token";
  await fails(as({ accessKeyId, secretAccessKey, sessionToken }), "UnrecognizedClientException", 403);
  await fails(as({ accessKeyId, secretAccessKey }, { region: "eu-west-1" }), "InvalidSignatureException", 403);

  const raw = (path, headers = {}) => fetch(`${place.server.url}/aws${path}`, { headers });
  const unsigned = await raw("/flows/");
  assert.equal(unsigned.status, 403);
  assert.equal(unsigned.headers.get("x-amzn-errortype"), "MissingAuthenticationTokenException");
  assert.equal((await raw("/flows/", { authorization: "Bearer no" })).status, 403);
  const bearer = { authorization: `Bearer ${place.settings.ANABRANCH_API_KEY}` };
  assert.equal((await raw("/flows", bearer)).status, 200);
  const nowhere = await raw("/nowhere", bearer);
  assert.equal(nowhere.status, 404);
  assert.equal(nowhere.headers.get("x-amzn-errortype"), "UnknownOperationException");
});
