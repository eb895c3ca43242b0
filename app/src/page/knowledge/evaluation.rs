//! How well the base finds what it should: questions whose documents are known, and what was measured by them.

use flow::wire::{AskKnowledgeBase, Evaluation, EvaluationList, KnownQuestion, KnownQuestions, Ranking};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::base::Page;
use crate::api;
use crate::ui::browser;
use crate::ui::format::{ago, count};
use crate::ui::load::{Failure, Loaded, Loader};

/// Between a question and its documents on a line.
const ARROW: &str = "=>";

#[component]
pub fn Evaluate() -> impl IntoView {
    let page: Page = expect_context();
    let text = RwSignal::new(String::new());
    let kept: Loader<KnownQuestions> = Loader::default();
    let known = Memo::new(move |_| kept.ready().map_or(0, |kept| kept.questions.len()));
    let wrong = RwSignal::new(String::new());
    let waits = RwSignal::new(false);
    let runs: Loader<EvaluationList> = Loader::default();
    let reload = move || {
        let Some(id) = page.id.try_get_value() else { return };
        runs.load(async move { api::knowledge::evaluations(&id).await });
    };
    reload();
    let read = move || {
        let id = page.id.get_value();
        kept.load(async move { api::knowledge::questions(&id).await });
    };
    read();
    let is_read = Memo::new(move |_| kept.ready().is_some());
    Effect::new(move |_| {
        if is_read.get() {
            text.set(kept.ready_untracked().as_ref().map(lines).unwrap_or_default());
        }
    });
    let save = move |_| {
        let id = page.id.get_value();
        match questions(&text.get_untracked()) {
            Err(why) => wrong.set(why),
            Ok(questions) => spawn_local(async move {
                match api::knowledge::set_questions(&id, &questions).await {
                    Ok(stored) => {
                        kept.set(stored);
                        wrong.try_set(String::new());
                    }
                    Err(error) => {
                        wrong.try_set(error.to_string());
                    }
                }
            }),
        }
    };
    let measure = move |ranking: Ranking| {
        let id = page.id.get_value();
        waits.set(true);
        spawn_local(async move {
            let settings = AskKnowledgeBase { ranking: Some(ranking), ..AskKnowledgeBase::default() };
            let done = api::knowledge::evaluate(&id, &settings).await;
            waits.try_set(false);
            wrong.try_set(done.err().map(|error| error.to_string()).unwrap_or_default());
            reload();
        });
    };
    view! {
        <section class="box" aria-labelledby="evaluate-heading">
            <header>
                <h2 id="evaluate-heading">"How well it finds"</h2>
            </header>
            <div class="inside form">
                <label class="field">
                    <span>"Questions, each with the document that answers it"</span>
                    <textarea
                        class="textarea mono"
                        rows="5"
                        spellcheck="false"
                        placeholder="How long do refunds take? => Refunds"
                        // What could not be read must not be written over.
                        disabled=move || !is_read.get()
                        prop:value=text
                        on:input=move |event| text.set(event_target_value(&event))
                    ></textarea>
                    <span class="hint">"One a line; of several documents put a semicolon between their titles."</span>
                </label>
                <div class="row">
                    <button type="button" class="btn" disabled=move || !is_read.get() on:click=save>
                        "Save questions"
                    </button>
                    <span class="grow"></span>
                    {[
                        ("btn", Ranking::Lexical, "Measure by words"),
                        ("btn primary", Ranking::Hybrid, "Measure by both"),
                    ]
                        .map(|(class, ranking, label)| {
                            view! {
                                <button
                                    type="button"
                                    class=class
                                    disabled=move || waits.get() || known.get() == 0
                                    on:click=move |_| measure(ranking)
                                >
                                    {label}
                                </button>
                            }
                        })}
                </div>
                {move || {
                    kept.failure().map(|error| view! { <Failure error retry=Callback::new(move |()| read()) /> })
                }}
                <div role="status">
                    <Show when=move || waits.get()>
                        <p class="dim">{move || format!("Asking {} …", count(known.get() as u64, "question"))}</p>
                    </Show>
                    <Show when=move || !wrong.with(String::is_empty)>
                        <p class="wrong">{wrong}</p>
                    </Show>
                </div>
            </div>
            {move || match runs.get() {
                Loaded::Loading => ().into_any(),
                Loaded::Failed(error) => {
                    view! { <Failure error retry=Callback::new(move |()| reload()) /> }.into_any()
                }
                Loaded::Ready(list) if list.evaluations.is_empty() => ().into_any(),
                Loaded::Ready(list) => view! { <Runs runs=list.evaluations /> }.into_any(),
            }}
        </section>
    }
}

