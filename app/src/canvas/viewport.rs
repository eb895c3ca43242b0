//! The viewport: `screen = flow * zoom + (x, y)`, where screen is measured from the canvas's corner.

use flow::extensions::Position;

use super::geometry::Rect;

/// How far out and in one can go.
pub const ZOOM: (f64, f64) = (0.1, 4.0);
/// One press of a zoom button.
pub const STEP: f64 = 1.2;

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

    #[test]
    fn the_wheel_is_gentle() {
        assert!((Viewport::wheel(-500.0, 0, false) - 2.0).abs() < 1e-9);
        assert!((Viewport::wheel(20.0, 1, false) - 0.5).abs() < 1e-9);
        assert!((Viewport::wheel(-50.0, 0, true) - 2.0).abs() < 1e-9);
    }
}
