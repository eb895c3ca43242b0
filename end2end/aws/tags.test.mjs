// Tags by the AWS SDK for JavaScript: on flows, aliases, prompts and their versions, agents and knowledge bases.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as agent from "@aws-sdk/client-bedrock-agent";

import { caller } from "../support/world.mjs";
import { ROLE, promptFlow, refusal, start } from "./support.mjs";

let place, api;
before(async () => {
  place = await start();
  api = caller(place.server);
});
after(() => place?.stop());

const send = (command) => place.agent.send(command);
const tagged = async (resourceArn) => (await send(new agent.ListTagsForResourceCommand({ resourceArn }))).tags;
const tag = (resourceArn, tags) => send(new agent.TagResourceCommand({ resourceArn, tags }));
const many = (count, prefix = "key") =>
  Object.fromEntries([...Array(count).keys()].map((at) => [`${prefix}${at}`, "x"]));

async function fails(promise, name, status, field) {
  const error = await refusal(promise, name, status);
  if (field) assert.deepEqual(error.fieldList?.map((known) => known.name), [field], error.message);
}

const createFlow = (name, more = {}) =>
  send(new agent.CreateFlowCommand({ name, executionRoleArn: ROLE, definition: promptFlow(), ...more }));

/** A flow with a version, an alias, a prompt and a version of that, each made with the tag `made: here`. */
async function everything(name) {
  const tags = { made: "here" };
  const flow = await createFlow(name, { tags });
  await send(new agent.CreateFlowVersionCommand({ flowIdentifier: flow.id }));
  const routingConfiguration = [{ flowVersion: "1" }];
  const alias = await send(
    new agent.CreateFlowAliasCommand({ flowIdentifier: flow.id, name: "live", routingConfiguration, tags }),
  );
  const prompt = await send(new agent.CreatePromptCommand({ name, tags }));
  const version = await send(new agent.CreatePromptVersionCommand({ promptIdentifier: prompt.id, tags }));
  return { flow, alias, prompt, version };
}

test("what is made with tags has them, and they are added, changed and removed", async () => {
  const made = await everything("tagged");
  for (const { arn } of Object.values(made)) {
    assert.deepEqual(await tagged(arn), { made: "here" }, arn);
    await tag(arn, { made: "there", "cost centre": "a/b@c" });
    assert.deepEqual(await tagged(arn), { made: "there", "cost centre": "a/b@c" });
    await send(new agent.UntagResourceCommand({ resourceArn: arn, tagKeys: ["cost centre", "never"] }));
    assert.deepEqual(await tagged(arn), { made: "there" });
    await tag(arn, {});
    assert.deepEqual(await tagged(arn), { made: "there" });
  }
  const elsewhere = made.flow.arn.replace("us-east-1:000000000000", "eu-central-1:123456789012");
  assert.deepEqual(await tagged(elsewhere), { made: "there" });
  assert.deepEqual(await tagged(`${made.flow.arn}/alias/TSTALIASID`), {}, "the test alias has its own");
});

test("a call that is made again with its token gives no tag again", async () => {
  const clientToken = "t".repeat(40);
  const tags = { made: "here" };
  const flow = await createFlow("again");
  await send(new agent.CreateFlowVersionCommand({ flowIdentifier: flow.id }));
  const { id: promptIdentifier } = await send(new agent.CreatePromptCommand({ name: "again-version" }));
  const routed = { flowIdentifier: flow.id, name: "live", routingConfiguration: [{ flowVersion: "1" }] };
  for (const make of [
    async (more) => (await createFlow("again-flow", more)).arn,
    async (more) => (await send(new agent.CreateFlowAliasCommand({ ...routed, ...more }))).arn,
    async (more) => (await send(new agent.CreatePromptCommand({ name: "again", ...more }))).arn,
    async (more) => (await send(new agent.CreatePromptVersionCommand({ promptIdentifier, ...more }))).arn,
    async (more) => (await send(new agent.CreateAgentCommand({ agentName: "again-agent", ...more }))).agent.agentArn,
  ]) {
    const arn = await make({ clientToken, tags });
    await send(new agent.UntagResourceCommand({ resourceArn: arn, tagKeys: ["made"] }));
    assert.equal(await make({ clientToken, tags }), arn);
    assert.deepEqual(await tagged(arn), {}, arn);
  }
});

test("agents and knowledge bases have tags", async () => {
  const one = await (await api("POST", "/api/agents", { name: "Desk", model: "test/model" })).json();
  const base = await (await api("POST", "/api/knowledge-bases", { name: "Manuals" })).json();
  const arns = [
    one.arn,
    `arn:aws:bedrock:us-east-1:000000000000:agent/${one.id}`,
    `arn:aws:bedrock:us-east-1:000000000000:knowledge-base/${base.id}`,
  ];
  for (const arn of arns) {
    await tag(arn, { made: "here" });
    assert.deepEqual(await tagged(arn), { made: "here" });
  }
});

test("what is gone has no tags", async () => {
  const { flow, alias, prompt, version } = await everything("short-lived");
  await send(new agent.DeleteFlowCommand({ flowIdentifier: flow.id, skipResourceInUseCheck: true }));
  await send(new agent.DeletePromptCommand({ promptIdentifier: prompt.id }));
  for (const { arn } of [flow, alias, prompt, version]) {
    await fails(tagged(arn), "ResourceNotFoundException", 404);
  }
});

test("a resource has fifty tags", async () => {
  const { arn } = await createFlow("full", { tags: many(49) });
  await tag(arn, { last: "one", key0: "another" });
  await fails(tag(arn, { fifty: "one" }), "ServiceQuotaExceededException", 402);
  assert.equal(Object.keys(await tagged(arn)).length, 50);
  await fails(createFlow("too-full", { tags: many(51) }), "ServiceQuotaExceededException", 402);
  await createFlow("too-full");
  const tags = many(51);
  await fails(send(new agent.CreatePromptCommand({ name: "full", tags })), "ServiceQuotaExceededException", 402);
});

test("the errors that a client can bring about", async () => {
  const { flow, alias, prompt } = await everything("erring");
  const operations = [
    (resourceArn) => new agent.TagResourceCommand({ resourceArn, tags: { a: "b" } }),
    (resourceArn) => new agent.UntagResourceCommand({ resourceArn, tagKeys: ["a"] }),
    (resourceArn) => new agent.ListTagsForResourceCommand({ resourceArn }),
  ];
  const own = "arn:aws:bedrock:us-east-1:000000000000";
  for (const command of operations) {
    for (const gone of [
      `${own}:flow/ZZZZZZZZZZ`,
      `${flow.arn}/alias/ZZZZZZZZZZ`,
      `${own}:flow/ZZZZZZZZZZ/alias/${alias.id}`,
      `${prompt.arn}:7`,
      `${own}:prompt/ZZZZZZZZZZ`,
      `${own}:agent/ZZZZZZZZZZ`,
      `${own}:knowledge-base/ZZZZZZZZZZ`,
      `${own}:flow/erring-erri`,
    ]) {
      await fails(send(command(gone)), "ResourceNotFoundException", 404);
    }
    for (const wrong of ["arn:aws:s3:::a-bucket-of-mine", "no name of anything here", `${own}:session/abc`]) {
      await fails(send(command(wrong)), "ValidationException", 400, "resourceArn");
    }
  }
  await fails(tag(flow.arn, { "aws:mine": "x" }), "ValidationException", 400, "tags");
  await fails(tag(flow.arn, { "bad!": "x" }), "ValidationException", 400);
  await fails(tag(flow.arn, { long: "x".repeat(257) }), "ValidationException", 400);
});
