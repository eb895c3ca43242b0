//! Agent: asks a model, does what it wishes with its tools, and asks again, until there is an answer or a question.
//!
//! Always holds: the model is asked at most as often as the agent's limit says, questions to a person among it; what
//! goes wrong in a tool is told to the model, and what goes wrong with the model fails the node; what an agent leaves
//! when it asks a person is all that it needs to go on, in another process too.

mod consult;
mod mcp;
mod schema;
mod toolbox;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use flow::event::{Failure, FailureCode, Link, ModelCall, Step};
use flow::message::{Chat, Exchange, Message, Role, Usage};
use flow::node::agent::Call;
use flow::run::Completion;
use flow::wire::{Agent, McpTool};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::function::Binding;
use super::{Context, Origin, Outcome};
use crate::egress::Egress;
use crate::provider::{Pieces, Resolved};
use toolbox::{Came, Toolbox};

/// By which a model asks the person who called the flow.
pub const ASK_USER: &str = "ask_user";
/// What the trace says of a model that was asked without the agent's tools.
const WITHOUT_TOOLS: &str = "without its tools, which this model cannot use";

/// Knows the agents and the servers of tools. The service puts them in; runs read.
#[derive(Clone)]
pub struct Agents {
    egress: Egress,
    state: Arc<RwLock<State>>,
}

/// The agents and the servers of tools.
#[derive(Default)]
pub struct State {
    /// By the ARN of their alias, and by those that are bound to them.
    pub agents: BTreeMap<String, Callable>,
    /// By name.
    pub servers: BTreeMap<String, Arc<Binding>>,
}

/// What answers for an ARN, or why nothing does.
pub type Callable = Result<Arc<Serving>, String>;

/// An agent as one of its aliases answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Serving {
    pub agent: Agent,
    /// The alias's id.
    pub alias: String,
    /// None for the draft.
    pub version: Option<u64>,
    /// How long a session lasts without a word.
    pub idle_seconds: u64,
    /// The names of the action groups of its functions, by those of the functions.
    pub groups: BTreeMap<String, String>,
    /// Whether what another agent answers, where it alone was asked at once, is the answer as it is.
    pub routes: bool,
}

impl Serving {
    /// The version as AWS names it.
    pub fn version(&self) -> String {
        self.version.map_or_else(|| "DRAFT".to_owned(), |version| version.to_string())
    }
}

impl Agents {
    /// Without any yet.
    pub fn new(egress: Egress) -> Self {
        Self { egress, state: Arc::default() }
    }

    /// Replaces all of them.
    pub fn set(&self, state: State) {
        *self.state.write() = state;
    }

    /// The agent that answers for an ARN.
    ///
    /// # Errors
    /// There is none, or it takes no calls.
    pub fn resolve(&self, arn: &str) -> Callable {
        let known = self.state.read().agents.get(arn).cloned();
        known.unwrap_or_else(|| Err(format!("There is no agent here for {arn}. Bind it on the Agents page.")))
    }

    /// The agent that answers for this alias of this agent, with its ARN; an own one before one of elsewhere.
    pub fn find(&self, agent: &str, alias: &str) -> Option<(String, Callable)> {
        let own = crate::arn::of_agent_alias(agent, alias);
        let state = self.state.read();
        let named = |(arn, _): &(&String, &Callable)| flow::node::agent::parts(arn) == Some((agent, alias));
        let found = state.agents.get_key_value(&own).or_else(|| state.agents.iter().find(named));
        found.map(|(arn, callable)| (arn.clone(), callable.clone()))
    }

    fn server(&self, name: &str) -> Option<Arc<Binding>> {
        self.state.read().servers.get(name).cloned()
    }

    /// The tools that an MCP server says it has.
    ///
    /// # Errors
    /// What went wrong and what to do; none where there is no such server.
    pub async fn tools(&self, server: &str) -> Option<Result<Vec<McpTool>, String>> {
        let binding = self.server(server)?;
        let session = match mcp::Session::open(server, binding, &self.egress).await {
            Ok(session) => session,
            Err(why) => return Some(Err(why)),
        };
        let tool = |tool: &flow::message::Tool| McpTool {
            name: tool.name.clone(),
            description: tool.description.clone(),
        };
        let tools = session.tools.iter().map(tool).collect();
        session.close().await;
        Some(Ok(tools))
    }
}

/// What an agent keeps while it works, and leaves when it asks.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Memory {
    exchanges: Vec<Exchange>,
    usage: Option<Usage>,
    /// How often the model was asked.
    steps: u32,
    /// How many tools were called.
    calls: usize,
    /// Which call of the last exchange waits for a person.
    waiting: usize,
}

