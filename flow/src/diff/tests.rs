use super::*;
use crate::extensions::{Answer, LoopPolarity, NodeExtension, Position};
use crate::join::Join;

fn base() -> (Definition, Extensions) {
    let definition = serde_json::from_value(serde_json::json!({
        "nodes": [
            {"name": "FlowInputNode", "type": "Input", "configuration": {"input": {}},
             "outputs": [{"name": "document", "type": "String"}]},
            {"name": "Classify", "type": "Prompt", "configuration": {"prompt": {"sourceConfiguration": {"inline": {
                "templateType": "TEXT", "modelId": "local/smollm2",
                "templateConfiguration": {"text": {"text": "Angry or neutral?\n{{message}}"}},
                "inferenceConfiguration": {"text": {"temperature": 0}}}}}},
             "inputs": [{"name": "message", "type": "String", "expression": "$.data"}],
             "outputs": [{"name": "modelCompletion", "type": "String"}]},
            {"name": "Route", "type": "Condition", "configuration": {"condition": {"conditions": [
                {"name": "angry", "expression": "tone == \"angry\""}, {"name": "default"}]}},
             "inputs": [{"name": "tone", "type": "String", "expression": "$.data"}]}
        ],
        "connections": [
            {"name": "a", "type": "Data", "source": "FlowInputNode", "target": "Classify",
             "configuration": {"data": {"sourceOutput": "document", "targetInput": "message"}}},
            {"name": "b", "type": "Data", "source": "Classify", "target": "Route",
             "configuration": {"data": {"sourceOutput": "modelCompletion", "targetInput": "tone"}}}
        ]
    }))
    .unwrap();
    (definition, Extensions::default())
}

