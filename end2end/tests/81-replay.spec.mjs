// Past runs played again, two versions on one picture, and an alias that is rolled back.
import { expect, test } from "@playwright/test";
import { watch } from "../support/page.mjs";
import { isConstrained, promptOf, signIn, startWorld, triage } from "../support/world.mjs";

let world, watched;
test.beforeAll(async () => (world = await startWorld()));
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  world.upstream.setAnswer(triage);
  watched = watch(page);
  await signIn(page, world);
});
test.afterEach(() => watched.expectNone());

const invoke = async (flow, input) => (await world.api("POST", `/api/flows/${flow.id}/draft/invoke`, { input })).json();

test("a past run is played again on the flow as it ran", async ({ page }) => {
  const flow = await world.create({ template: "support-triage" });
  const { executionId } = await invoke(flow, "Where is it?");
  // The draft goes on; the replay shows what ran.
  const { definition, extensions, revision } = await (await world.api("GET", `/api/flows/${flow.id}`)).json();
  const renamed = JSON.parse(JSON.stringify(definition).replaceAll("ClassifyTone", "Renamed"));
  await world.save(flow.id, revision, { definition: renamed, extensions });

  await page.goto(`${world.url}/executions/${executionId}`);
  const replay = page.getByRole("region", { name: "Replay" });
  const node = (name, words) => replay.getByRole("button", { name: words === undefined ? name : `${name}: ${words}`, exact: words !== undefined });
  await expect(node(/^ClassifyTone: succeeded/)).toBeVisible();
  await expect(node("Deescalate", "not taken")).toBeVisible();
  await expect(replay.locator(".pic-wire.off").first()).toBeVisible();
  const bar = replay.getByRole("slider", { name: "Moment of the run" });
  await bar.focus();
  await page.keyboard.press("Home");
  await expect(bar).toHaveAttribute("aria-valuetext", /^1 of \d+: .*the run began$/);
  await expect(node("ClassifyTone", "succeeded")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Trace" }).locator(".line")).toHaveCount(0);
  for (let step = 0; step < 3; step += 1) await replay.getByRole("button", { name: "Next event" }).click();
  await expect(node("ClassifyTone", "running")).toBeVisible();
  await node("ClassifyTone", "running").click();
  const looked = replay.getByRole("region", { name: "What ClassifyTone did" });
  await expect(looked).toContainText("Where is it?");
  await expect(looked).not.toContainText("neutral");
  await replay.getByRole("button", { name: "Play" }).click();
  await expect(bar).toHaveAttribute("aria-valuetext", /succeeded$/, { timeout: 20_000 });
  await expect(looked).toContainText("neutral");
  await expect(replay.getByRole("button", { name: "Play" })).toBeVisible();
});

test("two versions are seen on one picture, and a node leads to what changed on it", async ({ page }) => {
  const flow = await world.create({ template: "support-triage" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  const { definition, extensions, revision } = await (await world.api("GET", `/api/flows/${flow.id}`)).json();
  const gone = new Set(["Deescalate"]);
  definition.nodes = definition.nodes.filter((node) => !gone.has(node.name));
  definition.connections = definition.connections.filter((it) => !gone.has(it.source) && !gone.has(it.target));
  const text = definition.nodes.find((node) => node.name === "Answer").configuration.prompt.sourceConfiguration.inline.templateConfiguration.text;
  text.text = `Be brief. ${text.text}`;
  definition.nodes.push({ name: "Fresh", type: "Output", inputs: [{ name: "document", type: "String", expression: "$.data" }], outputs: [], configuration: { output: {} } });
  extensions.nodes = { ...extensions.nodes, RouteByTone: { ...extensions.nodes?.RouteByTone, position: { x: 700, y: 700 } } };
  expect((await world.save(flow.id, revision, { definition, extensions })).status).toBe(200);

  await page.goto(`${world.url}/flows/${flow.id}/versions`);
  const picture = page.getByRole("group", { name: "Both states of the flow" });
  for (const [name, words] of [["Deescalate", "removed"], ["Answer", "changed"], ["Fresh", "added"], ["RouteByTone", "only moved"]]) {
    await expect(picture.getByRole("button", { name: `${name}: ${words}`, exact: true })).toBeVisible();
  }
  await expect(picture.getByRole("button", { name: "ClassifyTone", exact: true })).toBeVisible();
  await expect(picture.locator(".pic-wire.removed").first()).toBeVisible();
  await picture.getByRole("button", { name: "Answer: changed" }).click();
  const change = page.locator("#change-Answer");
  await expect(change).toBeFocused();
  await expect(change).toContainText("Be brief.");
});

test("an alias tells where it pointed, and goes back at one press", async ({ page }) => {
  const flow = await world.create({ template: "support-triage" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  const { definition, extensions, revision } = await (await world.api("GET", `/api/flows/${flow.id}`)).json();
  definition.nodes.find((node) => node.name === "Answer").inputs[0].expression = "$.data";
  const inline = definition.nodes.find((node) => node.name === "Answer").configuration.prompt.sourceConfiguration.inline;
  inline.templateConfiguration.text.text += " Please.";
  await world.save(flow.id, revision, { definition, extensions });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  const called = async () => {
    await world.api("POST", `/api/flows/${flow.id}/aliases/live/invoke`, { input: "Where is it?" });
    const request = world.upstream.requests.at(-1).body;
    expect(isConstrained(request)).toBe(false);
    return promptOf(request);
  };
  expect(await called()).toContain("Please.");
  await page.goto(`${world.url}/flows/${flow.id}/versions`);
  await page.getByRole("button", { name: "Roll back to v1" }).click();
  await expect(page.getByText("live points at version 1.")).toBeVisible();
  expect(await called()).not.toContain("Please.");
  await page.getByText("Where it pointed").click();
  const moves = page.getByRole("list", { name: "Where live pointed" }).getByRole("listitem");
  await expect(moves).toHaveCount(3);
  await expect(moves.first()).toContainText("v1");
  await expect(moves.nth(1)).toContainText("v2");
  await expect(page.getByRole("button", { name: "Roll back to v2" })).toBeVisible();
});
