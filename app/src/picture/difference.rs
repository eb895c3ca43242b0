//! Two states of a flow on one picture: what the later one has, and what of the earlier one is gone.

use flow::diff::{Change, Subject, What};

use super::{Drawing, Mark, Marks};
use crate::editor::document::Document;

/// The later state, and behind it what only the earlier one has.
pub fn drawing_of_both(before: &Document, after: &Document, changes: &[Change]) -> Drawing {
    let gone = Drawing::of(before);
    let is_gone = |subject: &Subject| {
        changes.iter().any(|change| change.subject == *subject && matches!(change.what, What::Removed(_)))
    };
    let mut both = Drawing::of(after);
    both.lines.extend(
        gone.lines.into_iter().filter(|line| is_gone(&Subject::Connection { ends: line.ends.clone() })),
    );
    let blocks = gone.blocks.into_iter();
    both.blocks.extend(
        blocks.filter(|block| is_gone(&Subject::Node { name: block.address.clone(), kind: block.kind })),
    );
    both
}

/// What happened to every node and wire that changed.
pub fn marks_of_changes(changes: &[Change]) -> Marks {
    let mut marks = Marks::default();
    for change in changes {
        let (class, sign, words) = match &change.what {
            What::Added(_) => ("added", "+", "added"),
            What::Removed(_) => ("removed", "−", "removed"),
            What::Changed(_) => ("changed", "~", "changed"),
            What::Moved => ("moved", "↔", "only moved"),
        };
        match &change.subject {
            Subject::Node { name, .. } => {
                let mark = Mark { class, sign, words: words.to_owned() };
                // That it moved as well says less than what changed.
                marks.nodes.entry(name.clone()).or_insert(mark);
            }
            Subject::Connection { ends } => drop(marks.lines.insert(ends.clone(), class)),
            Subject::Note { .. } => {}
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use flow::diff::diff;
    use flow::extensions::Position;

    use super::*;

    fn document() -> Document {
        let template = flow::templates::all("local/smollm2").into_iter().next().unwrap();
        Document::settled(template.definition, template.extensions)
    }

    #[test]
    fn what_is_gone_is_drawn_beside_what_is_new() {
        let (before, mut after) = (document(), document());
        crate::editor::change::remove(&mut after, &["Deescalate".to_owned()], &[]);
        after.node_mut("ClassifyTone").unwrap().inputs[0].expression = "$.data.text".into();
        after.put("Answer", Position { x: 900.0, y: 900.0 });
        let changes = diff((&before.definition, &before.extensions), (&after.definition, &after.extensions));
        let drawing = drawing_of_both(&before, &after, &changes);
        assert_eq!(drawing.blocks.len(), before.definition.nodes.len());
        assert_eq!(drawing.lines.len(), before.definition.connections.len());
        let marks = marks_of_changes(&changes);
        let class = |name: &str| marks.nodes.get(name).map(|mark| mark.class);
        assert_eq!(class("Deescalate"), Some("removed"));
        assert_eq!(class("ClassifyTone"), Some("changed"));
        assert_eq!(class("Answer"), Some("moved"));
        assert_eq!(class("FlowInputNode"), None);
        assert!(drawing.lines.iter().any(|line| marks.lines.get(&line.ends) == Some(&"removed")));
    }
}
