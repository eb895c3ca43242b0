//! The tools of one agent while it works: what the model is offered, and what becomes of its calls.

use flow::event::Step;
use flow::message::Tool;
use flow::node::function::short;
use flow::node::knowledge_base::{Passage, USUAL_RESULTS, listed};
use flow::value::to_text;
use flow::wire::{Agent, AgentTool};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::consult::{self, Consulted};
use super::mcp::Session;
use super::{ASK_USER, Work, schema};
use crate::knowledge::Question;
use crate::node::function::key;
use crate::node::{Context, flows, knowledge_base};

/// The longest result that a model is told, in characters.
const LONGEST: usize = 100_000;
/// The longest name of a tool that models take.
const LONGEST_NAME: usize = 64;
/// What a model is told of a knowledge base without an answer.
const NOTHING_FOUND: &str = "Nothing was found. Other words may find something.";

/// What a call came to.
pub(super) enum Came {
    /// A result, or why there is none, for the model, and where the tool is.
    Result { text: String, failed: bool, from: String },
    /// What another agent answered.
    Consulted(Consulted),
    /// What a knowledge base has, or why it could not be asked.
    Looked { base: String, query: String, found: Result<Vec<Passage>, String> },
    /// A question to a person.
    Question(String),
}

impl Came {
    /// There is no result, for this reason.
    pub(super) fn failed(why: String) -> Self {
        Self::Result { text: why, failed: true, from: String::new() }
    }

    /// What the model is told of a call, and its step in the trace; the question to a person instead.
    ///
    /// # Errors
    /// The question.
    pub(super) fn told(self, name: String, arguments: Value, took: u64) -> Result<(String, Step), String> {
        match self {
            Self::Question(text) => Err(text),
            Self::Result { text, failed, from } => {
                let result = cut(text);
                Ok((result.clone(), Step::Tool { name, from, arguments, result, failed, took }))
            }
            Self::Consulted(consulted) => {
                let Consulted { arn, message, steps, answered, .. } = consulted;
                let failed = answered.is_err();
                let answer = cut(answered.unwrap_or_else(|why| why));
                let step = Step::Agent { name, arn, message, answer: answer.clone(), failed, steps, took };
                Ok((answer, step))
            }
            Self::Looked { base, query, found } => {
                let (found, failure) = match found {
                    Ok(passages) => (passages, None),
                    Err(why) => (Vec::new(), Some(why)),
                };
                let told = match &failure {
                    Some(why) => why.clone(),
                    None if found.is_empty() => NOTHING_FOUND.to_owned(),
                    None => cut(listed(&found)),
                };
                Ok((told, Step::Lookup { name, base, query, found, failure, took }))
            }
        }
    }
}

pub(super) struct Toolbox {
    context: Context,
    tools: Vec<(Tool, Target)>,
    sessions: Vec<Session>,
    /// The servers whose tools cannot be had now.
    pub absent: Vec<String>,
    /// Why.
    reasons: Vec<String>,
}

/// Where a tool is.
enum Target {
    Person,
    Function { arn: String },
    Flow { flow: String, alias: String },
    Base { id: String },
    Agent { arn: String, tells_history: bool },
    Mcp { session: usize, name: String },
}

impl Toolbox {
    /// Opens the sessions that an agent's tools need. A server that does not answer is left out, and the model is told.
    pub(super) async fn open(agent: &Agent, context: &Context) -> Self {
        let mut toolbox = Self {
            context: context.clone(),
            tools: Vec::new(),
            sessions: Vec::new(),
            absent: Vec::new(),
            reasons: Vec::new(),
        };
        for tool in &agent.tools {
            match tool {
                AgentTool::Function { name, description, arn, parameters } => {
                    let target = Target::Function { arn: arn.clone() };
                    toolbox.add(name, description, parameters.clone(), target);
                }
                AgentTool::Flow { name, description, flow, alias } => {
                    let target = Target::Flow { flow: flow.clone(), alias: alias.clone() };
                    toolbox.add(name, description, flow_schema(), target);
                }
                AgentTool::KnowledgeBase { name, description, base } => {
                    toolbox.add(name, description, query_schema(), Target::Base { id: base.clone() });
                }
                AgentTool::Agent { name, description, arn, tells_history } => {
                    let target = Target::Agent { arn: arn.clone(), tells_history: *tells_history };
                    toolbox.add(name, description, consult::schema(), target);
                }
                AgentTool::Mcp { .. } => {}
            }
        }
        if agent.asks_back {
            let description = "Asks the person something that is needed to answer. Ask only what the tools and the \
                               conversation do not say, one question at a time.";
            toolbox.add(ASK_USER, description, question_schema(), Target::Person);
        }
        // After the owner's own, whose names no server shall take.
        let servers: Vec<(&str, Option<&[String]>)> = agent
            .tools
            .iter()
            .filter_map(|tool| match tool {
                AgentTool::Mcp { server, tools } => Some((server.as_str(), tools.as_deref())),
                _ => None,
            })
            .collect();
        // Together, so that one that does not answer costs the others nothing; taken in as they are declared.
        let opened = join_all(servers.iter().map(|(server, _)| session(server, context))).await;
        for ((server, wanted), opened) in servers.into_iter().zip(opened) {
            toolbox.join(server, wanted, opened);
        }
        toolbox
    }

