// Pictures of the pages, light and dark, to look at: node screenshots.mjs FOLDER
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { chromium } from "@playwright/test";

import config from "./playwright.config.mjs";
import { Editor } from "./support/editor.mjs";
import { TEMPLATE, drop } from "./support/files.mjs";
import { barrier } from "./support/upstream.mjs";
import { isConstrained, signIn, startWorld, triage } from "./support/world.mjs";

const [folder = "screenshots"] = process.argv.slice(2);
const ANSWER = [
  "I am truly sorry that your parcel is two weeks late and that nobody wrote back to you. ",
  "I have put a trace on it, and you will hear from me today.",
];
const answer = (request) => (isConstrained(request) ? triage(request) : { chunks: ANSWER });

await mkdir(folder, { recursive: true });
const world = await startWorld(answer);
const browser = await chromium.launch(config.use.launchOptions);
try {
  const prepared = await prepare();
  for (const colorScheme of ["light", "dark"]) await shoot(prepared, colorScheme);
} finally {
  await browser.close();
  await world.stop();
}

/** A flow with two versions, a changed draft and some runs, and a few more flows. */
async function prepare() {
  const flow = await world.create({ template: "support-triage" });
  const change = async (from, to) => {
    const { revision, definition, extensions } = await (await world.api("GET", `/api/flows/${flow.id}`)).json();
    const text = JSON.stringify({ definition, extensions });
    if (!text.includes(from)) throw new Error(`the template has no ${from}`);
    await world.save(flow.id, revision, JSON.parse(text.replace(from, to)));
  };
  await world.api("POST", `/api/flows/${flow.id}/publish`, { description: "First working triage" });
  await change("in two short sentences. Apologise first", "in one short sentence. Apologise");
  await world.api("POST", `/api/flows/${flow.id}/publish`, { description: "Shorter replies" });
  await change('"maxTokens":70', '"maxTokens":120');
  const call = (input) => world.api("POST", `/api/flows/${flow.id}/aliases/live/invoke`, { input });
  for (const input of ["My parcel is late!", "Where is my invoice?", "Nobody answers me."]) await call(input);
  world.upstream.setAnswer(() => ({ status: 429, headers: { "Retry-After": "7" } }));
  await call("Is anyone there?");
  world.upstream.setAnswer(answer);
  const { id: loose } = await world.create({ title: "Nightly summary" });
  await world.create({ template: "answer-from-documents" });
  return { flow, loose };
}

