// Knowledge bases asked by the AWS SDK for JavaScript: Retrieve, RetrieveAndGenerate, its stream, and Rerank.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import {
  RerankCommand,
  RetrieveAndGenerateCommand,
  RetrieveAndGenerateStreamCommand,
  RetrieveCommand,
} from "@aws-sdk/client-bedrock-agent-runtime";

import { caller } from "../support/world.mjs";
import { start } from "./support.mjs";

const REFUNDS = "Returns are taken within 30 days. The money is on your card five days later.";
const DELIVERY = "Parcels take two working days. Delivery is free from 40 euros.";
const NOWHERE = "ZZZZZZZZZZ";

let place;
let base;
before(async () => {
  place = await start();
  const call = caller(place.server);
  const api = async (...request) => (await call(...request)).json();
  base = (await api("POST", "/api/knowledge-bases", { name: "Shop" })).id;
  await api("PUT", `/api/knowledge-bases/${base}`, { embeddingModel: "test/embed" });
  for (const [title, text] of [["Refunds", REFUNDS], ["Delivery", DELIVERY]]) {
    await api("POST", `/api/knowledge-bases/${base}/documents`, { title, text });
  }
  for (;;) {
    const { embedding } = await api("GET", `/api/knowledge-bases/${base}`);
    if (embedding.state === "ready" && embedding.done === 2) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
after(() => place?.stop());
beforeEach(() => place.upstream.setAnswer(() => ({ chunks: ["Within 30 da", "ys [1]. Then ", "five days [1][2]."] })));

const reranking = (modelArn) => ({
  type: "BEDROCK_RERANKING_MODEL",
  bedrockRerankingConfiguration: { modelConfiguration: { modelArn } },
});
const retrieve = (vectorSearchConfiguration = {}, more = {}) =>
  place.runtime.send(
    new RetrieveCommand({
      knowledgeBaseId: base,
      retrievalQuery: { text: "How do I get my money back?" },
      retrievalConfiguration: { vectorSearchConfiguration },
      ...more,
    }),
  );
const configuration = (more = {}) => ({
  type: "KNOWLEDGE_BASE",
  knowledgeBaseConfiguration: { knowledgeBaseId: base, modelArn: "test/model", ...more },
});
const question = (more = {}, text = "When is my money back?") => ({
  input: { text },
  retrieveAndGenerateConfiguration: configuration(more),
});
const generate = (input) => place.runtime.send(new RetrieveAndGenerateCommand(input));

test("passages are found by words and by meaning", async () => {
  const { retrievalResults } = await retrieve();
  assert.equal(retrievalResults.length, 2);
  const [first] = retrievalResults;
  assert.deepEqual(first.content, { text: REFUNDS, type: "TEXT" });
  assert.equal(first.location.type, "CUSTOM");
  assert.equal(first.metadata.title, "Refunds");
  assert.ok(first.score > retrievalResults[1].score && first.score <= 1);
  const one = await retrieve({ numberOfResults: 1, overrideSearchType: "HYBRID" });
  assert.equal(one.retrievalResults.length, 1);
  const near = await retrieve({ overrideSearchType: "SEMANTIC" });
  assert.equal(near.retrievalResults.length, 2);
  const arn = `arn:aws:bedrock:us-east-1:123456789012:knowledge-base/${base}`;
  assert.equal((await retrieve({}, { knowledgeBaseId: arn })).retrievalResults.length, 2);
  const filter = { andAll: [{ equals: { key: "year", value: 2026 } }, { in: { key: "kind", value: ["a", "b"] } }] };
  assert.deepEqual((await retrieve({ filter })).retrievalResults, []);
});

test("a model puts passages in order again", async () => {
  place.upstream.setAnswer(() => ({ text: "2, 1" }));
  const { retrievalResults } = await retrieve({ rerankingConfiguration: reranking("test/model") });
  assert.deepEqual(retrievalResults.map((result) => [result.metadata.title, result.score]), [["Delivery", 1], ["Refunds", 0.5]]);
});

test("an answer says what it is from, and a session goes on", async () => {
  const first = await generate(question());
  assert.equal(first.output.text, "Within 30 days. Then five days.");
  assert.deepEqual(
    first.citations.map(({ generatedResponsePart: { textResponsePart }, retrievedReferences }) => [
      textResponsePart.text,
      textResponsePart.span,
      retrievedReferences.map((reference) => reference.metadata.title),
    ]),
    [
      ["Within 30 days.", { start: 0, end: 14 }, ["Refunds"]],
      ["Then five days.", { start: 16, end: 30 }, ["Refunds", "Delivery"]],
    ],
  );
  const generationConfiguration = {
    promptTemplate: { textPromptTemplate: "Use $search_results$. $output_format_instructions$" },
    inferenceConfig: { textInferenceConfig: { temperature: 0.5, maxTokens: 50 } },
  };
  const second = await generate({ ...question({ generationConfiguration }, "And then?"), sessionId: first.sessionId });
  assert.equal(second.sessionId, first.sessionId);
  const { body } = place.upstream.requests.at(-1);
  assert.deepEqual(body.messages.map((message) => message.role), ["system", "user", "assistant", "user"]);
  assert.match(body.messages[0].content, /^Use Passage 1 \(.*square brackets/s);
  assert.equal(body.messages[1].content, "When is my money back?");
  assert.equal(body.temperature, 0.5);

  place.upstream.setAnswer(() => ({ text: "Nobody knows." }));
  const plain = await generate(question());
  assert.deepEqual(plain.citations.map((citation) => citation.retrievedReferences), [[]]);
});

test("an answer comes as it is said", async () => {
  const { sessionId, stream } = await place.runtime.send(new RetrieveAndGenerateStreamCommand(question()));
  assert.ok(sessionId);
  let text = "";
  const cited = [];
  for await (const event of stream) {
    if (event.output) text += event.output.text;
    if (event.citation) {
      const { generatedResponsePart, retrievedReferences } = event.citation;
      assert.ok(text.endsWith(generatedResponsePart.textResponsePart.text), "it comes behind its text");
      cited.push(retrievedReferences.map((reference) => reference.metadata.title).join());
    }
  }
  assert.equal(text, "Within 30 days. Then five days.");
  assert.deepEqual(cited, ["Refunds", "Refunds,Delivery"]);

  place.upstream.setAnswer(() => ({ chunks: ["Within"], malformed: "{" }));
  const broken = await place.runtime.send(new RetrieveAndGenerateStreamCommand(question()));
  await assert.rejects(
    async () => {
      for await (const _ of broken.stream);
    },
    { name: "DependencyFailedException" },
  );
});

test("texts are put in the order in which they answer", async () => {
  place.upstream.setAnswer(() => ({ text: "2" }));
  const text = (text) => ({ type: "INLINE", inlineDocumentSource: { type: "TEXT", textDocument: { text } } });
  const rerank = (modelArn, more = {}) =>
    place.runtime.send(
      new RerankCommand({
        queries: [{ type: "TEXT", textQuery: { text: "money" } }],
        sources: [text(DELIVERY), text(REFUNDS)],
        rerankingConfiguration: {
          type: "BEDROCK_RERANKING_MODEL",
          bedrockRerankingConfiguration: { numberOfResults: 1, modelConfiguration: { modelArn } },
        },
        ...more,
      }),
    );
  const { results } = await rerank("test/model");
  assert.deepEqual(results, [{ index: 1, relevanceScore: 1 }]);
  const document = { type: "INLINE", inlineDocumentSource: { type: "JSON", jsonDocument: { a: 1 } } };
  assert.equal((await rerank("test/model", { sources: [text("x"), document] })).results[0].index, 1);
  await assert.rejects(rerank("test/model", { nextToken: "more" }), { name: "ValidationException" });
  await assert.rejects(rerank("gone/model"), { name: "ResourceNotFoundException" });
  await failing((name) => assert.rejects(rerank("test/model"), { name }));
});

test("what cannot be asked is told", async () => {
  await assert.rejects(retrieve({}, { knowledgeBaseId: NOWHERE }), { name: "ResourceNotFoundException" });
  await assert.rejects(retrieve({}, { nextToken: "more" }), { name: "ValidationException" });
  await assert.rejects(retrieve({ filter: { greaterThan: { key: "a", value: "text" } } }), {
    name: "ValidationException",
    message: /filter\.greaterThan\.value: .*a number/,
  });
  const missing = question({ knowledgeBaseId: NOWHERE });
  const streamed = (input) => place.runtime.send(new RetrieveAndGenerateStreamCommand(input));
  for (const send of [generate, streamed]) {
    await assert.rejects(send(missing), { name: "ResourceNotFoundException" });
    await assert.rejects(send({ ...question(), sessionId: "unknown" }), { name: "ValidationException", message: /session/ });
    await failing((name) => assert.rejects(send(question()), { name }));
  }
  const again = { rerankingConfiguration: reranking("test/model") };
  await failing((name) => assert.rejects(retrieve(again), { name }));
});

/** What comes of a model that is too busy, and of one that fails. The clients try the first again. */
async function failing(expect) {
  for (const [status, name] of [[429, "ThrottlingException"], [500, "DependencyFailedException"]]) {
    place.upstream.setAnswer(() => ({ status, error: "no" }));
    await expect(name);
  }
}
