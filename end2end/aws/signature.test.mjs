// AWS's own signer for JavaScript against the server, over HTTP: what it signed is let in, and nothing that was
// changed after.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { Agent, request as send } from "node:http";
import { after, before, test } from "node:test";

import { SignatureV4 } from "@smithy/signature-v4";

import { start } from "./support.mjs";

const COUNT = 5_000;

let world;
before(async () => {
  world = await start();
});
after(() => world?.stop());

/** SHA-256 as the signer asks for it. */
class Sha256 {
  constructor(secret) {
    this.hash = secret ? createHmac("sha256", secret) : createHash("sha256");
  }
  update(data) {
    this.hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.hash.digest());
  }
}

/** Numbers that look random and are the same every time. */
function dice(seed) {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const PATH = ["a", "Z", "0", "-", "_", "~", ".x", "%3A", "%2F", "%20", "%C3%A9", "%25", "%2B"];
const QUERY = ["a", "B", "9", "-", "~", " ", "/", "=", "é", "+", "&", "*"];
const VALUE = ["a", "B", " ", "  ", "=", ";", ",", '"', "/"];
const BODY = ["{", "}", '"', "x", "é", "\n"];

function drawn(roll, url) {
  const text = (most, pieces) => Array.from({ length: 1 + roll(most) }, () => pieces[roll(pieces.length)]).join("");
  const parts = Array.from({ length: 1 + roll(4) }, () => text(5, PATH));
  const query = Object.fromEntries(Array.from({ length: roll(4) }, () => [text(2, QUERY), text(3, QUERY)]));
  const method = ["GET", "POST", "PUT", "DELETE"][roll(4)];
  const headers = { host: url.host };
  for (const name of ["content-type", "x-amz-meta", "accept", "amz-sdk-request"]) {
    if (roll(2)) headers[name] = `v${text(6, VALUE)}`.trim();
  }
  return {
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    method,
    path: `${url.pathname}/${parts.join("/")}${roll(3) ? "" : "/"}`,
    query,
    headers,
    body: method === "GET" || roll(3) === 0 ? undefined : text(30, BODY),
  };
}

/** Changes one thing that the signature covers; says what. */
function changed(signed, roll) {
  const authorization = signed.headers.authorization;
  const changes = {
    method: () => (signed.method = signed.method === "PUT" ? "POST" : "PUT"),
    path: () => (signed.path += "x"),
    query: () => (signed.query.added = "1"),
    body: () => (signed.body = `${signed.body ?? ""} `),
    "an added header of AWS's": () => (signed.headers["x-amz-added"] = "1"),
    "a digit of the signature": () => {
      const at = authorization.length - 1 - roll(64);
      const digit = authorization[at] === "0" ? "1" : "0";
      signed.headers.authorization = authorization.slice(0, at) + digit + authorization.slice(at + 1);
    },
    "a shorter signature": () => (signed.headers.authorization = authorization.slice(0, -1)),
    "host unsigned": () => (signed.headers.authorization = authorization.replace(/\bhost;/, "")),
    time: () => (signed.headers["x-amz-date"] = "20260102T030406Z"),
    "no signature": () => delete signed.headers.authorization,
  };
  const names = Object.keys(changes);
  const name = names[roll(names.length)];
  changes[name]();
  return name;
}

const connections = new Agent({ keepAlive: true, maxSockets: 1 });

/** The status and the kind of error of a request as it stands. */
function answer({ hostname, port, method, path, query, headers, body }) {
  const encoded = (text) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  const pairs = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  const target = pairs.length ? `${path}?${pairs.join("&")}` : path;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const options = { hostname, port, method, path: target, headers: { ...headers, ...length }, agent: connections };
    const outgoing = send(options, (response) => {
      response.resume();
      response.on("end", () => resolve([response.statusCode, response.headers["x-amzn-errortype"]]));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const REFUSALS = [
  "InvalidSignatureException",
  "IncompleteSignatureException",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
];

test("a request is let in exactly when AWS's signer signed it as it is", async () => {
  const url = new URL(world.settings.AWS_ENDPOINT_URL_BEDROCK_AGENT);
  const credentials = {
    accessKeyId: world.settings.AWS_ACCESS_KEY_ID,
    secretAccessKey: world.settings.AWS_SECRET_ACCESS_KEY,
  };
  const signer = new SignatureV4({ service: "bedrock", region: "us-east-1", credentials, sha256: Sha256 });
  const roll = dice(20261126);
  for (let number = 0; number < COUNT; number += 1) {
    const request = drawn(roll, url);
    const off = (roll(581) - 290) * 1000;
    const signed = await signer.sign(request, { signingDate: new Date(Date.now() + off) });
    const [status, kind] = await answer(signed);
    assert.ok(status !== 403, `${number}: ${kind} ${JSON.stringify(signed)}`);
    const what = changed(signed, roll);
    const [refused, refusal] = await answer(signed);
    assert.equal(refused, 403, `${number}: ${what} ${JSON.stringify(signed)}`);
    assert.ok(REFUSALS.includes(refusal), `${number}: ${what} ${refusal}`);
  }
  connections.destroy();
});

test("a session token, an old date, another service, another secret and another key are refused", async () => {
  const url = new URL(world.settings.AWS_ENDPOINT_URL_BEDROCK_AGENT);
  const credentials = {
    accessKeyId: world.settings.AWS_ACCESS_KEY_ID,
    secretAccessKey: world.settings.AWS_SECRET_ACCESS_KEY,
  };
  const signed = async (more, options) => {
    const signer = new SignatureV4({ service: "bedrock", region: "us-east-1", credentials, sha256: Sha256, ...more });
    return answer(await signer.sign({ ...drawn(dice(7), url), headers: { host: url.host } }, options));
  };
  const late = { signingDate: new Date(Date.now() - 301_000) };
  for (const [what, more, options, kind] of [
    ["a session token", { credentials: { ...credentials, sessionToken: "token" } }, {}, "UnrecognizedClientException"],
    ["an old date", {}, late, "InvalidSignatureException"],
    ["another service", { service: "s3" }, {}, "InvalidSignatureException"],
    ["another secret", { credentials: { ...credentials, secretAccessKey: "x" } }, {}, "InvalidSignatureException"],
    ["another key", { credentials: { ...credentials, accessKeyId: "AKIAX" } }, {}, "UnrecognizedClientException"],
  ]) {
    assert.deepEqual(await signed(more, options), [403, kind], what);
  }
  assert.notEqual((await signed({}, {}))[0], 403);
});
