// What a page must never do, whatever the test is about.
import { expect } from "@playwright/test";

/**
 * Notes everything that goes wrong in a page from now on; call `expectNone()` at the end. `allowed` is a pattern of
 * what a test brings about on purpose: the browser itself notes every answer from 400 on.
 */
export function watch(page) {
  const problems = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A navigation away ends requests under way; that is no failure of the page.
    const reason = request.failure()?.errorText;
    if (reason !== "net::ERR_ABORTED") problems.push(`request: ${request.url()} ${reason}`);
  });
  return { problems, expectNone: (allowed = /^$/) => expect(problems.filter((problem) => !allowed.test(problem))).toEqual([]) };
}