/// The changes as a reader would see them, a line each.
fn said(before: &(Definition, Extensions), after: &(Definition, Extensions)) -> String {
    let field = |field: &FieldChange| {
        format!(
            "{}: {} => {}",
            field.label,
            field.before.as_deref().unwrap_or("-"),
            field.after.as_deref().unwrap_or("-")
        )
    };
    let said = diff((&before.0, &before.1), (&after.0, &after.1)).into_iter().map(|change| {
        let subject = match change.subject {
            Subject::Node { name, kind } => format!("{kind:?} {name}"),
            Subject::Connection { ends } => ends,
            Subject::Note { text } => format!("note {text}"),
        };
        match change.what {
            What::Added(fields) => format!("+ {subject} ({} fields)", fields.len()),
            What::Removed(fields) => format!("- {subject} ({} fields)", fields.len()),
            What::Changed(fields) => {
                format!("~ {subject} [{}]", fields.iter().map(field).collect::<Vec<_>>().join("; "))
            }
            What::Moved => format!("> {subject}"),
        }
    });
    said.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(change: impl FnOnce(&mut Definition, &mut Extensions), expected: &str) {
    let before = base();
    let mut after = base();
    change(&mut after.0, &mut after.1);
    assert_eq!(said(&before, &after), expected);
}

#[test]
fn equal_documents_have_no_changes() {
    check(|_, _| {}, "");
}

#[test]
fn fields_are_named_as_in_the_inspector() {
    check(
        |definition, extensions| {
            let prompt = definition.node_mut("Classify").and_then(Node::inline_prompt_mut).unwrap();
            prompt.model_id = "openai/gpt".into();
            prompt.inference_configuration = None;
            extensions.node_mut("Classify").answer =
                Some(Answer::OneOf(vec!["angry".into(), "neutral".into()]));
        },
        "~ Prompt Classify [Model: local/smollm2 => openai/gpt; Answer must be one of: - => angry, neutral; \
         Temperature: 0 => -]",
    );
}

#[test]
fn conditions_show_their_expressions() {
    let rewrite = |definition: &mut Definition, _: &mut Extensions| {
        let Some(crate::definition::Configuration::Condition(condition)) =
            &mut definition.node_mut("Route").unwrap().configuration
        else {
            panic!("Route is a Condition")
        };
        condition.conditions[0].expression = Some("tone == \"furious\"".into());
    };
    check(rewrite, "~ Condition Route [Condition angry: tone == \"angry\" => tone == \"furious\"]");
}

#[test]
fn a_rename_is_one_change_and_moves_no_connection() {
    check(
        |definition, _| {
            definition.node_mut("Classify").unwrap().name = "Tone".into();
            definition.connections[0].target = "Tone".into();
            definition.connections[1].source = "Tone".into();
        },
        "~ Prompt Tone [Name: Classify => Tone]",
    );
}

#[test]
fn what_came_and_went_is_said() {
    check(
        |definition, _| {
            definition.nodes.retain(|node| node.name != "Route");
            definition.connections.retain(|connection| connection.target != "Route");
            definition.nodes.push(NodeType::Output.fresh("FlowOutputNode"));
        },
        "+ Output FlowOutputNode (1 fields)\n- Condition Route (3 fields)\n- Classify.modelCompletion → Route.tone \
         (0 fields)",
    );
}

#[test]
fn a_place_is_no_logic() {
    check(
        |_, extensions| extensions.node_mut("Route").position = Some(Position { x: 20.0, y: 40.0 }),
        "> Condition Route",
    );
}

#[test]
fn unequal_documents_never_look_equal() {
    check(
        |definition, _| definition.nodes.swap(0, 1),
        "> Prompt Classify\n> Input FlowInputNode\n> Condition Route",
    );
}

#[test]
fn the_prompt_can_be_read_line_by_line() {
    let change = FieldChange::new("Prompt", Some("a\nb"), Some("a\nc"));
    let expected = vec![Line::Same("a".into()), Line::Removed("b".into()), Line::Added("c".into())];
    assert_eq!(change.lines(), Some(expected));
    assert_eq!(FieldChange::new("Model", Some("a"), Some("b")).lines(), None);
}

#[test]
fn what_is_inside_a_loop_is_told_by_its_way() {
    let base = || {
        let mut state = base();
        let mut node = NodeType::Loop.fresh("Refine");
        node.body_mut().unwrap().nodes.push(NodeType::Prompt.fresh("Ask"));
        state.0.nodes.push(node);
        state
    };
    let tell = |change: &dyn Fn(&mut Definition, &mut Extensions)| {
        let (before, mut after) = (base(), base());
        change(&mut after.0, &mut after.1);
        said(&before, &after)
    };
    let body = |definition: &mut Definition, name: &str| definition.body_at_mut(name).unwrap().clone();
    let ask = tell(&|definition, _| {
        definition.at_mut("Refine/Ask").and_then(Node::inline_prompt_mut).unwrap().model_id =
            "openai/gpt".into();
    });
    assert_eq!(ask, "~ Prompt Refine/Ask [Model:  => openai/gpt]");
    let renamed = tell(&|definition, _| definition.node_mut("Refine").unwrap().name = "Again".into());
    assert_eq!(renamed, "~ Loop Again [Name: Refine => Again]");
    let both = tell(&|definition, _| {
        definition.at_mut("Refine/Ask").unwrap().name = "Improve".into();
        definition.node_mut("Refine").unwrap().name = "Again".into();
    });
    assert_eq!(both, "~ Loop Again [Name: Refine => Again]\n~ Prompt Again/Improve [Name: Ask => Improve]");
    let cut = tell(&|definition, _| {
        let mut inside = body(definition, "Refine");
        inside.connections.pop();
        *definition.body_at_mut("Refine").unwrap() = inside;
    });
    assert_eq!(cut, "- Refine/LoopInput.loopInput → Refine/LoopController.loopOutput (0 fields)");
    let moved = tell(&|_, extensions| {
        extensions.node_mut("Refine/Ask").position = Some(Position { x: 1.0, y: 2.0 });
    });
    assert_eq!(moved, "> Prompt Refine/Ask");
    let turned = tell(&|_, extensions| {
        extensions.loop_polarity = LoopPolarity::ExitWhenTrue;
    });
    assert_eq!(
        turned,
        "~ LoopController Refine/LoopController [Condition means: the loop goes on while it holds => the loop ends when \
         it holds]"
    );
    let ours = |extensions: &mut Extensions, loop_name: &str| {
        let ask = extensions.node_mut(&format!("{loop_name}/Ask"));
        ask.joins.insert("draft".into(), Join::First(2));
        ask.answer = Some(Answer::OneOf(vec!["good".into(), "so, so".into()]));
        (ask.parallel, ask.time_limit) = (Some(3), Some(30));
        ask.note = "Twice".into();
    };
    let added = "Answer must be one of: - => good, \"so, so\"; Items at the same time: - => 3; Time limit in \
                 seconds: - => 30; Join at draft: - => first 2; Note: - => Twice";
    assert_eq!(tell(&|_, extensions| ours(extensions, "Refine")), format!("~ Prompt Refine/Ask [{added}]"));
    let renamed = tell(&|definition, extensions| {
        definition.node_mut("Refine").unwrap().name = "Again".into();
        extensions.rename("Refine", "Again");
        extensions.loop_polarity = LoopPolarity::ExitWhenTrue;
        ours(extensions, "Again");
    });
    assert_eq!(
        renamed,
        format!(
            "~ Loop Again [Name: Refine => Again]\n~ LoopController Again/LoopController [Condition means: the loop \
             goes on while it holds => the loop ends when it holds]\n~ Prompt Again/Ask [{added}]"
        )
    );
}

#[test]
fn every_field_of_an_extension_is_told() {
    let full = serde_json::json!({"note": "n", "parallel": 2, "joins": {"tone": "all"},
        "answer": {"oneOf": ["a"]}, "timeLimit": 5, "disabled": true, "collapsed": true,
        "position": {"x": 1.0, "y": 2.0}});
    let known: NodeExtension = serde_json::from_value(full.clone()).unwrap();
    // The pattern fails to compile where a field is added, which then belongs here.
    let NodeExtension {
        position: _,
        collapsed: _,
        note: _,
        parallel: _,
        joins: _,
        answer: _,
        time_limit: _,
        disabled: _,
    } = known;
    let is_drawn = |member: &&String| matches!(member.as_str(), "position" | "collapsed");
    for member in full.as_object().unwrap().keys().filter(|member| !is_drawn(member)) {
        let one = serde_json::json!({ member.clone(): full[member.as_str()].clone() });
        let (before, mut after) = (base(), base());
        *after.1.node_mut("Route") = serde_json::from_value(one).unwrap();
        let said = said(&before, &after);
        assert!(said.starts_with("~ Condition Route [") && !said.contains(';'), "{member}: {said}");
    }
}
