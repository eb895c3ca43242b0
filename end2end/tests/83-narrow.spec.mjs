// Every page and the editor at 1024 and at 768 pixels: nothing is wider than the window, no control is cut off or lies under another.
import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { signIn, startWorld, triage } from "../support/world.mjs";

const WIDTHS = [1024, 768];
let world, flow, base, execution;
test.beforeAll(async () => {
  world = await startWorld(triage);
  flow = await world.create({ template: "support-triage" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  const invoked = await world.api("POST", `/api/flows/${flow.id}/aliases/live/invoke`, { input: "It is late" });
  execution = (await invoked.json()).executionId;
  await world.create({ title: "A flow with a title that is rather long, as titles of flows come to be" });
  base = await (await world.api("POST", "/api/knowledge-bases", { name: "Handbook of everything that we know" })).json();
  await world.api("POST", `/api/knowledge-bases/${base.id}/documents`, { name: "Opening hours", text: "We open at nine." });
});
test.afterAll(() => world?.stop());

/** What a person cannot see whole, or cannot reach, a line each. */
const faults = (page) =>
  page.evaluate(() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} wide`);
    const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth;
    // What stands on the canvas is panned to, and the parts of a control stand for it.
    const own = (element) => !element.closest(".world, .mini, .skip, .visually-hidden, [aria-hidden=true]");
    const controls = [...document.querySelectorAll("button, a[href], input, select, textarea, [role=tab], summary")];
    for (const control of controls.filter(own)) {
      if (!control.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      control.scrollIntoView({ block: "nearest", inline: "nearest" });
      const { left, right, top, bottom, width, height } = control.getBoundingClientRect();
      const name = (control.getAttribute("aria-label") || control.textContent.trim() || control.id || control.className).slice(0, 40);
      if (width < 2 || height < 2) continue;
      if (left < -1 || right > root.clientWidth + 1 || top < -1 || bottom > root.clientHeight + 1) {
        let around = control.parentElement;
        while (around && !scrolls(around)) around = around.parentElement;
        if (!around && height < root.clientHeight) found.push(`${name} is cut off at ${Math.round(left)}…${Math.round(right)}, ${Math.round(top)}…${Math.round(bottom)}`);
        continue;
      }
      const boxes = [...control.getClientRects()];
      const reached = boxes.some((box) => {
        const above = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return above && (control.contains(above) || above.contains(control) || above.closest("label")?.contains(control));
      });
      if (!reached) {
        const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        found.push(`${name} lies under ${above?.tagName}.${above?.getAttribute("class") ?? ""}`);
      }
    }
    return found;
  });

const pages = () => [
  ["flows", "/"],
  ["templates", "/templates"],
  ["executions", "/executions"],
  ["an execution", `/executions/${execution}`],
  ["versions", `/flows/${flow.id}/versions`],
  ["knowledge", "/knowledge"],
  ["a knowledge base", `/knowledge/${base.id}`],
  ["agents", "/agents"],
  ["connections", "/connections"],
  ["connect", "/connect"],
  ["settings", "/settings"],
];

for (const width of WIDTHS) {
  test(`pages at ${width} pixels`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width, height: 768 });
    await signIn(page, world);
    const all = {};
    for (const [name, path] of pages()) {
      await page.goto(`${world.url}${path}`);
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      await page.waitForLoadState("networkidle").catch(() => {});
      const found = await faults(page);
      if (found.length) all[name] = found;
    }
    expect(all).toEqual({});
  });
}

for (const width of WIDTHS) {
  test(`the editor at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 768 });
    await signIn(page, world);
    const editor = new Editor(page);
    await editor.open(`${world.url}/flows/${flow.id}`);
    await editor.noProblems();
    const all = { opened: await faults(page) };
    await editor.node("ClassifyTone").focus();
    await page.keyboard.press("Enter");
    await expect(editor.field("Name")).toHaveValue("ClassifyTone");
    all.selected = await faults(page);
    await editor.send("It is late");
    await expect(editor.status).toContainText("Succeeded");
    all.ran = await faults(page);
    expect(all).toEqual({ opened: [], selected: [], ran: [] });
  });
}
