// The canvas beside React Flow: the same graph and the same gestures, in the same browser, in the same run.
//
// Script time is what the page's main thread spends in scripts, by its own clock, so that a busy machine changes little.
// `node canvas.mjs` prints a table; ANABRANCH_BIN is the server, whose page is what was built last.
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

import { chromium, expect } from "@playwright/test";
import { build } from "esbuild";

import config from "../playwright.config.mjs";
import { MODEL, signIn, startWorld } from "../support/world.mjs";
import { draft } from "./graph.mjs";

const MOVES = 60;
/** What a person's hand leaves between two moves, in milliseconds. */
const PAUSE = 20;
/** 10 Mbit/s, and a usual way to the server. */
const SLOW = { offline: false, latency: 20, downloadThroughput: 1_250_000, uploadThroughput: 1_250_000 };

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let world, rival, browser;

async function measure() {
  const { id } = await world.create({ title: "A thousand nodes" });
  const { revision } = await (await world.api("GET", `/api/flows/${id}`)).json();
  const saved = await world.save(id, revision, draft(MODEL));
  if (saved.status !== 200) throw new Error(`the graph was not taken: ${await saved.text()}`);

  const ours = await openOurs(`${world.url}/flows/${id}`);
  const theirs = await openTheirs(ours.size);
  const rows = [];
  for (const view of ["whole", "quarter", "full"]) {
    await ours.show(view);
    await theirs.put(await ours.view());
    for (const [what, gesture] of gestures(view)) {
      const [mine, other] = [await gesture(ours), await gesture(theirs)];
      rows.push([`${what}, ${NAMES[view]}`, mine, other]);
    }
  }
  const { id: triage } = await world.create({ template: "support-triage" });
  print(rows, ours, await cold(`${world.url}/flows/${triage}`));
}

const NAMES = { whole: "all nodes in view", quarter: "at 25 %", full: "at 100 %" };

function gestures(view) {
  if (view === "quarter") return [["drag 100 selected nodes", dragMany]];
  return [["drag a node", dragOne], ["pan", pan], ["zoom", zoom]];
}

/** Our editor with the graph. */
async function openOurs(url) {
  const context = await browser.newContext({ viewport: config.use.viewport, colorScheme: "light" });
  const page = await context.newPage();
  await signIn(page, world);
  await page.addInitScript(keepMemory);
  await page.addInitScript(tellWhenOpen, ".node");
  // The second time, as whoever opens another flow: the app is in the browser's cache.
  await page.goto(url);
  await page.waitForFunction(() => window.opened);
  await page.goto("about:blank");
  await page.goto(url);
  await page.waitForFunction(() => window.opened);
  const opened = await page.evaluate(() => window.opened);
  const canvas = page.getByRole("application", { name: "Canvas" });
  const box = await canvas.boundingBox();
  const clock = await clockOf(page);
  const node = (name) => canvas.getByRole("group", { name, exact: true });
  return {
    page,
    clock,
    opened,
    heap: await heap(page),
    size: { width: Math.round(box.width), height: Math.round(box.height) },
    box,
    node,
    selected: () => canvas.locator(".node.sel").count(),
    async select(names) {
      for (const name of names) {
        const { x, y } = await grip(this, name);
        await page.keyboard.down("Control");
        await page.mouse.click(x, y);
        await page.keyboard.up("Control");
      }
    },
    async show(view) {
      await canvas.focus();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+1");
      await sleep(500);
      const { zoom } = await this.view();
      if (view === "quarter") for (let to = zoom; to < 0.24; to *= 1.2) await page.keyboard.press("Control++");
      if (view === "full") await page.keyboard.press("Control+0");
      await sleep(500);
    },
    /** Where the canvas looks, read from where two nodes of the graph stand, or of those that are drawn. */
    async view() {
      const found = await page.evaluate(() =>
        [...document.querySelectorAll(".node")].map((node) => [node.getAttribute("aria-label"), node.getBoundingClientRect().toJSON()]),
      );
      const placed = found.flatMap(([name, { x, y }]) => {
        const [, column, row] = /^Prompt_(\d+)_(\d+)/.exec(name ?? "") ?? [];
        return column === undefined ? [] : [{ column: Number(column), flow: { x: (Number(column) + 1) * 280, y: Number(row) * 180 }, x, y }];
      });
      const [first, last] = [placed[0], placed.findLast(({ column }) => column !== placed[0].column)];
      const zoom = (last.x - first.x) / (last.flow.x - first.flow.x);
      return { zoom, x: first.x - box.x - first.flow.x * zoom, y: first.y - box.y - first.flow.y * zoom };
    },
  };
}

