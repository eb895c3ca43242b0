//! The commands on nodes as such: add, remove, rename, move, tidy up. Each is one whole step: it leaves no connection
//! without its ends and no entry without its node.

use flow::address::{is_inside, join, place as owner_of, split};
use flow::definition::{Configuration, Connection, ConnectionConfiguration, Node, NodeType, ObjectService};
use flow::extensions::Position;
use flow::layout::{self, Row};
use flow::name::{free_node_name, is_node_name};

use super::connect::{self, Target};
use super::document::{Document, Port};
use super::repeat;

/// How far a fresh loop's controller stands behind its begin: there is room for a node between.
const BODY: f64 = 600.0;

/// Adds a node of a kind that can be drawn to the flow itself. Returns its address; none for the other kinds.
pub fn add(document: &mut Document, kind: NodeType, at: Position, model: &str) -> Option<String> {
    add_in(document, "", kind, at, model)
}

/// Adds a node to a loop's body, or to the flow itself where no loop is named. Returns its address.
pub fn add_in(
    document: &mut Document,
    owner: &str,
    kind: NodeType,
    at: Position,
    model: &str,
) -> Option<String> {
    let name = free_node_name(&document.definition, kind);
    let mut node = kind.fresh(&name);
    if let Some(prompt) = node.inline_prompt_mut() {
        prompt.model_id = model.to_owned();
    }
    name_ends(document, &mut node);
    let address = join(owner, &name);
    let ends: Vec<String> =
        node.body().map(|body| super::document::addresses(body, &address)).unwrap_or_default();
    document.definition.body_at_mut(owner)?.nodes.push(node);
    document.put(&address, at);
    for (at, end) in ends.iter().enumerate() {
        document.extensions.node_mut(end).position = Some(Position { x: at as f64 * BODY, y: 0.0 });
    }
    go_between(document, &address);
    Some(address)
}

/// The first node of a fresh body goes between its ends: what the loop would only hand through goes through it.
fn go_between(document: &mut Document, address: &str) {
    let (owner, own) = split(address);
    let (Some(begin), Some(end)) = (repeat::begin(document, owner), repeat::controller(document, owner))
    else {
        return;
    };
    let Some(body) = document.body(owner) else { return };
    let handed_through = |c: &Connection| join(owner, &c.source) == begin && join(owner, &c.target) == end;
    let is_fresh =
        body.nodes.len() == 3 && !body.connections.is_empty() && body.connections.iter().all(handed_through);
    let output = |address: &str| Some(document.node(address)?.outputs.first()?.name.clone());
    let (true, Some(first), Some(output)) = (is_fresh, output(&begin), output(address)) else { return };
    let from = Port::new(&begin, Row::Output(first));
    let Ok(link) = connect::link(document, &from, &Target::Node(address.to_owned()), None) else { return };
    let Some((body, _)) = document.around_mut(address) else { return };
    let mut fed = Vec::new();
    for connection in body.connections.iter_mut() {
        connection.source = own.to_owned();
        if let Some(ConnectionConfiguration::Data(data)) = &mut connection.configuration {
            data.source_output.clone_from(&output);
            fed.push(data.target_input.clone());
        }
    }
    for input in fed {
        connect::follow_type(document, address, &output, &end, &input);
    }
    connect::connect(document, &link);
}

/// Gives the ends of a fresh loop's body names that no other loop has: the canvas shows them side by side.
fn name_ends(document: &Document, node: &mut Node) {
    let Some(body) = node.body_mut() else { return };
    for at in 0..body.nodes.len() {
        let name = free_node_name(&document.definition, body.nodes[at].kind);
        let old = std::mem::replace(&mut body.nodes[at].name, name.clone());
        for connection in body.connections.iter_mut() {
            for end in [&mut connection.source, &mut connection.target] {
                if *end == old {
                    end.clone_from(&name);
                }
            }
        }
    }
}

/// Adds a node and connects it to a port, where they fit. Returns its address.
pub fn add_connected(
    document: &mut Document,
    kind: NodeType,
    at: Position,
    model: &str,
    from: &Port,
) -> Option<String> {
    let address = add_in(document, owner_of(&from.node), kind, at, model)?;
    if let Ok(link) = connect::link(document, from, &Target::Node(address.clone()), None) {
        connect::connect(document, &link);
    }
    Some(address)
}