/// The measurements, each against the one before it.
#[component]
fn Runs(runs: Vec<Evaluation>) -> impl IntoView {
    let before: Vec<Option<Evaluation>> = (0..runs.len()).map(|at| runs.get(at + 1).cloned()).collect();
    let row = |(run, before): (Evaluation, Option<Evaluation>)| {
        let missed: Vec<String> =
            run.questions.iter().filter(|one| one.place.is_none()).map(|one| one.text.clone()).collect();
        let told = format!("{} · {} · best {}", by(&run), ago(browser::now(), run.at), run.most);
        let recall = figure(run.recall, before.as_ref().map(|run| run.recall));
        let mrr = figure(run.mrr, before.as_ref().map(|run| run.mrr));
        view! {
            <li class="line-item">
                <div class="about">
                    <b class="num">{format!("recall {recall} · MRR {mrr}")}</b>
                    <span class="dim small">{told}</span>
                    <Missed missed />
                </div>
            </li>
        }
    };
    view! {
        <ul aria-label="Measurements">
            {runs.into_iter().zip(before).map(row).collect_view()}
        </ul>
    }
}

#[component]
fn Missed(missed: Vec<String>) -> impl IntoView {
    (!missed.is_empty()).then(|| {
        view! {
            <details class="left-out">
                <summary>{format!("{} not answered", count(missed.len() as u64, "question"))}</summary>
                <ul>{missed.into_iter().map(|text| view! { <li class="small">{text}</li> }).collect_view()}</ul>
            </details>
        }
    })
}

fn by(run: &Evaluation) -> String {
    match run.ranking {
        Ranking::Lexical => "by words".to_owned(),
        Ranking::Semantic => format!("by meaning ({})", run.model),
        Ranking::Hybrid => format!("by words and meaning ({})", run.model),
    }
}

/// A figure, and how much more it is than the one before.
fn figure(now: f64, before: Option<f64>) -> String {
    match before {
        Some(before) if (now - before).abs() >= 0.005 => format!("{now:.2} ({:+.2})", now - before),
        _ => format!("{now:.2}"),
    }
}

fn lines(known: &KnownQuestions) -> String {
    let line = |one: &KnownQuestion| format!("{} {ARROW} {}", one.text, one.documents.join("; "));
    known.questions.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn questions(text: &str) -> Result<KnownQuestions, String> {
    let read = |(at, line): (usize, &str)| {
        let (text, documents) = line.rsplit_once(ARROW).ok_or_else(|| {
            format!("Line {}: write the question, then {ARROW} and the title of its document.", at + 1)
        })?;
        let documents = documents.split(';').map(str::trim).filter(|title| !title.is_empty());
        Ok(KnownQuestion { text: text.trim().to_owned(), documents: documents.map(str::to_owned).collect() })
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    Ok(KnownQuestions { questions: lines.map(read).collect::<Result<_, String>>()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_questions_and_back() {
        let text = "How long? => Refunds\n\nA => b? => One; Two ";
        let known = questions(text).unwrap();
        assert_eq!(
            known.questions[1],
            KnownQuestion { text: "A => b?".into(), documents: vec!["One".into(), "Two".into()] }
        );
        assert_eq!(lines(&known), "How long? => Refunds\nA => b? => One; Two");
        assert_eq!(questions(&lines(&known)).unwrap(), known);
        assert!(questions("a => b\nno arrow").unwrap_err().starts_with("Line 2:"));
    }

    #[test]
    fn a_figure_tells_what_changed() {
        assert_eq!(figure(0.75, None), "0.75");
        assert_eq!(figure(0.75, Some(0.5)), "0.75 (+0.25)");
        assert_eq!(figure(0.75, Some(0.751)), "0.75");
    }
}
