//! Everything that a run told, as it was told, and a filter over it.

use flow::event::Event;
use flow::trace::duration;
use leptos::prelude::*;

use crate::panel::runner::use_runner;
use crate::ui::format::count;

/// More would make the page slow; the filter finds the others.
const MOST: usize = 1000;

#[component]
pub fn Events() -> impl IntoView {
    let runner = use_runner();
    let wanted = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let wanted = wanted.get().trim().to_lowercase();
        let shown = |event: &&Event| wanted.is_empty() || written(event).to_lowercase().contains(&wanted);
        runner.events.with(|events| events.iter().filter(shown).cloned().collect::<Vec<Event>>())
    });
    let total = move || runner.events.with(Vec::len);
    view! {
        <div class="events">
            <div class="events-filter">
                <input
                    type="search"
                    class="input"
                    aria-label="Filter events"
                    placeholder="Filter by node, type or text"
                    prop:value=wanted
                    on:input=move |event| wanted.set(event_target_value(&event))
                />
                <span class="hint num" aria-live="polite">
                    {move || match wanted.with(|wanted| wanted.trim().is_empty()) {
                        true => count(total() as u64, "event"),
                        false => format!("{} of {}", found.with(Vec::len), count(total() as u64, "event")),
                    }}
                </span>
            </div>
            <div class="event-list" tabindex="0" role="log" aria-label="Events">
                <For each=move || found.get().into_iter().take(MOST) key=|event| event.seq let:event>
                    <div class="event mono">
                        <span class="num">{event.seq}</span>
                        <span class="num">{duration(event.elapsed)}</span>
                        <code>{written(&event)}</code>
                    </div>
                </For>
                <Show when=move || { found.with(Vec::len) > MOST }>
                    <p class="hint">{move || found.with(Vec::len) - MOST} " more. Filter to see them."</p>
                </Show>
                <Show when=move || total() == 0>
                    <p class="hint">"Run the flow to see what happens in it."</p>
                </Show>
            </div>
        </div>
    }
}

fn written(event: &Event) -> String {
    serde_json::to_string(&event.body).unwrap_or_default()
}
