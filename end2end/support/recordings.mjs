// Keeps the traces of the tests that say so, to be looked at with `npx playwright show-trace FILE`: a test with the
// annotation `recording` has its trace copied to the folder ANABRANCH_RECORDINGS under the name that it gives.
import fs from "node:fs";
import path from "node:path";

export default class Recordings {
  onTestEnd(test, result) {
    const folder = process.env.ANABRANCH_RECORDINGS;
    const wanted = test.annotations.find(({ type }) => type === "recording");
    const trace = result.attachments.find(({ name, path }) => name === "trace" && path);
    if (!folder || !wanted || !trace) return;
    fs.mkdirSync(folder, { recursive: true });
    fs.copyFileSync(trace.path, path.join(folder, `${wanted.description}.zip`));
  }

  printsToStdio() {
    return false;
  }
}
