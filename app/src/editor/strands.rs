//! Several wires that are drawn or led elsewhere together: one from each selected node, or all that are at a port. Each
//! ends where it can; one step of undo.

use flow::address::{join, place};
use flow::definition::Connection;
use flow::layout::{self, Row};

use super::connect::{self, Link, Target};
use super::document::{Document, Port, source_port};
use super::selection::Selection;
use super::splice;

/// One of several wires: where it is fixed, and the connection that is led elsewhere, where it is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Strand {
    pub from: Port,
    pub moved: Option<String>,
}

/// What became of them.
#[derive(Debug, Default, PartialEq)]
pub struct Led {
    pub made: Vec<Link>,
    /// Why the first that could not go there cannot.
    pub reason: Option<String>,
}

/// The wires of a Ctrl-drag from a port: of several selected nodes one each; else those that are at the port, or the
/// selected ones of them; else one that is new.
pub fn at_port(document: &Document, port: &Port, selection: &Selection) -> Vec<Strand> {
    if selection.nodes.len() > 1 && selection.nodes.contains(&port.node) {
        return from_each(document, port, selection);
    }
    let owner = place(&port.node);
    let mut found: Vec<(String, Strand)> = Vec::new();
    for (address, connection) in document.definition.every_connection() {
        let own = place(&address) == owner;
        let other = match &port.row {
            Row::Input(_) => {
                end(connection, owner).filter(|end| end == port).and(source_port(connection, owner))
            }
            _ => source_port(connection, owner).filter(|begin| begin == port).and(end(connection, owner)),
        };
        if let Some(from) = other.filter(|_| own) {
            found.push((address.clone(), Strand { from, moved: Some(address) }));
        }
    }
    if found.iter().any(|(address, _)| selection.connections.contains(address)) {
        found.retain(|(address, _)| selection.connections.contains(address));
    }
    match found.is_empty() {
        true => vec![Strand { from: port.clone(), moved: None }],
        false => found.into_iter().map(|(_, strand)| strand).collect(),
    }
}

/// The selected connections, taken off where this one is: at their beginnings, or at their ends.
pub fn at_ends(document: &Document, taken: &str, begins: bool, selection: &Selection) -> Vec<Strand> {
    let mut all: Vec<&str> = vec![taken];
    if selection.connections.contains(taken) {
        all.extend(selection.connections.iter().map(String::as_str).filter(|other| *other != taken));
    }
    let strand = |address: &str| {
        let (connection, owner) = (document.connection(address)?, place(address));
        let from = if begins { end(connection, owner)? } else { source_port(connection, owner)? };
        Some(Strand { from, moved: Some(address.to_owned()) })
    };
    all.into_iter().filter_map(strand).collect()
}

/// Leads each of them to a target, as far as it takes them. At a port that is taken, the next that fits of its node does.
pub fn lead(document: &mut Document, strands: &[Strand], target: &Target) -> Led {
    let mut led = Led::default();
    for strand in strands {
        let moved = strand.moved.as_deref();
        match link(document, strand, target) {
            Ok(link) => {
                match moved {
                    Some(old) => splice::redirect(document, old, &link),
                    None => drop(connect::connect(document, &link)),
                }
                led.made.push(link);
            }
            Err(reason) => {
                led.reason.get_or_insert(reason);
            }
        }
    }
    led
}

fn link(document: &Document, strand: &Strand, target: &Target) -> Result<Link, String> {
    let Strand { from, moved } = strand;
    let moved = moved.as_deref();
    connect::link(document, from, target, moved).or_else(|reason| match target {
        Target::Port(port) => {
            connect::link(document, from, &Target::Node(port.node.clone()), moved).map_err(|_| reason)
        }
        Target::Node(_) => Err(reason),
    })
}

/// The port itself, then of every other selected node beside it the port of the same name, else the first on that side.
fn from_each(document: &Document, port: &Port, selection: &Selection) -> Vec<Strand> {
    let side = |row: &Row| std::mem::discriminant(row);
    let beside = |address: &&String| **address != port.node && place(address) == place(&port.node);
    let others = selection.nodes.iter().filter(beside).filter_map(|address| {
        let rows = layout::rows(document.node(address)?);
        let row = rows.iter().find(|row| **row == port.row);
        Some(Port::new(
            address,
            row.or_else(|| rows.iter().find(|row| side(row) == side(&port.row)))?.clone(),
        ))
    });
    std::iter::once(port.clone()).chain(others).map(|from| Strand { from, moved: None }).collect()
}

