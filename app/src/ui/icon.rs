//! Line icons, drawn on a grid of 24.

use leptos::prelude::*;

/// An icon's picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Alert,
    ArrowLeft,
    Check,
    Chevron,
    Close,
    Copy,
    Dark,
    Download,
    External,
    Light,
    More,
    Open,
    Pencil,
    Pick,
    Play,
    Plus,
    Power,
    Refresh,
    Restore,
    Search,
    System,
    Trash,
    Upload,
}

impl Glyph {
    fn path(self) -> &'static str {
        match self {
            Self::Alert => "M12 8v5M12 16.5v.5M12 3 2.5 20h19z",
            Self::ArrowLeft => "M19 12H5M11 6l-6 6 6 6",
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Chevron => "M6 9l6 6 6-6",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Copy => "M9 9h11v11H9zM5 15H4V4h11v1",
            Self::Dark => "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
            Self::Download => "M12 4v11M7 11l5 5 5-5M5 20h14",
            Self::External => "M14 5h5v5M19 5l-8 8M18 14v5H5V6h5",
            Self::Light => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4"
            }
            Self::More => "M5 12h.01M12 12h.01M19 12h.01",
            Self::Open => "M5 12h14M13 6l6 6-6 6",
            Self::Pencil => "M4 20l1-4L16.5 4.5l3 3L8 19z",
            Self::Pick => "M5 4v12a2 2 0 0 0 2 2h4M5 9h6M14 7h6v5h-6zM14 15h6v5h-6z",
            Self::Play => "M7 5l11 7-11 7z",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Power => "M12 4v8M7.5 6.8a7.5 7.5 0 1 0 9 0",
            Self::Refresh => "M20 11a8 8 0 0 0-14.3-4L4 9M4 4v5h5M4 13a8 8 0 0 0 14.3 4l1.7-2M20 20v-5h-5",
            Self::Restore => "M4 9a8.5 8.5 0 1 1-.5 5M4 4v5h5M12 8v4.5l3 2",
            Self::Search => "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5",
            Self::System => "M3 5h18v12H3zM8 21h8M12 17v4",
            Self::Trash => "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
            Self::Upload => "M12 16V5M7 9l5-5 5 5M5 20h14",
        }
    }
}

/// An icon beside or instead of words. It is hidden from assistive technology: what carries it has a name.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    view! {
        <svg class="icon-svg" viewBox="0 0 24 24" aria-hidden="true">
            <path d=glyph.path()></path>
        </svg>
    }
}
