// Loops: a template that refines, one drawn by mouse and configured, one by keyboard, and what its frame does.
import { expect, test } from "@playwright/test";

import { Editor, point } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { isConstrained, promptOf, signIn, startWorld } from "../support/world.mjs";

/** Adds a mark each time it is asked, and calls a note ready when it has two. */
const refine = (request) => {
  const note = promptOf(request).split("Note: ").at(-1).split("\n")[0];
  if (isConstrained(request)) return { text: JSON.stringify({ answer: note.endsWith("++") ? "ready" : "rude" }) };
  return { chunks: [`${note}+`] };
};
/** Answers with what it is asked, and one mark more. */
const mark = (request) => ({ chunks: [`${promptOf(request)}+`] });

let world, editor, watched;
test.beforeAll(async () => {
  world = await startWorld(refine);
});
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  world.upstream.setAnswer(refine);
  await signIn(page, world);
  editor = new Editor(page);
});
test.afterEach(() => watched.expectNone());

const draft = async (id) => (await world.api("GET", `/api/flows/${id}`)).json();
const bodyOf = (definition, name) => definition.nodes.find((node) => node.name === name).configuration.loop.definition;
const blank = async (title) => {
  const { id } = await world.create({ title });
  await editor.open(`${world.url}/flows/${id}`);
  return id;
};
/** A node comes to lie wholly on a frame. Both are looked at in one moment, since the view may still go along. */
const expectInside = (node, frame) =>
  expect
    .poll(async () => {
      const other = await editor.node(frame).elementHandle();
      return editor.node(node).evaluate((element, other) => {
        const [a, b] = [element, other].map((it) => it.getBoundingClientRect());
        return a.left >= b.left && a.top >= b.top && a.right <= b.right && a.bottom <= b.bottom;
      }, other);
    }, `${node} is inside ${frame}`)
    .toBe(true);

test("the template runs at once, and its rounds can be looked at", async ({ page }) => {
  await page.getByRole("button", { name: "Use Refine a draft" }).click();
  await editor.noProblems();
  await expect(editor.node("Refine")).toContainText("at most 3 rounds");
  for (const name of ["Begin", "Improve", "Judge", "Decide"]) await expectInside(name, "Refine");
  await editor.run.click();
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("send me the numbers by noon, i will not ask again++", { exact: true }).last()).toBeVisible();
  await expect(editor.line("Improve")).toHaveCount(1);
  const rounds = editor.pane.getByRole("group", { name: "Refine, rounds" });
  await expect(rounds).toContainText("round 2 of 2");
  await rounds.getByRole("button", { name: "Previous round of Refine" }).click();
  await editor.line("Judge").click();
  await expect(editor.pane.locator(".line-open")).toContainText("rude");
  await expect(editor.node("Refine")).toContainText("2 rounds");
  await expect(editor.node("Improve").getByRole("img", { name: "succeeded" })).toBeVisible();
  await editor.select("Judge");
  await editor.inspector.getByRole("tab", { name: "Last run" }).click();
  await expect(editor.inspector).toContainText("round 1");
  await expect(editor.inspector).toContainText("rude");
  await rounds.getByRole("button", { name: "Next round of Refine" }).click();
  await expect(editor.inspector).toContainText("round 2");
  await expect(editor.inspector).toContainText("ready");
});

