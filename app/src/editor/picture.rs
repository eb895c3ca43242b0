//! A flow as an SVG, drawn from the document alone: no part of the page is copied, so that it is whole however little of
//! it is on the screen.

use std::fmt::Write;

use flow::definition::Node;
use flow::extensions::{Position, Tint};
use flow::layout::{self, Row};
use flow::picture::{escape, metadata};

use super::document::{Document, source_port};
use super::group;
use crate::canvas::course::Course;
use crate::canvas::geometry::Rect;
use flow::address::{join, name, place};

/// The room around the flow.
const MARGIN: f64 = 40.0;

/// The colours of a picture.
#[derive(Clone, Copy, Debug)]
pub struct Colours {
    ground: &'static str,
    card: &'static str,
    line: &'static str,
    text: &'static str,
    faint: &'static str,
}

pub const LIGHT: Colours =
    Colours { ground: "#f5f6f8", card: "#ffffff", line: "#c9d0da", text: "#1b2430", faint: "#616c7b" };
pub const DARK: Colours =
    Colours { ground: "#11151b", card: "#1f2630", line: "#3b4655", text: "#e6eaf0", faint: "#8491a2" };

/// The picture, and its size. It carries a text, which is the flow as a file.
pub fn svg(document: &Document, (colours, course): (Colours, Course), carries: &str) -> (String, (f64, f64)) {
    let notes = document.extensions.notes.iter();
    let notes = notes.map(|note| Rect::of(note.position, (note.width, note.height)));
    let grounds = document.extensions.groups.iter().filter_map(|group| group::ground_of(document, group));
    let all = Rect::around(Rect::of_all(document).into_iter().chain(notes).chain(grounds));
    let all = all.unwrap_or_default().grown(MARGIN);
    let mut out = String::new();
    let _infallible = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="{:.0} {:.0} {:.0} {:.0}" width="{:.0}" height="{:.0}" font-family="Inter, system-ui, sans-serif">{}"#,
        all.x,
        all.y,
        all.width,
        all.height,
        all.width,
        all.height,
        metadata(carries)
    );
    rect(&mut out, all, 0.0, colours.ground, "none");
    groups(&mut out, document, colours);
    for note in &document.extensions.notes {
        let area = Rect::of(note.position, (note.width, note.height));
        rect(&mut out, area, 6.0, tint(note.color), "none");
        for (at, line) in note.text.lines().take((note.height / 18.0) as usize).enumerate() {
            let at = Position { x: area.x + 12.0, y: area.y + 24.0 + 18.0 * at as f64 };
            text(&mut out, at, 13.0, "#1b2430", "start", line);
        }
    }
    let nodes = document.every_node();
    for (address, node) in nodes.iter().filter(|(_, node)| node.body().is_some()) {
        card(&mut out, document, address, node, colours);
    }
    wires(&mut out, document, (colours, course));
    for (address, node) in nodes.iter().filter(|(_, node)| node.body().is_none()) {
        card(&mut out, document, address, node, colours);
    }
    out.push_str("</svg>");
    (out, (all.width, all.height))
}

fn groups(out: &mut String, document: &Document, colours: Colours) {
    for group in &document.extensions.groups {
        let Some(area) = group::ground_of(document, group) else { continue };
        rect(out, area, 12.0, "none", tint(group.color));
        text(
            out,
            Position { x: area.x + 14.0, y: area.y + 20.0 },
            13.0,
            colours.faint,
            "start",
            &group.title,
        );
    }
}

