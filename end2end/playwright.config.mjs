// A person at a desk, one at a time: each spec starts its own server, and two cores carry no more than one browser.
import { defineConfig } from "@playwright/test";

// Chromium phones home otherwise, and waits for answers on machines without a network.
const quiet = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
// Chromium's sandbox refuses to run as root, as CI containers do.
const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

export default defineConfig({
  testDir: "tests",
  testMatch: "*.spec.mjs",
  workers: 1,
  fullyParallel: false,
  // One who runs the tests sees each failure; where many share a machine, a second try is told as flaky.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["./support/recordings.mjs"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1560, height: 900 },
    // Where something moves, a test says so itself: what is measured stands still.
    contextOptions: { reducedMotion: "reduce" },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM || undefined,
      args: [...quiet, ...sandbox],
    },
  },
});
