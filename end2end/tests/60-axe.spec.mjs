// Every page, in both colour schemes, is free of what axe calls serious.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { signIn, startWorld } from "../support/world.mjs";

let world, flow, execution;
test.beforeAll(async () => {
  world = await startWorld();
  flow = await world.create({ template: "support-triage" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  const invoked = await world.api("POST", `/api/flows/${flow.id}/aliases/live/invoke`, { input: "It is late" });
  execution = (await invoked.json()).executionId;
  await world.create({ title: "Loose" });
});
test.afterAll(() => world?.stop());

/** What axe finds, a line each. */
async function found(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(" | ")}`);
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious, ${colorScheme}`, async ({ browser }) => {
    test.setTimeout(120_000);
    const context = await browser.newContext({ colorScheme, reducedMotion: "reduce" });
    const page = await context.newPage();
    const editor = new Editor(page);
    const all = {};
    const look = async (name) => {
      all[name] = await found(page);
    };
    await page.goto(world.url);
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await look("sign in");
    await signIn(page, world);
    await expect(page.getByRole("link", { name: flow.title })).toBeVisible();
    await look("flows");
    await page.getByRole("button", { name: "New flow" }).click();
    await expect(page.getByRole("dialog", { name: "New flow" })).toBeVisible();
    await look("new flow");
    await editor.open(`${world.url}/flows/${flow.id}`);
    await editor.select("RouteByTone");
    await look("editor");
    await editor.select("ClassifyTone");
    await editor.field("Answer must be one of").fill("angry, neutral");
    await editor.send("It is late");
    await expect(editor.status).toContainText("Succeeded");
    await editor.line("ClassifyTone").click();
    await look("editor after a run");
    await editor.button("Publish").click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look("publish");
    await page.keyboard.press("Escape");
    await editor.button("Use it").click();
    await expect(page.getByRole("region", { name: "Snippet" })).toBeVisible();
    await look("use it");
    const pages = {
      versions: [`/flows/${flow.id}/versions`, page.getByRole("region", { name: "What changed" })],
      executions: ["/executions", page.getByRole("table")],
      execution: [`/executions/${execution}`, page.getByRole("region", { name: "Trace" })],
      connections: ["/connections", page.getByRole("region", { name: "Your connections" })],
      settings: ["/settings", page.getByRole("button", { name: "Sign out" })],
    };
    for (const [name, [path, sign]] of Object.entries(pages)) {
      await page.goto(world.url + path);
      await expect(sign).toBeVisible();
      await look(name);
    }
    await context.close();
    expect(Object.fromEntries(Object.entries(all).filter(([, problems]) => problems.length > 0))).toEqual({});
  });
}
