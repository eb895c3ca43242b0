//! Flows as people have them: our own export, JSON of AWS's API, CloudFormation (and so the CDK's output), Terraform.
//!
//! Always holds: the format is recognised by the shape of the document; nothing in it is evaluated or run; its depth and
//! size are bounded; what is not taken over is told with its place and the reason. Absent on purpose: files that a file
//! points at, such as a definition in S3.

mod api;
mod cloudformation;
mod fit;
mod intrinsic;
mod json;
mod needs;
mod own;
pub(crate) mod shape;
mod terraform;
mod yaml;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::definition::{Definition, List};
use crate::extensions::Extensions;
use crate::wire::{ReadFlow, ReadReport, Reading, Unread};
use fit::{Fitter, Habits};

/// The largest file, in bytes.
pub const LARGEST: usize = 9 * 1024 * 1024;
/// The most flows of one file.
const MOST_FLOWS: usize = 100;
/// The longest title and description that a flow takes, in characters.
const LONGEST_TITLE: usize = 100;
const LONGEST_DESCRIPTION: usize = 200;
/// The title of a flow that came without a name.
const UNNAMED: &str = "Imported flow";

/// The most that is told of one flow's members that cannot be read: more is a file of another kind.
const MOST_UNREAD: usize = 1_000;

/// Tells of a member, unless much has been told.
fn tell(unread: &mut Vec<Unread>, what: Unread) {
    if unread.len() < MOST_UNREAD {
        unread.push(what);
    }
}

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("The file is larger than 9 MiB.")]
    TooLarge,
    /// Neither JSON nor YAML, and where.
    #[error("The file cannot be read: {0}")]
    Malformed(String),
    /// A document, and none of a format that is known.
    #[error("{0}")]
    Unknown(String),
    /// More flows than one file may have.
    #[error("The file has {0} flows, and one file has at most {MOST_FLOWS}. Give them in several files.")]
    TooMany(usize),
    /// A later version's.
    #[error("{0} is a format that this version does not know; it reads {known}.", known = crate::wire::FLOW_FILE_FORMAT)]
    Newer(String),
}

/// The flows that a file holds.
///
/// # Errors
/// It is no document, or none with flows.
pub fn read(text: &str) -> Result<Reading, Error> {
    let reading = found(text)?;
    match reading.flows.len() {
        many if many > MOST_FLOWS => Err(Error::TooMany(many)),
        _ => Ok(reading),
    }
}

fn found(text: &str) -> Result<Reading, Error> {
    let document = parse(text)?;
    let Value::Object(members) = &document else { return Err(Error::Unknown(NO_FLOW.to_owned())) };
    if members.contains_key("format") {
        return own::read(members);
    }
    if let Some(template) = cloudformation::template(members) {
        return Ok(cloudformation::read(&template));
    }
    if let Some(found) = terraform::flows(&document) {
        return Ok(terraform::read(found));
    }
    if api::is_flow(members) {
        return api::read(members);
    }
    Err(Error::Unknown(NO_FLOW.to_owned()))
}

const NO_FLOW: &str = "There is no flow in the file. Give an export of this app, a flow definition of the AWS API, a \
                       CloudFormation template with an AWS::Bedrock::Flow, or Terraform's JSON with an \
                       aws_bedrockagent_flow.";

const HCL: &str =
    "This is Terraform's own language. Give its JSON: run terraform show -json after a plan or an apply.";

fn parse(text: &str) -> Result<Value, Error> {
    if text.len() > LARGEST {
        return Err(Error::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with(['{', '[']) {
        return json::read(text).map_err(Error::Malformed);
    }
    match yaml::read(text) {
        Ok(document) if document.is_object() => Ok(document),
        _ if is_hcl(text) => Err(Error::Unknown(HCL.to_owned())),
        read => read.map_err(Error::Malformed),
    }
}

fn is_hcl(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with("resource \"aws_bedrockagent_flow\""))
}

/// A flow as a format has found it.
struct Found<'a> {
    title: Option<String>,
    description: String,
    definition: &'a Value,
    habits: Habits,
    /// Where its definition stands.
    place: &'a str,
    unread: Vec<Unread>,
    /// What is known of a placeholder, where the format has any.
    hint: Option<&'a dyn Fn(&str) -> String>,
}

