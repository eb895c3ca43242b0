// The README's table of AWS's operations, made of what the suite has seen (`record.mjs`): a row says that an operation
// works only when its tests have passed. `node table.mjs FOLDER` compares, `node table.mjs FOLDER --write` writes.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const README = join(HERE, "../../README.md");
const MODEL = join(HERE, "../../server/src/api/aws/model.json");
const [BEGIN, END] = ["<!-- operations: begin -->", "<!-- operations: end -->"];
const SERVICES = { agent: "bedrock-agent", "agent-runtime": "bedrock-agent-runtime", runtime: "bedrock-runtime" };

/** Each operation's outcomes, over all files. */
function outcomes(folder) {
  const all = new Map();
  for (const file of readdirSync(folder)) {
    for (const [operation, seen] of Object.entries(JSON.parse(readFileSync(join(folder, file), "utf8")))) {
      all.set(operation, new Set([...(all.get(operation) ?? []), ...seen]));
    }
  }
  return all;
}

function table(folder) {
  const seen = outcomes(folder);
  const { operations } = JSON.parse(readFileSync(MODEL, "utf8"));
  const rows = [];
  const open = [];
  for (const { name, service } of operations) {
    const outcome = seen.get(name) ?? new Set();
    if (!outcome.has("ok")) {
      open.push(name);
      continue;
    }
    const errors = [...outcome].filter((name) => name !== "ok").sort();
    const shown = errors.map((name) => `\`${name.replace(/Exception$/, "")}\``).join(" ");
    rows.push([SERVICES[service], name, shown]);
  }
  rows.sort((a, b) => (a.join() < b.join() ? -1 : 1));
  return [
    `${rows.length} operations work, each shown by the suite with the errors beside it:`,
    "",
    "| Service | Operation | Errors that the suite provokes |",
    "|---|---|---|",
    ...rows.map(([service, name, shown]) => `| ${service} | \`${name}\` | ${shown} |`),
    "",
    ...wrapped(`${open.length} are answered with an error that names them: ${open.sort().join(", ")}.`),
  ].join("\n");
}

/** Lines of at most 120 characters. */
function wrapped(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines.at(-1).length + word.length > 119) lines.push("");
    lines[lines.length - 1] += (lines.at(-1) ? " " : "") + word;
  }
  return lines;
}

const [folder, write] = process.argv.slice(2);
const readme = readFileSync(README, "utf8");
const [before, rest] = readme.split(BEGIN);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error(`README.md has no ${BEGIN} … ${END}`);
const wanted = `${before}${BEGIN}\n${table(folder)}\n${END}${after}`;
if (write) {
  writeFileSync(README, wanted);
} else if (readme !== wanted) {
  console.error(`The README's table of operations is not what the suite has seen. Write it anew:
  node end2end/aws/table.mjs ${folder} --write`);
  process.exit(1);
}
