use serde_json::json;

use super::*;
use crate::extensions::Position;

type Both = (Definition, Extensions);

fn flow() -> Both {
    let template = crate::templates::all("local/smollm2").into_iter().next().unwrap();
    (template.definition, template.extensions)
}

fn three(base: &Both, mine: &Both, theirs: &Both, choices: &Choices) -> Merged {
    let state = |both: &Both| (both.0.clone(), both.1.clone());
    let (base, mine, theirs) = (state(base), state(mine), state(theirs));
    merge((&base.0, &base.1), (&mine.0, &mine.1), (&theirs.0, &theirs.1), choices).unwrap()
}

fn text(definition: &Definition, node: &str) -> String {
    let node = serde_json::to_value(definition.node(node).unwrap()).unwrap();
    let at = "/configuration/prompt/sourceConfiguration/inline/templateConfiguration/text/text";
    node.pointer(at).unwrap().as_str().unwrap().to_owned()
}

fn write(both: &mut Both, node: &str, words: &str) {
    let mut value = serde_json::to_value(&both.0).unwrap();
    for it in value["nodes"].as_array_mut().unwrap() {
        if it["name"] == node {
            let at = "/configuration/prompt/sourceConfiguration/inline/templateConfiguration/text/text";
            *it.pointer_mut(at).unwrap() = json!(words);
        }
    }
    both.0 = serde_json::from_value(value).unwrap();
}

#[test]
fn what_one_side_changed_is_taken_from_it() {
    let base = flow();
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    write(&mut mine, "Answer", "mine {{message}}");
    write(&mut theirs, "Deescalate", "theirs {{message}}");
    mine.0.nodes[0].outputs[0].name = "text".into();
    theirs.1.node_mut("Answer").position = Some(Position { x: 5.0, y: 6.0 });
    let merged = three(&base, &mine, &theirs, &Choices::new());
    assert_eq!(merged.conflicts, []);
    assert_eq!(text(&merged.definition, "Answer"), "mine {{message}}");
    assert_eq!(text(&merged.definition, "Deescalate"), "theirs {{message}}");
    assert_eq!(merged.definition.nodes[0].outputs[0].name, "text");
    assert_eq!(merged.extensions.node("Answer").position, Some(Position { x: 5.0, y: 6.0 }));
    assert_eq!(
        three(&base, &mine, &mine, &Choices::new()).definition,
        mine.0,
        "the same change is taken once"
    );
    assert_eq!(three(&base, &base, &theirs, &Choices::new()).definition, theirs.0);
    assert_eq!(three(&base, &mine, &base, &Choices::new()).definition, mine.0);
}

#[test]
fn what_both_changed_is_told_and_chosen() {
    let base = flow();
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    write(&mut mine, "Answer", "mine {{message}}");
    write(&mut theirs, "Answer", "theirs {{message}}");
    let merged = three(&base, &mine, &theirs, &Choices::new());
    assert_eq!(merged.conflicts.len(), 1);
    let conflict = &merged.conflicts[0];
    assert_eq!(conflict.place, "Answer: Prompt");
    assert_eq!(
        (&conflict.mine, &conflict.theirs),
        (&Some(json!("mine {{message}}")), &Some(json!("theirs {{message}}")))
    );
    assert_eq!(text(&merged.definition, "Answer"), "mine {{message}}");
    let theirs_wins = [(conflict.key.clone(), Side::Theirs)].into();
    assert_eq!(text(&three(&base, &mine, &theirs, &theirs_wins).definition, "Answer"), "theirs {{message}}");
}

#[test]
fn where_things_stand_is_never_in_question() {
    let base = flow();
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    mine.1.node_mut("Answer").position = Some(Position { x: 1.0, y: 1.0 });
    theirs.1.node_mut("Answer").position = Some(Position { x: 2.0, y: 2.0 });
    let merged = three(&base, &mine, &theirs, &Choices::new());
    assert_eq!(merged.conflicts, []);
    assert_eq!(merged.extensions.node("Answer").position, Some(Position { x: 1.0, y: 1.0 }));
}

#[test]
fn a_node_that_one_removed_and_the_other_changed_stays() {
    let base = flow();
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    mine.0.nodes.retain(|node| node.name != "Answer");
    mine.0.connections.retain(|connection| connection.source != "Answer" && connection.target != "Answer");
    write(&mut theirs, "Answer", "theirs {{message}}");
    let merged = three(&base, &mine, &theirs, &Choices::new());
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(merged.conflicts[0].place, "Answer");
    assert_eq!(text(&merged.definition, "Answer"), "theirs {{message}}");
    let gone = [(merged.conflicts[0].key.clone(), Side::Mine)].into();
    let merged = three(&base, &mine, &theirs, &gone);
    assert!(merged.definition.node("Answer").is_none());
    let ends = |name: &str| merged.definition.node(name).is_some();
    assert!(merged.definition.connections.iter().all(|it| ends(&it.source) && ends(&it.target)));
}

#[test]
fn connections_of_one_name_are_two() {
    let base = flow();
    let (mut mine, mut theirs) = (base.clone(), base.clone());
    let add = |both: &mut Both, target: &str, input: &str| {
        let connection = json!({"name": "new", "type": "Data", "source": "FlowInputNode", "target": target,
            "configuration": {"data": {"sourceOutput": "document", "targetInput": input}}});
        both.0.connections.push(serde_json::from_value(connection).unwrap());
    };
    add(&mut mine, "Answer", "more");
    add(&mut theirs, "Deescalate", "more");
    let merged = three(&base, &mine, &theirs, &Choices::new());
    assert_eq!(merged.conflicts, []);
    let new: Vec<&str> =
        merged.definition.connections[base.0.connections.len()..].iter().map(|it| it.name.as_str()).collect();
    assert_eq!(new, ["new", "new_2"]);
    let names: Vec<&str> = base.0.connections.iter().map(|it| it.name.as_str()).collect();
    assert!(names.iter().all(|name| merged.definition.connections.iter().any(|it| it.name == *name)));
}

#[test]
fn every_template_with_itself_is_itself() {
    for template in crate::templates::all("local/smollm2") {
        let both = (template.definition, template.extensions);
        let merged = three(&both, &both, &both, &Choices::new());
        assert_eq!((merged.definition, merged.conflicts), (both.0, vec![]), "{}", template.title);
    }
}

#[test]
fn places_are_told_as_differences_tell_them() {
    let at = |path: &str| super::place(&path.split(' ').map(str::to_owned).collect::<Vec<_>>());
    for (path, words) in [
        ("definition nodes Ask configuration prompt sourceConfiguration inline modelId", "Ask: Model"),
        ("definition nodes Ask inputs topic expression", "Ask: Input topic"),
        (
            "definition nodes Refine configuration loop definition nodes Ask inputs topic expression",
            "Refine › Ask: Input topic",
        ),
        ("definition nodes Clean configuration inlineCode code", "Clean: code"),
        ("definition nodes Ask", "Ask"),
        ("definition connections First", "the connection First"),
        ("extensions nodes Ask position x", "Ask: Place on the canvas"),
        ("extensions nodes Ask timeLimit", "Ask: Time limit in seconds"),
    ] {
        assert_eq!(at(path), words);
    }
}