impl Found<'_> {
    /// The flow, as far as it can be read. What cannot, says so.
    fn into_flow(self) -> Result<ReadFlow, Unread> {
        let Self { title, description, definition, habits, place, mut unread, hint } = self;
        let fitted = Fitter { habits, unread: &mut unread }.fit(definition, shape::DEFINITION, place);
        let Some(Value::Object(fitted)) = fitted else {
            let why = unread.pop().map_or_else(|| "It is empty.".to_owned(), |last| last.why);
            return Err(Unread::new(place, why));
        };
        let definition = Definition {
            nodes: list(&fitted, "nodes", place, &mut unread),
            connections: list(&fitted, "connections", place, &mut unread),
        };
        let title = title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| UNNAMED.to_owned());
        let report = ReadReport {
            nodes: definition.every_node().len(),
            connections: definition.every_connection().len(),
            needs: needs::needs(&definition, hint),
            unread: Vec::new(),
        };
        Ok(ReadFlow {
            title: shortened(title, LONGEST_TITLE, "name", &mut unread),
            description: shortened(description, LONGEST_DESCRIPTION, "description", &mut unread),
            definition,
            extensions: Extensions::default(),
            report: ReadReport { unread, ..report },
        })
    }
}

/// The items of a list that can be read; the others say why not.
fn list<T: DeserializeOwned>(
    definition: &Map<String, Value>,
    member: &str,
    place: &str,
    unread: &mut Vec<Unread>,
) -> List<T> {
    let Some(Value::Array(items)) = definition.get(member) else { return List::default() };
    let mut read = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let name = item["name"].as_str().map(|name| format!(" ({name})")).unwrap_or_default();
        let place = format!("{place}.{member}[{at}]");
        match as_far_as_it_fits(item) {
            Ok((item, None)) => read.push(item),
            Ok((item, Some(error))) => {
                let why = format!("It does not fit, so what it is in has none: {error}.");
                tell(unread, Unread::new(format!("{place}.configuration{name}"), why));
                read.push(item);
            }
            Err(error) => {
                let why = format!("It does not fit, and was left out: {error}.");
                tell(unread, Unread::new(format!("{place}{name}"), why));
            }
        }
    }
    List::from(read)
}

/// A node or a connection; without its configuration where that is what does not fit.
fn as_far_as_it_fits<T: DeserializeOwned>(
    item: &Value,
) -> Result<(T, Option<serde_json::Error>), serde_json::Error> {
    let error = match serde_json::from_value(item.clone()) {
        Ok(item) => return Ok((item, None)),
        Err(error) => error,
    };
    let mut bare = item.clone();
    if bare.as_object_mut().and_then(|members| members.remove("configuration")).is_none() {
        return Err(error);
    }
    match serde_json::from_value(bare) {
        Ok(item) => Ok((item, Some(error))),
        Err(_) => Err(error),
    }
}

fn shortened(text: String, most: usize, member: &str, unread: &mut Vec<Unread>) -> String {
    if text.chars().count() <= most {
        return text;
    }
    unread.push(Unread::new(
        member,
        format!("It has at most {most} characters here, and was cut. It was: {text}"),
    ));
    text.chars().take(most).collect()
}

/// Says of members that are known and of no use here that they stay out, all those with the same reason together.
fn leave_out(members: &Map<String, Value>, known: &[(&[&str], &str)], place: &str, unread: &mut Vec<Unread>) {
    for (names, why) in known {
        let given: Vec<String> = members
            .iter()
            .filter(|(name, value)| names.contains(&name.as_str()) && !is_nothing(value))
            .map(|(name, _)| format!("{place}{name}"))
            .collect();
        if !given.is_empty() {
            unread.push(Unread::new(given.join(", "), *why));
        }
    }
}

/// Says of members that no list has that they are unknown.
fn refuse_others(
    members: &Map<String, Value>,
    read: &[&str],
    known: &[(&[&str], &str)],
    place: &str,
    unread: &mut Vec<Unread>,
) {
    for (name, value) in members {
        let is_known =
            read.contains(&name.as_str()) || known.iter().any(|(names, _)| names.contains(&name.as_str()));
        if !is_known && !is_nothing(value) {
            unread.push(Unread::new(format!("{place}{name}"), "Flows have no such member."));
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// What is told of roles and keys.
const ACCESS: &str = "Who may run a flow on AWS, and with which key, does not matter here.";
/// What is told of ids and times.
const ELSEWHERE: &str = "It belongs to the place that the flow comes from.";
/// What is told of tags.
const TAGS: &str = "Tags are not taken over. TagResource gives the flow those that matter here.";
