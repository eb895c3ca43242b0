//! What the browser keeps of a draft until the server has it, and what that means when the flow is opened again.
//!
//! Always holds: a save of our own is never taken for somebody else's. Its answer may have been lost, or may have come
//! after the page was gone, so what was sent is remembered by its fingerprint until it was acknowledged.

use std::hash::{DefaultHasher, Hash, Hasher};

use flow::definition::Definition;
use flow::extensions::Extensions;
use serde::{Deserialize, Serialize};

use super::document::Document;

/// What is kept in the browser until the server has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The revision it is based on.
    pub revision: u64,
    pub definition: Definition,
    pub extensions: Extensions,
    /// What the server had at that revision, for a merge with what it has now.
    #[serde(default)]
    pub base: Option<(Definition, Extensions)>,
    /// What was sent since that revision, without an answer so far.
    #[serde(default)]
    pub sent: Sent,
    /// Milliseconds since the Unix epoch.
    #[serde(default)]
    pub at: u64,
}

/// Documents that were sent and not acknowledged, by their fingerprints.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent(Vec<u64>);

impl Sent {
    /// This goes out now.
    pub fn push(&mut self, document: &Document) {
        let print = fingerprint(document);
        if !self.0.contains(&print) {
            self.0.push(print);
        }
    }

    pub fn contains(&self, document: &Document) -> bool {
        self.0.contains(&fingerprint(document))
    }

    /// The server answered: whatever went before no longer matters.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// How a draft of ours stands against the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They are equal.
    Same,
    /// Ours comes after the server's, and can be saved on top of it.
    Ahead,
    /// Somebody else changed it too.
    Apart,
}

/// How `mine`, based on a revision, stands against what the server has now.
pub fn standing(
    mine: &Document,
    revision: u64,
    sent: &Sent,
    theirs: &Document,
    their_revision: u64,
) -> Standing {
    // Places that were never given are given by the page: they are no difference.
    let theirs = Document::settled(theirs.definition.clone(), theirs.extensions.clone());
    if *mine == theirs {
        Standing::Same
    } else if revision == their_revision || sent.contains(&theirs) {
        Standing::Ahead
    } else {
        Standing::Apart
    }
}

fn fingerprint(document: &Document) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(&document.definition).unwrap_or_default().hash(&mut hasher);
    serde_json::to_string(&document.extensions).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::extensions::Position;

    use super::*;
    use crate::editor::change;

    fn document(nodes: usize) -> Document {
        let mut document = Document::default();
        for _ in 0..nodes {
            change::add(&mut document, NodeType::Prompt, Position::default(), "m").unwrap();
        }
        document
    }

    #[test]
    fn an_own_save_whose_answer_was_lost_is_no_conflict() {
        let mut sent = Sent::default();
        let [before, first, second, foreign] = [document(0), document(1), document(2), document(3)];
        assert_eq!(standing(&first, 1, &sent, &before, 1), Standing::Ahead);
        assert_eq!(standing(&first, 1, &sent, &first, 2), Standing::Same);
        assert_eq!(standing(&second, 1, &sent, &first, 2), Standing::Apart);
        sent.push(&first);
        assert_eq!(standing(&second, 1, &sent, &first, 2), Standing::Ahead);
        // The first arrived, its answer did not, and the second was sent since.
        sent.push(&second);
        assert_eq!(standing(&document(4), 1, &sent, &first, 2), Standing::Ahead);
        assert_eq!(standing(&second, 1, &sent, &foreign, 2), Standing::Apart);
    }

    #[test]
    fn places_given_by_the_page_alone_are_no_difference() {
        let server = Document { extensions: Extensions::default(), ..document(2) };
        let page = Document::settled(server.definition.clone(), server.extensions.clone());
        assert_eq!(standing(&page, 1, &Sent::default(), &server, 3), Standing::Same);
    }
}
