// Models by the AWS SDK for JavaScript: Converse, InvokeModel, their streams, CountTokens, and what goes wrong.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";

import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";

import { barrier } from "../support/upstream.mjs";
import { caller } from "../support/world.mjs";
import { start } from "./support.mjs";

const CLAUDE = "anthropic.claude-3-haiku-20240307-v1:0";

let place;
let folder;
before(async () => {
  // A folder without weights, so that the embedded model is not ready.
  folder = await mkdtemp(join(tmpdir(), "anabranch-no-models-"));
  place = await start({ env: { ANABRANCH_MODELS: folder, ANABRANCH_CONNECTION_AWAY: "http://127.0.0.1:9/v1" } });
});
after(async () => {
  await place?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => place.upstream.setAnswer(hello));

const hello = () => ({ chunks: ["Hel", "lo"], usage: { prompt_tokens: 7, completion_tokens: 2 } });
const user = (text) => ({ role: "user", content: [{ text }] });
const converse = (more = {}, modelId = CLAUDE) =>
  place.models.send(new ConverseCommand({ modelId, messages: [user("Hi")], ...more }));
const asked = () => place.upstream.requests.at(-1).body;

async function streamed(more = {}, modelId = CLAUDE, options = {}) {
  const command = new ConverseStreamCommand({ modelId, messages: [user("Hi")], ...more });
  return (await place.models.send(command, options)).stream;
}

/** Reads a stream to its end; an exception is kept as `error`. */
async function read(stream) {
  const found = { events: [], error: undefined };
  try {
    for await (const event of stream) found.events.push(event);
  } catch (error) {
    found.error = error;
  }
  return found;
}

async function invoke(modelId, body) {
  const command = new InvokeModelCommand({ modelId, body: JSON.stringify(body), contentType: "application/json" });
  return JSON.parse(new TextDecoder().decode((await place.models.send(command)).body));
}

/** The pieces of InvokeModelWithResponseStream. */
async function pieces(modelId, body) {
  const command = new InvokeModelWithResponseStreamCommand({ modelId, body: JSON.stringify(body) });
  const answer = await place.models.send(command);
  assert.equal(answer.contentType, "application/json");
  const found = await read(answer.body);
  return { ...found, pieces: found.events.map(({ chunk }) => JSON.parse(new TextDecoder().decode(chunk.bytes))) };
}

const claude = (more = {}) => ({
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 50,
  messages: [{ role: "user", content: "Hi" }],
  ...more,
});

test("Converse answers, with why it ended and what it took", async () => {
  const answer = await converse({
    system: [{ text: "Be brief." }, { cachePoint: { type: "default" } }],
    inferenceConfig: { maxTokens: 20, temperature: 0.25, topP: 0.5, stopSequences: ["END"] },
    additionalModelRequestFields: { seed: 7 },
    additionalModelResponseFieldPaths: ["/stop_sequence"],
    requestMetadata: { team: "a" },
    performanceConfig: { latency: "standard" },
  });
  assert.deepEqual(answer.output, { message: { role: "assistant", content: [{ text: "Hello" }] } });
  assert.equal(answer.stopReason, "end_turn");
  assert.deepEqual(answer.usage, { inputTokens: 7, outputTokens: 2, totalTokens: 9 });
  assert.ok(answer.metrics.latencyMs >= 0);
  const { messages, temperature, top_p, max_tokens, stop, seed } = asked();
  assert.deepEqual({ temperature, top_p, max_tokens, stop, seed }, { temperature: 0.25, top_p: 0.5, max_tokens: 20, stop: ["END"], seed: 7 });
  assert.deepEqual(messages, [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hi" },
  ]);
});

test("a model is named by any of AWS's ids, or as a connection has it", async () => {
  const map = { entries: [{ awsId: "amazon.nova*", model: "test/nova" }], defaultModel: "test/model" };
  assert.equal((await caller(place.server)("PUT", "/api/model-map", map)).status, 200);
  for (const [id, model] of [
    ["amazon.nova-lite-v1:0", "nova"],
    ["us.amazon.nova-lite-v1:0", "nova"],
    ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "nova"],
    ["arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0", "nova"],
    ["arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abcdefghijkl", "model"],
    [CLAUDE, "model"],
    ["test/other", "other"],
  ]) {
    await converse({}, id);
    assert.equal(asked().model, model, id);
  }
});

