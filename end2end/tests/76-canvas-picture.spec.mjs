// A flow as a picture that carries it: dropped again, it is the flow.
import { readFile } from "node:fs/promises";

import { expect, test } from "@playwright/test";

import { openFlow, small } from "../support/canvas.mjs";
import { worldForAll } from "../support/canvas-test.mjs";

const world = worldForAll();

async function exported(page, name) {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "All commands" }).fill(name);
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Drops a file where the selector is. */
async function drop(page, selector, { name, bytes }) {
  const transfer = await page.evaluateHandle(
    ({ name, bytes }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(bytes)], name));
      return transfer;
    },
    { name, bytes: [...bytes] },
  );
  await page.dispatchEvent(selector, "drop", { dataTransfer: transfer, clientX: 700, clientY: 300 });
}

for (const [kind, command] of [["svg", "Export as SVG"], ["png", "Export as PNG"]]) {
  test(`a ${kind} is dropped on another flow and on the list of flows`, async ({ page }) => {
    const { editor } = await openFlow(page, world());
    await editor.canvas.focus();
    const file = await exported(page, command);
    expect(file.name).toBe(`small.${kind}`);
    if (kind === "svg") expect(file.bytes.toString()).toContain(">Spare</text>");
    else expect(file.bytes.subarray(1, 4).toString()).toBe("PNG");
    const one = { definition: { nodes: [small().definition.nodes[0]], connections: [] }, extensions: {} };
    const other = await openFlow(page, world(), one, "Other");
    await drop(page, ".canvas", file);
    await expect(other.editor.canvas.locator(".node")).toHaveCount(5);
    await expect(other.editor.wires).toHaveCount(2);
    await other.editor.saved();
    await page.goto(world().url);
    await page.getByRole("heading", { name: "Flows", exact: true }).waitFor();
    await drop(page, "body", file);
    await expect(page.getByRole("dialog")).toContainText("Small");
  });
}

test("a file that holds no flow is refused in words", async ({ page }) => {
  const { editor } = await openFlow(page, world());
  await drop(page, ".canvas", { name: "cat.png", bytes: Buffer.from("not a flow") });
  await expect(page.getByText("cat.png holds no flow.")).toBeVisible();
  await expect(editor.canvas.locator(".node")).toHaveCount(4);
});
