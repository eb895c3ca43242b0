// The main job by mouse: sign in, draw the triage, test it, publish it, call it.
import { expect, test } from "@playwright/test";

import { Editor, holds } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { barrier } from "../support/upstream.mjs";
import { isConstrained, startWorld, triage } from "../support/world.mjs";

let world;
test.beforeAll(async () => {
  world = await startWorld();
});
test.afterAll(() => world?.stop());

test("a person draws, tests, publishes and calls a flow by mouse", async ({ page }) => {
  test.setTimeout(120_000);
  const watched = watch(page);
  const editor = new Editor(page);
  const id = () => page.url().split("/").at(-1);
  /** Where the nodes stand in the document. */
  const places = async () => {
    const { extensions } = await (await world.api("GET", `/api/flows/${id()}`)).json();
    return Object.fromEntries(Object.entries(extensions.nodes).map(([name, { position }]) => [name, position]));
  };

  await test.step("the printed link signs in, and the empty page teaches", async () => {
    await page.goto(world.server.signIn);
    await expect(page.getByRole("region", { name: "How it works" })).toContainText("Publish");
    await expect(page.getByRole("button", { name: "Use Support triage" })).toBeVisible();
    expect(page.url()).not.toContain("login");
  });

  await test.step("a blank flow has the nodes that AWS's console begins with", async () => {
    await page.getByRole("button", { name: "New flow" }).click();
    const dialog = page.getByRole("dialog", { name: "New flow" });
    await dialog.getByLabel("Name").fill("By hand");
    await dialog.getByRole("button", { name: "Create" }).click();
    await expect(editor.node("FlowInputNode")).toBeVisible();
    await expect(editor.node("FlowOutputNode")).toBeVisible();
  });

  await test.step("the palette offers what runs, and nothing else", async () => {
    const ai = ["Prompt", "Agent", "Knowledge base", "Lex"];
    const logic = ["Condition", "Iterator", "Collector", "Loop"];
    const kinds = ["Input", "Output", ...ai, ...logic, "Code", "Function", "Storage", "Retrieval"];
    await expect(editor.palette.getByRole("button")).toHaveText(kinds);
  });

  await test.step("nodes are dragged from the palette, and moved", async () => {
    for (let zoom = 0; zoom < 3; zoom += 1) await page.getByRole("button", { name: "Zoom out" }).click();
    await editor.place("Prompt", 0.4, 0.12, "Prompt_1");
    await editor.rename("Prompt_1", "ClassifyTone");
    await editor.place("Condition", 0.62, 0.12, "Condition_1");
    await editor.rename("Condition_1", "RouteByTone");
    await editor.place("Prompt", 0.4, 0.6, "Prompt_1");
    await editor.rename("Prompt_1", "Deescalate");
    await editor.place("Prompt", 0.62, 0.6, "Prompt_1");
    await editor.rename("Prompt_1", "Answer");
    await editor.place("Output", 0.86, 0.72, "FlowOutputNode_1");
    await editor.drag(editor.node("FlowOutputNode").getByRole("heading"), await editor.at(0.88, 0.4));
    await editor.saved();
    const before = await places();
    await editor.drag(editor.node("FlowInputNode").getByRole("heading"), await editor.at(0.12, 0.45));
    await editor.saved();
    const after = await places();
    expect(after.FlowInputNode).not.toEqual(before.FlowInputNode);
    // That one moved, and the canvas under it did not.
    expect({ ...after, FlowInputNode: before.FlowInputNode }).toEqual(before);
  });

  await test.step("prompts are written, and {{message}} becomes an input by itself", async () => {
    await editor.select("ClassifyTone");
    await expect(editor.field("Model")).toHaveValue("test/model");
    await editor.field("Prompt").fill("Is the customer angry or neutral?\n\nMessage: {{message}}\nTone:");
    await expect(editor.port("ClassifyTone input message")).toBeVisible();
    await editor.field("Answer must be one of").fill("angry, neutral");
    await editor.select("Deescalate");
    await editor.field("Prompt").fill("Calm the customer.\n\n{{message}}");
    await editor.select("Answer");
    await editor.field("Prompt").fill("Answer the customer.\n\n{{message}}");
    await expect(editor.port("Answer input message")).toBeVisible();
  });

  await test.step("a condition is written; what is wrong with it shows while it is", async () => {
    await editor.select("RouteByTone");
    await editor.field("Input name").fill("tone");
    await editor.field("Input name").press("Tab");
    await editor.button("Add condition").click();
    await editor.field("Condition name").fill("angry");
    await editor.field("Condition name").press("Tab");
    await editor.field("Condition angry").fill('tone === "angry"');
    await expect(editor.inspector.locator(".cm-lintRange")).toHaveText("=");
    // On the node too, while it is typed.
    const wrong = await editor.issue("RouteByTone").innerText();
    expect(wrong).not.toContain("is not connected");
    await editor.field("Condition angry").fill('tone == "angry"');
    await expect(editor.inspector.locator(".cm-lintRange")).toHaveCount(0);
    await expect(editor.issue("RouteByTone")).not.toHaveText(wrong);
    // Said once, by its field.
    await expect(editor.inspector.getByText("Input tone is not connected.")).toHaveCount(1);
    await expect(editor.port("RouteByTone condition angry")).toBeVisible();
  });

  await test.step("ports are connected by dragging, until the list of problems is empty", async () => {
    await expect(page.getByRole("button", { name: /problem/ })).not.toHaveText("No problems");
    await editor.connect("FlowInputNode output document", "ClassifyTone input message");
    await editor.connect("ClassifyTone output modelCompletion", "RouteByTone input tone");
    await editor.gate("RouteByTone condition angry", "Deescalate");
    await editor.gate("RouteByTone condition default", "Answer");
    await editor.connect("FlowInputNode output document", "Deescalate input message");
    await editor.connect("FlowInputNode output document", "Answer input message");
    await editor.connect("Deescalate output modelCompletion", "FlowOutputNode input document");
    await page.getByRole("button", { name: /problem/ }).click();
    const problems = page.getByRole("dialog", { name: "Problems" });
    await problems.getByRole("button", { name: /FlowOutputNode_1/ }).first().click();
    await expect(editor.field("Name")).toHaveValue("FlowOutputNode_1");
    await editor.connect("Answer output modelCompletion", "FlowOutputNode_1 input document");
    await editor.noProblems();
  });

  await test.step("undo and redo reach back over saves", async () => {
    await editor.saved();
    await editor.button("Undo").click();
    await expect(editor.wires).toHaveCount(7);
    await editor.button("Undo").click();
    await expect(editor.wires).toHaveCount(6);
    await editor.button("Redo").click();
    await editor.button("Redo").click();
    await expect(editor.wires).toHaveCount(8);
    await editor.noProblems();
  });

  await test.step("a reload loses nothing", async () => {
    await editor.button("Tidy up").click();
    await editor.saved();
    const places = await page.locator(".node").evaluateAll((nodes) => nodes.map((node) => node.style.transform));
    await editor.reload();
    await expect(editor.wires).toHaveCount(8);
    expect(await page.locator(".node").evaluateAll((nodes) => nodes.map((node) => node.style.transform))).toEqual(places);
    await editor.select("RouteByTone");
    await holds(editor.field("Condition angry"), 'tone == "angry"');
    await editor.noProblems();
  });

  await test.step("a run: nodes light up, and the first token is seen before the model has finished", async () => {
    const held = barrier();
    world.upstream.setAnswer((request) => (isConstrained(request) ? triage(request) : { ...triage(request), barrier: held }));
    await editor.send("My parcel is late and nobody answers!");
    await held.held();
    await expect(editor.pane.getByText("We are", { exact: false }).first()).toBeVisible();
    expect(held.count()).toBe(1);
    await expect(editor.node("ClassifyTone").getByRole("img", { name: "succeeded" })).toBeVisible();
    await expect(editor.node("Deescalate").getByRole("img", { name: "running" })).toBeVisible();
    await expect(editor.node("Answer").getByRole("img", { name: "not taken" })).toBeVisible();
    held.release();
    await expect(editor.status).toContainText("Succeeded");
    await expect(editor.pane.getByText("We are so sorry.").first()).toBeVisible();
    await expect(editor.node("FlowOutputNode").getByRole("img", { name: "succeeded" })).toBeVisible();
  });

  await test.step("the trace has a line a node, with its time, its tokens, and what went through it", async () => {
    await expect(editor.line("ClassifyTone")).toContainText(/\d (ms|s).*\d+ → \d+ tok/s);
    await expect(editor.line("RouteByTone")).toContainText("angry");
    await expect(editor.line("Answer")).toContainText("not taken");
    await expect(editor.line("FlowOutputNode_1")).toContainText("not taken");
    const { ClassifyTone: first, Deescalate: second, Answer: none } = await editor.bars();
    for (const { left, right } of [first, second]) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeGreaterThan(left);
      expect(right).toBeLessThan(1.001);
    }
    // One after the other; the second waited at the barrier, and is the longest of all.
    expect(second.left).toBeGreaterThanOrEqual(first.right - 0.01);
    expect(second.right - second.left).toBeGreaterThan(first.right - first.left);
    expect(none.right - none.left).toBe(0);
    await editor.line("Deescalate").click();
    await expect(editor.line("Deescalate")).toHaveAttribute("aria-expanded", "true");
    await expect(editor.pane.getByText("Inputs", { exact: true })).toBeVisible();
    await expect(editor.pane.getByText("from FlowInputNode document")).toBeVisible();
    await expect(editor.pane.getByText("Outputs", { exact: true })).toBeVisible();
  });

  const flow = id();
  const invoke = async (input) =>
    (await (await world.api("POST", `/api/flows/${flow}/aliases/live/invoke`, { input })).json()).outputs;

  await test.step("publishing makes version 1, and live points at it", async () => {
    world.upstream.setAnswer(triage);
    await editor.publish(1);
    expect(await invoke("It is late")).toEqual([{ node: "FlowOutputNode", value: "We are so sorry." }]);
    expect(await invoke("Where is it?")).toEqual([{ node: "FlowOutputNode_1", value: "Here you go." }]);
  });

  await test.step("an edit changes what programs get once it is published", async () => {
    world.upstream.setAnswer((request) =>
      JSON.stringify(request.messages).includes("Be brief.") ? { text: "Sorry!" } : triage(request),
    );
    await editor.select("Deescalate");
    await editor.field("Prompt").fill("Calm the customer. Be brief.\n\n{{message}}");
    await editor.saved();
    expect(await invoke("It is late")).toEqual([{ node: "FlowOutputNode", value: "We are so sorry." }]);
    await editor.publish(2);
    expect(await invoke("It is late")).toEqual([{ node: "FlowOutputNode", value: "Sorry!" }]);
  });

  await test.step("the versions page tells them apart, and points live back to 1 at once", async () => {
    await editor.button("Versions").click();
    await expect(page.getByRole("heading", { name: "Versions", exact: true })).toBeVisible();
    await page.getByRole("button", { name: /^v2/ }).click();
    const changes = page.getByRole("region", { name: "What changed" });
    await expect(changes).toContainText("Calm the customer. Be brief.");
    await page.getByRole("combobox", { name: "Version of live" }).selectOption("v1");
    await page.getByRole("button", { name: "Point here" }).click();
    await expect(page.getByText("live points at version 1.")).toBeVisible();
    expect(await invoke("It is late")).toEqual([{ node: "FlowOutputNode", value: "We are so sorry." }]);
  });

  await test.step("the Use it panel has four snippets, and no secret", async () => {
    await page.getByRole("button", { name: "Use it" }).last().click();
    const dialog = page.getByRole("dialog", { name: /Use “By hand”/ });
    const { ANABRANCH_API_KEY: key } = await world.server.env();
    for (const language of ["curl (JSON)", "curl (stream)", "boto3", "JavaScript"]) {
      await dialog.getByRole("tab", { name: language }).click();
      const text = await dialog.getByRole("region", { name: "Snippet" }).innerText();
      expect(text).toMatch(/^eval "\$\(anabranch env\)"\n/);
      expect(text).not.toContain(key);
    }
    await dialog.getByRole("button", { name: "Close" }).click();
  });

  await test.step("past executions are listed, and open with their trace", async () => {
    await page.getByRole("link", { name: /^Executions/ }).click();
    const rows = page.getByRole("row").filter({ hasText: "By hand" });
    await expect(rows).toHaveCount(6);
    await expect(rows.first()).toContainText("live → v1");
    await rows.last().getByRole("link").click();
    await expect(page.getByRole("region", { name: "Trace" })).toContainText("Deescalate");
    await expect(page.getByRole("region", { name: "Input and outputs" })).toContainText("We are so sorry.");
  });

  await test.step("the flows page has its picture, and how its last runs went", async () => {
    await page.getByRole("link", { name: "Flows", exact: true }).first().click();
    const card = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: "By hand" }) });
    await expect(card.locator(".thumb-node")).toHaveCount(7);
    await expect(card.locator(".thumb-mark.ai")).toHaveCount(3);
    await expect(card.locator(".thumb-edge")).toHaveCount(8);
    await expect(card.getByRole("img", { name: "6 runs, 0 failed" })).toBeVisible();
    await expect(card).toContainText(/ran (just now|\d+ min ago) · \d+/);
    await expect(card).toContainText("live → v1");
  });

  watched.expectNone();
});
