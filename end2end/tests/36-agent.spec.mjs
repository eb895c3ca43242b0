// Agents: one is made on its page, chosen at a node, asks back in the test pane and is answered there; its steps are in
// the trace; an ARN of elsewhere is bound where the node says that it leads nowhere.
import { createServer } from "node:http";

import { expect, test } from "@playwright/test";

import { accessible } from "../support/axe.mjs";
import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

const FOREIGN = "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT12345/ALIAS12345";
const FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:prices";

/** Asks which brakes, looks their price up, and answers; with the terms at hand, looks those up. */
function desk(request) {
  const last = request.messages.at(-1);
  const tools = request.messages.filter((message) => message.role === "tool");
  if (request.tools?.some((tool) => tool.function.name === "terms")) {
    if (tools.length === 0) return { toolCalls: [{ name: "terms", arguments: { query: "tune-up" } }] };
    return { chunks: [last.content] };
  }
  if (tools.length === 0) return { toolCalls: [{ name: "ask_user", arguments: { question: "Rims or discs?" } }] };
  if (tools.length === 1) return { text: "Let me see.", toolCalls: [{ name: "price", arguments: { part: last.content } }] };
  return { chunks: ["They cost ", `${last.content} euros.`] };
}

/** Two tools over MCP, as plain JSON. */
function mcp(message) {
  const result = {
    initialize: { protocolVersion: message.params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "t", version: "1" } },
    "tools/list": {
      tools: [
        { name: "weather", description: "The weather of a city", inputSchema: { type: "object" } },
        { name: "news", description: "The news", inputSchema: { type: "object" } },
      ],
    },
  }[message.method];
  return result && { jsonrpc: "2.0", id: message.id, result };
}

async function listen(answer) {
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    const body = answer(text ? JSON.parse(text) : {});
    if (body === undefined) return response.writeHead(202).end();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()));
  return { url: `http://127.0.0.1:${server.address().port}/`, stop };
}

let world, prices, town, editor, watched;
test.beforeAll(async () => {
  world = await startWorld(desk);
  prices = await listen((event) => (event.arguments.part === "discs" ? 80 : 45));
  town = await listen(mcp);
  await world.api("PUT", `/api/functions/${encodeURIComponent(FUNCTION)}`, { url: prices.url });
});
test.afterAll(async () => {
  await world?.stop();
  await prices?.stop();
  await town?.stop();
});
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
});
test.afterEach(() => watched.expectNone());

test("an agent is made, with a function as its tool", async ({ page }) => {
  await page.getByRole("link", { name: "Agents" }).click();
  await expect(page.getByRole("heading", { name: "An agent is a model that works on its own" })).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "Make the first agent" }).click();
  const dialog = page.getByRole("dialog", { name: "New agent" });
  await dialog.getByLabel("Name", { exact: true }).fill("Front desk");
  await dialog.getByLabel("What it is for").fill("Answers customers");
  await dialog.getByLabel("Instructions").fill("You are the front desk of a bicycle workshop.");
  await dialog.getByRole("button", { name: "Function", exact: true }).click();
  await dialog.getByLabel("Tool name").fill("price");
  await dialog.getByLabel("When to use it").fill("Looks the price of a part up");
  await dialog.getByLabel("Function ARN").fill(FUNCTION);
  await dialog.getByLabel("Parameters, as JSON schema").fill("{");
  await dialog.getByText("It may ask the person who called the flow").click();
  await accessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The parameters of price are no JSON yet");
  await dialog
    .getByLabel("Parameters, as JSON schema")
    .fill('{"type": "object", "properties": {"part": {"type": "string"}}, "required": ["part"]}');
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  const list = page.getByRole("region", { name: "Agents" });
  await expect(list).toContainText("the default model · price, asks back · at most 10 steps");

  await list.getByRole("button", { name: "Edit Front desk" }).click();
  const edit = page.getByRole("dialog", { name: "Edit Front desk" });
  await expect(edit.getByLabel("Tool name")).toHaveValue("price");
  await edit.getByLabel("Steps at most").fill("12");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(list).toContainText("at most 12 steps");
});

test("an agent asks back in the test pane, and its steps are in the trace", async ({ page }) => {
  const { id } = await world.create({ title: "Desk" });
  await editor.open(`${world.url}/flows/${id}`);
  await editor.node("FlowInputNode").click();
  await editor.palette.getByRole("button", { name: "Agent" }).click();
  await expect(editor.issue("Agent_1")).toBeVisible();
  await editor.connect("Agent_1 output agentResponse", "FlowOutputNode input document");
  await editor.select("Agent_1");
  await editor.field("Agent").selectOption({ label: "Front desk" });
  await editor.noProblems();
  await expect(editor.node("Agent_1")).toContainText("Front desk");

  await editor.send("What do new brakes cost?");
  await expect(editor.status).toContainText("Waits for an answer");
  await expect(editor.pane.getByText("Agent_1 asks").first()).toBeVisible();
  await expect(editor.pane.getByText("Rims or discs?").first()).toBeVisible();
  await expect(editor.input).toHaveAttribute("placeholder", "Answer the question");
  await accessible(page);
  await editor.send("discs");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("They cost 80 euros.").first()).toBeVisible();

  await editor.line("Agent_1").click();
  const steps = editor.pane.getByRole("list");
  await expect(steps.getByText("called ask_user")).toBeVisible();
  await steps.getByText("price", { exact: true }).click();
  await expect(steps).toContainText("function prices");
  await expect(steps).toContainText('"part": "discs"');
  await accessible(page);

  // A question that nobody wants to answer any more.
  await editor.send("And rims?");
  await expect(editor.status).toContainText("Waits for an answer");
  await editor.pane.getByRole("button", { name: "End run" }).click();
  await expect(editor.status).toContainText("Stopped");
  await expect(editor.input).toHaveAttribute("placeholder", "Send another input");
});