test("a talk with tools goes back and forth", async () => {
  place.upstream.setAnswer(({ messages }) =>
    messages.at(-1).role === "tool"
      ? { text: "It is late." }
      : { text: "Let me see.", toolCalls: [{ id: "c1", name: "find", arguments: { id: "A-1" } }] },
  );
  const tools = [{ toolSpec: { name: "find", description: "Finds", inputSchema: { json: { type: "object" } } } }];
  const toolConfig = { tools, toolChoice: { any: {} } };
  const messages = [user("Hi"), { role: "assistant", content: [{ text: "Yes?" }] }, user("Where is A-1?")];
  const first = await converse({ messages, toolConfig });
  assert.equal(first.stopReason, "tool_use");
  const toolUse = { toolUseId: "c1", name: "find", input: { id: "A-1" } };
  assert.deepEqual(first.output.message.content, [{ text: "Let me see." }, { toolUse }]);
  assert.deepEqual(asked().tools, [
    { type: "function", function: { name: "find", description: "Finds", parameters: { type: "object" } } },
  ]);
  assert.equal(asked().tool_choice, "required");

  const toolResult = { toolUseId: "c1", content: [{ json: { late: true } }] };
  messages.push(first.output.message, { role: "user", content: [{ toolResult }] });
  const second = await converse({ messages, toolConfig: { tools } });
  assert.deepEqual([second.stopReason, second.output.message.content], ["end_turn", [{ text: "It is late." }]]);
  const call = { id: "c1", type: "function", function: { name: "find", arguments: '{"id":"A-1"}' } };
  assert.deepEqual(asked().messages.slice(3), [
    { role: "assistant", content: "Let me see.", tool_calls: [call] },
    { role: "tool", tool_call_id: "c1", content: '{"late":true}' },
  ]);

  messages.push(second.output.message, user("Thanks"));
  await converse({ messages, toolConfig: { tools } });
  assert.deepEqual(asked().messages.slice(5), [
    { role: "assistant", content: "It is late." },
    { role: "user", content: "Thanks" },
  ]);
  await assert.rejects(converse({ messages }), { name: "ValidationException", message: /^toolConfig: / });
  await assert.rejects(converse({ messages: messages.slice(0, 4), toolConfig: { tools } }), {
    name: "ValidationException",
    message: /^messages: The call c1 of find has no result/,
  });
});

test("an answer has the reason that its model's server gives", async () => {
  for (const [finish, reason] of [
    ["stop", "end_turn"],
    ["length", "max_tokens"],
    ["content_filter", "content_filtered"],
  ]) {
    place.upstream.setAnswer(() => ({ text: "Hello", finish }));
    assert.equal((await converse()).stopReason, reason);
  }
});

test("a schema holds the answer", async () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const structure = { jsonSchema: { schema: JSON.stringify(schema) } };
  await converse({ outputConfig: { textFormat: { type: "json_schema", structure } } });
  assert.deepEqual(asked().response_format.json_schema.schema, schema);
});

test("documents that are text are read, and what no model here is given is refused by its place", async () => {
  const with_ = (block) => converse({ messages: [{ role: "user", content: [{ text: "Read:" }, block] }] });
  const bytes = Buffer.from("# Title");
  await with_({ document: { name: "notes", format: "md", source: { bytes } } });
  assert.equal(asked().messages[0].content, "Read:\nnotes:\n# Title");
  for (const [block, member] of [
    [{ image: { format: "png", source: { s3Location: { uri: "s3://bucket/key" } } } }, "image"],
    [{ document: { name: "notes", format: "pdf", source: { bytes } } }, "document"],
    [{ video: { format: "mp4", source: { bytes } } }, "video"],
  ]) {
    await assert.rejects(with_(block), { name: "ValidationException", message: new RegExp(`^messages\\[0\\]\\.content\\[1\\]\\.${member}`) });
  }
  const guardrailConfig = { guardrailIdentifier: "abc", guardrailVersion: "1" };
  await assert.rejects(converse({ guardrailConfig }), { name: "ValidationException", message: /^guardrailConfig: / });
});

