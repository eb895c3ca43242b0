//! Notes on the canvas: Markdown that is shown and never run.

use flow::extensions::{Note, Position};

use super::document::Document;

/// How large a fresh note is, and the least that one can be.
pub const SIZE: (f64, f64) = (240.0, 120.0);
pub const LEAST: (f64, f64) = (100.0, 60.0);

/// Adds an empty note with its corner here. Returns its id.
pub fn add(document: &mut Document, position: Position) -> String {
    document.extensions.notes.push(Note {
        position,
        width: SIZE.0,
        height: SIZE.1,
        color: flow::extensions::Tint::Amber,
        ..Note::default()
    });
    document.extensions.settle();
    document.extensions.notes.last().map(|note| note.id.clone()).unwrap_or_default()
}

/// Changes a note.
pub fn edit(document: &mut Document, id: &str, change: impl FnOnce(&mut Note)) {
    if let Some(note) = document.extensions.notes.iter_mut().find(|note| note.id == id) {
        change(note);
    }
}

/// Removes notes.
pub fn remove(document: &mut Document, ids: &[String]) {
    document.extensions.notes.retain(|note| !ids.contains(&note.id));
}

/// A box after one of its eight handles was dragged this far; `side` says which, as -1, 0 or 1 for each direction.
/// It keeps the other side, and `keep` its proportions.
pub fn resized(
    (at, size): (Position, (f64, f64)),
    side: (i8, i8),
    by: Position,
    keep: bool,
) -> (Position, (f64, f64)) {
    let grown = |length: f64, side: i8, by: f64, least: f64| match side {
        0 => length,
        side => (length + f64::from(side) * by).max(least),
    };
    let mut width = grown(size.0, side.0, by.x, LEAST.0);
    let mut height = grown(size.1, side.1, by.y, LEAST.1);
    if keep && side.0 != 0 && side.1 != 0 && size.0 > 0.0 && size.1 > 0.0 {
        let scale = (width / size.0).max(height / size.1);
        (width, height) = (size.0 * scale, size.1 * scale);
    }
    let x = if side.0 < 0 { at.x + size.0 - width } else { at.x };
    let y = if side.1 < 0 { at.y + size.1 - height } else { at.y };
    (Position { x, y }, (width, height))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_other_side_stays(x in -1..=1i8, y in -1..=1i8, dx in -500.0..500.0, dy in -500.0..500.0, keep: bool) {
            let before = (Position { x: 10.0, y: 20.0 }, (200.0, 150.0));
            let (at, size) = resized(before, (x, y), Position { x: dx, y: dy }, keep);
            prop_assert!(size.0 >= LEAST.0 && size.1 >= LEAST.1);
            let right = (before.0.x + before.1.0, at.x + size.0);
            let bottom = (before.0.y + before.1.1, at.y + size.1);
            prop_assert!(x >= 0 || (right.0 - right.1).abs() < 1e-9);
            prop_assert!(x < 0 || at.x == before.0.x);
            prop_assert!(y >= 0 || (bottom.0 - bottom.1).abs() < 1e-9);
            prop_assert!(!(keep && x != 0 && y != 0) || (size.0 / size.1 - 200.0 / 150.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_note_comes_changes_and_goes() {
        let mut document = Document::default();
        let id = add(&mut document, Position { x: 5.0, y: 6.0 });
        edit(&mut document, &id, |note| note.text = "# Hello".into());
        assert_eq!(document.extensions.notes[0].text, "# Hello");
        remove(&mut document, &[id]);
        assert!(document.extensions.notes.is_empty());
    }
}
