//! A node as labelled texts, so that two of them can be compared field by field.

use serde_json::Value;

use super::lines::{Line, lines};
use crate::definition::{Configuration, Node};
use crate::extensions::{Answer, LoopPolarity, NodeExtension};
use crate::value::to_text;

/// A field's text before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// As the inspector calls it, such as `Prompt` or `Condition angry`.
    pub label: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl FieldChange {
    pub(super) fn new(label: &str, before: Option<&str>, after: Option<&str>) -> Self {
        Self { label: label.to_owned(), before: before.map(str::to_owned), after: after.map(str::to_owned) }
    }

    /// The change line by line, where either text has several.
    pub fn lines(&self) -> Option<Vec<Line>> {
        let (before, after) = (self.before.as_deref().unwrap_or(""), self.after.as_deref().unwrap_or(""));
        (before.contains('\n') || after.contains('\n')).then(|| lines(before, after))
    }
}

/// Labelled texts in the order in which they are shown.
pub type Fields = Vec<(String, String)>;

/// The order in which a reader wants the options of a Prompt.
const FIRST: [&str; 4] = ["Model", "Prompt", "Temperature", "Max tokens"];

/// Everything of a node but how it is drawn; of a loop without the nodes of its body, which are nodes as well.
pub fn of_node(node: &Node, extension: &NodeExtension, polarity: LoopPolarity) -> Fields {
    let mut fields = vec![("Name".to_owned(), node.name.clone())];
    for (at, condition) in node.conditions().iter().enumerate() {
        let text = condition.expression.clone().unwrap_or_else(|| "otherwise".into());
        fields.push((format!("Condition {}", condition.name), text));
        fields.push((format!("Place of condition {}", condition.name), (at + 1).to_string()));
    }
    if matches!(node.configuration, Some(Configuration::LoopController(_))) {
        let means = match polarity {
            LoopPolarity::ContinueWhileTrue => "the loop goes on while it holds",
            LoopPolarity::ExitWhenTrue => "the loop ends when it holds",
        };
        fields.push(("Condition means".to_owned(), means.to_owned()));
    }
    if !matches!(node.configuration, Some(Configuration::Condition(_) | Configuration::Loop(_))) {
        let configuration = serde_json::to_value(&node.configuration).unwrap_or_default();
        let mut options = Vec::new();
        flatten(&mut Vec::new(), &configuration, &mut options);
        // What the inspector shows first; the rest keeps its order.
        options
            .sort_by_key(|(label, _)| FIRST.iter().position(|first| first == label).unwrap_or(FIRST.len()));
        fields.extend(options);
    }
    if let Some(Answer::OneOf(answers)) = &extension.answer {
        let answers: Vec<String> = answers.iter().map(|answer| listed(answer)).collect();
        fields.push(("Answer must be one of".to_owned(), answers.join(", ")));
    }
    if let Some(parallel) = extension.parallel {
        fields.push(("Items at the same time".to_owned(), parallel.to_string()));
    }
    if let Some(seconds) = extension.time_limit {
        fields.push(("Time limit in seconds".to_owned(), seconds.to_string()));
    }
    if extension.disabled {
        fields.push(("Disabled".to_owned(), "runs skip it".to_owned()));
    }
    for (input, join) in &extension.joins {
        fields.push((format!("Join at {input}"), join.label()));
    }
    for input in &node.inputs {
        let category = input.category.map(|category| format!(", {category:?}")).unwrap_or_default();
        fields.push((
            format!("Input {}", input.name),
            format!("{} from {}{category}", input.kind, input.expression),
        ));
    }
    for output in &node.outputs {
        fields.push((format!("Output {}", output.name), output.kind.to_string()));
    }
    if !extension.note.is_empty() {
        fields.push(("Note".to_owned(), extension.note.clone()));
    }
    fields
}

/// The fields that differ, in the order of `after`, then those that are gone.
pub fn compare(before: &Fields, after: &Fields) -> Vec<FieldChange> {
    let find = |fields: &Fields, label: &str| {
        fields.iter().find(|(other, _)| other == label).map(|(_, text)| text.clone())
    };
    let mut changes = Vec::new();
    for (label, text) in after {
        let was = find(before, label);
        if was.as_ref() != Some(text) && !is_obvious(label, was.as_deref()) {
            changes.push(FieldChange { label: label.clone(), before: was, after: Some(text.clone()) });
        }
    }
    for (label, text) in before {
        if find(after, label).is_none() && !is_obvious(label, None) {
            changes.push(FieldChange { label: label.clone(), before: Some(text.clone()), after: None });
        }
    }
    changes
}

/// What goes without saying: the name of what came or went, and the place of a condition that did.
fn is_obvious(label: &str, other: Option<&str>) -> bool {
    other.is_none() && (label == "Name" || label.starts_with("Place of condition "))
}

fn flatten(path: &mut Vec<String>, value: &Value, fields: &mut Fields) {
    match value {
        // An absent configuration.
        Value::Null if path.is_empty() => {}
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                path.push(name.clone());
                flatten(path, member, fields);
                path.pop();
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object()) => {
            for (at, item) in items.iter().enumerate() {
                path.push((at + 1).to_string());
                flatten(path, item, fields);
                path.pop();
            }
        }
        // A kind without options has an empty configuration, which says nothing.
        Value::Object(_) if path.len() <= 1 => {}
        leaf => fields.push((label(path), told(leaf))),
    }
}

/// A value as text, with quotes where the bare text would read as another value.
fn told(leaf: &Value) -> String {
    match leaf {
        Value::String(text) if serde_json::from_str::<Value>(text).is_ok() => leaf.to_string(),
        _ => to_text(leaf),
    }
}

/// An item of a list with commas, with quotes where it has some itself.
fn listed(item: &str) -> String {
    if item.contains([',', '"']) { Value::String(item.to_owned()).to_string() } else { item.to_owned() }
}

/// The members that the inspector has words for; for others their path.
pub(crate) fn label(path: &[String]) -> String {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let inline = path.strip_prefix(["prompt", "sourceConfiguration", "inline"].as_slice());
    let known = match path.as_slice() {
        ["loopController", "continueCondition", "expression"] => Some("Condition"),
        ["loopController", "continueCondition", "name"] => Some("Name of the condition"),
        ["loopController", "maxIterations"] => Some("Most rounds"),
        _ => prompt_label(inline),
    };
    match (known, inline) {
        // Variables are many, and each needs a label of its own.
        (Some("Variable"), Some([.., at, _])) => format!("Variable {at}"),
        (Some(known), _) => known.to_owned(),
        (None, Some(rest)) => rest.join(" › "),
        (None, None) => path.get(1..).filter(|rest| !rest.is_empty()).unwrap_or(&path).join(" › "),
    }
}

fn prompt_label(inline: Option<&[&str]>) -> Option<&'static str> {
    match inline {
        Some(["modelId"]) => Some("Model"),
        Some(["templateConfiguration", "text", "text"]) => Some("Prompt"),
        Some(["templateType"]) => Some("Prompt type"),
        Some(["inferenceConfiguration", "text", "temperature"]) => Some("Temperature"),
        Some(["inferenceConfiguration", "text", "topP"]) => Some("Top P"),
        Some(["inferenceConfiguration", "text", "maxTokens"]) => Some("Max tokens"),
        Some(["inferenceConfiguration", "text", "stopSequences"]) => Some("Stop sequences"),
        Some(["templateConfiguration", "text", "inputVariables", _, "name"]) => Some("Variable"),
        _ => None,
    }
}
