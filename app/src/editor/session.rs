//! The document on the page: signals that show it, and the one door by which it changes.
//!
//! Always holds: the document is the truth. A change goes through [`Editor::change`], which keeps it for undo and then
//! brings the signals in line; a gesture may move a card's `place` ahead of the document until it is released. Each
//! card has signals of its own, so that what one node does wakes that node and its wires alone.

use std::collections::{HashMap, HashSet};

use flow::address::{join, moved, name, place};
use flow::check::{Problem, Report, Severity};
use flow::definition::{Connection, Definition, Node, NodeType};
use flow::extensions::{Extensions, Position};
use flow::layout::{self, Row};
use flow::trace;
use flow::wire::PromptList;
use leptos::prelude::*;

use super::board::{GroupCard, NoteCard};
use super::document::{Document, Port, source_port};
use super::folds::{self, Chosen};
use super::history::History;
use super::selection::Selection;
use super::stored::Stored;
use super::told::Told;

/// A node on the page.
#[derive(Clone, Copy, PartialEq)]
pub struct Card {
    /// Stays while the node is renamed.
    pub id: u32,
    /// What the document knows it by.
    pub address: RwSignal<String>,
    pub node: RwSignal<Node>,
    pub place: RwSignal<Position>,
    /// Width and height; a loop's with its body.
    pub size: RwSignal<(f64, f64)>,
    pub selected: RwSignal<bool>,
    pub problems: RwSignal<Vec<Problem>>,
    /// How it stands in the run that is shown.
    pub light: RwSignal<Option<Light>>,
    /// Runs skip it.
    pub disabled: RwSignal<bool>,
    /// Only its header is drawn.
    pub collapsed: RwSignal<bool>,
    /// The collapsed group that hides it.
    pub folded: RwSignal<Option<GroupCard>>,
}

impl Card {
    /// What the document knows it by: its name, inside a loop with the way to it.
    pub fn name(self) -> String {
        self.address.get_untracked()
    }

    /// Whether it is on the canvas: no collapsed group hides it.
    pub fn is_shown(self) -> bool {
        self.folded.with_untracked(Option::is_none)
    }

    /// Where a port's wire meets it on the canvas: at its handle, or at the group's that hides it.
    pub fn handle(self, row: &Row) -> Position {
        if let Some(group) = self.folded.get() {
            return group.handle(&Port::new(&self.address.get(), row.clone()));
        }
        let width = self.size.get().0;
        let by = self.node.with(|node| layout::port(node, width, row)).unwrap_or_default();
        let y = if self.collapsed.get() { layout::gate().y } else { by.y };
        self.beside(Position { y, ..by })
    }

    /// Where a gate enters it on the canvas.
    pub fn gate(self) -> Position {
        match self.folded.get() {
            Some(group) => group.handle(&Port::new(&self.address.get(), Row::Input(String::new()))),
            None => self.beside(layout::gate()),
        }
    }

    /// A point of the card on the canvas.
    pub fn beside(self, by: Position) -> Position {
        let at = self.place.get();
        Position { x: at.x + by.x, y: at.y + by.y }
    }

    /// What is said below it: why it failed, else its first problem and how many more there are.
    pub fn issue(self) -> Option<String> {
        let failure = self.light.with(|light| light.as_ref().and_then(|light| light.failure.clone()));
        failure.or_else(|| {
            self.problems.with(|problems| {
                let first = problems.iter().find(|p| p.severity == Severity::Error).or(problems.first())?;
                Some(match problems.len() {
                    1 => first.message.clone(),
                    many => format!("{} (+{})", first.message, many - 1),
                })
            })
        })
    }
}

/// What a run shows on a card.
#[derive(Clone, Debug, PartialEq)]
pub struct Light {
    pub state: trace::State,
    pub duration: Option<String>,
    /// Whether its answer is streaming.
    pub streams: bool,
    /// The branch that was taken.
    pub branch: Option<String>,
    pub failure: Option<String>,
    /// The round that a loop is in, or ended with.
    pub round: Option<usize>,
    /// When it began, in microseconds since the run did.
    pub began: u64,
    /// The end of its answer as it streams.
    pub preview: String,
    /// How many items or rounds it took part in.
    pub count: usize,
}

/// A connection on the page.
#[derive(Clone, PartialEq)]
pub struct Wire {
    /// Its address.
    pub name: String,
    pub source: Card,
    pub target: Card,
    pub from: Row,
    /// None where it enters at the header, as a gate does.
    pub to: Option<Row>,
}

