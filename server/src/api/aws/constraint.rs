//! What AWS's model says of an input: required members, types, lengths, ranges, patterns, the texts that there are.
//!
//! Always holds: each violation names the member by its path. Absent on purpose: members that the model does not know,
//! which each operation refuses as it reads; and what is listed in [`WIDER`].

use serde_json::{Map, Number, Value};

use super::model::{self, Kind, Member, Shape};

/// The most that are told at once.
const MOST: usize = 50;

/// The members whose lengths and patterns are not AWS's here: flows may be larger, with a note that AWS would refuse
/// them; and models have the names that their connections give them.
const WIDER: &[(&str, &str)] = &[
    ("agent.FlowDefinition", "nodes"),
    ("agent.FlowDefinition", "connections"),
    ("agent.FlowNode", "inputs"),
    ("agent.FlowNode", "outputs"),
    ("agent.ConditionFlowNodeConfiguration", "conditions"),
    ("agent.FlowCondition", "expression"),
    ("agent.TextPromptTemplateConfiguration", "inputVariables"),
    ("agent.ChatPromptTemplateConfiguration", "inputVariables"),
    ("agent.PromptModelInferenceConfiguration", "temperature"),
    ("agent.PromptFlowNodeInlineConfiguration", "modelId"),
    ("agent.KnowledgeBaseFlowNodeConfiguration", "modelId"),
    ("agent.PromptVariant", "modelId"),
    // AWS's pattern is of no ARN: it says `/d` where it means digits.
    ("agent.TagResourceRequest", "resourceArn"),
    ("agent.UntagResourceRequest", "resourceArn"),
    ("agent.ListTagsForResourceRequest", "resourceArn"),
    ("agent.CreateAgentRequest", "foundationModel"),
    ("agent.UpdateAgentRequest", "foundationModel"),
    ("runtime.ConverseRequest", "modelId"),
    ("runtime.ConverseStreamRequest", "modelId"),
    ("runtime.InvokeModelRequest", "modelId"),
    ("runtime.InvokeModelWithResponseStreamRequest", "modelId"),
    ("runtime.CountTokensRequest", "modelId"),
    ("agent-runtime.VectorSearchBedrockRerankingModelConfiguration", "modelArn"),
    ("agent-runtime.ManagedSearchBedrockRerankingModelConfiguration", "modelArn"),
    ("agent-runtime.BedrockRerankingModelConfiguration", "modelArn"),
    ("agent-runtime.KnowledgeBaseRetrieveAndGenerateConfiguration", "modelArn"),
];

/// What does not fit, each with its path and what it has to be.
pub(super) fn violations<'a>(
    shape: &str,
    input: impl Fn(&str) -> Option<&'a Value>,
) -> Vec<(String, String)> {
    let mut found = Found(Vec::new());
    if let Some(known) = model::shape(shape) {
        found.members(shape, known, "", input);
    }
    found.0
}

struct Found(Vec<(String, String)>);

impl Found {
    fn add(&mut self, path: &str, what: impl Into<String>) {
        if self.0.len() < MOST {
            self.0.push((path.to_owned(), what.into()));
        }
    }

    fn value(&mut self, name: &str, path: &str, value: &Value, wider: bool) {
        let Some(shape) = model::shape(name) else { return };
        match (shape.kind, value) {
            (Kind::Document, _) | (Kind::Boolean, Value::Bool(_)) => {}
            (Kind::Structure, Value::Object(members)) => {
                self.members(name, shape, path, |member| members.get(member))
            }
            (Kind::Union, Value::Object(members)) => self.union(name, shape, path, members),
            (Kind::List, Value::Array(items)) => {
                self.size(shape, path, items.len(), "items", wider);
                for (at, item) in items.iter().enumerate() {
                    self.value(&shape.item, &format!("{path}[{at}]"), item, false);
                }
            }
            (Kind::Map, Value::Object(members)) => {
                self.size(shape, path, members.len(), "members", wider);
                for (key, value) in members {
                    let path = join(path, key);
                    self.value(&shape.key, &path, &Value::String(key.clone()), false);
                    self.value(&shape.value, &path, value, false);
                }
            }
            (Kind::String, Value::String(text)) => self.text(shape, path, text, wider),
            // Base64: three bytes of four signs, without those that fill it up.
            (Kind::Blob, Value::String(text)) => {
                self.size(shape, path, text.trim_end_matches('=').len() * 3 / 4, "bytes", wider)
            }
            (Kind::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => {
                self.number(shape, path, number, wider);
            }
            (Kind::Float, Value::Number(number)) => self.number(shape, path, number, wider),
            (kind, other) => self.add(path, format!("This is {}, not {}.", wanted(kind), found(other))),
        }
    }

    fn members<'a>(
        &mut self,
        name: &str,
        shape: &'static Shape,
        path: &str,
        given: impl Fn(&str) -> Option<&'a Value>,
    ) {
        for (member, known) in &shape.members {
            let path = join(path, member);
            match given(member) {
                None | Some(Value::Null) if known.required => self.add(&path, "This member is required."),
                None | Some(Value::Null) => {}
                Some(value) => self.member(name, member, known, &path, value),
            }
        }
    }

