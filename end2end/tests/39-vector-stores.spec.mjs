// Vector stores: one is added on the Connections page and tried, a base is led to it, and it stays while the base uses it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { expect, test } from "@playwright/test";

import { accessible } from "../support/axe.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

let world, postgres, port, watched;
test.beforeAll(async () => {
  world = await startWorld();
  postgres = spawn(process.execPath, [fileURLToPath(new URL("../support/pglite.mjs", import.meta.url))]);
  const [line] = await once(postgres.stdout, "data");
  port = Number(line);
});
test.afterAll(async () => {
  await world?.stop();
  postgres?.stdin.end();
});
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
});
// The page is told that a store in use stays.
test.afterEach(() => watched.expectNone(/status of 409/));

test("a base's vectors are led to PostgreSQL, which stays while they are there", async ({ page }) => {
  const made = await world.api("POST", "/api/knowledge-bases", { name: "Handbook" });
  const { id } = await made.json();
  await page.goto(`${world.url}/connections`);
  const section = page.getByRole("region", { name: "Vector stores" });
  await expect(section).toContainText("None needed");
  await section.getByRole("button", { name: "Add a vector store" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("shop");
  await dialog.getByLabel("Address").fill(`postgres://postgres@127.0.0.1:${port}/postgres`);
  await dialog.getByLabel("Password").fill("canary-password-4711");
  await accessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(section).toContainText("secret …4711 · not used yet");

  // It has no TLS, which is said; then it is left out, and the password is asked for again.
  await section.getByRole("button", { name: "Test shop" }).click();
  await expect(section.getByRole("status")).toContainText("has no TLS");
  await section.getByRole("button", { name: "Edit shop" }).click();
  await dialog.getByLabel("The connection is private (TLS)").uncheck();
  await expect(dialog.getByLabel("Certificate of its authority")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(section).not.toContainText("4711");
  await section.getByRole("button", { name: "Test shop" }).click();
  await expect(section.getByRole("status")).toContainText("takes vectors and finds them");

  await page.goto(`${world.url}/knowledge/${id}`);
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await dialog.getByLabel("Where that is kept").selectOption("shop");
  await accessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await page.goto(`${world.url}/connections`);
  await expect(section).toContainText("used by Handbook");
  await section.getByRole("button", { name: "Delete shop" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("The vector store shop is used by Handbook.")).toBeVisible();

  await page.goto(`${world.url}/knowledge/${id}`);
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await expect(dialog.getByLabel("Where that is kept")).toHaveValue("shop");
  await dialog.getByLabel("Where that is kept").selectOption("On this server");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await page.goto(`${world.url}/connections`);
  await section.getByRole("button", { name: "Delete shop" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(section).toContainText("None needed");
});
