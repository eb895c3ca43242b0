//! What a pointer does on the canvas: one state machine, fed with events and answering with what to do, so that it is
//! tested without a browser.
//!
//! | at rest, pressed on | then moved | released |
//! |---|---|---|
//! | the pane | pans (with Shift: draws a marquee; with Alt: cuts) | clears the selection where it did not move |
//! | a node, a note, a group's head | drags what is selected | selects it |
//! | the box around what is selected | drags it | clears the selection |
//! | a port | draws a wire (with Ctrl: one from each selected node, or moves all that are there) | connects, or offers a list; without a move, waits for a second click |
//! | a connection | pans | selects it |
//! | the end of a connection | leads it elsewhere | selects the connection |
//! | the corner of a note or a group | resizes it | |
//! | the palette | carries a new node | adds it |
//!
//! Where the marquee is what a plain drag draws, Shift still adds and the space bar pans. On a locked canvas, what would
//! move or connect pans.

use flow::definition::NodeType;
use flow::extensions::Position;

use crate::editor::document::Port;

/// Pixels that a pressed pointer may tremble before it drags.
pub const THRESHOLD: f64 = 3.0;
/// The same for a finger.
pub const TOUCH_THRESHOLD: f64 = 8.0;

/// What is under the pointer when it goes down.
#[derive(Clone, Debug, PartialEq)]
pub enum Hit {
    Pane,
    Node(String),
    Note(String),
    Group(String),
    /// The box around several selected things, away from them.
    Selected,
    Port(Port),
    Connection(String),
    /// The beginning of a connection, or its end.
    End {
        connection: String,
        begins: bool,
    },
    /// A handle of a note or a group; the side is -1, 0 or 1 for each direction.
    Corner {
        of: Box<Hit>,
        side: (i8, i8),
    },
    Palette(NodeType),
}

/// The keys and the button that go with a press.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct With {
    /// Shift: a marquee on the pane, one more in the selection.
    pub shift: bool,
    /// Ctrl or Cmd: one more in the selection.
    pub control: bool,
    /// Alt: cuts on the pane; with Shift, the marquee takes from the selection.
    pub alt: bool,
    /// The middle button, or the space bar held: pans over anything.
    pub pan: bool,
    pub touch: bool,
    /// A plain drag on the pane draws the marquee.
    pub marquee: bool,
    /// Nothing is to move or to be connected.
    pub locked: bool,
}

/// What a marquee does to what was selected before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Replace,
    Add,
    Subtract,
}

/// What the hand is doing. Points are screen pixels from the canvas's corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Gesture {
    #[default]
    Idle,
    /// Pressed and not yet moved beyond the threshold.
    Pressed {
        hit: Hit,
        at: Position,
        with: With,
    },
    Pan {
        last: Position,
    },
    Drag {
        from: Position,
    },
    Marquee {
        from: Position,
        mode: Mode,
    },
    /// Drawing a wire. `held` is false where the first click of two began it.
    Wire {
        held: bool,
    },
    Carry {
        kind: NodeType,
    },
    Resize {
        from: Position,
    },
    Slice,
}

/// What the editor is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Select this alone, where it is not selected already, and take up what is selected.
    SelectForDrag(Hit),
    Select(Hit),
    /// One more in the selection, or one less.
    Toggle(Hit),
    ClearSelection,
    PanBy(f64, f64),
    /// Zoom by a factor about a point, between two fingers.
    PinchAt(Position, f64),
    /// What was taken up is this far from where it was, in screen pixels.
    DragTo(f64, f64),
    DropDrag,
    CancelDrag,
    Marquee(Position, Position, Mode),
    EndMarquee,
    CancelMarquee,
    StartWire(Port),
    /// Draws a wire from each selected node, or takes all that are at this port to another.
    StartWires(Port),
    /// Takes a connection off at one of its ends.
    TakeEnd(String, bool),
    /// Takes all selected connections off at the same ends.
    TakeEnds(String, bool),
    WireTo(Position),
    DropWire(Position),
    CancelWire,
    CarryTo(NodeType, Position),
    DropCarried(NodeType, Position),
    CancelCarried,
    StartResize(Box<Hit>, (i8, i8)),
    ResizeTo(f64, f64),
    DropResize,
    CancelResize,
    StartSlice(Position),
    SliceTo(Position),
    DropSlice,
    CancelSlice,
    /// A press on the palette that did not move: add the kind as its button says.
    Add(NodeType),
}

