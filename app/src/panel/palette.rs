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
    let found = Memo::new(move |_| {
        let query = query.get().trim().to_lowercase();
        NodeType::ALL
            .into_iter()
            .filter(|kind| kind.describe().runs)
            .filter(|kind| {
                let about = kind.describe();
                about.label.to_lowercase().contains(&query)
                    || (query.len() > 2 && about.about.to_lowercase().contains(&query))
            })
            .collect::<Vec<_>>()
    });
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
