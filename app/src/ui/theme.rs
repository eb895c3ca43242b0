//! Light or dark: the system's choice until the person makes one.
//!
//! `public/theme.js` applies the same rule before the first paint; both read the same key.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::MediaQueryList;

use super::browser;

const KEY: &str = "anabranch.theme";

/// What the person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    #[default]
    System,
    Light,
    Dark,
}

impl Choice {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    fn stored(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    fn read(stored: Option<&str>) -> Self {
        match stored {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The theme, as a context.
#[derive(Clone, Copy)]
pub struct Theme(RwSignal<Choice>);

impl Theme {
    /// Reads the choice and keeps the page in its colours.
    pub fn provide() {
        let theme = Self(RwSignal::new(Choice::read(browser::stored(KEY).as_deref())));
        let prefers_dark = RwSignal::new(watch_system());
        follow_system(prefers_dark);
        Effect::new(move || apply(theme.0.get(), prefers_dark.get()));
        provide_context(theme);
    }

    pub fn choice(self) -> Choice {
        self.0.get()
    }

    pub fn choose(self, choice: Choice) {
        browser::store(KEY, choice.stored());
        self.0.set(choice);
    }
}

fn apply(choice: Choice, prefers_dark: bool) {
    let name = choice.stored().unwrap_or(if prefers_dark { "dark" } else { "light" });
    if let Some(root) = browser::document().and_then(|document| document.document_element()) {
        let _refused = root.set_attribute("data-theme", name);
    }
}

fn query() -> Option<MediaQueryList> {
    browser::window()?.match_media("(prefers-color-scheme: dark)").ok().flatten()
}

fn watch_system() -> bool {
    query().is_some_and(|query| query.matches())
}

fn follow_system(prefers_dark: RwSignal<bool>) {
    let Some(query) = query() else { return };
    let changed = Closure::<dyn Fn()>::new(move || prefers_dark.set(watch_system()));
    let _refused = query.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
    // The page has one theme for as long as it lives.
    changed.forget();
}
