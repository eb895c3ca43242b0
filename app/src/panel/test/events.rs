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
    let found = Memo::new(move |before: Option<&Found>| {
        let wanted = wanted.get().trim().to_lowercase();
        runner.events.with(|events| Found::of(events, wanted, before))
    });
    let shown = move || found.with(|found| found.shown.clone());
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
                        false => format!("{} of {}", found.with(|found| found.count), count(total() as u64, "event")),
                    }}
                </span>
            </div>
            <div class="event-list" tabindex="0" role="log" aria-label="Events">
                <For each=shown key=|event| event.seq let:event>
                    <div class="event mono">
                        <span class="num">{event.seq}</span>
                        <span class="num">{duration(event.elapsed)}</span>
                        <code>{written(&event)}</code>
                    </div>
                </For>
                <Show when=move || { found.with(|found| found.count) > MOST }>
                    <p class="hint">{move || found.with(|found| found.count) - MOST} " more. Filter to see them."</p>
                </Show>
                <Show when=move || total() == 0>
                    <p class="hint">"Run the flow to see what happens in it."</p>
                </Show>
            </div>
        </div>
    }
}

/// The events that are wanted. While a run goes on, only those that came since are looked at.
#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    wanted: String,
    /// The first event and how many were looked at: of another run, all are looked at anew.
    first: Option<Event>,
    seen: usize,
    count: usize,
    /// The first of them, as many as are shown.
    shown: Vec<Event>,
}

impl Found {
    fn of(events: &[Event], wanted: String, before: Option<&Self>) -> Self {
        let goes_on = |before: &&Self| {
            before.wanted == wanted && before.first.as_ref() == events.first() && before.seen <= events.len()
        };
        let mut found = before.filter(goes_on).cloned().unwrap_or_default();
        for event in &events[found.seen..] {
            if wanted.is_empty() || written(event).to_lowercase().contains(&wanted) {
                found.count += 1;
                if found.shown.len() < MOST {
                    found.shown.push(event.clone());
                }
            }
        }
        Self { wanted, first: events.first().cloned(), seen: events.len(), ..found }
    }
}

fn written(event: &Event) -> String {
    serde_json::to_string(&event.body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use flow::event::Body;

    use super::*;

    #[test]
    fn what_came_since_is_found_as_all_would_be() {
        let event = |seq: u64, node: &str| Event {
            seq,
            at: 0,
            elapsed: seq,
            body: Body::NodeSkipped { node: node.to_owned(), chain: vec![] },
        };
        let events: Vec<Event> =
            (1..=2500).map(|seq| event(seq, if seq % 2 == 0 { "Even" } else { "Odd" })).collect();
        for wanted in ["", "even", "nothing"] {
            let mut found = None;
            for until in (0..=events.len()).step_by(125) {
                found = Some(Found::of(&events[..until], wanted.to_owned(), found.as_ref()));
            }
            assert_eq!(found, Some(Found::of(&events, wanted.to_owned(), None)), "{wanted}");
        }
        let all = Found::of(&events, String::new(), None);
        assert_eq!((all.count, all.shown.len()), (2500, MOST));
        let other = [event(7, "Odd")];
        assert_eq!(Found::of(&other, String::new(), Some(&all)).count, 1, "another run begins anew");
    }
}
