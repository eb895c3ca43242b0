//! A node on the canvas: a card whose measures are those of [`flow::layout`], so that wires meet its handles without
//! anything being measured.

use flow::check::Severity;
use flow::definition::NodeType;
use flow::layout::{self, Row};
use flow::trace::State;
use leptos::html;
use leptos::prelude::*;

use super::focus::{element_id, focus, still};
use super::frame::Frame;
use super::menu::Menu;
use super::stage::use_stage;
use crate::editor::connect::{Target, link};
use crate::editor::document::{Port, row_name};
use crate::editor::joins;
use crate::editor::selection::Selection;
use crate::editor::session::{Card, Light, use_editor};
use crate::node::{KindIcon, summary, unbound};
use crate::panel::inspector::Inspected;
use crate::panel::runner::Runner;

/// How a card stands, as the style calls it. What is wrong now goes before what a run did.
pub(super) fn look(card: Card) -> Memo<&'static str> {
    Memo::new(move |_| {
        let state = card.light.with(|light| light.as_ref().map(|light| light.state));
        let is_wrong =
            card.problems.with(|problems| problems.iter().any(|problem| problem.severity == Severity::Error));
        match (state, is_wrong) {
            (Some(State::Running), _) => "run",
            (Some(State::Skipped), false) => "skipped",
            (Some(State::Skipped), true) => "skipped bad",
            (Some(State::Given), false) => "given",
            (Some(State::Given), true) => "given bad",
            (Some(State::Failed), _) | (_, true) => "bad",
            (Some(State::Ok), false) => "ok",
            _ => "",
        }
    })
}

/// The classes of an element, all in one attribute: one thing to follow for each of thousands, where a class each
/// would be many.
pub(super) fn classes<const MANY: usize>(always: &str, others: [(&str, bool); MANY]) -> String {
    let mut classes = always.to_owned();
    for (class, _) in others.into_iter().filter(|(class, is_on)| *is_on && !class.is_empty()) {
        classes.push(' ');
        classes.push_str(class);
    }
    classes
}

/// The classes of a card, which has one that is only its kind's.
pub(super) fn card_classes(always: &str, card: Card, look: Memo<&'static str>, own: (&str, bool)) -> String {
    let folded = card.folded.with(Option::is_some);
    let (selected, disabled) = (card.selected.get(), card.disabled.get());
    classes(always, [(look.get(), true), ("sel", selected), ("folded", folded), ("disabled", disabled), own])
}

#[component]
pub fn NodeCard(card: Card) -> impl IntoView {
    if card.node.with_untracked(|node| node.body().is_some()) {
        return view! { <Frame card /> }.into_any();
    }
    let stage = use_stage();
    let look = look(card);
    let kind = card.node.with_untracked(|node| node.kind);
    let name = Memo::new(move |_| card.node.with(|node| node.name.clone()));
    let line = Memo::new(move |_| card.node.with(summary));
    let rows = Memo::new(move |_| card.node.with(layout::rows));
    let streamed = Memo::new(move |_| {
        let preview = |light: &Light| light.streams.then(|| light.preview.clone());
        card.light.with(|light| light.as_ref().and_then(preview))
    });
    let transform = move || {
        let place = card.place.get();
        format!("translate({}px, {}px)", place.x, place.y)
    };
    view! {
        <div
            id=element_id(card)
            class=move || card_classes("node", card, look, ("collapsed", card.collapsed.get()))
            style:transform=transform
            role="group"
            aria-roledescription="node"
            aria-label=move || name.get()
            tabindex=move || stage.tab_index(card)
            data-card=card.id.to_string()
        >
            <header>
                <KindIcon kind />
                <div class="titles">
                    <Name card />
                    <small class:streamed=move || streamed.with(Option::is_some)>
                        {move || streamed.get().unwrap_or_else(|| line.get())}
                    </small>
                </div>
                <Badge card />
                <Off card />
            </header>
            <Show when=move || rows.with(|rows| !rows.is_empty()) && !card.collapsed.get()>
                <div class="ports">
                    <For each=move || rows.get() key=|row| format!("{row:?}") let:row>
                        <PortRow card row />
                    </For>
                </div>
            </Show>
            <Issues card />
        </div>
    }
    .into_any()
}

