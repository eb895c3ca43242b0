//! Why code came to no value, in words that say what to do.

use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("Python is not on this machine yet. Fetch it: anabranch python fetch")]
    Absent,
    #[error("The code took longer than {} s and was ended. Give it less to do, or a longer time limit.", .0.as_secs_f64())]
    Late(Duration),
    #[error("The code was stopped.")]
    Stopped,
    /// An exception, and the traceback below it.
    #[error("{}{summary}{}", at(*.line), below(.traceback))]
    Raised { summary: String, line: Option<u64>, traceback: String },
    #[error("The code has no result, since its last line is no expression. End it with what the result is.")]
    NoResult,
    #[error("The result cannot be passed on as JSON: {0}. Make it of texts, numbers, lists and dicts.")]
    Unfit(String),
    #[error("The result has more than 10 MiB. Pass on less.")]
    TooLarge,
    #[error("The code ended the interpreter before it had a result{0}.")]
    Ended(String),
    /// A mistake of ours; the text is for the log.
    #[error("Python failed: {0}")]
    Broken(String),
}

fn at(line: Option<u64>) -> String {
    line.map(|line| format!("Line {line}: ")).unwrap_or_default()
}

fn below(traceback: &str) -> String {
    if traceback.is_empty() { String::new() } else { format!("\n\n{traceback}") }
}
