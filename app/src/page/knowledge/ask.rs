//! A question to the base, and the passages that it finds.

use flow::node::knowledge_base::Passage;
use flow::wire::{AskKnowledgeBase, PassageList};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::base::Page;
use crate::api;

#[component]
pub fn Ask() -> impl IntoView {
    let page: Page = expect_context();
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Result<PassageList, String>>);
    let turn = StoredValue::new(0_u32);
    let ask = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let ask = AskKnowledgeBase { text: text.get_untracked(), number_of_results: None };
        let base = page.id.get_value();
        turn.update_value(|turn| *turn += 1);
        let asked = turn.get_value();
        spawn_local(async move {
            let answer = api::knowledge::query(&base, &ask).await.map_err(|error| error.to_string());
            // A newer question may have been asked meanwhile.
            if turn.try_get_value() == Some(asked) {
                found.set(Some(answer));
            }
        });
    };
    view! {
        <section class="box" aria-labelledby="ask-heading">
            <header>
                <h2 id="ask-heading">"Ask"</h2>
            </header>
            <form class="inside" on:submit=ask>
                <div class="alias-row">
                    <input
                        class="input"
                        type="search"
                        aria-label="Question"
                        required
                        autocomplete="off"
                        placeholder="How long do refunds take?"
                        prop:value=text
                        on:input=move |event| text.set(event_target_value(&event))
                    />
                    <button type="submit" class="btn primary">
                        "Find passages"
                    </button>
                </div>
                <p class="dim small">"No model is asked: these are the passages that a flow would get, found by their words."</p>
            </form>
            <div role="status">
                {move || found.get().map(|found| match found {
                    Err(why) => view! { <p class="inside wrong">{why}</p> }.into_any(),
                    Ok(list) if list.passages.is_empty() => view! { <Nothing words=list.words /> }.into_any(),
                    Ok(list) => view! { <Passages list /> }.into_any(),
                })}
            </div>
        </section>
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
            <b>"No passage has these words"</b>
            <span>{looked}</span>
        </div>
    }
}

#[component]
fn Passages(list: PassageList) -> impl IntoView {
    let row = |passage: Passage| {
        view! {
            <li class="passage">
                <div class="row">
                    <b class="clip">{passage.title}</b>
                    <span class="faint">{format!("passage {}", passage.place + 1)}</span>
                    <span class="grow"></span>
                    <span class="chip num" title="From 0 to 1: how well it fits among this base's passages">
                        {format!("score {:.2}", passage.score)}
                    </span>
                </div>
                <p>{passage.text}</p>
            </li>
        }
    };
    view! {
        <ol class="passages inside" aria-label="Passages">
            {list.passages.into_iter().map(row).collect_view()}
        </ol>
    }
}
