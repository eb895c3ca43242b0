// The same job without a mouse: nothing here clicks, and no script moves the focus.
import { expect, test } from "@playwright/test";

import { Editor, holds } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { barrier } from "../support/upstream.mjs";
import { isConstrained, signIn, startWorld, triage } from "../support/world.mjs";

let world, editor, watched, keyboard;
test.beforeAll(async () => {
  world = await startWorld();
});
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  test.setTimeout(120_000);
  watched = watch(page);
  world.upstream.setAnswer(triage);
  editor = new Editor(page);
  ({ keyboard } = page);
  await signIn(page, world);
});
test.afterEach(() => watched.expectNone());

/** Goes by Tab to what has this name. */
const tabTo = async (target, key = "Tab", most = 200) => {
  for (let step = 0; step < most; step += 1) {
    if (await target.evaluate((element) => element === element.getRootNode().activeElement)) return;
    await keyboard.press(key);
  }
  await expect(target).toBeFocused();
};
/** Goes back, since Tab on the empty canvas adds a node. */
const backTo = (target) => tabTo(target, "Shift+Tab");
const press = async (target, key = "Enter") => {
  await tabTo(target);
  await keyboard.press(key);
};
const overwrite = async (text) => {
  await keyboard.press("Control+a");
  await keyboard.type(text);
};
const write = async (label, text) => {
  await tabTo(editor.field(label));
  await overwrite(text);
};
/** Types before what stands in a field. */
const begin = async (label, text) => {
  await tabTo(editor.field(label));
  await keyboard.press("Control+Home");
  await keyboard.type(text);
};
const rename = async (name) => {
  await keyboard.press("F2");
  await expect(editor.canvas.getByRole("textbox", { name: "New name" })).toBeFocused();
  await overwrite(name);
  await keyboard.press("Enter");
  await expect(editor.node(name)).toBeVisible();
};
/** Out of a field, with nothing selected. */
const leave = async () => {
  await backTo(editor.canvas);
  await keyboard.press("Escape");
};
/** Adds by the palette's search; the new node is selected and has the focus. */
const add = async (kind, name) => {
  await leave();
  await keyboard.press("/");
  await expect(editor.palette.getByRole("searchbox")).toBeFocused();
  await keyboard.type(kind);
  await keyboard.press("Enter");
  await expect(editor.node(name)).toBeFocused();
};
const select = async (name) => {
  await backTo(editor.node(name));
  await keyboard.press("Enter");
  await expect(editor.field("Name")).toHaveValue(name);
};
const connect = async (page, node, port, to) => {
  const before = await editor.wires.count();
  await backTo(editor.node(node));
  await keyboard.press("c");
  const list = page.getByRole("dialog").getByRole("combobox");
  await expect(list).toBeFocused();
  if ((await page.getByRole("dialog").getAttribute("aria-label")) === `Connect ${node} from`) {
    await keyboard.type(port);
    await keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: `Connect ${node} ${port}` })).toBeVisible();
    await expect(list).toBeFocused();
  }
  await keyboard.type(to);
  // What fits best comes first.
  await expect(page.getByRole("dialog").getByRole("option").first()).toContainText(to);
  await keyboard.press("Enter");
  await expect(editor.wires).toHaveCount(before + 1);
};
const publish = async (page, version) => {
  await press(editor.button("Publish"));
  const dialog = page.getByRole("dialog", { name: `Publish version ${version}` });
  await expect(dialog).toBeVisible();
  await tabTo(dialog.getByLabel("Alias", { exact: true }));
  await keyboard.press("Enter");
  await expect(page.getByText(`live → v${version}`)).toBeVisible();
  await expect(dialog).toHaveCount(0);
};

// What it looks like is kept: see support/recordings.mjs.
test.use({ trace: "on" });
const recording = { annotation: { type: "recording", description: "keyboard-journey" } };

test("a person draws, tests and publishes a flow by keyboard alone", recording, async ({ page }) => {
  await test.step("a blank flow", async () => {
    await press(page.getByRole("button", { name: "New flow" }));
    await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
    await keyboard.type("By keys");
    await keyboard.press("Enter");
    await expect(editor.node("FlowInputNode")).toBeVisible();
  });

  await test.step("nodes by the palette's search and by Tab on the canvas", async () => {
    await add("prompt", "Prompt_1");
    await rename("ClassifyTone");
    await write("Prompt", "Angry or neutral?\n\nMessage: {{message}}\nTone:");
    await write("Answer must be one of", "angry, neutral");
    await add("condition", "Condition_1");
    await rename("RouteByTone");
    await press(editor.button("Add condition"));
    await write("Input name", "tone");
    await keyboard.press("Tab");
    await backTo(editor.field("Condition name"));
    await keyboard.press("Control+a");
    await keyboard.type("angry");
    await keyboard.press("Tab");
    await write("Condition angry", 'tone == "angry"');
    for (const [name, text] of [
      ["Deescalate", "Calm them. {{message}}"],
      ["Answer", "Answer them. {{message}}"],
    ]) {
      await leave();
      await keyboard.press("Tab");
      await expect(page.getByRole("dialog", { name: "Add a node" })).toBeVisible();
      await keyboard.type("prom");
      await keyboard.press("Enter");
      await expect(editor.node("Prompt_1")).toBeFocused();
      await rename(name);
      await write("Prompt", text);
      await expect(editor.port(`${name} input message`)).toBeVisible();
    }
    await add("output", "FlowOutputNode_1");
  });

  await test.step("wires by C", async () => {
    await connect(page, "FlowInputNode", "output document", "ClassifyTone");
    await connect(page, "ClassifyTone", "output modelCompletion", "RouteByTone");
    await connect(page, "RouteByTone", "condition angry", "Deescalate");
    await connect(page, "RouteByTone", "condition default", "Answer");
    await connect(page, "FlowInputNode", "output document", "Deescalate");
    await connect(page, "FlowInputNode", "output document", "Answer");
    await connect(page, "Deescalate", "output modelCompletion", "FlowOutputNode input");
    await connect(page, "Answer", "output modelCompletion", "FlowOutputNode_1");
    await editor.noProblems();
  });

  await test.step("undo, redo, move, walk", async () => {
    await keyboard.press("Control+z");
    await expect(editor.wires).toHaveCount(7);
    await keyboard.press("Control+Shift+z");
    await expect(editor.wires).toHaveCount(8);
    await backTo(editor.node("FlowInputNode"));
    await keyboard.press("ArrowRight");
    await expect(editor.node("FlowInputNode")).not.toBeFocused();
    const before = await editor.node("FlowInputNode").getAttribute("style");
    await backTo(editor.node("FlowInputNode"));
    await keyboard.press("Enter");
    await keyboard.press("Alt+ArrowUp");
    await expect(editor.node("FlowInputNode")).not.toHaveAttribute("style", before);
  });

  await test.step("run", async () => {
    await tabTo(editor.input);
    await keyboard.type("My parcel is late!");
    await keyboard.press("Control+Enter");
    await expect(editor.status).toContainText("Succeeded");
    await expect(editor.pane.getByText("We are so sorry.").first()).toBeVisible();
    await press(editor.line("ClassifyTone"));
    await expect(editor.pane.getByText("from FlowInputNode document")).toBeVisible();
  });

  await test.step("publish", () => publish(page, 1));
});

