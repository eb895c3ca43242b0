// Two tabs of one browser on one flow: neither loses what was done in it.
import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

let world;
test.beforeAll(async () => {
  world = await startWorld();
});
test.afterAll(() => world?.stop());

/** Two tabs, of which the second has an older draft than the server. */
async function conflict(context) {
  const [first, second] = [await context.newPage(), await context.newPage()];
  const watched = [watch(first), watch(second)];
  await signIn(first, world);
  const flow = await world.create({ template: "support-triage" });
  const [mine, theirs] = [new Editor(second), new Editor(first)];
  await theirs.open(`${world.url}/flows/${flow.id}`);
  // The second tab is signed in without a link of its own.
  await mine.open(`${world.url}/flows/${flow.id}`);
  await theirs.rename("Answer", "Reply");
  await theirs.saved();
  await mine.rename("Deescalate", "CalmDown");
  const dialog = second.getByRole("dialog", { name: "This flow was changed elsewhere too" });
  await expect(dialog).toContainText("CalmDown");
  await expect(dialog).toContainText("Reply");
  return { flow, mine, theirs, dialog, expectNone: () => watched.forEach((one) => one.expectNone(/status of 412/)) };
}

const names = async (id) => {
  const flow = await (await world.api("GET", `/api/flows/${id}`)).json();
  return flow.definition.nodes.map((node) => node.name);
};
const titled = async (title) => {
  const { flows } = await (await world.api("GET", "/api/flows")).json();
  return flows.find((flow) => flow.title === title)?.id;
};

test("keeping mine as a copy shows theirs here, and mine in a flow of its own", async ({ context }) => {
  const { flow, mine, dialog, expectNone } = await conflict(context);
  await dialog.getByRole("button", { name: "Keep mine as a copy" }).click();
  await expect(mine.node("Reply")).toBeVisible();
  await expect(mine.node("Deescalate")).toBeVisible();
  expect(await names(flow.id)).toContain("Reply");
  expect(await names(await titled(`${flow.title} (my copy)`))).toContain("CalmDown");
  // The page goes on with theirs.
  await mine.rename("Reply", "Respond");
  await mine.saved();
  expect(await names(flow.id)).toContain("Respond");
  expectNone();
});

test("saving mine over theirs keeps theirs in a flow of its own", async ({ context }) => {
  const { flow, mine, dialog, expectNone } = await conflict(context);
  await dialog.getByRole("button", { name: "Save mine over theirs" }).click();
  await expect(dialog).toHaveCount(0);
  await mine.saved();
  expect(await names(flow.id)).toContain("CalmDown");
  expect(await names(await titled(`${flow.title} (other copy)`))).toContain("Reply");
  expectNone();
});

test("what could not be saved survives a reload", async ({ page }) => {
  await signIn(page, world);
  const flow = await world.create({ template: "support-triage" });
  const editor = new Editor(page);
  await editor.open(`${world.url}/flows/${flow.id}`);
  const refuse = (route) => (route.request().method() === "PUT" ? route.abort("connectionrefused") : route.fallback());
  await page.route("**/api/flows/*", refuse);
  await editor.rename("Answer", "Reply");
  await expect(page.getByText("Offline", { exact: true })).toBeVisible();
  page.on("dialog", (dialog) => dialog.accept());
  await page.reload();
  await expect(editor.node("Reply")).toBeVisible();
  await page.unroute("**/api/flows/*");
  await editor.saved();
  expect(await names(flow.id)).toContain("Reply");
});
