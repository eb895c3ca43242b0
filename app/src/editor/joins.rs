//! How an input joins several connections: set, and offered where a wire ends at an input that is taken.

use flow::address::{join, name as name_of, place as owner_of};
use flow::definition::NodeType;
use flow::iteration::SIZE;
use flow::join::Join;
use flow::layout::{self, Row};
use flow::value::Type;

use super::connect::{self, Link, Target};
use super::document::{Document, Port, row_name};

/// The ways that are offered, in their order.
const OFFERED: [Join; 3] = [Join::Any, Join::All, Join::First(2)];

/// What a way does, for the lists: `Take any: the first to arrive`.
pub fn words(join: Join) -> String {
    match join {
        Join::Any => "Take any: the first to arrive".to_owned(),
        Join::All => "Take all, as an array".to_owned(),
        Join::First(1) => "Take the first to arrive".to_owned(),
        Join::First(count) => format!("Take the first {count} to arrive, as an array"),
    }
}

/// Says how an input joins. One that may have any type, and takes the whole value, gets the type that comes of it.
pub fn set(document: &mut Document, node: &str, input: &str, join: Option<Join>) {
    let joins = &mut document.extensions.node_mut(node).joins;
    match join {
        Some(join) => drop(joins.insert(input.to_owned(), join)),
        None => drop(joins.remove(input)),
    }
    let arrives = document.source(node, input).and_then(|(source, output)| {
        let output = document.node(&source)?.output(output)?;
        Some(output.kind)
    });
    if let Some(kind) = arrives {
        connect::take_type(document, node, input, join.map_or(kind, |join| join.gives(kind)));
    }
}

/// The ways in which a wire can end at an input that is taken, with the connection to make; none where it cannot.
pub fn offers(document: &Document, from: &Port, to: &Target, except: Option<&str>) -> Vec<(Join, Link)> {
    if !may_offer(document, from, to, except) {
        return Vec::new();
    }
    ways(&mut document.clone(), from, to, except)
}

/// The ports that a wire from here could end at if the connections there were joined, in the order of the nodes.
pub fn candidates(document: &Document, from: &Port) -> Vec<Target> {
    let mut trial = None;
    let mut offered = |to: &Target| {
        may_offer(document, from, to, None)
            && !ways(trial.get_or_insert_with(|| document.clone()), from, to, None).is_empty()
    };
    let Some((body, _)) = document.around(&from.node) else { return Vec::new() };
    let ports = body.nodes.iter().flat_map(|node| {
        let address = join(owner_of(&from.node), &node.name);
        layout::rows(node).into_iter().map(move |row| Target::Port(Port::new(&address, row)))
    });
    ports.filter(|to| offered(to)).collect()
}

/// Whether there may be an offer, without trying each.
pub fn may_offer(document: &Document, from: &Port, to: &Target, except: Option<&str>) -> bool {
    taken(document, from, to, except).is_some()
}

/// The taken input that a wire's end means, where there may be an offer: its port, or the first of its card.
pub fn aim(document: &Document, from: &Port, to: &Target, except: Option<&str>) -> Option<Target> {
    let ports = match to {
        Target::Port(_) => vec![to.clone()],
        Target::Node(address) => {
            let inputs = document.node(address)?.inputs.iter();
            let port = |name: &String| Target::Port(Port::new(address, Row::Input(name.clone())));
            inputs.map(|input| port(&input.name)).collect()
        }
    };
    ports.into_iter().find(|port| may_offer(document, from, port, except))
}

/// Tries each way on a document, which is as before in the end.
fn ways(trial: &mut Document, from: &Port, to: &Target, except: Option<&str>) -> Vec<(Join, Link)> {
    let Some((_, node, input)) = ends(from, to) else { return Vec::new() };
    let (address, input) = (node.node.clone(), input.to_owned());
    let (node, extension) = (trial.node(&address).cloned(), trial.extensions.nodes.get(&address).cloned());
    let mut ways = Vec::new();
    for join in OFFERED {
        set(trial, &address, &input, Some(join));
        let whole = trial.node(&address).and_then(|node| node.input(&input));
        let fits = whole.is_some_and(|port| port.kind == Type::Array || port.expression != "$.data");
        let gathers_no_array = join.gathers() && !fits;
        if let (Ok(link), false) = (connect::link(trial, from, to, except), gathers_no_array) {
            ways.push((join, link));
        }
        if let (Some(changed), Some(node)) = (trial.node_mut(&address), &node) {
            changed.clone_from(node);
        }
        match &extension {
            Some(extension) => drop(trial.extensions.nodes.insert(address.clone(), extension.clone())),
            None => drop(trial.extensions.nodes.remove(&address)),
        }
    }
    ways
}

