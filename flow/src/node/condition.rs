//! Condition: the first condition that holds opens its branch.

use super::{Group, Kind, Ports};
use crate::definition::{ConditionConfiguration, Configuration, FlowCondition, Node, NodeInput, NodeType};
use crate::value::Type;

/// The name of the branch that is taken when no condition holds.
pub const DEFAULT: &str = "default";

pub(super) const KIND: Kind = Kind {
    label: "Condition",
    group: Group::Logic,
    about: "Chooses a branch: the first condition that holds wins, else default. \
            A branch is a gate and carries no value; wire the data from where it is made.",
    inputs: Ports::Free,
    outputs: Ports::Fixed(&[]),
};

pub(super) fn fresh(name: &str) -> Node {
    Node {
        name: name.to_owned(),
        kind: NodeType::Condition,
        configuration: Some(Configuration::Condition(ConditionConfiguration {
            conditions: vec![FlowCondition { name: DEFAULT.to_owned(), expression: None }],
        })),
        inputs: vec![NodeInput {
            name: "value".to_owned(),
            kind: Type::String,
            expression: "$.data".to_owned(),
            category: None,
        }]
        .into(),
        outputs: Default::default(),
    }
}
