// The same job without a mouse: nothing here clicks.
import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { signIn, startWorld } from "../support/world.mjs";

let world;
test.beforeAll(async () => {
  world = await startWorld();
});
test.afterAll(() => world?.stop());

test("a person draws, tests and publishes a flow by keyboard alone", async ({ page }) => {
  test.setTimeout(120_000);
  const watched = watch(page);
  const editor = new Editor(page);
  const { keyboard } = page;
  await signIn(page, world);

  /** Goes by Tab to what has this name. */
  const tabTo = async (target, most = 80, key = "Tab") => {
    for (let step = 0; step < most; step += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await keyboard.press(key);
    }
    await expect(target).toBeFocused();
  };
  const write = async (label, text) => {
    await tabTo(editor.field(label));
    await keyboard.press("Control+a");
    await keyboard.type(text);
  };
  const rename = async (name) => {
    await keyboard.press("F2");
    await expect(editor.field("Name")).toBeFocused();
    await keyboard.press("Control+a");
    await keyboard.type(name);
    await keyboard.press("Enter");
    await expect(editor.node(name)).toBeVisible();
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
  /** Out of a field, with nothing selected. */
  const leave = async () => {
    await editor.canvas.focus();
    await keyboard.press("Escape");
  };
  const connect = async (node, port, to) => {
    const before = await editor.wires.count();
    await editor.node(node).focus();
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
    await keyboard.press("Enter");
    await expect(editor.wires).toHaveCount(before + 1);
  };

  await test.step("a blank flow", async () => {
    await tabTo(page.getByRole("button", { name: "New flow" }));
    await keyboard.press("Enter");
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
    await tabTo(editor.button("Add condition"));
    await keyboard.press("Enter");
    await write("Input name", "tone");
    await keyboard.press("Tab");
    await tabTo(editor.field("Condition name"), 80, "Shift+Tab");
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
    await connect("FlowInputNode", "output document", "ClassifyTone");
    await connect("ClassifyTone", "output modelCompletion", "RouteByTone");
    await connect("RouteByTone", "condition angry", "Deescalate");
    await connect("RouteByTone", "condition default", "Answer");
    await connect("FlowInputNode", "output document", "Deescalate");
    await connect("FlowInputNode", "output document", "Answer");
    await connect("Deescalate", "output modelCompletion", "FlowOutputNode input");
    await connect("Answer", "output modelCompletion", "FlowOutputNode_1");
    await editor.noProblems();
  });

  await test.step("undo, redo, move, walk", async () => {
    await keyboard.press("Control+z");
    await expect(editor.wires).toHaveCount(7);
    await keyboard.press("Control+Shift+z");
    await expect(editor.wires).toHaveCount(8);
    await editor.node("FlowInputNode").focus();
    await keyboard.press("ArrowRight");
    await expect(editor.node("FlowInputNode")).not.toBeFocused();
    const before = await editor.node("FlowInputNode").getAttribute("style");
    await editor.node("FlowInputNode").focus();
    await keyboard.press("Enter");
    await keyboard.press("Alt+ArrowUp");
    await expect(editor.node("FlowInputNode")).not.toHaveAttribute("style", before);
  });

  await test.step("run", async () => {
    await tabTo(editor.input, 200);
    await keyboard.type("My parcel is late!");
    await keyboard.press("Control+Enter");
    await expect(editor.status).toContainText("Succeeded");
    await expect(editor.pane.getByText("We are so sorry.").first()).toBeVisible();
    await tabTo(editor.line("ClassifyTone"));
    await keyboard.press("Enter");
    await expect(editor.pane.getByText("from FlowInputNode document")).toBeVisible();
  });

  await test.step("publish", async () => {
    await tabTo(editor.button("Publish"), 200);
    await keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "Publish version 1" })).toBeVisible();
    await tabTo(page.getByLabel("Alias", { exact: true }));
    await keyboard.press("Enter");
    await expect(page.getByText("live → v1")).toBeVisible();
  });
  watched.expectNone();
});
