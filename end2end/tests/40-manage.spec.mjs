// What stands round the editor: the list of flows, versions, connections, settings.
import { readFile } from "node:fs/promises";

import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

let world, watched, allowed;
test.beforeAll(async () => {
  world = await startWorld();
});
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  allowed = undefined;
});
test.afterEach(() => watched.expectNone(allowed));

const cards = (page) => page.getByRole("list", { name: "Flows" }).getByRole("listitem");
const card = (page, title) => cards(page).filter({ has: page.getByRole("link", { name: title, exact: true }) });
const act = async (page, title, action) => {
  await page.getByRole("button", { name: `Actions for ${title}`, exact: true }).click();
  await page.getByRole("menuitem", { name: action }).click();
};

test("flows are renamed, duplicated, found and deleted, with what uses them named", async ({ page }) => {
  const flow = await world.create({ template: "support-triage", title: "First" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  await signIn(page, world);
  await expect(card(page, "First")).toContainText("live → v1");

  await act(page, "First", "Rename…");
  const dialog = page.getByRole("dialog", { name: "Rename" });
  await dialog.getByLabel("Name").fill("Renamed");
  await dialog.getByLabel("Name").press("Enter");
  await expect(card(page, "Renamed")).toBeVisible();

  await act(page, "Renamed", "Duplicate");
  await expect(cards(page)).toHaveCount(2);
  const copy = await cards(page).filter({ hasNotText: "live" }).getByRole("link").innerText();
  expect(copy).toContain("Renamed");
  const { flows } = await (await world.api("GET", "/api/flows")).json();
  const twin = await (await world.api("GET", `/api/flows/${flows.find(({ title }) => title === copy).id}`)).json();
  expect(twin.id).not.toBe(flow.id);
  expect([twin.definition, twin.extensions, twin.aliases]).toEqual([flow.definition, flow.extensions, []]);

  await page.getByRole("searchbox", { name: "Search flows" }).fill("nothing like it");
  await expect(cards(page)).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Search flows" }).fill("");

  // The server refuses at first, since an alias points at it.
  allowed = /status of 409/;
  await act(page, "Renamed", "Delete…");
  const question = page.getByRole("dialog", { name: "Delete “Renamed”?" });
  await expect(question).toContainText("live (version 1)");
  await question.getByRole("button", { name: "Delete" }).click();
  // The server says so too, before it lets go of what programs call.
  await question.getByRole("button", { name: "Delete anyway" }).click();
  await expect(cards(page)).toHaveCount(1);
  expect((await world.api("GET", `/api/flows/${flow.id}`)).status).toBe(404);
});

test("a run that a program started is listed under the name it gave", async ({ page }) => {
  const flow = await world.create({ template: "support-triage", title: "Nightly" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  const nodeName = flow.definition.nodes.find((node) => node.type === "Input").name;
  const inputs = [{ nodeName, nodeOutputName: "document", content: { document: "Hello" } }];
  const started = { inputs, flowExecutionName: "nightly-1" };
  expect((await world.api("POST", `/aws/flows/${flow.id}/aliases/live/executions`, started)).status).toBe(200);
  await signIn(page, world);
  await page.goto(`${world.url}/executions?flow=${flow.id}`);
  const row = page.getByRole("row").filter({ hasText: "live → v1 · nightly-1" });
  await expect(row).toContainText("Succeeded");
  await row.getByRole("link", { name: "Nightly" }).click();
  await expect(page.getByText("live → v1 · nightly-1")).toBeVisible();
});

test("a flow leaves as a file and comes back the same", async ({ page }) => {
  const flow = await world.create({ template: "support-triage", title: "Travels" });
  await signIn(page, world);
  const download = page.waitForEvent("download");
  await act(page, "Travels", "Export…");
  await page.getByRole("dialog", { name: "Export “Travels”" }).getByRole("button", { name: "Download" }).click();
  const file = await (await download).path();
  expect(JSON.parse(await readFile(file, "utf8")).definition).toEqual(flow.definition);

  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Import" }).click();
  await (await chooser).setFiles(file);
  const dialog = page.getByRole("dialog", { name: "Import" });
  await expect(dialog).toContainText("an Anabranch export");
  await expect(dialog.getByText("Not taken over")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Open as a draft" }).click();
  const editor = new Editor(page);
  await expect(editor.node("ClassifyTone")).toBeVisible();
  await editor.noProblems();
  const copy = await (await world.api("GET", `/api/flows/${page.url().split("/").at(-1)}`)).json();
  expect(copy.id).not.toBe(flow.id);
  expect(copy.definition).toEqual(flow.definition);
  expect(copy.extensions).toEqual(flow.extensions);
});

test("two versions are told apart in words, and one is restored", async ({ page }) => {
  const flow = await world.create({ template: "support-triage", title: "Changes" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  await signIn(page, world);
  const editor = new Editor(page);
  await editor.open(`${world.url}/flows/${flow.id}`);
  await editor.select("RouteByTone");
  await editor.field("Condition angry").fill('tone == "furious"');
  await editor.select("Answer");
  await editor.field("Temperature").fill("0.7");
  await editor.saved();
  await editor.publish(2);

  await page.goto(`${world.url}/flows/${flow.id}/versions`);
  await page.getByRole("button", { name: /^v2/ }).click();
  const changes = page.getByRole("region", { name: "What changed" });
  await expect(changes.getByRole("article")).toHaveCount(2);
  await expect(changes).toContainText('tone == "furious"');
  await expect(changes).toContainText("0.7");

  await page.getByRole("button", { name: "Actions for version 1" }).click();
  await page.getByRole("menuitem", { name: "Restore into the draft…" }).click();
  await page.getByRole("dialog", { name: "Restore version 1?" }).getByRole("button", { name: "Restore" }).click();
  await expect(page.getByText("The draft is version 1 again.")).toBeVisible();
  const restored = await (await world.api("GET", `/api/flows/${flow.id}`)).json();
  expect(restored.definition).toEqual(flow.definition);
});

test("a draft that changed elsewhere is neither overwritten nor published unseen", async ({ page }) => {
  allowed = /status of 412/;
  const flow = await world.create({ template: "support-triage", title: "Elsewhere" });
  const read = async () => (await world.api("GET", `/api/flows/${flow.id}`)).json();
  /** What another tab does. */
  const change = async (from, to) => {
    const { revision, definition, extensions } = await read();
    const draft = JSON.stringify({ definition, extensions }).replaceAll(from, to);
    expect((await world.save(flow.id, revision, JSON.parse(draft))).status).toBe(200);
  };
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  await signIn(page, world);
  await page.goto(`${world.url}/flows/${flow.id}/versions`);
  await expect(page.getByText("The same as v1.")).toBeVisible();

  // What the question says is not what the page knew when it was loaded.
  await change("Deescalate", "CalmDown");
  await page.getByRole("button", { name: "Actions for version 1" }).click();
  await page.getByRole("menuitem", { name: "Restore into the draft…" }).click();
  const restore = page.getByRole("dialog", { name: "Restore version 1?" });
  await expect(restore).toContainText("The draft has changes that are in no version.");
  await change("CalmDown", "Soothe");
  await restore.getByRole("button", { name: "Restore" }).click();
  await expect(restore).toContainText("nothing was restored");
  await restore.getByRole("button", { name: "Look at the draft" }).click();
  await expect(page.getByRole("region", { name: "What changed" })).toContainText("Soothe");
  expect(JSON.stringify((await read()).definition)).toContain("Soothe");

  await page.getByRole("button", { name: "Publish…" }).click();
  const publish = page.getByRole("dialog", { name: "Publish version 2" });
  await change("Soothe", "Comfort");
  await publish.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(publish.getByRole("alert")).toContainText("nothing was published");
  expect((await read()).latestVersion).toBe(1);
  await publish.getByRole("button", { name: "Load it" }).click();
  await expect(page.getByRole("region", { name: "What changed" })).toContainText("Comfort");
  await page.getByRole("button", { name: "Publish…" }).click();
  await publish.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(publish).toHaveCount(0);
  expect((await read()).latestVersion).toBe(2);
});

test("an alias is deleted once it is said what stops working", async ({ page }) => {
  const flow = await world.create({ template: "support-triage", title: "Called" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  const aliases = async () => (await (await world.api("GET", `/api/flows/${flow.id}`)).json()).aliases;
  await signIn(page, world);
  await page.goto(`${world.url}/flows/${flow.id}/versions`);
  await page.getByRole("button", { name: "Delete the alias live" }).click();
  const question = page.getByRole("dialog", { name: "Delete the alias “live”?" });
  await expect(question).toContainText("called/live");
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(question).toHaveCount(0);
  expect(await aliases()).toHaveLength(1);
  await page.getByRole("button", { name: "Delete the alias live" }).click();
  await question.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByText("Deleted the alias live.")).toBeVisible();
  expect(await aliases()).toEqual([]);
});

test("an answer that comes when its page is gone harms nothing", async ({ page }) => {
  const flow = await world.create({ template: "support-triage", title: "Slow" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  await signIn(page, world);
  const leave = async (label) => {
    await page.getByRole("link", { name: label }).click();
    await expect(page.getByRole("heading", { name: label, exact: true })).toBeVisible();
  };
  /** Holds the answers to `path` while `act` asks for them and the page is left; then they come. */
  const slowly = async (path, act) => {
    let release;
    const gate = new Promise((resolve) => (release = resolve));
    let answered;
    const arrived = new Promise((resolve) => (answered = resolve));
    const hold = async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      const response = await route.fetch();
      await gate;
      await route.fulfill({ response });
      answered();
    };
    await page.route(path, hold);
    await act();
    await page.evaluate(() => document.querySelectorAll("dialog").forEach((dialog) => dialog.close()));
    await leave("Settings");
    release();
    await arrived;
    await page.unroute(path, hold);
    // The app still goes where it is told.
    await leave("Connections");
  };

  await slowly("**/duplicate", () => act(page, "Slow", "Duplicate"));
  await page.getByRole("link", { name: "Flows", exact: true }).click();
  await slowly("**/api/flows", () => page.getByRole("button", { name: "Use Support triage" }).click());
  expect(page.url()).toBe(`${world.url}/connections`);
  await page.goto(`${world.url}/flows/${flow.id}/versions`);
  await slowly("**/restore", async () => {
    await page.getByRole("button", { name: "Actions for version 1" }).click();
    await page.getByRole("menuitem", { name: "Restore into the draft…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
  });
});

test("a link in the list of executions opens another tab where it is asked to", async ({ page, context }) => {
  const flow = await world.create({ template: "support-triage", title: "Tabs" });
  await world.api("POST", `/api/flows/${flow.id}/draft/invoke`, { input: "Hello" });
  await signIn(page, world);
  await page.goto(`${world.url}/executions`);
  const row = page.getByRole("row").filter({ hasText: "Tabs" });
  const opened = context.waitForEvent("page");
  await row.getByRole("link").click({ modifiers: ["ControlOrMeta"] });
  const other = await opened;
  await expect(other).toHaveURL(/\/executions\/.+/);
  await other.close();
  expect(page.url()).toBe(`${world.url}/executions`);
  // Anywhere else, the row leads there too, and one step back is the list.
  await row.getByRole("cell").first().click();
  await expect(page).toHaveURL(/\/executions\/.+/);
  await page.goBack();
  await row.getByRole("link").click();
  await expect(page).toHaveURL(/\/executions\/.+/);
  await page.goBack();
  await expect(page).toHaveURL(`${world.url}/executions`);
});

test("a connection is added, tested and deleted", async ({ page }) => {
  await signIn(page, world);
  await page.getByRole("link", { name: "Connections" }).click();
  await page.getByRole("button", { name: "Add connection" }).click();
  const dialog = page.getByRole("dialog", { name: "Add connection" });
  await dialog.getByLabel("Name").fill("mine");
  await dialog.getByLabel("Address").fill("http://127.0.0.1:9/v1");
  await dialog.getByLabel("Key").fill("sk-secret-1234");
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog).toContainText("does not answer");
  await dialog.getByLabel("Address").fill(world.upstream.baseUrl);
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog).toHaveCount(0);
  const list = page.getByRole("region", { name: "Your connections" });
  await expect(list).toContainText("mine");
  await expect(page.locator("body")).not.toContainText("sk-secret-1234");
  await list.getByRole("button", { name: "Test" }).last().click();
  await expect(list.getByRole("status")).toContainText("model");
  await list.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog", { name: /mine/ }).getByRole("button", { name: "Delete" }).click();
  await expect(list).not.toContainText("mine");
});

test("dark stays dark after a reload, and signing out asks for a link", async ({ page }) => {
  await signIn(page, world);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Dark", exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.getByRole("button", { name: "Dark", exact: true })).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("anabranch open")).toBeVisible();
});
