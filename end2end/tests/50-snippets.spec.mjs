// The snippets of the Use it panel, run as they are printed.
import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect, test } from "@playwright/test";

import { Editor } from "../support/editor.mjs";
import { BINARY } from "../support/server.mjs";
import { signIn, startWorld } from "../support/world.mjs";

const HERE = fileURLToPath(new URL("..", import.meta.url));
/** Has to survive two shells, JSON, Python and JavaScript. */
const MESSAGE = `It's "late" \\ $(id) \`id\` – nobody answers!`;

let world, path, snippets;
test.beforeAll(async ({ browser }) => {
  world = await startWorld();
  path = await mkdtemp(join(tmpdir(), "anabranch-path-"));
  await symlink(BINARY, join(path, "anabranch"));
  const flow = await world.create({ template: "support-triage" });
  await world.api("POST", `/api/flows/${flow.id}/publish`, {});
  // The draft goes on, and calls its Input node another name; programs call the version.
  const draft = JSON.stringify({ definition: flow.definition, extensions: flow.extensions });
  await world.save(flow.id, flow.revision, JSON.parse(draft.replaceAll("FlowInputNode", "Start")));
  const page = await browser.newPage();
  await signIn(page, world);
  const editor = new Editor(page);
  await editor.open(`${world.url}/flows/${flow.id}`);
  // The last input tested is what the snippets send.
  await editor.send(MESSAGE);
  await expect(editor.status).toContainText("Succeeded");
  await editor.button("Use it").click();
  snippets = {};
  for (const name of ["curl (JSON)", "curl (stream)", "boto3", "JavaScript"]) {
    await page.getByRole("tab", { name, exact: true }).click();
    snippets[name] = await page.getByRole("region", { name: "Snippet" }).innerText();
  }
  await page.close();
});
test.afterAll(async () => {
  await world?.stop();
  if (path) await rm(path, { recursive: true });
});

/** Pastes it into a shell where `anabranch` is on the path. */
async function paste(name, { python } = {}) {
  const before = python ? [path, python] : [path];
  const env = { ...process.env, ANABRANCH_DATA: world.server.data, PATH: [...before, process.env.PATH].join(delimiter) };
  // The packages that the panel asks for are those of this folder.
  const { stdout } = await promisify(execFile)("bash", ["-c", snippets[name]], { env, cwd: HERE, timeout: 30_000 });
  expect(world.upstream.requests.at(-1).body.messages.at(-1).content).toContain(MESSAGE);
  return stdout;
}

test("curl (JSON)", async () => {
  const answer = JSON.parse(await paste("curl (JSON)"));
  expect(answer.status).toBe("Succeeded");
  expect(answer.outputs).toEqual([{ node: "FlowOutputNode", value: "We are so sorry." }]);
});

test("curl (stream)", async () => {
  const events = (await paste("curl (stream)")).match(/^event: .*$/gm);
  expect(events.length).toBeGreaterThan(5);
  expect(events.at(-1)).toMatch(/ended/i);
});

test("boto3", async () => {
  const python = process.env.ANABRANCH_PYTHON;
  const found = await promisify(execFile)(python ? join(python, "python3") : "python3", ["-c", "import boto3"]).then(
    () => true,
    () => false,
  );
  test.skip(!found, "boto3 is not installed here");
  expect(await paste("boto3", { python })).toContain("We are so sorry.");
});

test("JavaScript", async () => {
  expect(await paste("JavaScript")).toContain("We are so sorry.");
});
