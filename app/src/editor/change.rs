//! The commands on nodes as such: add, remove, rename, move, tidy up. Each is one whole step: it leaves no connection
//! without its ends and no entry without its node.

use flow::definition::{Configuration, NodeType, ObjectService};
use flow::extensions::Position;
use flow::layout;
use flow::name::{free_node_name, is_node_name};

use super::connect::{self, Target};
use super::document::{Document, Port};

/// Adds a node of a kind that runs. Returns its name; none for the other kinds.
pub fn add(document: &mut Document, kind: NodeType, at: Position, model: &str) -> Option<String> {
    let name = free_node_name(&document.definition, kind);
    let mut node = kind.fresh(&name)?;
    if let Some(prompt) = node.inline_prompt_mut() {
        prompt.model_id = model.to_owned();
    }
    document.definition.nodes.push(node);
    document.extensions.node_mut(&name).position = Some(at);
    Some(name)
}

/// Adds a node and connects it to a port, where they fit. Returns its name.
pub fn add_connected(
    document: &mut Document,
    kind: NodeType,
    at: Position,
    model: &str,
    from: &Port,
) -> Option<String> {
    let name = add(document, kind, at, model)?;
    if let Ok(link) = connect::link(document, from, &Target::Node(name.clone()), None) {
        connect::connect(document, &link);
    }
    Some(name)
}

/// Removes nodes with their connections, and connections.
pub fn remove(document: &mut Document, nodes: &[String], connections: &[String]) {
    document.definition.nodes.retain(|node| !nodes.contains(&node.name));
    document.definition.connections.retain(|connection| {
        !connections.contains(&connection.name)
            && !nodes.contains(&connection.source)
            && !nodes.contains(&connection.target)
    });
    document.extensions.nodes.retain(|name, _| !nodes.contains(name));
}

/// Gives a node another name, and everything that speaks of it.
///
/// # Errors
/// A sentence that says what is wrong with the name.
pub fn rename(document: &mut Document, from: &str, to: &str) -> Result<(), String> {
    if from == to {
        return Ok(());
    }
    well_formed(to)?;
    if document.definition.node(to).is_some() {
        return Err(format!("There is already a node named {to}."));
    }
    let Some(node) = document.definition.node_mut(from) else { return Ok(()) };
    node.name = to.to_owned();
    for connection in document.definition.connections.iter_mut() {
        for end in [&mut connection.source, &mut connection.target] {
            if end == from {
                *end = to.to_owned();
            }
        }
    }
    document.extensions.rename(from, to);
    Ok(())
}

/// Whether AWS takes this as the name of a node, an input or a condition.
///
/// # Errors
/// A sentence that says what such a name looks like.
pub fn well_formed(name: &str) -> Result<(), String> {
    if is_node_name(name) {
        return Ok(());
    }
    Err("A name is a letter, then letters and digits with single underscores between, such as Answer_2."
        .to_owned())
}

/// Puts nodes at places.
pub fn place(document: &mut Document, places: &[(String, Position)]) {
    for (name, at) in places {
        if document.definition.node(name).is_some() {
            document.extensions.node_mut(name).position = Some(*at);
        }
    }
}

/// Lays the whole flow out from left to right.
pub fn tidy(document: &mut Document) {
    let places: Vec<(String, Position)> = layout::arrange(&document.definition).into_iter().collect();
    place(document, &places);
}

/// The configuration of a node, to change it.
pub fn configuration<'a>(document: &'a mut Document, node: &str) -> Option<&'a mut Configuration> {
    document.definition.node_mut(node)?.configuration.as_mut()
}

/// Sets the type of an Input node's output, which is the type of what the caller sends.
pub fn set_output_type(document: &mut Document, node: &str, output: &str, kind: flow::value::Type) {
    if let Some(node) = document.definition.node_mut(node)
        && let Some(port) = node.outputs.iter_mut().find(|port| port.name == output)
    {
        port.kind = kind;
    }
}

/// Says which function a Function node calls.
pub fn set_arn(document: &mut Document, node: &str, arn: &str) {
    if let Some(Configuration::LambdaFunction(function)) = configuration(document, node) {
        function.lambda_arn = arn.trim().to_owned();
    }
}

/// Says which alias of a bot a Lex node asks.
pub fn set_bot_alias(document: &mut Document, node: &str, arn: &str) {
    if let Some(Configuration::Lex(lex)) = configuration(document, node) {
        lex.bot_alias_arn = arn.trim().to_owned();
    }
}

/// Says in which locale a Lex node asks.
pub fn set_bot_locale(document: &mut Document, node: &str, locale: &str) {
    if let Some(Configuration::Lex(lex)) = configuration(document, node) {
        lex.locale_id = locale.trim().to_owned();
    }
}

/// Says which bucket a Storage or Retrieval node uses.
pub fn set_bucket(document: &mut Document, node: &str, bucket: &str) {
    if let Some(Configuration::Storage(object) | Configuration::Retrieval(object)) =
        configuration(document, node)
    {
        let ObjectService::S3(named) = &mut object.service_configuration;
        named.bucket_name = bucket.trim().to_owned();
    }
}

/// Says how many items of an Iterator may be under way together; nothing for one.
pub fn set_parallel(document: &mut Document, node: &str, parallel: Option<u16>) {
    document.extensions.node_mut(node).parallel = parallel;
}

#[cfg(test)]
mod tests {
    use flow::layout::Row;

    use super::*;

    #[test]
    fn names_and_connections_follow() {
        let mut document = Document::default();
        let input = add(&mut document, NodeType::Input, Position::default(), "m").unwrap();
        let from = Port::new(&input, Row::Output("document".into()));
        let at = Position { x: 5.0, y: 6.0 };
        let prompt = add_connected(&mut document, NodeType::Prompt, at, "m", &from).unwrap();
        assert_eq!(document.definition.connections.len(), 1);
        assert!(rename(&mut document, &prompt, "no spaces").unwrap_err().contains("letters"));
        assert!(rename(&mut document, &prompt, &input).unwrap_err().contains("already"));
        rename(&mut document, &prompt, "Answer").unwrap();
        assert_eq!(document.definition.connections[0].target, "Answer");
        assert_eq!(document.place("Answer"), at);
        remove(&mut document, &["Answer".to_owned()], &[]);
        assert!(document.definition.connections.is_empty());
        assert!(!document.extensions.nodes.contains_key("Answer"));
    }
}
