//! The kinds that are read, kept and checked, and do not run yet.

use super::{Group, Kind, Port, Ports};
use crate::definition::NodeType;

const fn kind(
    label: &'static str,
    group: Group,
    about: &'static str,
    inputs: Ports,
    outputs: &'static [Port],
) -> Kind {
    Kind { label, group, about, runs: false, inputs, outputs: Ports::Fixed(outputs) }
}

/// What there is to know of a kind that does not run yet.
pub(super) fn describe(node: NodeType) -> Kind {
    match node {
        NodeType::InlineCode => kind(
            "Inline code",
            Group::Code,
            "Runs a piece of Python.",
            Ports::Free,
            const { &[Port::required("response", None)] },
        ),
        _ => kind("", Group::Io, "", Ports::Free, &[]),
    }
}
