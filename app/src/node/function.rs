//! Function: its ARN, the binding that leads it to an address, its inputs and the type of its reply.

pub mod binding;

use flow::check::Field;
use flow::definition::{Configuration, Node};
use flow::node::function::{RESPONSE, short};
use flow::value::Type;
use leptos::prelude::*;

use super::field::{Problems, TypeSelect, is_wrong};
use super::inputs::Inputs;
use crate::editor::change::{set_arn, set_output_type};
use crate::editor::session::{Card, use_editor};
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::{Failure, Loaded};
pub use binding::Bindings;
use binding::Open;

pub const ICON: &str = "M5 21 12 3l7 18M8 14h8";

pub fn summary(node: &Node) -> String {
    match arn(node) {
        "" => "No function chosen".to_owned(),
        arn => short(arn).to_owned(),
    }
}

/// What is said on a card whose function has no binding; nothing where it has one, or that is not known.
pub fn unbound(card: Card) -> Option<String> {
    let bindings: Bindings = use_context()?;
    let list = bindings.functions.ready()?;
    card.node
        .with(|node| !arn(node).is_empty() && list.find(arn(node)).is_none())
        .then(|| "No binding leads to this function yet.".to_owned())
}

pub fn form(card: Card) -> impl IntoView {
    let editor = use_editor();
    // They may have been changed elsewhere.
    expect_context::<Bindings>().reload();
    let kind = Signal::derive(move || {
        card.node.with(|node| node.output(RESPONSE).map(|output| output.kind)).or(Some(Type::String))
    });
    let choose = Callback::new(move |kind| {
        let name = card.name();
        editor.change("Change the reply's type", |document| {
            set_output_type(document, &name, RESPONSE, kind);
        });
    });
    view! {
        <Arn card />
        <Bound card />
        <div class="field">
            <span class="label">"The reply is"</span>
            <TypeSelect label="The reply is" value=kind on_change=choose />
            <p class="hint">"The function answers with JSON of this type."</p>
        </div>
        <Inputs card />
    }
}

#[component]
fn Arn(card: Card) -> impl IntoView {
    let editor = use_editor();
    let bindings: Bindings = expect_context();
    let id = format!("arn-{}", card.id);
    let list = format!("arns-{}", card.id);
    let problems = format!("problems-{id}");
    let value = Memo::new(move |_| card.node.with(|node| arn(node).to_owned()));
    let write = move |event| {
        let (name, arn) = (card.name(), event_target_value(&event));
        let burst = format!("{} arn", card.id);
        editor.type_in("Change the function", &burst, |document| set_arn(document, &name, &arn));
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Function ARN"</label>
            <input
                class="input mono"
                id=id
                list=list.clone()
                spellcheck="false"
                autocomplete="off"
                placeholder="arn:aws:lambda:us-east-1:123456789012:function:lookup"
                aria-invalid=move || is_wrong(card, &Field::Configuration).to_string()
                aria-describedby=problems.clone()
                prop:value=move || value.get()
                on:input=write
            />
            <datalist id=list>
                {move || {
                    bindings
                        .functions
                        .ready()
                        .unwrap_or_default()
                        .functions
                        .into_iter()
                        .map(|function| view! { <option value=function.arn>{function.url}</option> })
                        .collect_view()
                }}
            </datalist>
            <Problems card field=Field::Configuration id=problems />
        </div>
    }
}

/// Whether the ARN leads anywhere, and the way to change that.
#[component]
fn Bound(card: Card) -> impl IntoView {
    let bindings: Bindings = expect_context();
    let value = Memo::new(move |_| card.node.with(|node| arn(node).to_owned()));
    move || {
        let arn = value.get();
        if arn.is_empty() {
            return ().into_any();
        }
        match bindings.functions.get() {
            Loaded::Loading => ().into_any(),
            Loaded::Failed(error) => {
                view! { <Failure error retry=Callback::new(move |()| bindings.reload()) /> }.into_any()
            }
            Loaded::Ready(list) => match list.find(&arn).cloned() {
                Some(function) => {
                    let by = (function.arn != arn).then_some(", as every version that has no binding of its own");
                    let url = function.url.clone();
                    view! {
                        <div class="notice bound">
                            <p class="grow">"Bound to " <span class="mono">{url}</span> {by} "."</p>
                            <button
                                type="button"
                                class="btn small"
                                on:click=move |_| bindings.open.set(Some(Open::Edit(function.clone())))
                            >
                                "Change binding"
                            </button>
                        </div>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <div class="notice bad bound" role="status">
                            <Icon glyph=Glyph::Alert />
                            <p class="grow">"No binding leads from this ARN to an address, so the node cannot run."</p>
                            <button
                                type="button"
                                class="btn small primary"
                                on:click=move |_| bindings.open.set(Some(Open::New(arn.clone())))
                            >
                                "Bind it"
                            </button>
                        </div>
                    }
                        .into_any()
                }
            },
        }
    }
}

/// The ARN of a Function node.
fn arn(node: &Node) -> &str {
    match &node.configuration {
        Some(Configuration::LambdaFunction(function)) => &function.lambda_arn,
        _ => "",
    }
}
