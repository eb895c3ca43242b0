// The errors that AWS models for every operation on flows, where a client can bring them about.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as agent from "@aws-sdk/client-bedrock-agent";
import * as runtime from "@aws-sdk/client-bedrock-agent-runtime";

import { inputs, promptFlow, ROLE, start } from "./support.mjs";

const NOBODY = "ZZZZZZZZZZ";

let place;
before(async () => {
  place = await start();
});
after(() => place?.stop());

/** The error that an operation answers, with its status. */
async function fails(client, command, name, status, field) {
  await assert.rejects(client.send(command), (error) => {
    const what = `${command.constructor.name}: ${error.name} ${error.message}`;
    assert.equal(error.name, name, what);
    assert.equal(error.$metadata.httpStatusCode, status, what);
    if (field) assert.deepEqual(error.fieldList?.map((known) => known.name), [field], what);
    return true;
  });
}

const routingConfiguration = [{ flowVersion: "1" }];
const executionRoleArn = ROLE;

/** Every operation that names a flow, as it is sent of the flow with this id. */
const OF_A_FLOW = [
  (flowIdentifier) => new agent.GetFlowCommand({ flowIdentifier }),
  (flowIdentifier) => new agent.UpdateFlowCommand({ flowIdentifier, name: "x", executionRoleArn }),
  (flowIdentifier) => new agent.DeleteFlowCommand({ flowIdentifier }),
  (flowIdentifier) => new agent.PrepareFlowCommand({ flowIdentifier }),
  (flowIdentifier) => new agent.CreateFlowVersionCommand({ flowIdentifier }),
  (flowIdentifier) => new agent.GetFlowVersionCommand({ flowIdentifier, flowVersion: "1" }),
  (flowIdentifier) => new agent.DeleteFlowVersionCommand({ flowIdentifier, flowVersion: "1" }),
  (flowIdentifier) => new agent.ListFlowVersionsCommand({ flowIdentifier }),
  (flowIdentifier) => new agent.CreateFlowAliasCommand({ flowIdentifier, name: "x", routingConfiguration }),
  (flowIdentifier) => new agent.GetFlowAliasCommand({ flowIdentifier, aliasIdentifier: NOBODY }),
  (flowIdentifier) =>
    new agent.UpdateFlowAliasCommand({ flowIdentifier, aliasIdentifier: NOBODY, name: "x", routingConfiguration }),
  (flowIdentifier) => new agent.DeleteFlowAliasCommand({ flowIdentifier, aliasIdentifier: NOBODY }),
  (flowIdentifier) => new agent.ListFlowAliasesCommand({ flowIdentifier }),
];

test("a flow that is not there is not found, and an id that is none does not pass", async () => {
  for (const command of OF_A_FLOW) {
    await fails(place.agent, command(NOBODY), "ResourceNotFoundException", 404);
    await fails(place.agent, command("no id"), "ValidationException", 400, "flowIdentifier");
  }
  const invoke = (flowIdentifier) =>
    new runtime.InvokeFlowCommand({ flowIdentifier, flowAliasIdentifier: NOBODY, inputs: inputs("x") });
  await fails(place.runtime, invoke(NOBODY), "ResourceNotFoundException", 404);
  await fails(place.runtime, invoke("no id"), "ValidationException", 400);
});

test("what a flow does not have is not found", async () => {
  const { id } = await place.agent.send(new agent.CreateFlowCommand({ name: "bare", executionRoleArn }));
  const aliases = OF_A_FLOW.filter((command) => "aliasIdentifier" in command(id).input);
  const versions = OF_A_FLOW.filter((command) => "flowVersion" in command(id).input);
  for (const command of [...aliases, ...versions]) {
    await fails(place.agent, command(id), "ResourceNotFoundException", 404);
  }
  assert.equal(aliases.length + versions.length, 5);
});

test("what is in use, taken or changed is a conflict", async () => {
  const definition = promptFlow();
  const make = (name, more) =>
    place.agent.send(new agent.CreateFlowCommand({ name, executionRoleArn, definition, ...more }));
  const { id } = await make("taken");
  const { id: other } = await make("another");
  await fails(place.agent, new agent.CreateFlowCommand({ name: "taken", executionRoleArn }), "ConflictException", 409);
  const rename = { flowIdentifier: other, name: "taken", executionRoleArn, definition };
  await fails(place.agent, new agent.UpdateFlowCommand(rename), "ConflictException", 409);
  await place.agent.send(new agent.PrepareFlowCommand({ flowIdentifier: id }));
  const version = await place.agent.send(new agent.CreateFlowVersionCommand({ flowIdentifier: id }));
  assert.equal(version.version, "1");
  const got = await place.agent.send(new agent.GetFlowVersionCommand({ flowIdentifier: id, flowVersion: "1" }));
  assert.deepEqual(got.definition.connections.map((known) => known.name), definition.connections.map((known) => known.name));
  const alias = { flowIdentifier: id, name: "live", routingConfiguration };
  const { id: aliasIdentifier } = await place.agent.send(new agent.CreateFlowAliasCommand(alias));
  await fails(place.agent, new agent.CreateFlowAliasCommand(alias), "ConflictException", 409);
  await place.agent.send(new agent.CreateFlowAliasCommand({ ...alias, name: "second" }));
  const second = { ...alias, aliasIdentifier, name: "second" };
  await fails(place.agent, new agent.UpdateFlowAliasCommand(second), "ConflictException", 409);
  const whole = { flowIdentifier: id };
  await fails(place.agent, new agent.DeleteFlowCommand(whole), "ConflictException", 409);
  await fails(place.agent, new agent.DeleteFlowVersionCommand({ ...whole, flowVersion: "1" }), "ConflictException", 409);
  const nowhere = { ...alias, name: "nowhere", routingConfiguration: [{ flowVersion: "9" }] };
  await fails(place.agent, new agent.CreateFlowAliasCommand(nowhere), "ResourceNotFoundException", 404);
  await place.agent.send(new agent.DeleteFlowCommand({ ...whole, skipResourceInUseCheck: true }));
  await fails(place.agent, new agent.GetFlowCommand(whole), "ResourceNotFoundException", 404);
});

test("a definition that is missing and a token that no list gave do not pass", async () => {
  await fails(place.agent, new agent.ListFlowsCommand({ maxResults: 1001 }), "ValidationException", 400, "maxResults");
  const lists = [
    new agent.ListFlowsCommand({ nextToken: "none" }),
    new agent.ListFlowVersionsCommand({ flowIdentifier: NOBODY, nextToken: "none" }),
    new agent.ListFlowAliasesCommand({ flowIdentifier: NOBODY, nextToken: "none" }),
  ];
  await fails(place.agent, lists[0], "ValidationException", 400, "nextToken");
  for (const list of lists.slice(1)) await fails(place.agent, list, "ResourceNotFoundException", 404);
  const definition = { nodes: [{ name: "Odd", type: "Odd" }] };
  const validate = new agent.ValidateFlowDefinitionCommand({ definition });
  await fails(place.agent, validate, "ValidationException", 400, "definition.nodes[0].type");
});