test("a person draws a loop by mouse, says when it goes on, and runs it", async () => {
  world.upstream.setAnswer(mark);
  const id = await blank("Marks");
  await editor.node("FlowInputNode").click();
  await editor.palette.getByRole("button", { name: "Loop", exact: true }).click();
  await expect(editor.node("Loop_1")).toBeVisible();
  await expect(editor.wires).toHaveCount(4);
  await editor.connect("Loop_1 output loopOutput", "FlowOutputNode input document");
  await editor.button("Tidy up").click();
  await editor.noProblems();

  await test.step("the first node that is dropped into the frame goes between its ends", async () => {
    const [begin, end] = [await editor.node("LoopInput_1").boundingBox(), await editor.node("LoopController_1").boundingBox()];
    await editor.drag(editor.palette.getByRole("button", { name: "Prompt", exact: true }), {
      x: (begin.x + begin.width + end.x) / 2,
      y: begin.y + begin.height + 12,
    });
    await expect(editor.node("Prompt_1")).toBeVisible();
    await expect(editor.wires).toHaveCount(6);
    await editor.button("Tidy up").click();
    await expectInside("Prompt_1", "Loop_1");
    await editor.noProblems();
  });

  await test.step("the controller says when it goes on", async () => {
    await editor.select("LoopController_1");
    await editor.field("Condition again").fill('verdict == "a+++"');
    await expect(editor.inspector).toContainText("The loop goes on while");
    await editor.field("The loop").selectOption({ label: "ends when it holds" });
    await editor.noProblems();
    await editor.field("Rounds at most").fill("0");
    await expect(editor.inspector.getByText("A loop goes round between 1 and 1000 times.")).toBeVisible();
    await editor.field("Rounds at most").fill("5");
    await editor.noProblems();
  });

  await test.step("it ends when the condition holds, or when there were enough rounds", async () => {
    await editor.send("a");
    await expect(editor.status).toContainText("Succeeded");
    await expect(editor.pane.getByText("a+++", { exact: true }).last()).toBeVisible();
    await expect(editor.pane.getByRole("group", { name: "Loop_1, rounds" })).toContainText("round 3 of 3");
    await editor.send("b");
    await expect(editor.pane.getByRole("group", { name: "Loop_1, rounds" })).toContainText("round 5 of 5");
    await expect(editor.pane.getByText("b+++++", { exact: true }).last()).toBeVisible();
    await expect(editor.node("Loop_1")).toContainText("5 rounds");
  });

  await test.step("what was drawn is AWS's definition", async () => {
    await editor.saved();
    const { definition, extensions } = await draft(id);
    const body = bodyOf(definition, "Loop_1");
    expect(body.nodes.map((node) => node.type).sort()).toEqual(["LoopController", "LoopInput", "Prompt"]);
    const controller = body.nodes.find((node) => node.type === "LoopController");
    expect(controller.configuration.loopController).toEqual({
      continueCondition: { name: "again", expression: 'verdict == "a+++"' },
      maxIterations: 5,
    });
    expect(extensions.loopPolarity).toBe("exitWhenTrue");
    expect(Object.keys(extensions.nodes)).toContain("Loop_1/Prompt_1");
  });
});

test("what a loop begins with and gives has one name everywhere", async () => {
  const id = await blank("Ports");
  await editor.node("FlowInputNode").click();
  await editor.palette.getByRole("button", { name: "Loop", exact: true }).click();
  await editor.select("Loop_1");
  await editor.field("Input name").fill("text");
  await editor.field("Input name").press("Enter");
  await expect(editor.port("LoopInput_1 output text")).toBeVisible();
  await expect(editor.port("LoopController_1 input text")).toBeVisible();
  await editor.field("Output name").fill("answer");
  await editor.field("Output name").press("Enter");
  await expect(editor.port("LoopController_1 input answer")).toBeVisible();
  await expect(editor.port("Loop_1 output answer")).toBeVisible();
  await editor.inspector.getByRole("button", { name: "Add input" }).click();
  await expect(editor.port("LoopInput_1 output value")).toBeVisible();
  await editor.field("Type of value").selectOption("Number");
  await expect(editor.issue("Loop_1")).toContainText("Input value is not connected.");
  await editor.select("LoopController_1");
  await editor.field("value").check();
  await expect(editor.port("LoopController_1 input value")).toBeVisible();
  await editor.saved();
  const body = bodyOf((await draft(id)).definition, "Loop_1");
  const [begin, controller] = body.nodes;
  expect(begin.outputs).toEqual([{ name: "text", type: "String" }, { name: "value", type: "Number" }]);
  expect(controller.inputs.map(({ name, type, category }) => `${name} ${type} ${category}`)).toEqual([
    "verdict String LoopCondition",
    "text String ReturnValueToLoopStart",
    "answer String ExitLoop",
    "value Number ReturnValueToLoopStart",
  ]);
  await editor.select("Loop_1");
  await editor.inspector.getByRole("button", { name: "Remove input value" }).click();
  await expect(editor.port("LoopInput_1 output value")).toHaveCount(0);
  await expect(editor.port("LoopController_1 input value")).toHaveCount(0);
});

