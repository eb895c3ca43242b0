//! The node kinds: what each is called, its ports, and a fresh one. THE registration: a new kind is a file below and
//! a line in each match, and the compiler points at them.

pub mod agent;
pub mod code;
pub mod collector;
pub mod condition;
pub mod function;
pub mod help;
pub mod input;
pub mod iterator;
pub mod knowledge_base;
pub mod lex;
pub mod output;
pub mod prompt;
pub mod repeat;
pub mod retrieval;
pub mod storage;

use serde_json::Value;

use crate::definition::{Node, NodeType};
use crate::value::Type;

/// What the palette, the inspector and `check` know of a kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kind {
    /// The name in the palette.
    pub label: &'static str,
    pub group: Group,
    /// What it does, in a sentence or two, for the palette and the inspector.
    pub about: &'static str,
    pub inputs: Ports,
    pub outputs: Ports,
}

/// The palette's groups, which are also the colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Io,
    Ai,
    Logic,
    Code,
    Data,
}

impl Group {
    /// The heading in the palette.
    pub fn label(self) -> &'static str {
        match self {
            Self::Io => "Flow",
            Self::Ai => "AI",
            Self::Logic => "Logic",
            Self::Code => "Code",
            Self::Data => "Data",
        }
    }

    /// The name of its colour token: `--ai`, …
    pub fn token(self) -> &'static str {
        match self {
            Self::Io => "io",
            Self::Ai => "ai",
            Self::Logic => "logic",
            Self::Code => "code",
            Self::Data => "data",
        }
    }
}

/// Which ports a kind may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ports {
    /// Exactly these; those not required may be left out.
    Fixed(&'static [Port]),
    /// Any names.
    Free,
    /// One for each `{{variable}}` of the prompt.
    Variables,
}

/// A port with a fixed name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Port {
    pub name: &'static str,
    /// None where any type may be declared.
    pub kind: Option<Type>,
    pub required: bool,
}

impl Port {
    pub(crate) const fn required(name: &'static str, kind: Option<Type>) -> Self {
        Self { name, kind, required: true }
    }

    pub(crate) const fn optional(name: &'static str, kind: Option<Type>) -> Self {
        Self { name, kind, required: false }
    }
}

impl NodeType {
    /// Every type, in the palette's order.
    pub const ALL: [Self; 16] = [
        Self::Input,
        Self::Output,
        Self::Prompt,
        Self::Agent,
        Self::KnowledgeBase,
        Self::Lex,
        Self::Condition,
        Self::Iterator,
        Self::Collector,
        Self::Loop,
        Self::LoopInput,
        Self::LoopController,
        Self::InlineCode,
        Self::LambdaFunction,
        Self::Storage,
        Self::Retrieval,
    ];

    /// What there is to know of this kind.
    pub fn describe(self) -> Kind {
        match self {
            Self::Input => input::KIND,
            Self::Output => output::KIND,
            Self::Prompt => prompt::KIND,
            Self::Condition => condition::KIND,
            Self::InlineCode => code::KIND,
            Self::LambdaFunction => function::KIND,
            Self::Agent => agent::KIND,
            Self::KnowledgeBase => knowledge_base::KIND,
            Self::Lex => lex::KIND,
            Self::Storage => storage::KIND,
            Self::Retrieval => retrieval::KIND,
            Self::Iterator => iterator::KIND,
            Self::Collector => collector::KIND,
            Self::Loop => repeat::LOOP,
            Self::LoopInput => repeat::INPUT,
            Self::LoopController => repeat::CONTROLLER,
        }
    }

    /// A fresh node.
    pub fn fresh(self, name: &str) -> Node {
        match self {
            Self::Input => input::fresh(name),
            Self::Output => output::fresh(name),
            Self::Prompt => prompt::fresh(name),
            Self::Condition => condition::fresh(name),
            Self::InlineCode => code::fresh(name),
            Self::LambdaFunction => function::fresh(name),
            Self::Agent => agent::fresh(name),
            Self::KnowledgeBase => knowledge_base::fresh(name),
            Self::Lex => lex::fresh(name),
            Self::Storage => storage::fresh(name),
            Self::Retrieval => retrieval::fresh(name),
            Self::Iterator => iterator::fresh(name),
            Self::Collector => collector::fresh(name),
            Self::Loop => repeat::fresh(name),
            Self::LoopInput => repeat::fresh_input(name),
            Self::LoopController => repeat::fresh_controller(name),
        }
    }

    /// Whether the canvas can add one. The two ends of a loop's body come with the loop.
    pub fn can_be_added(self) -> bool {
        !self.is_loop_end()
    }

    /// Whether it is where a loop's body begins or ends, of which a body has exactly one each.
    pub fn is_loop_end(self) -> bool {
        matches!(self, Self::LoopInput | Self::LoopController)
    }

    /// Whether a loop's body may have one.
    pub fn fits_in_loop(self) -> bool {
        !matches!(self, Self::Input | Self::Output | Self::Iterator | Self::Collector)
    }

    /// The name of the first node of this kind, as the AWS console gives it; later ones get `_1`, `_2`, ….
    pub fn name_stem(self) -> &'static str {
        match self {
            Self::Input => "FlowInputNode",
            Self::Output => "FlowOutputNode",
            Self::KnowledgeBase => "KnowledgeBase",
            Self::Condition => "Condition",
            Self::Lex => "Lex",
            Self::Prompt => "Prompt",
            Self::LambdaFunction => "Function",
            Self::Storage => "Storage",
            Self::Agent => "Agent",
            Self::Retrieval => "Retrieval",
            Self::Iterator => "Iterator",
            Self::Collector => "Collector",
            Self::InlineCode => "InlineCode",
            Self::Loop => "Loop",
            Self::LoopInput => "LoopInput",
            Self::LoopController => "LoopController",
        }
    }

    /// Whether runs can skip it: neither a run nor a loop goes without its beginning, nor a loop without its end.
    pub fn can_be_disabled(self) -> bool {
        !self.starts() && !self.is_loop_end()
    }

    /// Whether a run may begin at this kind.
    pub fn starts(self) -> bool {
        matches!(self, Self::Input | Self::LoopInput)
    }
}

/// The text at this port of what a node is given; empty where there is none.
fn text(values: Vec<(String, Value)>, port: &str) -> String {
    let text = values.into_iter().find_map(|(name, value)| match value {
        Value::String(text) if name == port => Some(text),
        _ => None,
    });
    text.unwrap_or_default()
}
