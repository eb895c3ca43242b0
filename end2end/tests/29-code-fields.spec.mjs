// Fields for prompts, code, JSON and conditions: written, completed and undone by keyboard, wrong where they are wrong,
// named and described as plain fields are, and plain where their module cannot be had.
import { expect, test } from "@playwright/test";

import { accessible } from "../support/axe.mjs";
import { Editor, holds } from "../support/editor.mjs";
import { watch } from "../support/page.mjs";
import { promptOf, signIn, startWorld } from "../support/world.mjs";

let world, editor, watched;
test.beforeAll(async () => (world = await startWorld((request) => ({ text: `[${promptOf(request)}]` }))));
test.afterAll(() => world?.stop());
test.beforeEach(async ({ page }) => {
  watched = watch(page);
  await signIn(page, world);
  editor = new Editor(page);
});
test.afterEach(() => watched.expectNone());

const open = async (body = { template: "support-triage" }) => {
  const flow = await world.create(body);
  await editor.open(`${world.url}/flows/${flow.id}`);
  return flow;
};
/** The field when CodeMirror has taken its place. */
const coded = async (label) => {
  const field = editor.field(label);
  await expect(field).toHaveClass(/cm-content/);
  return field;
};
const options = (page) => page.getByRole("listbox", { name: "Completions" }).getByRole("option");
/** Presses a key for the list. One that opened a moment ago takes none yet, so that nobody accepts what they have not seen. */
const choose = async (page, key) => {
  await page.waitForTimeout(150);
  await page.keyboard.press(key);
};
const underlined = (field) => field.locator(".cm-lintRange");
/** What a screen reader reads of a field. */
const heard = async (page, name) => {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const found = nodes.filter((node) => node.role?.value === "textbox" && node.name?.value === name);
  expect(found).toHaveLength(1);
  return found[0].description?.value ?? "";
};

test("the module is fetched when the first field is shown, and not before", async ({ page }) => {
  const fetched = [];
  page.on("request", (request) => /\/assets\/code-/.test(request.url()) && fetched.push(request.url()));
  await open();
  await expect(editor.node("Answer")).toBeVisible();
  expect(fetched).toEqual([]);
  await editor.select("Answer");
  await coded("Prompt");
  expect(fetched).toHaveLength(1);
  const answer = await page.request.get(fetched[0], { headers: { "accept-encoding": "br" } });
  expect(answer.headers()["cache-control"]).toContain("immutable");
  expect(answer.headers()["content-encoding"]).toBe("br");
});