test("a frame holds its body: it grows, moves, refuses wires, and takes what is free", async ({ page }) => {
  const id = await blank("Frame");
  await editor.node("FlowInputNode").click();
  await editor.palette.getByRole("button", { name: "Loop", exact: true }).click();
  await editor.button("Tidy up").click();
  const box = (name) => editor.node(name).boundingBox();
  const heading = (name) => editor.node(name).getByRole("heading");
  const shifted = async (name, dx, dy) => {
    const { x, y, width, height } = await heading(name).boundingBox();
    return { x: x + width / 2 + dx, y: y + height / 2 + dy };
  };

  await test.step("it grows while a node inside is dragged, and the nodes beside it stay", async () => {
    const [frame, begin] = [await box("Loop_1"), await box("LoopInput_1")];
    await editor.drag(heading("LoopController_1"), await shifted("LoopController_1", 40, 80));
    // Its lower edge goes along; its upper one lies close above what is now the highest.
    const grown = await box("Loop_1");
    expect(grown.height).toBeGreaterThan(frame.height + 40);
    // A line of another node may take it as far as five pixels.
    expect(Math.abs(grown.y + grown.height - (frame.y + frame.height + 80))).toBeLessThanOrEqual(5);
    await expectInside("LoopController_1", "Loop_1");
    expect((await box("LoopInput_1")).x).toBeCloseTo(begin.x, 0);
  });

  await test.step("it takes its body along", async () => {
    const [frame, begin] = [await box("Loop_1"), await box("LoopInput_1")];
    await editor.drag(heading("Loop_1"), await shifted("Loop_1", 30, -50));
    const [after, inside] = [await box("Loop_1"), await box("LoopInput_1")];
    expect(after.y).not.toBeCloseTo(frame.y, 0);
    expect(inside.y - begin.y).toBeCloseTo(after.y - frame.y, 0);
    await page.keyboard.press("Control+z");
    await expect.poll(async () => Math.round((await box("LoopInput_1")).y)).toBe(Math.round(begin.y));
  });

  await test.step("no wire crosses it, and the reason is said", async () => {
    const before = await editor.wires.count();
    const [from, to] = [await editor.port("FlowInputNode output document").boundingBox(), await heading("LoopController_1").boundingBox()];
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(to.x + 20, to.y, { steps: 5 });
    await page.mouse.move(to.x + 20, to.y + 4);
    await expect(page.locator(".reason")).toContainText("LoopController_1 is inside the loop Loop_1. Connect Loop_1 itself.");
    await page.mouse.up();
    await expect(editor.wires).toHaveCount(before);
  });

  await test.step("a double click on its ground adds inside, and only what a loop can have", async () => {
    const { x, y, height, width } = await box("Loop_1");
    await page.mouse.dblclick(x + width / 2, y + height - 8);
    const list = page.getByRole("dialog", { name: "Add a node to Loop_1" });
    await expect(list).toBeVisible();
    await expect(list.getByRole("option", { name: "Iterator" })).toHaveCount(0);
    await page.keyboard.type("Prompt");
    await page.keyboard.press("Enter");
    // The view goes along with the focus.
    await expectInside("Prompt_1", "Loop_1");
  });

  await test.step("what is inside is copied, renamed, deleted and brought back", async () => {
    await editor.select("Prompt_1");
    await editor.node("Prompt_1").focus();
    await page.keyboard.press("Control+d");
    await expect(editor.node("Prompt_2")).toBeVisible();
    await editor.rename("Prompt_2", "Improve");
    await editor.node("Improve").focus();
    await page.keyboard.press("Delete");
    await expect(editor.node("Improve")).toHaveCount(0);
    await page.keyboard.press("Control+z");
    await expect(editor.node("Improve")).toBeVisible();
    await editor.node("LoopInput_1").focus();
    await page.keyboard.press("Delete");
    await expect(page.getByText("LoopInput_1 belongs to its loop, Loop_1, and goes with it.")).toBeVisible();
    await expect(editor.node("LoopInput_1")).toBeVisible();
    await editor.button("Fit").click();
    await editor.rename("Loop_1", "Refine");
    await expect(editor.node("Improve")).toBeVisible();
    await editor.saved();
    const { definition, extensions } = await draft(id);
    expect(bodyOf(definition, "Refine").nodes.map((node) => node.name)).toContain("Improve");
    expect(Object.keys(extensions.nodes)).toContain("Refine/Improve");
  });

  await test.step("a problem inside leads there", async () => {
    await page.getByRole("button", { name: /\d+ problems?$/ }).click();
    await page.getByRole("dialog", { name: "Problems" }).getByRole("button", { name: /Refine › Improve/ }).first().click();
    await expect(editor.field("Name")).toHaveValue("Improve");
    await expect(editor.node("Improve")).toBeFocused();
  });

  await test.step("what nothing outside is connected to can be dragged in", async () => {
    await editor.button("Tidy up").click();
    await page.keyboard.press("Escape");
    await editor.place("Condition", 0.5, 0.06, "Condition_1");
    const { x, y, height, width } = await box("Refine");
    await editor.drag(heading("Condition_1"), { x: x + width / 2, y: y + height - 10 });
    await editor.saved();
    expect(bodyOf((await draft(id)).definition, "Refine").nodes.map((node) => node.name)).toContain("Condition_1");
    await editor.drag(heading("FlowInputNode"), { x: x + width / 2, y: y + height - 10 });
    await expect(page.getByText("FlowInputNode stays outside: a loop has no Input node.")).toBeVisible();
  });

  await test.step("past the edge of its loop it leaves it with Alt, and only what is free", async () => {
    const lift = async (name) => {
      await editor.button("Fit").click();
      const from = await point(heading(name));
      const { height } = await box("Refine");
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.keyboard.down("Alt");
      await page.mouse.move(from.x, from.y - height, { steps: 8 });
      await page.mouse.move(from.x, from.y - height + 1);
    };
    const end = async () => {
      await page.mouse.up();
      await page.keyboard.up("Alt");
    };
    const inside = async () => bodyOf((await draft(id)).definition, "Refine").nodes.map((node) => node.name);
    await lift("Prompt_1");
    await end();
    await expect(page.getByText("Prompt_1 is connected inside Refine, so it stays inside.")).toBeVisible();
    await page.keyboard.press("Control+z");
    await lift("Condition_1");
    // The frame lets it go at once.
    await expect.poll(async () => (await box("Refine")).y).toBeGreaterThan((await box("Condition_1")).y);
    await end();
    await editor.saved();
    expect(await inside()).not.toContain("Condition_1");
    expect((await draft(id)).definition.nodes.map((node) => node.name)).toContain("Condition_1");
    await page.keyboard.press("Control+z");
    await editor.saved();
    expect(await inside()).toContain("Condition_1");
  });

  await test.step("a loop is deleted with its body, and comes back with it", async () => {
    await editor.node("Refine").focus();
    await page.keyboard.press("Delete");
    await expect(editor.node("Improve")).toHaveCount(0);
    await expect(editor.node("Refine")).toHaveCount(0);
    await page.keyboard.press("Control+z");
    await expect(editor.node("Refine")).toBeVisible();
    await expect(editor.node("Improve")).toBeVisible();
  });
});

