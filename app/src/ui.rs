//! The small parts that pages are made of, and the browser's own services behind plain functions.

pub mod browser;
pub mod choice;
pub mod code;
pub mod code_field;
pub mod copy;
pub mod dialog;
pub mod format;
pub mod headers;
pub mod icon;
pub mod json;
pub mod load;
pub mod markdown;
pub mod menu;
pub mod navigate;
pub mod save;
pub mod section;
pub mod status;
pub mod tabs;
pub mod text_field;
pub mod theme;
pub mod toast;
pub mod trial;
