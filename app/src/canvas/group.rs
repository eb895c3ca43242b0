//! Groups on the canvas: a ground with a title below their nodes, or one card where they are collapsed.

use leptos::prelude::*;

use super::geometry::Rect;
use super::resize::Grips;
use super::stage::use_stage;
use crate::editor::board::GroupCard;
use crate::editor::document::row_name;
use crate::editor::group;
use crate::editor::session::{Card, use_editor};
use crate::ui::format::count;

impl GroupCard {
    /// Where it is shown: around its nodes and the groups within it, or as a card where it is collapsed.
    pub fn rect(self) -> Option<Rect> {
        if self.group.with(|group| group.collapsed) {
            return Some(Rect::of(self.corner(), self.size()));
        }
        Some(group::with_room(self.least()?, self.group.with(|group| group.room)))
    }

    /// The least ground that it can have.
    pub fn least(self) -> Option<Rect> {
        let of = |card: &Card| match card.folded.get() {
            Some(inner) => Rect::of(inner.corner(), inner.size()),
            None => Rect::of(card.place.get(), card.size.get()),
        };
        let nodes: Vec<Rect> = self.members.with(|members| members.iter().map(of).collect());
        let inner: Vec<Rect> = self.inner.get().into_iter().filter_map(Self::rect).collect();
        group::least_ground(nodes.into_iter().chain(inner))
    }
}

#[component]
pub fn GroupView(card: GroupCard) -> impl IntoView {
    let collapsed = Memo::new(move |_| card.group.with(|group| group.collapsed));
    let rect = Memo::new(move |_| card.rect().unwrap_or_default());
    let title = Memo::new(move |_| card.group.with(|group| group.title.clone()));
    let pixels = |length: f64| format!("{length}px");
    view! {
        <div
            class=move || format!("group-card tint-{}", card.group.with(|group| group.color.name()))
            class:sel=move || card.selected.get()
            class:collapsed=move || collapsed.get()
            class:folded=move || card.hidden.get()
            style:transform=move || format!("translate({}px, {}px)", rect.get().x, rect.get().y)
            style:width=move || pixels(rect.get().width)
            style:height=move || pixels(rect.get().height)
            style:z-index=move || if collapsed.get() { String::new() } else { format!("{}", -4 - card.depth.get() as i32) }
            role="group"
            aria-roledescription="group"
            aria-label=move || title.get()
            tabindex="0"
            data-group=card.id.get_value()
        >
            <header data-group-head="true">
                <Title card title />
                <Opener card collapsed />
            </header>
            <Show when=move || collapsed.get()>
                <Ports card />
            </Show>
            <Show when=move || card.selected.get() && !collapsed.get()>
                <Grips />
            </Show>
        </div>
    }
}

/// The title, which a double click changes.
#[component]
fn Title(card: GroupCard, title: Memo<String>) -> impl IntoView {
    let editor = use_editor();
    let stage = use_stage();
    let edits = RwSignal::new(false);
    let keep = move |to: String| {
        if !edits.get_untracked() {
            return;
        }
        edits.set(false);
        let (id, to) = (card.id.get_value(), to.trim().to_owned());
        editor.change("Name the group", |document| group::edit(document, &id, |group| group.title = to));
    };
    view! {
        <Show
            when=move || edits.get()
            fallback=move || {
                view! {
                    <h3
                        on:dblclick=move |event| {
                            event.stop_propagation();
                            edits.set(true);
                            stage.next_frame(|_| crate::ui::browser::focus_now(".group-card input"));
                        }
                    >
                        {move || title.get()}
                    </h3>
                }
            }
        >
            <input
                class="input"
                aria-label="Group title"
                prop:value=title.get_untracked()
                on:pointerdown=|event| event.stop_propagation()
                on:blur=move |event| keep(event_target_value(&event))
                on:keydown=move |event| {
                    event.stop_propagation();
                    match event.key().as_str() {
                        "Enter" => keep(event_target_value(&event)),
                        "Escape" => edits.set(false),
                        _ => return,
                    }
                    stage.focus_pane();
                }
            />
        </Show>
    }
}

#[component]
fn Opener(card: GroupCard, collapsed: Memo<bool>) -> impl IntoView {
    let editor = use_editor();
    let name = move || card.group.with(|group| group.title.clone());
    view! {
        <button
            type="button"
            class="btn quiet small"
            aria-expanded=move || (!collapsed.get()).to_string()
            aria-label=move || {
                let does = if collapsed.get() { "Open" } else { "Collapse" };
                format!("{does} {}", name())
            }
            on:pointerdown=|event| event.stop_propagation()
            on:click=move |_| {
                let id = card.id.get_value();
                editor.change("Collapse", |document| {
                    group::edit(document, &id, |group| group.collapsed = !group.collapsed);
                });
            }
        >
            {move || if collapsed.get() { count(card.members.with(Vec::len) as u64, "node") + " ▸" } else { "▾".to_owned() }}
        </button>
    }
}

/// The ports at the border of a collapsed group.
#[component]
fn Ports(card: GroupCard) -> impl IntoView {
    let rows = move || {
        let (entered, left) = card.ports.get();
        let row = |right: bool| {
            move |port: crate::editor::document::Port| {
                let node = flow::address::name(&port.node).to_owned();
                let name = row_name(&port.row);
                let label = if name.is_empty() { node } else { format!("{node} {name}") };
                view! { <div class="port" class:right=right><span class="clip">{label}</span></div> }
            }
        };
        (entered.into_iter().map(row(false)).collect_view(), left.into_iter().map(row(true)).collect_view())
    };
    view! { <div class="ports">{move || rows().0} {move || rows().1}</div> }
}