test("a loop in a loop is drawn, edited and run", async ({ page }) => {
  world.upstream.setAnswer(mark);
  const id = await blank("Nested");
  await editor.node("FlowInputNode").click();
  await editor.palette.getByRole("button", { name: "Loop", exact: true }).click();
  await editor.connect("Loop_1 output loopOutput", "FlowOutputNode input document");
  await editor.node("LoopInput_1").getByRole("heading").click();
  await editor.palette.getByRole("button", { name: "Loop", exact: true }).click();
  await expect(editor.node("LoopInput_2")).toBeVisible();
  await editor.node("LoopInput_2").getByRole("heading").click();
  await editor.palette.getByRole("button", { name: "Prompt", exact: true }).click();
  await editor.button("Tidy up").click();
  await expectInside("Loop_2", "Loop_1");
  await expectInside("Prompt_1", "Loop_2");
  for (const controller of ["LoopController_1", "LoopController_2"]) {
    await editor.select(controller);
    await editor.field("Rounds at most").fill("2");
  }
  await editor.noProblems();
  await editor.send("a");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("a++++", { exact: true }).last()).toBeVisible();
  await expect(editor.line("Prompt_1")).toHaveCount(1);
  for (const loop of ["Loop_1", "Loop_2"]) {
    await expect(editor.pane.getByRole("group", { name: `${loop}, rounds` })).toContainText("round 2 of 2");
  }
  await expect(editor.node("Prompt_1").getByRole("img", { name: "succeeded" })).toBeVisible();
  await editor.reload();
  await expectInside("Prompt_1", "Loop_2");
  await page.goto(world.url);
  const card = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: "Nested" }) });
  await expect(card.locator(".thumb-frame")).toHaveCount(2);
  await world.api("POST", `/api/flows/${id}/publish`, {});
  await editor.open(`${world.url}/flows/${id}`);
  await editor.select("Prompt_1");
  await editor.rename("Prompt_1", "Mark");
  await editor.saved();
  await page.goto(`${world.url}/flows/${id}/versions`);
  await expect(page.getByRole("region", { name: "What changed" })).toContainText("Loop_1/Loop_2/Mark");
});

