//! Files as people have them are read whole, and what is not taken over is told. `import/` has one for each format,
//! with what a snapshot shows; the same definition reads back equal from every spelling.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use flow::definition::Definition;
use flow::export::{self, Named};
use flow::import::read;
use flow::wire::{FileFormat, Reading};
use serde_json::{Map, Value, json};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[track_caller]
fn fixture(name: &str) -> Reading {
    let path = folder("tests/import").join(name);
    read(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn what_is_read_and_what_is_not() {
    for name in [
        "template.yaml",
        "synthesised.json",
        "terraform-show.json",
        "configuration.tf.json",
        "get-flow.json",
        "own.json",
    ] {
        insta::assert_json_snapshot!(format!("import {name}"), fixture(name));
    }
}

/// The definitions that every spelling is tried with: all members there are, ours, and the public ones beside the
/// repository.
fn definitions() -> Vec<(String, Value)> {
    let json =
        |path: PathBuf| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    let mut found = vec![("everything".to_owned(), json(folder("tests/definitions/everything.json")))];
    for (folder, ours) in [(folder("tests/corpus/own"), true), (folder("../../shared/bedrock/corpus"), false)]
    {
        for file in std::fs::read_dir(folder).into_iter().flatten() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let document = json(path);
            found.push((name, if ours { document["definition"].clone() } else { document }));
        }
    }
    found
}

#[track_caller]
fn reads_back(name: &str, file: &Value, format: FileFormat, definition: &Value) {
    let reading = read(&file.to_string()).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!((reading.format, reading.flows.len()), (format, 1), "{name}: {:?}", reading.unread);
    // The role is the one thing that a template has to name and a flow has no place for.
    let lost: Vec<_> =
        reading.flows[0].report.unread.iter().filter(|it| !it.member.ends_with("ExecutionRoleArn")).collect();
    assert!(lost.is_empty(), "{name} {format:?}: {lost:?}");
    assert_eq!(serde_json::to_value(&reading.flows[0].definition).unwrap(), *definition, "{name} {format:?}");
}

#[test]
fn every_spelling_says_the_same() {
    for (name, definition) in definitions() {
        reads_back(&name, &definition, FileFormat::Api, &definition);
        let parsed: Definition = serde_json::from_value(definition.clone()).unwrap();
        let named = Named { name: "a-flow", description: "", definition: &parsed };
        reads_back(&name, &export::api(named), FileFormat::Api, &definition);
        let template = export::cloudformation(named);
        assert_eq!(template["Resources"]["Flow"]["Type"], "AWS::Bedrock::Flow");
        speaks_cloudformation(&template);
        reads_back(&name, &template, FileFormat::CloudFormation, &definition);
        let arguments = json!({"name": "a-flow", "definition": [blocks(&definition, "")]});
        let shown = json!({"values": {"root_module": {"resources":
            [{"type": "aws_bedrockagent_flow", "address": "aws_bedrockagent_flow.a", "values": arguments}]}}});
        for file in [&arguments, &shown] {
            reads_back(&name, file, FileFormat::Terraform, &without_empty_lists(&definition));
        }
    }
}

/// The template spells no member as the API does.
#[track_caller]
fn speaks_cloudformation(template: &Value) {
    let text = template["Resources"]["Flow"]["Properties"]["Definition"].to_string();
    for member in
        ["\"sourceOutput\"", "\"sourceConfiguration\"", "\"modelId\"", "\"nodes\"", "\"expression\""]
    {
        assert!(!text.contains(member), "{member} is not as CloudFormation spells it");
    }
}

/// What Terraform shows of a definition: snake case, a list of one block for each object. Written apart from what reads
/// it: by how Terraform names blocks, and without a table.
fn blocks(value: &Value, owner: &str) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let free = ["json", "additionalModelRequestFields"];
    let mut shown = Map::new();
    for (name, value) in members {
        let plural = value.is_array()
            && !["system", "content", "stopSequences", "fieldsToInclude", "fieldsToExclude"]
                .contains(&name.as_str());
        let name_there = if plural { name.strip_suffix('s').unwrap() } else { name };
        let shown_value = match value {
            _ if free.contains(&name.as_str()) => value.to_string().into(),
            Value::Object(_) => json!([blocks(value, name)]),
            Value::Array(items) => items.iter().map(|item| blocks(item, name)).collect(),
            other => other.clone(),
        };
        shown.insert(snake(name_there), shown_value);
    }
    if owner == "configuration" {
        // What is not set is there, and empty.
        for other in ["agent", "iterator", "data"] {
            shown.entry(other).or_insert(json!([]));
        }
        shown.retain(|name, value| name != "data" || value != &json!([]));
    }
    shown.into()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

/// Terraform does not tell an empty list from none.
fn without_empty_lists(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, value)| value != &&json!([]) || *name == "conditions")
            .map(|(name, value)| (name.clone(), without_empty_lists(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(without_empty_lists).collect(),
        other => other.clone(),
    }
}

#[test]
fn what_is_no_flow_says_what_would_be_one() {
    for (file, why) in [
        ("", "There is no flow"),
        ("[]", "There is no flow"),
        ("{\"a\": 1}", "There is no flow"),
        ("just words", "There is no flow"),
        ("{\"a\": ", "line 1"),
        ("a: [1", "cannot be read"),
        ("{\"nodes\": [], \"nodes\": []}", "nodes stands twice"),
        ("{\"format\": \"anabranch/flow/9\"}", "anabranch/flow/9 is a format"),
        ("resource \"aws_bedrockagent_flow\" \"x\" {\n  name = \"x\"\n}\n", "terraform show -json"),
    ] {
        let error = read(file).unwrap_err().to_string();
        assert!(error.contains(why), "{file}: {error}");
    }
    assert_eq!(read(&" ".repeat(flow::import::LARGEST + 1)).unwrap_err(), flow::import::Error::TooLarge);
}

#[test]
fn a_text_that_looks_like_terraform_is_a_text() {
    let file = "name: Show\ndescription: |\n  Such as\n  resource \"aws_bedrockagent_flow\" \"x\" {\ndefinition: {}\n";
    let flow = read(file).unwrap().flows.remove(0);
    assert_eq!((flow.title.as_str(), flow.report.unread.len()), ("Show", 0));
    assert!(flow.description.contains("aws_bedrockagent_flow"));
}

#[test]
fn a_file_has_a_hundred_flows() {
    let file = |count: usize| {
        let one = |at: usize| {
            (
                format!("F{at}"),
                json!({"name": format!("f{at}"), "definition": {"node": [{"name": "in", "type": "Input"}]}}),
            )
        };
        let flows: Map<String, Value> = (0..count).map(one).collect();
        json!({"resource": {"aws_bedrockagent_flow": flows}}).to_string()
    };
    assert_eq!(read(&file(100)).unwrap().flows.len(), 100);
    assert_eq!(read(&file(101)).unwrap_err(), flow::import::Error::TooMany(101));
}

#[test]
fn a_placeholder_is_needed_once_and_names_all_its_nodes() {
    let prompt = |name: &str| {
        json!({"Name": name, "Type": "Prompt", "Configuration": {"Prompt": {"SourceConfiguration": {"Inline": {
            "ModelId": "${Model}", "TemplateType": "TEXT",
            "TemplateConfiguration": {"Text": {"Text": "${Words} and ${Words}"}}}}}}})
    };
    let properties = json!({"Name": "n", "Definition": {"Nodes": [prompt("a"), prompt("b")]}});
    let template = json!({"Resources": {"F": {"Type": "AWS::Bedrock::Flow", "Properties": properties}}});
    let needs = read(&template.to_string()).unwrap().flows.remove(0).report.needs;
    let told: Vec<(&str, Vec<&str>)> = needs
        .iter()
        .map(|need| (need.name.as_str(), need.nodes.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(told, [("${Model}", vec!["a", "b"]), ("${Words}", vec!["a", "b"])]);
}

#[test]
fn long_names_are_cut_and_told() {
    let file = json!({"name": "n".repeat(120), "description": "d".repeat(300), "definition": {}});
    let flow = read(&file.to_string()).unwrap().flows.remove(0);
    assert_eq!((flow.title.len(), flow.description.len()), (100, 200));
    let members: Vec<&str> = flow.report.unread.iter().map(|unread| unread.member.as_str()).collect();
    assert_eq!(members, ["name", "description"]);
}

#[test]
fn substitutions_cannot_grow_without_end() {
    let values = json!({"a": "x".repeat(1024 * 1024)});
    for definition in [
        json!({"Definition": {"Nodes": [{"Name": "${a}".repeat(20)}]}}),
        json!({"DefinitionString": "${a}".repeat(20)}),
    ] {
        let mut properties = definition.as_object().unwrap().clone();
        properties.insert("DefinitionSubstitutions".to_owned(), values.clone());
        let template = json!({"Resources": {"F": {"Type": "AWS::Bedrock::Flow", "Properties": properties}}});
        let reading = read(&template.to_string()).unwrap();
        assert!(reading.flows.is_empty() && reading.unread[0].why.contains("longer"), "{:?}", reading.unread);
    }
}

/// Each of these would take gigabytes, were it only bounded text by text.
#[test]
fn no_file_takes_more_than_many_times_its_size() {
    let template = |properties: Value| {
        json!({"Resources": {"F": {"Type": "AWS::Bedrock::Flow", "Properties": properties}}}).to_string()
    };
    let long = "x".repeat(1 << 20);
    let many = vec![""; 100_000];
    let joined = template(json!({"Name": {"Fn::Join": [long, many]}, "Definition": {"nodes": []}}));
    assert!(read(&joined).is_ok_and(|reading| reading.flows.len() + reading.unread.len() > 0));
    let texts = vec!["${a}"; 100_000];
    let grown = template(json!({"DefinitionSubstitutions": {"a": long}, "Definition": {"nodes": texts}}));
    let grown = read(&grown).unwrap();
    assert!(grown.flows.is_empty() && !grown.unread.is_empty());
    let nested = (0..100).fold("a, ".repeat(100_000), |inner, at| format!("&n{at} [{inner}]"));
    assert!(read(&format!("Resources: {nested}")).is_err());
    let strange = read(&json!({"nodes": vec![1; 500_000], "connections": []}).to_string());
    assert!(serde_json::to_string(&strange.unwrap()).unwrap().len() < 1 << 20);
}

#[test]
fn whatever_breaks_off_is_refused_or_read() {
    for name in ["template.yaml", "synthesised.json", "terraform-show.json", "own.json"] {
        let text = std::fs::read_to_string(folder("tests/import").join(name)).unwrap();
        let whole = fixture(name).flows.len();
        for end in (0..text.len()).step_by(7).filter(|end| text.is_char_boundary(*end)) {
            let flows = read(&text[..end]).map_or(0, |reading| reading.flows.len());
            assert!(flows <= whole, "{name} cut at {end}");
        }
    }
}
