//! The plain field: until CodeMirror is there, and where it cannot be had.

use std::ops::Range;

use leptos::prelude::*;

use super::{Shown, Words};

#[component]
pub fn Plain(shown: Shown) -> impl IntoView {
    let Shown { language, words, label, value, invalid, on_text, .. } = shown;
    let Words { id, placeholder, described_by } = words.get_value();
    let write = move |event| on_text.run(event_target_value(&event));
    let label = move || label.get();
    let invalid = move || invalid.get().to_string();
    match language.is_one_line() {
        true => view! {
            <input
                id=id
                aria-label=label
                aria-invalid=invalid
                aria-describedby=described_by
                spellcheck="false"
                autocomplete="off"
                placeholder=placeholder
                prop:value=value
                on:input=write
            />
        }
        .into_any(),
        false => view! {
            <textarea
                id=id
                aria-label=label
                aria-invalid=invalid
                aria-describedby=described_by
                spellcheck="false"
                autocomplete="off"
                autocapitalize="off"
                placeholder=placeholder
                prop:value=value
                on:input=write
            ></textarea>
        }
        .into_any(),
    }
}

/// The part of a plain field's text that is wrong, under a wavy line.
#[component]
pub fn Culprit(shown: Shown) -> impl IntoView {
    let parts = Memo::new(move |_| {
        let (start, end) = shown.marks.with(|marks| marks.first().map(|mark| mark.span))?;
        let text = shown.value.get();
        let part = |range: Range<usize>| text.get(range).map(str::to_owned);
        (start < end).then_some(())?;
        Some((part(0..start)?, part(start..end)?, part(end..text.len())?))
    });
    move || {
        parts.get().map(|(before, wrong, after)| {
            view! {
                <p class="culprit mono" aria-hidden="true">
                    {before}
                    <u>{wrong}</u>
                    {after}
                </p>
            }
        })
    }
}