    /// What the model is offered.
    pub(super) fn offered(&self) -> Vec<Tool> {
        self.tools.iter().map(|(tool, _)| tool.clone()).collect()
    }

    /// What the trace says of the servers that are left out.
    pub(super) fn absent(&self) -> Vec<Step> {
        let step = |(server, reason): (&String, &String)| Step::Tool {
            name: server.clone(),
            from: format!("MCP server {server}"),
            arguments: json!({}),
            result: reason.clone(),
            failed: true,
            took: 0,
        };
        self.absent.iter().zip(&self.reasons).map(step).collect()
    }

    /// Calls a tool; `number` counts the calls of the agent.
    pub(super) async fn call(&self, name: &str, arguments: Value, work: &Work<'_>, number: usize) -> Came {
        let Some((tool, target)) = self.tools.iter().find(|(tool, _)| tool.name == name) else {
            let names: Vec<&str> = self.tools.iter().map(|(tool, _)| tool.name.as_str()).collect();
            return Came::failed(format!("There is no tool {name}. There are: {}.", names.join(", ")));
        };
        if let Err(why) = schema::check(&tool.parameters, &arguments) {
            return Came::failed(why);
        }
        let (called, from) = match target {
            Target::Person => {
                let question = arguments["question"].as_str().unwrap_or_default().trim();
                return match question {
                    "" => Came::failed("The question is empty. Ask again.".to_owned()),
                    question => Came::Question(question.to_owned()),
                };
            }
            Target::Base { id } => return self.look_up(id, &arguments).await,
            Target::Agent { arn, tells_history } => {
                let asking = consult::ask(arn, *tells_history, &arguments, work, number, &self.context);
                return Came::Consulted(asking.await);
            }
            Target::Function { arn } => {
                let key = format!("{}/{number}", key(&work.call.node, work.chain, work.origin));
                let event = event(name, &arguments, work);
                let replied = self.context.functions.send(arn, event, &key).await;
                let replied = replied.map_err(|failure| failure.message).and_then(reply);
                (replied, format!("function {}", short(arn)))
            }
            Target::Flow { flow, alias } => {
                let input = arguments["input"].clone();
                let call = flows::Call { flow: flow.clone(), alias: alias.clone(), input };
                let put_out = work.origin.flows.call(call).await.map(|value| to_text(&value));
                (put_out, format!("flow {flow}"))
            }
            Target::Mcp { session, name } => match self.sessions.get(*session) {
                Some(session) => {
                    (session.call(name, arguments).await, format!("MCP server {}", session.name))
                }
                None => (Err("This tool is gone.".to_owned()), String::new()),
            },
        };
        match called {
            Ok(text) => Came::Result { text, failed: false, from },
            Err(text) => Came::Result { text, failed: true, from },
        }
    }

    /// Asks a knowledge base.
    async fn look_up(&self, base: &str, arguments: &Value) -> Came {
        let query = arguments["query"].as_str().unwrap_or_default().trim().to_owned();
        let found = match query.is_empty() {
            true => Err("The query is empty. Call the tool again with one.".to_owned()),
            false => {
                knowledge_base::find(base, &Question::new(&query, USUAL_RESULTS), &*self.context.knowledge)
                    .await
                    .map_err(|failure| failure.message)
            }
        };
        Came::Looked { base: base.to_owned(), query, found }
    }

