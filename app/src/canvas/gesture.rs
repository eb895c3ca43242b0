//! What a pointer does on the canvas: one state machine, fed with events and answering with what to do, so that it is
//! tested without a browser.
//!
//! | at rest, pressed on | then moved | released |
//! |---|---|---|
//! | the pane | pans (with Shift: draws a marquee) | clears the selection where it did not move |
//! | a node | drags the selected nodes | selects it |
//! | a port | draws a wire | connects, or offers a list; without a move, waits for a second click |
//! | a connection | | selects it |
//! | the palette | carries a new node | adds it |

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
    Port(Port),
    Connection(String),
    Palette(NodeType),
}

/// The keys and the button that go with a press.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct With {
    /// Shift: a marquee on the pane, one more in the selection.
    pub shift: bool,
    /// Ctrl or Cmd: one more in the selection.
    pub control: bool,
    /// The middle button, or the space bar held: pans over anything.
    pub pan: bool,
    pub touch: bool,
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
    },
    /// Drawing a wire. `held` is false where the first click of two began it.
    Wire {
        from: Port,
        held: bool,
    },
    Carry {
        kind: NodeType,
    },
}

/// What the editor is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Select this node alone, where it is not selected already.
    SelectForDrag(String),
    Select(String),
    ToggleNode(String),
    SelectConnection(String),
    ToggleConnection(String),
    ClearSelection,
    PanBy(f64, f64),
    /// The selected nodes are this far from where they were, in screen pixels.
    DragTo(f64, f64),
    DropDrag,
    CancelDrag,
    Marquee(Position, Position),
    EndMarquee,
    StartWire(Port),
    WireTo(Position),
    DropWire(Position),
    CancelWire,
    CarryTo(NodeType, Position),
    DropCarried(NodeType, Position),
    CancelCarried,
    /// A press on the palette that did not move: add the kind as its button says.
    Add(NodeType),
}

/// A gesture and the pointer that makes it: a second finger ends it, and moves of others mean nothing.
#[derive(Clone, Debug, Default)]
pub struct Hand {
    gesture: Gesture,
    pointer: i32,
}

impl Hand {
    /// A pointer went down.
    pub fn press(&mut self, pointer: i32, hit: Hit, at: Position, with: With) -> Vec<Action> {
        let mut actions = Vec::new();
        if !self.gesture.is_idle() && !self.gesture.waits() {
            actions = self.gesture.cancel();
            // The same pointer again means that its release was lost.
            if pointer != self.pointer {
                return actions;
            }
        }
        self.pointer = pointer;
        actions.extend(self.gesture.press(hit, at, with));
        actions
    }

    /// Whether this pointer's moves and release count. A wire between two clicks follows any.
    pub fn minds(&self, pointer: i32) -> bool {
        !self.gesture.is_idle() && (pointer == self.pointer || self.gesture.waits())
    }

    /// The pointer moved.
    pub fn go(&mut self, to: Position) -> Vec<Action> {
        self.gesture.go(to)
    }

    /// A pointer was released.
    pub fn release(&mut self, pointer: i32, at: Position) -> Vec<Action> {
        if self.minds(pointer) { self.gesture.release(at) } else { Vec::new() }
    }

    /// Everything is as before.
    pub fn cancel(&mut self) -> Vec<Action> {
        self.gesture.cancel()
    }

    pub fn is_idle(&self) -> bool {
        self.gesture.is_idle()
    }
}

impl Gesture {
    /// The pointer went down.
    pub fn press(&mut self, hit: Hit, at: Position, with: With) -> Vec<Action> {
        // The second click of two ends the wire wherever it is on the canvas.
        let mut actions = Vec::new();
        if let Self::Wire { held: false, .. } = self {
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
            Self::Marquee { from } => vec![Action::Marquee(*from, to)],
            Self::Wire { .. } => vec![Action::WireTo(to)],
            Self::Carry { kind } => vec![Action::CarryTo(*kind, to)],
        }
    }

    /// The pointer was released.
    pub fn release(&mut self, at: Position) -> Vec<Action> {
        match std::mem::take(self) {
            Self::Idle | Self::Pan { .. } => Vec::new(),
            Self::Pressed { hit, with, .. } => self.click(hit, with, at),
            Self::Drag { .. } => vec![Action::DropDrag],
            Self::Marquee { .. } => vec![Action::EndMarquee],
            Self::Wire { held: true, .. } => vec![Action::DropWire(at)],
            // The release of the first click of two.
            Self::Wire { from, held: false } => {
                *self = Self::Wire { from, held: false };
                Vec::new()
            }
            Self::Carry { kind } => vec![Action::DropCarried(kind, at)],
        }
    }

