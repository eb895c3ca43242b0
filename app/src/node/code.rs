//! Code: its Python, its inputs, the type of its result and how long it may take.

use flow::check::Field;
use flow::definition::{Configuration, Node};
use flow::node::code::{RESPONSE, USUAL_LIMIT};
use flow::value::Type;
use leptos::prelude::*;

use super::field::{Problems, TypeSelect, WholeNumber, is_wrong, marks, typed_inputs};
use super::inputs::Inputs;
use crate::editor::change::{set_code, set_output_type, set_time_limit};
use crate::editor::offers::{Place, words};
use crate::editor::session::{Card, use_editor};
use crate::ui::code_field::{Asked, CodeField, Language};
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
    let burst = move || format!("{} code", card.id);
    let write = Callback::new(move |text: String| {
        let name = card.name();
        editor.type_in("Edit the code", &burst(), |document| set_code(document, &name, &text));
    });
    let offer = Callback::new(move |Asked { text, at, explicit }: Asked| {
        words(Place { text: &text, at, asked: explicit }, &typed_inputs(card))
    });
    view! {
        <div class="field">
            <label for=id.clone()>"Python"</label>
            <CodeField
                language=Language::Python
                id
                label=Signal::stored("Python".to_owned())
                value=text
                on_text=write
                described_by=format!("{problems} {hint}")
                invalid=Signal::derive(move || is_wrong(card, &Field::Code))
                marks=Signal::derive(move || marks(card, &Field::Code))
                offer
                step=Callback::new(move |back| editor.step_typing(&burst(), back))
            />
            <Problems card field=Field::Code id=problems />
            <p class="hint" id=hint>
                "Each input is a variable of its name. The last line, an expression, is the result. \
                 What is printed is in the trace. Ctrl ] indents; Tab leaves the field."
            </p>
        </div>
    }
}

#[component]
fn TimeLimit(card: Card) -> impl IntoView {
    let editor = use_editor();
    let limit = Signal::derive(move || {
        let limit = editor.watch(|document| document.extensions.node(&card.name()).time_limit);
        limit.map(|limit| limit.to_string())
    });
    let write = Callback::new(move |wanted: Option<u64>| {
        let (name, burst) = (card.name(), format!("{} limit", card.id));
        editor.type_in("Change the time limit", &burst, |document| {
            set_time_limit(document, &name, wanted.and_then(|wanted| u16::try_from(wanted).ok()));
        });
    });
    view! {
        <WholeNumber
            card
            label="Time limit in seconds"
            stem="limit"
            placeholder=USUAL_LIMIT.to_string()
            value=limit
            means="a whole number of seconds, such as 30"
            most=u16::MAX.into()
            write
            field=Field::TimeLimit
        />
    }
}

/// The code of a Code node.
fn code(node: &Node) -> &str {
    match &node.configuration {
        Some(Configuration::InlineCode(code)) => &code.code,
        _ => "",
    }
}
