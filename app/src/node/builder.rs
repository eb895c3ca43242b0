//! The condition builder: a condition as a form and as text, kept in step. For whatever holds one: a branch of a
//! Condition, the controller of a loop.
//!
//! Always holds: the text is what is kept. What is done in the form is written as text; a text from elsewhere becomes
//! the form, and where it cannot, the text stays and the form says why.

mod group;
mod row;

use flow::check::Problem;
use flow::condition::Condition;
use flow::condition::form::{self, Group, Row};
use flow::value::Type;
use leptos::prelude::*;

use crate::editor::offers::{Place, condition};
use crate::ui::browser;
use crate::ui::code_field::{Asked, CodeField, Language, Mark};

/// What the parts of one builder share.
#[derive(Clone, Copy)]
struct Builder {
    /// The start of the ids of its elements.
    id: StoredValue<String>,
    inputs: Signal<Vec<(String, Type)>>,
    group: RwSignal<Group>,
    /// What is wrong, by comparison.
    problems: Memo<Vec<form::Problem>>,
    on_change: Callback<String>,
}

#[component]
pub fn ConditionBuilder(
    /// What the condition is called, such as `Condition angry`.
    #[prop(into)]
    label: Signal<String>,
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What may be compared.
    #[prop(into)]
    inputs: Signal<Vec<(String, Type)>>,
    #[prop(into)] expression: Signal<String>,
    on_change: Callback<String>,
    /// Takes back what was written (true), or writes it again.
    step: Callback<bool>,
    /// What the check says of the condition.
    #[prop(into)]
    problems: Signal<Vec<Problem>>,
) -> impl IntoView {
    let group =
        RwSignal::new(expression.with_untracked(|text| read(text)).unwrap_or_else(|_| Group::empty()));
    let unread = Memo::new(move |_| expression.with(|text| read(text)).err());
    Effect::new(move || {
        let text = expression.get();
        // The form's own words come back as they went; anything else is news.
        if group.with_untracked(|group| group.text() != text)
            && let Ok(read) = read(&text)
        {
            group.set(read);
        }
    });
    let found = Memo::new(move |_| {
        let inputs = inputs.get();
        group.with(|group| group.problems(&|name| kind_of(&inputs, name)))
    });
    let builder = Builder { id: StoredValue::new(id.clone()), inputs, group, problems: found, on_change };
    // What the form says at a comparison, or in its own place, is not said again below the text.
    let others = Memo::new(move |_| {
        let told: Vec<String> = match unread.get() {
            Some(why) => vec![why],
            None => {
                found.get().into_iter().filter(|problem| problem.side.is_some()).map(|p| p.message).collect()
            }
        };
        problems.get().into_iter().filter(|problem| !told.contains(&problem.message)).collect::<Vec<_>>()
    });
    let (why_id, others_id) = (format!("{id}-why"), format!("{id}-wrongs"));
    let described = format!("{why_id} {others_id}");
    let offer = Callback::new(move |Asked { text, at, explicit }: Asked| {
        inputs.with_untracked(|inputs| condition(Place { text: &text, at, asked: explicit }, inputs))
    });
    view! {
        <div class="builder">
            <div id=why_id>
                {move || {
                    unread.get().map(|why| view! { <p class="wrong">"The form waits for the text: " {why}</p> })
                }}
            </div>
            <Show when=move || unread.with(Option::is_none)>
                <div role="group" aria-label=move || format!("{} as a form", label.get())>
                    {group::view(builder, Vec::new())}
                </div>
            </Show>
            <CodeField
                language=Language::Condition
                id=format!("{id}-text")
                label
                value=expression
                on_text=on_change
                described_by=described
                invalid=Signal::derive(move || problems.with(|problems| !problems.is_empty()))
                marks=Signal::derive(move || problems.with(|problems| problems.iter().filter_map(Mark::of).collect()))
                placeholder="tone == \"angry\""
                offer
                step
            />
            <div class="wrongs" id=others_id>
                {move || {
                    others.get().into_iter().map(|p| view! { <p class="wrong">{p.message}</p> }).collect_view()
                }}
            </div>
        </div>
    }
}

impl Builder {
    /// Changes the form, and writes what it then says.
    fn edit(self, change: impl FnOnce(&mut Group)) {
        self.group.update(change);
        self.on_change.run(self.group.with_untracked(Group::text));
    }

    /// The type of an input.
    fn kind(self, name: &str) -> Option<Type> {
        self.inputs.with(|inputs| kind_of(inputs, name))
    }

    /// A comparison to begin with; none where there is nothing to compare.
    fn fresh(self) -> Option<Row> {
        self.inputs.with_untracked(|inputs| {
            let plain = |kind: Type| !matches!(kind, Type::Object | Type::Array);
            let (name, kind) = inputs.iter().find(|(_, kind)| plain(*kind)).or(inputs.first())?;
            Some(Row::fresh(name, Some(*kind)))
        })
    }

    /// The id of an element of a part.
    fn element(self, path: &[usize], what: &str) -> String {
        let path: Vec<String> = path.iter().map(usize::to_string).collect();
        self.id.with_value(|id| format!("{id}-{what}-{}", path.join("-")))
    }

    fn focus(self, path: &[usize], what: &str) {
        browser::focus_id_soon(self.element(path, what));
    }
}

/// The text as a form; or why there is none.
fn read(text: &str) -> Result<Group, String> {
    if text.trim().is_empty() {
        return Ok(Group::empty());
    }
    let condition = Condition::parse(text).map_err(|error| error.message)?;
    condition.form().ok_or_else(|| {
        format!("it has groups more than {} deep, which are easier to read as text.", form::DEEPEST)
    })
}

fn kind_of(inputs: &[(String, Type)], name: &str) -> Option<Type> {
    inputs.iter().find(|(known, _)| known == name).map(|(_, kind)| *kind)
}

/// How a part is called: `2.1` is the first of the second.
fn number(path: &[usize]) -> String {
    path.iter().map(|at| (at + 1).to_string()).collect::<Vec<_>>().join(".")
}
