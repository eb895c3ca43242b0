// A server with a scripted model behind it, and AWS's own clients, set up by `anabranch env` alone.
import assert from "node:assert/strict";

import { BedrockAgentClient } from "@aws-sdk/client-bedrock-agent";
import { BedrockAgentRuntimeClient } from "@aws-sdk/client-bedrock-agent-runtime";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";

import { watched, write } from "./record.mjs";
import { startServer } from "../support/server.mjs";
import { startUpstream } from "../support/upstream.mjs";

export const ROLE = "arn:aws:iam::123456789012:role/flows";

/**
 * Starts everything, on a data folder of the caller's where one is given; `env` is for the server. Returns
 * `{ server, upstream, agent, runtime, models, settings, stop }`.
 */
export async function start({ data, env = {} } = {}) {
  const upstream = await startUpstream();
  const server = await startServer({
    data,
    env: { ANABRANCH_CONNECTION_TEST: upstream.baseUrl, ANABRANCH_DEFAULT_MODEL: "test/model", ...env },
  });
  const settings = await server.env();
  Object.assign(process.env, settings);
  delete process.env.AWS_SESSION_TOKEN;
  delete process.env.AWS_PROFILE;
  const agent = watched(new BedrockAgentClient({}));
  const runtime = watched(new BedrockAgentRuntimeClient({}));
  const models = watched(new BedrockRuntimeClient({ maxAttempts: 1 }));
  const stop = async () => {
    agent.destroy();
    runtime.destroy();
    models.destroy();
    await server.stop();
    await upstream.stop();
    write();
  };
  return { server, upstream, agent, runtime, models, settings, stop };
}

/** Input, a Prompt `Answer`, Output. */
export function promptFlow(text = "Say hello to {{name}}") {
  return {
    nodes: [
      { name: "FlowInputNode", type: "Input", outputs: [{ name: "document", type: "String" }] },
      {
        name: "Answer",
        type: "Prompt",
        configuration: {
          prompt: {
            sourceConfiguration: {
              inline: {
                modelId: "test/model",
                templateType: "TEXT",
                templateConfiguration: { text: { text, inputVariables: [{ name: "name" }] } },
                inferenceConfiguration: { text: { temperature: 0, maxTokens: 100 } },
              },
            },
          },
        },
        inputs: [{ name: "name", type: "String", expression: "$.data" }],
        outputs: [{ name: "modelCompletion", type: "String" }],
      },
      {
        name: "FlowOutputNode",
        type: "Output",
        inputs: [{ name: "document", type: "String", expression: "$.data" }],
      },
    ],
    connections: [
      data("InputToAnswer", "FlowInputNode", "document", "Answer", "name"),
      data("AnswerToOutput", "Answer", "modelCompletion", "FlowOutputNode", "document"),
    ],
  };
}

/** Input, a Condition on the word, an Output behind each branch. */
export function routeFlow() {
  const output = (name) => ({
    name,
    type: "Output",
    inputs: [{ name: "document", type: "String", expression: "$.data" }],
  });
  return {
    nodes: [
      { name: "FlowInputNode", type: "Input", outputs: [{ name: "document", type: "String" }] },
      {
        name: "Route",
        type: "Condition",
        inputs: [{ name: "word", type: "String", expression: "$.data" }],
        configuration: {
          condition: { conditions: [{ name: "isYes", expression: 'word == "yes"' }, { name: "default" }] },
        },
      },
      output("YesOutput"),
      output("NoOutput"),
    ],
    connections: [
      data("InputToRoute", "FlowInputNode", "document", "Route", "word"),
      data("InputToYes", "FlowInputNode", "document", "YesOutput", "document"),
      data("InputToNo", "FlowInputNode", "document", "NoOutput", "document"),
      gate("RouteToYes", "Route", "isYes", "YesOutput"),
      gate("RouteToNo", "Route", "default", "NoOutput"),
    ],
  };
}

/** Input, a function that answers with an Object, Output. */
export function functionFlow(lambdaArn) {
  const input = (name, type) => ({ name, type, expression: "$.data" });
  return {
    nodes: [
      { name: "FlowInputNode", type: "Input", outputs: [{ name: "document", type: "String" }] },
      {
        name: "LookUp",
        type: "LambdaFunction",
        configuration: { lambdaFunction: { lambdaArn } },
        inputs: [input("order", "String")],
        outputs: [{ name: "functionResponse", type: "Object" }],
      },
      { name: "FlowOutputNode", type: "Output", inputs: [input("document", "Object")] },
    ],
    connections: [
      data("InputToLookUp", "FlowInputNode", "document", "LookUp", "order"),
      data("LookUpToOutput", "LookUp", "functionResponse", "FlowOutputNode", "document"),
    ],
  };
}

