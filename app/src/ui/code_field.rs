//! A field for prompts, code, JSON or conditions: CodeMirror where it can be had, a plain text area until then and else.
//!
//! Always holds: both are named, described and written alike, so that a form does not care which one is there; what is
//! shown is the value, and what is typed is written at once.

mod module;
mod plain;

use flow::check::{Problem, Severity};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::editor::json::{Fault, fault};
use crate::editor::offers::Offers;
use module::{Field, Handlers, Settings};
use plain::{Culprit, Plain};

/// What is written in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Prompt,
    Python,
    Json,
    Condition,
    Expression,
}

/// Something wrong, and the bytes of the text that it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub span: (usize, usize),
    pub message: String,
    pub is_error: bool,
}

/// A cursor in a text for which offers are wanted: its place in bytes, and whether the person asked.
pub struct Asked {
    pub text: String,
    pub at: usize,
    pub explicit: bool,
}

#[component]
pub fn CodeField(
    language: Language,
    /// Of the plain field; a `label` names it by this.
    #[prop(into)]
    id: String,
    #[prop(into)] label: Signal<String>,
    #[prop(into)] value: Signal<String>,
    on_text: Callback<String>,
    /// Ids of what describes it.
    #[prop(into, optional)]
    described_by: String,
    #[prop(into, optional)] invalid: Signal<bool>,
    #[prop(into, optional)] marks: Signal<Vec<Mark>>,
    #[prop(into, optional)] placeholder: String,
    #[prop(into, optional)] offer: Option<Callback<Asked, Option<Offers>>>,
    /// Takes back what was typed (true) or does it again, where a document has the history of it.
    #[prop(into, optional)]
    step: Option<Callback<bool>>,
    #[prop(into, optional)] on_focus: Option<Callback<()>>,
) -> impl IntoView {
    // What is no JSON is seen by the field itself.
    let is_json = language == Language::Json;
    let fault = Memo::new(move |_| is_json.then(|| value.with(|text| fault(text))).flatten());
    let fault_id = format!("fault-{id}");
    let described_by = if is_json { format!("{fault_id} {described_by}") } else { described_by };
    let shown = Shown {
        language,
        words: StoredValue::new(Words { id, placeholder, described_by }),
        label,
        value,
        invalid: Signal::derive(move || invalid.get() || fault.with(Option::is_some)),
        marks: Signal::derive(move || fault.get().map_or_else(|| marks.get(), |fault| vec![fault.into()])),
        on_text,
        offer,
        step,
    };
    let host = NodeRef::<html::Div>::new();
    let is_mounted = mount(shown, host);
    view! {
        <div class="code-box">
            <div
                class=format!("code-field in-{}", language.name())
                class:one-line=language.is_one_line()
                class:is-wrong=move || shown.invalid.get()
                node_ref=host
                on:focusin=move |_| on_focus.iter().for_each(|begin| begin.run(()))
            >
                <Show when=move || !is_mounted.get()>
                    <Plain shown />
                </Show>
            </div>
            <Show when=move || language.is_one_line() && !is_mounted.get()>
                <Culprit shown />
            </Show>
            {is_json
                .then(|| {
                    view! {
                        <div class="wrongs" id=fault_id>
                            {move || fault.get().map(|fault| view! { <p class="wrong">{fault.message}</p> })}
                        </div>
                    }
                })}
        </div>
    }
}

/// What a field shows, and whom it tells.
#[derive(Clone, Copy)]
struct Shown {
    language: Language,
    words: StoredValue<Words>,
    label: Signal<String>,
    value: Signal<String>,
    invalid: Signal<bool>,
    marks: Signal<Vec<Mark>>,
    on_text: Callback<String>,
    offer: Option<Callback<Asked, Option<Offers>>>,
    step: Option<Callback<bool>>,
}

/// What of a field never changes.
#[derive(Clone)]
struct Words {
    id: String,
    placeholder: String,
    described_by: String,
}

/// Puts CodeMirror into the host when both are there, for as long as the field is; whether it is there.
fn mount(shown: Shown, host: NodeRef<html::Div>) -> RwSignal<bool> {
    let field = StoredValue::new_local(None::<Field>);
    let is_mounted = RwSignal::new(false);
    Effect::new(move || {
        if host.get().is_none() || is_mounted.get_untracked() {
            return;
        }
        spawn_local(async move {
            let Some(module) = module::load().await else { return };
            // The field may be gone by now.
            let Some(host) = host.try_get_untracked().flatten() else { return };
            field.set_value(Field::mount(&module, &host, &shown.settings(), shown.handlers()));
            is_mounted.set(field.with_value(Option::is_some));
        });
    });
    Effect::new(move || {
        let (text, marks) = (shown.value.get(), shown.marks.get());
        if is_mounted.get() {
            field.with_value(|field| field.iter().for_each(|field| field.show(&text, &marks)));
        }
    });
    Effect::new(move || {
        let (label, invalid) = (shown.label.get(), shown.invalid.get());
        if is_mounted.get() {
            field.with_value(|field| field.iter().for_each(|field| field.say(&label, invalid)));
        }
    });
    on_cleanup(move || {
        field.try_update_value(|field| field.take().iter().for_each(Field::destroy));
    });
    is_mounted
}

impl Shown {
    fn settings(self) -> Settings {
        let Words { id, placeholder, described_by } = self.words.get_value();
        Settings {
            id,
            text: self.value.get_untracked(),
            language: self.language.name(),
            one_line: self.language.is_one_line(),
            placeholder,
            described_by,
            own_history: self.step.is_none(),
        }
    }

    fn handlers(self) -> Handlers {
        Handlers {
            tell: Box::new(move |text| self.on_text.run(text)),
            offer: Box::new(move |text, at, explicit| self.offer?.run(Asked { text, at, explicit })),
            step: Box::new(move |back| self.step.iter().for_each(|step| step.run(back))),
        }
    }
}

impl Language {
    /// As the module and the style sheet know it.
    fn name(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Python => "python",
            Self::Json => "json",
            Self::Condition => "condition",
            Self::Expression => "expression",
        }
    }

    fn is_one_line(self) -> bool {
        matches!(self, Self::Condition | Self::Expression)
    }
}

impl From<Fault> for Mark {
    fn from(Fault { span, message }: Fault) -> Self {
        Self { span, message: message.to_owned(), is_error: true }
    }
}

impl Mark {
    /// Where a problem stands in its field's text; none where it is about the whole.
    pub fn of(problem: &Problem) -> Option<Self> {
        Some(Self {
            span: problem.span?,
            message: problem.message.clone(),
            is_error: problem.severity == Severity::Error,
        })
    }
}
