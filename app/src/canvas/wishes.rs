//! How the canvas is to behave, as this person wants it: kept in the browser.

use leptos::prelude::*;

use super::course::Course;
use crate::ui::browser;

const KEY: &str = "anabranch.canvas";

/// What the wheel does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wheel {
    /// Zooms where it comes from a mouse, pans where it comes from a trackpad.
    #[default]
    Auto,
    Zooms,
    Pans,
}

/// What is drawn below the nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    #[default]
    Dots,
    Lines,
    Crosses,
    Plain,
}

impl Background {
    pub const ALL: [Self; 4] = [Self::Dots, Self::Lines, Self::Crosses, Self::Plain];

    /// As it is kept, and as the style knows it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Dots => "dots",
            Self::Lines => "lines",
            Self::Crosses => "crosses",
            Self::Plain => "plain",
        }
    }

    /// How many steps of the grid there are from one to the next.
    pub fn apart(self) -> f64 {
        match self {
            Self::Dots | Self::Plain => 1.0,
            Self::Crosses => 2.0,
            Self::Lines => 4.0,
        }
    }

    /// For the announcement and the settings.
    pub fn words(self) -> &'static str {
        match self {
            Self::Dots => "Dots",
            Self::Lines => "Lines",
            Self::Crosses => "Crosses",
            Self::Plain => "No pattern",
        }
    }
}

/// What this person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// A plain drag on the pane draws a marquee, instead of panning.
    pub marquee: bool,
    /// A marquee takes what it touches, instead of what it holds whole.
    pub partial: bool,
    pub wheel: Wheel,
    /// What is dragged does not snap to the grid, nor to the lines of other nodes.
    pub off_grid: bool,
    pub no_guides: bool,
    /// Where a node is dropped on others, they make room.
    pub push: bool,
    /// A node that is dragged near another is connected to it.
    pub near: bool,
    pub background: Background,
    pub course: Course,
    /// Nothing is to move or to be connected.
    pub locked: bool,
}

impl Wishes {
    /// Reads what was chosen; later changes are kept as they come. The lock is the flow's, and not kept.
    pub fn load() -> RwSignal<Self> {
        let wishes = RwSignal::new(Self::kept());
        Effect::new(move || {
            let written = wishes.get().written();
            browser::store(KEY, Some(written.as_str()).filter(|written| !written.is_empty()));
        });
        wishes
    }

    /// What was chosen, as it is now.
    pub fn kept() -> Self {
        Self::read(&browser::stored(KEY).unwrap_or_default())
    }

    fn read(text: &str) -> Self {
        let has = |word: &str| text.split(' ').any(|own| own == word);
        let wheel = match (has("zooms"), has("pans")) {
            (true, _) => Wheel::Zooms,
            (_, true) => Wheel::Pans,
            _ => Wheel::Auto,
        };
        Self {
            marquee: has("marquee"),
            partial: has("partial"),
            wheel,
            off_grid: has("off-grid"),
            no_guides: has("no-guides"),
            push: has("push"),
            near: has("near"),
            background: Background::ALL.into_iter().find(|kind| has(kind.key())).unwrap_or_default(),
            course: Course::ALL.into_iter().find(|course| has(course.key())).unwrap_or_default(),
            locked: false,
        }
    }

    fn written(self) -> String {
        let wheel = match self.wheel {
            Wheel::Auto => "",
            Wheel::Zooms => "zooms",
            Wheel::Pans => "pans",
        };
        let words = [
            (self.marquee, "marquee"),
            (self.partial, "partial"),
            (!wheel.is_empty(), wheel),
            (self.off_grid, "off-grid"),
            (self.no_guides, "no-guides"),
            (self.push, "push"),
            (self.near, "near"),
            (self.background != Background::default(), self.background.key()),
            (self.course != Course::default(), self.course.key()),
        ];
        words.into_iter().filter(|(has, _)| *has).map(|(_, word)| word).collect::<Vec<_>>().join(" ")
    }

    /// Whether this turn of the wheel pans.
    pub fn pans(self, (dx, dy): (f64, f64), mode: u32) -> bool {
        match self.wheel {
            Wheel::Zooms => false,
            Wheel::Pans => true,
            Wheel::Auto => is_trackpad((dx, dy), mode),
        }
    }
}

impl Wheel {
    pub const ALL: [Self; 3] = [Self::Auto, Self::Zooms, Self::Pans];

    /// For the announcement.
    pub fn words(self) -> &'static str {
        match self {
            Self::Auto => "The wheel zooms, and a trackpad pans",
            Self::Zooms => "The wheel zooms",
            Self::Pans => "The wheel pans",
        }
    }
}

/// A trackpad goes in small steps, and sideways too; a mouse's wheel has notches.
fn is_trackpad((dx, dy): (f64, f64), mode: u32) -> bool {
    mode == 0 && (dx != 0.0 || dy.abs() < 30.0)
}

/// The one after this, and after the last the first: what a command that goes through all of them comes to.
pub fn after<T: Copy + PartialEq, const MANY: usize>(all: [T; MANY], one: T) -> T {
    let at = all.iter().position(|other| *other == one).unwrap_or_default();
    all[(at + 1) % MANY]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_read_again() {
        for bits in 0..64_u8 {
            let has = |bit: u8| bits & (1 << bit) != 0;
            for wheel in Wheel::ALL {
                let wishes = Wishes {
                    marquee: has(0),
                    partial: has(1),
                    off_grid: has(2),
                    no_guides: has(3),
                    push: has(4),
                    near: has(5),
                    background: Background::ALL[usize::from(bits) % 4],
                    course: Course::ALL[usize::from(bits / 4) % 4],
                    wheel,
                    locked: false,
                };
                assert_eq!(Wishes::read(&wishes.written()), wishes);
            }
        }
    }

    #[test]
    fn a_trackpad_pans_and_a_wheel_zooms_unless_told_otherwise() {
        let auto = Wishes::default();
        assert!(auto.pans((0.0, 4.0), 0) && auto.pans((9.0, 120.0), 0));
        assert!(!auto.pans((0.0, 100.0), 0) && !auto.pans((0.0, 3.0), 1));
        assert!(Wishes { wheel: Wheel::Pans, ..auto }.pans((0.0, 100.0), 0));
        assert!(!Wishes { wheel: Wheel::Zooms, ..auto }.pans((0.0, 4.0), 0));
    }
}