impl Memory {
    /// Counts what a model read and wrote.
    fn add(&mut self, usage: Option<Usage>) {
        if let Some(usage) = usage {
            self.usage = Some(self.usage.unwrap_or_default().plus(usage));
        }
    }
}

/// What came of the calls that a model wished.
struct Used {
    exchange: Exchange,
    /// To a person.
    question: Option<String>,
    /// What the other agent answered that alone was asked.
    routed: Option<String>,
}

/// Does an agent's work.
///
/// # Errors
/// There is no such agent, its model fails, or it takes too many steps.
pub async fn answer(
    call: &Call,
    chain: &[Link],
    context: &Context,
    origin: &Origin,
    pieces: &Pieces,
) -> Result<Outcome, Failure> {
    answer_at(call, chain, context, origin, pieces, 0).await
}

/// Does the work of an agent that others ask this deep.
fn answer_at<'a>(
    call: &'a Call,
    chain: &'a [Link],
    context: &'a Context,
    origin: &'a Origin,
    pieces: &'a Pieces,
    depth: usize,
) -> BoxFuture<'a, Result<Outcome, Failure>> {
    work(call, chain, context, origin, pieces, depth).boxed()
}

async fn work(
    call: &Call,
    chain: &[Link],
    context: &Context,
    origin: &Origin,
    pieces: &Pieces,
    depth: usize,
) -> Result<Outcome, Failure> {
    let serving = context.agents.resolve(&call.alias_arn).map_err(refused)?;
    let agent = &serving.agent;
    let memory = match &call.resumed {
        None => Memory::default(),
        Some(resumed) => remember(&resumed.state, &resumed.reply)?,
    };
    let model = context.models.resolve(&agent.model)?;
    if !model.provider.takes_tools() {
        if call.resumed.is_some() {
            let name = &agent.name;
            return Err(refused(format!(
                "{name} asked a question, and its model is now one that takes no tools, so it cannot go on with the \
                 answer. Choose one that does on the Agents page, and run it again."
            )));
        }
        return plain(call, agent, &model, pieces).await;
    }
    let toolbox = Toolbox::open(agent, context).await;
    for step in toolbox.absent() {
        pieces.step(step).await;
    }
    let work =
        Work { call, chain, origin, pieces, depth, serving: &serving, model: &model, toolbox: &toolbox };
    let outcome = work.go_on(memory).await;
    toolbox.close().await;
    outcome
}

/// What the agent left, with the reply to its question.
fn remember(state: &Value, reply: &str) -> Result<Memory, Failure> {
    let lost = |_| Failure {
        code: FailureCode::InternalServer,
        message: "What the agent knew when it asked cannot be read any more. Run it again.".to_owned(),
    };
    let mut memory: Memory = serde_json::from_value(state.clone()).map_err(lost)?;
    let waiting = memory.waiting;
    if let Some(result) = memory.exchanges.last_mut().and_then(|last| last.results.get_mut(waiting)) {
        reply.clone_into(result);
    }
    Ok(memory)
}

/// The answer of a model that takes no tools.
async fn plain(call: &Call, agent: &Agent, model: &Resolved, pieces: &Pieces) -> Result<Outcome, Failure> {
    let chat = Chat { messages: messages(call, agent, &[]), ..Chat::default() };
    let answer = model.provider.chat(&model.model, &chat, pieces).await?;
    let has_tools = agent.asks_back || !agent.tools.is_empty();
    let model = ModelCall {
        model: model.id.clone(),
        served_by: has_tools.then(|| WITHOUT_TOOLS.to_owned()),
        usage: answer.usage,
    };
    Ok(Outcome::Done(Completion { value: Value::String(answer.text), model: Some(model) }))
}

/// The instructions and the question. `absent` names the servers whose tools are not there now.
fn messages(call: &Call, agent: &Agent, absent: &[String]) -> Vec<Message> {
    let mut system = vec![agent.instructions.trim().to_owned()];
    if let Some(attributes) = &call.prompt_attributes {
        system.push(format!("What is known of this request: {attributes}"));
    }
    if !absent.is_empty() {
        system.push(format!("These tools cannot be reached now: {}.", absent.join(", ")));
    }
    system.retain(|part| !part.is_empty());
    let mut messages = Vec::new();
    if !system.is_empty() {
        messages.push(Message { role: Role::System, text: system.join("\n\n") });
    }
    messages.extend(call.history.iter().cloned());
    messages.push(Message { role: Role::User, text: call.text.clone() });
    messages
}

