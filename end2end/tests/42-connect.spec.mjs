// The page that says how programs connect.
import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

const LANGUAGES = ["curl (JSON)", "curl (stream)", "AWS CLI", "boto3", "JavaScript", "Java", "Go", ".NET", "Rust"];

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

test("settings lead to it, and without a published flow it says what to do", async ({ page }) => {
  await page.goto(`${world.url}/settings`);
  await page.getByRole("link", { name: "Connect a program" }).click();
  await expect(page.getByRole("heading", { name: "Connect", exact: true })).toBeVisible();
  await expect(page.getByRole("region", { name: "Call a flow" })).toContainText("no flow has one yet");
  await expect(page.getByRole("region", { name: "Endpoint" })).toHaveText(`${world.url}/aws`);
});

test("it has a snippet in each language for each published flow, and no secret", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  for (const title of ["One", "Two"]) {
    const flow = await world.create({ template: "support-triage", title });
    await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  }
  await world.create({ title: "Never published" });
  await page.goto(`${world.url}/connect`);
  const choice = page.getByLabel("Flow", { exact: true });
  await expect(choice.getByRole("option")).toHaveText(["Two", "One"]);
  const snippet = page.getByRole("region", { name: "Snippet" });
  const secrets = Object.entries(await world.server.env()).filter(([name]) => /KEY/.test(name));
  expect(secrets.length).toBe(3);
  for (const title of ["One", "Two"]) {
    await choice.selectOption(title);
    const { flows } = await (await world.api("GET", "/api/flows")).json();
    const { id, name } = flows.find((flow) => flow.title === title);
    for (const language of LANGUAGES) {
      await page.getByRole("tab", { name: language, exact: true }).click();
      await expect(snippet).toContainText(language.startsWith("curl") ? name : id);
      await expect(snippet).toContainText('eval "$(anabranch env)"');
      const html = await page.content();
      for (const [variable, secret] of secrets) expect(html.includes(secret), variable).toBe(false);
    }
  }
  await page.getByRole("region", { name: "Point a shell here" }).getByText("Copy", { exact: true }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('eval "$(anabranch env)"');
});

test("the panel of an alias leads to it", async ({ page }) => {
  const flow = await world.create({ template: "support-triage", title: "Linked" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  const editor = new Editor(page);
  await editor.open(`${world.url}/flows/${flow.id}`);
  await editor.button("Use it").click();
  await page.getByRole("link", { name: "What it sets" }).click();
  await expect(page.getByRole("heading", { name: "Connect", exact: true })).toBeVisible();
});