/** Input, an Agent `Desk`, Output. */
export function agentFlow(agentAliasArn) {
  const input = (name, type) => ({ name, type, expression: "$.data" });
  return {
    nodes: [
      { name: "FlowInputNode", type: "Input", outputs: [{ name: "document", type: "String" }] },
      {
        name: "Desk",
        type: "Agent",
        configuration: { agent: { agentAliasArn } },
        inputs: [input("agentInputText", "String")],
        outputs: [{ name: "agentResponse", type: "String" }],
      },
      { name: "FlowOutputNode", type: "Output", inputs: [input("document", "String")] },
    ],
    connections: [
      data("InputToDesk", "FlowInputNode", "document", "Desk", "agentInputText"),
      data("DeskToOutput", "Desk", "agentResponse", "FlowOutputNode", "document"),
    ],
  };
}

/** Input, and for each item of its array a prompt; what they answer is gathered. */
export function listFlow() {
  const input = (name, type) => ({ name, type, expression: "$.data" });
  const text = { text: "Say {{item}}", inputVariables: [{ name: "item" }] };
  const inline = { modelId: "test/model", templateType: "TEXT", templateConfiguration: { text } };
  return {
    nodes: [
      { name: "FlowInputNode", type: "Input", outputs: [{ name: "document", type: "Array" }] },
      {
        name: "Each",
        type: "Iterator",
        inputs: [input("array", "Array")],
        outputs: [{ name: "arrayItem", type: "String" }, { name: "arraySize", type: "Number" }],
      },
      {
        name: "Say",
        type: "Prompt",
        configuration: { prompt: { sourceConfiguration: { inline } } },
        inputs: [input("item", "String")],
        outputs: [{ name: "modelCompletion", type: "String" }],
      },
      {
        name: "All",
        type: "Collector",
        inputs: [input("arrayItem", "String"), input("arraySize", "Number")],
        outputs: [{ name: "collectedArray", type: "Array" }],
      },
      { name: "FlowOutputNode", type: "Output", inputs: [input("document", "Array")] },
    ],
    connections: [
      data("InputToEach", "FlowInputNode", "document", "Each", "array"),
      data("EachToSay", "Each", "arrayItem", "Say", "item"),
      data("SayToAll", "Say", "modelCompletion", "All", "arrayItem"),
      data("SizeToAll", "Each", "arraySize", "All", "arraySize"),
      data("AllToOutput", "All", "collectedArray", "FlowOutputNode", "document"),
    ],
  };
}

function data(name, source, sourceOutput, target, targetInput) {
  return { name, type: "Data", source, target, configuration: { data: { sourceOutput, targetInput } } };
}

function gate(name, source, condition, target) {
  return { name, type: "Conditional", source, target, configuration: { conditional: { condition } } };
}

/** The one input of a flow. */
export function inputs(document, nodeName = "FlowInputNode") {
  return [{ content: { document }, nodeName, nodeOutputName: "document" }];
}

/** Reads a stream to its end; an exception is kept as `error`. */
export async function read(stream) {
  const found = { outputs: [], traces: [], requests: [], completion: undefined, error: undefined, kinds: [] };
  try {
    for await (const event of stream) {
      found.kinds.push(Object.keys(event)[0]);
      if (event.flowOutputEvent) found.outputs.push(event.flowOutputEvent);
      if (event.flowMultiTurnInputRequestEvent) found.requests.push(event.flowMultiTurnInputRequestEvent);
      if (event.flowTraceEvent) found.traces.push(event.flowTraceEvent.trace);
      if (event.flowCompletionEvent) found.completion = event.flowCompletionEvent.completionReason;
    }
  } catch (error) {
    found.error = error;
  }
  return found;
}

/** The error that a call is answered with: AWS's of this name, and with this status where one is given. */
export async function refusal(call, name, status) {
  const error = await call.then(
    () => assert.fail(`${name} was expected`),
    (error) => error,
  );
  assert.equal(error.name, name, String(error));
  if (status !== undefined) assert.equal(error.$metadata.httpStatusCode, status, error.message);
  return error;
}