/// The input that a connection ends at; a gate ends at the card, from which its beginning cannot be led elsewhere.
fn end(connection: &Connection, owner: &str) -> Option<Port> {
    let input = connection.data()?.target_input.clone();
    Some(Port::new(&join(owner, &connection.target), Row::Input(input)))
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::extensions::Position;

    use super::*;
    use crate::editor::change;

    /// Input → three Prompts, and a second Output beside.
    fn document() -> Document {
        let mut document = Document::default();
        for kind in
            [NodeType::Input, NodeType::Prompt, NodeType::Prompt, NodeType::Prompt, NodeType::Iterator]
        {
            change::add(&mut document, kind, Position::default(), "m").unwrap();
        }
        let strands = [Strand { from: output("FlowInputNode", "document"), moved: None }];
        for prompt in ["Prompt_1", "Prompt_2"] {
            lead(&mut document, &strands, &Target::Node(prompt.to_owned()));
        }
        document
    }

    fn output(node: &str, name: &str) -> Port {
        Port::new(node, Row::Output(name.to_owned()))
    }

    fn ways(document: &Document) -> Vec<String> {
        let way = |c: &Connection| format!("{} > {}", c.source, c.target);
        document.definition.connections.iter().map(way).collect()
    }

    #[test]
    fn all_wires_of_a_port_go_to_another() {
        let mut document = document();
        let names: Vec<String> = document.definition.connections.iter().map(|c| c.name.clone()).collect();
        let strands = at_port(&document, &output("FlowInputNode", "document"), &Selection::default());
        assert_eq!(strands.len(), 2);
        let led = lead(&mut document, &strands, &Target::Port(output("Prompt_3", "modelCompletion")));
        assert_eq!((led.made.len(), led.reason), (2, None));
        assert_eq!(ways(&document), ["Prompt_3 > Prompt_1", "Prompt_3 > Prompt_2"]);
        let after: Vec<String> = document.definition.connections.iter().map(|c| c.name.clone()).collect();
        assert_eq!(after, names, "they keep their names");
    }

    #[test]
    fn of_a_port_the_selected_wires_alone_go() {
        let mut document = document();
        let chosen = Selection::connection("FlowInputNodeToPrompt2");
        let strands = at_port(&document, &output("FlowInputNode", "document"), &chosen);
        let led = lead(&mut document, &strands, &Target::Node("Prompt_3".to_owned()));
        assert_eq!(led.made.len(), 1);
        assert_eq!(ways(&document), ["FlowInputNode > Prompt_1", "Prompt_3 > Prompt_2"]);
    }

    #[test]
    fn the_selected_ends_go_as_far_as_there_is_room() {
        let mut document = document();
        let both = Selection {
            connections: ["FlowInputNodeToPrompt1", "FlowInputNodeToPrompt2"].map(str::to_owned).into(),
            ..Selection::default()
        };
        let strands = at_ends(&document, "FlowInputNodeToPrompt2", false, &both);
        assert_eq!(strands.len(), 2);
        let before = document.clone();
        let led = lead(&mut document, &strands, &Target::Node("Prompt_3".to_owned()));
        assert_eq!(led.made.len(), 1, "a Prompt's one input takes one");
        assert!(led.reason.unwrap().contains("already"), "and the other says why not");
        assert_eq!(document.definition.connections.len(), before.definition.connections.len());
    }

    #[test]
    fn each_selected_node_gets_a_wire() {
        let document = document();
        let nodes = Selection::nodes(["Prompt_1", "Prompt_2"].map(str::to_owned).to_vec());
        let strands = at_port(&document, &output("Prompt_1", "modelCompletion"), &nodes);
        let from: Vec<&str> = strands.iter().map(|strand| strand.from.node.as_str()).collect();
        assert_eq!(from, ["Prompt_1", "Prompt_2"]);
        let back = Port::new("Prompt_1", Row::Input("input".to_owned()));
        assert_eq!(at_port(&document, &back, &nodes).len(), 2, "from their inputs too");
    }
}