async function shoot({ flow, loose }, colorScheme) {
  const context = await browser.newContext({ colorScheme, viewport: config.use.viewport });
  const page = await context.newPage();
  const editor = new Editor(page);
  const take = (name) => page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  await signIn(page, world);
  await page.getByRole("link", { name: "Nightly summary" }).waitFor();
  await take("flows");

  await editor.open(`${world.url}/flows/${flow.id}`);
  await editor.select("ClassifyTone");
  await take("editor");

  const held = barrier();
  world.upstream.setAnswer((request) => (isConstrained(request) ? triage(request) : { chunks: ANSWER, barrier: held }));
  await editor.send("My parcel is two weeks late and nobody answers my mails!");
  await held.held();
  await editor.pane.getByText("truly sorry").first().waitFor();
  await take("running");
  held.release();
  await editor.pane.getByText("hear from me").first().waitFor();
  await editor.line("Deescalate").click();
  await take("ran");
  world.upstream.setAnswer(answer);

  for (const tab of ["Output", "Compare"]) {
    await editor.pane.getByRole("tab", { name: tab }).click();
    await take(`test-${tab.toLowerCase()}`);
  }
  await editor.pane.getByRole("tab", { name: "Test" }).click();
  await editor.node("Deescalate").getByRole("heading").click();
  await editor.inspector.getByRole("tab", { name: "Last run" }).click();
  await take("last-run");
  await editor.inspector.getByRole("tab", { name: "Configure" }).click();

  await editor.button("Publish").click();
  await page.getByRole("dialog").waitFor();
  await take("publish");
  const others = {
    versions: [`/flows/${flow.id}/versions`, page.getByRole("region", { name: "What changed" }).getByRole("article").first()],
    templates: ["/templates", page.getByRole("list", { name: "Templates" })],
    executions: ["/executions", page.getByRole("table")],
    agents: ["/agents", page.getByRole("region", { name: "MCP servers" })],
    connections: ["/connections", page.getByRole("region", { name: "Your connections" })],
    knowledge: ["/knowledge", page.getByRole("list", { name: "Knowledge bases" })],
    connect: ["/connect", page.getByRole("region", { name: "Snippet" })],
    settings: ["/settings", page.getByRole("button", { name: "Sign out" })],
  };
  for (const [name, [path, sign]] of Object.entries(others)) {
    await page.goto(world.url + path);
    await sign.waitFor();
    await take(name);
  }
  await page.getByRole("link", { name: "Executions" }).click();
  await page.getByRole("row").nth(1).getByRole("link").click();
  await page.getByRole("region", { name: "Trace" }).waitFor();
  await take("execution");
  await page.goto(`${world.url}/flows/${flow.id}/versions`);
  await page.getByRole("button", { name: "Use it" }).first().click();
  await page.getByRole("region", { name: "Snippet" }).waitFor();
  await take("use-it");
  const more = {
    "flows-empty-search": ["/", async () => page.getByRole("searchbox").fill("nothing like it")],
    "flow-menu": ["/", () => page.getByRole("button", { name: "Actions for Support triage" }).click()],
    import: ["/", async () => {
      // Before the app is there, nothing takes what is dropped.
      await page.getByRole("button", { name: "New flow" }).waitFor();
      await drop(page, TEMPLATE);
      await page.getByText(/^Not taken over/).first().click();
    }],
    export: ["/", async () => {
      await page.getByRole("button", { name: "Actions for Support triage" }).click();
      await page.getByRole("menuitem", { name: "Export…" }).click();
      await page.getByRole("radio", { name: /CloudFormation/ }).check();
      await page.getByRole("region", { name: "On AWS" }).waitFor();
    }],
    "new-flow": ["/", () => page.getByRole("button", { name: "New flow" }).click()],
    "executions-none": ["/executions?status=TimedOut", () => page.getByText("No execution is like that.").waitFor()],
    "execution-failed": ["/executions?status=Failed", () => page.getByRole("row").nth(1).getByRole("link").click()],
    "execution-missing": ["/executions/absent", () => page.getByRole("alert").waitFor()],
    "versions-none": [`/flows/${loose}/versions`, () => page.getByText("Nothing is published yet.").waitFor()],
    "versions-menu": [`/flows/${flow.id}/versions`, () => page.getByRole("button", { name: "Actions for version 1" }).click()],
    "alias-delete": [`/flows/${flow.id}/versions`, () => page.getByRole("button", { name: "Delete the alias live" }).click()],
    "publish-problems": [`/flows/${loose}/versions`, () => page.getByRole("button", { name: "Publish…" }).click()],
    "connection-add": ["/connections", () => page.getByRole("button", { name: "Add connection" }).click()],
    "knowledge-base": [
      "/knowledge/SAMPLEDOCS",
      async () => {
        await page.getByRole("searchbox", { name: "Question" }).fill("How long does a refund take?");
        await page.getByRole("button", { name: "Find passages" }).click();
        await page.getByRole("list", { name: "Passages" }).waitFor();
      },
    ],
    "document-passages": ["/knowledge/SAMPLEDOCS", () => page.getByRole("button", { name: "Refunds", exact: true }).click()],
    "vector-store": ["/connections", () => page.getByRole("button", { name: "Add a vector store" }).click()],
    "bucket-store": ["/connections", () => page.getByRole("button", { name: "Lead a bucket to a store" }).click()],
    missing: ["/nowhere", () => page.getByRole("heading").waitFor()],
  };
  for (const [name, [path, act]] of Object.entries(more)) {
    await page.goto(world.url + path);
    await act();
    await page.waitForTimeout(300);
    await take(name);
  }
  await context.close();
}
