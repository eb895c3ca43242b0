// First steps on the model inside the server: no connection, no key, no network.
import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { startServer } from "../support/server.mjs";
import { caller } from "../support/world.mjs";

/** Written before any of them was tried, and none of them is in a prompt of the template. */
const MESSAGES = [
  ["Deescalate", "Two technicians have been here and my heating still does not work. I am freezing and you keep sending invoices!"],
  ["Answer", "Good evening, is the museum open on the first Monday of January?"],
  ["Deescalate", "Why did you delete my reservation? I stood in front of a locked door with two children at midnight. This is outrageous."],
  ["Answer", "I would like to add my wife to our insurance. Which form do I have to fill in?"],
  ["Deescalate", "I have written to you five times about the wrong meter reading and every time I get the same automatic answer. Are you even reading this?"],
  ["Answer", "The headset pairs with my laptop but not with my phone. Is there a setting I have missed?"],
  ["Deescalate", "Your update wiped out a week of my work. I am absolutely furious and I expect a call today."],
  ["Answer", "Could you send the next delivery to my office instead of my home?"],
  ["Deescalate", "The fridge you sold me leaked all over my kitchen and your hotline hung up on me. Never again!"],
  ["Answer", "We need twelve chairs for a conference in May. Do you rent them by the day?"],
];

let server, api;
test.beforeAll(async () => {
  server = await startServer();
  api = caller(server);
});
test.afterAll(() => server?.stop());
test.beforeEach(async () => {
  const { state, message } = await (await api("GET", "/api/local-model")).json();
  // Where the weights are meant to be, a test must not pass by being left out.
  if (process.env.ANABRANCH_REQUIRE_MODELS === "1") expect(state, message).toBe("ready");
  test.skip(state !== "ready", "the local model is not here: run anabranch model fetch");
});

test("at least 8 of 10 fresh messages take the right branch", async () => {
  test.setTimeout(240_000);
  const flow = await (await api("POST", "/api/flows", { template: "support-triage" })).json();
  const prompts = JSON.stringify(flow.definition);
  expect(prompts).toContain('"local/smollm2"');
  for (const [, message] of MESSAGES) expect(prompts).not.toContain(message);
  expect((await api("POST", `/api/flows/${flow.id}/publish`, {})).status).toBe(201);

  const outputOf = (prompt) => flow.definition.connections.find(({ type, source }) => type === "Data" && source === prompt).target;
  const wrong = [];
  for (const [branch, input] of MESSAGES) {
    const answer = await (await api("POST", `/api/flows/${flow.id}/aliases/live/invoke`, { input })).json();
    expect(answer.status, JSON.stringify(answer)).toBe("Succeeded");
    expect(answer.outputs).toHaveLength(1);
    expect(answer.outputs[0].value.trim()).not.toBe("");
    if (answer.outputs[0].node !== outputOf(branch)) wrong.push(input);
  }
  console.log(`${MESSAGES.length - wrong.length} of ${MESSAGES.length} messages took the right branch`);
  expect(wrong.length, wrong.join("\n")).toBeLessThanOrEqual(2);
});

test("the template runs in the test pane without any key, and its answer streams", async ({ page }) => {
  test.setTimeout(120_000);
  const watched = watch(page);
  const editor = new Editor(page);
  await page.goto(server.signIn);
  await page.getByRole("button", { name: "Use Support triage" }).click();
  await editor.noProblems();
  await editor.select("ClassifyTone");
  await expect(editor.field("Model")).toHaveValue("local/smollm2");

  // Every state of the answer that the page shows.
  await editor.pane.evaluate((pane) => {
    window.seen = [];
    const look = () => {
      const text = pane.querySelector(".msg.it")?.firstChild?.textContent ?? "";
      if (text && text !== window.seen.at(-1)) window.seen.push(text);
    };
    new MutationObserver(look).observe(pane, { subtree: true, childList: true, characterData: true });
  });
  await editor.send("I have been waiting on the phone for two hours. This is a disgrace!");
  await expect(editor.node("Deescalate").getByRole("img", { name: "running" })).toBeVisible();
  await expect(editor.status).toContainText("Succeeded", { timeout: 60_000 });
  const seen = await page.evaluate(() => window.seen);
  expect(seen.length).toBeGreaterThan(4);
  for (const [at, text] of seen.slice(1).entries()) expect(text.startsWith(seen[at])).toBe(true);

  // The word is chosen without writing a token.
  await expect(editor.line("ClassifyTone")).toContainText(/\d (ms|s)/);
  await expect(editor.line("Deescalate")).toContainText(/\d (ms|s).*\d+ → \d+ tok/s);
  await expect(editor.line("RouteByTone")).toContainText("angry");
  await expect(editor.line("Answer")).toContainText("not taken");
  await editor.line("Deescalate").click();
  await expect(editor.pane.getByText("local/smollm2", { exact: false }).first()).toBeVisible();

  // A neutral one is answered from the shop's own documents.
  await editor.send("On which days is the shop open, and until when?");
  await expect(editor.line("Answer")).toContainText(/→ \d+ tok/, { timeout: 60_000 });
  await expect(editor.status).toContainText("Succeeded", { timeout: 60_000 });
  await editor.line("SearchPolicies").click();
  await expect(editor.pane.getByText("open from Tuesday to Saturday").first()).toBeVisible();
  watched.expectNone();
});
