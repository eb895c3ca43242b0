//! The words of a question that are looked for.

use std::collections::HashSet;

/// The most words of a question that count.
const MOST: usize = 24;

/// English words that say nothing about what a text is about. Other languages' frequent words weigh little by
/// themselves, since they are in most passages.
const STOP: &str = "a about after all also am an and any are as at be because been but by can could did do does for \
    from get had has have he her him his how i if in into is it its just like may me might more most my no not of on \
    one or our out please she should so some such tell than that the their them then there these they this those to \
    us was we were what when where which who whom whose why will with would you your";

/// The words of a question, each once, without those that say nothing; all of them where it has no other.
pub fn words(question: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let all: Vec<String> = question
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| !word.is_empty() && seen.insert(word.clone()))
        .collect();
    let stop: HashSet<&str> = STOP.split_whitespace().collect();
    let mut telling: Vec<String> = all.iter().filter(|word| !stop.contains(word.as_str())).cloned().collect();
    if telling.is_empty() {
        telling = all;
    }
    telling.truncate(MOST);
    telling
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_are_left_of_a_question() {
        assert_eq!(words("How do I get my money back?"), ["money", "back"]);
        assert_eq!(words("What is it?"), ["what", "is", "it"]);
        assert_eq!(
            words("NEAR(\"a b\" OR x*) AND base:Y ^z -NOT {q}"),
            ["near", "b", "x", "base", "y", "z", "q"]
        );
        assert_eq!(words("Größe größe 42"), ["größe", "42"]);
        assert!(words("?!\" ' ; --").is_empty());
        assert_eq!(words(&(0..99).map(|n| format!("w{n} ")).collect::<String>()).len(), MOST);
    }
}
