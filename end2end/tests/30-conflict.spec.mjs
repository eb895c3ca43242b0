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

/** A page of its own on a fresh template, whose saves go through `route`. */
async function alone(page, route) {
  const watched = watch(page);
  await signIn(page, world);
  const flow = await world.create({ template: "support-triage" });
  const editor = new Editor(page);
  await editor.open(`${world.url}/flows/${flow.id}`);
  const saves = (request) => (request.request().method() === "PUT" ? route(request) : request.fallback());
  await page.route("**/api/flows/*", saves);
  return {
    flow,
    editor,
    /** After a reload: what was done is there, is saved, and nothing was in its way. */
    kept: async (allowed) => {
      await expect(editor.node("Reply")).toBeVisible();
      await page.unroute("**/api/flows/*", saves);
      await editor.saved();
      expect(await names(flow.id)).toContain("Reply");
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await expect(page.getByText("Conflict", { exact: true })).toHaveCount(0);
      watched.expectNone(allowed);
    },
  };
}

test("what could not be saved survives a reload", async ({ page }) => {
  const { editor, kept } = await alone(page, (route) => route.abort("connectionrefused"));
  await editor.rename("Answer", "Reply");
  await expect(page.getByText("Offline", { exact: true })).toBeVisible();
  await editor.reload();
  await kept(/ERR_CONNECTION_REFUSED/);
});

test("a reload before the save has begun loses nothing", async ({ page }) => {
  let saves = 0;
  const { editor, kept } = await alone(page, (route) => {
    saves += 1;
    return route.fallback();
  });
  await editor.rename("Answer", "Reply");
  expect(saves).toBe(0);
  await editor.reload();
  await kept();
});

test("a reload while a save is under way loses nothing", async ({ page }) => {
  let under;
  const begun = new Promise((resolve) => (under = resolve));
  // Neither answered nor passed on.
  const { editor, kept } = await alone(page, () => under());
  await editor.rename("Answer", "Reply");
  await begun;
  await expect(page.getByText("Saving…", { exact: true })).toBeVisible();
  await editor.reload();
  await kept();
});

test("a reload after a save of which no answer came is no conflict", async ({ page }) => {
  let done;
  const stored = new Promise((resolve) => (done = resolve));
  const { flow, editor, kept } = await alone(page, (route) => route.fetch().then(done));
  await editor.rename("Answer", "Reply");
  await stored;
  expect(await names(flow.id)).toContain("Reply");
  await expect(page.getByText("Saving…", { exact: true })).toBeVisible();
  await editor.reload();
  await kept();
});
