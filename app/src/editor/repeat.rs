//! The commands on a loop: its ports, which the two ends of its body have as well, and when it goes on.
//!
//! Always holds after each: what the loop begins with, its LoopInput gives under the same name and type; what the loop
//! gives, its LoopController takes as ExitLoop. An output of the loop that counts the rounds comes from nowhere.

use flow::address::{join, place};
use flow::definition::{
    Configuration, InputCategory, LoopControllerConfiguration, NodeInput, NodeOutput, NodeType,
};
use flow::extensions::{LoopPolarity, Position};
use flow::name::free_node_name;
use flow::node::repeat::COUNT;
use flow::value::Type;
use serde_json::Number;

use super::change::{configuration, well_formed};
use super::connect::follow_type;
use super::document::Document;
use super::inputs::{self, each_data_from, free};

/// Where a loop's body begins.
pub fn begin(document: &Document, owner: &str) -> Option<String> {
    end(document, owner, NodeType::LoopInput)
}

/// Where a loop's body ends.
pub fn controller(document: &Document, owner: &str) -> Option<String> {
    end(document, owner, NodeType::LoopController)
}

fn end(document: &Document, owner: &str, kind: NodeType) -> Option<String> {
    let body = document.body(owner).filter(|_| !owner.is_empty())?;
    Some(join(owner, &body.first(kind)?.name))
}

/// Adds the end that an imported body lacks.
pub fn complete(document: &mut Document, owner: &str) {
    for (kind, x) in [(NodeType::LoopInput, 0.0), (NodeType::LoopController, 300.0)] {
        if end(document, owner, kind).is_some() {
            continue;
        }
        let name = free_node_name(&document.definition, kind);
        let mut node = kind.fresh(&name);
        let Some(of) = document.node(owner) else { return };
        // It takes on what the loop has already.
        match kind {
            NodeType::LoopInput => {
                let ports = of.inputs.iter().map(|i| NodeOutput { name: i.name.clone(), kind: i.kind });
                node.outputs = ports.collect::<Vec<_>>().into();
            }
            _ => {
                node.inputs.retain(|input| input.category == Some(InputCategory::LoopCondition));
                let outputs = of.outputs.iter().filter(|output| output.name != COUNT);
                let ports = outputs.map(|o| taken_as(&o.name, o.kind, InputCategory::ExitLoop));
                node.inputs.extend(ports.collect::<Vec<_>>());
            }
        }
        if let Some(body) = document.definition.body_at_mut(owner) {
            body.nodes.push(node);
            document.extensions.node_mut(&join(owner, &name)).position = Some(Position { x, y: 0.0 });
        }
    }
}

/// Adds an input to a loop, which its body begins with. Returns its name.
pub fn add_input(document: &mut Document, owner: &str) -> Option<String> {
    let begin = begin(document, owner)?;
    let taken = |name: &str| {
        let is_input = document.node(owner).is_some_and(|node| node.input(name).is_some());
        is_input || document.node(&begin).is_some_and(|node| node.output(name).is_some())
    };
    let name = free("value", taken);
    document.node_mut(owner)?.inputs.push(NodeInput::whole(&name, Type::String));
    document.node_mut(&begin)?.outputs.push(NodeOutput { name: name.clone(), kind: Type::String });
    Some(name)
}

/// Renames what a loop begins with, at the loop, in its body and where it is handed on.
///
/// # Errors
/// A sentence that says what is wrong with the name.
pub fn rename_input(document: &mut Document, owner: &str, from: &str, to: &str) -> Result<(), String> {
    let controller = controller(document, owner).filter(|at| is_handed_on(document, at, from));
    if let Some(controller) = &controller
        && from != to
        && document.node(controller).is_some_and(|node| node.input(to).is_some())
    {
        return Err(format!("The loop's controller has an input named {to} already."));
    }
    inputs::rename(document, owner, from, to)?;
    if let Some(begin) = begin(document, owner) {
        rename_output(document, &begin, from, to);
    }
    match controller {
        Some(controller) => inputs::rename(document, &controller, from, to),
        None => Ok(()),
    }
}

/// Removes what a loop begins with, and all that came of it in its body.
pub fn remove_input(document: &mut Document, owner: &str, name: &str) {
    inputs::remove(document, owner, name);
    if let Some(begin) = begin(document, owner) {
        remove_output(document, &begin, name);
    }
    if let Some(controller) = controller(document, owner).filter(|at| is_handed_on(document, at, name)) {
        inputs::remove(document, &controller, name);
    }
}

