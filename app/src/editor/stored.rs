//! What is known of the stored prompts, by which a document is checked that names some.
//!
//! Always holds: until they are known, nothing is said of what they are or are not.

use std::collections::BTreeMap;

use flow::check::{Field, Report, check};
use flow::definition::InlinePrompt;
use flow::extensions::Extensions;
use flow::node::prompt::arns;
use flow::wire::PromptList;

use super::document::Document;

/// The stored prompts by their ARNs, once they are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored(Option<BTreeMap<String, InlinePrompt>>);

impl Stored {
    pub fn of(list: &PromptList) -> Self {
        let versions = list.prompts.iter().flat_map(|prompt| &prompt.versions);
        Self(Some(versions.map(|version| (version.arn.clone(), version.prompt.clone())).collect()))
    }

    /// What is wrong with a document.
    pub fn check(&self, document: &Document) -> Report {
        let named = arns(&document.definition);
        if named.is_empty() {
            return check(&document.definition, &document.extensions);
        }
        let known = self.0.iter().flatten().filter(|(arn, _)| named.contains(arn.as_str()));
        let prompts = known.map(|(arn, prompt)| (arn.clone(), prompt.clone())).collect();
        let mut report = check(&document.definition, &Extensions { prompts, ..document.extensions.clone() });
        if self.0.is_none() {
            report.problems.retain(|problem| problem.field != Some(Field::StoredPrompt));
        }
        report
    }
}

#[cfg(test)]
mod tests {
    use flow::definition::{NodeType, StoredPrompt};
    use flow::extensions::Position;
    use flow::wire::{Prompt, PromptVersion};

    use super::*;
    use crate::editor::change;
    use crate::editor::prompt::name_stored;

    #[test]
    fn a_named_prompt_is_judged_once_it_is_known() {
        let mut document = Document::default();
        change::add(&mut document, NodeType::Prompt, Position::default(), "m").unwrap();
        name_stored(&mut document, "Prompt_1", "arn", None);
        let said = |stored: &Stored| {
            let found = stored.check(&document).problems.into_iter();
            found.filter(|problem| problem.field == Some(Field::StoredPrompt)).count()
        };
        assert_eq!(said(&Stored::default()), 0);
        assert_eq!(said(&Stored::of(&PromptList::default())), 1, "there is none");
        let empty = PromptVersion {
            arn: "arn".into(),
            version: None,
            created_at: 0,
            prompt: StoredPrompt::default().inline(),
        };
        let prompt = Prompt {
            id: "ABCDEFGHIJ".into(),
            arn: "arn".into(),
            name: "greeting".into(),
            description: String::new(),
            updated_at: 0,
            versions: vec![empty],
        };
        assert_eq!(
            said(&Stored::of(&PromptList { prompts: vec![prompt] })),
            2,
            "it has no text and no model"
        );
    }
}