test("a person works with a template by keyboard alone", async ({ page }) => {
  await test.step("use it", async () => {
    await press(page.getByRole("button", { name: "Use Support triage" }));
    await expect(editor.node("ClassifyTone")).toBeVisible();
    // The keyboard begins at the new page.
    await expect(page.getByRole("banner")).toBeFocused();
  });

  await test.step("a condition's problem shows while it is typed", async () => {
    await select("RouteByTone");
    await write("Condition angry", "tone === ");
    await expect(editor.field("Condition angry").locator(".cm-lintRange")).not.toHaveCount(0);
    await expect(editor.node("RouteByTone").locator(".issue")).toBeVisible();
    await overwrite('tone == "angry"');
    await expect(editor.field("Condition angry").locator(".cm-lintRange")).toHaveCount(0);
    await expect(editor.node("RouteByTone").locator(".issue")).toHaveCount(0);
    await editor.noProblems();
  });

  await test.step("a reload loses nothing", async () => {
    await select("Answer");
    await begin("Prompt", "Answer in one line. ");
    await editor.reload();
    await select("Answer");
    await holds(editor.field("Prompt"), /^Answer in one line. Answer the customer/);
    await editor.saved();
    await editor.noProblems();
  });

  await test.step("a run is stopped", async () => {
    const held = barrier();
    world.upstream.setAnswer((request) => (isConstrained(request) ? triage(request) : { ...triage(request), barrier: held }));
    await tabTo(editor.input);
    await keyboard.type("It is late");
    await keyboard.press("Enter");
    await held.held();
    await press(editor.stop);
    await expect(editor.status).toContainText("Stopped");
    world.upstream.setAnswer(triage);
  });

  const id = page.url().split("/").at(-1);
  const called = async () => (await world.api("POST", `/api/flows/${id}/aliases/live/invoke`, { input: "Where is it?" })).json();

  await test.step("two versions are published", async () => {
    await publish(page, 1);
    await select("Answer");
    await begin("Prompt", "Be sorry for it. ");
    await editor.saved();
    await publish(page, 2);
    expect((await called()).outputs[0].value).toBe("We are so sorry.");
  });

  await test.step("live goes back to version 1", async () => {
    await press(page.getByRole("banner").getByText("Versions", { exact: true }));
    await expect(page.getByRole("heading", { name: "Versions", exact: true })).toBeVisible();
    await expect(page.getByRole("main")).toBeFocused();
    await tabTo(page.getByRole("combobox", { name: "Version of live" }));
    await keyboard.type("v1");
    await press(page.getByRole("button", { name: "Point here" }));
    await expect(page.getByText("live points at version 1.")).toBeVisible();
    expect((await called()).outputs[0].value).toBe("Here you go.");
  });

  await test.step("Use it", async () => {
    await press(page.getByRole("button", { name: "Use it" }).first());
    const dialog = page.getByRole("dialog", { name: /^Use “/ });
    await tabTo(dialog.getByRole("tab", { name: "curl (JSON)" }));
    for (let tab = 0; tab < 3; tab += 1) await keyboard.press("ArrowRight");
    await expect(dialog.getByRole("tab", { name: "boto3" })).toBeFocused();
    await expect(dialog.getByRole("region", { name: "Snippet" })).toContainText("invoke_flow");
    await keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Use it" }).first()).toBeFocused();
  });

  await test.step("executions", async () => {
    await press(page.getByRole("link", { name: /^Executions/ }));
    const rows = page.getByRole("row").filter({ hasText: "Support triage" });
    await expect(rows.first()).toContainText("live → v1");
    await expect(page.getByRole("main")).toBeFocused();
    await press(rows.first().getByRole("link"));
    await expect(page.getByRole("region", { name: "Input and outputs" })).toContainText("Here you go.");
    await press(page.getByRole("link", { name: "Open flow" }));
    await expect(editor.node("ClassifyTone")).toBeVisible();
    await expect(page.getByRole("banner")).toBeFocused();
  });
});
