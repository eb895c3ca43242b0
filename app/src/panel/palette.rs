//! The palette: the kinds that run, by group. A press and a move carries a node to the canvas; a click adds it.

use flow::definition::NodeType;
use flow::node::Group;
use leptos::prelude::*;

use crate::canvas::gesture::Hit;
use crate::canvas::pane::with;
use crate::canvas::stage::use_stage;
use crate::node::KindIcon;

#[component]
pub fn Palette() -> impl IntoView {
    let query = RwSignal::new(String::new());
    let found = Memo::new(move |_| matching(&query.get()));
    let groups = move || {
        let mut groups: Vec<Group> = found.with(|found| found.iter().map(|k| k.describe().group).collect());
        groups.sort_unstable();
        groups.dedup();
        groups
    };
    let stage = use_stage();
    let on_key = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            if let Some(kind) = found.with_untracked(|found| found.first().copied()) {
                stage.add(kind);
                query.set(String::new());
            }
        }
        "Escape" => {
            query.set(String::new());
            crate::ui::browser::focus_soon(".canvas");
        }
        _ => {}
    };
    view! {
        <nav class="palette" aria-label="Nodes">
            <div class="search">
                <input
                    id="palette-search"
                    class="input"
                    type="search"
                    placeholder="Search nodes"
                    aria-label="Search nodes"
                    autocomplete="off"
                    prop:value=move || query.get()
                    on:input=move |event| query.set(event_target_value(&event))
                    on:keydown=on_key
                />
                <kbd aria-hidden="true">"/"</kbd>
            </div>
            <For each=groups key=|group| group.token() let:group>
                <div class="group" id=format!("group-{}", group.token())>
                    {group.label()}
                </div>
                <For
                    each=move || {
                        found.get().into_iter().filter(|kind| kind.describe().group == group).collect::<Vec<_>>()
                    }
                    key=|kind| *kind
                    let:kind
                >
                    <Entry kind />
                </For>
            </For>
            <Show when=move || found.with(Vec::is_empty)>
                <p class="hint">"No node is called that."</p>
            </Show>
        </nav>
    }
}

/// The kinds that run and are called so; where none is, those whose description says it.
fn matching(query: &str) -> Vec<NodeType> {
    let query = query.trim().to_lowercase();
    let says = |text: fn(NodeType) -> &'static str| {
        let runs = NodeType::ALL.into_iter().filter(|kind| kind.can_be_added());
        runs.filter(|kind| text(*kind).to_lowercase().contains(&query)).collect::<Vec<_>>()
    };
    let named = says(|kind| kind.describe().label);
    if named.is_empty() && query.len() > 2 { says(|kind| kind.describe().about) } else { named }
}

#[component]
fn Entry(kind: NodeType) -> impl IntoView {
    let stage = use_stage();
    let about = kind.describe();
    view! {
        <button
            type="button"
            class="item"
            title=about.about
            on:pointerdown=move |event| {
                if event.button() == 0 {
                    stage.press(
                        event.pointer_id(),
                        Hit::Palette(kind),
                        (f64::from(event.client_x()), f64::from(event.client_y())),
                        with(stage, &event),
                    );
                }
            }
            // Of the keyboard or of assistive technology: the pointer has its own way.
            on:click=move |event| {
                if event.detail() == 0 {
                    stage.add(kind);
                }
            }
        >
            <KindIcon kind />
            {about.label}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_before_a_description() {
        // The Input's description speaks of its output.
        assert_eq!(matching(" output"), [NodeType::Output]);
        assert_eq!(matching("asks a model"), [NodeType::Prompt]);
        assert!(matching("nothing like it").is_empty());
        assert!(matching("").len() > 3);
    }
}
