// Pictures of the pages, light and dark, to look at: node screenshots.mjs FOLDER
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { chromium } from "@playwright/test";

import config from "./playwright.config.mjs";
import { Editor } from "./support/editor.mjs";
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
  const flow = await prepare();
  for (const colorScheme of ["light", "dark"]) await shoot(flow, colorScheme);
} finally {
  await browser.close();
  await world.stop();
}

/** A flow with two versions, a changed draft and some runs, and a few more flows. */
async function prepare() {
  const flow = await world.create({ template: "support-triage" });
  const change = async (from, to) => {
    const { revision, definition, extensions } = await (await world.api("GET", `/api/flows/${flow.id}`)).json();
    const text = JSON.stringify({ definition, extensions }).replace(from, to);
    await world.save(flow.id, revision, JSON.parse(text));
  };
  await world.api("POST", `/api/flows/${flow.id}/publish`, { description: "First working triage" });
  await change("two or three short sentences. Say sorry", "two short sentences. Say sorry once");
  await world.api("POST", `/api/flows/${flow.id}/publish`, { description: "Shorter replies" });
  await change('"maxTokens":80', '"maxTokens":120');
  for (const input of ["My parcel is late!", "Where is my invoice?", "Nobody answers me."]) {
    await world.api("POST", `/api/flows/${flow.id}/aliases/live/invoke`, { input });
  }
  await world.create({ title: "Nightly summary" });
  return flow;
}

async function shoot(flow, colorScheme) {
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

  await editor.button("Publish").click();
  await page.getByRole("dialog").waitFor();
  await take("publish");
  const others = {
    versions: [`/flows/${flow.id}/versions`, page.getByRole("region", { name: "What changed" }).getByRole("article").first()],
    executions: ["/executions", page.getByRole("table")],
    connections: ["/connections", page.getByRole("region", { name: "Your connections" })],
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
  await context.close();
}
