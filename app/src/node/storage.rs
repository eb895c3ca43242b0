//! Storage: the bucket that is written to.

use leptos::prelude::*;

use super::bucket::BucketField;
use crate::editor::session::Card;

pub const ICON: &str = "M12 3v12M7 10l5 5 5-5M4 21h16";

pub fn form(card: Card) -> impl IntoView {
    view! {
        <BucketField card />
        <p class="hint">
            "content is written under objectKey, such as notes/today.txt: a text as it is, anything else as JSON. An object of that key is replaced. \
            The result is the object's address, s3://bucket/key."
        </p>
    }
}