/// Adds something that a loop gives when it ends. Returns its name.
pub fn add_result(document: &mut Document, owner: &str) -> Option<String> {
    let controller = controller(document, owner)?;
    let taken = |name: &str| {
        let is_output = document.node(owner).is_some_and(|node| node.output(name).is_some());
        is_output || document.node(&controller).is_some_and(|node| node.input(name).is_some())
    };
    let name = free("result", taken);
    document.node_mut(owner)?.outputs.push(NodeOutput { name: name.clone(), kind: Type::String });
    let input = taken_as(&name, Type::String, InputCategory::ExitLoop);
    document.node_mut(&controller)?.inputs.push(input);
    Some(name)
}

/// Renames what a loop gives, at the loop and at its controller.
///
/// # Errors
/// A sentence that says what is wrong with the name.
pub fn rename_result(document: &mut Document, owner: &str, from: &str, to: &str) -> Result<(), String> {
    if from == to {
        return Ok(());
    }
    well_formed(to)?;
    if document.node(owner).is_some_and(|node| node.output(to).is_some()) {
        return Err(format!("There is already an output named {to}."));
    }
    if let Some(controller) = controller(document, owner) {
        inputs::rename(document, &controller, from, to)?;
    }
    rename_output(document, owner, from, to);
    Ok(())
}

/// Removes what a loop gives.
pub fn remove_result(document: &mut Document, owner: &str, name: &str) {
    remove_output(document, owner, name);
    if let Some(controller) = controller(document, owner) {
        inputs::remove(document, &controller, name);
    }
}

/// Says whether a loop tells how many rounds there were.
pub fn set_count(document: &mut Document, owner: &str, wanted: bool) {
    if !wanted {
        return remove_output(document, owner, COUNT);
    }
    if let Some(node) = document.node_mut(owner).filter(|node| node.output(COUNT).is_none()) {
        node.outputs.push(NodeOutput { name: COUNT.to_owned(), kind: Type::Number });
    }
}

/// Says whether the next round begins with a new value of this name, or keeps the one it has.
///
/// # Errors
/// A sentence that says what is in the way.
pub fn hand_on(document: &mut Document, owner: &str, name: &str, wanted: bool) -> Result<(), String> {
    let (Some(begin), Some(at)) = (begin(document, owner), controller(document, owner)) else {
        return Err("The loop's body has no begin or no end.".to_owned());
    };
    let is_handed_on = is_handed_on(document, &at, name);
    if !wanted && is_handed_on {
        inputs::remove(document, &at, name);
    }
    if wanted && !is_handed_on {
        let kind = document.node(&begin).and_then(|node| node.output(name)).map(|output| output.kind);
        let (Some(node), Some(kind)) = (document.node_mut(&at), kind) else { return Ok(()) };
        if node.input(name).is_some() {
            return Err(format!(
                "The controller has an input named {name} for something else. Rename that one first."
            ));
        }
        node.inputs.push(taken_as(name, kind, InputCategory::ReturnValueToLoopStart));
    }
    Ok(())
}

/// Whether a controller hands this on to the next round.
pub fn is_handed_on(document: &Document, controller: &str, name: &str) -> bool {
    let input = document.node(controller).and_then(|node| node.input(name));
    input.is_some_and(|input| input.category == Some(InputCategory::ReturnValueToLoopStart))
}

/// Adds a value that a controller's condition looks at. Returns its name.
pub fn add_looked_at(document: &mut Document, controller: &str) -> Option<String> {
    let node = document.node_mut(controller)?;
    let name = free("value", |name| node.input(name).is_some());
    node.inputs.push(taken_as(&name, Type::String, InputCategory::LoopCondition));
    Some(name)
}

/// Says what an input of a controller is for, where the document did not.
pub fn set_category(document: &mut Document, controller: &str, input: &str, category: InputCategory) {
    let Some(node) = document.node_mut(controller) else { return };
    let Some(port) = node.inputs.iter_mut().find(|port| port.name == input) else { return };
    port.category = Some(category);
    let kind = port.kind;
    if category == InputCategory::ExitLoop
        && let Some(owner) = document.node_mut(place(controller)).filter(|node| node.output(input).is_none())
    {
        owner.outputs.push(NodeOutput { name: input.to_owned(), kind });
    }
}

