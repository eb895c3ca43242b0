//! A group of a condition: how its parts are joined, the parts, and the way to add some.

use flow::condition::form::{DEEPEST, Group, Join, Part};
use leptos::prelude::*;

use super::{Builder, number, row};
use crate::ui::icon::{Glyph, Icon};

/// How a group holds: its words, its join, and whether it is the other way round.
const HOLDS: [(&str, Join, bool); 4] = [
    ("All of these hold", Join::All, false),
    ("Any of these holds", Join::Any, false),
    ("Not all of these hold", Join::All, true),
    ("None of these holds", Join::Any, true),
];

/// What a group shows by itself.
#[derive(Clone, PartialEq)]
struct Shape {
    join: Join,
    not: bool,
    /// For each part, whether it is a group.
    parts: Vec<bool>,
}

/// The group that the path leads to, with everything in it.
pub(super) fn view(builder: Builder, path: Vec<usize>) -> AnyView {
    let (is_root, depth) = (path.is_empty(), path.len() + 1);
    let label = match is_root {
        true => "How the comparisons are joined".to_owned(),
        false => format!("How group {} is joined", number(&path)),
    };
    let add_id = builder.element(&path, "add");
    let path = StoredValue::new(path);
    let shape =
        Memo::new(move |_| builder.group.with(|root| path.with_value(|path| root.group(path)).map(shape)));
    let parts = move || shape.get().map(|shape| shape.parts).unwrap_or_default();
    // One comparison alone needs no joining, unless it is negated as a group.
    let is_joined = move || shape.get().is_some_and(|shape| shape.parts.len() > 1 || shape.not || !is_root);
    let is_wordless = Memo::new(move |_| builder.inputs.with(Vec::is_empty));
    view! {
        <div class="cond-group" class:inner=!is_root>
            <Show when=is_joined>
                <div class="cond-head">
                    <select class="select" aria-label=label.clone() on:change=move |event| join(builder, path, &event)>
                        {HOLDS
                            .map(|(words, by, not)| {
                                let chosen = move || {
                                    shape.with(|shape| shape.as_ref().is_some_and(|s| s.join == by && s.not == not))
                                };
                                view! {
                                    <option value=words prop:selected=chosen>
                                        {words}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                    {(!is_root).then(|| view! { <Remove builder path /> })}
                </div>
            </Show>
            <For each=move || parts().into_iter().enumerate() key=|part| *part let:part>
                {
                    let (at, is_group) = part;
                    let inner = path.with_value(|path| [path.as_slice(), &[at]].concat());
                    if is_group { view(builder, inner) } else { row::view(builder, inner) }
                }
            </For>
            <div class="cond-add">
                <button
                    type="button"
                    class="btn small"
                    id=add_id
                    disabled=is_wordless
                    on:click=move |_| add_row(builder, path)
                >
                    <Icon glyph=Glyph::Plus />
                    "Comparison"
                </button>
                {(depth < DEEPEST)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="btn small"
                                disabled=is_wordless
                                on:click=move |_| add_group(builder, path)
                            >
                                <Icon glyph=Glyph::Plus />
                                "Group"
                            </button>
                        }
                    })}
                <Show when=move || is_root && is_wordless.get()>
                    <p class="hint">"Add an input first: there is nothing to compare yet."</p>
                </Show>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Remove(builder: Builder, path: StoredValue<Vec<usize>>) -> impl IntoView {
    let label = path.with_value(|path| format!("Remove group {}", number(path)));
    let remove = move |_| {
        let path = path.get_value();
        builder.edit(|root| root.remove(&path));
        builder.focus(path.split_last().map_or(&[], |(_, before)| before), "add");
    };
    view! {
        <button type="button" class="btn quiet icon small" aria-label=label on:click=remove>
            <Icon glyph=Glyph::Close />
        </button>
    }
}

fn shape(group: &Group) -> Shape {
    let parts = group.parts.iter().map(|part| matches!(part, Part::Group(_))).collect();
    Shape { join: group.join, not: group.not, parts }
}

fn join(builder: Builder, path: StoredValue<Vec<usize>>, event: &leptos::ev::Event) {
    let words = event_target_value(event);
    let Some((_, join, not)) = HOLDS.into_iter().find(|(known, ..)| *known == words) else { return };
    let path = path.get_value();
    builder.edit(|root| {
        if let Some(group) = root.group_mut(&path) {
            (group.join, group.not) = (join, not);
        }
    });
}

fn add_row(builder: Builder, path: StoredValue<Vec<usize>>) {
    let Some(row) = builder.fresh() else { return };
    add(builder, &path.get_value(), Part::Row(row), &[]);
}

/// A group begins with a comparison, and joins in the other way than what it is in.
fn add_group(builder: Builder, path: StoredValue<Vec<usize>>) {
    let path = path.get_value();
    let Some(row) = builder.fresh() else { return };
    let outer = builder.group.with_untracked(|root| root.group(&path).map(|group| group.join));
    let join = if outer == Some(Join::Any) { Join::All } else { Join::Any };
    let group = Group { not: false, join, parts: vec![Part::Row(row)] };
    add(builder, &path, Part::Group(group), &[0]);
}

/// Adds a part, and goes to the comparison in it.
fn add(builder: Builder, path: &[usize], part: Part, inner: &[usize]) {
    let mut at = 0;
    builder.edit(|root| {
        if let Some(group) = root.group_mut(path) {
            at = group.parts.len();
            group.parts.push(part);
        }
    });
    builder.focus(&[path, &[at], inner].concat(), "left");
}
