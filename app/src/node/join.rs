//! How an input joins its connections: shown where it has one, and where it says so.

use flow::join::Join;
use leptos::prelude::*;

use crate::editor::joins;
use crate::editor::session::{Card, use_editor};

/// The values of the choice, in their order, with what they say.
const CHOICES: [(&str, &str); 4] = [
    ("one", "Takes one connection"),
    ("any", "Takes any: the first to arrive"),
    ("all", "Takes all, as an array"),
    ("first", "Takes the first few to arrive"),
];

#[component]
pub fn JoinSelect(card: Card, #[prop(into)] input: Signal<String>) -> impl IntoView {
    let editor = use_editor();
    let place = move || (card.address.get(), input.get());
    let join = Memo::new(move |_| {
        let (node, input) = place();
        editor.watch(|document| document.extensions.join(&node, &input))
    });
    let connected = Memo::new(move |_| {
        let (node, input) = place();
        editor.watch(|document| document.all_into(&node, &input).count())
    });
    let set = move |join: Option<Join>| {
        let (node, input) = (card.name(), input.get_untracked());
        editor.change("Change a join", |document| joins::set(document, &node, &input, join));
    };
    let choose = move |event| {
        // As many as there are is what `all` waits for, so fewer are more often meant.
        let few = u16::try_from(connected.get_untracked().saturating_sub(1)).unwrap_or(u16::MAX).max(2);
        set(match event_target_value(&event).as_str() {
            "any" => Some(Join::Any),
            "all" => Some(Join::All),
            "first" => Some(Join::First(few)),
            _ => None,
        });
    };
    let count = move |event| set(Some(Join::First(event_target_value(&event).parse().unwrap_or(0))));
    view! {
        <Show when=move || { connected.get() > 0 || join.with(Option::is_some) }>
            <div class="join-row">
                <select
                    class="select"
                    aria-label=move || format!("Connections of {}", input.get())
                    prop:value=move || value(join.get())
                    on:change=choose
                >
                    {CHOICES
                        .map(|(name, words)| {
                            view! {
                                <option value=name selected=move || value(join.get()) == name>
                                    {words}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
                {move || match join.get() {
                    Some(Join::First(many)) => Some(
                        view! {
                            <input
                                class="input"
                                type="number"
                                min="1"
                                aria-label=move || format!("How many values {} waits for", input.get())
                                prop:value=many.to_string()
                                on:change=count
                            />
                        },
                    ),
                    _ => None,
                }}
            </div>
        </Show>
    }
}

fn value(join: Option<Join>) -> &'static str {
    match join {
        None => "one",
        Some(Join::Any) => "any",
        Some(Join::All) => "all",
        Some(Join::First(_)) => "first",
    }
}