/// Removes nodes with their connections, and connections. The ends of a loop's body go with their loop alone; answers
/// why, where one was to go.
pub fn remove(document: &mut Document, nodes: &[String], connections: &[String]) -> Option<String> {
    let mut kept = None;
    for address in connections {
        if let Some((body, name)) = document.around_mut(address) {
            body.connections.retain(|connection| connection.name != name);
        }
    }
    for address in nodes {
        if let Some(reason) = only_end(document, address) {
            let goes = nodes.iter().any(|other| is_inside(address, other) && !other.is_empty());
            kept = kept.or((!goes).then_some(reason));
            continue;
        }
        let Some((body, name)) = document.around_mut(address) else { continue };
        body.nodes.retain(|node| node.name != name);
        body.connections.retain(|connection| connection.source != name && connection.target != name);
        document.extensions.nodes.retain(|key, _| key != address && !is_inside(key, address));
        for group in &mut document.extensions.groups {
            group.nodes.retain(|node| node != address && !is_inside(node, address));
        }
    }
    document.extensions.groups.retain(|group| !group.nodes.is_empty());
    kept
}

/// Why a node cannot be removed alone: its loop would have no begin or no end.
fn only_end(document: &Document, address: &str) -> Option<String> {
    let (owner, name) = split(address);
    let body = document.body(owner).filter(|_| !owner.is_empty())?;
    let kind = body.node(name)?.kind;
    let alone = body.nodes.iter().filter(|node| node.kind == kind).count() == 1;
    (kind.is_loop_end() && alone)
        .then(|| format!("{name} belongs to its loop, {}, and goes with it.", flow::address::name(owner)))
}

/// Gives a node another name, and everything that speaks of it.
///
/// # Errors
/// A sentence that says what is wrong with the name.
pub fn rename(document: &mut Document, address: &str, to: &str) -> Result<(), String> {
    let (owner, from) = split(address);
    if from == to {
        return Ok(());
    }
    well_formed(to)?;
    let Some((body, _)) = document.around_mut(address) else { return Ok(()) };
    if body.node(to).is_some() {
        return Err(format!("There is already a node named {to}."));
    }
    let Some(node) = body.node_mut(from) else { return Ok(()) };
    node.name = to.to_owned();
    for connection in body.connections.iter_mut() {
        for end in [&mut connection.source, &mut connection.target] {
            if end == from {
                *end = to.to_owned();
            }
        }
    }
    document.extensions.rename(address, &join(owner, to));
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

/// Puts nodes at places of the canvas. Loops go first, since their bodies go along.
pub fn place(document: &mut Document, places: &[(String, Position)]) {
    let mut places: Vec<&(String, Position)> = places.iter().collect();
    places.sort_by_key(|(address, _)| address.matches('/').count());
    for (address, at) in places {
        if document.node(address).is_some() {
            document.put(address, *at);
        }
    }
}

/// Lays the whole flow out from left to right, and the bodies of its loops.
pub fn tidy(document: &mut Document) {
    for (address, place) in layout::arrange(&document.definition) {
        document.extensions.node_mut(&address).position = Some(place);
    }
}

/// The configuration of a node, to change it.
pub fn configuration<'a>(document: &'a mut Document, node: &str) -> Option<&'a mut Configuration> {
    document.node_mut(node)?.configuration.as_mut()
}

