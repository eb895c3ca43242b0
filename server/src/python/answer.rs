//! What the guest answers: a value, or why there is none.

use serde::Deserialize;
use serde_json::Value;

use super::{Error, LARGEST_RESULT};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Answer {
    Value(Value),
    NoResult,
    Unfit(String),
    Error {
        summary: String,
        line: Option<u64>,
        #[serde(default)]
        traceback: String,
    },
}

/// What is wrong with code that was not run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Finding {
    /// Python cannot read it.
    Unreadable {
        message: String,
        /// From 1.
        line: Option<usize>,
        /// In characters, from 1.
        column: Option<usize>,
    },
    /// Its last line is no expression.
    NoResult,
}

/// The value in an answer.
pub(super) fn value(answer: &[u8]) -> Result<Value, Error> {
    if answer.len() > LARGEST_RESULT {
        return Err(Error::TooLarge);
    }
    if answer.is_empty() {
        return Err(Error::Ended(String::new()));
    }
    match serde_json::from_slice(answer) {
        Ok(Answer::Value(value)) => Ok(value),
        Ok(Answer::NoResult) => Err(Error::NoResult),
        Ok(Answer::Unfit(why)) => Err(Error::Unfit(why)),
        Ok(Answer::Error { summary, line, traceback }) => Err(Error::Raised { summary, line, traceback }),
        Err(error) if error.to_string().starts_with("recursion limit") => {
            Err(Error::Unfit("it is nested more than a hundred deep".to_owned()))
        }
        // Only code that writes to the guest's own channel comes here.
        Err(_) => Err(Error::Ended(": it wrote where the result belongs".to_owned())),
    }
}

/// The findings in an answer, one a code.
pub(super) fn findings(answer: &[u8]) -> Option<Vec<Option<Finding>>> {
    serde_json::from_slice(answer).ok()
}
