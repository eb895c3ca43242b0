// Lex: a bot is drawn, seen to stand for nothing, bound where that is said, and run; its intents live on a page too.
import { expect, test } from "@playwright/test";

import { accessible } from "../support/axe.mjs";
import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { isConstrained, promptOf, signIn, startWorld } from "../support/world.mjs";

const ARN = "arn:aws:lex:us-east-1:123456789012:bot-alias/SHOP/LIVE";

/** Names the intent by a word of the message. */
function answer(request) {
  if (!isConstrained(request)) return { text: "Fine." };
  const text = promptOf(request);
  const name = /parcel/.test(text) ? "Order" : /money/.test(text) ? "Refund" : "FallbackIntent";
  return { text: JSON.stringify({ answer: name }) };
}

let world, editor, watched;
test.beforeAll(async () => (world = await startWorld(answer)));
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
});
test.afterEach(() => watched.expectNone());

/** Fills the dialog of a binding in. */
async function fill(dialog) {
  const names = dialog.getByLabel("Name of the intent");
  const messages = dialog.getByLabel("Messages that mean it, one a line");
  await names.nth(0).fill("Order");
  await messages.nth(0).fill("Where is my parcel?\nIs it on its way?");
  await names.nth(1).fill("Refund");
  await messages.nth(1).fill("I want my money back");
}

test("a bot is drawn, bound where it says that it is not, and names the intent", async ({ page }) => {
  const { id } = await world.create({ title: "Bot" });
  await editor.open(`${world.url}/flows/${id}`);
  await editor.node("FlowInputNode").click();
  await editor.palette.getByRole("button", { name: "Lex" }).click();
  await expect(editor.issue("Lex_1")).toContainText("Choose a bot alias.");
  await editor.connect("Lex_1 output predictedIntent", "FlowOutputNode input document");
  await editor.select("Lex_1");
  await editor.field("Bot alias ARN").fill(ARN);
  await expect(editor.field("Locale")).toHaveValue("en_US");
  await editor.noProblems();
  await expect(editor.node("Lex_1")).toContainText("SHOP/LIVE");
  await expect(editor.issue("Lex_1")).toHaveText("No intents are bound to this bot yet.");
  await editor.send("where is my parcel");
  await expect(editor.status).toContainText("Failed");
  await expect(editor.pane.getByRole("alert")).toContainText(`There are no intents for ${ARN} in en_US. Bind them on the Connections page.`);

  await editor.inspector.getByRole("button", { name: "Bind it" }).click();
  const dialog = page.getByRole("dialog", { name: "Bind a bot to intents" });
  await expect(dialog.getByLabel("Bot alias ARN")).toHaveValue(ARN);
  await expect(dialog.getByLabel("Name of the intent").first()).toBeFocused();
  await fill(dialog);
  await expect(dialog.getByLabel("Where no intent fits")).toHaveValue("FallbackIntent");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(editor.inspector.getByText("Names one of Order, Refund, FallbackIntent.")).toBeVisible();
  await expect(editor.issue("Lex_1")).not.toContainText("No intents");

  for (const [message, intent] of [["where is my parcel", "Order"], ["give me my money", "Refund"], ["hm", "FallbackIntent"]]) {
    await editor.send(message);
    await expect(editor.status).toContainText("Succeeded");
    await expect(editor.pane.locator(".msg.it").last()).toHaveText(intent);
  }
  const asked = world.upstream.requests.at(-1).body;
  expect(asked.response_format.json_schema.schema.properties.answer.enum).toEqual(["Order", "Refund", "FallbackIntent"]);
  expect(asked.messages[0].content).toContain("- Is it on its way?");
});

test("intents are looked after on their page", async ({ page }) => {
  await world.api("DELETE", `/api/bots/${encodeURIComponent(ARN)}`);
  await page.getByRole("link", { name: "Connections" }).click();
  const list = page.getByRole("region", { name: "Intents" });
  await expect(list).toContainText("None yet. A Lex node names a bot by the ARN of its alias");
  await list.getByRole("button", { name: "Bind a bot" }).click();
  const dialog = page.getByRole("dialog", { name: "Bind a bot to intents" });
  await dialog.getByLabel("Bot alias ARN").fill(ARN);
  await fill(dialog);
  await dialog.getByRole("button", { name: "Add an intent" }).click();
  await expect(dialog.getByLabel("Name of the intent").nth(2)).toBeFocused();
  await dialog.getByLabel("Name of the intent").nth(2).fill("Order");
  await dialog.getByLabel("Messages that mean it, one a line").nth(2).fill("x");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Order is there twice.");
  await dialog.getByRole("button", { name: "Remove this intent" }).nth(2).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(list).toContainText("Order, Refund, FallbackIntent · the model of new prompts");
  await list.getByLabel("Message for SHOP/LIVE").fill("my money please");
  await list.getByRole("button", { name: "Try SHOP/LIVE" }).click();
  await expect(list.getByRole("status")).toHaveText("Refund (test/model)");

  await list.getByRole("button", { name: "Edit SHOP/LIVE" }).click();
  const change = page.getByRole("dialog", { name: "Change the intents" });
  await change.getByLabel("Model").fill("gone/model");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(change.getByRole("alert")).toContainText("There is no connection gone.");
  await change.getByLabel("Model").fill("test/model");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(list).toContainText("· test/model");
  await list.getByRole("button", { name: "Delete SHOP/LIVE" }).click();
  const question = page.getByRole("dialog", { name: "Delete the intents of “SHOP/LIVE”?" });
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(list).toContainText("None yet.");
  watched.problems.splice(0, watched.problems.length, ...watched.problems.filter((problem) => !/400 \(Bad Request\)/.test(problem)));
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const flow = await world.create({ template: "route-by-intent" });
    await editor.open(`${world.url}/flows/${flow.id}`);
    await editor.select("NameIntent");
    await editor.inspector.getByText("About Lex").click();
    await expect(editor.inspector.getByText("predictedIntent", { exact: true })).toBeVisible();
    await accessible(page);
    await editor.inspector.getByRole("button", { name: "Change intents" }).click();
    await expect(page.getByRole("dialog", { name: "Change the intents" })).toBeVisible();
    await accessible(page);
    await page.goto(`${world.url}/connections`);
    await expect(page.getByRole("region", { name: "Intents" })).toContainText("SHOPHELP01/ROUTEDEMO1");
    await accessible(page);
  });
}