    /// Escape, a second finger, or a pointer that was taken away: everything is as before.
    pub fn cancel(&mut self) -> Vec<Action> {
        match std::mem::take(self) {
            Self::Drag { .. } => vec![Action::CancelDrag],
            Self::Marquee { .. } => vec![Action::EndMarquee],
            Self::Wire { .. } => vec![Action::CancelWire],
            Self::Carry { .. } => vec![Action::CancelCarried],
            Self::Idle | Self::Pressed { .. } | Self::Pan { .. } => Vec::new(),
        }
    }

    pub fn is_idle(&self) -> bool {
        *self == Self::Idle
    }

    /// Whether a wire waits for its second click.
    fn waits(&self) -> bool {
        matches!(self, Self::Wire { held: false, .. })
    }

    fn begin(&mut self, hit: Hit, at: Position, with: With, to: Position) -> Vec<Action> {
        let (next, mut actions) = match hit {
            Hit::Pane if with.shift => (Self::Marquee { from: at }, vec![]),
            Hit::Pane | Hit::Connection(_) => (Self::Pan { last: at }, vec![]),
            Hit::Node(_) if with.shift => (Self::Marquee { from: at }, vec![]),
            Hit::Node(node) => (Self::Drag { from: at }, vec![Action::SelectForDrag(node)]),
            Hit::Port(port) => (Self::Wire { from: port.clone(), held: true }, vec![Action::StartWire(port)]),
            Hit::Palette(kind) => (Self::Carry { kind }, vec![]),
        };
        *self = next;
        actions.extend(self.go(to));
        actions
    }

    fn click(&mut self, hit: Hit, with: With, at: Position) -> Vec<Action> {
        let more = with.shift || with.control;
        match hit {
            Hit::Pane if more => Vec::new(),
            Hit::Pane => vec![Action::ClearSelection],
            Hit::Node(node) if more => vec![Action::ToggleNode(node)],
            Hit::Node(node) => vec![Action::Select(node)],
            Hit::Connection(name) if more => vec![Action::ToggleConnection(name)],
            Hit::Connection(name) => vec![Action::SelectConnection(name)],
            Hit::Port(port) => {
                *self = Self::Wire { from: port.clone(), held: false };
                vec![Action::StartWire(port), Action::WireTo(at)]
            }
            Hit::Palette(kind) => vec![Action::Add(kind)],
        }
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
        assert_eq!(act(node(), none, &[(2.0, 1.0)]), [Action::Select("A1".into())]);
        assert_eq!(
            act(node(), none, &[(3.0, 0.0), (9.0, 4.0)]),
            [
                Action::SelectForDrag("A1".into()),
                Action::DragTo(3.0, 0.0),
                Action::DragTo(9.0, 4.0),
                Action::DropDrag
            ]
        );
        let touch = With { touch: true, ..none };
        assert_eq!(act(node(), touch, &[(7.0, 0.0)]), [Action::Select("A1".into())]);
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
            [Action::Marquee(at(0.0, 0.0), at(5.0, 5.0)), Action::EndMarquee]
        );
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

    #[test]
    fn a_second_finger_puts_things_back_and_does_nothing_else() {
        let node = || Hit::Node("A1".into());
        let touch = With { touch: true, ..With::default() };
        let mut hand = Hand::default();
        hand.press(1, node(), at(0.0, 0.0), touch);
        assert!(!hand.go(at(20.0, 0.0)).is_empty());
        assert!(!hand.minds(2), "moves of another pointer mean nothing");
        assert!(hand.release(2, at(0.0, 0.0)).is_empty());
        assert_eq!(hand.press(2, node(), at(50.0, 0.0), touch), [Action::CancelDrag]);
        assert!(hand.is_idle());
        assert!(hand.release(2, at(50.0, 0.0)).is_empty() && hand.release(1, at(0.0, 0.0)).is_empty());
        hand.press(1, node(), at(0.0, 0.0), touch);
        hand.go(at(20.0, 0.0));
        assert_eq!(
            hand.press(1, Hit::Pane, at(0.0, 0.0), touch),
            [Action::CancelDrag],
            "its release was lost"
        );
        assert_eq!(hand.release(1, at(0.0, 0.0)), [Action::ClearSelection]);
    }

    proptest! {
        #[test]
        fn whatever_happens_escape_ends_it(moves in prop::collection::vec((-99.0..99.0, -99.0..99.0), 0..9), which in 0..5u8) {
            let hit = match which {
                0 => Hit::Pane,
                1 => Hit::Node("A1".into()),
                2 => Hit::Port(port()),
                3 => Hit::Connection("c1".into()),
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
