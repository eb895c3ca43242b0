//! What a flow has beyond AWS's definition, keyed by node name: where a node stands, notes, answer constraints. A node
//! inside a loop has the key `Loop/Node`, as in [`crate::address`].
//!
//! Always holds: entries of nodes that a definition no longer has are dropped by [`Extensions::retain`], so that an
//! AWS `UpdateFlow` keeps what belongs to the nodes that remain. Absent on purpose: anything AWS has a field for.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::address;
use crate::definition::{Definition, InlinePrompt, NodeType};
use crate::join::Join;
use crate::object::objects;

objects!(Extensions, NodeExtension, Position, Group, Room, Note);

/// Our half of a flow. It shares its revision with the definition.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self", deny_unknown_fields)]
pub struct Extensions {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub nodes: BTreeMap<String, NodeExtension>,
    /// Nodes that are shown together. They run as if they were not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// Notes on the canvas. They are never run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// How the `continueCondition` of the flow's loops is read.
    #[serde(default, skip_serializing_if = "LoopPolarity::is_usual")]
    pub loop_polarity: LoopPolarity,
    /// What the stored prompts said that the flow names, by their ARNs, when it was prepared or published. A draft has
    /// none: it takes them as they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prompts: BTreeMap<String, InlinePrompt>,
}

/// How a loop's `continueCondition` is read. AWS's guide says that the loop goes on while it is true, its API reference
/// that it ends then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LoopPolarity {
    /// As its name says.
    #[default]
    ContinueWhileTrue,
    /// For flows that were written for the other reading.
    ExitWhenTrue,
}

impl LoopPolarity {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl Extensions {
    /// What belongs to this node; nothing where it has no entry.
    pub fn node(&self, name: &str) -> NodeExtension {
        self.nodes.get(name).cloned().unwrap_or_default()
    }

    /// The entry of this node, made where it is missing.
    pub fn node_mut(&mut self, name: &str) -> &mut NodeExtension {
        self.nodes.entry(name.to_owned()).or_default()
    }

    /// How this input of this node joins its connections; none where it takes one.
    pub fn join(&self, node: &str, input: &str) -> Option<Join> {
        self.nodes.get(node)?.joins.get(input).copied()
    }

    /// Whether runs skip this node. What a run or a loop cannot be without is never skipped.
    pub fn is_disabled(&self, address: &str, kind: NodeType) -> bool {
        kind.can_be_disabled() && self.nodes.get(address).is_some_and(|node| node.disabled)
    }

    /// Drops the entries of nodes that the definition does not have, and what no draft keeps.
    pub fn retain(&mut self, definition: &Definition) {
        self.prompts.clear();
        let known: HashSet<String> =
            definition.every_node().into_iter().map(|(address, _)| address).collect();
        self.nodes.retain(|name, _| known.contains(name));
        for group in &mut self.groups {
            group.nodes.retain(|name| known.contains(name));
        }
        self.groups.retain(|group| !group.nodes.is_empty());
    }

    /// Gives every group and every note a name of its own, by which the canvas knows it.
    pub fn settle(&mut self) {
        let mut known = HashSet::new();
        let groups = self.groups.iter_mut().map(|group| (&mut group.id, "group"));
        let notes = self.notes.iter_mut().map(|note| (&mut note.id, "note"));
        for (id, stem) in groups.chain(notes) {
            if id.is_empty() || known.contains(id.as_str()) {
                let free = (1..).map(|at| format!("{stem}{at}")).find(|name| !known.contains(name));
                *id = free.unwrap_or_default();
            }
            known.insert(id.clone());
        }
    }

    /// Moves a node's entry to its new name.
    pub fn rename(&mut self, from: &str, to: &str) {
        let renamed = |key: &str| address::moved(key, from, to);
        let nodes = std::mem::take(&mut self.nodes);
        self.nodes = nodes.into_iter().map(|(key, entry)| (renamed(&key).unwrap_or(key), entry)).collect();
        for key in self.groups.iter_mut().flat_map(|group| &mut group.nodes) {
            if let Some(renamed) = renamed(key) {
                *key = renamed;
            }
        }
    }
}

/// What one node has of ours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct NodeExtension {
    /// The top left corner on the canvas, in flow units; inside a loop from where its body begins, so that a loop takes
    /// its body along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// What the author wants to remember of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// How many items of an Iterator may be under way together; one where it does not say, as with AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel: Option<u16>,
    /// How the inputs that may take several connections join them, by the input's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub joins: BTreeMap<String, Join>,
    /// What a Prompt's answer must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// How many seconds a Code node may take; ten where it does not say.
    #[serde(default, rename = "timeLimit", skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<u16>,
    /// Runs skip it, and with it what needs what it would give.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    /// Only its header is drawn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub collapsed: bool,
}

/// A point on the canvas, in flow units (a CSS pixel at 100 % zoom).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Position {
    pub x: f64,
    pub y: f64,
}

/// A constraint on a Prompt's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    /// One of these texts, exactly.
    OneOf(Vec<String>),
}

/// Nodes that are shown together on the canvas. A group whose nodes are all in another lies inside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Group {
    /// What the canvas knows it by while its title and nodes change.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Their names.
    pub nodes: Vec<String>,
    #[serde(default, skip_serializing_if = "Tint::is_usual")]
    pub color: Tint,
    /// It is shown as one card.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub collapsed: bool,
    /// How much larger its ground is than what is in it needs.
    #[serde(default, skip_serializing_if = "Room::is_none")]
    pub room: Room,
}

/// Room that was given on each side, in flow units. It is counted from what is inside, so that it goes along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", default, deny_unknown_fields)]
pub struct Room {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Room {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A note on the canvas.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Note {
    /// What the canvas knows it by while its text changes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    pub text: String,
    pub position: Position,
    pub width: f64,
    pub height: f64,
    #[serde(default, skip_serializing_if = "Tint::is_usual")]
    pub color: Tint,
}

/// The colour of a group or a note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tint {
    #[default]
    Grey,
    Blue,
    Green,
    Amber,
    Red,
    Violet,
}

impl Tint {
    pub const ALL: [Self; 6] = [Self::Grey, Self::Blue, Self::Green, Self::Amber, Self::Red, Self::Violet];

    fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Its name, which is also that of its style.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
            Self::Violet => "violet",
        }
    }

    /// The one after it, round and round.
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|tint| *tint == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_name_gets_one_and_keeps_it() {
        let mut extensions: Extensions = serde_json::from_value(serde_json::json!({
            "groups": [{"nodes": ["A1"]}, {"nodes": ["B1"], "id": "group1"}],
            "notes": [{"text": "x", "position": {"x": 0.0, "y": 0.0}, "width": 9.0, "height": 9.0, "color": "amber"}],
        }))
        .unwrap();
        extensions.settle();
        let ids = |extensions: &Extensions| -> Vec<String> {
            let groups = extensions.groups.iter().map(|group| group.id.clone());
            groups.chain(extensions.notes.iter().map(|note| note.id.clone())).collect()
        };
        assert_eq!(ids(&extensions), ["group1", "group2", "note1"]);
        let before = extensions.clone();
        extensions.settle();
        assert_eq!(extensions, before);
        assert_eq!(extensions.notes[0].color.next(), Tint::Red);
    }
}
