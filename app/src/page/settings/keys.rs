//! The keys of the canvas's commands: which are in force, and others in their place. They are kept in this browser.

use leptos::ev;
use leptos::prelude::*;

use crate::canvas::command::Command;
use crate::canvas::keyboard::chord;
use crate::canvas::keymap::{Chord, Keymap, Refused};
use crate::ui::browser;

/// What is being asked of the person.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    /// Keys for this command; and why the last ones were not taken.
    Keys(Command, Option<String>),
    /// Whether this command takes these keys from that one.
    Taken { command: Command, chord: Chord, from: Command },
}

impl Asked {
    fn command(&self) -> Command {
        match self {
            Self::Keys(command, _) | Self::Taken { command, .. } => *command,
        }
    }
}

#[component]
pub fn Keys() -> impl IntoView {
    let keymap = Keymap::load();
    let asked = RwSignal::new(None::<Asked>);
    listen(keymap, asked);
    view! {
        <section class="box" aria-labelledby="keys">
            <header>
                <h2 id="keys">"Keys of the canvas"</h2>
                <span class="grow"></span>
                <button
                    type="button"
                    class="btn small"
                    disabled=move || keymap.with(Keymap::is_usual)
                    on:click=move |_| {
                        asked.set(None);
                        keymap.set(Keymap::default());
                    }
                >
                    "All as they were"
                </button>
            </header>
            <ul class="keys">
                {Command::ALL.into_iter().map(|command| view! { <Row command keymap asked /> }).collect_view()}
            </ul>
        </section>
    }
}

/// Takes the keys that are asked for, before anything else of the page hears of them.
fn listen(keymap: RwSignal<Keymap>, asked: RwSignal<Option<Asked>>) {
    let heard = window_event_listener(ev::keydown, move |event| {
        let Some(Asked::Keys(command, _)) = asked.get_untracked() else { return };
        let Some(chord) = chord(&event) else { return };
        event.prevent_default();
        if event.key() == "Escape" {
            return finish(asked, command);
        }
        take(keymap, asked, command, chord);
    });
    on_cleanup(move || heard.remove());
}

fn take(keymap: RwSignal<Keymap>, asked: RwSignal<Option<Asked>>, command: Command, chord: Chord) {
    let keys = chord.text();
    let no = match chord.refused() {
        Some(Refused::Fixed) => Some(format!("{keys} has a use of its own on the canvas. Press others.")),
        Some(Refused::Browser) => Some(format!("The browser keeps {keys} for itself. Press others.")),
        None => None,
    };
    if no.is_some() {
        return asked.set(Some(Asked::Keys(command, no)));
    }
    match keymap.with_untracked(|keymap| keymap.command(&chord)).filter(|other| *other != command) {
        Some(from) => {
            asked.set(Some(Asked::Taken { command, chord, from }));
            focus(command);
        }
        None => {
            keymap.update(|keymap| keymap.give(command, &chord));
            finish(asked, command);
        }
    }
}

fn finish(asked: RwSignal<Option<Asked>>, command: Command) {
    asked.set(None);
    focus(command);
}

/// The first button of a command's line gets the focus, since the one that had it may be gone.
fn focus(command: Command) {
    let place = Command::ALL.iter().position(|other| *other == command).unwrap_or(0) + 1;
    leptos::leptos_dom::helpers::request_animation_frame(move || {
        browser::focus_now(&format!(".keys li:nth-child({place}) button"));
    });
}

#[component]
fn Row(command: Command, keymap: RwSignal<Keymap>, asked: RwSignal<Option<Asked>>) -> impl IntoView {
    let label = command.label().trim_end_matches('…');
    let keys = Memo::new(move |_| keymap.with(|keymap| keymap.keys(command)));
    let own = Memo::new(move |_| asked.get().filter(|asked| asked.command() == command));
    let changed = Memo::new(move |_| keymap.with(|keymap| keymap.is_changed(command)));
    view! {
        <li>
            <span class="does">{label}</span>
            {move || match own.get() {
                None => view! {
                    <kbd>{move || if keys.get().is_empty() { "–".to_owned() } else { keys.get() }}</kbd>
                    <button
                        type="button"
                        class="btn small"
                        aria-label=format!("Change the keys of {label}")
                        on:click=move |_| asked.set(Some(Asked::Keys(command, None)))
                    >
                        "Change"
                    </button>
                    <Show when=move || changed.get()>
                        <button
                            type="button"
                            class="btn quiet small"
                            aria-label=format!("Reset the keys of {label}")
                            on:click=move |_| {
                                keymap.update(|keymap| keymap.reset(command));
                                focus(command);
                            }
                        >
                            "Reset"
                        </button>
                    </Show>
                }.into_any(),
                Some(Asked::Keys(_, no)) => view! {
                    <span class="asks" role="status">
                        {no.unwrap_or_else(|| format!("Press the keys for {label}. Esc leaves it as it is."))}
                    </span>
                    <button type="button" class="btn small" on:click=move |_| finish(asked, command)>
                        "Cancel"
                    </button>
                }.into_any(),
                Some(Asked::Taken { chord, from, .. }) => {
                    let other = from.label().trim_end_matches('…');
                    let words = format!("{} means {other} so far.", chord.text());
                    view! {
                        <span class="asks" role="status">{words}</span>
                        <button
                            type="button"
                            class="btn small"
                            on:click=move |_| {
                                keymap.update(|keymap| keymap.give(command, &chord));
                                finish(asked, command);
                            }
                        >
                            {format!("Take it for {label}")}
                        </button>
                        <button type="button" class="btn small" on:click=move |_| finish(asked, command)>
                            "Cancel"
                        </button>
                    }.into_any()
                }
            }}
        </li>
    }
}
