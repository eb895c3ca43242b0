// What axe finds wrong with a page as people with other senses have it.
import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "@playwright/test";

/** What is serious or worse in the page, or in a part of it, a line each. */
export async function serious(page, within) {
  const axe = new AxeBuilder({ page });
  const { violations } = await (within ? axe.include(within) : axe).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(" | ")}`);
}

/** Expects nothing serious. */
export async function accessible(page, within) {
  expect(await serious(page, within)).toEqual([]);
}
