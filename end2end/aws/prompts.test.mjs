// Prompt management by the AWS SDK for JavaScript: drafts, versions, and flows that name a stored prompt.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as agent from "@aws-sdk/client-bedrock-agent";
import { InvokeFlowCommand } from "@aws-sdk/client-bedrock-agent-runtime";
import {
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";

import { ROLE, inputs, promptFlow, read, refusal, start } from "./support.mjs";

let place;
before(async () => {
  place = await start();
  place.upstream.setAnswer((body) => ({
    text: `You said: ${body.messages.at(-1).content}`,
    usage: { prompt_tokens: 5, completion_tokens: 2 },
  }));
});
after(() => place?.stop());

const NOBODY = "ZZZZZZZZZZ";
const send = (command) => place.agent.send(command);

/** The error that a call answers, with its status and the members that it names. */
async function fails(promise, name, status, ...fields) {
  const error = await refusal(promise, name, status);
  if (fields.length) assert.deepEqual(error.fieldList?.map((known) => known.name), fields, error.message);
  return error;
}

function textVariant(text, more = {}) {
  return {
    name: "plain",
    templateType: "TEXT",
    templateConfiguration: { text: { text, inputVariables: [{ name: "name" }] } },
    modelId: "test/model",
    inferenceConfiguration: { text: { temperature: 0, maxTokens: 20 } },
    ...more,
  };
}

function create(name, text = "Say hello to {{name}}", more = {}) {
  const variants = [textVariant(text)];
  return send(new agent.CreatePromptCommand({ name, variants, defaultVariant: "plain", ...more }));
}

/** The flow of support.mjs, whose prompt is a stored one. */
function flowOf(promptArn) {
  const definition = promptFlow();
  definition.nodes[1].configuration.prompt.sourceConfiguration = { resource: { promptArn } };
  return definition;
}

const createFlow = (name, definition) =>
  send(new agent.CreateFlowCommand({ name, executionRoleArn: ROLE, definition }));
const prepare = (flowIdentifier) => send(new agent.PrepareFlowCommand({ flowIdentifier }));

async function said(flowIdentifier, flowAliasIdentifier = "TSTALIASID") {
  const command = new InvokeFlowCommand({ flowIdentifier, flowAliasIdentifier, inputs: inputs("Ada") });
  const found = await read((await place.runtime.send(command)).responseStream);
  assert.equal(found.error, undefined);
  return found.outputs[0].content.document;
}

test("a prompt is made, read, changed, versioned, listed and deleted", async () => {
  const variants = [
    textVariant("Say hello to {{name}}", {
      metadata: [{ key: "team", value: "desk" }],
      additionalModelRequestFields: { top_k: 5 },
    }),
  ];
  const made = await send(
    new agent.CreatePromptCommand({ name: "greeting", description: "Greets", variants, defaultVariant: "plain" }),
  );
  assert.equal(made.$metadata.httpStatusCode, 201);
  assert.match(made.id, /^[0-9A-Z]{10}$/);
  assert.equal(made.arn, `arn:aws:bedrock:us-east-1:000000000000:prompt/${made.id}`);
  assert.equal(made.version, "DRAFT");
  assert.deepEqual(made.variants, variants);
  assert.ok(made.createdAt instanceof Date);
  const strip = ({ $metadata, ...rest }) => rest;
  for (const promptIdentifier of [made.id, made.arn]) {
    const got = await send(new agent.GetPromptCommand({ promptIdentifier }));
    assert.deepEqual(strip(got), strip(made));
  }
  const metadata = await send(
    new agent.GetPromptCommand({ promptIdentifier: made.id, includedData: "METADATA_ONLY" }),
  );
  assert.equal(metadata.variants, undefined);
  assert.equal(metadata.name, "greeting");

  const first = await send(
    new agent.CreatePromptVersionCommand({ promptIdentifier: made.arn, description: "first" }),
  );
  assert.equal(first.$metadata.httpStatusCode, 201);
  assert.equal(first.version, "1");
  assert.equal(first.arn, `${made.arn}:1`);
  assert.equal(first.description, "first");
  assert.deepEqual(first.variants, variants);

  const chat = {
    name: "talk",
    templateType: "CHAT",
    templateConfiguration: {
      chat: {
        system: [{ text: "Be {{mood}}." }],
        messages: [
          { role: "user", content: [{ text: "Greet {{name}}" }] },
          { role: "assistant", content: [{ text: "Hello" }] },
          { role: "user", content: [{ text: "Again" }] },
        ],
        inputVariables: [{ name: "mood" }, { name: "name" }],
      },
    },
    modelId: "test/model",
  };
  const changed = await send(
    new agent.UpdatePromptCommand({ promptIdentifier: made.id, name: "welcome", variants: [chat], defaultVariant: "talk" }),
  );
  assert.equal(changed.name, "welcome");
  assert.equal(changed.description, undefined, "what is left out is gone");
  assert.deepEqual(changed.variants, [chat]);
  assert.ok(changed.updatedAt >= made.updatedAt);
  assert.deepEqual(changed.createdAt, made.createdAt);
  const second = await send(new agent.CreatePromptVersionCommand({ promptIdentifier: made.id }));
  assert.equal(second.version, "2");

  for (const [given, name] of [
    [{ promptIdentifier: made.id, promptVersion: "1" }, "greeting"],
    [{ promptIdentifier: `${made.arn}:1` }, "greeting"],
    [{ promptIdentifier: `${made.arn}:2` }, "welcome"],
    [{ promptIdentifier: made.id, promptVersion: "DRAFT" }, "welcome"],
  ]) {
    assert.equal((await send(new agent.GetPromptCommand(given))).name, name, JSON.stringify(given));
  }
  const { promptSummaries } = await send(new agent.ListPromptsCommand({ promptIdentifier: made.id }));
  assert.deepEqual(
    promptSummaries.map((known) => `${known.version} ${known.arn.slice(made.arn.length)}`),
    ["DRAFT ", "2 :2", "1 :1"],
  );
  const drafts = await send(new agent.ListPromptsCommand({}));
  assert.deepEqual(drafts.promptSummaries.map((known) => `${known.name} ${known.version}`), ["welcome DRAFT"]);

  const gone = await send(new agent.DeletePromptCommand({ promptIdentifier: made.id, promptVersion: "1" }));
  assert.equal(`${gone.id} ${gone.version}`, `${made.id} 1`);
  const one = { promptIdentifier: made.id, promptVersion: "1" };
  await fails(send(new agent.GetPromptCommand(one)), "ResourceNotFoundException", 404);
  const third = await send(new agent.CreatePromptVersionCommand({ promptIdentifier: made.id }));
  assert.equal(third.version, "3", "a number is never used twice");
  const whole = await send(new agent.DeletePromptCommand({ promptIdentifier: made.id }));
  assert.equal(whole.version, undefined);
  await fails(send(new agent.GetPromptCommand({ promptIdentifier: made.id })), "ResourceNotFoundException", 404);
  await fails(
    send(new agent.GetPromptCommand({ promptIdentifier: `${made.arn}:3` })),
    "ResourceNotFoundException",
    404,
  );
});

test("a flow runs the stored prompt as it was when the flow was prepared or versioned", async () => {
  const prompt = await create("kept");
  const flow = await createFlow("of-a-prompt", flowOf(prompt.arn));
  assert.equal((await prepare(flow.id)).status, "Prepared");
  assert.equal(await said(flow.id), "You said: Say hello to Ada");
  const version = await send(new agent.CreateFlowVersionCommand({ flowIdentifier: flow.id }));
  assert.deepEqual(version.definition, flowOf(prompt.arn), "the definition stays AWS's own");
  const alias = await send(
    new agent.CreateFlowAliasCommand({
      flowIdentifier: flow.id,
      name: "live",
      routingConfiguration: [{ flowVersion: version.version }],
    }),
  );
  assert.equal(await said(flow.id, alias.id), "You said: Say hello to Ada");

  const variants = [textVariant("Say goodbye to {{name}}")];
  await send(new agent.UpdatePromptCommand({ promptIdentifier: prompt.id, name: "kept", variants }));
  assert.equal(await said(flow.id), "You said: Say hello to Ada", "until it is prepared again");
  await prepare(flow.id);
  assert.equal(await said(flow.id), "You said: Say goodbye to Ada");
  assert.equal(await said(flow.id, alias.id), "You said: Say hello to Ada", "a version stays as it is");

  // The prompt's draft changed and the flow's did not: its version is another all the same.
  await send(new agent.CreateFlowVersionCommand({ flowIdentifier: flow.id }));
  await send(
    new agent.UpdateFlowAliasCommand({
      flowIdentifier: flow.id,
      aliasIdentifier: alias.id,
      name: "live",
      routingConfiguration: [{ flowVersion: "2" }],
    }),
  );
  assert.equal(await said(flow.id, alias.id), "You said: Say goodbye to Ada");

  const elsewhere = prompt.arn.replace("us-east-1:000000000000", "eu-central-1:123456789012");
  const other = await createFlow("of-elsewhere", flowOf(elsewhere));
  await prepare(other.id);
  assert.equal(await said(other.id), "You said: Say goodbye to Ada", "region and account are not looked at");

  const error = await fails(
    send(new agent.DeletePromptCommand({ promptIdentifier: prompt.id })),
    "ConflictException",
    409,
  );
  assert.match(error.message, /A flow's draft names/);
  await send(new agent.DeleteFlowCommand({ flowIdentifier: other.id }));
  const inline = { flowIdentifier: flow.id, name: "of-a-prompt", executionRoleArn: ROLE, definition: promptFlow() };
  await send(new agent.UpdateFlowCommand(inline));
  await send(new agent.DeletePromptCommand({ promptIdentifier: prompt.id }));
  assert.equal(await said(flow.id, alias.id), "You said: Say goodbye to Ada", "also when the prompt is gone");
});

test("a version of a prompt is named by its number, and is in use by itself", async () => {
  const prompt = await create("numbered");
  await send(new agent.CreatePromptVersionCommand({ promptIdentifier: prompt.id }));
  await send(new agent.CreatePromptVersionCommand({ promptIdentifier: prompt.id }));
  const variants = [textVariant("Sing for {{name}}")];
  await send(new agent.UpdatePromptCommand({ promptIdentifier: prompt.id, name: "numbered", variants }));
  const flow = await createFlow("of-a-version", flowOf(`${prompt.arn}:1`));
  await prepare(flow.id);
  assert.equal(await said(flow.id), "You said: Say hello to Ada");
  const remove = (promptVersion) => send(new agent.DeletePromptCommand({ promptIdentifier: prompt.id, promptVersion }));
  await fails(remove("1"), "ConflictException", 409);
  await remove("2");
  await fails(remove("2"), "ResourceNotFoundException", 404);
});

test("what a flow's prompt lacks is said", async () => {
  const told = async (definition) => {
    const { validations } = await send(new agent.ValidateFlowDefinitionCommand({ definition }));
    return validations.filter((found) => found.severity === "Error").map((found) => found.message);
  };
  const nowhere = `arn:aws:bedrock:us-east-1:000000000000:prompt/${NOBODY}`;
  assert.match((await told(flowOf(nowhere))).join(), /There is no prompt arn:.*ZZZZZZZZZZ here/);
  const flow = await createFlow("of-nothing", flowOf(nowhere));
  assert.equal((await prepare(flow.id)).status, "Failed");
  await fails(send(new agent.CreateFlowVersionCommand({ flowIdentifier: flow.id })), "ValidationException", 400);

  const empty = await send(new agent.CreatePromptCommand({ name: "empty" }));
  assert.match((await told(flowOf(empty.arn))).join(), /In the stored prompt: Write a prompt.*Choose a model/);
  const more = await create("more", "Say {{word}} to {{name}}");
  assert.match((await told(flowOf(more.arn))).join(), /variable word has no input of that name/);
  assert.deepEqual(await told(flowOf((await create("right")).arn)), []);
});

test("a token makes a prompt and a version once", async () => {
  const clientToken = "t".repeat(40);
  const [one, two] = await Promise.all([create("once", "a", { clientToken }), create("once", "a", { clientToken })]);
  assert.equal(one.id, two.id);
  const version = () => send(new agent.CreatePromptVersionCommand({ promptIdentifier: one.id, clientToken }));
  assert.deepEqual([(await version()).version, (await version()).version], ["1", "1"]);
});

test("lists come in pages", async () => {
  const made = new Set();
  for (let number = 0; number < 12; number++) made.add((await create(`page-${number}`)).id);
  const seen = [];
  for await (const page of agent.paginateListPrompts({ client: place.agent }, {})) {
    assert.ok(page.promptSummaries.length <= 10);
    seen.push(...page.promptSummaries.map((known) => known.id));
  }
  assert.equal(new Set(seen).size, seen.length);
  for (const id of made) assert.ok(seen.includes(id));
  const few = await send(new agent.ListPromptsCommand({ maxResults: 3 }));
  assert.equal(few.promptSummaries.length, 3);
  const wrong = { promptIdentifier: [...made][0], nextToken: few.nextToken };
  await fails(send(new agent.ListPromptsCommand(wrong)), "ValidationException", 400, "nextToken");
});

test("a prompt is asked by its ARN as a model, with its variables", async () => {
  const { arn } = await create("asked");
  const promptVariables = { name: { text: "Ada" } };
  const converse = (more) => place.models.send(new ConverseCommand({ modelId: arn, promptVariables, ...more }));
  const first = await converse({});
  assert.deepEqual(first.output.message.content, [{ text: "You said: Say hello to Ada" }]);
  const messages = [{ role: "user", content: [{ text: "And again" }] }];
  const after = await converse({ messages });
  assert.deepEqual(after.output.message.content, [{ text: "You said: And again" }]);
  const asked = place.upstream.requests.at(-1);
  const body = asked.body ?? asked;
  assert.deepEqual(body.messages.map((message) => message.content), ["Say hello to Ada", "And again"]);
  assert.deepEqual([body.temperature, body.max_tokens ?? body.max_completion_tokens], [0, 20]);
  const streamed = await place.models.send(new ConverseStreamCommand({ modelId: arn, promptVariables }));
  let text = "";
  for await (const event of streamed.stream) text += event.contentBlockDelta?.delta.text ?? "";
  assert.equal(text, "You said: Say hello to Ada");
  for (const [more, field] of [
    [{ promptVariables: {} }, /promptVariables: .*name/],
    [{ system: [{ text: "Be brief." }] }, /^system: /],
    [{ inferenceConfig: { temperature: 1 } }, /^inferenceConfig: /],
    [{ additionalModelRequestFields: { top_k: 1 } }, /^additionalModelRequestFields: /],
  ]) {
    assert.match((await fails(converse(more), "ValidationException", 400)).message, field);
  }
  await fails(converse({ modelId: `${arn}:9` }), "ResourceNotFoundException", 404);
});

test("a prompt's ARN is a model for InvokeModel, its stream and CountTokens too", async () => {
  const { arn: modelId } = await create("invoked");
  const promptVariables = { name: { text: "Ada" } };
  const encoded = (body) => new TextEncoder().encode(JSON.stringify(body));
  const invoke = async (more = {}) => {
    const command = new InvokeModelCommand({ modelId, body: encoded({ promptVariables, ...more }) });
    return JSON.parse(new TextDecoder().decode((await place.models.send(command)).body));
  };
  const heard = () => (place.upstream.requests.at(-1).body ?? place.upstream.requests.at(-1)).messages.map(({ content }) => content);
  assert.equal((await invoke()).output.message.content[0].text, "You said: Say hello to Ada");
  const messages = [{ role: "user", content: [{ text: "And again" }] }];
  assert.equal((await invoke({ messages })).output.message.content[0].text, "You said: And again");
  assert.deepEqual(heard(), ["Say hello to Ada", "And again"]);
  const refused = await fails(invoke({ promptVariables: {} }), "ValidationException", 400);
  assert.match(refused.message, /promptVariables: .*name/);

  const stream = new InvokeModelWithResponseStreamCommand({ modelId, body: encoded({ promptVariables }) });
  const pieces = [];
  for await (const { chunk } of (await place.models.send(stream)).body) {
    pieces.push(JSON.parse(new TextDecoder().decode(chunk.bytes)));
  }
  const text = pieces.map((piece) => piece.contentBlockDelta?.delta.text ?? "").join("");
  assert.equal(text, "You said: Say hello to Ada");

  const count = async (input) => (await place.models.send(new CountTokensCommand({ modelId, input }))).inputTokens;
  assert.equal(await count({ invokeModel: { body: encoded({ promptVariables }) } }), 5);
  assert.deepEqual(heard(), ["Say hello to Ada"]);
  const { arn: plain } = await create("counted", "Say hello");
  const counted = new CountTokensCommand({ modelId: plain, input: { converse: { messages } } });
  assert.equal((await place.models.send(counted)).inputTokens, 5);
  assert.deepEqual(heard(), ["Say hello", "And again"]);
  await fails(count({ converse: { messages } }), "ValidationException", 400);
});

test("the errors that a client can bring about", async () => {
  const one = await create("taken");
  const other = await create("free");
  await fails(create("taken"), "ConflictException", 409);
  await fails(
    send(new agent.UpdatePromptCommand({ promptIdentifier: other.id, name: "taken" })),
    "ConflictException",
    409,
  );
  const operations = [
    (promptIdentifier) => new agent.GetPromptCommand({ promptIdentifier }),
    (promptIdentifier) => new agent.UpdatePromptCommand({ promptIdentifier, name: "x" }),
    (promptIdentifier) => new agent.DeletePromptCommand({ promptIdentifier }),
    (promptIdentifier) => new agent.ListPromptsCommand({ promptIdentifier }),
    (promptIdentifier) => new agent.CreatePromptVersionCommand({ promptIdentifier }),
  ];
  for (const command of operations) {
    await fails(send(command(NOBODY)), "ResourceNotFoundException", 404);
    await fails(send(command("no id")), "ValidationException", 400, "promptIdentifier");
  }
  for (const command of [operations[1], operations[3], operations[4]]) {
    await fails(send(command(`${one.arn}:1`)), "ValidationException", 400, "promptIdentifier");
  }
  const wrong = (more) => create("wrong", "x", more);
  await fails(wrong({ defaultVariant: "other" }), "ValidationException", 400, "defaultVariant");
  const chat = { templateConfiguration: { chat: { messages: [{ role: "user", content: [{ text: "x" }] }] } } };
  await fails(
    wrong({ variants: [textVariant("x", chat)] }),
    "ValidationException",
    400,
    "variants[0].templateConfiguration",
  );
  const genAiResource = {
    agent: { agentIdentifier: "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT12345/ALIAS12345" },
  };
  await fails(
    wrong({ variants: [textVariant("x", { genAiResource })] }),
    "ValidationException",
    400,
    "variants[0].genAiResource",
  );
  const versions = { promptIdentifier: `${one.arn}:1`, promptVersion: "2" };
  await fails(send(new agent.GetPromptCommand(versions)), "ValidationException", 400, "promptVersion");
});