test("images are shown to a model that can see", async () => {
  const image = { format: "png", source: { bytes: Buffer.from("png") } };
  const messages = [{ role: "user", content: [{ text: "What is this?" }, { image }] }];
  const shown = [
    { type: "image_url", image_url: { url: "data:image/png;base64,cG5n" } },
    { type: "text", text: "What is this?" },
  ];
  await converse({ messages });
  assert.deepEqual(asked().messages, [{ role: "user", content: shown }]);
  const source = { type: "base64", media_type: "image/png", data: "cG5n" };
  const content = [{ type: "image", source }, { type: "text", text: "What is this?" }];
  await invoke(CLAUDE, claude({ messages: [{ role: "user", content }] }));
  assert.deepEqual(asked().messages, [{ role: "user", content: shown }]);
  await assert.rejects(converse({ messages }, "local/smollm2"), { name: "ValidationException", message: /^image: / });
});

test("ConverseStream tells each piece as it is said", async () => {
  const held = barrier();
  place.upstream.setAnswer(() => ({ ...hello(), barrier: held }));
  const stream = (await streamed())[Symbol.asyncIterator]();
  const said = [(await stream.next()).value, (await stream.next()).value];
  // The rest has not been said yet.
  assert.equal(held.count(), 1);
  held.release();
  for (let next = await stream.next(); !next.done; next = await stream.next()) said.push(next.value);
  const { metrics } = said.at(-1).metadata;
  assert.ok(metrics.latencyMs >= 0);
  const text = (text) => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text } } });
  assert.deepEqual(said, [
    { messageStart: { role: "assistant" } },
    text("Hel"),
    text("lo"),
    { contentBlockStop: { contentBlockIndex: 0 } },
    { messageStop: { stopReason: "end_turn" } },
    { metadata: { usage: { inputTokens: 7, outputTokens: 2, totalTokens: 9 }, metrics } },
  ]);
});

test("ConverseStream tells calls of tools as blocks of their own", async () => {
  const toolCalls = [{ id: "c1", name: "find", arguments: { id: 1 } }, { id: "c2", name: "find", arguments: {} }];
  place.upstream.setAnswer(() => ({ text: "Wait.", toolCalls }));
  const tools = [{ toolSpec: { name: "find", inputSchema: { json: { type: "object" } } } }];
  const { events, error } = await read(await streamed({ toolConfig: { tools } }));
  assert.equal(error, undefined);
  const block = (at, id, input) => [
    { contentBlockStart: { contentBlockIndex: at, start: { toolUse: { toolUseId: id, name: "find" } } } },
    { contentBlockDelta: { contentBlockIndex: at, delta: { toolUse: { input } } } },
    { contentBlockStop: { contentBlockIndex: at } },
  ];
  assert.deepEqual(events.slice(3, -1), [
    ...block(1, "c1", '{"id":1}'),
    ...block(2, "c2", "{}"),
    { messageStop: { stopReason: "tool_use" } },
  ]);
});

test("a caller that goes away stops the call of the model", async () => {
  const held = barrier();
  place.upstream.setAnswer(() => ({ ...hello(), barrier: held }));
  const before = place.upstream.closed();
  const leaving = new AbortController();
  const stream = (await streamed({}, CLAUDE, { abortSignal: leaving.signal }))[Symbol.asyncIterator]();
  await stream.next();
  await stream.return?.();
  leaving.abort();
  await place.upstream.until((state) => state.closed === before + 1);

  const whole = new AbortController();
  const waiting = place.models.send(new ConverseCommand({ modelId: CLAUDE, messages: [user("Hi")] }), { abortSignal: whole.signal });
  await held.held(1);
  whole.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  await place.upstream.until((state) => state.closed === before + 2);
  held.release();
});