fn wires(out: &mut String, document: &Document, (colours, course): (Colours, Course)) {
    for (address, connection) in document.definition.every_connection() {
        let owner = place(&address);
        let target = join(owner, &connection.target);
        let Some(from) =
            source_port(connection, owner).and_then(|port| handle(document, &port.node, &port.row))
        else {
            continue;
        };
        let to = match connection.data() {
            Some(data) => handle(document, &target, &Row::Input(data.target_input.clone())),
            None => Some(shifted(document.place(&target), layout::gate())),
        };
        if let Some(to) = to {
            let dashes = if connection.data().is_none() { r#" stroke-dasharray="6 4""# } else { "" };
            let _infallible = write!(
                out,
                r#"<path d="{}" fill="none" stroke="{}" stroke-width="2"{dashes}/>"#,
                course.path(from, to),
                colours.faint
            );
        }
    }
}

fn card(out: &mut String, document: &Document, address: &str, node: &Node, colours: Colours) {
    let area = Rect::of_node(document, address, node);
    let ground = if node.body().is_some() { "none" } else { colours.card };
    rect(out, area, 8.0, ground, colours.line);
    let at = |x: f64, y: f64| Position { x: area.x + x, y: area.y + y };
    text(out, at(12.0, 20.0), 14.0, colours.text, "start", name(address));
    text(out, at(12.0, 36.0), 11.0, colours.faint, "start", node.kind.describe().label);
    for row in layout::rows(node) {
        let Some(handle) = document.handle(address, node, &row) else { continue };
        let label = if document.is_collapsed(address, node) { "" } else { super::document::row_name(&row) };
        let _infallible = write!(
            out,
            r#"<circle cx="{:.1}" cy="{:.1}" r="5" fill="{}" stroke="{}" stroke-width="2"/>"#,
            handle.x, handle.y, colours.card, colours.faint
        );
        let (x, anchor) = if matches!(row, Row::Input(_)) { (12.0, "start") } else { (-12.0, "end") };
        text(out, Position { x: handle.x + x, y: handle.y + 4.0 }, 11.0, colours.text, anchor, label);
    }
}

fn handle(document: &Document, address: &str, row: &Row) -> Option<Position> {
    document.handle(address, document.node(address)?, row)
}

fn shifted(at: Position, by: Position) -> Position {
    Position { x: at.x + by.x, y: at.y + by.y }
}

fn rect(out: &mut String, area: Rect, round: f64, fill: &str, stroke: &str) {
    let _infallible = write!(
        out,
        r#"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" rx="{round}" fill="{fill}" stroke="{stroke}"/>"#,
        area.x, area.y, area.width, area.height
    );
}

fn text(out: &mut String, at: Position, size: f64, fill: &str, anchor: &str, words: &str) {
    let _infallible = write!(
        out,
        r#"<text x="{:.1}" y="{:.1}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{}</text>"#,
        at.x,
        at.y,
        escape(words)
    );
}

fn tint(tint: Tint) -> &'static str {
    match tint {
        Tint::Grey => "#c9d0da",
        Tint::Blue => "#a9c8f5",
        Tint::Green => "#a9dfc0",
        Tint::Amber => "#f4dc9c",
        Tint::Red => "#f2b3b3",
        Tint::Violet => "#c9bdfb",
    }
}

#[cfg(test)]
mod tests {
    use flow::definition::NodeType;
    use flow::picture::carried;

    use super::*;
    use crate::editor::document::Port;
    use crate::editor::{change, group, note};

    #[test]
    fn a_picture_shows_all_and_carries_the_flow() {
        let mut document = Document::default();
        change::add(&mut document, NodeType::Input, Position::default(), "m").unwrap();
        let from = Port::new("FlowInputNode", Row::Output("document".into()));
        let at = Position { x: 300.0, y: 0.0 };
        let prompt = change::add_connected(&mut document, NodeType::Prompt, at, "m", &from).unwrap();
        group::group(&mut document, &[prompt]).unwrap();
        let id = note::add(&mut document, Position { x: 0.0, y: 300.0 });
        note::edit(&mut document, &id, |note| note.text = "a < b & c".into());
        let (svg, size) = svg(&document, (LIGHT, Course::default()), r#"{"format":"x"}"#);
        for part in ["FlowInputNode", "Prompt_1", "<path d=\"M", "Group 1", "a &lt; b &amp; c"] {
            assert!(svg.contains(part), "{part}");
        }
        assert!(size.0 > 500.0 && size.1 > 400.0);
        assert_eq!(carried(svg.as_bytes()).as_deref(), Some(r#"{"format":"x"}"#));
    }
}