test("an agent looks things up in a knowledge base, and the trace shows what it found", async ({ page }) => {
  const base = await (await world.api("POST", "/api/knowledge-bases", { name: "Workshop terms" })).json();
  const text = "A tune-up takes two days.";
  await world.api("POST", `/api/knowledge-bases/${base.id}/documents`, { title: "Tune-ups", text });
  await page.goto(`${world.url}/agents`);
  await page.getByRole("button", { name: "New agent" }).click();
  const dialog = page.getByRole("dialog", { name: "New agent" });
  await dialog.getByLabel("Name", { exact: true }).fill("Clerk");
  await dialog.getByLabel("Instructions").fill("You know the terms of a bicycle workshop.");
  await dialog.getByRole("button", { name: "Knowledge base", exact: true }).click();
  await dialog.getByLabel("Tool name").fill("terms");
  await dialog.getByLabel("When to use it").fill("Has the workshop's terms");
  await dialog.getByRole("combobox", { name: "Knowledge base" }).selectOption({ label: "Workshop terms" });
  await accessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  const list = page.getByRole("region", { name: "Agents" });
  await expect(list).toContainText("the default model · terms · at most 10 steps");
  await list.getByRole("button", { name: "Edit Clerk" }).click();
  const chosen = page.getByRole("dialog", { name: "Edit Clerk" }).getByRole("combobox", { name: "Knowledge base" });
  await expect(chosen).toHaveValue(base.id);

  const agents = (await (await world.api("GET", "/api/agents")).json()).agents;
  const { id, definition } = await world.create({ title: "Clerk", template: "front-desk" });
  definition.nodes.find((node) => node.type === "Agent").configuration.agent.agentAliasArn =
    agents.find((agent) => agent.name === "Clerk").arn;
  await world.save(id, 1, { definition, extensions: {} });
  await editor.open(`${world.url}/flows/${id}`);
  await editor.select("FrontDesk");
  await editor.send("How long is a tune-up?");
  await expect(editor.status).toContainText("Succeeded");
  await editor.line("FrontDesk").click();
  const steps = editor.pane.getByRole("list");
  await steps.getByText("terms", { exact: true }).click();
  await expect(steps).toContainText(`knowledge base ${base.id}, 1 passage of Tune-ups`);
  await expect(steps).toContainText(text);
  await accessible(page);
});

test("a question is answered on the execution's page too", async ({ page }) => {
  const agents = await (await world.api("GET", "/api/agents")).json();
  const { id, definition } = await world.create({ title: "Elsewhere", template: "front-desk" });
  definition.nodes.find((node) => node.type === "Agent").configuration.agent.agentAliasArn = agents.agents.find(
    (agent) => agent.name === "Front desk",
  ).arn;
  const saved = await world.save(id, 1, { definition, extensions: {} });
  expect(saved.ok).toBe(true);
  const asked = await (await world.api("POST", `/api/flows/${id}/draft/invoke`, { input: "Brakes?" })).json();
  expect(asked.status).toBe("InputRequired");
  await page.goto(`${world.url}/executions/${asked.executionId}`);
  await page.getByLabel("FrontDesk asks: Rims or discs?").fill("rims");
  await accessible(page);
  await page.getByRole("button", { name: "Answer", exact: true }).click();
  await expect(page.getByText("They cost 45 euros.").first()).toBeVisible();
  await expect(page.getByText("Succeeded", { exact: true })).toBeVisible();
});

test("an agent of elsewhere is bound where the node says that it is not", async ({ page }) => {
  const { id, definition } = await world.create({ title: "Imported", template: "front-desk" });
  definition.nodes.find((node) => node.type === "Agent").configuration.agent.agentAliasArn = FOREIGN;
  await world.save(id, 1, { definition, extensions: {} });
  await editor.open(`${world.url}/flows/${id}`);
  await expect(editor.issue("FrontDesk")).toHaveText("No agent answers for this ARN yet.");
  await editor.select("FrontDesk");
  await editor.inspector.getByRole("button", { name: "Bind it" }).click();
  const dialog = page.getByRole("dialog", { name: "Bind an agent" });
  await expect(dialog.getByLabel("Alias ARN")).toHaveValue(FOREIGN);
  await dialog.getByLabel("Answered by").selectOption({ index: 0 });
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(editor.issue("FrontDesk")).toHaveCount(0);
  await page.goto(`${world.url}/agents`);
  await expect(page.getByRole("region", { name: "Answer for agents of elsewhere" })).toContainText(FOREIGN);
});

test("an MCP server is added, and says what it has", async ({ page }) => {
  await page.getByRole("link", { name: "Agents" }).click();
  const list = page.getByRole("region", { name: "MCP servers" });
  await expect(list).toContainText("None yet.");
  await list.getByRole("button", { name: "Add a server" }).click();
  const dialog = page.getByRole("dialog", { name: "Add an MCP server" });
  await dialog.getByLabel("Name", { exact: true }).fill("town");
  await dialog.getByLabel("Address").fill(town.url);
  await dialog.getByRole("button", { name: "Save" }).click();
  await list.getByRole("button", { name: "List the tools of town" }).click();
  await expect(list.getByRole("status")).toContainText("It has 2 tools.");
  await expect(list).toContainText("The weather of a city");
  await accessible(page);
  await list.getByRole("button", { name: "Delete town" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(list).toContainText("None yet.");
});