    fn member(&mut self, owner: &str, name: &str, known: &Member, path: &str, value: &Value) {
        self.value(&known.shape, path, value, WIDER.contains(&(owner, name)));
    }

    fn union(&mut self, name: &str, shape: &'static Shape, path: &str, members: &Map<String, Value>) {
        let there = members.iter().filter(|(_, value)| !value.is_null());
        if there.count() == 1 {
            return self.members(name, shape, path, |member| members.get(member));
        }
        let names: Vec<&str> = shape.members.keys().map(String::as_str).collect();
        self.add(path, format!("This has exactly one of {}.", names.join(", ")));
    }

    fn text(&mut self, shape: &Shape, path: &str, text: &str, wider: bool) {
        if !shape.texts.is_empty() && !shape.texts.iter().any(|known| known == text) {
            self.add(path, format!("This is one of {}.", shape.texts.join(", ")));
        }
        self.size(shape, path, text.chars().count(), "characters", wider);
        if let Some(pattern) = shape.pattern.as_ref().filter(|pattern| !wider && !pattern.fits(text)) {
            self.add(path, format!("This has to match {}", pattern.text));
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "lengths and their limits are small")]
    fn size(&mut self, shape: &Shape, path: &str, size: usize, what: &str, wider: bool) {
        let (min, max) = (shape.min.unwrap_or(0.0), shape.max.unwrap_or(f64::INFINITY));
        let given = size as f64;
        if wider || (min..=max).contains(&given) {
            return;
        }
        let wanted = match given > max {
            _ if min.total_cmp(&max).is_eq() => format!("exactly {}", count(max, what)),
            true => format!("at most {}", count(max, what)),
            false => format!("at least {}", count(min, what)),
        };
        self.add(path, format!("This has {wanted}, not {size}."));
    }

    fn number(&mut self, shape: &Shape, path: &str, number: &Number, wider: bool) {
        let value = number.as_f64().unwrap_or(f64::INFINITY);
        if let Some(max) = shape.max.filter(|max| value > *max && !wider) {
            self.add(path, format!("This is at most {max}, not {number}."));
        }
        if let Some(min) = shape.min.filter(|min| value < *min && !wider) {
            self.add(path, format!("This is at least {min}, not {number}."));
        }
    }
}

/// A number of things, of which there may be one.
fn count(number: f64, what: &str) -> String {
    let one = number.total_cmp(&1.0).is_eq();
    format!("{number} {}", if one { what.strip_suffix('s').unwrap_or(what) } else { what })
}

fn join(path: &str, member: &str) -> String {
    if path.is_empty() { member.to_owned() } else { format!("{path}.{member}") }
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Structure | Kind::Union | Kind::Map => "an object",
        Kind::List => "an array",
        Kind::String | Kind::Blob => "a text",
        Kind::Integer => "a whole number",
        Kind::Float => "a number",
        Kind::Boolean => "true or false",
        Kind::Document => "any JSON",
    }
}

fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "this number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_does_not_fit_is_named() {
        let of = |input: Value| -> Vec<String> {
            let input = violations("agent.CreateFlowRequest", |member| input.get(member));
            input.into_iter().map(|(path, what)| format!("{path}: {what}")).collect()
        };
        let role = "arn:aws:iam::123456789012:role/flows";
        let good = json!({"name": "a-b_c", "executionRoleArn": role});
        assert_eq!(of(good.clone()), [""; 0]);
        for (member, value, told) in [
            ("name", json!("a--b"), "name: This has to match ([0-9a-zA-Z][_-]?){1,100}"),
            ("name", Value::Null, "name: This member is required."),
            ("name", json!(1), "name: This is a text, not this number."),
            ("description", json!("é".repeat(201)), "description: This has at most 200 characters, not 201."),
            ("description", json!(""), "description: This has at least 1 character, not 0."),
            ("tags", json!([]), "tags: This is an object, not an array."),
            (
                "definition",
                json!({"nodes": [{"name": "Ask", "type": "Prompt", "configuration": {"prompt": {"sourceConfiguration": {}}}}]}),
                "definition.nodes[0].configuration.prompt.sourceConfiguration: This has exactly one of inline, resource.",
            ),
        ] {
            let mut input = good.clone();
            input[member] = value;
            assert_eq!(of(input), [told]);
        }
        let unknown = of(
            json!({"name": "a", "executionRoleArn": role, "definition": {"nodes": [{"name": "Ask", "type": "Ask"}]}}),
        );
        assert!(
            unknown[0].starts_with("definition.nodes[0].type: This is one of Agent, Collector"),
            "{unknown:?}"
        );
        let expression = "x".repeat(100);
        let conditions: Vec<Value> =
            (0..9).map(|n| json!({"name": format!("is{n}"), "expression": expression})).collect();
        let wide = json!({"name": "Route", "type": "Condition", "configuration": {"condition": {"conditions": conditions}}});
        assert_eq!(
            of(json!({"name": "a", "executionRoleArn": role, "definition": {"nodes": [wide]}})),
            [""; 0]
        );
    }

    #[test]
    fn what_is_wider_is_in_the_model() {
        for (owner, member) in WIDER {
            assert!(
                model::shape(owner).is_some_and(|shape| shape.members.contains_key(*member)),
                "{owner} {member}"
            );
        }
    }
}