/// Its name, changed in place by F2 or a double click.
#[component]
pub(super) fn Name(card: Card) -> impl IntoView {
    let stage = use_stage();
    let editor = use_editor();
    let name = Memo::new(move |_| card.node.with(|node| node.name.clone()));
    let edits = Memo::new(move |_| stage.renaming.with(|renaming| *renaming == Some(card.id)));
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(field) = field.get() {
            stage.next_frame(move |_| {
                still(&field);
                field.select();
            });
        }
    });
    let keep = move |to: String| {
        if !edits.get_untracked() {
            return;
        }
        stage.renaming.set(None);
        if let Err(reason) = editor.rename(&card.name(), to.trim()) {
            stage.refuse(reason);
        }
    };
    view! {
        <Show
            when=move || edits.get()
            fallback=move || {
                view! {
                    <h3 on:dblclick=move |event| {
                        event.stop_propagation();
                        stage.renaming.set(Some(card.id));
                    }>{move || name.get()}</h3>
                }
            }
        >
            <input
                class="input rename"
                node_ref=field
                aria-label="New name"
                spellcheck="false"
                autocomplete="off"
                prop:value=name.get_untracked()
                on:pointerdown=|event| event.stop_propagation()
                on:dblclick=|event| event.stop_propagation()
                on:blur=move |event| keep(event_target_value(&event))
                on:keydown=move |event| {
                    event.stop_propagation();
                    match event.key().as_str() {
                        "Enter" => keep(event_target_value(&event)),
                        "Escape" => stage.renaming.set(None),
                        _ => return,
                    }
                    event.prevent_default();
                    focus(card);
                }
            />
        </Show>
    }
}

/// How it stands in the run: a mark and how long it took, never colour alone.
#[component]
pub(super) fn Badge(card: Card) -> impl IntoView {
    let runner = use_context::<Runner>();
    let inspected = use_context::<Inspected>();
    let editor = use_editor();
    // Beside the card's own gestures: a click on the mark leads to what went in and came out.
    let look = move |_| {
        editor.select(Selection::node(&card.name()));
        if let Some(inspected) = inspected {
            inspected.last_run();
        }
    };
    move || {
        let light = card.light.get()?;
        let (class, mark, words) = match light.state {
            State::Running => ("state run", "", "running"),
            State::Waiting => ("state wait", "?", "waits for an answer"),
            State::Ok => ("state ok", "✓", "succeeded"),
            State::Given => ("state given", "=", "given, not run"),
            State::Failed => ("state bad", "!", "failed"),
            State::Skipped => ("state skipped", "–", "not taken"),
            State::Stopped => ("state skipped", "■", "stopped"),
            State::Lost => ("state skipped", "?", "not known"),
        };
        // What takes next to no time would only push the name aside.
        let slow = card.node.with_untracked(|node| {
            matches!(node.kind, NodeType::Agent | NodeType::LambdaFunction | NodeType::Lex | NodeType::Prompt)
        });
        let duration = light.duration.filter(|_| slow && light.state == State::Ok);
        let (began, running) = (light.began, slow && light.state == State::Running);
        let elapsed = runner.filter(|_| running).map(|runner| {
            let so_far = move || flow::trace::duration(runner.clock.get().saturating_sub(began));
            view! { <span class="badge num" aria-hidden="true">{so_far}</span> }
        });
        Some(view! {
            {duration.map(|duration| view! { <span class="badge">{duration}</span> })}
            {elapsed}
            <span
                class=class
                role="img"
                aria-label=words
                title="Show what went in and out"
                on:pointerdown=|event| event.stop_propagation()
                on:click=look
            >
                {mark}
            </span>
        })
    }
}

/// That runs skip it, in a word too.
#[component]
pub(super) fn Off(card: Card) -> impl IntoView {
    view! {
        <Show when=move || card.disabled.get()>
            <span class="badge off" title="Runs skip it, and what needs what it gives">"off"</span>
        </Show>
    }
}

