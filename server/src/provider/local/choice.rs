//! "The answer must be one of these": which label fits a text.
//!
//! Measured on messages of customers, angry or neutral, in [`super::real`]: 20 to choose a way by (trial), and 40 others
//! to report (measured); ten examples, none of them among the messages. A right answer by chance is one of two.
//!
//! | way | trial | measured | time |
//! |---|---|---|---|
//! | nearest examples, the 3 nearest of each label | 15/20 | **34/40** | 25 ms |
//! | label scores, examples as turns, calibrated | 18/20 | **34/40** | 1.4 s |
//! | the same, not calibrated | 15/20 | 26/40 | |
//! | label scores, examples inside one message, calibrated | 11/20 | | |
//! | label scores without examples | 9/20 | 23/40 | 0.9 s |
//!
//! Both ways with examples are right as often, so the faster one serves. The sum of both (ten times the similarity)
//! reached 18/20 and 36/40: too little more, on so few messages, to wait fifty times as long. Without examples the language
//! model is no better than chance, and that is all there is.

use super::bert::Bert;
use super::language::Language;
use super::{Error, Message};

/// A label, and how it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub label: String,
    pub served_by: ServedBy,
    /// Every label with its score, in the order they were given. Scores of different ways cannot be compared.
    pub scores: Vec<(String, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServedBy {
    NearestExamples,
    LabelScores,
}

impl ServedBy {
    /// For people who read a trace.
    pub fn label(self) -> &'static str {
        match self {
            Self::NearestExamples => "nearest examples (MiniLM, no language model)",
            Self::LabelScores => "label scores (SmolLM2, calibrated)",
        }
    }
}

/// A choice to be made.
pub struct Task {
    labels: Vec<String>,
    /// Texts, each with the place of its label.
    examples: Vec<(String, usize)>,
    query: String,
    /// The place of the label for what is like no example.
    otherwise: Option<usize>,
}

/// How many of a label's examples, the nearest ones, speak for it. One alone follows chance words.
const NEAREST: usize = 3;
/// How similar a text must be to a label's examples not to be something else.
const NEAR: f64 = 0.3;

impl Task {
    pub fn new(labels: Vec<String>, examples: Vec<(String, String)>, query: String) -> Result<Self, Error> {
        const NEEDED: usize = 2;
        if labels.len() < NEEDED {
            return Err(Error::TooFewLabels { needed: NEEDED, got: labels.len() });
        }
        let place = |label: &str| labels.iter().position(|l| l == label);
        let placed = |(text, label): (String, String)| match place(&label) {
            Some(place) => Ok((text, place)),
            None => Err(Error::UnknownLabel(label)),
        };
        let examples = examples.into_iter().map(placed).collect::<Result<_, _>>()?;
        Ok(Self { labels, examples, query, otherwise: None })
    }

    /// With one of the labels for what is like no example.
    pub fn with_otherwise(mut self, label: Option<&str>) -> Self {
        self.otherwise = label.and_then(|label| self.labels.iter().position(|known| known == label));
        self
    }

    /// Whether every label has one, so that all can be compared.
    pub fn has_examples(&self) -> bool {
        (0..self.labels.len())
            .filter(|label| self.otherwise != Some(*label))
            .all(|label| self.examples.iter().any(|(_, of)| *of == label))
    }

    pub fn nearest(&self, bert: &Bert, go_on: impl Fn() -> bool) -> Result<Choice, Error> {
        let mut texts: Vec<&str> = self.examples.iter().map(|(text, _)| text.as_str()).collect();
        texts.push(&self.query);
        let mut vectors = bert.embed(&texts, go_on)?;
        let query = vectors.pop().unwrap_or_default();
        let similar: Vec<_> = vectors
            .iter()
            .zip(&self.examples)
            .map(|(vector, (_, label))| (*label, dot(vector, &query)))
            .collect();
        let score = |label| match self.otherwise {
            // It wins where no other label is nearer than this.
            Some(otherwise) if otherwise == label => NEAR,
            _ => mean_of_nearest(&similar, label, NEAREST),
        };
        let scores = (0..self.labels.len()).map(score).collect();
        Ok(self.chosen(scores, ServedBy::NearestExamples))
    }