impl Wire {
    /// Where it leaves, and where it enters.
    pub fn ends(&self) -> (Position, Position) {
        let end = self.to.as_ref().map_or_else(|| self.target.gate(), |to| self.target.handle(to));
        (self.source.handle(&self.from), end)
    }

    /// Changes when it has to be drawn anew.
    pub fn key(&self) -> String {
        format!("{} {} {} {:?} {:?}", self.name, self.source.id, self.target.id, self.from, self.to)
    }
}

/// The editor, as a context.
#[derive(Clone, Copy)]
pub struct Editor {
    pub flow_id: StoredValue<String>,
    document: StoredValue<Document>,
    history: StoredValue<History>,
    owner: StoredValue<Option<Owner>>,
    next_id: StoredValue<u32>,
    /// The cards that were changed since the run began that is shown.
    changed: StoredValue<HashSet<u32>>,
    /// What the cards were called when it began.
    ran_as: StoredValue<HashMap<u32, String>>,
    pub cards: RwSignal<Vec<Card>>,
    pub wires: RwSignal<Vec<Wire>>,
    pub notes: RwSignal<Vec<NoteCard>>,
    pub groups: RwSignal<Vec<GroupCard>>,
    /// Counts the changes of the document: whoever shows something of it as a whole reads this.
    pub tick: RwSignal<u64>,
    pub selection: RwSignal<Selection>,
    pub report: RwSignal<Report>,
    told: StoredValue<Told>,
    stored: StoredValue<Stored>,
    /// Read aloud by assistive technology.
    pub announcement: RwSignal<String>,
}

impl Editor {
    pub fn new(flow_id: &str) -> Self {
        Self {
            flow_id: StoredValue::new(flow_id.to_owned()),
            document: StoredValue::new(Document::default()),
            history: StoredValue::new(History::default()),
            owner: StoredValue::new(Owner::current()),
            next_id: StoredValue::new(0),
            changed: StoredValue::new(HashSet::new()),
            ran_as: StoredValue::new(HashMap::new()),
            cards: RwSignal::new(Vec::new()),
            wires: RwSignal::new(Vec::new()),
            notes: RwSignal::new(Vec::new()),
            groups: RwSignal::new(Vec::new()),
            tick: RwSignal::new(0),
            selection: RwSignal::new(Selection::default()),
            report: RwSignal::new(Report::default()),
            told: StoredValue::new(Told::default()),
            stored: StoredValue::new(Stored::default()),
            announcement: RwSignal::new(String::new()),
        }
    }

    /// Shows other documents. What could be undone belonged to the old ones.
    pub fn load(self, definition: Definition, extensions: Extensions) {
        self.document.set_value(Document::settled(definition, extensions));
        self.history.set_value(History::default());
        self.selection.set(Selection::default());
        self.refresh();
    }

    /// Takes on what the server found in these documents, which may be older than those on the screen.
    pub fn hear(self, report: &Report, definition: &Definition) {
        let told = Told::of(report, definition);
        if self.told.with_value(|known| *known == told) {
            return;
        }
        self.told.set_value(told);
        self.sync_problems(&self.document.get_value());
    }

    /// Takes on what the server has of prompts.
    pub fn know_prompts(self, list: &PromptList) {
        self.stored.set_value(Stored::of(list));
        self.sync_problems(&self.document.get_value());
    }

    /// Looks at the document, without being woken by its changes.
    pub fn look<R>(self, look: impl FnOnce(&Document) -> R) -> R {
        self.document.with_value(look)
    }

    /// Looks at the document, and again after each change.
    pub fn watch<R>(self, look: impl FnOnce(&Document) -> R) -> R {
        self.tick.track();
        self.document.with_value(look)
    }

    /// Changes the document; one step of undo.
    pub fn change<R>(self, label: &str, change: impl FnOnce(&mut Document) -> R) -> R {
        self.commit(label, None, change)
    }

    /// Changes the document by one of several quick changes to the same thing, which together are one step of undo.
    pub fn type_in<R>(self, label: &str, burst: &str, change: impl FnOnce(&mut Document) -> R) -> R {
        self.commit(label, Some(burst), change)
    }

    /// Gives a node another name. Its card stays, and with it the focus.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the name.
    pub fn rename(self, from: &str, to: &str) -> Result<(), String> {
        let mut trial = self.document.get_value();
        super::change::rename(&mut trial, from, to)?;
        if let Some(card) = self.card(from) {
            card.node.update(|node| node.name = to.to_owned());
        }
        self.readdress(from, &join(place(from), to));
        let label = format!("Rename {} to {to}", name(from));
        self.change(&label, |document| super::change::rename(document, from, to))
    }