/// Says how often a loop goes round at most; nothing for AWS's ten.
pub fn set_most(document: &mut Document, controller: &str, most: Option<Number>) {
    if let Some(configuration) = controller_mut(document, controller) {
        configuration.max_iterations = most;
    }
}

/// Says how the conditions of all loops of the flow are read.
pub fn set_polarity(document: &mut Document, polarity: LoopPolarity) {
    document.extensions.loop_polarity = polarity;
}

/// Lets the types at a loop's other side follow those of the loop's inputs, or of its controller's.
pub fn follow(document: &mut Document, address: &str) {
    match document.node(address).map(|node| node.kind) {
        Some(NodeType::Loop) => {
            let Some(begin) = begin(document, address) else { return };
            let kinds = kinds(document, address, |_| true);
            declare(document, &begin, &kinds);
        }
        Some(NodeType::LoopController) => {
            let kinds = kinds(document, address, |input| input.category == Some(InputCategory::ExitLoop));
            declare(document, place(address), &kinds);
        }
        _ => {}
    }
}

fn kinds(document: &Document, node: &str, which: impl Fn(&NodeInput) -> bool) -> Vec<(String, Type)> {
    let inputs = document.node(node).map(|node| node.inputs.iter()).into_iter().flatten();
    inputs.filter(|input| which(input)).map(|input| (input.name.clone(), input.kind)).collect()
}

/// Gives outputs these types, and with them the free inputs that they lead to.
fn declare(document: &mut Document, node: &str, kinds: &[(String, Type)]) {
    for (name, kind) in kinds {
        let output = document.node_mut(node).and_then(|n| n.outputs.iter_mut().find(|o| o.name == *name));
        let Some(output) = output.filter(|output| output.kind != *kind) else { continue };
        output.kind = *kind;
        let mut targets = Vec::new();
        if let Some((body, source)) = document.around(node) {
            let leaving = body.connections.iter().filter(|c| c.source == source);
            let ports =
                leaving.filter_map(|c| Some((c, c.data()?))).filter(|(_, d)| d.source_output == *name);
            targets.extend(ports.map(|(c, d)| (join(place(node), &c.target), d.target_input.clone())));
        }
        for (target, input) in targets {
            follow_type(document, node, name, &target, &input);
        }
    }
}

fn rename_output(document: &mut Document, node: &str, from: &str, to: &str) {
    if let Some(output) =
        document.node_mut(node).and_then(|node| node.outputs.iter_mut().find(|output| output.name == from))
    {
        output.name = to.to_owned();
    }
    each_data_from(document, node, |data| {
        if data.source_output == from {
            data.source_output = to.to_owned();
        }
    });
}

fn remove_output(document: &mut Document, node: &str, name: &str) {
    if let Some(node) = document.node_mut(node) {
        node.outputs.retain(|output| output.name != name);
    }
    if let Some((body, node)) = document.around_mut(node) {
        body.connections
            .retain(|c| c.source != node || c.data().is_none_or(|data| data.source_output != name));
    }
}

fn taken_as(name: &str, kind: Type, category: InputCategory) -> NodeInput {
    NodeInput { category: Some(category), ..NodeInput::whole(name, kind) }
}

