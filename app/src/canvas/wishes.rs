//! How the canvas is to behave, as this person wants it: kept in the browser.

use leptos::prelude::*;

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

/// What this person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// A plain drag on the pane draws a marquee, instead of panning.
    pub marquee: bool,
    /// A marquee takes what it touches, instead of what it holds whole.
    pub partial: bool,
    pub wheel: Wheel,
    /// Nothing is to move or to be connected.
    pub locked: bool,
}

impl Wishes {
    /// Reads what was chosen; later changes are kept as they come. The lock is the flow's, and not kept.
    pub fn load() -> RwSignal<Self> {
        let wishes = RwSignal::new(Self::read(&browser::stored(KEY).unwrap_or_default()));
        Effect::new(move || {
            let written = wishes.get().written();
            browser::store(KEY, Some(written.as_str()).filter(|written| !written.is_empty()));
        });
        wishes
    }

    fn read(text: &str) -> Self {
        let has = |word: &str| text.split(' ').any(|own| own == word);
        let wheel = match (has("zooms"), has("pans")) {
            (true, _) => Wheel::Zooms,
            (_, true) => Wheel::Pans,
            _ => Wheel::Auto,
        };
        Self { marquee: has("marquee"), partial: has("partial"), wheel, locked: false }
    }

    fn written(self) -> String {
        let wheel = match self.wheel {
            Wheel::Auto => "",
            Wheel::Zooms => "zooms",
            Wheel::Pans => "pans",
        };
        let words =
            [if self.marquee { "marquee" } else { "" }, if self.partial { "partial" } else { "" }, wheel];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
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
    pub fn next(self) -> Self {
        match self {
            Self::Auto => Self::Zooms,
            Self::Zooms => Self::Pans,
            Self::Pans => Self::Auto,
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_read_again() {
        for marquee in [false, true] {
            for partial in [false, true] {
                for wheel in [Wheel::Auto, Wheel::Zooms, Wheel::Pans] {
                    let wishes = Wishes { marquee, partial, wheel, locked: false };
                    assert_eq!(Wishes::read(&wishes.written()), wishes);
                }
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
