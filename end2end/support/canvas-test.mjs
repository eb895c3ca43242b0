// What every test of the canvas begins with.
import { test } from "@playwright/test";

import { signIn, startWorld } from "./world.mjs";

/** One server for the file; each test is signed in. Returns what gives the world. */
export function worldForAll() {
  let world;
  test.beforeAll(async () => {
    world = await startWorld();
  });
  test.afterAll(() => world?.stop());
  test.beforeEach(({ page }) => signIn(page, world));
  return () => world;
}
