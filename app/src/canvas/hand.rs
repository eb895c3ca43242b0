//! The pointers that are down, and the gesture that one of them makes: a second finger ends it and zooms, and moves of
//! others mean nothing.

use flow::extensions::Position;

use super::geometry::distance;
use super::gesture::{Action, Gesture, Hit, With};

/// A gesture and the pointers on the canvas.
#[derive(Clone, Debug, Default)]
pub struct Hand {
    gesture: Gesture,
    pointer: i32,
    /// The fingers that are down, where they are. With two of them, they zoom.
    fingers: Vec<(i32, Position)>,
}

impl Hand {
    /// A pointer went down.
    pub fn press(&mut self, pointer: i32, hit: Hit, at: Position, with: With) -> Vec<Action> {
        let mut actions = Vec::new();
        if with.touch {
            self.fingers.retain(|(known, _)| *known != pointer);
            self.fingers.push((pointer, at));
        }
        if self.fingers.len() > 1 {
            return self.gesture.cancel();
        }
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
        self.fingers.iter().any(|(known, _)| *known == pointer)
            || (!self.gesture.is_idle() && (pointer == self.pointer || self.gesture.waits()))
    }

    /// A pointer moved.
    pub fn go(&mut self, pointer: i32, to: Position) -> Vec<Action> {
        if self.fingers.len() > 1 {
            return self.pinch(pointer, to);
        }
        if let Some(finger) = self.fingers.iter_mut().find(|(known, _)| *known == pointer) {
            finger.1 = to;
        }
        self.gesture.go(to)
    }

    /// A pointer was released.
    pub fn release(&mut self, pointer: i32, at: Position) -> Vec<Action> {
        let minds = self.minds(pointer);
        self.fingers.retain(|(known, _)| *known != pointer);
        if minds && (pointer == self.pointer || self.gesture.waits()) {
            self.gesture.release(at)
        } else {
            Vec::new()
        }
    }

    /// Everything is as before.
    pub fn cancel(&mut self) -> Vec<Action> {
        self.fingers.clear();
        self.gesture.cancel()
    }

    pub fn is_idle(&self) -> bool {
        self.gesture.is_idle()
    }

    pub fn is_pressed(&self) -> bool {
        self.gesture.is_pressed()
    }

    /// Whether something is being moved or drawn: a click has ended no gesture.
    pub fn goes_along(&self) -> bool {
        self.gesture.goes_along()
    }

    /// The canvas was panned under the hand.
    pub fn shift(&mut self, dx: f64, dy: f64) {
        self.gesture.shift(dx, dy);
    }

    /// The middle of the first two fingers pans, and their distance zooms.
    fn pinch(&mut self, pointer: i32, to: Position) -> Vec<Action> {
        let middle = |a: Position, b: Position| Position { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 };
        let [a, b] = [self.fingers[0].1, self.fingers[1].1];
        if let Some(finger) = self.fingers.iter_mut().find(|(known, _)| *known == pointer) {
            finger.1 = to;
        }
        let [c, d] = [self.fingers[0].1, self.fingers[1].1];
        let (before, after) = (middle(a, b), middle(c, d));
        let factor = distance(c, d).max(1.0) / distance(a, b).max(1.0);
        vec![Action::PanBy(after.x - before.x, after.y - before.y), Action::PinchAt(after, factor)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64) -> Position {
        Position { x, y }
    }

    fn touch() -> With {
        With { touch: true, ..With::default() }
    }

    fn node() -> Hit {
        Hit::Node("A1".into())
    }

    #[test]
    fn a_second_finger_puts_things_back_and_zooms() {
        let mut hand = Hand::default();
        hand.press(1, node(), at(0.0, 0.0), touch());
        assert!(!hand.go(1, at(20.0, 0.0)).is_empty());
        assert!(!hand.minds(2), "moves of another pointer mean nothing");
        assert_eq!(hand.press(2, node(), at(50.0, 0.0), touch()), [Action::CancelDrag]);
        assert_eq!(
            hand.go(2, at(80.0, 0.0)),
            [Action::PanBy(15.0, 0.0), Action::PinchAt(at(50.0, 0.0), 2.0)]
        );
        assert!(hand.release(2, at(80.0, 0.0)).is_empty());
        assert!(hand.go(1, at(60.0, 0.0)).is_empty(), "one finger that is left does nothing");
        assert!(hand.release(1, at(0.0, 0.0)).is_empty() && hand.is_idle());
    }

    #[test]
    fn a_lost_release_is_made_up_for_and_another_pointer_is_not_minded() {
        let mut hand = Hand::default();
        hand.press(1, node(), at(0.0, 0.0), With::default());
        hand.go(1, at(20.0, 0.0));
        assert_eq!(hand.press(1, Hit::Pane, at(0.0, 0.0), With::default()), [Action::CancelDrag]);
        assert_eq!(hand.release(1, at(0.0, 0.0)), [Action::ClearSelection]);
        hand.press(1, node(), at(0.0, 0.0), With::default());
        assert!(hand.release(2, at(0.0, 0.0)).is_empty());
        assert_eq!(hand.release(1, at(0.0, 0.0)), [Action::Select(node())]);
    }
}