/// Sets the type of an Input node's output, which is the type of what the caller sends.
pub fn set_output_type(document: &mut Document, node: &str, output: &str, kind: flow::value::Type) {
    if let Some(node) = document.node_mut(node)
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

/// Says which agent an Agent node asks.
pub fn set_agent(document: &mut Document, node: &str, arn: &str) {
    if let Some(Configuration::Agent(agent)) = configuration(document, node) {
        agent.agent_alias_arn = arn.trim().to_owned();
    }
}

/// Gives a node an input that takes an object.
pub fn take_object(document: &mut Document, node: &str, input: &str) {
    if let Some(node) = document.node_mut(node)
        && node.input(input).is_none()
    {
        node.inputs.push(flow::definition::NodeInput::whole(input, flow::value::Type::Object));
    }
}

/// Writes the Python of a Code node.
pub fn set_code(document: &mut Document, node: &str, text: &str) {
    if let Some(Configuration::InlineCode(code)) = configuration(document, node) {
        code.code = text.to_owned();
    }
}

/// Says how many seconds a Code node may take; nothing for the usual time.
pub fn set_time_limit(document: &mut Document, node: &str, limit: Option<u16>) {
    document.extensions.node_mut(node).time_limit = limit;
}

/// Has runs skip nodes, or run them again where all of these are skipped already. Answers whether they are skipped now,
/// and the first that cannot be.
pub fn disable(document: &mut Document, nodes: &[String]) -> (bool, Option<String>) {
    let can = |address: &&String| document.node(address).is_some_and(|node| node.kind.can_be_disabled());
    let (able, unable): (Vec<&String>, Vec<&String>) = nodes.iter().partition(can);
    let disables = !able.iter().all(|address| document.extensions.node(address).disabled);
    for address in able {
        document.extensions.node_mut(address).disabled = disables;
    }
    (disables, unable.first().map(|address| (*address).clone()))
}

/// Draws only the headers of nodes, or all of them again where these are collapsed already. Answers whether they are now.
pub fn collapse(document: &mut Document, nodes: &[String]) -> bool {
    let cards: Vec<&String> = nodes
        .iter()
        .filter(|address| document.node(address).is_some_and(|node| node.body().is_none()))
        .collect();
    let collapses = !cards.iter().all(|address| document.extensions.node(address).collapsed);
    for address in cards {
        document.extensions.node_mut(address).collapsed = collapses;
    }
    collapses
}

/// Says how many items of an Iterator may be under way together; nothing for one.
pub fn set_parallel(document: &mut Document, node: &str, parallel: Option<u16>) {
    document.extensions.node_mut(node).parallel = parallel;
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn nodes_are_disabled_and_collapsed_and_back_and_a_beginning_is_not() {
        let mut document = Document::default();
        let input = add(&mut document, NodeType::Input, Position::default(), "m").unwrap();
        let prompt = add(&mut document, NodeType::Prompt, Position::default(), "m").unwrap();
        let before = document.clone();
        let both = [input.clone(), prompt.clone()];
        assert_eq!(disable(&mut document, &both), (true, Some(input.clone())));
        assert_eq!(document.definition, before.definition, "AWS sees nothing of it");
        assert!(!document.extensions.node(&input).disabled && document.extensions.node(&prompt).disabled);
        assert_eq!(disable(&mut document, std::slice::from_ref(&prompt)), (false, None));
        let tall = document.size(&prompt).1;
        assert!(collapse(&mut document, &both));
        assert!(document.size(&prompt).1 < tall);
        let row = Row::Output("modelCompletion".to_owned());
        let handle = document.handle(&prompt, document.node(&prompt).unwrap(), &row).unwrap();
        assert_eq!(handle.y, layout::gate().y);
        assert!(!collapse(&mut document, &both));
        assert_eq!(document, before);
    }

    #[test]
    fn a_loop_comes_and_goes_with_its_body() {
        let mut document = Document::default();
        let at = Position { x: 100.0, y: 0.0 };
        let owner = add(&mut document, NodeType::Loop, at, "m").unwrap();
        let from = Port::new("Loop_1/LoopInput_1", Row::Output("loopInput".into()));
        let inside = Position { x: 500.0, y: 300.0 };
        let prompt = add_connected(&mut document, NodeType::Prompt, inside, "m", &from).unwrap();
        assert_eq!((prompt.as_str(), document.place(&prompt)), ("Loop_1/Prompt_1", inside));
        let sources = |document: &Document, owner: &str| -> Vec<String> {
            document.body(owner).unwrap().connections.iter().map(|c| c.source.clone()).collect()
        };
        assert_eq!(sources(&document, &owner), ["Prompt_1", "Prompt_1", "Prompt_1", "LoopInput_1"]);
        let kept = remove(&mut document, &["Loop_1/LoopInput_1".to_owned(), prompt.clone()], &[]).unwrap();
        assert!(kept.contains("LoopInput_1 belongs to its loop, Loop_1"), "{kept}");
        assert!(document.body(&owner).unwrap().connections.is_empty());
        let prompt = add_connected(&mut document, NodeType::Prompt, inside, "m", &from).unwrap();
        rename(&mut document, &owner, "Refine").unwrap();
        rename(&mut document, &prompt.replace("Loop_1", "Refine"), "Improve").unwrap();
        assert_eq!(document.place("Refine/Improve"), inside);
        assert_eq!(document.body("Refine").unwrap().connections[0].target, "Improve");
        assert_eq!(add(&mut document, NodeType::Loop, at, "m").as_deref(), Some("Loop_1"));
        assert!(document.node("Loop_1/LoopInput_2").is_some(), "ends have names of their own");
        assert_eq!(remove(&mut document, &["Refine".to_owned(), "Refine/LoopInput_1".to_owned()], &[]), None);
        assert_eq!(document.extensions.nodes.len(), 3);
    }
}
