// Knowledge bases by the AWS SDK for JavaScript: bases, data sources, ingestion jobs and documents.
import assert from "node:assert/strict";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import * as agent from "@aws-sdk/client-bedrock-agent";
import { RetrieveCommand } from "@aws-sdk/client-bedrock-agent-runtime";

import { caller } from "../support/world.mjs";
import { ROLE, refusal, start } from "./support.mjs";

const NOBODY = "AAAAAAAAAA";
const TOKEN = "k".repeat(40);
const VECTOR = {
  type: "VECTOR",
  vectorKnowledgeBaseConfiguration: {
    embeddingModelArn: "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0",
  },
};

let place, api;
before(async () => {
  place = await start();
  api = caller(place.server);
});
after(() => place?.stop());

const send = (command) => place.agent.send(command);

async function fails(command, name, status, message) {
  const error = await refusal(send(command), name, status);
  if (message) assert.match(error.message, message);
  return error;
}
const invalid = (command, message) => fails(command, "ValidationException", 400, message);
const unknown = (command) => fails(command, "ResourceNotFoundException", 404);
const conflict = (command, message) => fails(command, "ConflictException", 409, message);

const createBase = async (name, more = {}) =>
  (await send(new agent.CreateKnowledgeBaseCommand({ name, roleArn: ROLE, knowledgeBaseConfiguration: VECTOR, ...more })))
    .knowledgeBase;

const createSource = async (knowledgeBaseId, name, dataSourceConfiguration, more = {}) =>
  (await send(new agent.CreateDataSourceCommand({ knowledgeBaseId, name, dataSourceConfiguration, ...more }))).dataSource;

const custom = { type: "CUSTOM" };
const s3 = (bucket, prefix) => ({
  type: "S3",
  s3Configuration: { bucketArn: `arn:aws:s3:::${bucket}`, ...(prefix ? { inclusionPrefixes: [prefix] } : {}) },
});

/** Files of a bucket, which is a folder. */
async function files(bucket, contents) {
  const folder = join(place.server.data, "buckets", bucket);
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
  return folder;
}

