//! A question to the base: the passages that it finds, with what each ranker says of them, and the answer that a model
//! makes of them.

use flow::wire::{AnswerFromKnowledge, AskKnowledgeBase, PassageList, Ranking};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::base::Page;
use super::found::{Found, Shown};
use crate::api;
use crate::node::prompt::Models;
use crate::node::prompt::model::ModelOptions;

/// What is asked, and how.
#[derive(Clone, Copy)]
struct Form {
    text: RwSignal<String>,
    ranking: RwSignal<&'static str>,
    most: RwSignal<String>,
    least: RwSignal<String>,
    filter: RwSignal<String>,
    rerank: RwSignal<String>,
    model: RwSignal<String>,
}

impl Form {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            text: text(),
            ranking: RwSignal::new("hybrid"),
            most: RwSignal::new("5".to_owned()),
            least: text(),
            filter: text(),
            rerank: text(),
            model: text(),
        }
    }

    fn ask(self) -> Result<AskKnowledgeBase, String> {
        let given = |signal: RwSignal<String>| {
            Some(signal.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
        };
        let filter = given(self.filter).map(|text| serde_json::from_str(&text)).transpose();
        let number = |text: Option<String>| text.map(|text| text.parse()).transpose();
        Ok(AskKnowledgeBase {
            text: self.text.get_untracked(),
            number_of_results: given(self.most)
                .map(|text| text.parse())
                .transpose()
                .map_err(|_| "The number of passages is a whole number.".to_owned())?,
            ranking: match self.ranking.get_untracked() {
                "lexical" => Some(Ranking::Lexical),
                "semantic" => Some(Ranking::Semantic),
                _ => None,
            },
            minimum_score: number(given(self.least)).map_err(|_: std::num::ParseFloatError| {
                "The least score is a number from 0 to 1.".to_owned()
            })?,
            filter: filter.map_err(|error| format!("The filter is not JSON: {error}."))?,
            parents: None,
            rerank_model: given(self.rerank),
        })
    }
}

#[component]
pub fn Ask() -> impl IntoView {
    let page: Page = expect_context();
    let models: Models = expect_context();
    let form = Form::new();
    let found = RwSignal::new(None::<Result<Shown, String>>);
    let waits = RwSignal::new(None::<&'static str>);
    let turn = StoredValue::new(0_u32);
    let begin = move |what: &'static str| {
        turn.update_value(|turn| *turn += 1);
        waits.set(Some(what));
        turn.get_value()
    };
    let told = move |asked: u32, answer: Result<Shown, String>| {
        // A newer question may have been asked meanwhile, or this one given up.
        if turn.try_get_value() == Some(asked) {
            waits.set(None);
            found.set(Some(answer));
        }
    };
    let ask = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (base, asked) = (page.id.get_value(), begin("Looking for passages …"));
        match form.ask() {
            Err(why) => told(asked, Err(why)),
            Ok(ask) => spawn_local(async move {
                let answer = api::knowledge::query(&base, &ask).await;
                told(
                    asked,
                    answer
                        .map(|list: PassageList| Shown { list, answer: None })
                        .map_err(|error| error.to_string()),
                );
            }),
        }
    };
    let answer = move |_| {
        if form.text.with_untracked(|text| text.trim().is_empty()) {
            return found.set(Some(Err("Write a question first.".to_owned())));
        }
        let (base, asked) = (page.id.get_value(), begin("The model answers …"));
        let model = form.model.get_untracked().trim().to_owned();
        let model = if model.is_empty() {
            models.list.with_untracked(|list| list.default_model.clone())
        } else {
            model
        };
        match form.ask() {
            Err(why) => told(asked, Err(why)),
            Ok(ask) => spawn_local(async move {
                let body = AnswerFromKnowledge { ask, model, ..AnswerFromKnowledge::default() };
                let answer = api::knowledge::answer(&base, &body).await;
                told(asked, answer.map(Shown::from).map_err(|error| error.to_string()));
            }),
        }
    };
    let stop = move |_| {
        turn.update_value(|turn| *turn += 1);
        waits.set(None);
    };
    view! {
        <section class="box" aria-labelledby="ask-heading">
            <header>
                <h2 id="ask-heading">"Ask"</h2>
            </header>
            <form class="inside form" on:submit=ask>
                <div class="alias-row">
                    <input
                        class="input"
                        type="search"
                        aria-label="Question"
                        required
                        autocomplete="off"
                        placeholder="How long do refunds take?"
                        prop:value=form.text
                        on:input=move |event| form.text.set(event_target_value(&event))
                    />
                    <button type="submit" class="btn primary">
                        "Find passages"
                    </button>
                </div>
                <div class="alias-row">
                    <input
                        class="input"
                        list="knowledge-models"
                        aria-label="Model that answers"
                        autocomplete="off"
                        placeholder=move || models.list.with(|list| format!("{} (the default)", list.default_model))
                        prop:value=form.model
                        on:input=move |event| form.model.set(event_target_value(&event))
                    />
                    <ModelOptions id="knowledge-models" />
                    <button type="button" class="btn" on:click=answer>
                        "Answer from them"
                    </button>
                </div>
                <Settings form />
            </form>
            <div role="status">
                {move || {
                    waits
                        .get()
                        .map(|what| {
                            view! {
                                <p class="inside row dim">
                                    <span>{what}</span>
                                    <span class="grow"></span>
                                    <button type="button" class="btn" on:click=stop>
                                        "Stop"
                                    </button>
                                </p>
                            }
                        })
                }}
                {move || {
                    found
                        .get()
                        .filter(|_| waits.get().is_none())
                        .map(|found| match found {
                            Err(why) => view! { <p class="inside wrong">{why}</p> }.into_any(),
                            Ok(shown) => view! { <Found shown /> }.into_any(),
                        })
                }}
            </div>
        </section>
    }
}

/// How passages are found, for those who want it otherwise.
#[component]
fn Settings(form: Form) -> impl IntoView {
    let ways = [("hybrid", "words and meaning"), ("lexical", "words alone"), ("semantic", "meaning alone")];
    let choose = move |event| {
        let value = event_target_value(&event);
        form.ranking.set(ways.into_iter().map(|(way, _)| way).find(|way| *way == value).unwrap_or("hybrid"));
    };
    let text =
        |label: &'static str, placeholder: &'static str, signal: RwSignal<String>, list: &'static str| {
            view! {
                <label class="field">
                    <span>{label}</span>
                    <input
                        class="input"
                        autocomplete="off"
                        spellcheck="false"
                        list=list
                        placeholder=placeholder
                        prop:value=signal
                        on:input=move |event| signal.set(event_target_value(&event))
                    />
                </label>
            }
        };
    view! {
        <details class="left-out">
            <summary>"How they are found"</summary>
            <div class="form spaced">
                <div class="two">
                    <label class="field">
                        <span>"Found by"</span>
                        <select class="input" on:change=choose>
                            {ways
                                .into_iter()
                                .map(|(way, told)| view! { <option value=way>{told}</option> })
                                .collect_view()}
                        </select>
                    </label>
                    {text("Put in order again by", "no model", form.rerank, "knowledge-models")}
                    {text("Passages, at most", "5", form.most, "")}
                    {text("Least score", "from 0 to 1", form.least, "")}
                </div>
                {text("Only documents whose metadata fit", r#"{"equals": {"key": "year", "value": 2026}}"#, form.filter, "")}
            </div>
        </details>
    }
}
