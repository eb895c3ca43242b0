// What the editor must not do again: lose a version, act on the wrong thing, forget where one was.
import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { barrier } from "../support/upstream.mjs";
import { isConstrained, signIn, startWorld, triage } from "../support/world.mjs";

let world;
test.beforeAll(async () => {
  world = await startWorld();
});
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  world.upstream.setAnswer(triage);
  await signIn(page, world);
});

const open = async (page, body = { template: "support-triage" }) => {
  const flow = await world.create(body);
  const editor = new Editor(page);
  await editor.open(`${world.url}/flows/${flow.id}`);
  return { flow, editor };
};
const draft = async (id) => (await world.api("GET", `/api/flows/${id}`)).json();
const names = async (id) => (await draft(id)).definition.nodes.map((node) => node.name);
const dialogOf = (page) => page.getByRole("dialog", { name: "This flow was changed elsewhere too" });

test.describe("saving", () => {
  test("what one tab keeps, another does not delete", async ({ page, context }) => {
    const { flow, editor: first } = await open(page);
    const other = await context.newPage();
    const second = new Editor(other);
    await second.open(`${world.url}/flows/${flow.id}`);
    await first.rename("Answer", "Reply");
    await first.saved();
    await second.rename("Deescalate", "CalmDown");
    await expect(dialogOf(other)).toBeVisible();
    // The first tab saves again, and needs no copy any more.
    await first.rename("Reply", "Respond");
    await first.saved();
    other.on("dialog", (dialog) => dialog.accept());
    await other.reload();
    await expect(dialogOf(other)).toContainText("CalmDown");
    await expect(second.node("CalmDown")).toBeVisible();
    await dialogOf(other).getByRole("button", { name: "Keep mine as a copy" }).click();
    await expect(second.node("Respond")).toBeVisible();
    await other.reload();
    await expect(second.node("Respond")).toBeVisible();
    await expect(dialogOf(other)).toHaveCount(0);
  });

  test("a page does not conflict with its own save", async ({ page }) => {
    const { flow, editor } = await open(page);
    // The answers of the server are lost, its commits are not.
    await page.route("**/api/flows/*", async (route) => {
      if (route.request().method() !== "PUT") return route.fallback();
      await route.fetch();
      await route.abort("connectionreset");
    });
    await editor.rename("Answer", "Reply");
    await expect(page.getByText("Offline", { exact: true })).toBeVisible();
    await editor.rename("Deescalate", "CalmDown");
    await page.unroute("**/api/flows/*");
    await editor.saved();
    await expect(dialogOf(page)).toHaveCount(0);
    expect(await names(flow.id)).toEqual(expect.arrayContaining(["Reply", "CalmDown"]));
  });

  test("a page that is left while it saves, and opened again, has it all", async ({ page }) => {
    const { flow, editor } = await open(page);
    let release;
    const held = new Promise((resolve) => (release = resolve));
    let puts = 0;
    await page.route("**/api/flows/*", async (route) => {
      if (route.request().method() === "PUT" && (puts += 1) === 1) await held;
      await route.fallback();
    });
    await editor.rename("Answer", "Reply");
    await expect.poll(() => puts).toBe(1);
    await editor.rename("Deescalate", "CalmDown");
    await page.getByRole("button", { name: "Versions" }).click();
    await page.goBack();
    release();
    await expect(editor.node("CalmDown")).toBeVisible();
    await editor.saved();
    await expect(dialogOf(page)).toHaveCount(0);
    expect(await names(flow.id)).toEqual(expect.arrayContaining(["Reply", "CalmDown"]));
  });

  test("Resolve asks again for what could not be read", async ({ page }) => {
    const { flow, editor } = await open(page);
    await page.route("**/api/flows/*", (route) =>
      route.request().method() === "GET" ? route.abort("connectionrefused") : route.fallback(),
    );
    const { revision, definition, extensions } = await draft(flow.id);
    definition.nodes = definition.nodes.filter((node) => node.name !== "Answer");
    definition.connections = definition.connections.filter((one) => one.source !== "Answer" && one.target !== "Answer");
    expect((await world.save(flow.id, revision, { definition, extensions })).status).toBe(200);
    await editor.rename("Deescalate", "CalmDown");
    await expect(page.getByText("Conflict", { exact: true })).toBeVisible();
    await page.unroute("**/api/flows/*");
    await page.getByRole("button", { name: "Resolve" }).click();
    await expect(dialogOf(page)).toContainText("Answer");
    await expect(dialogOf(page)).toContainText("is only in yours");
  });

  test("a flow that was deleted elsewhere is kept as a new one", async ({ page }) => {
    const { flow, editor } = await open(page);
    await world.api("DELETE", `/api/flows/${flow.id}`);
    await editor.rename("Answer", "Reply");
    await page.getByRole("button", { name: "Keep as a new flow" }).click();
    await expect(page).not.toHaveURL(new RegExp(flow.id));
    await expect(editor.node("Reply")).toBeVisible();
    await editor.saved();
  });

  test("a name that is still being typed is not lost by a reload", async ({ page }) => {
    const { flow, editor } = await open(page);
    await editor.select("RouteByTone");
    await editor.inspector.getByLabel("Condition name", { exact: true }).first().fill("furious");
    page.on("dialog", (dialog) => dialog.accept());
    await page.reload();
    await expect(editor.port("RouteByTone condition furious")).toBeVisible();
    await editor.saved();
    expect(JSON.stringify(await draft(flow.id))).toContain("furious");
  });
});

