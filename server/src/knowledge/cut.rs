//! Cutting a text into passages, as a data source says.
//!
//! Always holds: no word of a text is lost, and no passage is longer than it may be, unless a document is to be one.
//! A passage begins with the end of the one before, so that what lies across a cut is found too.

mod packing;
mod window;

use flow::wire::Chunking;
use packing::{Measure, Unit};

/// How many characters a token is counted as.
const TOKEN: usize = 4;
/// The usual passage, cut at headings and paragraphs.
const USUAL: Measure = Measure { longest: 1_000, overlap: 150, short: 150, unit: Unit::Paragraphs };

/// A passage of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    pub text: String,
    /// Where the passage stands that this one is a part of; it comes before.
    pub parent: Option<usize>,
    /// Whether it has parts.
    pub is_parent: bool,
}

/// The passages of a text, in order.
pub fn cut(text: &str, how: &Chunking) -> Vec<Cut> {
    match *how {
        Chunking::Headings => flat(packing::pack(text, USUAL)),
        Chunking::Fixed { max_tokens, overlap_percentage } => {
            let longest = characters(max_tokens);
            // Half at most, so that a text of n characters never becomes many times as many.
            flat(window::slide(text, longest, longest * overlap_percentage.min(50) as usize / 100))
        }
        Chunking::Sentences { max_tokens, repeated } => {
            let longest = characters(max_tokens);
            let overlap = if repeated == 0 { 0 } else { longest / 4 };
            flat(packing::pack(
                text,
                Measure { longest, overlap, short: 0, unit: Unit::Sentences(repeated as usize) },
            ))
        }
        Chunking::Hierarchical { parent_tokens, child_tokens, overlap_tokens } => {
            let overlap = characters(overlap_tokens);
            nested(text, characters(parent_tokens), characters(child_tokens), overlap)
        }
        Chunking::None => {
            flat(Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned).into_iter().collect())
        }
    }
}

fn characters(tokens: u32) -> usize {
    tokens as usize * TOKEN
}

fn flat(texts: Vec<String>) -> Vec<Cut> {
    texts.into_iter().map(|text| Cut { text, parent: None, is_parent: false }).collect()
}

/// Large passages, each before the small ones that it is cut into. Large ones do not overlap, since their parts do.
fn nested(text: &str, large: usize, small: usize, overlap: usize) -> Vec<Cut> {
    let mut cuts = Vec::new();
    let overlap = overlap.min(small / 2);
    let measure =
        Measure { longest: large, overlap: 0, short: large.min(USUAL.short), unit: Unit::Paragraphs };
    for whole in packing::pack(text, measure) {
        let parent = cuts.len();
        let parts = window::slide(&whole, small, overlap);
        cuts.push(Cut { text: whole, parent: None, is_parent: true });
        cuts.extend(parts.into_iter().map(|text| Cut { text, parent: Some(parent), is_parent: false }));
    }
    cuts
}

#[cfg(test)]
mod tests;
