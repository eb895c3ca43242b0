//! What a question found: the passages with their scores, and an answer whose citations lead to them.

use flow::node::knowledge_base::{Passage, Scores};
use flow::wire::{Cited, PassageList, Ranking};
use leptos::prelude::*;

use crate::ui::browser;

/// What a model has said until now, and what parts of it are from.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub text: String,
    pub cited: Vec<Cited>,
}

#[component]
pub fn Found(list: PassageList, answer: RwSignal<Option<Said>>) -> impl IntoView {
    let by = match list.ranking {
        Ranking::Lexical => "Found by words alone.",
        Ranking::Semantic => "Found by meaning alone.",
        Ranking::Hybrid => "Found by words and meaning.",
    };
    let told = match &list.note {
        Some(note) => format!("{by} {note}"),
        None => by.to_owned(),
    };
    let passages = match list.passages.is_empty() {
        true => view! { <Nothing words=list.words /> }.into_any(),
        false => view! { <Passages passages=list.passages /> }.into_any(),
    };
    view! {
        {move || answer.get().map(|said| view! { <Answer said /> })}
        <p class="inside dim small">{told}</p>
        {passages}
    }
}

#[component]
fn Nothing(words: Vec<String>) -> impl IntoView {
    let looked = match words.as_slice() {
        [] => "There are no words in the question.".to_owned(),
        words => format!("Looked for: {}. Other words for the same may find more.", words.join(", ")),
    };
    view! {
        <div class="nothing">
            <b>"No passage was found"</b>
            <span>{looked}</span>
        </div>
    }
}

/// The answer. Behind each part stand the numbers of the passages that it is from.
#[component]
fn Answer(said: Said) -> impl IntoView {
    let letters: Vec<char> = said.text.chars().collect();
    let (mut parts, mut from) = (Vec::new(), 0);
    for cited in said.cited {
        let to = cited.to.clamp(from, letters.len());
        let numbers = cited.passages.into_iter().map(|at| view! { <Citation at /> }).collect_view();
        parts.push(view! { <span>{letters[from..to].iter().collect::<String>()}{numbers}</span> });
        from = to;
    }
    let rest: String = letters[from..].iter().collect();
    view! {
        <section class="inside" aria-label="Answer">
            <p class="answer">
                {parts}
                {rest}
            </p>
        </section>
    }
}

#[component]
fn Citation(at: usize) -> impl IntoView {
    let label = format!("Passage {}", at + 1);
    view! {
        <button type="button" class="cite" aria-label=label on:click=move |_| browser::focus_id_soon(id(at))>
            {at + 1}
        </button>
    }
}

#[component]
fn Passages(passages: Vec<Passage>) -> impl IntoView {
    let row = |(at, passage): (usize, Passage)| {
        view! {
            <li class="passage" id=id(at) tabindex="-1">
                <div class="row">
                    <span class="faint num">{at + 1}</span>
                    <b class="clip">{passage.title}</b>
                    <span class="faint">{format!("passage {}", passage.place + 1)}</span>
                    <span class="grow"></span>
                    <span class="chip num" title="From 0 to 1: how well it fits among what was found">
                        {format!("score {:.2}", passage.score)}
                    </span>
                </div>
                <p>{passage.text}</p>
                <span class="faint small num">{ranked(passage.scores)}</span>
            </li>
        }
    };
    view! {
        <ol class="passages inside" aria-label="Passages">
            {passages.into_iter().enumerate().map(row).collect_view()}
        </ol>
    }
}

fn id(at: usize) -> String {
    format!("found-{at}")
}

/// What each ranker says: `words 0.43 · meaning 0.71`.
fn ranked(scores: Scores) -> String {
    let said = [("words", scores.lexical), ("meaning", scores.semantic), ("order", scores.rerank)];
    let said = said.into_iter().filter_map(|(name, score)| Some(format!("{name} {:.2}", score?)));
    said.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_rankers_that_found_it_say_something() {
        let scores = Scores { lexical: Some(0.426), semantic: None, rerank: Some(1.0) };
        assert_eq!(ranked(scores), "words 0.43 · order 1.00");
        assert_eq!(ranked(Scores { semantic: Some(0.5), ..Scores::default() }), "meaning 0.50");
    }
}