test.describe("runs", () => {
  test("Stop that comes too late is no failure", async ({ page }) => {
    const watched = watch(page);
    const { editor } = await open(page);
    const held = barrier();
    world.upstream.setAnswer((request) => (isConstrained(request) ? triage(request) : { ...triage(request), barrier: held }));
    // The server hears of the stop when the run has ended.
    await page.route("**/stop", async (route) => {
      held.release();
      await expect(editor.status).toContainText("Succeeded");
      await route.fallback();
    });
    await editor.send("It is late");
    await held.held();
    const answer = page.waitForResponse("**/stop");
    await editor.stop.click();
    expect((await answer).status()).toBe(409);
    await expect(editor.run).toBeVisible();
    await expect(page.locator(".toast")).toHaveCount(0);
    watched.expectNone(/status of 409/);
  });

  test("a draft that another changed is not run, and the message comes back", async ({ page }) => {
    const { flow, editor } = await open(page);
    await editor.rename("Answer", "Reply");
    await editor.saved();
    const { revision, definition, extensions } = await draft(flow.id);
    definition.nodes.find((node) => node.name === "FlowOutputNode").inputs[0].type = "Object";
    expect((await world.save(flow.id, revision, { definition, extensions })).status).toBe(200);
    let asked;
    await page.route("**/draft/invoke", (route) => {
      asked = route.request().headers()["if-match"];
      const problem = { type: "about:blank", title: "Precondition Failed", status: 412, detail: "It changed.", code: "revision" };
      return route.fulfill({ status: 412, contentType: "application/problem+json", body: JSON.stringify(problem) });
    });
    await editor.send("Hello");
    await expect(dialogOf(page)).toContainText("FlowOutputNode");
    expect(asked).toBe(`"${revision}"`);
    await dialogOf(page).getByRole("button", { name: "Close" }).click();
    await expect(editor.input).toHaveValue("Hello");
    await expect(page.getByText("Conflict", { exact: true })).toBeVisible();
  });

  test("a run that cannot be followed any more does not look as if it ran", async ({ page }) => {
    const { editor } = await open(page);
    const events = [
      ["execution", { executionId: "gone" }],
      ["executionStarted", { seq: 1, at: 1, elapsed: 0, type: "executionStarted", input: "Hello" }],
      ["nodeStarted", { seq: 2, at: 1, elapsed: 9, type: "nodeStarted", node: "ClassifyTone", inputs: [] }],
    ];
    const body = events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join("");
    await page.route("**/draft/invoke", (route) => route.fulfill({ contentType: "text/event-stream", body }));
    await page.route("**/executions/gone/events", (route) => route.abort("connectionreset"));
    await editor.send("Hello");
    await expect(editor.node("ClassifyTone").getByRole("img", { name: "running" })).toBeVisible();
    await expect(editor.node("ClassifyTone").getByRole("img", { name: "not known" })).toBeVisible({ timeout: 30_000 });
    await expect(editor.pane.getByRole("alert")).toContainText("The run goes on");
    const link = editor.pane.getByRole("link", { name: "Open the execution" });
    await expect(link).toHaveAttribute("href", "/executions/gone");
    await expect(editor.status).toContainText("Not followed");
    await expect(editor.run).toBeVisible();
  });

  test("a message whose run was refused comes back", async ({ page }) => {
    const { editor } = await open(page, { title: "Loose" });
    await editor.send("Hello");
    await expect(editor.pane.getByRole("alert")).toContainText("cannot run yet");
    await expect(editor.input).toHaveValue("Hello");
  });

  test("a name that is still being typed is in the run", async ({ page }) => {
    const { editor } = await open(page);
    await editor.input.fill("It is late");
    await editor.select("Answer");
    await editor.field("Name").fill("Reply");
    await page.keyboard.press("Control+Enter");
    await expect(editor.status).toContainText("Succeeded");
    await expect(editor.line("Reply")).toBeVisible();
  });

  test("a node that is changed after a run shows its problems", async ({ page }) => {
    const { editor } = await open(page);
    world.upstream.setAnswer(() => ({ status: 500 }));
    await editor.send("Hello");
    await expect(editor.node("ClassifyTone").getByRole("img", { name: "failed" })).toBeVisible();
    await editor.select("ClassifyTone");
    await editor.field("Model").fill("");
    await expect(editor.node("ClassifyTone").getByRole("img", { name: "failed" })).toHaveCount(0);
    await expect(editor.node("ClassifyTone").locator(".issue")).toContainText("model");
    await expect(editor.node("ClassifyTone")).toHaveClass(/bad/);
  });
});

