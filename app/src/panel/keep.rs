//! Where a page keeps what the server does not have yet: in the browser's storage, under a key of its own.
//!
//! Always holds: two pages never write to one key. A page holds a lock of its key's name for as long as it lives, so
//! a key whose lock is free was left behind, and the next page that opens the flow takes it over. Where the browser
//! has no locks, as on plain HTTP from another machine, every copy counts as left behind and moves to its new owner.

use std::sync::Arc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use send_wrapper::SendWrapper;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::editor::kept::Kept;
use crate::ui::browser;

/// A page's key, and the right to it.
#[derive(Clone, Debug)]
pub struct Keeper {
    key: String,
    _lock: Arc<SendWrapper<Lock>>,
}

impl PartialEq for Keeper {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Keeper {
    /// Takes over the newest copy of this flow that was left behind; else its key is new and holds nothing.
    pub async fn open(flow: &str) -> (Self, Option<Kept>) {
        for (key, kept) in copies(flow) {
            match take(&key).await {
                Some(lock) if lock.is_real() => return (Self::of(key, lock), Some(kept)),
                Some(_) => {
                    let keeper = Self::fresh(flow).await;
                    keeper.keep(&kept);
                    browser::store(&key, None);
                    return (keeper, Some(kept));
                }
                None => {}
            }
        }
        (Self::fresh(flow).await, None)
    }

    /// Keeps this, and returns what is stored, to tell it from what is kept later.
    pub fn keep(&self, kept: &Kept) -> String {
        let text = serde_json::to_string(kept).unwrap_or_default();
        browser::store(&self.key, Some(&text));
        text
    }

    pub fn forget(&self) {
        browser::store(&self.key, None);
    }

    /// Forgets this text, unless something newer is kept by now.
    pub fn forget_this(&self, text: &str) {
        if browser::stored(&self.key).as_deref() == Some(text) {
            self.forget();
        }
    }

    async fn fresh(flow: &str) -> Self {
        let key = format!("{}{:x}{:x}", prefix(flow), browser::now(), (js_sys::Math::random() * 1e9) as u64);
        // Nobody else knows the name, so the lock is there to be had.
        let lock = take(&key).await.unwrap_or_default();
        Self::of(key, lock)
    }

    fn of(key: String, lock: Lock) -> Self {
        Self { key, _lock: Arc::new(SendWrapper::new(lock)) }
    }
}

fn prefix(flow: &str) -> String {
    format!("anabranch.draft.{flow}.")
}

/// What is kept of a flow by whichever page, newest first.
fn copies(flow: &str) -> Vec<(String, Kept)> {
    let Some(storage) = browser::window().and_then(|window| window.local_storage().ok().flatten()) else {
        return Vec::new();
    };
    let prefix = prefix(flow);
    let keys = (0..storage.length().unwrap_or_default()).filter_map(|at| storage.key(at).ok().flatten());
    let mut copies: Vec<(String, Kept)> = keys
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| Some((key.clone(), serde_json::from_str(&browser::stored(&key)?).ok()?)))
        .collect();
    copies.sort_by_key(|(_, kept)| std::cmp::Reverse(kept.at));
    copies
}

/// A lock that is held until this is dropped or the page is gone.
#[derive(Debug, Default)]
struct Lock(Option<Function>);

impl Lock {
    /// Whether the browser has locks.
    fn is_real(&self) -> bool {
        self.0.is_some()
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.0 {
            let _released = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Takes the lock of this name; none where another page holds it.
async fn take(name: &str) -> Option<Lock> {
    try_take(name).await.unwrap_or_else(|_no_locks| Some(Lock::default()))
}

async fn try_take(name: &str) -> Result<Option<Lock>, JsValue> {
    let locks = Reflect::get(&browser::window().ok_or(JsValue::NULL)?.navigator(), &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let (held, release) = promise()?;
    let (told, tell) = promise()?;
    let granted = Closure::once(move |lock: JsValue| {
        let is_ours = !lock.is_null();
        let _told = tell.call1(&JsValue::UNDEFINED, &is_ours.into());
        // The lock is held for as long as this promise is open.
        if is_ours { JsValue::from(held) } else { JsValue::UNDEFINED }
    });
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &true.into())?;
    let asked = request.call3(&locks, &name.into(), &options, granted.as_ref().unchecked_ref())?;
    // A browser that refuses locks altogether rejects the request and never asks what to do with one.
    let is_ours = JsFuture::from(Promise::race(&Array::of2(&told, &asked))).await?.is_truthy();
    Ok(is_ours.then(|| Lock(Some(release))))
}

/// A promise, and what resolves it. (A `Function` of its own making would be compiled from text, which the page's
/// security policy forbids.)
fn promise() -> Result<(Promise, Function), JsValue> {
    let mut resolve = None;
    let promise = Promise::new(&mut |settle, _reject| resolve = Some(settle));
    Ok((promise, resolve.ok_or(JsValue::NULL)?))
}