    pub fn undo(self) {
        let label = self.step(History::undo);
        self.say(label.map_or("Nothing to undo".to_owned(), |label| format!("Undone: {label}")));
    }

    pub fn redo(self) {
        let label = self.step(History::redo);
        self.say(label.map_or("Nothing to redo".to_owned(), |label| format!("Redone: {label}")));
    }

    pub fn can_undo(self) -> bool {
        self.tick.track();
        self.history.with_value(History::can_undo)
    }

    pub fn can_redo(self) -> bool {
        self.tick.track();
        self.history.with_value(History::can_redo)
    }

    /// Selects, and shows it on the cards that are concerned.
    pub fn select(self, selection: Selection) {
        for card in self.cards.get_untracked() {
            let selected = selection.nodes.contains(&card.name());
            if card.selected.get_untracked() != selected {
                card.selected.set(selected);
            }
        }
        self.select_on_board(&selection);
        if self.selection.with_untracked(|old| *old != selection) {
            self.selection.set(selection);
        }
    }

    /// The one selected node, and again when that changes.
    pub fn selected_card(self) -> Option<Card> {
        let name = self.selection.with(|selection| selection.only_node().cloned())?;
        self.cards.track();
        self.card(&name)
    }

    /// Every card stands where the document has it.
    pub fn settle_places(self) {
        let document = self.document.get_value();
        for card in self.cards.get_untracked() {
            let address = card.name();
            if let Some(node) = document.node(&address) {
                card.stand(document.place(&address), document.size_of(&address, node));
            }
        }
    }

    /// The card of the node at this address.
    pub fn card(self, address: &str) -> Option<Card> {
        self.cards.with_untracked(|cards| {
            cards.iter().find(|card| card.address.with_untracked(|own| own == address)).copied()
        })
    }

    /// A node got another address, and so did what is inside it: their cards stay, and so does what is selected.
    fn readdress(self, from: &str, to: &str) {
        for card in self.cards.get_untracked() {
            if let Some(address) = moved(&card.name(), from, to) {
                card.address.set(address);
            }
        }
        self.selection.update(|selection| selection.rename(from, to));
    }

    /// Has assistive technology read something aloud; the same words twice differ by a space that nobody hears.
    pub fn say(self, text: impl Into<String>) {
        let mut text = text.into();
        if self.announcement.try_with_untracked(|last| *last == text) == Some(true) {
            text.push('\u{a0}');
        }
        self.announcement.try_set(text);
    }

    /// Shows how the nodes stand in a run, in the items and rounds that are chosen; none where no run is shown. What was
    /// changed since the run began is no longer what ran.
    pub fn shine(self, trace: Option<&trace::Trace>, chosen: &Chosen) {
        if trace.is_none() {
            self.changed.set_value(HashSet::new());
        }
        let changed = self.changed.get_value();
        for card in self.cards.get_untracked().into_iter().filter(|card| !changed.contains(&card.id)) {
            let light = trace.and_then(|trace| light(trace, &self.ran_name(card), chosen));
            if card.light.with_untracked(|old| *old != light) {
                card.light.set(light);
            }
        }
    }

    /// A run begins with the nodes as they are called now.
    pub fn note_names(self) {
        let Some(cards) = self.cards.try_get_untracked() else { return };
        let names = cards.into_iter().map(|card| (card.id, card.name())).collect();
        self.ran_as.try_update_value(|known| *known = names);
    }

    /// What a node was called when the run began that is shown: its trace has that name.
    pub fn ran_as(self, name: &str) -> String {
        self.card(name).map_or_else(|| name.to_owned(), |card| self.ran_name(card))
    }

    /// Nothing for a node that there was not, so that it does not show what another of its name did.
    fn ran_name(self, card: Card) -> String {
        self.ran_as.with_value(|names| names.get(&card.id).cloned()).unwrap_or_default()
    }

    fn commit<R>(self, label: &str, burst: Option<&str>, change: impl FnOnce(&mut Document) -> R) -> R {
        let before = self.document.get_value();
        let mut after = before.clone();
        let result = change(&mut after);
        after.settle();
        let now = js_sys::Date::now();
        let changed =
            self.history.try_update_value(|history| history.record(&before, &after, label, burst, now));
        if changed == Some(true) {
            self.document.set_value(after);
            self.refresh();
        }
        result
    }

