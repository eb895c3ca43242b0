//! What the Output nodes received, as text, as Markdown or as a tree.

use flow::trace::Trace;
use flow::wire::OutputValue;
use leptos::prelude::*;
use serde_json::Value;

use crate::panel::trace::pretty;
use crate::ui::copy::CopyButton;
use crate::ui::json::JsonTree;
use crate::ui::markdown::Markdown;

/// How a value is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Markdown,
    Tree,
}

impl Form {
    const ALL: [Self; 3] = [Self::Text, Self::Markdown, Self::Tree];

    fn label(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Markdown => "Markdown",
            Self::Tree => "JSON",
        }
    }
}

#[component]
pub fn Output(#[prop(into)] trace: Signal<Trace>) -> impl IntoView {
    let outputs = Memo::new(move |_| trace.with(|trace| trace.outputs.clone()));
    let form = RwSignal::new(None::<Form>);
    // A text is shown as one, anything else as a tree, until another form is chosen.
    let shown = move || {
        let is_text = |outputs: &Vec<OutputValue>| outputs.iter().all(|output| output.value.is_string());
        form.get().unwrap_or(if outputs.with(is_text) { Form::Text } else { Form::Tree })
    };
    view! {
        <div class="outputs-pane">
            <div class="segments fit" role="group" aria-label="Show as">
                {Form::ALL
                    .into_iter()
                    .map(|it| {
                        view! {
                            <button
                                type="button"
                                aria-pressed=move || (shown() == it).to_string()
                                on:click=move |_| form.set(Some(it))
                            >
                                {it.label()}
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
            {move || {
                let form = shown();
                outputs.get().into_iter().map(|output| view! { <One output form /> }).collect_view()
            }}
            <Show when=move || outputs.with(Vec::is_empty)>
                <p class="hint">"No Output node has received a value yet."</p>
            </Show>
        </div>
    }
}

#[component]
fn One(output: OutputValue, form: Form) -> impl IntoView {
    let OutputValue { node, value } = output;
    let text = pretty(&value);
    let copied = text.clone();
    view! {
        <section class="output" aria-label=node.clone()>
            <header>
                <h3>{node.clone()}</h3>
                <CopyButton label="Copy the output" text=Callback::new(move |()| copied.clone()) />
            </header>
            {match form {
                Form::Text => view! { <pre class="readable" tabindex="0">{text}</pre> }.into_any(),
                Form::Markdown => view! { <Markdown text /> }.into_any(),
                Form::Tree => view! { <JsonTree value=parsed(value) /> }.into_any(),
            }}
        </section>
    }
}

/// A text that is JSON, as answers of models are, is shown as what it says.
fn parsed(value: Value) -> Value {
    match &value {
        Value::String(text) => serde_json::from_str(text).unwrap_or(value),
        _ => value,
    }
}
