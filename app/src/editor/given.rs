//! What nodes gave in earlier runs, for trying one of them again without running the others.
//!
//! Always holds: what is known of a node holds for the node as it ran. A node that was changed since, or that something
//! changed comes before, is not known any more, and runs again.

use std::collections::{BTreeMap, BTreeSet};

use flow::definition::{Definition, NodeType};
use flow::iteration;
use flow::part::Given;
use flow::trace::{Row, State, Trace};
use serde_json::Value;

use super::document::Document;

/// What the flow's own nodes gave when they ran last, by name, each with a print of the node as it ran.
#[derive(Clone, Debug, Default)]
pub struct Known(BTreeMap<String, (Given, String)>);

impl Known {
    /// Takes on what happened in a run of this document.
    pub fn learn(&mut self, document: &Document, trace: &Trace) {
        for row in &trace.rows {
            if let Some(given) = given(row)
                && can_be_given(&document.definition, &row.address)
            {
                self.0.insert(row.node.clone(), (given, print(&document.definition, &row.node)));
            }
        }
    }

    /// What of it still holds for a document. What follows the node that is to run with all of that does not.
    pub fn in_force(&self, document: &Document, anew: Option<&str>) -> BTreeMap<String, Given> {
        let definition = &document.definition;
        let nodes = definition.nodes.iter().map(|node| node.name.as_str());
        let same =
            |name: &&str| self.0.get(*name).is_some_and(|(_, known)| *known == print(definition, name));
        let changed: BTreeSet<&str> =
            nodes.filter(|name| runs_alone(definition, name) && !same(name)).collect();
        let stale = following(definition, changed.into_iter().chain(anew).collect());
        let holds = |(name, (given, _)): (&String, &(Given, String))| {
            (definition.node(name).is_some() && !stale.contains(name.as_str()))
                .then(|| (name.clone(), given.clone()))
        };
        self.0.iter().filter_map(holds).collect()
    }

    /// What is known of one node, whether or not it holds.
    pub fn of(&self, name: &str) -> Option<&Given> {
        self.0.get(name).map(|(given, _)| given)
    }
}

fn given(row: &Row) -> Option<Given> {
    if !row.chain.is_empty() {
        return None;
    }
    match (row.state, &row.branch) {
        (State::Skipped, _) => Some(Given::Skipped),
        (State::Ok | State::Given, Some(branch)) => Some(Given::Branch(branch.clone())),
        (State::Ok | State::Given, None) => {
            let value = |field: &flow::event::Field| (field.name.clone(), field.value.clone());
            Some(Given::Outputs(row.outputs.iter().map(value).collect()))
        }
        _ => None,
    }
}

/// Whether the node at this address can run by itself: it is in no loop and no iteration.
pub fn runs_alone(definition: &Definition, address: &str) -> bool {
    let Some(at) = definition.nodes.iter().position(|node| node.name == address) else { return false };
    let (paths, faults) = iteration::paths(definition);
    faults.is_empty() && paths.get(at).is_some_and(Vec::is_empty)
}

/// Whether what the node gives can be given in its place. An Iterator gives item by item.
pub fn can_be_given(definition: &Definition, address: &str) -> bool {
    let is_iterator = definition.node(address).is_some_and(|node| node.kind == NodeType::Iterator);
    !is_iterator && runs_alone(definition, address)
}

/// A node as it is, and what is connected to it.
fn print(definition: &Definition, name: &str) -> String {
    let node = definition.node(name).and_then(|node| serde_json::to_string(node).ok()).unwrap_or_default();
    let into = definition.connections.iter().filter(|connection| connection.target == name);
    let into: Vec<String> = into.map(|c| format!("{} {:?}", c.source, c.configuration)).collect();
    format!("{node} {}", into.join(" "))
}

/// These nodes, and all that come after them.
fn following<'a>(definition: &'a Definition, from: BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let (mut todo, mut found): (Vec<&str>, BTreeSet<&str>) = (from.iter().copied().collect(), from);
    while let Some(name) = todo.pop() {
        for connection in definition.connections.iter().filter(|connection| connection.source == name) {
            if found.insert(&connection.target) {
                todo.push(&connection.target);
            }
        }
    }
    found
}

