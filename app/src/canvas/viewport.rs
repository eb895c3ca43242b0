//! The viewport: `screen = flow * zoom + (x, y)`, where screen is measured from the canvas's corner.

use flow::extensions::Position;

use super::geometry::Rect;

/// How far out and in one can go.
pub const ZOOM: (f64, f64) = (0.1, 4.0);
/// One press of a zoom button.
pub const STEP: f64 = 1.2;

/// How much of a turn of the wheel is panned.
const SCROLL: f64 = 0.5;
/// How near to the canvas's edge it goes along with the hand, in screen pixels, and how fast at most, in each frame.
pub const EDGE: f64 = 40.0;
pub const SPEED: f64 = 15.0;

/// How far the canvas goes in a frame while something is held at this screen point: the deeper in the edge, the faster.
pub fn along(at: Position, size: (f64, f64)) -> (f64, f64) {
    let one = |at: f64, length: f64| {
        let depth = |into: f64| (into / EDGE).clamp(0.0, 1.0) * SPEED;
        depth(EDGE - at) - depth(at - (length - EDGE))
    };
    (one(at.x, size.0), one(at.y, size.1))
}

/// What part of the flow is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    pub x: f64,
    pub y: f64,
    pub zoom: f64,
}

impl Default for Viewport {
    fn default() -> Self {
        Self { x: 0.0, y: 0.0, zoom: 1.0 }
    }
}

impl Viewport {
    pub fn to_screen(self, at: Position) -> Position {
        Position { x: at.x * self.zoom + self.x, y: at.y * self.zoom + self.y }
    }

    pub fn to_flow(self, at: Position) -> Position {
        Position { x: (at.x - self.x) / self.zoom, y: (at.y - self.y) / self.zoom }
    }

