//! Flows to start from. Each runs at once, on the embedded model too.

use serde_json::{Value, json};

use crate::definition::Definition;
use crate::extensions::Extensions;
use crate::wire::Template;

/// Every template, with this model in its prompts.
pub fn all(model: &str) -> Vec<Template> {
    [
        template(
            "support-triage",
            "Support triage",
            "Classify the tone, branch, answer",
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
            "read-order",
            "Read an order",
            "Parse a mail with Python, sum it up",
            json!("Hello, I would like to have\n2 x Kettle 29.90\n1 x Desk lamp 45.50\nas soon as you can."),
            include_str!("templates/read-order.json"),
            model,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A flow with an Input and an Output node, not yet connected by anything.
pub fn blank() -> (Definition, Extensions) {
    let nodes = [crate::definition::NodeType::Input, crate::definition::NodeType::Output]
        .into_iter()
        .filter_map(|kind| kind.fresh(kind.name_stem()))
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

    #[test]
    fn every_template_runs() {
        let templates = all("local/smollm2");
        assert_eq!(templates.len(), 3);
        for template in templates {
            let report = crate::check::check(&template.definition, &template.extensions);
            assert!(report.problems.is_empty(), "{}: {:?}", template.id, report.problems);
        }
    }
}
