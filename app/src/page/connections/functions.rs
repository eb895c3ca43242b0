//! Functions: which address each ARN leads to, and a try of each.

use flow::node::function::short;
use flow::wire::{Function, FunctionList, TryFunction, TryInput};
use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::api;
use crate::node::function::Bindings;
use crate::node::function::binding::Open;
use crate::ui::code_field::{CodeField, Language};
use crate::ui::headers::named;
use crate::ui::section::{LineActions, Section};
use crate::ui::trial::{Outcome, Trial};

/// What a test sends at first: one input by its usual name.
const SAMPLE: &str = r#"{"codeHookInput": "A-1001"}"#;

#[component]
pub fn Functions() -> impl IntoView {
    let bindings: Bindings = expect_context();
    let lines = |list: FunctionList| match list.functions.is_empty() {
        true => view! { <Empty /> }.into_any(),
        false => {
            list.functions.into_iter().map(|function| view! { <Row function /> }).collect_view().into_any()
        }
    };
    view! {
        <Section
            id="functions"
            title="Functions"
            add="Bind a function"
            on_add=bindings.opens(Open::New(String::new()))
            list=bindings.list
            on_retry=Callback::new(move |()| bindings.reload())
            lines
        />
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="inside dim"><p>
            "None yet. A Function node names a Lambda function by its ARN; a binding says which address answers for it here. \
            It gets the event that AWS sends, by POST, and answers with JSON: a small server of yours, or a Lambda container at "
            <code>"http://127.0.0.1:9000/2015-03-31/functions/function/invocations"</code> "."
        </p></div>
    }
}

#[component]
fn Row(function: Function) -> impl IntoView {
    let bindings: Bindings = expect_context();
    let trial = Trial::default();
    let asks = RwSignal::new(false);
    let inputs = RwSignal::new(SAMPLE.to_owned());
    let name = short(&function.arn).to_owned();
    let test_label = format!("Test {name}");
    let headers = match function.headers.as_slice() {
        [] => String::new(),
        headers => {
            let told = headers.iter().map(named);
            format!(" · {}", told.collect::<Vec<_>>().join(", "))
        }
    };
    let stored = StoredValue::new(function.clone());
    let inputs_label = format!("Inputs for {name}, as JSON");
    let inputs_id = format!("inputs-{name}");
    let test = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let with = match inputs.with_untracked(|text| read(text)) {
            Ok(with) => with,
            Err(why) => return trial.refuse(why),
        };
        let arn = stored.with_value(|function| function.arn.clone());
        trial.run(async move {
            let test = api::functions::test(&arn, &with).await?;
            Ok((test.ok, test.message))
        });
    };
    view! {
        <div class="line-item">
            <div class="about">
                <b>{name.clone()}</b>
                <span class="dim small mono">{function.arn}</span>
                <span class="dim small">
                    <span class="mono">{function.url}</span>
                    {format!(" · {} s", function.timeout_seconds)}
                    {headers}
                </span>
            </div>
            <button
                type="button"
                class="btn"
                aria-label=test_label
                aria-expanded=move || asks.get().to_string()
                on:click=move |_| asks.update(|asks| *asks = !*asks)
            >
                "Test"
            </button>
            <LineActions
                name
                on_edit=bindings.opens(Open::Edit(stored.get_value()))
                on_delete=bindings.opens(Open::Delete(stored.get_value()))
            />
            <Show when=move || asks.get()>
                <form class="try" on:submit=test>
                    <CodeField
                        language=Language::Json
                        id=inputs_id.clone()
                        label=Signal::stored(inputs_label.clone())
                        value=inputs
                        on_text=Callback::new(move |text| inputs.set(text))
                    />
                    <button type="submit" class="btn" disabled=move || trial.is_busy()>
                        {move || if trial.is_busy() { "Calling…" } else { "Call it" }}
                    </button>
                </form>
            </Show>
            <Outcome trial />
        </div>
    }
}

/// Names and values, as a node's inputs would be.
fn read(text: &str) -> Result<TryFunction, String> {
    if text.trim().is_empty() {
        return Ok(TryFunction::default());
    }
    let given: Map<String, Value> = serde_json::from_str(text)
        .map_err(|_| format!("The inputs are a JSON object of names and values, such as {SAMPLE}."))?;
    let inputs = given.into_iter().map(|(name, value)| TryInput { name, value });
    Ok(TryFunction { inputs: inputs.collect() })
}
