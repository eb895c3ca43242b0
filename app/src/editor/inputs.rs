//! The commands on a node's inputs and on a Condition's branches.

use flow::definition::{
    ConditionConfiguration, Configuration, ConnectionConfiguration, DataConnection, FlowCondition, NodeInput,
};
use flow::node::condition::DEFAULT;
use flow::value::Type;

use super::change::{configuration, well_formed};
use super::document::Document;
use super::joins;

/// Adds an input with a free name, and returns the name.
pub fn add(document: &mut Document, node: &str) -> Option<String> {
    let node = document.definition.node_mut(node)?;
    let name = free("value", |name| node.input(name).is_some());
    node.inputs.push(flow::node::prompt::variable_input(&name));
    Some(name)
}

/// Removes an input with its connection.
pub fn remove(document: &mut Document, node: &str, input: &str) {
    let Some(owner) = document.definition.node_mut(node) else { return };
    owner.inputs.retain(|port| port.name != input);
    document.definition.connections.retain(|connection| {
        connection.target != node || connection.data().is_none_or(|data| data.target_input != input)
    });
    joins::prune(document, node);
}

/// Renames an input; its connection follows.
///
/// # Errors
/// A sentence that says what is wrong with the name.
pub fn rename(document: &mut Document, node: &str, from: &str, to: &str) -> Result<(), String> {
    if from == to {
        return Ok(());
    }
    well_formed(to)?;
    let Some(owner) = document.definition.node_mut(node) else { return Ok(()) };
    if owner.input(to).is_some() {
        return Err(format!("There is already an input named {to}."));
    }
    if let Some(port) = owner.inputs.iter_mut().find(|port| port.name == from) {
        port.name = to.to_owned();
    }
    each_data_into(document, node, |data| {
        if data.target_input == from {
            data.target_input = to.to_owned();
        }
    });
    joins::rename(document, node, from, to);
    Ok(())
}

/// Declares an input's type.
pub fn set_type(document: &mut Document, node: &str, input: &str, kind: Type) {
    with(document, node, input, |port| port.kind = kind);
}

/// Sets what an input selects of the value that arrives.
pub fn set_expression(document: &mut Document, node: &str, input: &str, expression: &str) {
    with(document, node, input, |port| port.expression = expression.to_owned());
}

/// Adds a branch before the default one, and returns its name.
pub fn add_condition(document: &mut Document, node: &str) -> Option<String> {
    let first = document.definition.node(node)?.inputs.first().map(|input| input.name.clone());
    let conditions = conditions(document, node)?;
    let name = free("branch", |name| conditions.iter().any(|condition| condition.name == name));
    let at = conditions.iter().position(|condition| condition.name == DEFAULT).unwrap_or(conditions.len());
    let expression = Some(format!("{} == \"\"", first.as_deref().unwrap_or("value")));
    conditions.insert(at, FlowCondition { name: name.clone(), expression });
    Some(name)
}

/// Removes a branch with the connections that leave by it.
pub fn remove_condition(document: &mut Document, node: &str, name: &str) {
    let Some(list) = conditions(document, node) else { return };
    list.retain(|condition| condition.name != name);
    document
        .definition
        .connections
        .retain(|connection| connection.source != node || connection.condition() != Some(name));
}

/// Renames a branch; the connections that leave by it follow.
///
/// # Errors
/// A sentence that says what is wrong with the name.
pub fn rename_condition(document: &mut Document, node: &str, from: &str, to: &str) -> Result<(), String> {
    if from == to {
        return Ok(());
    }
    well_formed(to)?;
    let Some(list) = conditions(document, node) else { return Ok(()) };
    if list.iter().any(|condition| condition.name == to) {
        return Err(format!("There is already a condition named {to}."));
    }
    if let Some(condition) = list.iter_mut().find(|condition| condition.name == from) {
        condition.name = to.to_owned();
    }
    for connection in document.definition.connections.iter_mut().filter(|c| c.source == node) {
        if let Some(ConnectionConfiguration::Conditional(gate)) = &mut connection.configuration
            && gate.condition == from
        {
            gate.condition = to.to_owned();
        }
    }
    Ok(())
}

