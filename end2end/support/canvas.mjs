// The canvas as its tests see it: a small flow at known places, where things are, and how fingers touch it.
import { Editor } from "./editor.mjs";
import { MODEL } from "./world.mjs";

const input = (name, type = "String") => ({ name, type, expression: "$.data" });
const prompt = (name) => ({
  name,
  type: "Prompt",
  inputs: [input("topic")],
  outputs: [{ name: "modelCompletion", type: "String" }],
  configuration: {
    prompt: {
      sourceConfiguration: {
        inline: {
          modelId: MODEL,
          templateType: "TEXT",
          templateConfiguration: { text: { text: "Say something of {{topic}}.", inputVariables: [{ name: "topic" }] } },
        },
      },
    },
  },
});
const data = (name, source, sourceOutput, target, targetInput) => ({
  name,
  type: "Data",
  source,
  target,
  configuration: { data: { sourceOutput, targetInput } },
});

/** Start → Ask → End in a row, and Spare below, which nothing is connected to. */
export const small = () => ({
  definition: {
    nodes: [
      { name: "Start", type: "Input", outputs: [{ name: "document", type: "String" }], configuration: { input: {} } },
      prompt("Ask"),
      { name: "End", type: "Output", inputs: [input("document")], configuration: { output: {} } },
      prompt("Spare"),
    ],
    connections: [data("First", "Start", "document", "Ask", "topic"), data("Second", "Ask", "modelCompletion", "End", "document")],
  },
  extensions: {
    nodes: Object.fromEntries(
      Object.entries({ Start: [0, 0], Ask: [400, 0], End: [800, 0], Spare: [400, 300] }).map(([name, [x, y]]) => [
        name,
        { position: { x, y } },
      ]),
    ),
  },
});

/** Opens a flow with these documents. */
export async function openFlow(page, world, draft = small(), title = "Small") {
  const flow = await world.create({ title });
  const answer = await world.save(flow.id, flow.revision, draft);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  const editor = new Editor(page);
  await editor.open(`${world.url}/flows/${flow.id}`);
  await editor.node(draft.definition.nodes[0].name).waitFor();
  return { flow, editor };
}

export const draft = async (world, flow) => (await world.api("GET", `/api/flows/${flow.id}`)).json();

/** What part of the flow is seen. */
export async function viewport(editor) {
  const style = await editor.canvas.locator(".world").getAttribute("style");
  const [x, y, zoom] = style.match(/-?[\d.]+(e-?\d+)?/g).map(Number);
  return { x, y, zoom };
}

/** Where something stands in flow units. */
export async function placeOf(locator) {
  const style = await locator.getAttribute("style");
  const [x, y] = style.match(/translate\((-?[\d.]+)px, (-?[\d.]+)px\)/).slice(1).map(Number);
  return { x, y };
}

export const headingOf = (editor, name) => editor.node(name).getByRole("heading");

/** The middle of a thing, moved a little. */
export async function middle(locator, dx = 0, dy = 0) {
  const box = await locator.boundingBox();
  return { x: box.x + box.width / 2 + dx, y: box.y + box.height / 2 + dy };
}

export const selected = (editor) => editor.canvas.locator(".node.sel h3").allTextContents();

/** A point of a wire, at a part of its way. */
export const onWire = (editor, label, part = 0.5) =>
  editor.canvas
    .getByRole("button", { name: label })
    .locator(".edge")
    .evaluate((path, part) => {
      const at = path.getPointAtLength(path.getTotalLength() * part);
      const seen = new DOMPoint(at.x, at.y).matrixTransform(path.getScreenCTM());
      return { x: seen.x, y: seen.y };
    }, part);

/** Fingers that come down, move together in steps, and go up: each a list of points. */
export async function fingers(page, ways, { hold = 0 } = {}) {
  const client = await page.context().newCDPSession(page);
  const at = (step) => ways.map((way, id) => ({ ...way[Math.min(step, way.length - 1)], id }));
  await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0) });
  if (hold) await page.waitForTimeout(hold);
  for (let step = 1; step < Math.max(...ways.map((way) => way.length)); step += 1) {
    await client.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(step) });
    await page.waitForTimeout(30);
  }
  await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

/** The points from one place to another. */
export const way = (from, to, steps = 6) =>
  Array.from({ length: steps + 1 }, (_, at) => ({
    x: from.x + ((to.x - from.x) * at) / steps,
    y: from.y + ((to.y - from.y) * at) / steps,
  }));
