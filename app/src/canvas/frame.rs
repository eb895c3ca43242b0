//! A loop on the canvas: a frame around the nodes of its body, with the loop's own ports on its edges. Its measures are
//! those of [`flow::layout`].
//!
//! The ground lies below the wires and the rest above them, as cards do, so that the wires inside can be seen and
//! grabbed.

use flow::layout::{self, Row};
use leptos::prelude::*;

use super::focus::element_id;
use super::node::{Badge, Issues, Name, Off, PortRow, card_classes, look};
use super::stage::use_stage;
use crate::editor::session::Card;
use crate::node::{KindIcon, summary};

#[component]
pub fn Frame(card: Card) -> impl IntoView {
    let stage = use_stage();
    let look = look(card);
    let kind = card.node.with_untracked(|node| node.kind);
    let name = Memo::new(move |_| card.node.with(|node| node.name.clone()));
    let rows = Memo::new(move |_| card.node.with(layout::rows));
    let line = Memo::new(move |_| {
        let round = card.light.with(|light| light.as_ref().and_then(|light| light.round));
        match round {
            Some(round) if look.get() == "run" => format!("round {round}"),
            Some(1) => "1 round".to_owned(),
            Some(rounds) => format!("{rounds} rounds"),
            None => card.node.with(summary),
        }
    });
    let side = move |inputs: bool| {
        view! {
            <div>
                <For
                    each=move || {
                        let rows = rows.get().into_iter();
                        rows.filter(|row| matches!(row, Row::Input(_)) == inputs).collect::<Vec<_>>()
                    }
                    key=|row| format!("{row:?}")
                    let:row
                >
                    <PortRow card row />
                </For>
            </div>
        }
    };
    let pixels = |length: f64| format!("{length}px");
    view! {
        <div
            id=element_id(card)
            class=move || card_classes("frame", card, look, ("takes", stage.taker.get() == Some(card.id)))
            style:left=move || pixels(card.place.get().x)
            style:top=move || pixels(card.place.get().y)
            style:width=move || pixels(card.size.get().0)
            style:height=move || pixels(card.size.get().1)
            role="group"
            aria-roledescription="loop"
            aria-label=move || name.get()
            tabindex=move || stage.tab_index(card)
            data-card=card.id.to_string()
        >
            <div class="ground" data-ground="true"></div>
            <header>
                <KindIcon kind />
                <div class="titles">
                    <Name card />
                    <small>{move || line.get()}</small>
                </div>
                <Badge card />
                <Off card />
            </header>
            <div class="ports">{side(true)} {side(false)}</div>
            <Issues card />
        </div>
    }
}
