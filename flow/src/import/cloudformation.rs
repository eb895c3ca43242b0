//! CloudFormation: the `AWS::Bedrock::Flow` resources of a template, as people write it and as the CDK synthesises it.
//!
//! Always holds: functions stay placeholders; a `DefinitionSubstitutions` replaces the names it gives and no others.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fit::Habits;
use super::intrinsic::{self, Text, placeholders};
use super::{ACCESS, Found, TAGS, json, leave_out, refuse_others};
use crate::wire::{FileFormat, ReadFlow, Reading, Unread};

const FLOW: &str = "AWS::Bedrock::Flow";

/// What of a resource's properties stays out, and why.
const KNOWN: &[(&[&str], &str)] =
    &[(&["ExecutionRoleArn", "CustomerEncryptionKeyArn"], ACCESS), (&["Tags", "TestAliasTags"], TAGS)];
const READ: &[&str] = &[
    "Name",
    "Description",
    "Definition",
    "DefinitionString",
    "DefinitionS3Location",
    "DefinitionSubstitutions",
];

/// The parts of a template that say how it is deployed.
const DEPLOYMENT: &[(&[&str], &str)] = &[(
    &[
        "Parameters",
        "Mappings",
        "Conditions",
        "Rules",
        "Outputs",
        "Transform",
        "Metadata",
        "Hooks",
        "Globals",
    ],
    "It says how the template is deployed. What a flow needs of it is listed at the flow.",
)];

/// A template, or the template that a lone resource, its properties or its definition would stand in.
pub(super) fn template(document: &Map<String, Value>) -> Option<Cow<'_, Map<String, Value>>> {
    if document.get("Resources").is_some_and(Value::is_object) {
        return Some(Cow::Borrowed(document));
    }
    let resource = if document.get("Type").and_then(Value::as_str) == Some(FLOW) {
        document.clone()
    } else if READ[2..5].iter().any(|member| document.contains_key(*member)) {
        Map::from_iter([("Type".into(), FLOW.into()), ("Properties".into(), document.clone().into())])
    } else if document.contains_key("Nodes") {
        let properties = Map::from_iter([("Definition".to_owned(), Value::Object(document.clone()))]);
        Map::from_iter([("Type".into(), FLOW.into()), ("Properties".into(), properties.into())])
    } else {
        return None;
    };
    let resources = Map::from_iter([("Flow".to_owned(), Value::Object(resource))]);
    Some(Cow::Owned(Map::from_iter([("Resources".to_owned(), Value::Object(resources))])))
}

pub(super) fn read(template: &Map<String, Value>) -> Reading {
    let mut reading = Reading { format: FileFormat::CloudFormation, flows: Vec::new(), unread: Vec::new() };
    let mut others: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, resource) in template.get("Resources").and_then(Value::as_object).into_iter().flatten() {
        match resource["Type"].as_str() {
            Some(FLOW) => match flow(template, id, resource) {
                Ok(flow) => reading.flows.push(flow),
                Err(unread) => reading.unread.push(unread),
            },
            Some(other) => others.entry(other).or_default().push(id),
            None => {
                let why = "It is decided on deployment which resources it stands for.";
                reading.unread.push(Unread::new(format!("Resources.{id}"), why));
            }
        }
    }
    for (kind, ids) in others {
        reading.unread.push(Unread::new(ids.join(", "), beside(kind)));
    }
    leave_out(template, DEPLOYMENT, "", &mut reading.unread);
    reading
}

/// Why a resource that is no flow stays out.
fn beside(kind: &str) -> String {
    match kind {
        "AWS::Bedrock::FlowVersion" | "AWS::Bedrock::FlowAlias" => {
            format!("{kind}: publish the flow here, which makes a version and an alias.")
        }
        "AWS::Bedrock::Prompt" => {
            format!("{kind}: only flows are read. Write its text into the node that names it.")
        }
        _ => format!("{kind}: only flows are read."),
    }
}

fn flow(template: &Map<String, Value>, id: &str, resource: &Value) -> Result<ReadFlow, Unread> {
    let at = format!("Resources.{id}");
    let place = format!("{at}.Properties.");
    let nothing = Map::new();
    let properties = resource["Properties"].as_object().unwrap_or(&nothing);
    let mut unread = Vec::new();
    leave_out(properties, KNOWN, &place, &mut unread);
    refuse_others(properties, READ, KNOWN, &place, &mut unread);
    if let Value::Object(attributes) = resource {
        let why = "It says how the template is deployed.";
        let attributes: Vec<&str> = attributes
            .keys()
            .map(String::as_str)
            .filter(|name| !matches!(*name, "Type" | "Properties"))
            .collect();
        if !attributes.is_empty() {
            unread.push(Unread::new(format!("{at}.{}", attributes.join(", ")), why));
        }
    }
    let (definition, member) = definition(properties, &place)?;
    let hint = |name: &str| known_of(template, name);
    let found = Found {
        title: Some(title(properties, id, &place, &mut unread)),
        description: literal(properties.get("Description")).unwrap_or_default(),
        definition: &definition,
        habits: Habits::CloudFormation,
        place: &format!("{place}{member}"),
        unread,
        hint: Some(&hint),
    };
    found.into_flow()
}