    pub fn pan(self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..self }
    }

    /// Zooms by a factor; what is at this screen point stays there.
    pub fn zoom_at(self, at: Position, factor: f64) -> Self {
        let zoom = (self.zoom * factor).clamp(ZOOM.0, ZOOM.1);
        let fixed = self.to_flow(at);
        Self { x: at.x - fixed.x * zoom, y: at.y - fixed.y * zoom, zoom }
    }

    /// The factor of a turn of the wheel; `mode` is the event's `deltaMode`: pixels, lines, pages. A pinch on a Mac's
    /// trackpad comes in small steps.
    pub fn wheel(delta: f64, mode: u32, pinch: bool) -> f64 {
        let unit = match mode {
            0 => 0.002,
            1 => 0.05,
            _ => 1.0,
        };
        (-delta * unit * if pinch { 10.0 } else { 1.0 }).exp2()
    }

    /// All of a rectangle, with some room around it, at most at its own size.
    pub fn fit(rect: Rect, size: (f64, f64)) -> Self {
        let room = |length: f64| (length * 0.9).max(1.0);
        let zoom =
            (room(size.0) / rect.width.max(1.0)).min(room(size.1) / rect.height.max(1.0)).clamp(ZOOM.0, 1.0);
        Self {
            x: (size.0 - rect.width * zoom) / 2.0 - rect.x * zoom,
            y: (size.1 - rect.height * zoom) / 2.0 - rect.y * zoom,
            zoom,
        }
    }

    /// How far a turn of the wheel pans, where it pans: lines and pages are made pixels, and Shift goes sideways.
    pub fn scroll(self, (dx, dy): (f64, f64), mode: u32, sideways: bool) -> Self {
        let unit = match mode {
            0 => 1.0,
            1 => 20.0,
            _ => 400.0,
        };
        let (dx, dy) = if sideways && dx == 0.0 { (dy, 0.0) } else { (dx, dy) };
        self.pan(-dx * unit * SCROLL, -dy * unit * SCROLL)
    }

    /// The way from one viewport to another, a part of it gone: fast first, then slower.
    pub fn towards(self, to: Self, part: f64) -> Self {
        let eased = 1.0 - (1.0 - part.clamp(0.0, 1.0)).powi(3);
        let between = |a: f64, b: f64| a + (b - a) * eased;
        if part >= 1.0 {
            return to;
        }
        Self { x: between(self.x, to.x), y: between(self.y, to.y), zoom: between(self.zoom, to.zoom) }
    }

    /// As it is written down, and read again; nothing where that is no viewport.
    pub fn written(self) -> String {
        format!("{:.1} {:.1} {:.4}", self.x, self.y, self.zoom)
    }

    pub fn read(text: &str) -> Option<Self> {
        let numbers: Option<Vec<f64>> = text.split(' ').map(|part| part.parse().ok()).collect();
        let [x, y, zoom] = numbers?.try_into().ok()?;
        let sound = x.is_finite() && y.is_finite() && (ZOOM.0..=ZOOM.1).contains(&zoom);
        sound.then_some(Self { x, y, zoom })
    }

    /// The same zoom with this point in the middle.
    pub fn centred(self, at: Position, size: (f64, f64)) -> Self {
        Self { x: size.0 / 2.0 - at.x * self.zoom, y: size.1 / 2.0 - at.y * self.zoom, zoom: self.zoom }
    }

    /// The part of the flow that is seen.
    pub fn seen(self, size: (f64, f64)) -> Rect {
        let corner = self.to_flow(Position::default());
        Rect { x: corner.x, y: corner.y, width: size.0 / self.zoom, height: size.1 / self.zoom }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(a: Position, b: Position, by: f64) -> bool {
        (a.x - b.x).abs() < by && (a.y - b.y).abs() < by
    }

    proptest! {
        #[test]
        fn there_and_back(x in -1e4..1e4, y in -1e4..1e4, zoom in 0.05..4.0, px in -1e3..1e3, py in -1e3..1e3) {
            let viewport = Viewport { x, y, zoom };
            let point = Position { x: px, y: py };
            prop_assert!(near(viewport.to_screen(viewport.to_flow(point)), point, 1e-9 * 1e4));
        }

        #[test]
        fn zoom_keeps_the_point(x in -1e4..1e4, y in -1e4..1e4, px in 0.0..2e3, py in 0.0..2e3, factor in 0.1..10.0) {
            let before = Viewport { x, y, zoom: 1.0 };
            let point = Position { x: px, y: py };
            let after = before.zoom_at(point, factor);
            prop_assert!(near(before.to_flow(point), after.to_flow(point), 1e-6));
            prop_assert!((ZOOM.0..=ZOOM.1).contains(&after.zoom));
        }

        #[test]
        fn fit_shows_all(x in -1e3..1e3, y in -1e3..1e3, width in 1.0..5e3, height in 1.0..3e3) {
            let rect = Rect { x, y, width, height };
            let seen = Viewport::fit(rect, (800.0, 600.0)).seen((800.0, 600.0));
            prop_assert!(seen.encloses(&rect));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_down_is_read(x in -1e4..1e4, y in -1e4..1e4, zoom in 0.1..4.0) {
            let viewport = Viewport { x, y, zoom };
            let read = Viewport::read(&viewport.written()).unwrap();
            prop_assert!((read.x - x).abs() < 0.1 && (read.zoom - zoom).abs() < 1e-3);
        }

        #[test]
        fn the_edge_pulls_inwards_and_the_middle_does_not(x in -500.0..1300.0, y in -500.0..1100.0) {
            let (dx, dy) = along(Position { x, y }, (800.0, 600.0));
            prop_assert!(dx.abs() <= SPEED && dy.abs() <= SPEED);
            prop_assert_eq!(dx > 0.0, x < EDGE);
            prop_assert_eq!(dx < 0.0, x > 800.0 - EDGE);
            prop_assert_eq!(dy > 0.0, y < EDGE);
        }
    }

    #[test]
    fn a_way_ends_where_it_leads() {
        let (a, b) = (Viewport::default(), Viewport { x: 10.0, y: 20.0, zoom: 2.0 });
        assert_eq!((a.towards(b, 0.0), a.towards(b, 1.0)), (a, b));
        assert!(a.towards(b, 0.5).zoom > 1.5);
        assert_eq!(Viewport::read("1 2"), None);
        assert_eq!(Viewport::read("1 2 99"), None);
        let sideways = a.scroll((0.0, 40.0), 0, true);
        assert_eq!((sideways.x, sideways.y), (-20.0, 0.0));
        assert_eq!(a.scroll((0.0, 3.0), 1, false).y, -30.0);
    }

    #[test]
    fn the_wheel_is_gentle() {
        assert!((Viewport::wheel(-500.0, 0, false) - 2.0).abs() < 1e-9);
        assert!((Viewport::wheel(20.0, 1, false) - 0.5).abs() < 1e-9);
        assert!((Viewport::wheel(-50.0, 0, true) - 2.0).abs() < 1e-9);
    }
}
