//! The parsers under texts that nobody would write: no panic, and what is read can be used. `flow/fuzz` goes on from
//! here where a nightly compiler is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "support/chance.rs"]
mod chance;
mod mutate;
mod parsers;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use flow::definition::Definition;
use proptest::prelude::*;
use serde_json::Value;

const EXPRESSIONS: &[&str] = &[
    "$.data",
    "$.data.name",
    "$.data[0].b[1, 2]",
    "$.data['first name'].x",
    "$.data.*[*]",
    "$.data[1:]",
    "$.data[:2].é",
    "$.data[18446744073709551616]",
];
const CONDITIONS: &[&str] = &[
    "tone == \"angry\"",
    "not (a > 1.5e3) and b != true or value",
    "((a))",
    "a == \"\\\"\\\\\"",
    "a <= -0.0 or not not b",
    "é == \"é\"",
];
const TEMPLATES: &[&str] = &[
    "Say {{name}}",
    "{{a}} {{a-b}} {{ c }} {{{d}}}",
    "Message: x\nTone: angry\nMessage: {{message}}\nTone:",
    "{{größe}}",
];
const EXTENSIONS: &[&str] = &[
    r#"{"nodes":{"Each":{"position":{"x":1.5,"y":-2.0},"parallel":4},"a/b":{"note":"x","joins":{"in":"any","two":{"first":2}}}}}"#,
    r#"{"nodes":{"a":{"answer":{"oneOf":["a","b"]}}},"loopPolarity":"exitWhenTrue"}"#,
    r#"{"groups":[{"title":"G","nodes":["a","c"]}],"notes":[{"text":"n","position":{"x":0.0,"y":0.0},"width":1e9,"height":0.0}]}"#,
];

/// One of these with some of its pieces taken out, doubled, swapped for others' or for what is hard to read.
fn bent(seeds: &'static [&'static str]) -> impl Strategy<Value = String> {
    const HARD: &[&str] = &[
        "",
        "\0",
        "\u{feff}",
        "é",
        "👩‍🚀",
        "\"",
        "'",
        "\\",
        "[",
        "]]",
        "{{",
        "}}",
        "((((((",
        "-",
        "1e999",
        "$.data",
        " ",
        "\n",
        "*",
        "null",
    ];
    let edits = prop::collection::vec((any::<u16>(), any::<u16>(), any::<u8>()), 0..6);
    (0..seeds.len(), 0..seeds.len(), edits).prop_map(|(seed, other, edits)| {
        let mut text: Vec<char> = seeds[seed].chars().collect();
        let other: Vec<char> = seeds[other].chars().collect();
        for (from, to, how) in edits {
            let at = usize::from(from) % (text.len() + 1);
            let end = (at + usize::from(to) % 8).min(text.len());
            let piece: Vec<char> = match how % 4 {
                0 => Vec::new(),
                1 => text[at..end].iter().chain(&text[at..end]).copied().collect(),
                2 => other.iter().skip(usize::from(to) % (other.len() + 1)).take(6).copied().collect(),
                _ => HARD[usize::from(how / 4) % HARD.len()].chars().collect(),
            };
            text.splice(at..end, piece);
        }
        text.into_iter().collect()
    })
}

/// A bent text, or any at all.
fn text(seeds: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![3 => bent(seeds), 1 => any::<String>(), 1 => prop::collection::vec(any::<u8>(), 0..200)
        .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())]
}

fn definitions() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let read =
        |path: &Path| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    let mut all = vec![
        read(&folder.join("definitions/everything.json")),
        read(&folder.join("definitions/broken.json")),
    ];
    // In their order, so that a seed means the same definition everywhere.
    let files = std::fs::read_dir(folder.join("corpus/own")).unwrap();
    let files: BTreeSet<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    all.extend(files.iter().map(|file| read(file)["definition"].clone()));
    all
}

proptest! {
    #![proptest_config(chance::config("parse"))]

    #[test]
    fn expressions(text in text(EXPRESSIONS)) {
        parsers::expression(&text);
    }

    #[test]
    fn conditions(text in text(CONDITIONS)) {
        parsers::condition(&text);
    }

    #[test]
    fn templates(text in text(TEMPLATES)) {
        parsers::template(&text);
    }

    #[test]
    fn extensions(text in text(EXTENSIONS)) {
        parsers::extensions(&text);
    }
}

proptest! {
    // Whole definitions take a hundred times as long as an expression.
    #![proptest_config(ProptestConfig { cases: chance::cases() / 4, ..chance::config("definitions") })]

    #[test]
    fn definitions_that_nobody_meant(seed in any::<usize>(), changes in prop::collection::vec(any::<u16>(), 0..12), cut in any::<u16>()) {
        let all = definitions();
        let changed = mutate::by_chance(all[seed % all.len()].clone(), &changes);
        parsers::definition(&changed.to_string());
        let text = changed.to_string();
        let cut = text.floor_char_boundary(usize::from(cut) % text.len());
        parsers::definition(&text[..cut]);
    }

    /// What AWS's JSON says is what comes back, to the last member: here of documents that are no sensible flows.
    #[test]
    fn what_is_read_comes_back_as_it_was(seed in any::<usize>(), changes in prop::collection::vec(any::<u16>(), 0..12)) {
        let all = definitions();
        let changed = without_nulls(mutate::by_chance(all[seed % all.len()].clone(), &changes));
        if let Ok(definition) = serde_json::from_value::<Definition>(changed.clone()) {
            prop_assert_eq!(serde_json::to_value(&definition).unwrap(), changed);
        }
    }
}

/// AWS's JSON takes a null for a member that is not there.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name, without_nulls(member)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other,
    }
}

#[test]
fn most_bent_texts_are_still_near_to_what_can_be_read() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut share = |seeds: &'static [&'static str], reads: fn(&str) -> bool| {
        let count =
            (0..1000).filter(|_| reads(&bent(seeds).new_tree(&mut runner).unwrap().current())).count();
        assert!((100..900).contains(&count), "{count} of 1000 can be read: {seeds:?}");
    };
    share(EXPRESSIONS, |text| flow::expression::Expression::parse(text).is_ok());
    share(CONDITIONS, |text| flow::condition::Condition::parse(text).is_ok());
    share(EXTENSIONS, |text| serde_json::from_str::<flow::extensions::Extensions>(text).is_ok());
    let all = definitions();
    let reads = |seed: usize| {
        let changes: Vec<u16> = (0..4).map(|at| (seed * 7919 + at * 104_729) as u16).collect();
        serde_json::from_value::<Definition>(mutate::by_chance(all[seed % all.len()].clone(), &changes))
            .is_ok()
    };
    let count = (0..400).filter(|seed| reads(*seed)).count();
    assert!((40..360).contains(&count), "{count} of 400 definitions can be read");
}