    /// Ends its sessions.
    pub(super) async fn close(self) {
        join_all(self.sessions.into_iter().map(Session::close)).await;
    }

    fn add(&mut self, name: &str, description: &str, parameters: Value, target: Target) {
        let tool = Tool { name: name.to_owned(), description: description.to_owned(), parameters };
        self.tools.push((tool, target));
    }

    /// Takes the tools of a server in.
    fn join(&mut self, server: &str, wanted: Option<&[String]>, opened: Result<Session, String>) {
        let session = match opened {
            Ok(session) => session,
            Err(why) => {
                self.absent.push(server.to_owned());
                self.reasons.push(why);
                return;
            }
        };
        let at = self.sessions.len();
        for tool in &session.tools {
            if wanted.is_some_and(|wanted| !wanted.contains(&tool.name)) {
                continue;
            }
            let Some(name) = self.free(server, &tool.name) else { continue };
            let target = Target::Mcp { session: at, name: tool.name.clone() };
            self.tools.push((Tool { name, ..tool.clone() }, target));
        }
        self.sessions.push(session);
    }

    /// A name that models take and no other tool has; none where all such are taken.
    fn free(&self, server: &str, name: &str) -> Option<String> {
        let plain: String = name.chars().map(usual).take(LONGEST_NAME).collect();
        let is_free = |name: &str| name != ASK_USER && self.tools.iter().all(|(tool, _)| tool.name != name);
        if is_free(&plain) {
            return Some(plain);
        }
        let longer: String = format!("{server}_{name}").chars().map(usual).take(LONGEST_NAME - 3).collect();
        let numbered = (2..100).map(|number| format!("{longer}_{number}"));
        std::iter::once(longer.clone()).chain(numbered).find(|name| is_free(name))
    }
}

async fn session(server: &str, context: &Context) -> Result<Session, String> {
    match context.agents.server(server) {
        Some(binding) => Session::open(server, binding, &context.agents.egress).await,
        None => Err(format!("There is no MCP server {server}. Add it on the Agents page.")),
    }
}

fn usual(letter: char) -> char {
    if letter.is_ascii_alphanumeric() || "_-".contains(letter) { letter } else { '_' }
}

fn flow_schema() -> Value {
    json!({"type": "object", "required": ["input"], "additionalProperties": false,
        "properties": {"input": {"description": "What it is given."}}})
}

fn query_schema() -> Value {
    json!({"type": "object", "required": ["query"], "additionalProperties": false,
        "properties": {"query": {"type": "string", "description": "What to look for, in the words of a question."}}})
}

fn question_schema() -> Value {
    json!({"type": "object", "required": ["question"],
        "properties": {"question": {"type": "string", "description": "The question, as the person will read it."}}})
}

/// The event that AWS's agents send a function, with the arguments as they are beside AWS's texts of them.
fn event(function: &str, arguments: &Value, work: &Work<'_>) -> Value {
    let (serving, call) = (work.serving, work.call);
    let agent = &serving.agent;
    let parameters = arguments.as_object().into_iter().flatten();
    let parameters: Value = parameters
        .map(|(name, value)| json!({"name": name, "type": kind(value), "value": to_text(value)}))
        .collect();
    json!({
        "messageVersion": "1.0",
        "agent": {"name": agent.name, "id": agent.id, "alias": serving.alias, "version": serving.version()},
        "inputText": call.text,
        "sessionId": work.origin.execution_id,
        "actionGroup": serving.groups.get(function).map_or("tools", String::as_str),
        "function": function,
        "parameters": parameters,
        "arguments": arguments,
        "sessionAttributes": call.session_attributes.clone().unwrap_or_else(|| json!({})),
        "promptSessionAttributes": call.prompt_attributes.clone().unwrap_or_else(|| json!({})),
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::Bool(_) => "boolean",
        Value::Array(_) => "array",
        _ => "string",
    }
}

/// What a function replied: AWS's form of a reply, or any JSON.
fn reply(value: Value) -> Result<String, String> {
    let response = &value["response"]["functionResponse"];
    match response["responseBody"]["TEXT"]["body"].as_str() {
        Some(text) if response["responseState"].is_string() => Err(text.to_owned()),
        Some(text) => Ok(text.to_owned()),
        None => Ok(to_text(&value)),
    }
}

/// A result that is too long is cut, and says so.
fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((at, _)) => format!("{} … (cut: the result is longer)", &text[..at]),
    }
}