test("a prompt is written with its variables completed, and Tab goes on", async ({ page }) => {
  const flow = await open();
  await editor.select("Answer");
  const field = await coded("Prompt");
  await field.press("Control+a");
  await page.keyboard.type("Be brief.\n\nAbout {{mes");
  await expect(options(page)).toHaveText(["messageString"]);
  await choose(page, "Escape");
  await expect(options(page)).toHaveCount(0);
  await expect(field).toBeFocused();
  await page.keyboard.press("Control+Space");
  await expect(options(page)).toHaveCount(1);
  await choose(page, "Tab");
  await holds(field, "Be brief.\n\nAbout {{message}}");
  await expect(field).toBeFocused();
  await expect(field.locator(".cm-line span").last()).toHaveText("{{message}}");
  await expect(field.locator(".cm-line span").last()).toHaveCSS("border-radius", "3px");
  await page.keyboard.press("Tab");
  await expect(field).not.toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(field).toBeFocused();
  await editor.saved();
  const { definition } = await (await world.api("GET", `/api/flows/${flow.id}`)).json();
  expect(JSON.stringify(definition.nodes)).toContain("Be brief.\\n\\nAbout {{message}}");
  // Letters that are keys of the canvas elsewhere are letters here.
  await page.keyboard.type(" mno?");
  await holds(field, /mno\?/);
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("the document's history is the field's, and never reaches beyond what was typed there", async ({ page }) => {
  await open();
  await editor.select("Answer");
  await editor.field("Name").fill("Reply");
  await editor.field("Name").press("Enter");
  await expect(editor.node("Reply")).toBeVisible();
  const field = await coded("Prompt");
  const before = await field.evaluate((element) => element.value);
  await field.press("Control+End");
  await page.keyboard.press("Control+z");
  await expect(editor.node("Reply")).toBeVisible();
  await page.keyboard.type("Thanks");
  await holds(field, `${before}Thanks`);
  await page.keyboard.press("Control+z");
  await holds(field, before);
  await page.keyboard.press("Control+z");
  await expect(editor.node("Reply")).toBeVisible();
  await page.keyboard.press("Control+Shift+z");
  await holds(field, `${before}Thanks`);
  // The button takes back the same step, and the cursor stays where it is in what stays.
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowRight");
  await editor.button("Undo").click();
  await holds(field, before);
  await field.focus();
  await page.keyboard.type("#");
  await holds(field, `${before[0]}#${before.slice(1)}`);
});

test("what is wrong with a prompt's variable is underlined where it stands, and the field says what is wrong", async ({ page }) => {
  await open();
  await editor.select("Answer");
  const field = await coded("Prompt");
  await field.fill("Hello {{who}} of {{where}}, {{message}}");
  await expect(underlined(field)).toHaveText(["{{who}}", "{{where}}"]);
  await underlined(field).first().hover();
  await expect(page.locator(".cm-tooltip-lint")).toContainText("who");
  await field.fill("");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(editor.inspector.getByText("Write a prompt.")).toHaveCount(1);
  await expect(editor.inspector.getByText("Write a prompt.")).toBeVisible();
  expect(await heard(page, "Prompt")).toContain("Write a prompt.");
  await editor.inspector.getByText("Prompt", { exact: true }).click();
  await expect(field).toBeFocused();
});

test("a condition is completed with its inputs and with what compares them", async ({ page }) => {
  await open();
  await editor.select("RouteByTone");
  const field = await coded("Condition angry");
  await field.press("Control+a");
  await page.keyboard.type("to");
  await expect(options(page)).toHaveText([/^tone\s*String$/]);
  await choose(page, "Enter");
  await page.keyboard.type(" ");
  await expect(options(page)).toHaveText([/^==/, /^!=/]);
  await choose(page, "ArrowDown");
  await page.keyboard.press("Enter");
  await holds(field, "tone != ");
  await page.keyboard.type('"calm" a');
  await expect(options(page)).toHaveText(["and"]);
  await choose(page, "Tab");
  await page.keyboard.type("nix == 1");
  await holds(field, 'tone != "calm" and nix == 1');
  await expect(underlined(field)).toHaveText(["nix"]);
  // It is one line: Enter adds none, and what is pasted is joined.
  await page.keyboard.press("Enter");
  await field.fill('tone == "angry"\nor tone == "sad"');
  await holds(field, 'tone == "angry" or tone == "sad"');
  await expect(field).toHaveAttribute("aria-multiline", "false");
  await editor.noProblems();
});

test("an expression is completed with the parts of what the last run brought", async ({ page }) => {
  await open({ title: "Greeting", definition: greeting() });
  await editor.send(JSON.stringify({ customer: { "first name": "Ada", city: "Ulm" }, orders: [{ id: 1 }] }));
  await expect(editor.status).toContainText("Succeeded");
  await editor.select("Greet");
  await editor.inspector.getByRole("tab", { name: "Inputs" }).click();
  const field = await coded("Expression of name");
  await field.press("Control+a");
  await page.keyboard.type("$.data.cu");
  await expect(options(page).filter({ hasText: "first name" })).toHaveText(/\$\.data\.customer\['first name'\]\s*String/);
  await page.keyboard.type("stomer.ci");
  await expect(options(page)).toHaveCount(1);
  await choose(page, "Enter");
  await holds(field, "$.data.customer.city");
  await field.fill("$.data.customer..city");
  await expect(underlined(field)).toHaveCount(1);
  await expect(field).toHaveAttribute("aria-invalid", "true");
});

test("Python has line numbers, its own words and the names of the inputs", async ({ page }) => {
  await open({ title: "Code" });
  await editor.palette.getByRole("button", { name: "Code", exact: true }).click();
  await editor.select("InlineCode_1");
  const field = await coded("Python");
  await expect(editor.inspector.locator(".cm-lineNumbers")).toBeVisible();
  await field.press("Control+a");
  await page.keyboard.type("if text:\nte");
  await expect(options(page).first()).toHaveText("textString");
  await choose(page, "Enter");
  await holds(field, "if text:\n    text");
  await page.keyboard.type("\npri");
  await expect(options(page).first()).toHaveText("print");
  await choose(page, "Escape");
  await page.keyboard.type(`(${"1, ".repeat(60)}`);
  // A long line scrolls, and the numbers of the lines stay.
  await expect(editor.inspector.locator(".cm-lineNumbers")).toBeInViewport({ ratio: 1 });
  await page.keyboard.press("Tab");
  await expect(field).not.toBeFocused();
});

test("a fault of JSON is underlined and said in words that say what to do", async ({ page }) => {
  await open();
  await editor.select("Answer");
  await editor.inspector.getByRole("tab", { name: "Last run" }).click();
  await editor.inspector.getByRole("button", { name: "Pin data…" }).click();
  const field = await coded("Data for its outputs");
  await field.fill('{"modelCompletion": "Hi",}');
  await expect(underlined(field)).toHaveText([","]);
  await expect(editor.inspector.getByText("Take this comma out: nothing comes after it.")).toBeVisible();
  expect(await heard(page, "Data for its outputs")).toContain("Take this comma out");
  await field.press("Control+z");
  await field.fill('{"modelCompletion": "Hi"}');
  await expect(field).toHaveAttribute("aria-invalid", "false");
  await editor.inspector.getByRole("button", { name: "Pin", exact: true }).click();
  await expect(editor.inspector.getByRole("region", { name: "Pinned data" })).toContainText("Hi");
});

test("where the module cannot be had, plain fields do", async ({ page }) => {
  await page.route(/\/assets\/code-/, (route) => route.abort());
  await open();
  await editor.select("Answer");
  const field = editor.field("Prompt");
  await expect(field).toHaveJSProperty("tagName", "TEXTAREA");
  await field.fill("Plainly: {{message}}");
  await editor.saved();
  await editor.button("Undo").click();
  await holds(field, /^(?!Plainly)/);
  await editor.select("RouteByTone");
  const condition = editor.field("Condition angry");
  await condition.fill('tone = "angry"');
  await expect(condition).toHaveJSProperty("tagName", "INPUT");
  await expect(condition).toHaveAttribute("aria-invalid", "true");
  await expect(editor.inspector.locator(".culprit u")).toHaveText("=");
  await accessible(page, ".inspector");
  watched.problems.splice(0, watched.problems.length, ...watched.problems.filter((it) => !/assets\/code-/.test(it)));
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing, also while something is offered, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await open();
    await editor.select("Answer");
    const field = await coded("Prompt");
    await accessible(page);
    await field.press("Control+Space");
    await expect(options(page)).not.toHaveCount(0);
    await accessible(page);
    await field.press("Escape");
    await field.fill("{{message}} {{unknown}} {{other}}");
    await expect(underlined(field)).toHaveCount(2);
    await accessible(page);
  });
}

/** An Object goes in, a prompt takes one part of it. */
function greeting() {
  const text = { text: { text: "Hello {{name}}", inputVariables: [{ name: "name" }] } };
  const inline = { templateType: "TEXT", templateConfiguration: text, modelId: "test/model" };
  const data = (name, source, sourceOutput, target, targetInput) => ({
    name, type: "Data", source, target, configuration: { data: { sourceOutput, targetInput } },
  });
  return {
    nodes: [
      { name: "Start", type: "Input", configuration: { input: {} }, outputs: [{ name: "document", type: "Object" }] },
      {
        name: "Greet", type: "Prompt", configuration: { prompt: { sourceConfiguration: { inline } } },
        inputs: [{ name: "name", type: "String", expression: "$.data.customer.city" }],
        outputs: [{ name: "modelCompletion", type: "String" }],
      },
      { name: "End", type: "Output", configuration: { output: {} }, inputs: [{ name: "document", type: "String", expression: "$.data" }] },
    ],
    connections: [data("c1", "Start", "document", "Greet", "name"), data("c2", "Greet", "modelCompletion", "End", "document")],
  };
}
