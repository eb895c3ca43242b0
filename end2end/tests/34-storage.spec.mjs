// Storage and Retrieval: a template at work, a name that leads nowhere and is led to a store, and buckets on their page.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { accessible } from "../support/axe.mjs";
import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

const SECRET = "canary-secret-1234567890";

/** A store that keeps what it is given by its path; who signs, the server's own tests check. */
async function startStore() {
  const objects = new Map();
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const signed = request.headers.authorization?.startsWith("AWS4-HMAC-SHA256 Credential=AKIATEST/");
    if (!signed) return response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
    const known = { etag: '"e"', "last-modified": "Wed, 21 Oct 2026 07:28:00 GMT" };
    if (request.method === "PUT") objects.set(request.url, Buffer.concat(pieces));
    if (request.method === "DELETE") objects.delete(request.url);
    if (request.method !== "GET") return response.writeHead(request.method === "DELETE" ? 204 : 200, known).end();
    const object = objects.get(request.url);
    return object ? response.writeHead(200, known).end(object) : response.writeHead(404).end("<Error><Code>NoSuchKey</Code></Error>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    objects,
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}

let world, store, editor, watched;
test.beforeAll(async () => {
  world = await startWorld();
  store = await startStore();
});
test.afterAll(async () => {
  await world?.stop();
  await store?.stop();
});
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
});
// One test saves what the server refuses, which the browser notes too.
test.afterEach(() => watched.expectNone(/status of 400/));

async function fill(dialog) {
  await dialog.getByLabel("Address").fill(store.url);
  await dialog.getByLabel("Access key", { exact: true }).fill("AKIATEST");
  await dialog.getByLabel("Secret access key").fill(SECRET);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
}

test("the template keeps a note in a folder, and reads it back", async ({ page }) => {
  await page.getByRole("button", { name: "Use Keep a note" }).click();
  await expect(editor.canvas).toBeVisible();
  await editor.noProblems();
  await editor.run.click();
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("Water the plants.").first()).toBeVisible();
  await editor.line("WriteNote").click();
  await expect(editor.pane.getByText("s3://notes/notes/today.txt").first()).toBeVisible();
  const { folder } = await (await world.api("GET", "/api/buckets")).json();
  expect(await readFile(join(folder, "notes/notes/today.txt"), "utf8")).toBe("Water the plants.");
  await editor.select("WriteNote");
  await expect(editor.inspector.getByText(`${folder}/notes`)).toBeVisible();
  await accessible(page);
  await editor.select("ReadNote");
  await editor.inspector.getByRole("combobox", { name: "The content is" }).selectOption("Object");
  await expect(page.getByRole("button", { name: "1 problem" })).toBeVisible();
});

test("a name that leads nowhere is led to a store where that is said", async ({ page }) => {
  const { id } = await world.create({ template: "keep-a-note", title: "Imported" });
  await editor.open(`${world.url}/flows/${id}`);
  for (const node of ["WriteNote", "ReadNote"]) {
    await editor.select(node);
    await editor.field("Bucket").fill("${DestinationBucket}");
  }
  await expect(editor.issue("WriteNote")).toHaveText("This bucket leads to no store yet.");
  await editor.send('{"name": "a b.txt", "text": "Far away"}');
  await expect(editor.status).toContainText("Failed");
  await editor.select("WriteNote");
  await editor.inspector.getByRole("button", { name: "Lead it to a store" }).click();
  const dialog = page.getByRole("dialog", { name: "Lead a bucket to a store" });
  await expect(dialog.getByLabel("Bucket", { exact: true })).toHaveValue("${DestinationBucket}");
  await dialog.getByLabel("The bucket's name there").fill("there");
  await accessible(page);
  await fill(dialog);
  await expect(editor.inspector.getByText(`Leads to there in the S3 store at ${store.url}`)).toBeVisible();
  await editor.send('{"name": "a b.txt", "text": "Far away"}');
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.issue("WriteNote")).toHaveCount(0);
  await expect(editor.pane.getByText("Far away").first()).toBeVisible();
  expect(store.objects.get("/there/a%20b.txt").toString()).toBe("Far away");
});

test("buckets are looked after on their page", async ({ page }) => {
  await world.api("DELETE", `/api/buckets/${encodeURIComponent("${DestinationBucket}")}`);
  await page.getByRole("link", { name: "Connections" }).click();
  const list = page.getByRole("region", { name: "Buckets" });
  await expect(list).toContainText("Every bucket of Storage and Retrieval nodes is a folder in");
  await list.getByRole("button", { name: "Lead a bucket to a store" }).click();
  const dialog = page.getByRole("dialog", { name: "Lead a bucket to a store" });
  await dialog.getByLabel("Bucket", { exact: true }).fill("reports");
  await dialog.getByLabel("The bucket's name there").fill("there");
  await fill(dialog);
  await expect(list).toContainText("key AKIATEST, secret …7890");
  await expect(page.locator("body")).not.toContainText(SECRET);
  await list.getByRole("button", { name: "Test reports" }).click();
  await expect(list.getByRole("status")).toContainText("An object was written, read and deleted.");

  await list.getByRole("button", { name: "Edit reports" }).click();
  const change = page.getByRole("dialog", { name: "Change where the bucket leads" });
  await change.getByLabel("Region").fill("eu-west-1");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(change).toHaveCount(0);
  await list.getByRole("button", { name: "Test reports" }).click();
  await expect(list.getByRole("status")).toContainText("An object was written");

  await list.getByRole("button", { name: "Edit reports" }).click();
  await change.getByLabel("Store", { exact: true }).selectOption("gcs");
  await change.getByLabel("Service account").fill("nonsense");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(change.getByRole("alert")).toContainText("Paste the whole JSON file");
  await page.keyboard.press("Escape");

  await list.getByRole("button", { name: "Delete reports" }).click();
  const question = page.getByRole("dialog", { name: "Let “reports” be a folder again?" });
  await question.getByRole("button", { name: "Forget the store" }).click();
  await expect(list).toContainText("is a folder in");
  await accessible(page);
});