/// A port: its name, its type and its handle.
#[component]
pub(super) fn PortRow(card: Card, row: Row) -> impl IntoView {
    let editor = use_editor();
    let stage = use_stage();
    let is_input = matches!(row, Row::Input(_));
    let is_condition = matches!(row, Row::Condition(_));
    let is_default = matches!(&row, Row::Condition(name) if name == flow::node::condition::DEFAULT);
    let text = row_name(&row).to_owned();
    let kind = {
        let row = row.clone();
        Memo::new(move |_| {
            card.node.with(|node| match &row {
                Row::Input(name) => node.input(name).map(|port| port.kind.to_string()),
                Row::Output(name) => node.output(name).map(|port| port.kind.to_string()),
                Row::Condition(_) => None,
            })
        })
    };
    let row = StoredValue::new(row);
    let port = move || card.address.with(|address| Port::new(address, row.get_value()));
    // While a wire is drawn, the handles that cannot take it step back.
    let possible = Memo::new(move |_| {
        stage.drawn.with(|drawn| match drawn {
            None => true,
            Some((from, _)) if *from == port() => true,
            Some((from, moved)) => editor.look(|document| {
                let (to, moved) = (Target::Port(port()), moved.as_deref());
                link(document, from, &to, moved).is_ok() || joins::may_offer(document, from, &to, moved)
            }),
        })
    });
    let open = move |event: leptos::ev::MouseEvent| {
        // Of the keyboard or of assistive technology: the pointer has its own way.
        if event.detail() == 0 {
            stage.menu.set(Some(Menu::connect(stage, port())));
        }
    };
    view! {
        <div class="port" class:right=!is_input class:faint=is_default>
            {(!is_input && !is_condition)
                .then(|| view! { <em class="lead">{move || kind.get()}</em> })}
            <span class="clip">{text}</span>
            <Joined port=Signal::derive(port) />
            {is_input.then(|| view! { <em>{move || kind.get()}</em> })}
            <button
                type="button"
                class="h"
                class:in=is_input
                class:out=!is_input
                class:cond=is_condition
                class:impossible=move || !possible.get()
                tabindex="-1"
                aria-label=move || port().label()
                data-row=row.with_value(row_code)
                on:click=open
            ></button>
        </div>
    }
}

/// How an input joins its connections, where it says so.
#[component]
fn Joined(port: Signal<Port>) -> impl IntoView {
    let editor = use_editor();
    let join = Memo::new(move |_| {
        let Port { node, row: Row::Input(input) } = port.get() else { return None };
        editor.watch(|document| document.extensions.join(&node, &input))
    });
    move || {
        join.get().map(|join| {
            view! {
                <i class="join" role="img" title=joins::words(join) aria-label=joins::words(join)>
                    {join.label()}
                </i>
            }
        })
    }
}

/// The first problem, and how many more there are; a failure of the run goes before, and behind them that it is
/// bound to nothing, which is no problem of the flow's own.
#[component]
pub(super) fn Issues(card: Card) -> impl IntoView {
    let words = Memo::new(move |_| card.issue().or_else(|| unbound(card)));
    let mild = move || {
        card.light.with(|light| light.as_ref().is_none_or(|light| light.failure.is_none()))
            && card.problems.with(|problems| problems.iter().all(|p| p.severity == Severity::Warning))
    };
    move || {
        words.get().map(|words| {
            view! {
                <div class="issue" class:mild=mild title=words.clone()>
                    {words.clone()}
                </div>
            }
        })
    }
}

/// A row in an attribute, where a delegated handler finds it.
pub fn row_code(row: &Row) -> String {
    match row {
        Row::Input(name) => format!("i:{name}"),
        Row::Output(name) => format!("o:{name}"),
        Row::Condition(name) => format!("c:{name}"),
    }
}

/// The row that an attribute names.
pub fn row_of(code: &str) -> Option<Row> {
    let (side, name) = code.split_once(':')?;
    match side {
        "i" => Some(Row::Input(name.to_owned())),
        "o" => Some(Row::Output(name.to_owned())),
        "c" => Some(Row::Condition(name.to_owned())),
        _ => None,
    }
}
