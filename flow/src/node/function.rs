//! Function: calls a function of the owner's, which a binding leads to.

use serde::Serialize;
use serde_json::Value;

use super::{Group, Kind, Port, Ports};
use crate::definition::{Configuration, LambdaFunctionConfiguration, Node, NodeInput, NodeOutput, NodeType};
use crate::plan::PlannedInput;
use crate::value::Type;

/// The first input's name, as the AWS console gives it. It may have any other, and there may be more.
pub const HOOK: &str = "codeHookInput";
/// The only output's name.
pub const RESPONSE: &str = "functionResponse";

pub(super) const KIND: Kind = Kind {
    label: "Function",
    group: Group::Code,
    about: "Calls a function of yours over HTTP, with AWS's own event. The Connections page binds its ARN to an \
            address.",
    inputs: Ports::Free,
    outputs: Ports::Fixed(&[Port::required(RESPONSE, None)]),
};

/// A function to call, and what it is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub arn: String,
    /// The node's name.
    pub node: String,
    pub inputs: Vec<Given>,
}

/// An input as AWS's event has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Given {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Type,
    pub expression: String,
    /// What the expression selected.
    pub value: Value,
}

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::LambdaFunction,
        configuration: Some(Configuration::LambdaFunction(LambdaFunctionConfiguration {
            lambda_arn: String::new(),
        })),
        inputs: vec![NodeInput::whole(HOOK, Type::String)].into(),
        outputs: vec![NodeOutput { name: RESPONSE.to_owned(), kind: Type::String }].into(),
    }
}

/// What a node calls with these values.
pub(crate) fn call(arn: &str, node: &str, inputs: &[PlannedInput], values: Vec<(String, Value)>) -> Call {
    let given = values.into_iter().filter_map(|(name, value)| {
        let input = inputs.iter().find(|input| input.name == name)?;
        Some(Given { name, kind: input.kind, expression: input.text.clone(), value })
    });
    Call { arn: arn.to_owned(), node: node.to_owned(), inputs: given.collect() }
}

/// The ARN of a function without its version or alias; none where it names neither.
pub fn unqualified(arn: &str) -> Option<&str> {
    let parts: Vec<&str> = arn.split(':').collect();
    match parts[..] {
        ["arn", _, "lambda", _, _, "function", _, qualifier] => {
            arn.strip_suffix(qualifier)?.strip_suffix(':')
        }
        _ => None,
    }
}

/// What a function is called in sentences: the name in its ARN, with its version or alias.
pub fn short(arn: &str) -> &str {
    let parts: Vec<&str> = arn.splitn(7, ':').collect();
    match parts[..] {
        ["arn", _, "lambda", _, _, "function", name] if !name.is_empty() => name,
        _ => arn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "arn:aws:lambda:us-east-1:123456789012:function:lookup";

    #[test]
    fn a_qualifier_is_what_follows_the_name() {
        assert_eq!(unqualified(&format!("{PLAIN}:7")), Some(PLAIN));
        assert_eq!(unqualified(&format!("{PLAIN}:$LATEST")), Some(PLAIN));
        for arn in [PLAIN, "", "${function_arn}", "arn:aws:lambda:us-east-1:123456789012:layer:x:1"] {
            assert_eq!(unqualified(arn), None, "{arn}");
        }
        assert_eq!(short(&format!("{PLAIN}:7")), "lookup:7");
        assert_eq!((short(PLAIN), short("${function_arn}")), ("lookup", "${function_arn}"));
    }
}
