//! Everything observable about a run. The server's log, its streams and the browser's trace fold the same events.
//!
//! Always holds: `seq` counts from 1 without gaps within a run; the first event is `ExecutionStarted`, the last is
//! `ExecutionEnded`, and every node ends at most once. Between `InputRequested` and `InputGiven` nothing happens, unless
//! the run ends there.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::message::Usage;
use crate::node::knowledge_base::Passage;
use crate::part::Part;
use crate::value::fits;

/// One thing that happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its place in the run, from 1.
    pub seq: u64,
    /// Milliseconds since the Unix epoch.
    pub at: u64,
    /// Microseconds since the run began, from a monotonic clock.
    pub elapsed: u64,
    #[serde(flatten)]
    pub body: Body,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Body {
    /// The run began with this input.
    ExecutionStarted {
        input: Value,
        /// What of the flow runs, where that is not the whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<Box<Part>>,
    },
    /// What a node gave was given to the run, which does not run it.
    NodeGiven {
        node: String,
        outputs: Vec<Field>,
        /// The branch, of a Condition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<String>,
    },
    /// A node has all it needs and begins.
    NodeStarted {
        node: String,
        inputs: Vec<Field>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<Link>,
    },
    /// A piece of a model's answer.
    NodeDelta {
        node: String,
        text: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<Link>,
    },
    /// Something that a node's code printed.
    NodePrinted {
        node: String,
        text: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<Link>,
    },
    /// An agent did something on the way to its answer.
    AgentStep {
        node: String,
        step: Box<Step>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<Link>,
    },
    /// A node asks a person something, and nothing goes on before it is answered.
    InputRequested {
        node: String,
        text: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<Link>,
    },
    /// What a node asked was answered.
    InputGiven {
        node: String,
        text: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<Link>,
    },
    /// A node ended well.
    NodeCompleted {
        node: String,
        outputs: Vec<Field>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<ModelCall>,
        /// The items, from 0, that a Collector left out, since no branch that was taken led them to it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        omitted: Vec<usize>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<Link>,
    },
    /// A Condition node chose its branch, or a Loop's controller whether the loop goes on.
    ConditionEvaluated {
        node: String,
        satisfied: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<Link>,
    },
    /// A node failed, and the run with it.
    NodeFailed {
        node: String,
        failure: Failure,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<Link>,
    },
    /// A node that will not run, since no branch taken leads to it.
    NodeSkipped {
        node: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<Link>,
    },
    /// An Output node received its value.
    Output {
        node: String,
        value: Value,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        chain: Vec<Link>,
    },
    /// The run ended.
    ExecutionEnded {
        status: Status,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<RunError>,
    },
}

/// `FlowTraceNodeInputExecutionChainItem`: an item of an Iterator or an iteration of a Loop that something happened in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Link {
    Iterator {
        node: String,
        /// From 0.
        index: usize,
    },
    Loop {
        node: String,
        /// From 0.
        index: usize,
    },
}

impl Link {
    /// The Iterator or the Loop.
    pub fn node(&self) -> &str {
        match self {
            Self::Iterator { node, .. } | Self::Loop { node, .. } => node,
        }
    }

    /// Which item or round, from 0.
    pub fn index(&self) -> usize {
        match self {
            Self::Iterator { index, .. } | Self::Loop { index, .. } => *index,
        }
    }

    /// For people: `item 3`, `round 2`, counted from 1.
    pub fn label(&self) -> String {
        match self {
            Self::Iterator { index, .. } => format!("item {}", index + 1),
            Self::Loop { index, .. } => format!("round {}", index + 1),
        }
    }
}

/// A named value at a node's input or output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub value: Value,
    /// Where an input's value came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Where the items of an input's value came from, where it was joined of several, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<Source>,
}

/// The output that a value came from, and what was selected of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    pub node: String,
    pub output: String,
    pub expression: String,
}

/// How a Prompt was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelCall {
    /// `connection/model` as it was called.
    pub model: String,
    /// How a constrained answer was found, in words, where the model did not simply answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// What an agent did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Step {
    /// It asked its model.
    Model {
        /// `connection/model` as it was called.
        model: String,
        text: String,
        /// The tools that the model wishes to call; without any, the text is the answer.
        calls: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
        /// Microseconds.
        took: u64,
    },
    /// It called a tool.
    Tool {
        name: String,
        /// Where the tool is: a function, a flow, a server.
        from: String,
        arguments: Value,
        /// What the model was told.
        result: String,
        #[serde(default)]
        failed: bool,
        /// Microseconds.
        took: u64,
    },
    /// It looked something up in a knowledge base.
    Lookup {
        name: String,
        /// The base, by the id that the agent has for it.
        base: String,
        query: String,
        /// The passages that the model was told, best first.
        found: Vec<Passage>,
        /// Why nothing could be looked up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
        /// Microseconds.
        took: u64,
    },
    /// It asked another agent.
    Agent {
        name: String,
        /// The ARN of the alias that it asked.
        arn: String,
        message: String,
        /// What the model was told.
        answer: String,
        #[serde(default)]
        failed: bool,
        /// What the other one did.
        steps: Vec<Self>,
        /// Microseconds.
        took: u64,
    },
}

impl Step {
    /// About how many bytes it has.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Model { model, text, calls, .. } => {
                model.len() + text.len() + calls.iter().map(String::len).sum::<usize>()
            }
            Self::Tool { name, from, arguments, result, .. } => {
                let mut left = usize::MAX;
                let _always = fits(arguments, &mut left);
                name.len() + from.len() + (usize::MAX - left) + result.len()
            }
            Self::Lookup { name, base, query, found, failure, .. } => {
                let passages = found.iter().map(|passage| passage.title.len() + passage.text.len());
                let why = failure.as_ref().map_or(0, String::len);
                name.len() + base.len() + query.len() + passages.sum::<usize>() + why
            }
            Self::Agent { name, arn, message, answer, steps, .. } => {
                let within = steps.iter().map(Self::size).sum::<usize>();
                name.len() + arn.len() + message.len() + answer.len() + within
            }
        }
    }
}

/// Why a node failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub code: FailureCode,
    /// In plain words, with what to do next. Never a secret.
    pub message: String,
}

/// The classes of node failure; AWS's `NodeErrorCode` with a time-out apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureCode {
    /// A value or an expression does not fit.
    Validation,
    /// Something that the node calls refused or failed.
    DependencyFailed,
    /// Something that the node calls answered what cannot be understood.
    BadGateway,
    /// Something that the node calls took too long.
    TimedOut,
    /// A mistake of ours.
    InternalServer,
}

/// Why a run failed: the node's failure, with its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunError {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    pub code: FailureCode,
    pub message: String,
}

/// How a run stands. All but `Running` and `InputRequired` are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Status {
    Running,
    /// It waits for the answer to a question of its own.
    InputRequired,
    Succeeded,
    Failed,
    TimedOut,
    /// Stopped by a person or a program.
    Aborted,
    /// Cut off by a stop of the server.
    Interrupted,
}

impl Status {
    /// Whether nothing more will happen.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Running | Self::InputRequired)
    }

    /// The name on the wire and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::InputRequired => "InputRequired",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::TimedOut => "TimedOut",
            Self::Aborted => "Aborted",
            Self::Interrupted => "Interrupted",
        }
    }

    /// The status of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Running,
            Self::InputRequired,
            Self::Succeeded,
            Self::Failed,
            Self::TimedOut,
            Self::Aborted,
            Self::Interrupted,
        ]
        .into_iter()
        .find(|status| status.name() == name)
    }
}