/** React Flow with the graph, on a canvas of the same size. */
async function openTheirs(size) {
  const context = await browser.newContext({ viewport: size });
  const page = await context.newPage();
  await page.addInitScript(tellWhenOpen, ".react-flow__node");
  await page.goto(rival.url);
  await page.waitForFunction(() => window.opened && window.view);
  const clock = await clockOf(page);
  return {
    page,
    clock,
    box: { x: 0, y: 0, ...size },
    node: (name) => page.locator(`[data-id="${name}"]`),
    selected: () => page.locator(".react-flow__node.selected").count(),
    select: (names) => page.evaluate((names) => window.select(names), names),
    async put(view) {
      await page.mouse.click(5, 5);
      await page.evaluate((view) => window.view(view), view);
      this.at = view;
      await sleep(500);
    },
    async view() {
      return this.at;
    },
  };
}

/** Notes when the first frame with these is drawn. Runs in the page. */
function tellWhenOpen(selector) {
  const look = () => {
    if (!document.querySelector(selector)) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => (window.opened = performance.now())));
  };
  requestAnimationFrame(look);
}

/** Measures what a page's scripts take, by the time of its thread. */
async function clockOf(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const script = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ScriptDuration").value * 1000;
  };
  const mouse = (type, { x, y }, more = {}) => client.send("Input.dispatchMouseEvent", { type, x, y, ...more });
  return { script, mouse };
}

/** Keeps WebAssembly's memory, to be weighed. Runs in the page. */
function keepMemory() {
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const plain = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await plain(...given);
      // The part that starts has it; the others share it.
      window.wasmMemory ??= (made.instance ?? made).exports.memory;
      return made;
    };
  }
}

/** Megabytes that a page's scripts hold, WebAssembly's memory among them. */
async function heap(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("HeapProfiler.collectGarbage");
  const { usedSize } = await client.send("Runtime.getHeapUsage");
  return (usedSize + (await page.evaluate(() => window.wasmMemory.buffer.byteLength))) / 1e6;
}

/** Milliseconds of script for each of so many moves. */
async function each(one, move) {
  const before = await one.clock.script();
  for (let at = 0; at < MOVES; at += 1) {
    await move(at);
    await sleep(PAUSE);
  }
  await sleep(200);
  return ((await one.clock.script()) - before) / MOVES;
}

/** Drags from one point, there and back in a circle. */
async function drag(one, from) {
  const left = { button: "left", buttons: 1, clickCount: 1 };
  await one.clock.mouse("mouseMoved", from);
  await one.clock.mouse("mousePressed", from, left);
  // Past what may still be a click.
  await one.clock.mouse("mouseMoved", { x: from.x + 6, y: from.y + 6 }, left);
  await sleep(200);
  let last = from;
  const took = await each(one, (at) => {
    const angle = (at / MOVES) * 2 * Math.PI;
    last = { x: from.x + 60 * Math.sin(angle), y: from.y + 40 * (1 - Math.cos(angle)) };
    return one.clock.mouse("mouseMoved", last, left);
  });
  await one.clock.mouse("mouseReleased", last, left);
  await sleep(200);
  return took;
}

const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });

/** On the node's head, where no port and no text is. */
async function grip(one, name) {
  const { x, y, width } = await one.node(name).boundingBox();
  const { zoom } = await one.view();
  return { x: x + width / 2, y: y + 12 * zoom };
}

