// What the suite has seen of each operation: that it worked, and which errors it answered. `table.mjs` makes the
// README's table of it.
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const FOLDER = process.env.ANABRANCH_OPERATIONS;
const seen = new Map();

/** Has a client tell what its operations answer. */
export function watched(client) {
  client.middlewareStack.add(
    (next, context) => async (input) => {
      const note = (outcome) => {
        if (!seen.has(context.commandName)) seen.set(context.commandName, new Set());
        seen.get(context.commandName).add(outcome);
      };
      try {
        const answer = await next(input);
        note("ok");
        return answer;
      } catch (error) {
        if (error.$metadata?.httpStatusCode) note(error.name);
        throw error;
      }
    },
    { step: "initialize", name: "recordOutcome" },
  );
  return client;
}

/** Writes down what was seen, where it is asked for. */
export function write() {
  if (!FOLDER) return;
  const lines = [...seen].map(([command, outcomes]) => [command.replace(/Command$/, ""), [...outcomes].sort()]);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${basename(process.argv[1])}.json`), JSON.stringify(Object.fromEntries(lines)));
}
