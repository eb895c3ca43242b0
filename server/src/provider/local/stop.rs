//! Ends an answer at a stop sequence, even one that arrives in pieces.
//!
//! Text that may yet turn out to be the beginning of a stop sequence is held back until that is decided, so that a reader
//! never sees a part of one.

pub struct Stop {
    sequences: Vec<String>,
    held: String,
    /// The sequence that was met.
    pub by: Option<String>,
}

impl Stop {
    pub fn new(sequences: Vec<String>) -> Self {
        let sequences = sequences.into_iter().filter(|s| !s.is_empty()).collect();
        Self { sequences, held: String::new(), by: None }
    }

    /// Takes the next piece; returns what may be shown, and whether a stop sequence was met.
    pub fn push(&mut self, piece: &str) -> (String, bool) {
        self.held.push_str(piece);
        let met = self.sequences.iter().filter_map(|s| Some((self.held.find(s.as_str())?, s)));
        if let Some((at, sequence)) = met.min_by_key(|(at, _)| *at) {
            self.by = Some(sequence.clone());
            self.held.truncate(at);
            return (self.rest(), true);
        }
        let safe = self.held.len() - self.undecided();
        let later = self.held.split_off(safe);
        (std::mem::replace(&mut self.held, later), false)
    }

    /// What was held back, once nothing more will come.
    pub fn rest(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// The length of the longest end of the held text that some sequence begins with.
    fn undecided(&self) -> usize {
        let beginnings = |s: &str| {
            let ends = s.char_indices().map(|(at, c)| at + c.len_utf8());
            ends.filter(|&end| self.held.ends_with(&s[..end])).max()
        };
        self.sequences.iter().filter_map(|s| beginnings(s)).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sequences: &[&str], pieces: &[&str], shown: &[&str], stopped: bool) {
        let mut stop = Stop::new(sequences.iter().map(|s| (*s).to_owned()).collect());
        let mut out = Vec::new();
        let mut met = false;
        for piece in pieces {
            let (text, end) = stop.push(piece);
            out.push(text);
            met |= end;
            if end {
                break;
            }
        }
        out.push(stop.rest());
        assert_eq!(stop.by.is_some(), met);
        assert_eq!((out, met), (shown.iter().map(|s| (*s).to_owned()).collect(), stopped));
    }

    #[test]
    fn the_first_that_is_met_is_named() {
        let mut stop = Stop::new(["END", "b"].map(str::to_owned).to_vec());
        assert!(stop.push("a b END").1);
        assert_eq!(stop.by.as_deref(), Some("b"));
    }

    #[test]
    fn stops() {
        check(&[], &["a", "b"], &["a", "b", ""], false);
        check(&[""], &["a"], &["a", ""], false);
        check(&["END"], &["a END b"], &["a ", ""], true);
        check(&["END"], &["aE", "N", "D", "x"], &["a", "", "", ""], true);
        check(&["END"], &["aE", "Nx"], &["a", "ENx", ""], false);
        check(&["END"], &["aEN"], &["a", "EN"], false);
        check(&["\n\n", "\nUser"], &["hi\n", "Us", "er:"], &["hi", "", "", ""], true);
        check(&["é!"], &["caf", "é", "?"], &["caf", "", "é?", ""], false);
        check(&["b", "ab"], &["xab"], &["x", ""], true);
    }
}
