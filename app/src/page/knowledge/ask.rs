//! A question to the base: the passages that it finds, with what each ranker says of them, and the answer that a model
//! makes of them.

use flow::wire::{AnswerFromKnowledge, AskKnowledgeBase, Ranking};
use leptos::prelude::*;

use super::asked::{Asked, Told};
use super::base::Page;
use crate::node::prompt::Models;
use crate::node::prompt::model::ModelOptions;
use crate::ui::code_field::{CodeField, Language};

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
    let asked = Asked::new();
    let ask = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match form.ask() {
            Err(why) => asked.refuse(why),
            Ok(ask) => asked.passages(page.id.get_value(), ask),
        }
    };
    let answer = move |_| {
        if form.text.with_untracked(|text| text.trim().is_empty()) {
            return asked.refuse("Write a question first.".to_owned());
        }
        let given = form.model.get_untracked().trim().to_owned();
        let usual = || models.list.with_untracked(|list| list.default_model.clone());
        let model = if given.is_empty() { usual() } else { given };
        match form.ask() {
            Err(why) => asked.refuse(why),
            Ok(ask) => {
                let body = AnswerFromKnowledge { ask, model, ..AnswerFromKnowledge::default() };
                asked.answer(page.id.get_value(), body);
            }
        }
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
            <Told asked />
        </section>
    }
}

const FILTER: &str = "Only documents whose metadata fit";

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
                <div class="field">
                    <label for="ask-filter">{FILTER}</label>
                    <CodeField
                        language=Language::Json
                        id="ask-filter"
                        label=Signal::stored(FILTER.to_owned())
                        value=form.filter
                        on_text=Callback::new(move |text| form.filter.set(text))
                        placeholder=r#"{"equals": {"key": "year", "value": 2026}}"#
                    />
                </div>
            </div>
        </details>
    }
}
