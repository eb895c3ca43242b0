// Files to import, and the hand that drops them.
import { readFileSync } from "node:fs";

/** A template with two flows that can be read, two that cannot, and what stands beside them. */
export const TEMPLATE = {
  name: "template.yaml",
  text: readFileSync(new URL("../../flow/tests/import/template.yaml", import.meta.url), "utf8"),
};
/** A document without flows. */
export const BROKEN = { name: "notes.json", text: '{"notes": []}' };

/** Drops files on the page, as a person does from a folder. */
export async function drop(page, ...files) {
  const dataTransfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, text } of files) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  await page.dispatchEvent("body", "dragover", { dataTransfer });
  await page.dispatchEvent("body", "drop", { dataTransfer });
}