/// Data to pin at a node, as it is typed: an object with a value for each output.
///
/// # Errors
/// A sentence on what is wrong with it.
pub fn read_pin(definition: &Definition, name: &str, text: &str) -> Result<Given, String> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| format!("This is not JSON yet: {error}."))?;
    let Value::Object(members) = value else {
        return Err("Write an object with a value for each output.".to_owned());
    };
    let ports = definition.node(name).map(|node| node.outputs.as_slice()).unwrap_or_default();
    if let Some(unknown) = members.keys().find(|key| ports.iter().all(|port| port.name != **key)) {
        return Err(format!("{name} has no output {unknown}."));
    }
    let mut outputs = BTreeMap::new();
    for port in ports {
        match members.get(&port.name) {
            None => return Err(format!("The output {} is missing.", port.name)),
            Some(value) if !port.kind.accepts(value) => {
                let found = flow::value::shape(value);
                return Err(format!(
                    "The output {} is {}, and this is {found}.",
                    port.name,
                    port.kind.noun()
                ));
            }
            Some(value) => outputs.insert(port.name.clone(), value.clone()),
        };
    }
    Ok(Given::Outputs(outputs))
}

#[cfg(test)]
mod tests {
    use flow::event::{Body, Event, Field};
    use serde_json::json;

    use super::*;

    fn document() -> Document {
        let template = flow::templates::all("local/smollm2").into_iter().next().unwrap();
        Document::settled(template.definition, template.extensions)
    }

    fn trace(nodes: &[&str]) -> Trace {
        let completed = |node: &&str| Body::NodeCompleted {
            node: (*node).to_owned(),
            outputs: vec![Field {
                name: "modelCompletion".into(),
                value: json!("x"),
                source: None,
                joined: vec![],
            }],
            model: None,
            omitted: vec![],
            chain: vec![],
        };
        let events: Vec<Event> = (1..)
            .zip(nodes.iter().map(completed))
            .map(|(seq, body)| Event { seq, at: 0, elapsed: seq, body })
            .collect();
        Trace::of(&events)
    }

    #[test]
    fn what_follows_a_changed_node_is_not_known_any_more() {
        let mut document = document();
        let mut known = Known::default();
        let all: Vec<String> = document.definition.nodes.iter().map(|node| node.name.clone()).collect();
        let names: Vec<&str> = all.iter().map(String::as_str).collect();
        known.learn(&document, &trace(&names));
        assert_eq!(known.in_force(&document, None).len(), names.len());

        document.node_mut("ClassifyTone").unwrap().outputs[0].name = "other".into();
        let left: Vec<String> = known.in_force(&document, None).into_keys().collect();
        assert_eq!(left, ["FlowInputNode"], "only what comes before it");
    }

    #[test]
    fn what_runs_from_a_node_on_is_not_known() {
        let document = document();
        let names: Vec<&str> = document.definition.nodes.iter().map(|node| node.name.as_str()).collect();
        let mut known = Known::default();
        known.learn(&document, &trace(&names));
        let left = known.in_force(&document, Some("RouteByTone"));
        assert!(left.contains_key("FlowInputNode") && left.contains_key("ClassifyTone"), "{left:?}");
        assert!(!left.contains_key("Answer") && !left.contains_key("Deescalate"), "{left:?}");
    }

    #[test]
    fn a_pin_is_read_by_the_nodes_outputs() {
        let document = document();
        let read = |text: &str| read_pin(&document.definition, "ClassifyTone", text);
        assert!(matches!(read(r#"{"modelCompletion": "angry"}"#), Ok(Given::Outputs(_))));
        for (text, words) in [
            ("{", "not JSON"),
            ("[]", "an object"),
            ("{}", "is missing"),
            (r#"{"modelCompletion": 1}"#, "is a String"),
            (r#"{"modelCompletion": "x", "y": 1}"#, "no output y"),
        ] {
            assert!(read(text).unwrap_err().contains(words), "{text}");
        }
    }
}
