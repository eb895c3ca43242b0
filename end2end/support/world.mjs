// A server whose only model is a scripted upstream, and what a person or a program does with it.
import { startServer } from "./server.mjs";
import { startUpstream } from "./upstream.mjs";

export const MODEL = "test/model";

/** Whether the chat asks for a word of a list. */
export const isConstrained = (request) => request.response_format?.type === "json_schema";

/** The last message's text. */
export const promptOf = (request) => request.messages.at(-1).content;

/** The customer's message: what follows the examples, where there are any. */
const messageOf = (request) => promptOf(request).split("Message: ").at(-1);

/** Answers as the template expects it: a tone for the classifier, else a sentence for the branch. */
export function triage(request) {
  const prompt = promptOf(request);
  if (isConstrained(request)) return { text: JSON.stringify({ answer: /late|nobody/i.test(messageOf(request)) ? "angry" : "neutral" }) };
  return /sorry|calm|upset/i.test(prompt) ? { chunks: ["We are ", "so sorry."] } : { chunks: ["Here ", "you go."] };
}

/** Starts both; `stop()` ends both. `env` is for the server. */
export async function startWorld(answer = triage, env = {}) {
  const upstream = await startUpstream(answer, { models: ["model"] });
  const server = await startServer({
    env: { ANABRANCH_CONNECTION_TEST: upstream.baseUrl, ANABRANCH_DEFAULT_MODEL: MODEL, ...env },
  }).catch(async (error) => {
    await upstream.stop();
    throw error;
  });
  return {
    server,
    upstream,
    url: server.url,
    api: caller(server),
    /** Makes a flow of a template, or whatever else the body says. */
    create: async (body) => (await call(server, "POST", "/api/flows", body)).json(),
    /** Replaces a draft. */
    save: (id, revision, draft) => call(server, "PUT", `/api/flows/${id}`, draft, { "if-match": `"${revision}"` }),
    stop: async () => {
      await server.stop();
      await upstream.stop();
    },
  };
}

/** What calls a server's API as a program does. */
export const caller = (server) => (method, path, body, headers) => call(server, method, path, body, headers);

/** A program's call with the owner's key. */
async function call(server, method, path, body, headers = {}) {
  const { ANABRANCH_API_KEY: key } = await (server.settings ??= server.env());
  return fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

/** Signs a page in by a fresh link. */
export async function signIn(page, world) {
  const link = await (await world.api("POST", "/api/session/link")).json();
  await page.goto(link.url);
  await page.getByRole("heading", { name: "Flows", exact: true }).waitFor();
}