async function ended(which) {
  for (let tries = 0; tries < 600; tries++) {
    const { ingestionJob } = await send(new agent.GetIngestionJobCommand(which));
    if (["COMPLETE", "FAILED", "STOPPED"].includes(ingestionJob.status)) return ingestionJob;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("the job does not end");
}

async function synced(knowledgeBaseId, dataSourceId, more = {}) {
  const which = { knowledgeBaseId, dataSourceId };
  const { ingestionJob } = await send(new agent.StartIngestionJobCommand({ ...which, ...more }));
  assert.ok(["STARTING", "IN_PROGRESS", "COMPLETE"].includes(ingestionJob.status), ingestionJob.status);
  return ended({ ...which, ingestionJobId: ingestionJob.ingestionJobId });
}

/** What became of documents, when none waits any more. */
async function settled(which, ids) {
  const documentIdentifiers = ids.map((id) => ({ dataSourceType: "CUSTOM", custom: { id } }));
  for (let tries = 0; tries < 600; tries++) {
    const got = await send(new agent.GetKnowledgeBaseDocumentsCommand({ ...which, documentIdentifiers }));
    if (got.documentDetails.every((detail) => detail.status !== "PENDING")) return got.documentDetails;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("a document waits for ever");
}

const ask = async (id, text) =>
  (await (await api("POST", `/api/knowledge-bases/${id}/query`, { text })).json()).passages.map((found) => found.title);

test("a base is made, changed and deleted", async () => {
  const storageConfiguration = {
    type: "OPENSEARCH_SERVERLESS",
    opensearchServerlessConfiguration: {
      collectionArn: "arn:aws:aoss:us-east-1:123456789012:collection/abcdefghijklmnopqrst",
      vectorIndexName: "index",
      fieldMapping: { vectorField: "v", textField: "t", metadataField: "m" },
    },
  };
  const made = await createBase("handbook", { description: "Rules", storageConfiguration, clientToken: TOKEN, tags: { made: "here" } });
  assert.match(made.knowledgeBaseId, /^[0-9A-Z]{10}$/);
  assert.equal(made.knowledgeBaseArn, `arn:aws:bedrock:us-east-1:000000000000:knowledge-base/${made.knowledgeBaseId}`);
  assert.equal(made.status, "ACTIVE");
  assert.deepEqual(made.knowledgeBaseConfiguration, VECTOR);
  assert.deepEqual(made.storageConfiguration, storageConfiguration);
  assert.ok(made.createdAt instanceof Date && !Number.isNaN(made.createdAt.getTime()));
  const again = await createBase("handbook", { clientToken: TOKEN });
  assert.equal(again.knowledgeBaseId, made.knowledgeBaseId);
  const { tags } = await send(new agent.ListTagsForResourceCommand({ resourceArn: made.knowledgeBaseArn }));
  assert.deepEqual(tags, { made: "here" });

  const { knowledgeBaseId } = made;
  const got = await send(new agent.GetKnowledgeBaseCommand({ knowledgeBaseId }));
  assert.deepEqual(got.knowledgeBase, made);
  const change = { knowledgeBaseId, name: "rules", roleArn: ROLE, knowledgeBaseConfiguration: VECTOR };
  const changed = (await send(new agent.UpdateKnowledgeBaseCommand(change))).knowledgeBase;
  assert.equal(changed.name, "rules");
  assert.equal(changed.description, undefined);
  // The same base stands on the Knowledge page.
  assert.equal((await (await api("GET", `/api/knowledge-bases/${knowledgeBaseId}`)).json()).name, "rules");

  const other = await createBase("other");
  await conflict(new agent.CreateKnowledgeBaseCommand({ name: "rules", roleArn: ROLE, knowledgeBaseConfiguration: VECTOR }), /already/);
  await conflict(new agent.UpdateKnowledgeBaseCommand({ ...change, name: "other" }), /already/);
  const kendra = { type: "KENDRA", kendraKnowledgeBaseConfiguration: { kendraIndexArn: `arn:aws:kendra:us-east-1:123456789012:index/${"a".repeat(36)}` } };
  await invalid(new agent.CreateKnowledgeBaseCommand({ name: "x", roleArn: ROLE, knowledgeBaseConfiguration: kendra }), /VECTOR/);
  await invalid(new agent.UpdateKnowledgeBaseCommand({ ...change, name: "a b" }));
  await invalid(new agent.GetKnowledgeBaseCommand({ knowledgeBaseId: "short" }));
  await invalid(new agent.DeleteKnowledgeBaseCommand({ knowledgeBaseId: "short" }));
  await invalid(new agent.ListKnowledgeBasesCommand({ maxResults: 0 }));

  const listed = await send(new agent.ListKnowledgeBasesCommand({ maxResults: 1 }));
  assert.equal(listed.knowledgeBaseSummaries.length, 1);
  const rest = await send(new agent.ListKnowledgeBasesCommand({ nextToken: listed.nextToken }));
  const ids = [...listed.knowledgeBaseSummaries, ...rest.knowledgeBaseSummaries].map((found) => found.knowledgeBaseId);
  assert.deepEqual(ids, [knowledgeBaseId, other.knowledgeBaseId].sort());

  const deleted = await send(new agent.DeleteKnowledgeBaseCommand({ knowledgeBaseId }));
  assert.deepEqual([deleted.knowledgeBaseId, deleted.status], [knowledgeBaseId, "DELETING"]);
  await unknown(new agent.GetKnowledgeBaseCommand({ knowledgeBaseId }));
  await unknown(new agent.UpdateKnowledgeBaseCommand(change));
  await unknown(new agent.DeleteKnowledgeBaseCommand({ knowledgeBaseId }));
  await send(new agent.DeleteKnowledgeBaseCommand({ knowledgeBaseId: other.knowledgeBaseId }));
});

test("a data source is made, changed and deleted", async () => {
  const { knowledgeBaseId } = await createBase("sources");
  const vectorIngestionConfiguration = {
    chunkingConfiguration: {
      chunkingStrategy: "HIERARCHICAL",
      hierarchicalChunkingConfiguration: { levelConfigurations: [{ maxTokens: 1500 }, { maxTokens: 300 }], overlapTokens: 60 },
    },
  };
  const more = { description: "Files", dataDeletionPolicy: "DELETE", vectorIngestionConfiguration, clientToken: TOKEN };
  const made = await createSource(knowledgeBaseId, "files", s3("rules", "a/"), more);
  assert.match(made.dataSourceId, /^[0-9A-Z]{10}$/);
  assert.deepEqual(made.dataSourceConfiguration, s3("rules", "a/"));
  assert.deepEqual(made.vectorIngestionConfiguration, vectorIngestionConfiguration);
  assert.deepEqual([made.status, made.dataDeletionPolicy, made.description], ["AVAILABLE", "DELETE", "Files"]);
  assert.equal((await createSource(knowledgeBaseId, "files", s3("rules", "a/"), more)).dataSourceId, made.dataSourceId);

  const which = { knowledgeBaseId, dataSourceId: made.dataSourceId };
  assert.deepEqual((await send(new agent.GetDataSourceCommand(which))).dataSource, made);
  const change = { ...which, name: "renamed", dataSourceConfiguration: s3("rules", "b/"), vectorIngestionConfiguration };
  const changed = (await send(new agent.UpdateDataSourceCommand(change))).dataSource;
  assert.deepEqual([changed.name, changed.description], ["renamed", undefined]);
  assert.deepEqual(changed.dataSourceConfiguration, s3("rules", "b/"));
  const none = { chunkingConfiguration: { chunkingStrategy: "NONE" } };
  await invalid(new agent.UpdateDataSourceCommand({ ...change, vectorIngestionConfiguration: none }), /stays as it is/);
  await invalid(new agent.UpdateDataSourceCommand({ ...change, dataSourceConfiguration: custom }), /keeps its type/);

  await createSource(knowledgeBaseId, "given", custom);
  await conflict(new agent.CreateDataSourceCommand({ knowledgeBaseId, name: "given", dataSourceConfiguration: custom }), /already/);
  await conflict(new agent.UpdateDataSourceCommand({ ...change, name: "given" }), /already/);
  const create = (dataSourceConfiguration, more = {}) =>
    new agent.CreateDataSourceCommand({ knowledgeBaseId, name: "x", dataSourceConfiguration, ...more });
  await invalid(create({ type: "SHAREPOINT" }), /SHAREPOINT is nothing that is read/);
  const kmsKeyArn = `arn:aws:kms:us-east-1:123456789012:key/${"a".repeat(36)}`;
  await invalid(create(custom, { serverSideEncryptionConfiguration: { kmsKeyArn } }), /nothing that does this/);
  const parsingConfiguration = { parsingStrategy: "BEDROCK_DATA_AUTOMATION" };
  await invalid(create(custom, { vectorIngestionConfiguration: { parsingConfiguration } }), /parsingConfiguration/);
  const web = { urlConfiguration: { seedUrls: [{ url: "https://example.com" }] } };
  const crawling = { sourceConfiguration: web, crawlerConfiguration: { scope: "HOST_ONLY" } };
  await invalid(create({ type: "WEB", webConfiguration: crawling }), /no links are followed/);
  await unknown(new agent.CreateDataSourceCommand({ knowledgeBaseId: NOBODY, name: "x", dataSourceConfiguration: custom }));

  const listed = await send(new agent.ListDataSourcesCommand({ knowledgeBaseId, maxResults: 1 }));
  const rest = await send(new agent.ListDataSourcesCommand({ knowledgeBaseId, nextToken: listed.nextToken }));
  assert.deepEqual([listed.dataSourceSummaries.length, rest.dataSourceSummaries.length], [1, 1]);
  await invalid(new agent.ListDataSourcesCommand({ knowledgeBaseId: "short" }));
  await unknown(new agent.ListDataSourcesCommand({ knowledgeBaseId: NOBODY }));

  const deleted = await send(new agent.DeleteDataSourceCommand(which));
  assert.deepEqual(deleted.status, "DELETING");
  await unknown(new agent.GetDataSourceCommand(which));
  await unknown(new agent.UpdateDataSourceCommand(change));
  await unknown(new agent.DeleteDataSourceCommand(which));
  await invalid(new agent.GetDataSourceCommand({ ...which, dataSourceId: "short" }));
  await invalid(new agent.DeleteDataSourceCommand({ ...which, dataSourceId: "short" }));
  // The others are tried with what a closed server cannot say.
  for (let number = 0; number < 49; number++) await createSource(knowledgeBaseId, `s${number}`, custom);
  await fails(create(custom), "ServiceQuotaExceededException", 402);
});

test("a passage says which object it is from, and passages are found by that", async () => {
  await files("origins", { "rain.md": "Umbrellas are dry.", "sun.md": "Parasols are dry." });
  const { knowledgeBaseId } = await createBase("origins");
  const { dataSourceId } = await createSource(knowledgeBaseId, "files", s3("origins"));
  await synced(knowledgeBaseId, dataSourceId);
  const found = async (filter) => {
    const vectorSearchConfiguration = { overrideSearchType: "HYBRID", filter };
    const asked = { knowledgeBaseId, retrievalQuery: { text: "dry" }, retrievalConfiguration: { vectorSearchConfiguration } };
    return (await place.runtime.send(new RetrieveCommand(asked))).retrievalResults;
  };
  const key = "x-amz-bedrock-kb-source-uri";
  const [first, ...rest] = await found({ startsWith: { key, value: "s3://origins/s" } });
  assert.deepEqual(rest, []);
  assert.deepEqual(first.location, { type: "S3", s3Location: { uri: "s3://origins/sun.md" } });
  assert.equal(first.metadata[key], "s3://origins/sun.md");
  assert.equal(first.metadata["x-amz-bedrock-kb-data-source-id"], dataSourceId);
  assert.equal((await found({ equals: { key: "x-amz-bedrock-kb-data-source-id", value: dataSourceId } })).length, 2);
});

test("a job brings what a bucket has, with metadata, and says what failed", async () => {
  const folder = await files("shop", {
    "refunds.md": "# Refunds\n\nReturns are taken within 30 days.",
    "delivery.html": "<h1>Delivery</h1><p>Parcels take two working days.</p>",
    "delivery.html.metadata.json": JSON.stringify({ metadataAttributes: { country: "de", year: 2026 } }),
    "broken.pdf": "%PDF-1.7 and nothing more",
  });
  const { knowledgeBaseId } = await createBase("shop");
  const { dataSourceId } = await createSource(knowledgeBaseId, "files", s3("shop"));
  const which = { knowledgeBaseId, dataSourceId };
  const job = await synced(knowledgeBaseId, dataSourceId, { description: "First", clientToken: TOKEN });
  assert.equal(job.status, "COMPLETE");
  assert.equal(job.description, "First");
  const { numberOfDocumentsScanned, numberOfMetadataDocumentsScanned, numberOfNewDocumentsIndexed, numberOfDocumentsFailed } = job.statistics;
  assert.deepEqual(
    [numberOfDocumentsScanned, numberOfMetadataDocumentsScanned, numberOfNewDocumentsIndexed, numberOfDocumentsFailed],
    [3, 1, 2, 1],
  );
  assert.match(job.failureReasons[0], /^s3:\/\/shop\/broken\.pdf: It is a broken PDF/);
  assert.deepEqual(await ask(knowledgeBaseId, "working"), ["delivery.html"]);
  const repeated = await send(new agent.StartIngestionJobCommand({ ...which, clientToken: TOKEN }));
  assert.equal(repeated.ingestionJob.ingestionJobId, job.ingestionJobId);

  const { documentDetails } = await send(new agent.ListKnowledgeBaseDocumentsCommand(which));
  assert.deepEqual(
    documentDetails.map((detail) => [detail.identifier.s3.uri, detail.status]),
    [["s3://shop/broken.pdf", "FAILED"], ["s3://shop/delivery.html", "INDEXED"], ["s3://shop/refunds.md", "INDEXED"]],
  );
  assert.match(documentDetails[0].statusReason, /broken PDF/);

  await rm(join(folder, "broken.pdf"));
  await writeFile(join(folder, "refunds.md"), "# Refunds\n\nReturns are taken within 60 days.");
  const second = await synced(knowledgeBaseId, dataSourceId);
  const { numberOfModifiedDocumentsIndexed, numberOfDocumentsDeleted, numberOfDocumentsSkipped } = second.statistics;
  assert.deepEqual([numberOfModifiedDocumentsIndexed, numberOfDocumentsDeleted, numberOfDocumentsSkipped], [1, 1, 1]);

  // What is not there fails the job, and takes nothing away.
  await rename(folder, `${folder}-away`);
  const third = await synced(knowledgeBaseId, dataSourceId);
  assert.equal(third.status, "FAILED");
  assert.match(third.failureReasons[0], /is not there/);
  assert.deepEqual(await ask(knowledgeBaseId, "working"), ["delivery.html"]);

  const all = { ...which };
  const jobs = await send(new agent.ListIngestionJobsCommand(all));
  assert.deepEqual(jobs.ingestionJobSummaries.map((found) => found.status), ["FAILED", "COMPLETE", "COMPLETE"]);
  const filters = [{ attribute: "STATUS", operator: "EQ", values: ["FAILED"] }];
  assert.equal((await send(new agent.ListIngestionJobsCommand({ ...all, filters }))).ingestionJobSummaries.length, 1);
  const sortBy = { attribute: "STARTED_AT", order: "ASCENDING" };
  const page = await send(new agent.ListIngestionJobsCommand({ ...all, sortBy, maxResults: 1 }));
  assert.equal(page.ingestionJobSummaries[0].ingestionJobId, job.ingestionJobId);
  const next = await send(new agent.ListIngestionJobsCommand({ ...all, sortBy, nextToken: page.nextToken }));
  assert.equal(next.ingestionJobSummaries.length, 2);
  const byStatus = await send(new agent.ListIngestionJobsCommand({ ...all, sortBy: { attribute: "STATUS", order: "DESCENDING" } }));
  assert.deepEqual(byStatus.ingestionJobSummaries.map((found) => found.status), ["FAILED", "COMPLETE", "COMPLETE"]);

  const known = { ...which, ingestionJobId: job.ingestionJobId };
  await conflict(new agent.StopIngestionJobCommand(known), /ended already/);
  for (const Command of [agent.GetIngestionJobCommand, agent.StopIngestionJobCommand]) {
    await unknown(new Command({ ...known, ingestionJobId: NOBODY }));
    await invalid(new Command({ ...known, ingestionJobId: "short" }));
  }
  for (const Command of [agent.StartIngestionJobCommand, agent.ListIngestionJobsCommand, agent.ListKnowledgeBaseDocumentsCommand]) {
    await unknown(new Command({ ...which, dataSourceId: NOBODY }));
    await invalid(new Command({ ...which, dataSourceId: "short" }));
  }
});

test("a job is stopped, and there is one at a time", async () => {
  const contents = Object.fromEntries([...Array(150).keys()].map((at) => [`${at}.html`, `<p>Page ${at} of many</p>`]));
  await files("many", contents);
  const { knowledgeBaseId } = await createBase("many");
  const { dataSourceId } = await createSource(knowledgeBaseId, "files", s3("many"));
  const which = { knowledgeBaseId, dataSourceId };
  const { ingestionJob } = await send(new agent.StartIngestionJobCommand(which));
  await conflict(new agent.StartIngestionJobCommand(which), /already/);
  const job = { ...which, ingestionJobId: ingestionJob.ingestionJobId };
  const stopping = await send(new agent.StopIngestionJobCommand(job));
  assert.ok(["STOPPING", "STOPPED"].includes(stopping.ingestionJob.status), stopping.ingestionJob.status);
  assert.equal((await ended(job)).status, "STOPPED");
});

test("documents are given, looked at and deleted one by one", async () => {
  await files("objects", { "note.txt": "Umbrellas are free.", "meta.json": JSON.stringify({ metadataAttributes: { a: ["b"] } }) });
  const { knowledgeBaseId } = await createBase("given");
  const { dataSourceId } = await createSource(knowledgeBaseId, "given", custom);
  const which = { knowledgeBaseId, dataSourceId };
  const inline = (id, inlineContent, metadata) => ({
    content: { dataSourceType: "CUSTOM", custom: { customDocumentIdentifier: { id }, sourceType: "IN_LINE", inlineContent } },
    metadata,
  });
  const text = (data) => ({ type: "TEXT", textContent: { data } });
  const bytes = (mimeType, data) => ({ type: "BYTE", byteContent: { mimeType, data: Buffer.from(data) } });
  const attributes = [
    { key: "country", value: { type: "STRING", stringValue: "de" } },
    { key: "year", value: { type: "NUMBER", numberValue: 2026 } },
    { key: "public", value: { type: "BOOLEAN", booleanValue: true } },
    { key: "words", value: { type: "STRING_LIST", stringListValue: ["a", "b"] } },
  ];
  const documents = [
    inline("lamp", text("Lamps are bright."), { type: "IN_LINE_ATTRIBUTE", inlineAttributes: attributes }),
    inline("table", bytes("text/csv", "item,price\nTable,10\n"), { type: "S3_LOCATION", s3Location: { uri: "s3://objects/meta.json" } }),
    inline("broken", bytes("application/pdf", "%PDF-1.7")),
    { content: { dataSourceType: "CUSTOM", custom: { customDocumentIdentifier: { id: "note" }, sourceType: "S3_LOCATION", s3Location: { uri: "s3://objects/note.txt" } } } },
  ];
  const given = await send(new agent.IngestKnowledgeBaseDocumentsCommand({ ...which, documents, clientToken: TOKEN }));
  assert.deepEqual(given.documentDetails.map((detail) => detail.identifier.custom.id), ["lamp", "table", "broken", "note"]);
  const details = await settled(which, ["lamp", "table", "broken", "note", "nothing"]);
  assert.deepEqual(details.map((detail) => detail.status), ["INDEXED", "INDEXED", "FAILED", "INDEXED", "NOT_FOUND"]);
  assert.match(details[2].statusReason, /broken PDF/);
  assert.ok(details[0].updatedAt instanceof Date);
  assert.deepEqual(await ask(knowledgeBaseId, "umbrellas"), ["note"]);
  const kept = await (await api("GET", `/api/knowledge-bases/${knowledgeBaseId}/documents`)).json();
  const lamp = kept.documents.find((document) => document.title === "lamp");
  assert.deepEqual(lamp.metadata, { country: "de", year: 2026, public: true, words: ["a", "b"] });
  assert.deepEqual(kept.documents.find((document) => document.title === "table").metadata, { a: ["b"] });

  const listed = await send(new agent.ListKnowledgeBaseDocumentsCommand({ ...which, maxResults: 3 }));
  assert.deepEqual(listed.documentDetails.map((detail) => detail.identifier.custom.id), ["broken", "lamp", "note"]);
  const rest = await send(new agent.ListKnowledgeBaseDocumentsCommand({ ...which, nextToken: listed.nextToken }));
  assert.deepEqual(rest.documentDetails.map((detail) => detail.identifier.custom.id), ["table"]);
  assert.equal(rest.nextToken, undefined);

  const named = (...ids) => ({ ...which, documentIdentifiers: ids.map((id) => ({ dataSourceType: "CUSTOM", custom: { id } })) });
  const deleted = await send(new agent.DeleteKnowledgeBaseDocumentsCommand(named("lamp", "nothing")));
  assert.deepEqual(deleted.documentDetails.map((detail) => detail.status), ["DELETING", "NOT_FOUND"]);
  assert.deepEqual(await ask(knowledgeBaseId, "lamps"), []);

  const one = (document) => new agent.IngestKnowledgeBaseDocumentsCommand({ ...which, documents: [document] });
  await invalid(one(inline("x", bytes("image/png", "x"))), /Files that are read/);
  await invalid(one({ content: { dataSourceType: "S3", s3: { s3Location: { uri: "s3://objects/note.txt" } } } }), /The data source is CUSTOM/);
  await invalid(one(inline("x", text("x"), { type: "S3_LOCATION", s3Location: { uri: "s3://objects/none.json" } })), /metadata/);
  const s3Named = { ...which, documentIdentifiers: [{ dataSourceType: "S3", s3: { uri: "s3://objects/note.txt" } }] };
  for (const Command of [agent.GetKnowledgeBaseDocumentsCommand, agent.DeleteKnowledgeBaseDocumentsCommand]) {
    await invalid(new Command(s3Named), /The data source is CUSTOM/);
    await unknown(new Command({ ...named("x"), dataSourceId: NOBODY }));
  }
  await unknown(new agent.IngestKnowledgeBaseDocumentsCommand({ ...which, dataSourceId: NOBODY, documents: [inline("x", text("x"))] }));
  await invalid(new agent.StartIngestionJobCommand(which), /given one by one/);
});

test("objects of a source are given one by one too", async () => {
  await files("single", { "one.txt": "Kettles boil.", "two.txt": "Cups are blue." });
  const { knowledgeBaseId } = await createBase("single");
  const { dataSourceId } = await createSource(knowledgeBaseId, "files", s3("single"));
  const which = { knowledgeBaseId, dataSourceId };
  const uri = "s3://single/one.txt";
  const documents = [{ content: { dataSourceType: "S3", s3: { s3Location: { uri } } } }];
  await send(new agent.IngestKnowledgeBaseDocumentsCommand({ ...which, documents }));
  const documentIdentifiers = [{ dataSourceType: "S3", s3: { uri } }];
  for (let tries = 0; ; tries++) {
    const { documentDetails } = await send(new agent.GetKnowledgeBaseDocumentsCommand({ ...which, documentIdentifiers }));
    if (documentDetails[0].status === "INDEXED") break;
    assert.ok(tries < 200, documentDetails[0].status);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(await ask(knowledgeBaseId, "kettles"), ["one.txt"]);
  assert.deepEqual(await ask(knowledgeBaseId, "cups"), []);
});
