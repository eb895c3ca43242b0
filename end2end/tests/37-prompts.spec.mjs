// Stored prompts: one that is written in a node is kept, taken by another node, and written there again.
import { expect, test } from "@playwright/test";

import { accessible } from "../support/axe.mjs";
import { Editor, holds } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { promptOf, signIn, startWorld } from "../support/world.mjs";

let world, editor, watched;
test.beforeAll(async () => {
  world = await startWorld((request) => ({ chunks: [`Asked: ${promptOf(request)}`] }));
});
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
});
test.afterEach(() => watched.expectNone(/status of 409/));

test("a prompt is kept, taken elsewhere, and written out again", async ({ page }) => {
  const { id } = await world.create({ title: "Prompts" });
  await editor.open(`${world.url}/flows/${id}`);
  await editor.node("FlowInputNode").click();
  await editor.palette.getByRole("button", { name: "Prompt" }).click();
  await editor.select("Prompt_1");
  await editor.connect("Prompt_1 output modelCompletion", "FlowOutputNode input document");
  await editor.select("Prompt_1");
  await expect(editor.field("Taken from")).toHaveCount(0);
  await editor.field("Prompt").fill("Sum up {{input}} in a sentence.");

  await editor.inspector.getByRole("button", { name: "Save as a prompt" }).click();
  const dialog = page.getByRole("dialog", { name: "Save as a prompt" });
  await accessible(page);
  await dialog.getByLabel("Its name").fill("sum-up");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("Saved sum-up. Any Prompt can take it.")).toBeVisible();

  await editor.field("Taken from").selectOption({ label: "sum-up, draft" });
  await expect(editor.node("Prompt_1")).toContainText("sum-up, draft");
  await expect(editor.inspector.getByText("Sum up {{input}} in a sentence.")).toBeVisible();
  await editor.noProblems();
  await accessible(page, ".inspector");
  await editor.send("a long letter");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("Asked: Sum up a long letter in a sentence.").first()).toBeVisible();

  await editor.field("Taken from").selectOption({ label: "This node" });
  await holds(editor.field("Prompt"), "Sum up {{input}} in a sentence.");
  await editor.noProblems();
  await editor.saved();
});

test("a name that is taken is told, and the prompt is not lost", async ({ page }) => {
  const { id } = await world.create({ template: "support-triage" });
  await editor.open(`${world.url}/flows/${id}`);
  await editor.select("Answer");
  await editor.inspector.getByRole("button", { name: "Save as a prompt" }).click();
  const dialog = page.getByRole("dialog", { name: "Save as a prompt" });
  await dialog.getByLabel("Its name").fill("sum-up");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("sum-up");
  await dialog.getByLabel("Its name").fill("answer");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
});
