// Every template on the flows page: made by its button, and run where it runs at once. One whose function has to be
// bound first says so, is bound at its node, and runs.
import { createServer } from "node:http";

import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { isConstrained, promptOf, signIn, startWorld, triage } from "../support/world.mjs";

/** What a template needs before it runs, by its title. */
const FIRST = {
  "Look up an order": async (page, editor) => {
    await expect(editor.issue("LookUpOrder")).toHaveText("No binding leads to this function yet.");
    await editor.select("LookUpOrder");
    await editor.inspector.getByRole("button", { name: "Bind it" }).click();
    const dialog = page.getByRole("dialog", { name: "Bind a function" });
    await dialog.getByLabel("Address").fill(orders.url);
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toHaveCount(0);
    await expect(editor.issue("LookUpOrder")).toHaveCount(0);
  },
};

/** Chooses the branch that the sample means, and answers every other prompt. */
function answer(request) {
  const labels = request.response_format?.json_schema?.schema?.properties?.answer?.enum;
  if (!isConstrained(request) || labels?.includes("angry")) return triage(request);
  const name = labels.find((label) => label === "Refund" && /back/.test(promptOf(request))) ?? labels[0];
  return { text: JSON.stringify({ answer: name }) };
}

let world, orders;
test.beforeAll(async () => {
  world = await startWorld(answer);
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.end(JSON.stringify({ status: "shipped", arrives: "tomorrow" })));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()));
  orders = { url: `http://127.0.0.1:${server.address().port}/orders`, stop };
});
test.afterAll(async () => {
  await world?.stop();
  await orders?.stop();
});

test("each template is made by its button and runs to its end", async ({ page }) => {
  test.setTimeout(300_000);
  const watched = watch(page);
  const editor = new Editor(page);
  await signIn(page, world);
  const templates = await (await world.api("GET", "/api/templates")).json();
  expect(templates.length).toBeGreaterThanOrEqual(4);
  for (const { title } of templates) {
    await test.step(title, async () => {
      await page.goto(world.url);
      await page.getByRole("button", { name: `Use ${title}`, exact: true }).click();
      await expect(editor.canvas).toBeVisible();
      await editor.noProblems();
      await FIRST[title]?.(page, editor);
      await expect(editor.input).not.toHaveValue("");
      await editor.run.click();
      await expect(editor.status).toContainText("Succeeded");
      await expect(editor.pane.locator(".msg.it").last()).not.toBeEmpty();
    });
  }
  await watched.expectNone();
});

test("a message takes the way of its intent, by a binding that the template brought", async ({ page }) => {
  const watched = watch(page);
  const editor = new Editor(page);
  await signIn(page, world);
  const flow = await world.create({ template: "route-by-intent" });
  await editor.open(`${world.url}/flows/${flow.id}`);
  await expect(editor.node("NameIntent")).toContainText("SHOPHELP01/ROUTEDEMO1");
  await editor.send("I would like to send it back");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.node("RouteByIntent").getByRole("img", { name: "succeeded" })).toBeVisible();
  await expect(editor.line("AboutRefund")).not.toContainText("not taken");
  await expect(editor.line("AboutOrder")).toContainText("not taken");
  watched.expectNone();
});
