// Files of other places: dropped, told about, opened as drafts; and flows that leave for AWS.
import { readFile } from "node:fs/promises";

import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { BROKEN, TEMPLATE, drop } from "../support/files.mjs";
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
  await signIn(page, world);
});
test.afterEach(() => watched.expectNone(allowed));

const dialogOf = (page) => page.getByRole("dialog", { name: "Import" });
const flows = async () => (await (await world.api("GET", "/api/flows")).json()).flows;

test("a dropped template says what is in it, and one of its flows becomes a draft", async ({ page }) => {
  await drop(page, TEMPLATE);
  const dialog = dialogOf(page);
  await expect(dialog).toContainText("template.yaml is a CloudFormation template.");
  const desk = dialog.getByRole("region", { name: "LetterDesk" });
  await expect(desk).toContainText("5 nodes, 3 connections");
  const model = desk.getByRole("row", { name: /^model/ });
  await expect(model).toContainText("${ModelId}");
  await expect(model).toContainText('It is "anthropic.claude-3-haiku-20240307-v1:0" unless told otherwise.');
  await expect(model).toContainText("Ask");
  await expect(desk.getByRole("row", { name: /^function/ })).toContainText("${Sorter.Arn}");
  await desk.getByText(/^Not taken over/).click();
  await expect(desk.getByText("unknown variant `Teleport`")).toBeVisible();
  await dialog.getByText(/^Beside the flows/).click();
  await expect(dialog.getByText("Its definition is a file in S3")).toBeVisible();
  expect(await flows()).toEqual([]);

  await expect(dialog.getByRole("button", { name: "Import 2 flows" })).toBeEnabled();
  await dialog.getByRole("checkbox", { name: "Import echo-flow" }).uncheck();
  await dialog.getByRole("button", { name: "Open as a draft" }).click();
  const editor = new Editor(page);
  await expect(editor.node("Sort")).toBeVisible();
  await expect(editor.node("End")).toBeVisible();
  expect((await flows()).map(({ title }) => title)).toEqual(["LetterDesk"]);
  expect((await (await world.api("GET", "/api/executions")).json()).executions).toEqual([]);
});

test("several files are imported together, by the keyboard, and a broken one says why it is not", async ({ page }) => {
  const definition = (await world.create({ template: "support-triage", title: "Source" })).definition;
  const file = (name) => ({ name: `${name}.json`, text: JSON.stringify({ name, definition }) });
  allowed = /status of 400/;
  await drop(page, file("First"), BROKEN, file("Second"));
  const dialog = dialogOf(page);
  await expect(dialog.getByRole("alert")).toContainText("notes.json: There is no flow in the file.");
  await expect(dialog.getByRole("button", { name: "Import 2 flows" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  const list = page.getByRole("list", { name: "Flows" });
  for (const title of ["First", "Second"]) await expect(list.getByRole("link", { name: title })).toBeVisible();

  await drop(page, BROKEN);
  await expect(dialog.getByRole("button", { name: "Open as a draft" })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});

test("a flow leaves the editor as a template, with what AWS does otherwise", async ({ page }) => {
  const flow = await world.create({ template: "support-triage", title: "Leaves" });
  const editor = new Editor(page);
  await editor.open(`${world.url}/flows/${flow.id}`);
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Export…" }).click();
  const dialog = page.getByRole("dialog", { name: "Export “Leaves”" });
  await dialog.getByRole("radio", { name: /CloudFormation/ }).check();
  await expect(dialog.getByRole("region", { name: "On AWS" })).toContainText("AWS does not hold the answer to one of a list.");
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("leaves.template.json");
  const template = JSON.parse(await readFile(await file.path(), "utf8"));
  expect(template.Resources.Flow.Properties.Definition.Nodes.map(({ Name }) => Name)).toEqual(flow.definition.nodes.map(({ name }) => name));

  await page.goto(world.url);
  await drop(page, { name: "leaves.template.json", text: JSON.stringify(template) });
  await dialogOf(page).getByRole("button", { name: "Open as a draft" }).click();
  await expect(editor.node("ClassifyTone")).toBeVisible();
  const copy = await (await world.api("GET", `/api/flows/${page.url().split("/").at(-1)}`)).json();
  expect(copy.definition).toEqual(flow.definition);
});
