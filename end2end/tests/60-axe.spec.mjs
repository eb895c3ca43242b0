// Every page, in both colour schemes, is free of what axe calls serious.
import { expect, test } from "@playwright/test";

import { serious } from "../support/axe.mjs";
import { Editor } from "../support/editor.mjs";
import { BROKEN, TEMPLATE, drop } from "../support/files.mjs";
import { signIn, startWorld, triage } from "../support/world.mjs";

let world, flow, loose, execution, failed;
test.beforeAll(async () => {
  world = await startWorld();
  flow = await world.create({ template: "support-triage" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  const invoked = await world.api("POST", `/api/flows/${flow.id}/aliases/live/invoke`, { input: "It is late" });
  execution = (await invoked.json()).executionId;
  loose = await world.create({ title: "Loose" });
  await world.create({ template: "answer-from-documents" });
  world.upstream.setAnswer(() => ({ status: 500 }));
  const refused = await world.api("POST", `/api/flows/${flow.id}/draft/invoke`, { input: "It is late" });
  failed = (await refused.json()).executionId;
  world.upstream.setAnswer(triage);
});
test.afterAll(() => world?.stop());

/** What lies over the editor for a while. */
async function lookAtOverlays(page, editor, look) {
  await editor.canvas.focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("shortcuts");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await editor.canvas.focus();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("dialog", { name: "Add a node" })).toBeVisible();
  await look("add a node");
  await page.keyboard.press("Escape");
  await editor.node("RouteByTone").focus();
  await page.keyboard.press("c");
  await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
  await look("connect");
  await page.keyboard.press("Escape");
  world.upstream.setAnswer(() => ({ status: 500 }));
  await editor.send("It is late");
  await expect(editor.status).toContainText("Failed");
  world.upstream.setAnswer(triage);
  await editor.line("ClassifyTone").click();
  await look("editor after a failed run");
}

/** What the test pane and the inspector show of runs. */
async function lookAtRuns(page, editor, look) {
  await editor.button("Run again").click();
  await expect(editor.pane.locator(".msg.me")).toHaveCount(2);
  await expect(editor.button("Run again")).toBeVisible();
  for (const tab of ["Events", "Output", "Compare"]) {
    await editor.pane.getByRole("tab", { name: tab }).click();
    await look(`the test pane's ${tab}`);
  }
  await editor.pane.getByRole("tab", { name: "Output" }).click();
  for (const form of ["Markdown", "JSON"]) {
    await editor.pane.getByRole("button", { name: form }).click();
    await look(`an output as ${form}`);
  }
  await editor.pane.getByRole("tab", { name: "Test" }).click();
  await editor.button("Saved inputs").click();
  await expect(page.getByRole("dialog", { name: "Saved inputs" })).toBeVisible();
  await look("saved inputs");
  await page.keyboard.press("Escape");
  await editor.inspector.getByRole("tab", { name: "Last run" }).click();
  await editor.inspector.getByRole("button", { name: "Pin data…" }).click();
  await look("pin data");
  await editor.inspector.getByRole("button", { name: "Cancel" }).click();
  await editor.inspector.getByRole("tab", { name: "Configure" }).click();
}

/** A draft with errors, and one that was changed elsewhere too. */
async function lookAtProblems(page, editor, look) {
  await editor.open(`${world.url}/flows/${loose.id}`);
  await page.getByRole("button", { name: /problem/ }).click();
  await expect(page.getByRole("dialog", { name: "Problems" })).toBeVisible();
  await look("problems");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByRole("list", { name: "Problems to solve first" })).toBeVisible();
  await look("publish with problems");
  await page.keyboard.press("Escape");
  const { id, revision, definition, extensions } = await world.create({ template: "support-triage", title: "Contested" });
  await editor.open(`${world.url}/flows/${id}`);
  await world.save(id, revision, JSON.parse(JSON.stringify({ definition, extensions }).replaceAll("Deescalate", "CalmDown")));
  await editor.rename("Answer", "Reply");
  await expect(page.getByRole("dialog", { name: "This flow was changed elsewhere too" })).toContainText("CalmDown");
  await look("conflict");
}

