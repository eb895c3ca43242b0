// What stands round the editor: the list of flows, versions, connections, settings.
import { readFile } from "node:fs/promises";

import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

let world, watched;
test.beforeAll(async () => {
  world = await startWorld();
});
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
});
test.afterEach(() => watched.expectNone(/status of 409/));

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

  await page.getByRole("searchbox", { name: "Search flows" }).fill("nothing like it");
  await expect(cards(page)).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Search flows" }).fill("");

  await act(page, "Renamed", "Delete…");
  const question = page.getByRole("dialog", { name: "Delete “Renamed”?" });
  await expect(question).toContainText("live (version 1)");
  await question.getByRole("button", { name: "Delete" }).click();
  // The server says so too, before it lets go of what programs call.
  await question.getByRole("button", { name: "Delete anyway" }).click();
  await expect(cards(page)).toHaveCount(1);
  expect((await world.api("GET", `/api/flows/${flow.id}`)).status).toBe(404);
});

test("a flow leaves as a file and comes back the same", async ({ page }) => {
  const flow = await world.create({ template: "support-triage", title: "Travels" });
  await signIn(page, world);
  const download = page.waitForEvent("download");
  await act(page, "Travels", "Export");
  const file = await (await download).path();
  expect(JSON.parse(await readFile(file, "utf8")).definition).toEqual(flow.definition);

  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Import" }).click();
  await (await chooser).setFiles(file);
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