/// The output and the input that a wire is between, whichever it was drawn from, and the input's name.
fn ends<'a>(from: &'a Port, to: &'a Target) -> Option<(&'a Port, &'a Port, &'a str)> {
    let Target::Port(to) = to else { return None };
    match (&from.row, &to.row) {
        (Row::Output(_), Row::Input(input)) => Some((from, to, input)),
        (Row::Input(input), Row::Output(_)) => Some((to, from, input)),
        _ => None,
    }
}

/// The input that a wire ends at, where it has a connection of another output and no join.
fn taken<'a>(
    document: &Document,
    from: &'a Port,
    to: &'a Target,
    except: Option<&str>,
) -> Option<(&'a Port, &'a str)> {
    let (source, target, input) = ends(from, to)?;
    let node = document.node(&target.node)?;
    let other = document.into_input(&target.node, input)?;
    let same = other.source == name_of(&source.node)
        && other.data().is_some_and(|data| data.source_output == row_name(&source.row));
    let size = node.kind == NodeType::Collector && input == SIZE;
    let joins = document.extensions.join(&target.node, input).is_some();
    let apart = owner_of(&source.node) != owner_of(&target.node);
    let round = source.node == target.node || document.leads(&target.node, &source.node);
    let moved = Some(other.name.as_str()) == except.map(name_of);
    (!same && !size && !joins && !apart && !round && !moved).then_some((target, input))
}

/// Drops what is said of inputs that a node does not have.
pub fn prune(document: &mut Document, node: &str) {
    let Some(owner) = document.node(node) else { return };
    let inputs: Vec<String> = owner.inputs.iter().map(|input| input.name.clone()).collect();
    if let Some(extension) = document.extensions.nodes.get_mut(node) {
        extension.joins.retain(|input, _| inputs.contains(input));
    }
}

/// Gives an input that came back its join of before; its declaration comes back by itself.
pub fn restore(document: &mut Document, node: &str, input: &str, join: Option<Join>) {
    if let Some(join) = join {
        document.extensions.node_mut(node).joins.insert(input.to_owned(), join);
    }
}

/// Lets a join follow an input that got another name.
pub fn rename(document: &mut Document, node: &str, from: &str, to: &str) {
    if let Some(extension) = document.extensions.nodes.get_mut(node)
        && let Some(join) = extension.joins.remove(from)
    {
        extension.joins.insert(to.to_owned(), join);
    }
}

#[cfg(test)]
mod tests {
    use flow::extensions::Position;

    use super::*;
    use crate::editor::{change, inputs, prompt};

    /// The Input, two prompts that it feeds, an Output that the first feeds.
    fn document() -> Document {
        let mut document = Document::default();
        for kind in [NodeType::Input, NodeType::Prompt, NodeType::Prompt, NodeType::Output] {
            change::add(&mut document, kind, Position::default(), "m").unwrap();
        }
        for (from, output, to, input) in [
            ("FlowInputNode", "document", "Prompt_1", "input"),
            ("FlowInputNode", "document", "Prompt_2", "input"),
            ("Prompt_1", "modelCompletion", "FlowOutputNode", "document"),
        ] {
            let link = connect::link(&document, &out(from, output), &into(to, input), None).unwrap();
            connect::connect(&mut document, &link);
        }
        document
    }

    fn out(node: &str, name: &str) -> Port {
        Port::new(node, Row::Output(name.to_owned()))
    }

    fn into(node: &str, name: &str) -> Target {
        Target::Port(Port::new(node, Row::Input(name.to_owned())))
    }

