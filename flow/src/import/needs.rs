//! What a flow names and does not hold: models, functions, knowledge bases and the like.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::intrinsic::placeholders;
use crate::definition::{Configuration, Definition, Guardrail, Node, ObjectService, PromptSource};
use crate::wire::{Need, NeedKind};

/// What is known of a placeholder.
type Hint<'a> = Option<&'a dyn Fn(&str) -> String>;

/// What the flow names, in the order of its nodes. `hint` says what is known of a placeholder; without it, only the
/// places that name something are looked at, since `${…}` in a prompt may be meant so.
pub fn needs(definition: &Definition, hint: Hint<'_>) -> Vec<Need> {
    let mut found = Found { hint, needs: Vec::new(), places: HashMap::new() };
    for (address, node) in definition.every_node() {
        let named = named(node);
        for (kind, name) in &named {
            found.add(*kind, name, &address);
        }
        if hint.is_some() {
            let known: BTreeSet<&str> = named.iter().flat_map(|(_, name)| placeholders(name)).collect();
            for name in elsewhere(node).iter().filter(|name| !known.contains(name.as_str())) {
                found.add(NeedKind::Value, &format!("${{{name}}}"), &address);
            }
        }
    }
    found.needs
}

struct Found<'a> {
    hint: Hint<'a>,
    needs: Vec<Need>,
    /// Where each stands among them.
    places: HashMap<(NeedKind, String), usize>,
}

impl Found<'_> {
    fn add(&mut self, kind: NeedKind, name: &str, address: &str) {
        if name.is_empty() {
            return;
        }
        let known = self.places.get(&(kind, name.to_owned()));
        if let Some(need) = known.and_then(|place| self.needs.get_mut(*place)) {
            if need.nodes.last().is_none_or(|last| last != address) {
                need.nodes.push(address.to_owned());
            }
            return;
        }
        self.places.insert((kind, name.to_owned()), self.needs.len());
        let names = placeholders(name);
        let hints = names.iter().filter_map(|name| self.hint.map(|hint| hint(name)));
        let hints: Vec<String> = hints.filter(|hint| !hint.is_empty()).collect();
        self.needs.push(Need {
            kind,
            name: name.to_owned(),
            nodes: vec![address.to_owned()],
            placeholder: !names.is_empty(),
            hint: hints.join(" "),
        });
    }
}

fn named(node: &Node) -> Vec<(NeedKind, String)> {
    let mut names = Vec::new();
    let guard = |guardrail: &Option<Guardrail>| {
        guardrail.as_ref().and_then(|it| it.guardrail_identifier.clone()).map(|id| (NeedKind::Guardrail, id))
    };
    match &node.configuration {
        Some(Configuration::Prompt(prompt)) => {
            names.push(match &prompt.source_configuration {
                PromptSource::Inline(inline) => (NeedKind::Model, inline.model_id.clone()),
                PromptSource::Resource(resource) => (NeedKind::Prompt, resource.prompt_arn.clone()),
            });
            names.extend(guard(&prompt.guardrail_configuration));
        }
        Some(Configuration::KnowledgeBase(base)) => {
            names.push((NeedKind::KnowledgeBase, base.knowledge_base_id.clone()));
            names.extend(base.model_id.clone().map(|model| (NeedKind::Model, model)));
            names.extend(guard(&base.guardrail_configuration));
        }
        Some(Configuration::LambdaFunction(function)) => {
            names.push((NeedKind::Function, function.lambda_arn.clone()));
        }
        Some(Configuration::Lex(bot)) => names.push((NeedKind::Bot, bot.bot_alias_arn.clone())),
        Some(Configuration::Agent(agent)) => names.push((NeedKind::Agent, agent.agent_alias_arn.clone())),
        Some(Configuration::Storage(objects) | Configuration::Retrieval(objects)) => {
            let ObjectService::S3(bucket) = &objects.service_configuration;
            names.push((NeedKind::Bucket, bucket.bucket_name.clone()));
        }
        _ => {}
    }
    names
}

/// The placeholders of a node that name nothing in particular, in their order; those of a loop's body are its nodes' own.
fn elsewhere(node: &Node) -> Vec<String> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    if node.body().is_none() {
        gather(&serde_json::to_value(node).unwrap_or_default(), &mut |name| {
            if seen.insert(name.to_owned()) {
                found.push(name.to_owned());
            }
        });
    }
    found
}

fn gather(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => placeholders(text).into_iter().for_each(take),
        Value::Array(items) => items.iter().for_each(|item| gather(item, take)),
        Value::Object(members) => members.values().for_each(|member| gather(member, take)),
        _ => {}
    }
}