/// The definition in whichever member holds it, its substitutions made.
fn definition(properties: &Map<String, Value>, place: &str) -> Result<(Value, &'static str), Unread> {
    let nothing = Map::new();
    let values = properties.get("DefinitionSubstitutions").and_then(Value::as_object).unwrap_or(&nothing);
    if let Some(definition) = properties.get("Definition").filter(|it| !it.is_null()) {
        let place = format!("{place}Definition");
        let mut room = intrinsic::LONGEST;
        return substituted(definition, values, &mut room)
            .map(|definition| (definition, "Definition"))
            .ok_or_else(|| Unread::new(place, TOO_LONG));
    }
    if let Some(given) = properties.get("DefinitionString") {
        return string(given, values, &format!("{place}DefinitionString")).map(|it| (it, "DefinitionString"));
    }
    if properties.contains_key("DefinitionS3Location") {
        let why = "Its definition is a file in S3, which an import does not fetch. Download that file and import it.";
        return Err(Unread::new(format!("{place}DefinitionS3Location"), why));
    }
    Err(Unread::new(format!("{place}Definition"), "It has no definition."))
}

const TOO_LONG: &str = "With its substitutions made it is longer than a definition can be.";

/// The definition that a text holds.
fn string(given: &Value, values: &Map<String, Value>, place: &str) -> Result<Value, Unread> {
    let Text::Placeholder(text) = intrinsic::text(given) else {
        return Err(Unread::new(place, "It has no definition."));
    };
    let inside_a_text = |value: &str| {
        let quoted = Value::from(value).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    let text =
        intrinsic::replaced(&text, values, inside_a_text).ok_or_else(|| Unread::new(place, TOO_LONG))?;
    json::read(&text).map_err(|error| {
        let cause = match placeholders(&text).first() {
            Some(name) => format!(" It may be ${{{name}}}, which is filled in on deployment."),
            None => String::new(),
        };
        Unread::new(place, format!("The text is no JSON: {error}{cause}"))
    })
}

/// The same document with its substitutions made; none where its texts grow longer than `room`, all together.
fn substituted(value: &Value, values: &Map<String, Value>, room: &mut usize) -> Option<Value> {
    if values.is_empty() {
        return Some(value.clone());
    }
    Some(match value {
        Value::String(text) if text.contains("${") => {
            let text = intrinsic::replaced(text, values, str::to_owned)?;
            *room = room.checked_sub(text.len())?;
            text.into()
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| substituted(item, values, room)).collect::<Option<_>>()?)
        }
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| Some((name.clone(), substituted(value, values, room)?)))
                .collect::<Option<_>>()?,
        ),
        _ => value.clone(),
    })
}

fn literal(value: Option<&Value>) -> Option<String> {
    let value = value.filter(|value| !value.is_null())?;
    match intrinsic::text(value) {
        Text::Placeholder(text) => Some(text),
        Text::Nothing => None,
    }
}

/// The flow's name, or the resource's where that is decided on deployment.
fn title(properties: &Map<String, Value>, id: &str, place: &str, unread: &mut Vec<Unread>) -> String {
    match literal(properties.get("Name")) {
        Some(name) if placeholders(&name).is_empty() => name,
        Some(name) => {
            let why = format!("The name {name} is decided on deployment, so the flow is called {id} here.");
            unread.push(Unread::new(format!("{place}Name"), why));
            id.to_owned()
        }
        None => id.to_owned(),
    }
}

/// What the template says of a placeholder.
fn known_of(template: &Map<String, Value>, name: &str) -> String {
    let part = |part: &str, name: &str| template.get(part).and_then(|all| all.get(name));
    if let Some(parameter) = part("Parameters", name) {
        let usual = parameter.get("Default").map(|usual| format!(" It is {usual} unless told otherwise."));
        return format!("{name} is a parameter of the template.{}", usual.unwrap_or_default());
    }
    let resource = name.split('.').next().unwrap_or(name);
    match part("Resources", resource).and_then(|resource| resource["Type"].as_str()) {
        Some(kind) => format!("{resource} is the template's {kind}."),
        None => String::new(),
    }
}
