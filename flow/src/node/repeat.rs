//! Loop: repeats its body, which begins at a Loop input and ends at a Loop controller.

use super::{Group, Kind, Ports};

pub(super) const LOOP: Kind = Kind {
    label: "Loop",
    group: Group::Logic,
    about: "Repeats its body while the controller's condition holds, and gives what the controller ends with.",
    runs: true,
    inputs: Ports::Free,
    outputs: Ports::Free,
};

pub(super) const INPUT: Kind = Kind {
    label: "Loop input",
    group: Group::Logic,
    about: "Where a loop's body begins: with the loop's inputs, and later with what its controller returns.",
    runs: true,
    inputs: Ports::Fixed(&[]),
    outputs: Ports::Free,
};

pub(super) const CONTROLLER: Kind = Kind {
    label: "Loop controller",
    group: Group::Logic,
    about: "Decides whether the loop goes on, and what it returns to its begin or gives when it ends.",
    runs: true,
    inputs: Ports::Free,
    outputs: Ports::Fixed(&[]),
};
