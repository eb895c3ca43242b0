// The page starts in a real browser: the module is loaded under the server's own policy, and nothing complains.
import { expect, test } from "@playwright/test";

import { watch } from "../support/page.mjs";
import { startServer } from "../support/server.mjs";

let server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server?.stop());

test("the app starts under the server's policy", async ({ page }) => {
  const watched = watch(page);
  const response = await page.goto(server.signIn);
  const policy = response.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(response.headers()["cache-control"]).toContain("no-cache");
  // The loader removes its message once the app is there.
  await expect(page.locator("#boot")).toHaveCount(0);
  await expect(page.locator("body")).not.toBeEmpty();
  watched.expectNone();
});

test("assets are kept for ever, compressed, and missing ones are missing", async ({ request }) => {
  const page = await (await request.get(server.url)).text();
  const [, module] = page.match(/href="(\/assets\/app-[0-9a-f]+\/app_bg\.wasm)"/);
  const response = await request.get(server.url + module, { headers: { "accept-encoding": "br" } });
  expect(response.headers()["content-type"]).toBe("application/wasm");
  expect(response.headers()["content-encoding"]).toBe("br");
  expect(response.headers()["cache-control"]).toContain("immutable");
  expect((await request.get(`${server.url}/assets/absent-0123.js`)).status()).toBe(404);
});

for (const scheme of ["light", "dark"]) {
  test(`the system's ${scheme} colours are chosen before the first paint`, async ({ browser }) => {
    const page = await browser.newPage({ colorScheme: scheme });
    await page.goto(server.url, { waitUntil: "commit" });
    await expect(page.locator("html")).toHaveAttribute("data-theme", scheme);
    await page.close();
  });
}

test("an app that does not load says so in the page", async ({ page }) => {
  await page.route("**/assets/app-*/app_bg.wasm", (route) => route.abort());
  await page.goto(server.url);
  await expect(page.getByRole("alert")).toContainText("Anabranch could not start");
  await expect(page.getByRole("link", { name: "Try again" })).toBeVisible();
});