/** The menus and questions of the other pages, and where there is nothing. */
async function lookAtPages(page, look) {
  await page.goto(world.url);
  await page.getByRole("button", { name: `Actions for ${loose.title}` }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await look("a flow's menu");
  await page.getByRole("menuitem", { name: "Folder and tags…" }).click();
  await page.getByRole("dialog").getByLabel("Folder").fill("Later");
  await page.getByRole("dialog").getByLabel("Tags").fill("urgent");
  await look("folder and tags");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("group", { name: "Tags" })).toContainText("urgent");
  await look("flows in folders");
  await page.getByRole("button", { name: `Actions for ${loose.title}` }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("delete a flow");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: `Actions for ${loose.title}` }).click();
  await page.getByRole("menuitem", { name: "Export…" }).click();
  await page.getByRole("radio", { name: /CloudFormation/ }).check();
  await expect(page.getByRole("region", { name: "On AWS" })).toBeVisible();
  await look("export a flow");
  await page.keyboard.press("Escape");
  await drop(page, TEMPLATE, BROKEN);
  await expect(page.getByRole("dialog", { name: "Import" })).toContainText("There is no flow in the file");
  await page.getByText(/^Not taken over/).first().click();
  await page.getByText(/^Beside the flows/).click();
  await look("import");
  await page.goto(`${world.url}/executions?status=TimedOut`);
  await expect(page.getByText("No execution is like that.")).toBeVisible();
  await look("no executions");
  await page.goto(`${world.url}/executions/absent`);
  await expect(page.getByRole("alert")).toBeVisible();
  await look("an execution that is not there");
  await page.goto(`${world.url}/executions/${failed}`);
  await expect(page.getByRole("region", { name: "Trace" })).toContainText("failed");
  await look("a failed execution");
  await page.goto(`${world.url}/flows/${loose.id}/versions`);
  await expect(page.getByText("Nothing is published yet.")).toBeVisible();
  await look("no versions");
  await page.goto(`${world.url}/connections`);
  await page.getByRole("button", { name: "Add connection" }).click();
  await expect(page.getByRole("dialog", { name: "Add connection" })).toBeVisible();
  await look("add connection");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Lead a bucket to a store" }).click();
  await expect(page.getByRole("dialog", { name: "Lead a bucket to a store" })).toBeVisible();
  await look("a bucket's store");
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious, ${colorScheme}`, async ({ browser }) => {
    test.setTimeout(300_000);
    const context = await browser.newContext({ colorScheme, reducedMotion: "reduce" });
    const page = await context.newPage();
    const editor = new Editor(page);
    const all = {};
    const look = async (name) => {
      all[name] = await serious(page);
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
    await lookAtRuns(page, editor, look);
    await lookAtOverlays(page, editor, look);
    await editor.button("Publish").click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look("publish");
    await page.keyboard.press("Escape");
    await editor.button("Use it").click();
    await expect(page.getByRole("region", { name: "Snippet" })).toBeVisible();
    await look("use it");
    await page.keyboard.press("Escape");
    await lookAtProblems(page, editor, look);
    const pages = {
      versions: [`/flows/${flow.id}/versions`, page.getByRole("region", { name: "What changed" })],
      templates: ["/templates", page.getByRole("list", { name: "Templates" })],
      executions: ["/executions", page.getByRole("table")],
      execution: [`/executions/${execution}`, page.getByRole("region", { name: "Trace" })],
      agents: ["/agents", page.getByRole("region", { name: "MCP servers" })],
      connections: ["/connections", page.getByRole("region", { name: "Your connections" })],
      knowledge: ["/knowledge", page.getByRole("list", { name: "Knowledge bases" })],
      "a knowledge base": ["/knowledge/SAMPLEDOCS", page.getByRole("button", { name: "Refunds", exact: true })],
      connect: ["/connect", page.getByRole("region", { name: "Snippet" })],
      settings: ["/settings", page.getByRole("button", { name: "Sign out" })],
    };
    for (const [name, [path, sign]] of Object.entries(pages)) {
      await page.goto(world.url + path);
      await expect(sign).toBeVisible();
      await look(name);
    }
    await lookAtPages(page, look);
    await context.close();
    expect(Object.fromEntries(Object.entries(all).filter(([, problems]) => problems.length > 0))).toEqual({});
  });
}