    #[test]
    fn a_taken_input_offers_its_joins_and_then_takes_more() {
        let mut document = document();
        let (from, to) = (out("Prompt_2", "modelCompletion"), into("FlowOutputNode", "document"));
        let refused = connect::link(&document, &from, &to, None).unwrap_err();
        assert!(refused.contains("already connected to Prompt_1. Drop it to join them."), "{refused}");
        assert!(may_offer(&document, &from, &to, None));
        let offers = offers(&document, &from, &to, None);
        let labels: Vec<String> = offers.iter().map(|(join, _)| join.label()).collect();
        assert_eq!(labels, ["any", "all", "first 2"]);
        let (join, link) = offers[1].clone();
        set(&mut document, "FlowOutputNode", "document", Some(join));
        connect::connect(&mut document, &link);
        assert_eq!(document.all_into("FlowOutputNode", "document").count(), 2);
        let kind = |document: &Document| document.definition.node("FlowOutputNode").unwrap().inputs[0].kind;
        assert_eq!(kind(&document), Type::Array);
        set(&mut document, "FlowOutputNode", "document", Some(Join::Any));
        assert_eq!(kind(&document), Type::String);
        let report = flow::check::check(&document.definition, &document.extensions);
        assert!(
            report
                .problems
                .iter()
                .all(|problem| problem.kind != flow::check::ProblemType::MultipleNodeInputConnections)
        );
        let again = connect::link(&document, &from, &to, None).unwrap_err();
        assert!(again.contains("already leads"), "{again}");
    }

    #[test]
    fn both_ends_find_the_joins_and_so_does_a_card() {
        let document = document();
        let (output, input) = (out("Prompt_2", "modelCompletion"), into("FlowOutputNode", "document"));
        let other = into("Prompt_1", "input");
        assert_eq!(candidates(&document, &output), [other.clone(), input.clone()]);
        let Target::Port(end) = &input else { panic!("a port") };
        // Prompt_1 is connected already; the Input leads there by way of it.
        let sources = [out("FlowInputNode", "document"), output.clone()];
        assert_eq!(candidates(&document, end), sources.clone().map(Target::Port));
        let [(join, link), ..] = &offers(&document, end, &Target::Port(output.clone()), None)[..] else {
            panic!("offers")
        };
        assert_eq!(
            (*join, link.label().as_str()),
            (Join::Any, "Prompt_2 modelCompletion to FlowOutputNode document")
        );
        let card = Target::Node("FlowOutputNode".into());
        assert_eq!(aim(&document, &output, &card, None), Some(input));
        assert_eq!(aim(&document, &output, &Target::Node("Prompt_2".into()), None), None);
        let mut joined = document.clone();
        set(&mut joined, "FlowOutputNode", "document", Some(Join::Any));
        assert_eq!(candidates(&joined, &output), [other], "it takes more as it is");
    }

    #[test]
    fn trying_leaves_no_trace() {
        let document = document();
        let mut trial = document.clone();
        let (from, to) = (out("Prompt_2", "modelCompletion"), into("FlowOutputNode", "document"));
        assert_eq!(ways(&mut trial, &from, &to, None), offers(&document, &from, &to, None));
        assert_eq!(trial, document);
    }

    #[test]
    fn nothing_is_offered_where_it_would_go_round_or_twice() {
        let document = document();
        for (from, to) in [
            (out("Prompt_1", "modelCompletion"), into("FlowOutputNode", "document")),
            (out("Prompt_1", "modelCompletion"), into("Prompt_1", "input")),
            (out("FlowInputNode", "document"), Target::Node("Prompt_1".into())),
        ] {
            assert_eq!(offers(&document, &from, &to, None), [], "{to:?}");
        }
    }

    #[test]
    fn a_join_follows_its_input() {
        let mut document = document();
        change::add(&mut document, NodeType::Condition, Position::default(), "m").unwrap();
        set(&mut document, "Condition_1", "value", Some(Join::Any));
        inputs::rename(&mut document, "Condition_1", "value", "tone").unwrap();
        assert_eq!(document.extensions.join("Condition_1", "tone"), Some(Join::Any));
        inputs::remove(&mut document, "Condition_1", "tone");
        assert!(document.extensions.nodes["Condition_1"].joins.is_empty());
        set(&mut document, "Prompt_1", "input", Some(Join::All));
        prompt::set_text(&mut document, "Prompt_1", 0, "Hi {{inputs}}", None);
        assert_eq!(document.extensions.join("Prompt_1", "inputs"), Some(Join::All));
        prompt::set_text(&mut document, "Prompt_1", 0, "Hi", None);
        assert!(document.extensions.nodes["Prompt_1"].joins.is_empty());
    }
}
