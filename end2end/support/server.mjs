// The real binary, on a port of its own and with data of its own.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The program under test. */
export const BINARY = process.env.ANABRANCH_BIN ?? fileURLToPath(new URL("../../target/debug/anabranch", import.meta.url));
const START_LIMIT = 30_000;
const STOP_LIMIT = 15_000;

/**
 * Starts the server and waits until it says where it is.
 *
 * `env` is added to the environment, `args` to the command line. `data` is a folder kept by the caller, for tests that
 * stop a server and start another on the same data; without it a temporary folder is made, and removed by `stop`.
 *
 * Returns `{ url, signIn, token, data, log, env, stop, kill }`.
 */
export async function startServer({ env = {}, args = [], data } = {}) {
  const folder = data ?? (await mkdtemp(join(tmpdir(), "anabranch-e2e-")));
  const child = spawn(BINARY, ["serve", "--listen", "127.0.0.1:0", "--data", folder, "--no-open", ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = [];
  const exited = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const remove = () => (data ? undefined : rm(folder, { recursive: true, force: true }));

  let found;
  try {
    found = await announced(child, lines);
  } catch (error) {
    child.kill("SIGKILL");
    await remove();
    throw error;
  }

  const end = async (signal) => {
    child.kill(signal);
    const limit = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT);
    const how = await exited;
    clearTimeout(limit);
    await remove();
    return how;
  };

  return {
    ...found,
    data: folder,
    pid: child.pid,
    /** Everything the server printed so far. */
    log: () => lines.join("\n"),
    /** The AWS settings that `anabranch env` prints for this server's data, as an object. */
    env: () => printedEnvironment(folder, env),
    /** Asks it to end and waits; returns `{ code, signal }`. */
    stop: () => end("SIGTERM"),
    /** Ends it without a chance to tidy up, as a power cut would. */
    kill: () => end("SIGKILL"),
  };
}

/** Runs `use(server)` and stops the server, whatever happens. */
export async function withServer(options, use) {
  const server = await startServer(options);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

/** Runs another command of the binary; returns `{ stdout, stderr }`, and throws where it fails. */
export function run(args, { env = {} } = {}) {
  return promisify(execFile)(BINARY, args, { env: { ...process.env, ...env } });
}

async function printedEnvironment(data, env) {
  const { stdout } = await run(["env", "--data", data], { env });
  const settings = stdout.matchAll(/^export ([A-Z0-9_]+)='((?:[^']|'\\'')*)'$/gm);
  return Object.fromEntries([...settings].map(([, name, value]) => [name, value.replaceAll("'\\''", "'")]));
}

function announced(child, lines) {
  return new Promise((resolve, reject) => {
    const found = {};
    const fail = (why) => reject(new Error(`${BINARY} ${why}. It printed:\n${lines.join("\n")}`));
    const limit = setTimeout(() => fail(`said nothing for ${START_LIMIT / 1000} s`), START_LIMIT);
    child.once("error", (error) => fail(`did not start: ${error.message}`));
    child.once("exit", (code, signal) => fail(`ended at once (${code ?? signal})`));
    createInterface({ input: child.stderr }).on("line", (line) => lines.push(line));
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      found.url ??= line.match(/Anabranch is running at (http:\/\/\S+)/)?.[1];
      const signIn = line.match(/Sign in: (http:\/\/\S+#login=(\S+))/);
      if (signIn) [, found.signIn, found.token] = signIn;
      if (found.url && found.signIn) {
        clearTimeout(limit);
        resolve(found);
      }
    });
  });
}