test.describe("canvas", () => {
  const adds = (page) => page.getByRole("dialog", { name: "Add a node" });

  test("a double click on a tool zooms and does nothing else", async ({ page }) => {
    const { editor } = await open(page);
    await editor.canvas.getByRole("button", { name: "Zoom in" }).dblclick();
    await editor.canvas.getByRole("img", { name: "Overview" }).dblclick();
    await expect(adds(page)).toHaveCount(0);
    const corner = await editor.at(0.98, 0.05);
    await page.mouse.dblclick(corner.x, corner.y);
    await expect(adds(page)).toBeVisible();
    const [list, canvas] = [await adds(page).boundingBox(), await editor.canvas.boundingBox()];
    expect(list.x + list.width).toBeLessThanOrEqual(canvas.x + canvas.width + 1);
    await adds(page).getByRole("combobox").dblclick();
    await expect(adds(page)).toHaveCount(1);
  });

  test("Delete and F2 act on what has the focus", async ({ page }) => {
    const { editor } = await open(page);
    await editor.select("ClassifyTone");
    await editor.inspector.getByRole("tab", { name: "Last run" }).click();
    await editor.node("Answer").focus();
    await page.keyboard.press("F2");
    const field = editor.canvas.getByRole("textbox", { name: "New name" });
    await expect(field).toBeFocused();
    await expect(field).toHaveValue("Answer");
    await page.keyboard.press("Escape");
    await expect(editor.node("Answer")).toBeFocused();
    await editor.inspector.getByRole("tab", { name: "Configure" }).click();
    await editor.select("ClassifyTone");
    await editor.node("Answer").focus();
    await page.keyboard.press("Delete");
    await expect(editor.node("Answer")).toHaveCount(0);
    await expect(editor.node("ClassifyTone")).toBeVisible();
    const wires = await editor.wires.count();
    await editor.select("ClassifyTone");
    await editor.canvas.getByRole("button", { name: /^Edge from FlowInputNode document to Deescalate/ }).focus();
    await page.keyboard.press("Delete");
    await expect(editor.wires).toHaveCount(wires - 1);
    await expect(editor.node("ClassifyTone")).toBeVisible();
  });

  test("marked words are copied, whichever node is selected", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const { editor } = await open(page);
    await editor.select("Answer");
    await editor.inspector.getByText("Words between commas").selectText();
    await editor.inspector.getByText("Words between commas").evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("Control+c");
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(copied).toContain("Words between commas");
    await page.evaluate(() => getSelection().removeAllRanges());
    await editor.node("Answer").focus();
    await page.keyboard.press("Control+c");
    await expect.poll(copied).toContain("anabranch/clip");
  });

  test("Space pans with a card in focus, and Alt places off the grid", async ({ page }) => {
    const { editor } = await open(page);
    await editor.select("Answer");
    const style = () => editor.node("Answer").getAttribute("style");
    const world = () => editor.canvas.locator(".world").getAttribute("style");
    const [before, seen] = [await style(), await world()];
    const heading = editor.node("Answer").getByRole("heading");
    const box = await heading.boundingBox();
    await page.keyboard.down(" ");
    await editor.drag(heading, { x: box.x - 60, y: box.y - 40 });
    await page.keyboard.up(" ");
    expect(await style()).toBe(before);
    expect(await world()).not.toBe(seen);
    const there = await heading.boundingBox();
    await page.keyboard.down("Alt");
    await editor.drag(heading, { x: there.x + there.width / 2 + 37, y: there.y + there.height / 2 + 31 });
    await page.keyboard.up("Alt");
    const [x, y] = (await style()).match(/-?[\d.]+(?=px)/g).map(Number);
    expect(x % 20 !== 0 || y % 20 !== 0).toBe(true);
  });

  test("undoing a rename keeps the card, and what is selected", async ({ page }) => {
    const { editor } = await open(page);
    await editor.rename("Answer", "Reply");
    const card = await editor.node("Reply").getAttribute("id");
    await editor.node("Reply").focus();
    await page.keyboard.press("Control+z");
    await expect(editor.node("Answer")).toBeFocused();
    await expect(editor.node("Answer")).toHaveAttribute("id", card);
    await expect(editor.field("Name")).toHaveValue("Answer");
  });

  test("Tab leads on after its list was closed", async ({ page }) => {
    const { editor } = await open(page);
    await editor.canvas.focus();
    await page.keyboard.press("Tab");
    await expect(adds(page)).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(editor.canvas).toBeFocused();
    await page.keyboard.press("Tab");
    await expect(adds(page)).toHaveCount(0);
    // From left to right, whatever the order of the document is.
    await expect(editor.node("FlowInputNode")).toBeFocused();
    await page.keyboard.press("Tab");
    await expect(editor.node("ClassifyTone")).toBeFocused();
  });

  test("a card that is moved past another keeps the focus", async ({ page }) => {
    const { editor } = await open(page);
    await editor.select("ClassifyTone");
    await editor.node("ClassifyTone").focus();
    for (let step = 0; step < 6; step += 1) await page.keyboard.press("Alt+Shift+ArrowRight");
    await expect(editor.node("ClassifyTone")).toBeFocused();
    await editor.saved();
  });

  test("a problem leads to its node, which keeps the focus", async ({ page }) => {
    const { editor } = await open(page, { title: "Loose" });
    await page.getByRole("button", { name: /problem/ }).click();
    await page.getByRole("dialog", { name: "Problems" }).getByRole("button", { name: /FlowOutputNode/ }).first().click();
    await expect(editor.node("FlowOutputNode")).toBeFocused();
    await page.waitForTimeout(200);
    await expect(editor.node("FlowOutputNode")).toBeFocused();
  });
});

