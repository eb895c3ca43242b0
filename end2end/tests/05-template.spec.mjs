// The template's journey: use it, run it, publish it, call it.
import { expect, test } from "@playwright/test";

import { watch } from "../support/page.mjs";
import { startServer } from "../support/server.mjs";
import { startUpstream } from "../support/upstream.mjs";

let server, upstream;
test.beforeAll(async () => {
  upstream = await startUpstream((request) =>
    JSON.stringify(request).includes("json_schema") ? { text: '{"answer":"angry"}' } : { text: "We are so sorry." },
  );
  server = await startServer({
    env: { ANABRANCH_CONNECTION_TEST: upstream.baseUrl, ANABRANCH_DEFAULT_MODEL: "test/test-model" },
  });
});
test.afterAll(async () => {
  await server?.stop();
  await upstream?.stop();
});

test("the template runs at once, is published, and is called", async ({ page, request }) => {
  const watched = watch(page);
  await page.goto(server.signIn);
  await expect(page.getByRole("heading", { name: "Flows", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Use" }).first().click();
  await expect(page.getByRole("application", { name: "Canvas" })).toBeVisible();
  await expect(page.getByRole("group", { name: "ClassifyTone", exact: true })).toBeVisible();

  const pane = page.getByRole("region", { name: "Test" });
  await pane.getByRole("textbox", { name: "Input" }).fill("Nobody answers!");
  await pane.getByRole("button", { name: "Run", exact: true }).click();
  await expect(pane.getByText("We are so sorry.").first()).toBeVisible();
  await expect(pane.getByText("not taken").first()).toBeVisible();

  const environment = await server.env();
  const headers = { authorization: `Bearer ${environment.ANABRANCH_API_KEY}` };
  const published = await request.post(`${server.url}/api/flows/support-triage/publish`, { headers, data: {} });
  expect(published.status()).toBe(201);
  const invoked = await request.post(`${server.url}/api/flows/support-triage/aliases/live/invoke`, {
    headers,
    data: { input: "Nobody answers!" },
  });
  expect((await invoked.json()).outputs).toEqual([{ node: "FlowOutputNode", value: "We are so sorry." }]);

  await page.goto(`${server.url}/executions`);
  // The filter names the flow too, in an option that is never visible.
  await expect(page.getByText("Support triage").filter({ visible: true }).first()).toBeVisible();
  watched.expectNone();
});