/// Sets when a branch is taken.
pub fn set_condition(document: &mut Document, node: &str, name: &str, expression: &str) {
    if let Some(condition) =
        conditions(document, node).and_then(|list| list.iter_mut().find(|c| c.name == name))
    {
        condition.expression = Some(expression.to_owned());
    }
}

/// Moves a branch up (-1) or down (1). The default one stays last.
pub fn move_condition(document: &mut Document, node: &str, name: &str, by: isize) {
    let Some(list) = conditions(document, node) else { return };
    let Some(at) = list.iter().position(|condition| condition.name == name) else { return };
    let Some(to) = at.checked_add_signed(by) else { return };
    if list.get(to).is_some_and(|other| other.name != DEFAULT) && name != DEFAULT {
        list.swap(at, to);
    }
}

/// Visits the ports of every Data connection into a node.
pub fn each_data_into(document: &mut Document, node: &str, mut visit: impl FnMut(&mut DataConnection)) {
    for connection in document.definition.connections.iter_mut().filter(|c| c.target == node) {
        if let Some(ConnectionConfiguration::Data(data)) = &mut connection.configuration {
            visit(data);
        }
    }
}

fn conditions<'a>(document: &'a mut Document, node: &str) -> Option<&'a mut Vec<FlowCondition>> {
    match configuration(document, node) {
        Some(Configuration::Condition(ConditionConfiguration { conditions })) => Some(conditions),
        _ => None,
    }
}

fn with(document: &mut Document, node: &str, input: &str, change: impl FnOnce(&mut NodeInput)) {
    if let Some(owner) = document.definition.node_mut(node)
        && let Some(port) = owner.inputs.iter_mut().find(|port| port.name == input)
    {
        change(port);
    }
}

fn free(stem: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(stem) {
        return stem.to_owned();
    }
    (2..).map(|number| format!("{stem}_{number}")).find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::extensions::Position;
    use flow::layout::Row;

    use super::*;
    use crate::editor::change;
    use crate::editor::document::Port;

    #[test]
    fn branches_keep_their_order_and_their_connections() {
        let mut document = Document::default();
        let node = change::add(&mut document, NodeType::Condition, Position::default(), "m").unwrap();
        assert_eq!(add_condition(&mut document, &node).as_deref(), Some("branch"));
        assert_eq!(add_condition(&mut document, &node).as_deref(), Some("branch_2"));
        let gate = Port::new(&node, Row::Condition("branch".into()));
        change::add_connected(&mut document, NodeType::Output, Position::default(), "m", &gate).unwrap();
        for (name, words) in [("branch_2", "already a condition"), ("", "letter"), ("so so", "letter")] {
            let refused = rename_condition(&mut document, &node, "branch", name).unwrap_err();
            assert!(refused.contains(words), "{refused}");
        }
        rename_condition(&mut document, &node, "branch", "angry").unwrap();
        assert_eq!(document.definition.connections[0].condition(), Some("angry"));
        move_condition(&mut document, &node, "angry", 1);
        move_condition(&mut document, &node, "angry", 1);
        let names = |document: &Document| -> Vec<String> {
            document.definition.node(&node).unwrap().conditions().iter().map(|c| c.name.clone()).collect()
        };
        assert_eq!(names(&document), ["branch_2", "angry", "default"]);
        remove_condition(&mut document, &node, "angry");
        assert!(document.definition.connections.is_empty());
    }

    #[test]
    fn inputs_carry_their_connection_along() {
        let mut document = Document::default();
        change::add(&mut document, NodeType::Input, Position::default(), "m").unwrap();
        let from = Port::new("FlowInputNode", Row::Output("document".into()));
        let node = change::add_connected(&mut document, NodeType::Condition, Position::default(), "m", &from)
            .unwrap();
        rename(&mut document, &node, "value", "tone").unwrap();
        assert!(document.into_input(&node, "tone").is_some());
        assert_eq!(add(&mut document, &node).as_deref(), Some("value"));
        assert!(rename(&mut document, &node, "value", "tone").unwrap_err().contains("already an input"));
        assert!(rename(&mut document, &node, "value", "2").unwrap_err().contains("letter"));
        assert!(document.definition.node(&node).unwrap().input("value").is_some());
        remove(&mut document, &node, "tone");
        assert!(document.definition.connections.is_empty());
    }
}
