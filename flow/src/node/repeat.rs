//! Loop: repeats its body, which begins at a Loop input and ends at a Loop controller.

use serde_json::Number;

use super::{Group, Kind, Ports};
use crate::definition::{
    Configuration, Connection, ConnectionConfiguration, ConnectionType, DataConnection, Definition, Empty,
    FlowCondition, InputCategory, LoopConfiguration, LoopControllerConfiguration, Node, NodeInput,
    NodeOutput, NodeType,
};
use crate::value::Type;

/// The input that a fresh loop begins with.
pub const BEGIN: &str = "loopInput";
/// The output that a fresh loop ends with.
pub const END: &str = "loopOutput";
/// The output that says how many iterations there were.
pub const COUNT: &str = "iterationCount";
/// The value that a fresh controller's condition looks at.
const LOOKED_AT: &str = "verdict";

pub(super) const LOOP: Kind = Kind {
    label: "Loop",
    group: Group::Logic,
    about: "Repeats the nodes in its frame while its controller's condition holds, and gives what the last round \
            ends with. Nothing connects into the frame or out of it: values come and go by the loop's own ports.",
    inputs: Ports::Free,
    outputs: Ports::Free,
};

pub(super) const INPUT: Kind = Kind {
    label: "Loop input",
    group: Group::Logic,
    about: "Where each round of a loop begins: the first with the loop's inputs, the others with what the \
            controller hands on.",
    inputs: Ports::Fixed(&[]),
    outputs: Ports::Free,
};

pub(super) const CONTROLLER: Kind = Kind {
    label: "Loop controller",
    group: Group::Logic,
    about: "Where each round of a loop ends: decides whether another one follows, what it begins with, and what \
            the loop gives in the end.",
    inputs: Ports::Free,
    outputs: Ports::Fixed(&[]),
};

/// A loop whose body hands its input through, once: nodes go between.
pub(super) fn fresh(name: &str) -> Node {
    let (begin, controller) = (fresh_input("LoopInput"), fresh_controller("LoopController"));
    let wire = |(name, input): (&str, &str)| Connection {
        name: name.to_owned(),
        kind: ConnectionType::Data,
        source: begin.name.clone(),
        target: controller.name.clone(),
        configuration: Some(ConnectionConfiguration::Data(DataConnection {
            source_output: BEGIN.to_owned(),
            target_input: input.to_owned(),
        })),
    };
    let wires = [("BeginToCondition", LOOKED_AT), ("BeginToNextRound", BEGIN), ("BeginToEnd", END)].map(wire);
    let definition = Definition { connections: wires.to_vec().into(), nodes: vec![begin, controller].into() };
    Node {
        name: name.to_owned(),
        kind: NodeType::Loop,
        configuration: Some(Configuration::Loop(LoopConfiguration { definition })),
        inputs: vec![NodeInput::whole(BEGIN, Type::String)].into(),
        outputs: vec![
            NodeOutput { name: END.to_owned(), kind: Type::String },
            NodeOutput { name: COUNT.to_owned(), kind: Type::Number },
        ]
        .into(),
    }
}

pub(super) fn fresh_input(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::LoopInput,
        configuration: Some(Configuration::LoopInput(Empty {})),
        inputs: Vec::new().into(),
        outputs: vec![NodeOutput { name: BEGIN.to_owned(), kind: Type::String }].into(),
    }
}

pub(super) fn fresh_controller(name: &str) -> Node {
    let input =
        |name: &str, category| NodeInput { category: Some(category), ..NodeInput::whole(name, Type::String) };
    Node {
        name: name.to_owned(),
        kind: NodeType::LoopController,
        configuration: Some(Configuration::LoopController(LoopControllerConfiguration {
            continue_condition: FlowCondition {
                name: "again".to_owned(),
                expression: Some(format!("{LOOKED_AT} != \"good\"")),
            },
            max_iterations: Some(Number::from(3)),
        })),
        inputs: vec![
            input(LOOKED_AT, InputCategory::LoopCondition),
            input(BEGIN, InputCategory::ReturnValueToLoopStart),
            input(END, InputCategory::ExitLoop),
        ]
        .into(),
        outputs: Vec::new().into(),
    }
}
