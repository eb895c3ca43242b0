// A model provider under the test's control: the OpenAI chat completions protocol, on loopback, with a script for answers.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Starts the upstream. It embeds as well: a text's vector holds its length and its number of words, then ones.
 *
 * `answer(request, number)` decides about each completion; `request` is the body as it came, `number` counts from 0. It
 * returns, or promises, an object of:
 *  - `text`: the answer, sent in one piece, or `chunks`: the pieces of it;
 *  - `toolCalls`: `[{ name, arguments }]`;
 *  - `usage`: `{ prompt_tokens, completion_tokens }`, else counted in words;
 *  - `finish`: the finish reason, else `stop` (or `tool_calls`);
 *  - `delayMs`: before the first byte, `chunkDelayMs`: before each further piece;
 *  - `status`, `error`, `headers`: an error answer, such as 429 with `Retry-After`;
 *  - `malformed`: a piece of the stream (or the body) that is no JSON;
 *  - `cut`: the connection is destroyed after the first piece;
 *  - `barrier`: from `barrier()`; holds the answer after its first piece.
 *
 * Returns `{ url, baseUrl, requests, embeddings, inFlight, most, closed, stop, setAnswer }`.
 */
export async function startUpstream(answer = () => ({ text: "ok" }), { models = ["test-model"] } = {}) {
  const state = { answer, models, requests: [], embeddings: [], inFlight: 0, most: 0, closed: 0, watchers: new Set() };
  const server = createServer((request, response) => {
    handle(state, request, response).catch((error) => {
      // A mistake in a test's script: it shows as a failed call, with the reason.
      if (response.headersSent) response.destroy(error);
      else sendJson(response, 500, { error: { message: `the test's script failed: ${error.stack}`, type: "script" } });
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;

  return {
    url,
    /** What a connection is given as its address. */
    baseUrl: `${url}/v1`,
    /** Each completion asked for: `{ body, headers, at, closedEarly }`, in the order of arrival. */
    requests: state.requests,
    /** The bodies of the embeddings asked for. */
    embeddings: state.embeddings,
    /** How many are being answered now, and how many were at most at once. */
    inFlight: () => state.inFlight,
    most: () => state.most,
    /** How many connections the client closed before its answer was whole. */
    closed: () => state.closed,
    setAnswer: (next) => (state.answer = next),
    /** Waits until `condition(upstream state)` holds; looks again with each request, end and disconnection. */
    until: (condition, limitMs = 10_000) => until(state, condition, limitMs),
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/**
 * Holds answers after their first piece, until released: the moment at which a test can look at a run in the middle.
 * `await held(2)` waits until two answers are held; `release()` lets all go, those to come as well.
 */
export function barrier() {
  let open;
  const gate = new Promise((resolve) => (open = resolve));
  const watchers = new Set();
  let count = 0;
  return {
    count: () => count,
    release: () => open(),
    async held(wanted = 1, limitMs = 10_000) {
      const deadline = Date.now() + limitMs;
      while (count < wanted) {
        if (Date.now() > deadline) throw new Error(`${count} of ${wanted} answers are held after ${limitMs} ms`);
        await Promise.race([new Promise((resolve) => watchers.add(resolve)), sleep(50)]);
      }
    },
    /** For the upstream: waits at the barrier, or until the client has gone. */
    async wait(gone) {
      count += 1;
      for (const wake of watchers) wake();
      watchers.clear();
      await Promise.race([gate, gone]);
      count -= 1;
    },
  };
}

async function handle(state, request, response) {
  const path = new URL(request.url, "http://upstream").pathname;
  if (request.method === "GET" && path === "/v1/models") {
    const data = state.models.map((id) => ({ id, object: "model", created: 0, owned_by: "test" }));
    return sendJson(response, 200, { object: "list", data });
  }
  if (request.method === "POST" && path === "/v1/chat/completions") return complete(state, request, response);
  if (request.method === "POST" && path === "/v1/embeddings") return embed(state, request, response);
  return sendJson(response, 404, { error: { message: `no ${request.method} ${path} here`, type: "invalid_request_error" } });
}

async function embed(state, request, response) {
  const body = await json(request);
  state.embeddings.push(body);
  const vector = (text) => {
    const length = body.dimensions ?? 4;
    return [text.length, words(text), ...Array(length - 2).fill(1)];
  };
  const data = body.input.map((text, index) => ({ object: "embedding", index, embedding: vector(text) }));
  const prompt_tokens = body.input.reduce((sum, text) => sum + words(text), 0);
  sendJson(response, 200, { object: "list", model: body.model, data, usage: { prompt_tokens, total_tokens: prompt_tokens } });
}

async function complete(state, request, response) {
  const record = { body: await json(request), headers: request.headers, at: Date.now(), closedEarly: false };
  const number = state.requests.push(record) - 1;
  state.inFlight += 1;
  state.most = Math.max(state.most, state.inFlight);
  const gone = new Promise((resolve) =>
    response.once("close", () => {
      state.inFlight -= 1;
      if (!response.writableFinished && !record.cut) {
        record.closedEarly = true;
        state.closed += 1;
      }
      wake(state);
      resolve();
    }),
  );
  wake(state);

  const scripted = await state.answer(record.body, number);
  const rule = typeof scripted === "string" ? { text: scripted } : scripted;
  if (rule.delayMs) await Promise.race([sleep(rule.delayMs), gone]);
  if (response.destroyed) return;
  if (rule.cut) record.cut = true;
  if (rule.status && rule.status >= 400) {
    for (const [name, value] of Object.entries(rule.headers ?? {})) response.setHeader(name, value);
    const type = rule.status === 429 ? "rate_limit_error" : "server_error";
    return sendJson(response, rule.status, rule.error ?? { error: { message: `scripted ${rule.status}`, type } });
  }
  if (record.body.stream) await stream(record.body, rule, number, response, gone);
  else await whole(record.body, rule, number, response, gone);
}

async function whole(body, rule, number, response, gone) {
  if (rule.barrier) await rule.barrier.wait(gone);
  if (response.destroyed) return;
  if (rule.malformed) return response.writeHead(200, { "content-type": "application/json" }).end('{"choices": [{');
  if (rule.cut) {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" }).write('{"choices": ');
    return response.destroy();
  }
  const message = { role: "assistant", content: rule.toolCalls ? null : pieces(rule).join("") };
  if (rule.toolCalls) message.tool_calls = toolCalls(rule, number);
  const choice = { index: 0, message, finish_reason: finish(rule), logprobs: null };
  sendJson(response, 200, { ...head("chat.completion", body, number), choices: [choice], usage: usage(body, rule) });
}

async function stream(body, rule, number, response, gone) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  const send = (data) => response.write(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);
  const chunk = (choices, more = {}) => send({ ...head("chat.completion.chunk", body, number), choices, ...more });
  const delta = (content, finish_reason = null) => chunk([{ index: 0, delta: content, finish_reason, logprobs: null }]);

  delta({ role: "assistant", content: "" });
  for (const [index, content] of pieces(rule).entries()) {
    if (index > 0 && rule.chunkDelayMs) await Promise.race([sleep(rule.chunkDelayMs), gone]);
    if (response.destroyed) return;
    delta({ content });
    if (index > 0) continue;
    if (rule.barrier) await rule.barrier.wait(gone);
    if (response.destroyed) return;
    if (rule.cut) {
      // What was written has to leave first: the client shall see half an answer, not none.
      await sleep(50);
      return response.destroy();
    }
    if (rule.malformed) send('{"choices": [{"delta": {"content": "ha');
  }
  for (const [index, call] of toolCalls(rule, number).entries()) delta({ tool_calls: [{ index, ...call }] });
  delta({}, finish(rule));
  if (body.stream_options?.include_usage) chunk([], { usage: usage(body, rule) });
  send("[DONE]");
  response.end();
}

function pieces(rule) {
  return rule.chunks ?? (rule.toolCalls && rule.text === undefined ? [] : [rule.text ?? ""]);
}

function toolCalls(rule, number) {
  return (rule.toolCalls ?? []).map((call, index) => ({
    id: call.id ?? `call_${number}_${index}`,
    type: "function",
    function: {
      name: call.name,
      arguments: typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments ?? {}),
    },
  }));
}

function finish(rule) {
  return rule.finish ?? (rule.toolCalls ? "tool_calls" : "stop");
}

function head(object, body, number) {
  return { id: `chatcmpl-test-${number}`, object, created: 1_700_000_000, model: body.model };
}

function words(text) {
  return text.split(/\s+/).filter(Boolean).length;
}

function usage(body, rule) {
  const prompt_tokens = rule.usage?.prompt_tokens ?? words(JSON.stringify(body.messages ?? []));
  const completion_tokens = rule.usage?.completion_tokens ?? words(pieces(rule).join(""));
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

async function json(request) {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  return JSON.parse(text);
}

function sendJson(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function wake(state) {
  for (const resolve of state.watchers) resolve();
  state.watchers.clear();
}

async function until(state, condition, limitMs) {
  const deadline = Date.now() + limitMs;
  while (!condition(state)) {
    if (Date.now() > deadline) throw new Error(`the upstream waited ${limitMs} ms in vain for: ${condition}`);
    await Promise.race([new Promise((resolve) => state.watchers.add(resolve)), sleep(50)]);
  }
}