    /// Scores the labels as answers to the query, after the examples as turns of a conversation. What the model answers to
    /// an empty message tells which label it prefers anyway.
    pub fn likeliest(&self, language: &mut Language, go_on: impl Fn() -> bool) -> Result<Choice, Error> {
        let mut likelihoods = |query| language.likelihoods(&self.turns(query), &self.labels, &go_on);
        let blank = likelihoods("")?;
        let asked = likelihoods(&self.query)?;
        Ok(self.chosen(calibrated(&asked, &blank), ServedBy::LabelScores))
    }

    fn turns(&self, query: &str) -> Vec<Message> {
        let mut turns = vec![Message::system(format!("Answer with one word: {}.", self.labels.join(" or ")))];
        for (text, label) in &self.examples {
            turns.extend([Message::user(text.clone()), Message::assistant(self.labels[*label].clone())]);
        }
        turns.push(Message::user(query));
        turns
    }

    fn chosen(&self, scores: Vec<f64>, served_by: ServedBy) -> Choice {
        let best = (0..scores.len()).rev().max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        let label = self.labels.get(best).cloned().unwrap_or_default();
        Choice { label, served_by, scores: self.labels.iter().cloned().zip(scores).collect() }
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum()
}

fn mean_of_nearest(similar: &[(usize, f64)], label: usize, nearest: usize) -> f64 {
    let mut own: Vec<f64> = similar.iter().filter(|(of, _)| *of == label).map(|(_, score)| *score).collect();
    own.sort_unstable_by(|a, b| b.total_cmp(a));
    own.truncate(nearest);
    own.iter().sum::<f64>() / own.len().max(1) as f64
}

/// How much likelier each answer is to this question than to an empty one, as shares of one: takes away what the model
/// prefers whatever the question.
fn calibrated(asked: &[f64], blank: &[f64]) -> Vec<f64> {
    let gains: Vec<f64> = asked.iter().zip(blank).map(|(asked, blank)| asked - blank).collect();
    let most = gains.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let shares: Vec<f64> = gains.iter().map(|gain| (gain - most).exp()).collect();
    let sum: f64 = shares.iter().sum();
    shares.iter().map(|share| share / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(examples: &[(&str, &str)]) -> Result<Task, Error> {
        let examples =
            examples.iter().map(|(text, label)| ((*text).to_owned(), (*label).to_owned())).collect();
        Task::new(vec!["angry".to_owned(), "neutral".to_owned()], examples, "hello".to_owned())
    }

    #[test]
    fn examples_count_only_if_every_label_has_one() {
        assert!(!task(&[]).unwrap().has_examples());
        assert!(!task(&[("a", "angry")]).unwrap().has_examples());
        assert!(task(&[("a", "angry"), ("b", "neutral")]).unwrap().has_examples());
    }

    #[test]
    fn mistakes_are_named() {
        assert!(matches!(task(&[("a", "happy")]), Err(Error::UnknownLabel(label)) if label == "happy"));
        let one = Task::new(vec!["angry".to_owned()], Vec::new(), String::new());
        assert!(matches!(one, Err(Error::TooFewLabels { got: 1, .. })));
    }

    #[test]
    fn the_nearest_speak_for_their_label() {
        let similar = [(0, 0.9), (1, 0.6), (0, 0.0), (1, 0.5), (1, -1.0)];
        assert_eq!(mean_of_nearest(&similar, 0, 2), 0.45);
        assert_eq!(mean_of_nearest(&similar, 1, 2), 0.55);
        assert_eq!(mean_of_nearest(&similar, 2, 2), 0.0);
    }

    #[test]
    fn calibration_takes_away_a_standing_preference() {
        let shares = calibrated(&[-1.0, -3.0], &[-1.0, -5.0]);
        assert!(shares[1] > 0.8 && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{shares:?}");
    }

    #[test]
    fn a_tie_goes_to_the_first_label() {
        assert_eq!(task(&[]).unwrap().chosen(vec![0.5, 0.5], ServedBy::LabelScores).label, "angry");
    }
}
