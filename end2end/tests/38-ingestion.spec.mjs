// Data sources of a knowledge base: files of every kind, a bucket that is synced, its progress, and what failed.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { accessible } from "../support/axe.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

let world, watched;
test.beforeAll(async () => {
  world = await startWorld();
});
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
});
test.afterEach(() => watched.expectNone());

const post = async (path, body) => (await world.api("POST", path, body)).json();

/** Files of a bucket, which is a folder of the data folder. */
async function files(bucket, contents) {
  const folder = join(world.server.data, "buckets", bucket);
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
  return folder;
}

/** A PDF of one page with a line of text. */
function pdf(line) {
  const content = `BT /F1 18 Tf 72 700 Td (${line}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ];
  let file = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = file.length;
  file += `xref\n0 6\n0000000000 65535 f \n${places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("")}`;
  return Buffer.from(`${file}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF`, "latin1");
}

test("files of every kind are dropped, and those that cannot be read say why", async ({ page }) => {
  const base = await post("/api/knowledge-bases", { name: "Dropped" });
  await page.goto(`${world.url}/knowledge/${base.id}`);
  const sources = page.getByRole("region", { name: "Data sources" });
  await expect(sources).toContainText("A folder, a bucket or pages of the web");
  await page.locator('input[type="file"]').setInputFiles([
    { name: "bridges.pdf", mimeType: "application/pdf", buffer: pdf("Bridges cross rivers.") },
    { name: "prices.csv", mimeType: "text/csv", buffer: Buffer.from("item,price\nTea,3\nMilk,1\n") },
    { name: "broken.docx", mimeType: "application/octet-stream", buffer: Buffer.from("no archive") },
  ]);
  const documents = page.getByRole("region", { name: "Documents" });
  await expect(documents.getByRole("button", { name: "bridges.pdf", exact: true })).toBeVisible();
  await expect(documents.getByRole("button", { name: "prices.csv", exact: true })).toBeVisible();
  const unread = sources.getByRole("list", { name: "Could not be read" });
  await expect(unread).toContainText("broken.docx");
  await expect(unread).toContainText("It is no Word document");
  await expect(sources).toContainText("2 documents · 1 could not be read");
  await accessible(page);

  await documents.getByRole("button", { name: "prices.csv", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "prices.csv" });
  await expect(dialog.getByRole("region", { name: "Text" })).toContainText("item: Tea");
  await expect(dialog.getByRole("list", { name: "Passages" }).getByRole("listitem")).toHaveCount(1);
  await accessible(page);
  await page.keyboard.press("Escape");

  const ask = page.getByRole("region", { name: "Ask" });
  await ask.getByLabel("Question").fill("What crosses rivers?");
  await ask.getByRole("button", { name: "Find passages" }).click();
  await expect(ask).toContainText("bridges.pdf");
});

test("a bucket is synced: what is new comes, what is gone goes", async ({ page }) => {
  const folder = await files("handbook", {
    "refunds.md": "# Refunds\n\nReturns within 30 days.",
    "hours.html": "<h1>Hours</h1><p>Open from nine.</p>",
    "picture.png": "x",
  });
  const base = await post("/api/knowledge-bases", { name: "Handbook" });
  await page.goto(`${world.url}/knowledge/${base.id}`);
  const sources = page.getByRole("region", { name: "Data sources" });
  await sources.getByRole("button", { name: "Add a source" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a data source" });
  await dialog.getByLabel("Name").fill("Handbook files");
  await dialog.getByLabel("Bucket", { exact: true }).fill("handbook");
  await dialog.getByLabel("How they are cut").selectOption("hierarchical");
  await expect(dialog).toContainText("Small passages are found");
  await accessible(page);
  await dialog.getByRole("button", { name: "Add and read" }).click();
  await expect(dialog).toBeHidden();

  const documents = page.getByRole("region", { name: "Documents" });
  await expect(documents.getByRole("button", { name: "hours.html", exact: true })).toBeVisible();
  await expect(documents.getByRole("button", { name: "refunds.md", exact: true })).toBeVisible();
  await expect(sources).toContainText("s3://handbook/ · 2 documents · 1 could not be read");
  await expect(sources).toContainText("It is of a kind that is not read");

  await writeFile(join(folder, "delivery.txt"), "Two working days.");
  await rm(join(folder, "refunds.md"));
  await rm(join(folder, "picture.png"));
  await sources.getByRole("button", { name: "Sync Handbook files" }).click();
  await expect(documents.getByRole("button", { name: "delivery.txt", exact: true })).toBeVisible();
  await expect(documents.getByRole("button", { name: "refunds.md", exact: true })).toBeHidden();
  await expect(sources.getByRole("list", { name: "Could not be read" })).toBeHidden();

  await sources.getByRole("button", { name: "Delete Handbook files" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(documents).toContainText("Drop files anywhere on this page");
});

test("a long sync shows how far it is, and is stopped", async ({ page }) => {
  await files("long", Object.fromEntries([...Array(400).keys()].map((at) => [`${at}.html`, `<p>Page ${at}</p>`])));
  const base = await post("/api/knowledge-bases", { name: "Long" });
  const place = { type: "bucket", bucket: "long" };
  await post(`/api/knowledge-bases/${base.id}/sources`, { name: "Pages", place });
  await page.goto(`${world.url}/knowledge/${base.id}`);
  const sources = page.getByRole("region", { name: "Data sources" });
  await sources.getByRole("button", { name: "Sync Pages" }).click();
  await expect(sources.getByRole("progressbar", { name: "Sync" })).toBeVisible();
  await expect(sources.getByRole("status")).toContainText("of 400 documents");
  await sources.getByRole("button", { name: "Stop" }).click();
  await expect(sources.getByRole("button", { name: "Sync Pages" })).toBeVisible();
  const found = await (await world.api("GET", `/api/knowledge-bases/${base.id}/sources`)).json();
  expect(found.dataSources[0].job.status).toBe("Stopped");
  expect(found.dataSources[0].documents).toBeLessThan(400);
});