impl Gesture {
    /// The pointer went down.
    pub fn press(&mut self, hit: Hit, at: Position, with: With) -> Vec<Action> {
        // The second click of two ends the wire wherever it is on the canvas.
        let mut actions = Vec::new();
        if self.waits() {
            if !matches!(hit, Hit::Palette(_)) {
                *self = Self::Idle;
                return vec![Action::DropWire(at)];
            }
            actions = self.cancel();
        }
        *self = match with.pan {
            true => Self::Pan { last: at },
            false => Self::Pressed { hit, at, with },
        };
        actions
    }

    /// The pointer moved.
    pub fn go(&mut self, to: Position) -> Vec<Action> {
        match self {
            Self::Idle => Vec::new(),
            Self::Pressed { at, with, .. } if !beyond(*at, to, with.touch) => Vec::new(),
            Self::Pressed { hit, at, with } => {
                let (hit, at, with) = (hit.clone(), *at, *with);
                self.begin(hit, at, with, to)
            }
            Self::Pan { last } => {
                let by = (to.x - last.x, to.y - last.y);
                *last = to;
                vec![Action::PanBy(by.0, by.1)]
            }
            Self::Drag { from } => vec![Action::DragTo(to.x - from.x, to.y - from.y)],
            Self::Marquee { from, mode } => vec![Action::Marquee(*from, to, *mode)],
            Self::Wire { .. } => vec![Action::WireTo(to)],
            Self::Carry { kind } => vec![Action::CarryTo(*kind, to)],
            Self::Resize { from } => vec![Action::ResizeTo(to.x - from.x, to.y - from.y)],
            Self::Slice => vec![Action::SliceTo(to)],
        }
    }

    /// The pointer was released.
    pub fn release(&mut self, at: Position) -> Vec<Action> {
        match std::mem::take(self) {
            Self::Idle | Self::Pan { .. } => Vec::new(),
            Self::Pressed { hit, with, .. } => self.click(hit, with, at),
            Self::Drag { .. } => vec![Action::DropDrag],
            Self::Marquee { .. } => vec![Action::EndMarquee],
            Self::Wire { held: true } => vec![Action::DropWire(at)],
            // The release of the first click of two.
            Self::Wire { held: false } => {
                *self = Self::Wire { held: false };
                Vec::new()
            }
            Self::Carry { kind } => vec![Action::DropCarried(kind, at)],
            Self::Resize { .. } => vec![Action::DropResize],
            Self::Slice => vec![Action::DropSlice],
        }
    }

    /// Escape, a second finger, or a pointer that was taken away: everything is as before.
    pub fn cancel(&mut self) -> Vec<Action> {
        match std::mem::take(self) {
            Self::Drag { .. } => vec![Action::CancelDrag],
            Self::Marquee { .. } => vec![Action::CancelMarquee],
            Self::Wire { .. } => vec![Action::CancelWire],
            Self::Carry { .. } => vec![Action::CancelCarried],
            Self::Resize { .. } => vec![Action::CancelResize],
            Self::Slice => vec![Action::CancelSlice],
            Self::Idle | Self::Pressed { .. } | Self::Pan { .. } => Vec::new(),
        }
    }

    pub fn is_idle(&self) -> bool {
        *self == Self::Idle
    }

    /// Whether it is pressed and has not moved: a long press may still become a menu.
    pub fn is_pressed(&self) -> bool {
        matches!(self, Self::Pressed { .. })
    }