fn controller_mut<'a>(
    document: &'a mut Document,
    controller: &str,
) -> Option<&'a mut LoopControllerConfiguration> {
    match configuration(document, controller) {
        Some(Configuration::LoopController(configuration)) => Some(configuration),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use flow::check::check;
    use flow::join::Join;
    use flow::layout::Row;

    use super::*;
    use crate::editor::connect::{Target, connect, link};
    use crate::editor::document::Port;
    use crate::editor::{change, joins};

    const OWNER: &str = "Loop_1";

    /// An Input, a loop, an Output, connected.
    fn document() -> Document {
        let mut document = Document::default();
        let at = Position::default();
        change::add(&mut document, NodeType::Input, at, "m").unwrap();
        let from = Port::new("FlowInputNode", Row::Output("document".into()));
        change::add_connected(&mut document, NodeType::Loop, at, "m", &from).unwrap();
        let from = Port::new(OWNER, Row::Output("loopOutput".into()));
        change::add_connected(&mut document, NodeType::Output, at, "m", &from).unwrap();
        document
    }

    #[track_caller]
    fn clean(document: &Document) {
        let problems = check(&document.definition, &document.extensions).problems;
        assert!(problems.is_empty(), "{problems:#?}");
    }

    #[test]
    fn a_fresh_loop_has_no_problem_but_that_nothing_leads_to_it() {
        clean(&document());
    }

    #[test]
    fn what_a_loop_begins_with_has_one_name_everywhere() {
        let mut document = document();
        rename_input(&mut document, OWNER, "loopInput", "draft").unwrap();
        clean(&document);
        assert!(is_handed_on(&document, "Loop_1/LoopController_1", "draft"));
        let refused = rename_input(&mut document, OWNER, "draft", "verdict").unwrap_err();
        assert!(refused.contains("already"), "{refused}");
        clean(&document);
        assert_eq!(add_input(&mut document, OWNER).as_deref(), Some("value"));
        let unfed = check(&document.definition, &document.extensions).problems;
        assert_eq!(unfed.len(), 1, "only the new input waits for a connection: {unfed:?}");
        remove_input(&mut document, OWNER, "value");
        clean(&document);
        hand_on(&mut document, OWNER, "draft", false).unwrap();
        clean(&document);
        hand_on(&mut document, OWNER, "draft", true).unwrap();
        assert!(hand_on(&mut document, OWNER, "draft", true).is_ok());
        assert!(is_handed_on(&document, "Loop_1/LoopController_1", "draft"));
    }

    #[test]
    fn what_a_loop_gives_comes_from_its_controller() {
        let mut document = document();
        rename_result(&mut document, OWNER, "loopOutput", "text").unwrap();
        clean(&document);
        assert!(rename_result(&mut document, OWNER, "text", COUNT).unwrap_err().contains("already"));
        set_count(&mut document, OWNER, false);
        assert!(document.node(OWNER).unwrap().output(COUNT).is_none());
        set_count(&mut document, OWNER, true);
        clean(&document);
        let result = add_result(&mut document, OWNER).unwrap();
        assert!(document.node("Loop_1/LoopController_1").unwrap().input(&result).is_some());
        remove_result(&mut document, OWNER, &result);
        clean(&document);
    }

    #[test]
    fn types_go_through_a_loop() {
        let mut document = document();
        inputs::set_type(&mut document, OWNER, "loopInput", Type::Number);
        let kind = |document: &Document, node: &str, output: &str| {
            document.node(node).unwrap().output(output).unwrap().kind
        };
        assert_eq!(kind(&document, "Loop_1/LoopInput_1", "loopInput"), Type::Number);
        assert_eq!(kind(&document, OWNER, "loopOutput"), Type::Number, "it is handed through");
        let output = document.node("FlowOutputNode").unwrap().input("document").unwrap();
        assert_eq!(output.kind, Type::Number);
    }

    #[test]
    fn a_join_at_a_loop_goes_through_it_as_a_connection_does() {
        let mut document = document();
        joins::set(&mut document, OWNER, "loopInput", Some(Join::All));
        let begin = document.node("Loop_1/LoopInput_1").unwrap().output("loopInput").unwrap().kind;
        assert_eq!(
            (begin, document.node(OWNER).unwrap().input("loopInput").unwrap().kind),
            (Type::Array, Type::Array)
        );
    }

    #[test]
    fn what_is_in_a_body_is_changed_and_found_there() {
        let mut document = document();
        let agent = change::add_in(&mut document, OWNER, NodeType::Agent, Position::default(), "m").unwrap();
        change::take_object(&mut document, &agent, "promptAttributes");
        assert!(document.node(&agent).unwrap().input("promptAttributes").is_some());
        let source = document.source(&agent, "agentInputText");
        assert_eq!(source, Some(("Loop_1/LoopInput_1".to_owned(), "loopInput")));
    }

    #[test]
    fn an_imported_body_gets_the_end_that_it_lacks() {
        let mut document = document();
        let body = document.definition.body_at_mut(OWNER).unwrap();
        body.nodes.clear();
        body.connections.clear();
        complete(&mut document, OWNER);
        let begin = begin(&document, OWNER).unwrap();
        assert_eq!(document.node(&begin).unwrap().outputs[0].name, "loopInput");
        for input in ["loopOutput", "verdict"] {
            let from = Port::new(&begin, Row::Output("loopInput".into()));
            let to = Target::Port(Port::new("Loop_1/LoopController_1", Row::Input(input.into())));
            let made = link(&document, &from, &to, None).unwrap();
            connect(&mut document, &made);
        }
        clean(&document);
        let before = document.clone();
        complete(&mut document, OWNER);
        assert_eq!(document, before);
    }
}