/// One agent at work for one node.
struct Work<'a> {
    call: &'a Call,
    chain: &'a [Link],
    origin: &'a Origin,
    pieces: &'a Pieces,
    /// How many agents asked each other for this one's work.
    depth: usize,
    serving: &'a Serving,
    model: &'a Resolved,
    toolbox: &'a Toolbox,
}

impl Work<'_> {
    /// From what it knows to an answer or a question.
    async fn go_on(&self, mut memory: Memory) -> Result<Outcome, Failure> {
        let mut chat = Chat {
            messages: messages(self.call, &self.serving.agent, &self.toolbox.absent),
            exchanges: std::mem::take(&mut memory.exchanges),
            tools: self.toolbox.offered(),
            ..Chat::default()
        };
        while memory.steps < self.serving.agent.step_limit {
            memory.steps += 1;
            let Some(exchange) = self.ask_model(&chat, &mut memory).await? else {
                let text = std::mem::take(&mut memory.exchanges).pop().map(|last| last.text);
                return Ok(self.done(text.unwrap_or_default(), &memory));
            };
            let Used { exchange, question, routed } = self.use_tools(exchange, &mut memory).await;
            if let Some(text) = routed.filter(|_| self.serving.routes && memory.steps == 1) {
                return Ok(self.done(text, &memory));
            }
            chat.exchanges.push(exchange);
            if let Some(text) = question {
                memory.exchanges = chat.exchanges;
                let state = serde_json::to_value(&memory).unwrap_or_default();
                return Ok(Outcome::Asked { text, state });
            }
        }
        let (name, limit) = (&self.serving.agent.name, self.serving.agent.step_limit);
        Err(Failure {
            code: FailureCode::DependencyFailed,
            message: format!(
                "{name} has no answer after {limit} steps, which is its limit. The Agents page raises it; clearer \
                 instructions may need fewer."
            ),
        })
    }

    /// Asks the model; what it wishes to call. Where it is done instead, its answer is what `memory` has last.
    async fn ask_model(&self, chat: &Chat, memory: &mut Memory) -> Result<Option<Exchange>, Failure> {
        let began = Instant::now();
        let answer = self.model.provider.chat(&self.model.model, chat, self.pieces).await?;
        memory.add(answer.usage);
        let step = Step::Model {
            model: self.model.id.clone(),
            text: answer.text.clone(),
            calls: answer.calls.iter().map(|call| call.name.clone()).collect(),
            usage: answer.usage,
            took: took(began),
        };
        self.pieces.step(step).await;
        let exchange = Exchange { text: answer.text, calls: answer.calls, ..Exchange::default() };
        if exchange.calls.is_empty() {
            memory.exchanges = vec![exchange];
            return Ok(None);
        }
        Ok(Some(exchange))
    }

    /// Calls the tools that the model wishes, one after the other; a question to a person comes last.
    async fn use_tools(&self, mut exchange: Exchange, memory: &mut Memory) -> Used {
        let (mut question, mut routed) = (None, None);
        for (at, call) in exchange.calls.iter().enumerate() {
            memory.calls += 1;
            let began = Instant::now();
            let arguments = schema::read(&call.arguments);
            let shown = arguments.clone().unwrap_or_else(|_| Value::String(call.arguments.clone()));
            let came = match arguments {
                Ok(_) if call.name == ASK_USER && question.is_some() => {
                    Came::failed("Ask one question at a time.".to_owned())
                }
                Ok(arguments) => self.toolbox.call(&call.name, arguments, self, memory.calls).await,
                Err(why) => Came::failed(why),
            };
            if let Came::Consulted(consulted) = &came {
                memory.add(consulted.usage);
                routed = consulted.answered.clone().ok().filter(|_| exchange.calls.len() == 1);
            }
            match came.told(call.name.clone(), shown, took(began)) {
                Ok((told, step)) => {
                    self.pieces.step(step).await;
                    exchange.results.push(told);
                }
                Err(text) => {
                    (question, memory.waiting) = (Some(text), at);
                    exchange.results.push(String::new());
                }
            }
        }
        Used { exchange, question, routed }
    }

    fn done(&self, text: String, memory: &Memory) -> Outcome {
        let model = ModelCall { model: self.model.id.clone(), served_by: None, usage: memory.usage };
        Outcome::Done(Completion { value: Value::String(text), model: Some(model) })
    }
}

fn took(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn refused(message: String) -> Failure {
    Failure { code: FailureCode::Validation, message }
}