    fn step(self, step: impl FnOnce(&mut History, &mut Document) -> Option<String>) -> Option<String> {
        let mut document = self.document.get_value();
        let label = self.history.try_update_value(|history| step(history, &mut document)).flatten()?;
        self.document.set_value(document);
        self.refresh();
        Some(label)
    }

    /// Brings every signal in line with the document.
    fn refresh(self) {
        let document = self.document.get_value();
        self.sync_cards(&document);
        self.sync_board(&document);
        self.sync_wires(&document);
        let mut selection = self.selection.get_untracked();
        selection.retain(&document);
        self.select(selection);
        self.sync_problems(&document);
        self.tick.update(|tick| *tick += 1);
    }

    fn sync_cards(self, document: &Document) {
        let old = self.cards.get_untracked();
        let kind = |card: &Card| card.node.with_untracked(|node| node.kind);
        let before: Vec<(String, NodeType)> = old.iter().map(|card| (card.name(), kind(card))).collect();
        let every = document.every_node();
        let after: Vec<(String, NodeType)> =
            every.iter().map(|(address, node)| (address.clone(), node.kind)).collect();
        for (from, to) in renamed(&before, &after) {
            // What is inside has moved along with its loop already.
            if self.card(&from).is_some() {
                self.readdress(&from, &to);
            }
        }
        let known: HashMap<String, Card> = old.iter().map(|card| (card.name(), *card)).collect();
        let cards: Vec<Card> = every
            .into_iter()
            .map(|(address, node)| {
                let (place, size) = (document.place(&address), document.size_of(&address, node));
                let looks = (
                    document.extensions.is_disabled(&address, node.kind),
                    document.is_collapsed(&address, node),
                );
                match known.get(&address).copied() {
                    Some(card) => {
                        card.look(looks);
                        if card.node.with_untracked(|old| old != node) {
                            self.dim(card, node);
                            card.node.set(node.clone());
                        }
                        card.stand(place, size);
                        card
                    }
                    None => self.new_card(address, node, (place, size), looks),
                }
            })
            .collect();
        if cards != old {
            self.cards.set(cards);
        }
    }

    /// A node that becomes another than the one that ran no longer shows how that one stood.
    fn dim(self, card: Card, now: &Node) {
        let only_renamed =
            card.node.with_untracked(|old| Node { name: now.name.clone(), ..old.clone() } == *now);
        // What changes inside a loop shows on the cards inside.
        if only_renamed || card.node.with_untracked(|old| same_but_body(old, now)) {
            return;
        }
        self.changed.update_value(|changed| {
            changed.insert(card.id);
        });
        if card.light.with_untracked(Option::is_some) {
            card.light.set(None);
        }
    }

    fn sync_wires(self, document: &Document) {
        let cards: HashMap<String, Card> =
            self.cards.get_untracked().into_iter().map(|card| (card.name(), card)).collect();
        let connections = document.definition.every_connection();
        let wires: Vec<Wire> = connections
            .into_iter()
            .filter_map(|(address, connection)| wire(&cards, address, connection))
            .collect();
        if self.wires.with_untracked(|old| *old != wires) {
            self.wires.set(wires);
        }
    }

    /// What is wrong with a document, as far as it can be told here.
    pub fn check(self, document: &Document) -> Report {
        self.stored.with_value(|stored| stored.check(document))
    }

    fn sync_problems(self, document: &Document) {
        let mut report = self.check(document);
        report.problems.extend(self.told.with_value(|told| told.in_force(&document.definition)));
        let mut by_node: HashMap<&str, Vec<Problem>> = HashMap::new();
        for problem in &report.problems {
            by_node.entry(problem.node.as_deref().unwrap_or_default()).or_default().push(problem.clone());
        }
        for card in self.cards.get_untracked() {
            let own = by_node.remove(card.name().as_str()).unwrap_or_default();
            if card.problems.with_untracked(|old| *old != own) {
                card.problems.set(own);
            }
        }
        if self.report.with_untracked(|old| *old != report) {
            self.report.set(report);
        }
    }

    fn new_card(
        self,
        address: String,
        node: &Node,
        (place, size): (Position, (f64, f64)),
        (disabled, collapsed): (bool, bool),
    ) -> Card {
        let id = self.next_id.get_value();
        self.next_id.set_value(id + 1);
        let make = move || Card {
            id,
            address: RwSignal::new(address),
            node: RwSignal::new(node.clone()),
            place: RwSignal::new(place),
            size: RwSignal::new(size),
            selected: RwSignal::new(false),
            problems: RwSignal::new(Vec::new()),
            light: RwSignal::new(None),
            disabled: RwSignal::new(disabled),
            collapsed: RwSignal::new(collapsed),
            folded: RwSignal::new(None),
        };
        self.own(make)
    }