/** What a model's server does, and what AWS's clients are told. */
const FAILURES = [
  ["has had too many calls", () => ({ status: 429 }), "ThrottlingException", 429],
  ["is down", () => ({ status: 503 }), "ServiceUnavailableException", 503],
  ["fails", () => ({ status: 500 }), "ModelErrorException", 424],
  ["refuses the key", () => ({ status: 401 }), "ModelErrorException", 424],
  ["finds the call wrong", () => ({ status: 400 }), "ValidationException", 400],
  ["does not know the model", () => ({ status: 404 }), "ResourceNotFoundException", 404],
  ["takes too long", () => ({ status: 504 }), "ModelTimeoutException", 408],
  ["breaks off", () => ({ text: "Hel", cut: true }), "ModelErrorException", 424],
];

for (const [what, answer, name, status] of FAILURES) {
  test(`a model's server that ${what} is a ${name}`, async () => {
    place.upstream.setAnswer(answer);
    const expected = (error) => {
      assert.equal(error.name, name);
      assert.equal(error.$metadata.httpStatusCode, status);
      if (name === "ModelErrorException" && answer().status) assert.equal(error.originalStatusCode, answer().status);
      return true;
    };
    await assert.rejects(converse(), expected);
    await assert.rejects(invoke(CLAUDE, claude()), expected);
    if (answer().cut) return;
    // Nothing has been said yet, so that it is no event of the stream.
    await assert.rejects(streamed(), expected);
    await assert.rejects(pieces(CLAUDE, claude()), expected);
  });
}

test("what goes wrong in the middle is an exception in the stream", async () => {
  place.upstream.setAnswer(() => ({ text: "Hel", cut: true }));
  const found = await read(await streamed());
  assert.deepEqual(Object.keys(found.events.at(-1)), ["contentBlockDelta"]);
  assert.equal(found.error?.name, "ModelStreamErrorException");
  assert.match(found.error.message, /broke off/);
  const invoked = await pieces(CLAUDE, claude());
  assert.equal(invoked.error?.name, "ModelStreamErrorException");
});

test("a model that is nowhere, away or not here yet is told by name", async () => {
  for (const [id, name, status] of [
    ["gone/model", "ResourceNotFoundException", 404],
    ["away/model", "ServiceUnavailableException", 503],
    ["local/smollm2", "ModelNotReadyException", 429],
    ["local/other", "ResourceNotFoundException", 404],
    ["arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:1", "ResourceNotFoundException", 404],
  ]) {
    const expected = (error) => {
      assert.deepEqual([error.name, error.$metadata.httpStatusCode], [name, status], id);
      return true;
    };
    await assert.rejects(converse({}, id), expected);
    await assert.rejects(streamed({}, id), expected);
  }
  const tools = [{ toolSpec: { name: "find", inputSchema: { json: {} } } }];
  await assert.rejects(converse({ toolConfig: { tools } }, "local/smollm2"), {
    name: "ValidationException",
    message: /takes no tools/,
  });
  const promptVariables = { name: { text: "Ada" } };
  await assert.rejects(converse({ promptVariables }), { name: "ValidationException", message: /promptVariables/ });
  for (const messages of [[], undefined]) {
    await assert.rejects(converse({ messages }), { name: "ValidationException", message: /nothing to answer/ });
  }
});