test.describe("inspector", () => {
  test("a name that is taken is refused in words", async ({ page }) => {
    const { editor } = await open(page);
    await editor.select("RouteByTone");
    await editor.button("Add condition").click();
    const field = editor.inspector.getByLabel("Condition name", { exact: true }).nth(1);
    await field.fill("angry");
    await field.press("Tab");
    await expect(editor.inspector.getByRole("alert")).toContainText("already a condition named angry");
    await field.fill("so so");
    await field.press("Tab");
    await expect(editor.inspector.getByRole("alert")).toContainText("letters and digits");
  });

  test("a name that is being typed is kept by going back in history", async ({ page }) => {
    const flow = await world.create({ template: "support-triage", title: "Left in a hurry" });
    const editor = new Editor(page);
    await page.goto(world.url);
    await page.getByRole("link", { name: flow.title }).click();
    await expect(editor.canvas).toBeVisible();
    await editor.select("Answer");
    await editor.field("Name").fill("Reply");
    await page.goBack();
    await expect(page.getByRole("heading", { name: "Flows", exact: true })).toBeVisible();
    await page.goForward();
    await expect(editor.node("Reply")).toBeVisible();
    await expect(editor.node("Answer")).toHaveCount(0);
  });

  test("the allowed answers follow undo", async ({ page }) => {
    const { editor } = await open(page);
    await editor.select("ClassifyTone");
    const field = editor.field("Answer must be one of");
    await expect(field).toHaveValue("angry, neutral");
    await field.press("End");
    await field.pressSequentially(", sad,");
    await expect(field).toHaveValue("angry, neutral, sad,");
    await editor.button("Undo").click();
    await expect(field).toHaveValue("angry, neutral");
  });

  test("a variable that is cut and pasted keeps its wire", async ({ page }) => {
    const { editor } = await open(page);
    const wires = await editor.wires.count();
    await editor.select("Answer");
    const field = editor.field("Prompt");
    const text = await field.evaluate((element) => element.value);
    await field.fill(text.replaceAll("{{message}}", ""));
    await expect(editor.wires).toHaveCount(wires - 1);
    await field.fill(text);
    await expect(editor.wires).toHaveCount(wires);
  });

  test("tabs have arrow keys, and a closed test pane comes back", async ({ page }) => {
    const { editor } = await open(page);
    await editor.select("Answer");
    await editor.inspector.getByRole("tab", { name: "Configure" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect(editor.inspector.getByRole("tab", { name: "Inputs" })).toBeFocused();
    await editor.button("Close the test pane").click();
    await expect(editor.pane).toHaveCount(0);
    await editor.button("Open the test pane").click();
    await expect(editor.input).toBeFocused();
  });
});
