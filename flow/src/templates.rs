//! Flows to start from. Each runs at once, on the embedded model too, but for those whose summary says what to do first.

use serde_json::{Value, json};

use crate::definition::{Configuration, Definition};
use crate::extensions::Extensions;
use crate::wire::{Bot, PutAgent, Template, USUAL_STEPS};

/// The template whose flow needs [`sample_agent`].
pub const WITH_AGENT: &str = "front-desk";
const ROUTE_BY_INTENT: (&str, &str) = ("route-by-intent", include_str!("templates/route-by-intent.json"));

/// The id of the knowledge base that templates look up: see [`looks_up_samples`].
pub const SAMPLE_BASE: &str = "SAMPLEDOCS";
/// Its name.
pub const SAMPLE_NAME: &str = "Sample: a shop by the river";
/// Its documents: titles and texts.
pub const SAMPLE_DOCUMENTS: [(&str, &str); 4] = [
    ("Refunds", include_str!("templates/documents/refunds.md")),
    ("Delivery", include_str!("templates/documents/delivery.md")),
    ("Warranty and repairs", include_str!("templates/documents/warranty.md")),
    ("Shop and opening hours", include_str!("templates/documents/opening-hours.md")),
];

/// Every template, with this model in its prompts.
pub fn all(model: &str) -> Vec<Template> {
    each(model).into_iter().flatten().collect()
}

/// The bindings of bots that a template brings along.
pub fn bots(id: &str) -> Vec<Bot> {
    let (known, file) = ROUTE_BY_INTENT;
    let read = |file| serde_json::from_str::<Value>(file).ok();
    let bots = (id == known).then(|| read(file)).flatten().map(|mut file| file["bots"].take());
    bots.and_then(|bots| serde_json::from_value(bots).ok()).unwrap_or_default()
}

/// The templates as they are read; none for one that is broken.
fn each(model: &str) -> Vec<Option<Template>> {
    vec![
        template(
            "support-triage",
            "Support triage",
            "Classify the tone, branch, look up, answer",
            json!("My parcel is two weeks late and nobody answers!"),
            include_str!("templates/support-triage.json"),
            model,
        ),
        template(
            "judge-reviews",
            "Judge a list",
            "Iterate, judge each, collect",
            json!(["Great kettle, quick and quiet!", "It leaks, and nobody answers my mails."]),
            include_str!("templates/judge-reviews.json"),
            model,
        ),
        template(
            "refine-draft",
            "Refine a draft",
            "Rewrite in a loop until it is ready",
            json!("send me the numbers by noon, i will not ask again"),
            include_str!("templates/refine-draft.json"),
            model,
        ),
        template(
            ROUTE_BY_INTENT.0,
            "Route by intent",
            "Find the intent, branch, answer",
            json!("I would like to send the shoes back, they do not fit."),
            ROUTE_BY_INTENT.1,
            model,
        ),
        template(
            "look-up-order",
            "Look up an order",
            "Bind its function first; call it, answer",
            json!("A-1001"),
            include_str!("templates/look-up-order.json"),
            model,
        ),
        template(
            "answer-from-documents",
            "Answer from documents",
            "Find passages, let a model answer",
            json!("How long does a refund take?"),
            include_str!("templates/answer-from-documents.json"),
            model,
        ),
        template(
            "keep-a-note",
            "Keep a note",
            "Write an object, read it back",
            json!({"name": "notes/today.txt", "text": "Water the plants."}),
            include_str!("templates/keep-a-note.json"),
            model,
        ),
        template(
            WITH_AGENT,
            "Front desk",
            "An agent that answers, or asks back",
            json!("What does it cost to have my brakes done?"),
            include_str!("templates/front-desk.json"),
            model,
        ),
        template(
            "read-order",
            "Read an order",
            "Parse a mail with Python, sum it up",
            json!("Hello, I would like to have\n2 x Kettle 29.90\n1 x Desk lamp 45.50\nas soon as you can."),
            include_str!("templates/read-order.json"),
            model,
        ),
    ]
}

/// Whether a template's flow looks up [`SAMPLE_BASE`].
pub fn looks_up_samples(definition: &Definition) -> bool {
    definition.nodes.iter().any(|node| {
        let Some(Configuration::KnowledgeBase(base)) = &node.configuration else { return false };
        base.knowledge_base_id == SAMPLE_BASE
    })
}

/// The agent of [`WITH_AGENT`]. It answers with any model, and asks back with one that can use tools.
pub fn sample_agent() -> PutAgent {
    PutAgent {
        name: "Front desk".to_owned(),
        description: "Answers the customers of a bicycle workshop".to_owned(),
        instructions: include_str!("templates/front-desk.txt").trim().to_owned(),
        model: String::new(),
        tools: Vec::new(),
        step_limit: USUAL_STEPS,
        asks_back: true,
    }
}

/// A flow with an Input and an Output node, not yet connected by anything.
pub fn blank() -> (Definition, Extensions) {
    let nodes = [crate::definition::NodeType::Input, crate::definition::NodeType::Output]
        .into_iter()
        .map(|kind| kind.fresh(kind.name_stem()))
        .collect::<Vec<_>>();
    let definition = Definition { nodes: nodes.into(), connections: Vec::new().into() };
    let mut extensions = Extensions::default();
    for (at, node) in definition.nodes.iter().enumerate() {
        extensions.node_mut(&node.name).position =
            Some(crate::extensions::Position { x: at as f64 * 620.0, y: 120.0 });
    }
    (definition, extensions)
}

/// Reads a template's file; a broken one is left out, and a test sees to it that none is.
fn template(
    id: &str,
    title: &str,
    summary: &str,
    sample_input: Value,
    file: &str,
    model: &str,
) -> Option<Template> {
    let file = file.replace("\"MODEL\"", &serde_json::to_string(model).ok()?);
    let mut file: Value = serde_json::from_str(&file).ok()?;
    Some(Template {
        id: id.to_owned(),
        title: title.to_owned(),
        summary: summary.to_owned(),
        sample_input,
        definition: serde_json::from_value(file["definition"].take()).ok()?,
        extensions: serde_json::from_value(file["extensions"].take()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::BotList;

    #[test]
    fn every_template_runs() {
        for template in each("local/smollm2") {
            let template = template.unwrap();
            let report = crate::check::check(&template.definition, &template.extensions);
            assert!(report.problems.is_empty(), "{}: {:?}", template.id, report.problems);
        }
    }

    #[test]
    fn a_template_brings_the_intents_that_it_branches_on() {
        let template = all("m").into_iter().find(|template| template.id == ROUTE_BY_INTENT.0).unwrap();
        let node = template.definition.node("NameIntent").unwrap();
        let Some(Configuration::Lex(lex)) = &node.configuration else { panic!("{node:?}") };
        let list = BotList { bots: bots(&template.id) };
        let bot = list.find(&lex.bot_alias_arn, &lex.locale_id).unwrap();
        let conditions = template.definition.node("RouteByIntent").unwrap().conditions();
        for intent in &bot.intents {
            let expression = format!("intent == \"{}\"", intent.name);
            assert!(conditions.iter().any(|c| c.expression.as_ref() == Some(&expression)), "{expression}");
        }
        assert_eq!(bots("support-triage"), []);
    }
}
