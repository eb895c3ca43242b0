//! Our own export: a title, a description, the definition and our extensions.

use serde_json::{Map, Value};

use super::fit::Habits;
use super::{Error, Found, refuse_others};
use crate::extensions::Extensions;
use crate::wire::{FLOW_FILE_FORMAT, FileFormat, ReadFlow, Reading, Unread};

pub(super) fn read(file: &Map<String, Value>) -> Result<Reading, Error> {
    let format = file.get("format").and_then(Value::as_str).unwrap_or_default();
    if format != FLOW_FILE_FORMAT {
        return Err(Error::Newer(format.to_owned()));
    }
    let text = |name: &str| file.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut unread = Vec::new();
    refuse_others(
        file,
        &["format", "title", "description", "definition", "extensions"],
        &[],
        "",
        &mut unread,
    );
    let found = Found {
        title: text("title"),
        description: text("description").unwrap_or_default(),
        definition: file.get("definition").unwrap_or(&Value::Null),
        habits: Habits::Api,
        place: "definition",
        unread,
        hint: None,
    };
    Ok(match found.into_flow() {
        Ok(flow) => {
            let flow = with_extensions(flow, file.get("extensions"));
            Reading { format: FileFormat::Anabranch, flows: vec![flow], unread: Vec::new() }
        }
        Err(unread) => Reading { format: FileFormat::Anabranch, flows: Vec::new(), unread: vec![unread] },
    })
}

fn with_extensions(mut flow: ReadFlow, given: Option<&Value>) -> ReadFlow {
    let Some(given) = given.filter(|given| !given.is_null()) else { return flow };
    let mut unread = |place: String, why: &str| flow.report.unread.push(Unread::new(place, why));
    match serde_json::from_value::<Extensions>(given.clone()) {
        Ok(extensions) => {
            let known: Vec<String> =
                flow.definition.every_node().into_iter().map(|(address, _)| address).collect();
            for name in extensions.nodes.keys().filter(|name| !known.contains(name)) {
                unread(format!("extensions.nodes.{name}"), "There is no such node.");
            }
            flow.extensions = extensions;
            flow.extensions.retain(&flow.definition);
        }
        Err(error) => {
            unread(
                "extensions".to_owned(),
                &format!("They do not fit, so positions and notes stay out: {error}."),
            );
        }
    }
    flow
}