test("InvokeModel takes each family's body and answers in its shape", async () => {
  const usage = { input_tokens: 7, output_tokens: 2 };
  const anthropic = await invoke(CLAUDE, claude({ system: "Be brief." }));
  assert.match(anthropic.id, /^msg_bdrk_/);
  assert.deepEqual(anthropic, {
    id: anthropic.id,
    type: "message",
    role: "assistant",
    model: CLAUDE,
    content: [{ type: "text", text: "Hello" }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage,
  });
  assert.deepEqual([asked().max_tokens, asked().messages[0].content], [50, "Be brief."]);

  const nova = { messages: [user("Hi")], inferenceConfig: { max_new_tokens: 9 } };
  assert.deepEqual(await invoke("us.amazon.nova-lite-v1:0", nova), {
    output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
    stopReason: "end_turn",
    usage: { inputTokens: 7, outputTokens: 2, totalTokens: 9 },
  });
  assert.equal(asked().max_tokens, 9);

  const titan = { inputText: "Hi", textGenerationConfig: { maxTokenCount: 5, stopSequences: [] } };
  assert.deepEqual(await invoke("amazon.titan-text-express-v1", titan), {
    inputTextTokenCount: 7,
    results: [{ tokenCount: 2, outputText: "Hello", completionReason: "FINISH" }],
  });

  const prompt = "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
  assert.deepEqual(await invoke("meta.llama3-8b-instruct-v1:0", { prompt, max_gen_len: 8 }), {
    generation: "Hello",
    stop_reason: "stop",
    prompt_token_count: 7,
    generation_token_count: 2,
  });
  assert.deepEqual(asked().messages, [{ role: "user", content: "Hi" }]);
  // A connection's own model takes them too.
  assert.equal((await invoke("test/model", { prompt: "Hi" })).generation, "Hello");
});

test("what is wrong with a body is told by its member", async () => {
  for (const [id, body, message] of [
    [CLAUDE, { max_tokens: 5, messages: [] }, /^anthropic_version: /],
    [CLAUDE, claude({ max_tokens: undefined }), /^max_tokens: /],
    [CLAUDE, claude({ messages: [{ role: "user", content: [{ type: "image", source: {} }] }] }), /^messages\[0\]\.content\[0\]: /],
    ["amazon.titan-text-express-v1", {}, /inputText/],
    ["mistral.mistral-large-2402-v1:0", { prompt: "Hi" }, /^modelId: .*Converse/],
    ["test/model", { question: "Hi" }, /^body: /],
  ]) {
    await assert.rejects(invoke(id, body), { name: "ValidationException", message });
  }
  const broken = new InvokeModelCommand({ modelId: CLAUDE, body: "{" });
  await assert.rejects(place.models.send(broken), { name: "ValidationException" });
});

test("InvokeModelWithResponseStream tells each family's own pieces", async () => {
  const metrics = "amazon-bedrock-invocationMetrics";
  const toolCalls = [{ id: "c1", name: "find", arguments: { id: 1 } }];
  place.upstream.setAnswer(() => ({ ...hello(), toolCalls }));
  const tools = [{ name: "find", input_schema: { type: "object" } }];
  const anthropic = await pieces(CLAUDE, claude({ tools }));
  assert.deepEqual(
    anthropic.pieces.map((piece) => `${piece.type} ${piece.index ?? ""}`.trim()),
    [
      "message_start",
      "content_block_start 0",
      "content_block_delta 0",
      "content_block_delta 0",
      "content_block_stop 0",
      "content_block_start 1",
      "content_block_delta 1",
      "content_block_stop 1",
      "message_delta",
      "message_stop",
    ],
  );
  assert.deepEqual(anthropic.pieces[6].delta, { type: "input_json_delta", partial_json: '{"id":1}' });
  assert.deepEqual(anthropic.pieces[8].delta, { stop_reason: "tool_use", stop_sequence: null });
  assert.deepEqual([anthropic.pieces[9][metrics].inputTokenCount, anthropic.pieces[9][metrics].outputTokenCount], [7, 2]);

  place.upstream.setAnswer(hello);
  const nova = await pieces("amazon.nova-lite-v1:0", { messages: [user("Hi")] });
  assert.deepEqual(
    nova.pieces.map((piece) => Object.keys(piece)[0]),
    ["messageStart", "contentBlockDelta", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"],
  );
  const titan = await pieces("amazon.titan-text-express-v1", { inputText: "Hi" });
  assert.deepEqual(titan.pieces.map((piece) => piece.outputText), ["Hel", "lo", ""]);
  assert.equal(titan.pieces.at(-1).completionReason, "FINISH");
  const llama = await pieces("meta.llama3-8b-instruct-v1:0", { prompt: "Hi" });
  assert.deepEqual(llama.pieces.map((piece) => piece.generation), ["Hel", "lo", ""]);
  assert.equal(llama.pieces.at(-1).stop_reason, "stop");
  assert.ok(llama.pieces.at(-1)[metrics].firstByteLatency >= 0);

  const embedding = pieces("amazon.titan-embed-text-v2:0", { inputText: "Hi" });
  await assert.rejects(embedding, { name: "ValidationException", message: /^modelId: / });
});

test("texts are embedded in Titan's and Cohere's shape", async () => {
  const first = await invoke("amazon.titan-embed-text-v1", { inputText: "to be" });
  assert.deepEqual(first, { embedding: [5, 2, 1, 1], inputTextTokenCount: 2 });

  const second = await invoke("amazon.titan-embed-text-v2:0", { inputText: "to be", dimensions: 256 });
  assert.equal(place.upstream.embeddings.at(-1).dimensions, 256);
  assert.equal(second.embedding.length, 256);
  assert.ok(Math.abs(second.embedding.reduce((sum, number) => sum + number ** 2, 0) - 1) < 1e-9);
  assert.deepEqual(second.embeddingsByType.float, second.embedding);

  const texts = ["a", "to be"];
  const cohere = await invoke("cohere.embed-english-v3", { texts, input_type: "search_document" });
  const embeddings = [[1, 1, 1, 1], [5, 2, 1, 1]];
  assert.deepEqual(cohere, { id: cohere.id, texts, embeddings, response_type: "embeddings_floats" });
  const kinds = await invoke("cohere.embed-english-v3", { texts, input_type: "search_query", embedding_types: ["float"] });
  assert.deepEqual(kinds.embeddings, { float: embeddings });

  await assert.rejects(invoke("cohere.embed-english-v3", { texts }), { name: "ValidationException", message: /^input_type: / });
  const map = { entries: [{ awsId: "amazon.titan-embed*", model: "local/smollm2" }], defaultModel: "test/model" };
  assert.equal((await caller(place.server)("PUT", "/api/model-map", map)).status, 200);
  const chats = invoke("amazon.titan-embed-text-v1", { inputText: "to be" });
  await assert.rejects(chats, { name: "ValidationException", message: /local\/smollm2 does not embed/ });
});

test("tokens are counted as the model counts them", async () => {
  const count = async (input, modelId = CLAUDE) => (await place.models.send(new CountTokensCommand({ modelId, input }))).inputTokens;
  assert.equal(await count({ converse: { messages: [user("Hi")], system: [{ text: "Be brief." }] } }), 7);
  assert.deepEqual([asked().messages.length, asked().max_tokens], [2, 16]);
  assert.equal(await count({ invokeModel: { body: Buffer.from(JSON.stringify(claude())) } }), 7);
  await assert.rejects(count({ converse: { messages: [] } }), { name: "ValidationException" });
  await assert.rejects(count({ converse: { messages: [user("Hi")] } }, "gone/model"), { name: "ResourceNotFoundException" });
  await assert.rejects(count({ converse: { messages: [user("Hi")] } }, "local/smollm2"), { name: "ServiceUnavailableException" });
  await assert.rejects(count({ invokeModel: { body: Buffer.from("no") } }), { name: "ValidationException", message: /^input\.invokeModel\.body: / });
});

test("a bearer key lets in as a signature does", async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ANABRANCH_API_KEY } = process.env;
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  try {
    for (const [key, expected] of [
      [ANABRANCH_API_KEY, "Hello"],
      ["wrong", "UnrecognizedClientException"],
    ]) {
      process.env.AWS_BEARER_TOKEN_BEDROCK = key;
      const client = new BedrockRuntimeClient({ maxAttempts: 1 });
      const answer = client.send(new ConverseCommand({ modelId: CLAUDE, messages: [user("Hi")] }));
      const told = await answer.then(({ output }) => output.message.content[0].text, (error) => error.name);
      client.destroy();
      assert.equal(told, expected);
    }
  } finally {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
    delete process.env.AWS_BEARER_TOKEN_BEDROCK;
  }
});