    /// Whether a wire waits for its second click.
    pub fn waits(&self) -> bool {
        *self == Self::Wire { held: false }
    }

    /// Whether the canvas goes along when the pointer comes to its edge.
    pub fn goes_along(&self) -> bool {
        matches!(self, Self::Drag { .. } | Self::Marquee { .. } | Self::Wire { held: true })
    }

    /// The canvas was panned under the hand: what has a beginning on it begins there still.
    pub fn shift(&mut self, dx: f64, dy: f64) {
        if let Self::Drag { from } | Self::Marquee { from, .. } | Self::Resize { from } = self {
            *from = Position { x: from.x + dx, y: from.y + dy };
        }
    }

    fn begin(&mut self, hit: Hit, at: Position, with: With, to: Position) -> Vec<Action> {
        let marquee = Self::Marquee { from: at, mode: mode(with) };
        let (next, mut actions) = match hit {
            Hit::Pane | Hit::Node(_) | Hit::Note(_) | Hit::Group(_) | Hit::Selected if with.shift => {
                (marquee, vec![])
            }
            Hit::Pane if with.alt && !with.locked => (Self::Slice, vec![Action::StartSlice(at)]),
            Hit::Pane | Hit::Connection(_) if with.marquee => (marquee, vec![]),
            Hit::Palette(kind) => (Self::Carry { kind }, vec![]),
            Hit::Pane | Hit::Connection(_) => (Self::Pan { last: at }, vec![]),
            _ if with.locked => (Self::Pan { last: at }, vec![]),
            Hit::Node(_) | Hit::Note(_) | Hit::Group(_) | Hit::Selected => {
                (Self::Drag { from: at }, vec![Action::SelectForDrag(hit)])
            }
            Hit::Port(port) => {
                let start = if with.control { Action::StartWires } else { Action::StartWire };
                (Self::Wire { held: true }, vec![start(port)])
            }
            Hit::End { connection, begins } => {
                let take = if with.control { Action::TakeEnds } else { Action::TakeEnd };
                (Self::Wire { held: true }, vec![take(connection, begins)])
            }
            Hit::Corner { of, side } => (Self::Resize { from: at }, vec![Action::StartResize(of, side)]),
        };
        *self = next;
        actions.extend(self.go(to));
        actions
    }

    fn click(&mut self, hit: Hit, with: With, at: Position) -> Vec<Action> {
        let more = with.shift || with.control;
        match hit {
            Hit::Pane if more => Vec::new(),
            Hit::Pane | Hit::Selected => vec![Action::ClearSelection],
            Hit::Port(port) if with.locked => vec![Action::Select(Hit::Node(port.node))],
            Hit::Port(port) => {
                *self = Self::Wire { held: false };
                vec![Action::StartWire(port), Action::WireTo(at)]
            }
            Hit::Palette(kind) => vec![Action::Add(kind)],
            Hit::End { connection, .. } => vec![Action::Select(Hit::Connection(connection))],
            Hit::Corner { of, .. } => vec![Action::Select(*of)],
            hit if more => vec![Action::Toggle(hit)],
            hit => vec![Action::Select(hit)],
        }
    }
}

fn mode(with: With) -> Mode {
    match (with.shift, with.alt) {
        (true, true) => Mode::Subtract,
        (true, false) => Mode::Add,
        (false, _) => Mode::Replace,
    }
}

fn beyond(a: Position, b: Position, touch: bool) -> bool {
    let threshold = if touch { TOUCH_THRESHOLD } else { THRESHOLD };
    (a.x - b.x).hypot(a.y - b.y) >= threshold
}

#[cfg(test)]
mod tests {
    use flow::layout::Row;
    use proptest::prelude::*;

    use super::*;

    fn at(x: f64, y: f64) -> Position {
        Position { x, y }
    }

    fn port() -> Port {
        Port::new("A1", Row::Output("out".into()))
    }

