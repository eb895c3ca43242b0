//! Function: its ARN, the binding that leads it to an address, its inputs and the type of its reply.

pub mod binding;

use flow::definition::{Configuration, Node};
use flow::node::function::{RESPONSE, short};
use flow::value::Type;
use leptos::prelude::*;

use super::bound::{Leads, LeadsNowhere};
use super::field::{Named, TypeSelect};
use super::inputs::Inputs;
use crate::editor::change::{set_arn, set_output_type};
use crate::editor::session::{Card, use_editor};
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
    let list = bindings.list.ready()?;
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
        <Binding card />
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
    let value = Memo::new(move |_| card.node.with(|node| arn(node).to_owned()));
    let write = Callback::new(move |arn: String| {
        let name = card.name();
        let burst = format!("{} arn", card.id);
        editor.type_in("Change the function", &burst, |document| set_arn(document, &name, &arn));
    });
    view! {
        <Named
            card
            label="Function ARN"
            stem="arn"
            placeholder="arn:aws:lambda:us-east-1:123456789012:function:lookup"
            value
            write
            offered=move || {
                let known = bindings.list.ready().unwrap_or_default().functions;
                known.into_iter().map(|function| (function.arn, function.url)).collect()
            }
        />
    }
}

/// Whether the ARN leads anywhere, and the way to change that.
#[component]
fn Binding(card: Card) -> impl IntoView {
    let bindings: Bindings = expect_context();
    let value = Memo::new(move |_| card.node.with(|node| arn(node).to_owned()));
    move || {
        let arn = value.get();
        if arn.is_empty() {
            return ().into_any();
        }
        bindings.show(|list| match list.find(&arn).cloned() {
            Some(function) => {
                let by = (function.arn != arn).then_some(", as every version that has no binding of its own");
                let url = function.url.clone();
                view! {
                    <Leads action="Change binding" on_action=bindings.opens(Open::Edit(function))>
                        "Bound to " <span class="mono">{url}</span> {by} "."
                    </Leads>
                }
                .into_any()
            }
            None => view! {
                <LeadsNowhere action="Bind it" on_action=bindings.opens(Open::New(arn))>
                    "No binding leads from this ARN to an address, so the node cannot run."
                </LeadsNowhere>
            }
            .into_any(),
        })
    }
}

/// The ARN of a Function node.
fn arn(node: &Node) -> &str {
    match &node.configuration {
        Some(Configuration::LambdaFunction(function)) => &function.lambda_arn,
        _ => "",
    }
}
