//! Headers whose secrets the server keeps: a name, and a secret that is typed and never shown.

use flow::wire::{FunctionHeader, PutHeader};
use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Headers as they are edited.
#[derive(Clone, Copy)]
pub struct Headers {
    rows: RwSignal<Vec<Row>>,
    next: StoredValue<usize>,
}

/// Its id keeps the focus where it is while others come and go.
#[derive(Clone, Copy)]
struct Row {
    id: usize,
    name: RwSignal<String>,
    secret: RwSignal<String>,
    /// Whether the server has a secret for it.
    stored: bool,
}

impl Headers {
    pub fn new(stored: Vec<FunctionHeader>) -> Self {
        let row = |(id, header): (usize, FunctionHeader)| Row {
            id,
            name: RwSignal::new(header.name),
            secret: RwSignal::new(String::new()),
            stored: true,
        };
        let rows: Vec<Row> = stored.into_iter().enumerate().map(row).collect();
        Self { next: StoredValue::new(rows.len()), rows: RwSignal::new(rows) }
    }

    fn add(self) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let (name, secret) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        self.rows.update(|rows| rows.push(Row { id, name, secret, stored: false }));
    }

    /// As the server takes them: one whose secret is not typed keeps the stored one.
    pub fn put(self) -> Vec<PutHeader> {
        let header = |row: &Row| {
            let secret = row.secret.get_untracked().trim().to_owned();
            PutHeader {
                name: row.name.get_untracked().trim().to_owned(),
                secret: (!secret.is_empty()).then_some(secret),
            }
        };
        self.rows.with_untracked(|rows| rows.iter().map(header).collect())
    }
}

/// A stored header: its name, and what is told of its secret.
pub fn named(header: &FunctionHeader) -> String {
    match header.hint.as_str() {
        "" => header.name.clone(),
        hint => format!("{} …{hint}", header.name),
    }
}

#[component]
pub fn HeaderRows(headers: Headers) -> impl IntoView {
    view! {
        <fieldset class="map">
            <legend>"Headers"</legend>
            <For each=move || headers.rows.get() key=|row| row.id let:row>
                <OneRow row headers />
            </For>
            <div>
                <button type="button" class="btn small" on:click=move |_| headers.add()>
                    <Icon glyph=Glyph::Plus />
                    "Add a header"
                </button>
            </div>
        </fieldset>
    }
}

#[component]
fn OneRow(row: Row, headers: Headers) -> impl IntoView {
    view! {
        <div class="map-row">
            <input
                class="input mono"
                aria-label="Header name"
                required
                readonly=row.stored
                placeholder="Authorization"
                autocomplete="off"
                prop:value=row.name
                on:input=move |event| row.name.set(event_target_value(&event))
            />
            <span aria-hidden="true">":"</span>
            <input
                class="input mono"
                type="password"
                aria-label="Header secret"
                required=!row.stored
                placeholder=if row.stored { "unchanged" } else { "Bearer …" }
                autocomplete="off"
                prop:value=row.secret
                on:input=move |event| row.secret.set(event_target_value(&event))
            />
            <button
                type="button"
                class="btn quiet icon"
                aria-label="Remove this header"
                on:click=move |_| headers.rows.update(|rows| rows.retain(|other| other.id != row.id))
            >
                <Icon glyph=Glyph::Trash />
            </button>
        </div>
    }
}
