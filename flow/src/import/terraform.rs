//! Terraform: `aws_bedrockagent_flow` in `terraform show -json`, in a state file, in configuration written as JSON, or
//! a resource's arguments alone.
//!
//! Always holds: what a plan does not know yet is a placeholder with the name of what it will come from.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::fit::Habits;
use super::{ACCESS, ELSEWHERE, Found, TAGS, leave_out, refuse_others};
use crate::wire::{FileFormat, Reading};

const FLOW: &str = "aws_bedrockagent_flow";

/// What of a resource's arguments stays out, and why.
const KNOWN: &[(&[&str], &str)] = &[
    (&["arn", "id", "version", "status", "created_at", "updated_at", "timeouts", "region"], ELSEWHERE),
    (&["execution_role_arn", "customer_encryption_key_arn"], ACCESS),
    (&["tags", "tags_all"], TAGS),
    (
        &["lifecycle", "depends_on", "count", "for_each", "provider", "connection", "provisioner"],
        "It says how Terraform makes the resource.",
    ),
];

/// A flow's resource: where it stands and its arguments.
pub(super) struct Resource {
    address: String,
    arguments: Value,
}

/// The flows of a document of Terraform's; none where it is none.
pub(super) fn flows(document: &Value) -> Option<Vec<Resource>> {
    let mut found = Vec::new();
    let root = ["planned_values", "values"]
        .iter()
        .map(|part| &document[*part]["root_module"])
        .find(|it| it.is_object());
    if let Some(module) = root {
        shown(module, &mut found);
        let changes = by_address(&document["resource_changes"]);
        let configured = by_address(&document["configuration"]["root_module"]["resources"]);
        for flow in &mut found {
            if let Some(change) = changes.get(flow.address.as_str()) {
                // What a resource of the configuration says that its arguments come from.
                let plain = flow.address.split('[').next().unwrap_or(&flow.address);
                let from = configured.get(plain).map_or(&Value::Null, |it| &it["expressions"]);
                fill_in(&mut flow.arguments, &change["change"]["after_unknown"], from);
            }
        }
        return Some(found);
    }
    if document["terraform_version"].is_string() && document["resources"].is_array() {
        state(document, &mut found);
        return Some(found);
    }
    if let Some(resources) = document["resource"].get(FLOW).and_then(Value::as_object) {
        for (name, arguments) in resources {
            // Configuration may have a list of one where it has an object.
            let arguments = arguments.as_array().and_then(|blocks| blocks.first()).unwrap_or(arguments);
            found.push(Resource { address: format!("{FLOW}.{name}"), arguments: arguments.clone() });
        }
        return Some(found);
    }
    arguments(document).map(|flow| vec![flow])
}

/// A resource's arguments, or its definition, alone.
fn arguments(document: &Value) -> Option<Resource> {
    let has = |value: &Value, names: [&str; 2]| names.iter().any(|name| value.get(*name).is_some());
    let definition = &document["definition"];
    let block = definition.get(0).unwrap_or(definition);
    let arguments = if has(block, ["node", "connection"]) || definition.is_array() {
        document.clone()
    } else if has(document, ["node", "connection"]) {
        Value::Object(Map::from_iter([("definition".to_owned(), document.clone())]))
    } else {
        return None;
    };
    Some(Resource { address: FLOW.to_owned(), arguments })
}

/// The flows of a module in `terraform show -json`, and of those inside it.
fn shown(module: &Value, found: &mut Vec<Resource>) {
    for resource in module["resources"].as_array().into_iter().flatten() {
        if resource["type"] == FLOW {
            let address = resource["address"].as_str().unwrap_or(FLOW).to_owned();
            found.push(Resource { address, arguments: resource["values"].clone() });
        }
    }
    for child in module["child_modules"].as_array().into_iter().flatten() {
        shown(child, found);
    }
}

fn state(document: &Value, found: &mut Vec<Resource>) {
    for resource in document["resources"].as_array().into_iter().flatten().filter(|it| it["type"] == FLOW) {
        let name = resource["name"].as_str().unwrap_or_default();
        for instance in resource["instances"].as_array().into_iter().flatten() {
            found.push(Resource {
                address: format!("{FLOW}.{name}"),
                arguments: instance["attributes"].clone(),
            });
        }
    }
}

/// The items of a list by their addresses; of several with the same, the first.
fn by_address(list: &Value) -> HashMap<&str, &Value> {
    let items = list.as_array().into_iter().flatten().rev();
    items.filter_map(|item| Some((item["address"].as_str()?, item))).collect()
}

/// Puts a placeholder in the place of what a plan does not know yet.
fn fill_in(value: &mut Value, unknown: &Value, from: &Value) {
    match unknown {
        Value::Bool(true) => {
            let name = from["references"][0].as_str().unwrap_or("known after apply");
            *value = format!("${{{name}}}").into();
        }
        Value::Object(members) => {
            for (name, unknown) in members {
                if value.is_object() && (unknown == true || value.get(name).is_some()) {
                    fill_in(&mut value[name.as_str()], unknown, &from[name.as_str()]);
                }
            }
        }
        Value::Array(items) => {
            for (at, unknown) in items.iter().enumerate() {
                if let Some(value) = value.get_mut(at) {
                    // A block that stands once is told without a list.
                    fill_in(value, unknown, from.get(at).unwrap_or(from));
                }
            }
        }
        _ => {}
    }
}

pub(super) fn read(resources: Vec<Resource>) -> Reading {
    let mut reading = Reading { format: FileFormat::Terraform, flows: Vec::new(), unread: Vec::new() };
    let nothing = Map::new();
    for Resource { address, arguments } in resources {
        let members = arguments.as_object().unwrap_or(&nothing);
        let place = format!("{address}.");
        let mut unread = Vec::new();
        leave_out(members, KNOWN, &place, &mut unread);
        refuse_others(members, &["name", "description", "definition"], KNOWN, &place, &mut unread);
        let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
        let found = Found {
            title: text("name"),
            description: text("description").unwrap_or_default(),
            definition: members.get("definition").unwrap_or(&Value::Null),
            habits: Habits::Terraform,
            place: &format!("{place}definition"),
            unread,
            hint: Some(&|_| String::new()),
        };
        match found.into_flow() {
            Ok(flow) => reading.flows.push(flow),
            Err(unread) => reading.unread.push(unread),
        }
    }
    reading
}