    fn act(hit: Hit, with: With, way: &[(f64, f64)]) -> Vec<Action> {
        let mut gesture = Gesture::default();
        let mut actions = gesture.press(hit, at(0.0, 0.0), with);
        for (x, y) in way {
            actions.extend(gesture.go(at(*x, *y)));
        }
        let (x, y) = way.last().copied().unwrap_or_default();
        actions.extend(gesture.release(at(x, y)));
        actions
    }

    #[test]
    fn a_tremble_is_a_click_and_three_pixels_are_a_drag() {
        let node = || Hit::Node("A1".into());
        let none = With::default();
        assert_eq!(act(node(), none, &[(2.0, 1.0)]), [Action::Select(node())]);
        assert_eq!(
            act(node(), none, &[(3.0, 0.0), (9.0, 4.0)]),
            [
                Action::SelectForDrag(node()),
                Action::DragTo(3.0, 0.0),
                Action::DragTo(9.0, 4.0),
                Action::DropDrag
            ]
        );
        let touch = With { touch: true, ..none };
        assert_eq!(act(node(), touch, &[(7.0, 0.0)]), [Action::Select(node())]);
    }

    #[test]
    fn the_pane_pans_and_shift_draws_a_marquee() {
        let shift = With { shift: true, ..With::default() };
        assert_eq!(
            act(Hit::Pane, With::default(), &[(5.0, 0.0), (6.0, 2.0)]),
            [Action::PanBy(5.0, 0.0), Action::PanBy(1.0, 2.0)]
        );
        assert_eq!(act(Hit::Pane, With::default(), &[]), [Action::ClearSelection]);
        assert_eq!(
            act(Hit::Pane, shift, &[(5.0, 5.0)]),
            [Action::Marquee(at(0.0, 0.0), at(5.0, 5.0), Mode::Add), Action::EndMarquee]
        );
        let less = With { alt: true, ..shift };
        assert_eq!(
            act(Hit::Node("A1".into()), less, &[(5.0, 5.0)])[0],
            Action::Marquee(at(0.0, 0.0), at(5.0, 5.0), Mode::Subtract)
        );
    }

    #[test]
    fn a_plain_drag_draws_the_marquee_where_it_is_chosen_and_a_locked_canvas_pans() {
        let marquee = With { marquee: true, ..With::default() };
        let drawn = Action::Marquee(at(0.0, 0.0), at(5.0, 5.0), Mode::Replace);
        assert_eq!(act(Hit::Pane, marquee, &[(5.0, 5.0)])[0], drawn);
        let pans = With { pan: true, ..marquee };
        assert_eq!(act(Hit::Pane, pans, &[(5.0, 5.0)]), [Action::PanBy(5.0, 5.0)]);
        let locked = With { locked: true, ..With::default() };
        for hit in [Hit::Node("A1".into()), Hit::Port(port()), Hit::Note("note1".into()), Hit::Selected] {
            assert_eq!(act(hit, locked, &[(5.0, 0.0)]), [Action::PanBy(5.0, 0.0)]);
        }
        assert_eq!(act(Hit::Node("A1".into()), locked, &[]), [Action::Select(Hit::Node("A1".into()))]);
    }

    #[test]
    fn alt_cuts_an_end_is_led_elsewhere_and_a_corner_resizes() {
        let alt = With { alt: true, ..With::default() };
        assert_eq!(
            act(Hit::Pane, alt, &[(9.0, 0.0)]),
            [Action::StartSlice(at(0.0, 0.0)), Action::SliceTo(at(9.0, 0.0)), Action::DropSlice]
        );
        let end = Hit::End { connection: "c1".into(), begins: true };
        assert_eq!(
            act(end.clone(), With::default(), &[(9.0, 0.0)]),
            [
                Action::TakeEnd("c1".into(), true),
                Action::WireTo(at(9.0, 0.0)),
                Action::DropWire(at(9.0, 0.0))
            ]
        );
        assert_eq!(act(end, With::default(), &[]), [Action::Select(Hit::Connection("c1".into()))]);
        for of in [Hit::Note("note1".into()), Hit::Group("group1".into())].map(Box::new) {
            let corner = Hit::Corner { of: of.clone(), side: (1, 1) };
            assert_eq!(
                act(corner.clone(), With::default(), &[(9.0, 4.0)]),
                [Action::StartResize(of.clone(), (1, 1)), Action::ResizeTo(9.0, 4.0), Action::DropResize]
            );
            assert_eq!(act(corner, With::default(), &[]), [Action::Select(*of)]);
        }
    }