/** A node near the middle of the graph, which stands in the middle of the canvas. */
const dragOne = async (one) => drag(one, await grip(one, "Prompt_18_13"));

/** From between four nodes. */
async function pan(one) {
  const { x, y } = await one.node("Prompt_18_13").boundingBox();
  const { zoom } = await one.view();
  return drag(one, { x: x - 30 * zoom, y: y - 15 * zoom });
}

async function zoom(one) {
  const at = middle(one.box);
  return each(one, (move) => one.clock.mouse("mouseWheel", at, { deltaX: 0, deltaY: move % 2 ? 120 : -120 }));
}

/** Ten by ten nodes, dragged by one of them. */
async function dragMany(one) {
  const places = [...Array(100).keys()];
  await one.select(places.map((at) => `Prompt_${12 + Math.floor(at / 10)}_${8 + (at % 10)}`));
  await expect.poll(() => one.selected(), "as many are selected").toBe(100);
  return drag(one, await grip(one, "Prompt_15_12"));
}

/**
 * With nothing in the browser's cache and at 10 Mbit/s: milliseconds to the flows page and a dialog that opens on a click,
 * and the kilobytes that came until then; and the kilobytes of an editor.
 */
async function cold(flow) {
  const context = await browser.newContext({ viewport: config.use.viewport });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  let bytes = 0;
  client.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await client.send("Network.enable");
  await client.send("Network.emulateNetworkConditions", SLOW);
  const { url } = await (await world.api("POST", "/api/session/link")).json();
  const began = performance.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.getByRole("button", { name: "New flow" }).first().click();
  await page.getByRole("dialog").or(page.getByRole("menu")).or(page.getByRole("application")).first().waitFor();
  const took = performance.now() - began;
  const first = bytes / 1e3;
  // What the browser has is not loaded again.
  bytes = 0;
  await page.goto(flow);
  await page.getByRole("application", { name: "Canvas" }).getByRole("group").first().waitFor();
  await context.close();
  return { took, first, editor: first + bytes / 1e3 };
}

function print(rows, { opened, heap }, { took, first, editor }) {
  const cell = (value) => value.toFixed(2);
  console.log("| script time a move | Anabranch, ms | React Flow, ms | ratio |\n|---|---|---|---|");
  for (const [what, mine, other] of rows) console.log(`| ${what} | ${cell(mine)} | ${cell(other)} | ${cell(mine / other)} |`);
  console.log("\n| 1,000 nodes, 1,500 edges | |\n|---|---|");
  console.log(`| open, the app in the cache | ${(opened / 1000).toFixed(2)} s |`);
  console.log(`| heap, with WebAssembly's memory | ${heap.toFixed(0)} MB |`);
  console.log(`| to the first click that does something, cold, at 10 Mbit/s | ${(took / 1000).toFixed(2)} s |`);
  console.log(`| downloaded until then, compressed | ${first.toFixed(0)} KB |`);
  console.log(`| downloaded until an editor is open, compressed | ${editor.toFixed(0)} KB |`);
}

/** React Flow's page, bundled for production. */
async function serveRival() {
  const entry = fileURLToPath(new URL("rival.jsx", import.meta.url));
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    outdir: "out",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const file = (end) => built.outputFiles.find(({ path }) => path.endsWith(end)).text;
  const page = `<!doctype html><title>React Flow</title><style>html,body,#root{height:100%;margin:0}</style><link rel="stylesheet" href="rival.css"><div id="root"></div><script src="rival.js"></script>`;
  const files = { "/": ["text/html", page], "/rival.css": ["text/css", file(".css")], "/rival.js": ["text/javascript", file(".js")] };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? ["text/plain", ""];
    response.writeHead(files[request.url] ? 200 : 404, { "content-type": `${type}; charset=utf-8` }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

world = await startWorld();
rival = await serveRival();
browser = await chromium.launch(config.use.launchOptions);
try {
  await measure();
} finally {
  await browser.close();
  rival.close();
  await world.stop();
}
