//! Code: its Python, its inputs, the type of its result and how long it may take.

use flow::check::Field;
use flow::definition::{Configuration, Node};
use flow::node::code::{RESPONSE, USUAL_LIMIT};
use flow::value::Type;
use leptos::prelude::*;

use super::field::{Problems, TypeSelect, is_wrong};
use super::inputs::Inputs;
use crate::editor::change::{set_code, set_output_type, set_time_limit};
use crate::editor::session::{Card, use_editor};
use crate::ui::format::count;

pub const ICON: &str = "M8 6l-6 6 6 6M16 6l6 6-6 6";

/// The code itself where it is one line, else how long it is.
pub fn summary(node: &Node) -> String {
    let lines: Vec<&str> = code(node).lines().filter(|line| !line.trim().is_empty()).collect();
    match lines[..] {
        [] => "No code yet".to_owned(),
        [line] => line.trim().to_owned(),
        _ => format!("{} of Python", count(lines.len() as u64, "line")),
    }
}

pub fn form(card: Card) -> impl IntoView {
    let editor = use_editor();
    let kind = Signal::derive(move || {
        card.node.with(|node| node.output(RESPONSE).map(|output| output.kind)).or(Some(Type::String))
    });
    let choose = Callback::new(move |kind| {
        let name = card.name();
        editor.change("Change the result's type", |document| {
            set_output_type(document, &name, RESPONSE, kind);
        });
    });
    view! {
        <Text card />
        <div class="field">
            <span class="label">"The result is"</span>
            <TypeSelect label="The result is" value=kind on_change=choose />
        </div>
        <Inputs card />
        <TimeLimit card />
    }
}

#[component]
fn Text(card: Card) -> impl IntoView {
    let editor = use_editor();
    let id = format!("code-{}", card.id);
    let (hint, problems) = (format!("hint-{id}"), format!("problems-{id}"));
    let text = Memo::new(move |_| card.node.with(|node| code(node).to_owned()));
    let write = move |event| {
        let (name, text) = (card.name(), event_target_value(&event));
        let burst = format!("{} code", card.id);
        editor.type_in("Edit the code", &burst, |document| set_code(document, &name, &text));
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Python"</label>
            <textarea
                class="textarea mono code-text"
                id=id
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                wrap="off"
                aria-invalid=move || is_wrong(card, &Field::Code).to_string()
                aria-describedby=format!("{problems} {hint}")
                prop:value=move || text.get()
                on:input=write
            ></textarea>
            <Problems card field=Field::Code id=problems />
            <p class="hint" id=hint>
                "Each input is a variable of its name. The last line, an expression, is the result. \
                 What is printed is in the trace."
            </p>
        </div>
    }
}

#[component]
fn TimeLimit(card: Card) -> impl IntoView {
    let editor = use_editor();
    let id = format!("limit-{}", card.id);
    let problems = format!("problems-{id}");
    let limit = move || {
        let limit = editor.watch(|document| document.extensions.node(&card.name()).time_limit);
        limit.map(|limit| limit.to_string()).unwrap_or_default()
    };
    let wrong = RwSignal::new(None::<&'static str>);
    let write = move |event| {
        let text = event_target_value(&event);
        let text = text.trim();
        let wanted = if text.is_empty() { Ok(None) } else { text.parse::<u16>().map(Some) };
        match wanted {
            Ok(wanted) => {
                wrong.set(None);
                let (name, burst) = (card.name(), format!("{} limit", card.id));
                editor.type_in("Change the time limit", &burst, |document| {
                    set_time_limit(document, &name, wanted);
                });
            }
            Err(_) => wrong.set(Some("This is a whole number of seconds, such as 30.")),
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Time limit in seconds"</label>
            <input
                class="input"
                id=id
                inputmode="numeric"
                placeholder=USUAL_LIMIT.to_string()
                aria-describedby=problems.clone()
                aria-invalid=move || {
                    (wrong.with(Option::is_some) || is_wrong(card, &Field::TimeLimit)).to_string()
                }
                prop:value=limit
                on:input=write
            />
            {move || wrong.get().map(|why| view! { <p class="wrong">{why}</p> })}
            <Problems card field=Field::TimeLimit id=problems />
        </div>
    }
}

/// The code of a Code node.
fn code(node: &Node) -> &str {
    match &node.configuration {
        Some(Configuration::InlineCode(code)) => &code.code,
        _ => "",
    }
}