    /// The page owns the signals, whichever handler happened to make them.
    pub fn own<T>(self, make: impl FnOnce() -> T) -> T {
        match self.owner.get_value() {
            Some(owner) => owner.with(make),
            None => make(),
        }
    }
}

impl Card {
    /// Is drawn as disabled, and as collapsed.
    fn look(self, (disabled, collapsed): (bool, bool)) {
        if self.disabled.get_untracked() != disabled {
            self.disabled.set(disabled);
        }
        if self.collapsed.get_untracked() != collapsed {
            self.collapsed.set(collapsed);
        }
    }

    /// Stands there, and is so large.
    pub fn stand(self, place: Position, size: (f64, f64)) {
        if self.place.get_untracked() != place {
            self.place.set(place);
        }
        if self.size.get_untracked() != size {
            self.size.set(size);
        }
    }
}

/// Whether two states of a loop differ in what is inside alone.
fn same_but_body(a: &Node, b: &Node) -> bool {
    let loops = a.body().is_some() && b.body().is_some();
    loops && a.name == b.name && a.inputs == b.inputs && a.outputs == b.outputs
}

/// Addresses before to addresses after, of the nodes that stand where one of their kind stood whose address is gone:
/// undo and redo of a rename lead there.
fn renamed(before: &[(String, NodeType)], after: &[(String, NodeType)]) -> Vec<(String, String)> {
    let has = |list: &[(String, NodeType)], address: &str| list.iter().any(|(own, _)| own == address);
    before
        .iter()
        .zip(after)
        .filter(|((old, kind), (new, now))| {
            kind == now && old != new && !has(after, old) && !has(before, new)
        })
        .map(|((old, _), (new, _))| (old.clone(), new.clone()))
        .collect()
}

fn wire(cards: &HashMap<String, Card>, address: String, connection: &Connection) -> Option<Wire> {
    let owner = place(&address);
    Some(Wire {
        source: *cards.get(&join(owner, &connection.source))?,
        target: *cards.get(&join(owner, &connection.target))?,
        from: source_port(connection, owner)?.row,
        to: connection.data().map(|data| Row::Input(data.target_input.clone())),
        name: address,
    })
}

/// How much of an answer is shown on a card while it streams, in characters.
const PREVIEW: usize = 34;

fn light(trace: &trace::Trace, address: &str, chosen: &Chosen) -> Option<Light> {
    let row = folds::shown(trace, address, chosen)?;
    let count = trace.rows.iter().filter(|row| row.address == address && row.state != trace::State::Skipped);
    Some(Light {
        began: row.start,
        preview: ending(&row.text),
        count: count.count(),
        state: row.state,
        duration: row.duration(),
        streams: row.state == trace::State::Running && !row.text.is_empty(),
        branch: row.branch.clone(),
        // Its first line: the traceback of code has no room on a card.
        failure: row.failure.as_ref().and_then(|failure| failure.message.lines().next().map(str::to_owned)),
        round: trace.round(address),
    })
}

/// The last words of a text, on one line.
fn ending(text: &str) -> String {
    let from_end: Vec<char> = text.chars().rev().take(PREVIEW).collect();
    let cut = text.chars().nth(PREVIEW).is_some();
    let words: String = from_end.into_iter().rev().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    if cut { format!("…{}", words.trim_start()) } else { words }
}

/// The editor of this page.
pub fn use_editor() -> Editor {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rename_is_recognised_by_place_and_kind() {
        let nodes = |names: &[(&str, NodeType)]| -> Vec<(String, NodeType)> {
            names.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect()
        };
        let (input, prompt, output) = (NodeType::Input, NodeType::Prompt, NodeType::Output);
        let before = [("In".to_owned(), input), ("Ask".to_owned(), prompt)];
        let check = |after: &[(&str, NodeType)], expected: &[(&str, &str)]| {
            let found = renamed(&before, &nodes(after));
            let expected: Vec<(String, String)> =
                expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            assert_eq!(found, expected);
        };
        check(&[("In", input), ("Answer", prompt)], &[("Ask", "Answer")]);
        check(&[("In", input), ("Answer", output)], &[]);
        check(&[("In", input), ("Ask", prompt), ("Answer", prompt)], &[]);
        check(&[("Ask", prompt)], &[]);
    }
}