test("a loop is drawn by keyboard alone", async ({ page }) => {
  world.upstream.setAnswer(mark);
  await blank("By keys");
  const { keyboard } = page;
  const focusOn = async (name) => {
    for (let step = 0; step < 60; step += 1) {
      if (await editor.node(name).evaluate((element) => element === document.activeElement)) return;
      await keyboard.press("Tab");
      if (await page.getByRole("combobox").count()) await keyboard.press("Escape");
    }
    await expect(editor.node(name)).toBeFocused();
  };
  const add = async (kind, name) => {
    await keyboard.press("/");
    await keyboard.type(kind);
    await keyboard.press("Enter");
    await expect(editor.node(name)).toBeFocused();
  };
  const connect = async (title, option) => {
    await keyboard.press("c");
    const list = page.getByRole("dialog", { name: title });
    await expect(list.getByRole("combobox")).toBeFocused();
    await keyboard.type(option);
    await expect(list.getByRole("option")).toHaveCount(1);
    await keyboard.press("Enter");
  };
  await focusOn("FlowInputNode");
  await keyboard.press("Enter");
  await add("Loop", "Loop_1");
  await connect("Connect Loop_1 from", "Loop_1 output loopOutput");
  await keyboard.type("FlowOutputNode");
  await keyboard.press("Enter");
  await expect(editor.wires).toHaveCount(5);
  // Down leads into the loop; what is added behind a node inside is inside.
  await keyboard.press("ArrowDown");
  await expect(editor.node("LoopInput_1")).toBeFocused();
  await add("Prompt", "Prompt_1");
  await editor.noProblems();
  await keyboard.press("ArrowRight");
  await expect(editor.node("LoopController_1")).toBeFocused();
  // Where the body ends, the way goes on behind the loop, and back from there to the loop itself.
  await keyboard.press("ArrowRight");
  await expect(editor.node("FlowOutputNode")).toBeFocused();
  await keyboard.press("ArrowLeft");
  await expect(editor.node("Loop_1")).toBeFocused();
  await editor.input.focus();
  await keyboard.type("x");
  await keyboard.press("Control+Enter");
  await expect(editor.status).toContainText("Succeeded");
  await expect(editor.pane.getByText("x+++", { exact: true }).last()).toBeVisible();
});
