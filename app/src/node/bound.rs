//! What nodes are bound to: the list that the server has, and the dialog that is open over it. A context of the editor
//! and of the pages that show such a list.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;

use crate::api::Answer;
use crate::ui::load::Loader;

/// Asks the server for a list.
type Ask<L> = fn() -> Pin<Box<dyn Future<Output = Answer<L>>>>;

/// A list that nodes are bound by, and what of it is being changed.
pub struct Bound<L: Send + Sync + 'static, O: Send + Sync + 'static> {
    pub list: Loader<L>,
    /// The dialog that is open.
    pub open: RwSignal<Option<O>>,
    ask: Ask<L>,
}

impl<L: Send + Sync + 'static, O: Send + Sync + 'static> Clone for Bound<L, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: Send + Sync + 'static, O: Send + Sync + 'static> Copy for Bound<L, O> {}

impl<L: Clone + PartialEq + Send + Sync + 'static, O: Send + Sync + 'static> Bound<L, O> {
    /// Asks for the list, and puts it where the components below find it.
    pub fn provide(ask: Ask<L>) -> Self {
        let bound = Self { list: Loader::default(), open: RwSignal::new(None), ask };
        provide_context(bound);
        bound.reload();
        bound
    }

    pub fn reload(self) {
        self.list.load((self.ask)());
    }

    pub fn close(self) -> Callback<()> {
        Callback::new(move |()| self.open.set(None))
    }
}
