//! What nodes are bound to: the list that the server has, and the dialog that is open over it. A context of the editor
//! and of the pages that show such a list.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;

use crate::api::Answer;
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::{Failure, Loaded, Loader};

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

    /// Opens a dialog.
    pub fn opens(self, open: O) -> Callback<()>
    where
        O: Clone,
    {
        Callback::new(move |()| self.open.set(Some(open.clone())))
    }

    pub fn close(self) -> Callback<()> {
        Callback::new(move |()| self.open.set(None))
    }

    /// What the list says, once it is there; why it is not, where it could not be read.
    pub fn show(self, ready: impl FnOnce(L) -> AnyView) -> AnyView {
        match self.list.get() {
            Loaded::Loading => ().into_any(),
            Loaded::Failed(error) => {
                view! { <Failure error retry=Callback::new(move |()| self.reload()) /> }.into_any()
            }
            Loaded::Ready(list) => ready(list),
        }
    }
}

/// What a node is bound to, and the way to change that.
#[component]
pub fn Leads(action: &'static str, on_action: Callback<()>, children: Children) -> impl IntoView {
    view! {
        <div class="notice bound">
            <p class="grow">{children()}</p>
            <button type="button" class="btn small" on:click=move |_| on_action.run(())>
                {action}
            </button>
        </div>
    }
}

/// That a node is bound to nothing and cannot run, and the way out.
#[component]
pub fn LeadsNowhere(action: &'static str, on_action: Callback<()>, children: Children) -> impl IntoView {
    view! {
        <div class="notice bad bound" role="status">
            <Icon glyph=Glyph::Alert />
            <p class="grow">{children()}</p>
            <button type="button" class="btn small primary" on:click=move |_| on_action.run(())>
                {action}
            </button>
        </div>
    }
}
