// The editor as a person sees it: by the names that assistive technology reads.
import { expect } from "@playwright/test";

export class Editor {
  constructor(page) {
    this.page = page;
    this.canvas = page.getByRole("application", { name: "Canvas" });
    this.palette = page.getByRole("navigation", { name: "Nodes" });
    this.inspector = page.getByRole("complementary", { name: "Inspector" });
    this.pane = page.getByRole("region", { name: "Test" });
    this.input = this.pane.getByRole("textbox", { name: "Input" });
    this.run = this.pane.getByRole("button", { name: "Run", exact: true });
    this.stop = this.pane.getByRole("button", { name: "Stop", exact: true });
    this.status = this.pane.getByRole("status");
    this.wires = this.canvas.locator(".wire");
  }

  async open(url) {
    await this.page.goto(url);
    await expect(this.canvas).toBeVisible();
  }

  /** Loads the page anew, as a person does who confirms that it may lose something. */
  async reload() {
    await this.page.evaluate(() => (window.before = true));
    const confirm = (dialog) => dialog.accept();
    this.page.on("dialog", confirm);
    await this.page.reload();
    this.page.off("dialog", confirm);
    expect(await this.page.evaluate(() => window.before)).toBeUndefined();
    await expect(this.canvas).toBeVisible();
  }

  node(name) {
    return this.canvas.getByRole("group", { name, exact: true });
  }

  port(name) {
    return this.canvas.getByRole("button", { name, exact: true });
  }

  /** A field of the inspector. */
  field(label) {
    return this.inspector.getByLabel(label, { exact: true });
  }

  /** A line of the trace. */
  line(name) {
    return this.pane.getByRole("button", { name: new RegExp(`^${name}\\b`) });
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** Whether the server has what the page shows. */
  async saved() {
    // An edit turns the chip before the page's next task; without that, the chip may be the one from before.
    await this.page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    await expect(this.page.getByText("Saved", { exact: true })).toBeVisible();
  }

  async noProblems() {
    await expect(this.page.getByRole("button", { name: "No problems" })).toBeVisible();
  }

  async send(text) {
    await this.input.fill(text);
    await this.run.click();
  }

  /** Publishes by mouse, and waits until the alias points there. */
  async publish(version) {
    await this.button("Publish").click();
    const dialog = this.page.getByRole("dialog", { name: `Publish version ${version}` });
    await dialog.getByRole("button", { name: "Publish", exact: true }).click();
    await expect(this.page.getByText(`live → v${version}`)).toBeVisible();
    await expect(dialog).toHaveCount(0);
  }

  /** Presses at one place, moves in steps, lets go at another; a place is a locator or a point. */
  async drag(from, to) {
    const [start, end] = [await point(from), await point(to)];
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
    await this.page.mouse.move(end.x, end.y, { steps: 4 });
    await this.page.mouse.up();
  }

  /** A point of the canvas, in parts of its width and height. */
  async at(x, y) {
    const box = await this.canvas.boundingBox();
    return { x: box.x + box.width * x, y: box.y + box.height * y };
  }

  /** Drags an entry of the palette to the canvas; the node has its name when this ends. */
  async place(kind, x, y, name) {
    await this.drag(this.palette.getByRole("button", { name: kind, exact: true }), await this.at(x, y));
    await expect(this.node(name)).toBeVisible();
  }

  async connect(from, to) {
    const before = await this.wires.count();
    await this.drag(this.port(from), this.port(to));
    await expect(this.wires).toHaveCount(before + 1);
  }

  /** Leads a condition's branch to a node. */
  async gate(from, node) {
    const before = await this.wires.count();
    await this.drag(this.port(from), this.node(node).getByRole("heading"));
    await expect(this.wires).toHaveCount(before + 1);
  }

  async select(name) {
    await this.node(name).getByRole("heading").click();
    await expect(this.field("Name")).toHaveValue(name);
  }

  /** What is wrong with a node, on its card. */
  issue(name) {
    return this.node(name).locator(".issue");
  }

  /** Where the bars of the trace stand, in parts of the whole: `{ node: { left, right } }`. */
  async bars() {
    const lines = await this.pane.locator(".trace .line").evaluateAll((lines) =>
      lines.map((line) => {
        const [whole, bar] = [line.querySelector(".timing"), line.querySelector(".timing i")].map((it) => it.getBoundingClientRect());
        const part = (x) => (x - whole.left) / whole.width;
        return [line.querySelector(".clip").firstChild.textContent.trim(), { left: part(bar.left), right: part(bar.right) }];
      }),
    );
    return Object.fromEntries(lines);
  }

  async rename(from, to) {
    await this.select(from);
    await this.field("Name").fill(to);
    await this.field("Name").press("Enter");
    await expect(this.node(to)).toBeVisible();
  }
}

/** What is written in a field, a plain one or one for code: both have it as their value. */
export async function holds(field, expected) {
  const value = expect.poll(() => field.evaluate((element) => element.value));
  await (expected instanceof RegExp ? value.toMatch(expected) : value.toBe(expected));
}

/** The middle of an element once it stands still: after a step the view may go along for a frame. */
export async function point(place) {
  if (typeof place.boundingBox !== "function") return place;
  await place.waitFor();
  return place.evaluate(async (element) => {
    for (let last; ; ) {
      const { x, y, width, height } = element.getBoundingClientRect();
      const middle = { x: x + width / 2, y: y + height / 2 };
      if (last?.x === middle.x && last.y === middle.y) return middle;
      last = middle;
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }
  });
}
