//! What a kind is for, in the inspector: opened where somebody wants to know.

use flow::definition::NodeType;
use flow::node::{Port, Ports};
use leptos::prelude::*;

/// The documentation of a kind, folded away.
#[component]
pub fn About(kind: NodeType) -> impl IntoView {
    let (described, help) = (kind.describe(), kind.help());
    view! {
        <details class="about-kind">
            <summary>{format!("About {}", described.label)}</summary>
            <div class="prose">
                {help.does.iter().map(|text| view! { <p>{*text}</p> }).collect_view()}
                <dl>
                    <dt>"Inputs"</dt>
                    <dd>{ports(described.inputs)}</dd>
                    <dt>"Outputs"</dt>
                    <dd>{ports(described.outputs)}</dd>
                    {help
                        .bound
                        .map(|bound| {
                            view! {
                                <dt>"Bound to"</dt>
                                <dd>{bound}</dd>
                            }
                        })}
                    <dt>"Example"</dt>
                    <dd>{help.example}</dd>
                </dl>
            </div>
        </details>
    }
}

fn ports(ports: Ports) -> AnyView {
    match ports {
        Ports::Fixed([]) => "None.".into_any(),
        Ports::Fixed(ports) => ports.iter().map(|port| view! { <OnePort port /> }).collect_view().into_any(),
        Ports::Free => "Any that you add, of any type.".into_any(),
        Ports::Variables => "One for each {{variable}} of its text, of any type.".into_any(),
    }
}

#[component]
fn OnePort(port: &'static Port) -> impl IntoView {
    let kind = port.kind.map_or("any type".to_owned(), |kind| kind.to_string());
    view! {
        <span class="port-line">
            <code>{port.name}</code>
            " "
            {kind}
            {(!port.required).then_some(", if you like")}
        </span>
    }
}
