// The graph that both canvases show: an Input that feeds the first of 37 columns of prompts, each fed by two others.
const COLUMNS = 37;
const ROWS = 27;
const EDGES = 1500;
const STEP = { x: 280, y: 180 };

const name = (column, row) => `Prompt_${column}_${row}`;

/** The nodes, 1,000, as `{ name, x, y }`, the Input first. */
export function nodes() {
  const grid = [...Array(COLUMNS * ROWS).keys()].map((at) => {
    const [column, row] = [Math.floor(at / ROWS), at % ROWS];
    return { name: name(column, row), x: (column + 1) * STEP.x, y: row * STEP.y };
  });
  return [{ name: "FlowInputNode", x: 0, y: 0 }, ...grid];
}

/** The edges, 1,500, as `{ source, target, port }`. */
export function edges() {
  const found = [];
  const add = (source, column, row, port) => found.push({ source, target: name(column, row), port });
  for (let row = 0; row < ROWS; row += 1) {
    for (const port of ["a", "b"]) add("FlowInputNode", 0, row, port);
  }
  for (let column = 1; column < COLUMNS; column += 1) {
    for (let row = 0; row < ROWS; row += 1) add(name(column - 1, row), column, row, "a");
  }
  for (let column = 1; found.length < EDGES; column += 1) {
    for (let row = 0; row < ROWS && found.length < EDGES; row += 1) add(name(column - 1, (row + 1) % ROWS), column, row, "b");
  }
  return found;
}

/** The same as a flow's draft. */
export function draft(model) {
  const input = (port) => ({ name: port, type: "String", expression: "$.data" });
  const prompt = {
    templateType: "TEXT",
    modelId: model,
    templateConfiguration: { text: { text: "Say {{a}} and {{b}} in one sentence.", inputVariables: [{ name: "a" }, { name: "b" }] } },
  };
  const node = ({ name }) =>
    name === "FlowInputNode"
      ? { name, type: "Input", configuration: { input: {} }, outputs: [{ name: "document", type: "String" }] }
      : {
          name,
          type: "Prompt",
          configuration: { prompt: { sourceConfiguration: { inline: prompt } } },
          inputs: [input("a"), input("b")],
          outputs: [{ name: "modelCompletion", type: "String" }],
        };
  const connection = ({ source, target, port }) => {
    const sourceOutput = source === "FlowInputNode" ? "document" : "modelCompletion";
    return { name: `${source}_${target}_${port}`, type: "Data", source, target, configuration: { data: { sourceOutput, targetInput: port } } };
  };
  const positions = nodes().map(({ name, x, y }) => [name, { position: { x, y } }]);
  return {
    definition: { nodes: nodes().map(node), connections: edges().map(connection) },
    extensions: { nodes: Object.fromEntries(positions) },
  };
}
