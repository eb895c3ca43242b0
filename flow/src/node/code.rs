//! Code: a piece of Python, whose last expression is the node's value.

use serde_json::Value;

use super::{Group, Kind, Port, Ports};
use crate::definition::{
    CodeLanguage, Configuration, Definition, InlineCodeConfiguration, Node, NodeInput, NodeOutput, NodeType,
};
use crate::value::Type;

/// The only output's name.
pub const RESPONSE: &str = "response";
/// How many seconds a node's code may take where it does not say.
pub const USUAL_LIMIT: u16 = 10;
/// The most seconds that it may ask for.
pub const MOST_LIMIT: u16 = 300;
/// The words that no variable of Python can have as its name.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

pub(super) const KIND: Kind = Kind {
    label: "Code",
    group: Group::Code,
    about: "Runs Python: the inputs are its variables, and the last line, an expression, is the result. It sees no \
            files and no network; what it prints is in the trace.",
    inputs: Ports::Free,
    outputs: Ports::Fixed(&[Port::required(RESPONSE, None)]),
};

/// Code to run, and what it is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    pub code: String,
    /// The variables that it begins with, in the order of the node's inputs.
    pub inputs: Vec<(String, Value)>,
    /// How many seconds it may take.
    pub limit: u16,
}

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::InlineCode,
        configuration: Some(Configuration::InlineCode(InlineCodeConfiguration {
            code: "text.strip()".to_owned(),
            language: CodeLanguage::Python3,
        })),
        inputs: vec![NodeInput::whole("text", Type::String)].into(),
        outputs: vec![NodeOutput { name: RESPONSE.to_owned(), kind: Type::String }].into(),
    }
}

/// Whether Python takes this as the name of a variable.
pub(crate) fn is_variable(name: &str) -> bool {
    let letter = |character: char| character.is_alphabetic() || character == '_';
    name.starts_with(letter)
        && name.chars().all(|character| letter(character) || character.is_numeric())
        && !KEYWORDS.contains(&name)
}

/// The codes of a flow and the bodies of its loops, each with the way to its node.
pub fn codes(definition: &Definition) -> Vec<(String, &str)> {
    let every = definition.every_node().into_iter();
    every
        .filter_map(|(address, node)| match &node.configuration {
            Some(Configuration::InlineCode(code)) => Some((address, code.code.as_str())),
            _ => None,
        })
        .collect()
}