    #[test]
    fn with_ctrl_several_wires_go_together() {
        let control = With { control: true, ..With::default() };
        assert_eq!(act(Hit::Port(port()), control, &[(9.0, 0.0)])[0], Action::StartWires(port()));
        let end = Hit::End { connection: "c1".into(), begins: false };
        assert_eq!(act(end, control, &[(9.0, 0.0)])[0], Action::TakeEnds("c1".into(), false));
    }

    #[test]
    fn what_goes_along_with_the_canvas_begins_where_it_began() {
        let mut gesture = Gesture::default();
        gesture.press(Hit::Node("A1".into()), at(0.0, 0.0), With::default());
        gesture.go(at(20.0, 0.0));
        assert!(gesture.goes_along());
        gesture.shift(-15.0, 0.0);
        assert_eq!(gesture.go(at(20.0, 0.0)), [Action::DragTo(35.0, 0.0)]);
    }

    #[test]
    fn a_wire_is_dragged_or_made_by_two_clicks() {
        assert_eq!(
            act(Hit::Port(port()), With::default(), &[(9.0, 0.0)]),
            [Action::StartWire(port()), Action::WireTo(at(9.0, 0.0)), Action::DropWire(at(9.0, 0.0))]
        );
        let mut gesture = Gesture::default();
        gesture.press(Hit::Port(port()), at(0.0, 0.0), With::default());
        let first = gesture.release(at(0.0, 0.0));
        assert_eq!(first[0], Action::StartWire(port()));
        assert_eq!(gesture.go(at(50.0, 0.0)), [Action::WireTo(at(50.0, 0.0))]);
        let second = gesture.press(Hit::Node("B1".into()), at(80.0, 0.0), With::default());
        assert_eq!(second, [Action::DropWire(at(80.0, 0.0))]);
        assert!(gesture.release(at(80.0, 0.0)).is_empty() && gesture.is_idle());
    }

    #[test]
    fn a_palette_entry_ends_a_wire_that_waits() {
        let mut gesture = Gesture::default();
        gesture.press(Hit::Port(port()), at(0.0, 0.0), With::default());
        gesture.release(at(0.0, 0.0));
        let carried = gesture.press(Hit::Palette(NodeType::Prompt), at(-90.0, 0.0), With::default());
        assert_eq!(carried, [Action::CancelWire]);
        assert_eq!(gesture.release(at(-90.0, 0.0)), [Action::Add(NodeType::Prompt)]);
    }

    proptest! {
        #[test]
        fn whatever_happens_escape_ends_it(moves in prop::collection::vec((-99.0..99.0, -99.0..99.0), 0..9), which in 0..9u8) {
            let hit = match which {
                0 => Hit::Pane,
                1 => Hit::Node("A1".into()),
                2 => Hit::Port(port()),
                3 => Hit::Connection("c1".into()),
                4 => Hit::Note("note1".into()),
                5 => Hit::Selected,
                6 => Hit::End { connection: "c1".into(), begins: false },
                7 => Hit::Corner { of: Box::new(Hit::Note("note1".into())), side: (1, 0) },
                _ => Hit::Palette(NodeType::Prompt),
            };
            let mut gesture = Gesture::default();
            gesture.press(hit, at(0.0, 0.0), With::default());
            for (x, y) in moves {
                gesture.go(at(x, y));
            }
            gesture.cancel();
            prop_assert!(gesture.is_idle());
            prop_assert!(gesture.release(at(0.0, 0.0)).is_empty());
        }
    }
}
