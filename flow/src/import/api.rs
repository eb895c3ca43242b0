//! JSON of AWS's API: a definition alone, what CreateFlow takes, what GetFlow, GetFlowVersion and
//! GetExecutionFlowSnapshot answer, as AWS's clients print it.

use serde_json::{Map, Value};

use super::fit::Habits;
use super::{ACCESS, ELSEWHERE, Error, Found, TAGS, json, leave_out, refuse_others};
use crate::wire::{FileFormat, Reading};

/// What stays out, and why.
const KNOWN: &[(&[&str], &str)] = &[
    (
        &[
            "arn",
            "id",
            "version",
            "status",
            "createdAt",
            "updatedAt",
            "validations",
            "clientToken",
            "flowIdentifier",
            "flowVersion",
            "flowAliasIdentifier",
            "ResponseMetadata",
        ],
        ELSEWHERE,
    ),
    (&["executionRoleArn", "customerEncryptionKeyArn"], ACCESS),
    (&["tags"], TAGS),
];

pub(super) fn is_flow(document: &Map<String, Value>) -> bool {
    ["definition", "nodes", "connections"].iter().any(|member| document.contains_key(*member))
}

pub(super) fn read(document: &Map<String, Value>) -> Result<Reading, Error> {
    let mut unread = Vec::new();
    let whole = Value::Object(document.clone());
    let parsed;
    let definition = match document.get("definition") {
        None => &whole,
        // A snapshot holds its definition as text.
        Some(Value::String(text)) => {
            parsed = json::read(text).map_err(|error| Error::Malformed(format!("In definition: {error}")))?;
            &parsed
        }
        Some(definition) => definition,
    };
    if document.contains_key("definition") {
        leave_out(document, KNOWN, "", &mut unread);
        refuse_others(document, &["name", "description", "definition"], KNOWN, "", &mut unread);
    }
    let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
    let found = Found {
        title: text("name"),
        description: text("description").unwrap_or_default(),
        definition,
        habits: Habits::Api,
        place: "definition",
        unread,
        hint: None,
    };
    let (flows, unread) = match found.into_flow() {
        Ok(flow) => (vec![flow], Vec::new()),
        Err(unread) => (Vec::new(), vec![unread]),
    };
    Ok(Reading { format: FileFormat::Api, flows, unread })
}
