//! One comparison: what is compared, how, and with what.

use flow::condition::form::{Part, Row, Side, Test, offered, usual};
use flow::condition::{Operator, Term};
use flow::value::Type;
use leptos::prelude::*;
use serde_json::{Number, Value};

use super::{Builder, number};
use crate::ui::icon::{Glyph, Icon};

/// The words for "is true", which compares with nothing.
const HOLDS: &str = "is true";

/// What an operand can be besides an input, as the values of its options.
const TEXT: &str = "a text";
const NUMBER: &str = "a number";
const TRUE: &str = "true";
const FALSE: &str = "false";

/// The comparison that the path leads to.
pub(super) fn view(builder: Builder, path: Vec<usize>) -> AnyView {
    let name = format!("comparison {}", number(&path));
    let wrongs = builder.element(&path, "wrongs");
    let left_id = builder.element(&path, "left");
    let path = StoredValue::new(path);
    let row = Memo::new(move |_| {
        builder.group.with(|root| match path.with_value(|path| root.part(path)) {
            Some(Part::Row(row)) => Some(row.clone()),
            _ => None,
        })
    });
    let edit = move |change: &dyn Fn(&mut Row)| {
        let path = path.get_value();
        builder.edit(|root| {
            if let Some(row) = root.row_mut(&path) {
                change(row);
            }
        });
    };
    let kind = move || row.get().and_then(|row| row.left.kind(&|name: &str| builder.kind(name)));
    let left = Signal::derive(move || row.get().map(|row| row.left));
    let right = Signal::derive(move || match row.get()?.test {
        Test::Compare(_, right) => Some(right),
        Test::Holds => None,
    });
    let set_left = Callback::new(move |term: Term| {
        edit(&|row| row.set_left(term.clone(), &|name: &str| builder.kind(name)))
    });
    let set_right = Callback::new(move |term: Term| edit(&|row| row.set_right(term.clone())));
    let choose = move |event| {
        let words = event_target_value(&event);
        let operator = Operator::ALL.into_iter().find(|operator| self::words(Some(*operator)) == words);
        edit(&|row| row.set_operator(operator, &|name: &str| builder.kind(name)));
    };
    let operators = Memo::new(move |_| {
        let mut operators = offered(kind());
        let now = row.with(|row| row.as_ref().map(Row::operator));
        // What stands there is shown, also where it does not fit.
        operators.extend(now.filter(|now| !operators.contains(now)));
        operators
    });
    let messages = Memo::new(move |_| {
        builder.problems.with(|problems| {
            problems.iter().filter(|p| path.with_value(|path| *path == p.path)).cloned().collect::<Vec<_>>()
        })
    });
    let is_wrong = move |side| messages.with(|messages| messages.iter().any(|p| p.side == Some(side)));
    let remove = move |_| {
        let path = path.get_value();
        builder.edit(|root| root.remove(&path));
        builder.focus(path.split_last().map_or(&[], |(_, before)| before), "add");
    };
    let labelled = |what: &str| format!("{what} of {name}");
    view! {
        <div class="cond-row" role="group" aria-label=name.clone()>
            <button
                type="button"
                class="not"
                aria-label=labelled("Opposite")
                title="Holds where the comparison does not"
                aria-pressed=move || row.with(|row| row.as_ref().is_some_and(|row| row.not)).to_string()
                on:click=move |_| edit(&|row| row.not = !row.not)
            >
                "not"
            </button>
            <OperandField
                builder
                label=labelled("Left side")
                id=left_id
                term=left
                beside=Signal::derive(|| None)
                invalid=Signal::derive(move || is_wrong(Side::Left))
                wrongs=wrongs.clone()
                on_change=set_left
            />
            <select
                class="select"
                aria-label=labelled("Operator")
                aria-describedby=wrongs.clone()
                on:change=choose
            >
                <For each=move || operators.get() key=|operator| words(*operator) let:operator>
                    <option
                        value=words(operator)
                        prop:selected=move || row.with(|row| row.as_ref().map(Row::operator)) == Some(operator)
                    >
                        {words(operator)}
                    </option>
                </For>
            </select>
            <button type="button" class="btn quiet icon small" aria-label=format!("Remove {name}") on:click=remove>
                <Icon glyph=Glyph::Close />
            </button>
            <Show when=move || right.with(Option::is_some)>
                <OperandField
                    builder
                    label=format!("Right side of {}", path.with_value(|path| format!("comparison {}", number(path))))
                    id=builder.element(&path.get_value(), "right")
                    term=right
                    beside=Signal::derive(move || Some(kind()))
                    invalid=Signal::derive(move || is_wrong(Side::Right))
                    wrongs=builder.element(&path.get_value(), "wrongs")
                    on_change=set_right
                />
            </Show>
            <div class="wrongs" id=wrongs.clone()>
                {move || {
                    messages.get().into_iter().map(|p| view! { <p class="wrong">{p.message}</p> }).collect_view()
                }}
            </div>
        </div>
    }
    .into_any()
}

/// One side: an input, or a value that is written here.
#[component]
fn OperandField(
    builder: Builder,
    label: String,
    id: String,
    term: Signal<Option<Term>>,
    /// At the right, the type at the left, whose values are offered; at the left only inputs are.
    beside: Signal<Option<Option<Type>>>,
    invalid: Signal<bool>,
    /// The id of what is said to be wrong.
    wrongs: String,
    on_change: Callback<Term>,
) -> impl IntoView {
    let options = Memo::new(move |_| {
        let values = beside.get().map(values).unwrap_or_default();
        let inputs =
            builder.inputs.with(|inputs| inputs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
        let mut options: Vec<Choice> = values.into_iter().map(Choice::Value).collect();
        options.extend(inputs.into_iter().map(Choice::Input));
        let now = term.with(|term| term.as_ref().map(choice));
        options.extend(now.filter(|now| !options.contains(now)));
        options
    });
    let choose = move |event| {
        let code = event_target_value(&event);
        let chosen =
            options.with_untracked(|options| options.iter().find(|option| option.code() == code).cloned());
        match chosen {
            Some(Choice::Input(name)) => on_change.run(Term::Input(name)),
            Some(Choice::Value(TEXT)) => on_change.run(usual(Some(Type::String))),
            Some(Choice::Value(NUMBER)) => on_change.run(usual(Some(Type::Number))),
            Some(Choice::Value(truth)) => on_change.run(Term::Constant(Value::Bool(truth == TRUE))),
            None => {}
        }
    };
    let written = Memo::new(move |_| match term.get()? {
        Term::Constant(Value::String(text)) => Some((false, text)),
        Term::Constant(Value::Number(number)) => Some((true, number.to_string())),
        _ => None,
    });
    let is_number = Memo::new(move |_| written.get().map(|(is_number, _)| is_number));
    let garbled = RwSignal::new(false);
    // Another value came, by undo perhaps: what was said of the old one is over.
    Effect::new(move || {
        written.track();
        garbled.set(false);
    });
    let write = move |event| {
        let text = event_target_value(&event);
        if is_number.get_untracked() != Some(true) {
            return on_change.run(Term::Constant(Value::from(text)));
        }
        match serde_json::from_str::<Number>(text.trim()) {
            Ok(number) => {
                garbled.set(false);
                on_change.run(Term::Constant(Value::Number(number)));
            }
            Err(_) => garbled.set(true),
        }
    };
    let (value_label, described) =
        (StoredValue::new(format!("{label}: value")), StoredValue::new(wrongs.clone()));
    view! {
        <div class="operand">
            <select
                class="select"
                id=id
                aria-label=label
                aria-invalid=move || invalid.get().to_string()
                aria-describedby=wrongs
                on:change=choose
            >
                <For each=move || options.get() key=Choice::code let:option>
                    {
                        let (code, words) = (option.code(), option.words());
                        let chosen = move || {
                            term.with(|term| term.as_ref().map(choice)).is_some_and(|now| now == option)
                        };
                        view! {
                            <option value=code prop:selected=chosen>
                                {words}
                            </option>
                        }
                    }
                </For>
            </select>
            <Show when=move || is_number.with(Option::is_some)>
                <input
                    class="input"
                    aria-label=value_label.get_value()
                    aria-invalid=move || (invalid.get() || garbled.get()).to_string()
                    aria-describedby=described.get_value()
                    inputmode=move || if is_number.get() == Some(true) { "decimal" } else { "text" }
                    spellcheck="false"
                    autocomplete="off"
                    prop:value=move || written.get().map(|(_, text)| text).unwrap_or_default()
                    on:input=write
                />
                <Show when=move || garbled.get()>
                    <p class="wrong" role="status">"This is a number, such as 12.5. It is taken on when it is whole."</p>
                </Show>
            </Show>
        </div>
    }
}

/// What an operand can be.
#[derive(Clone, PartialEq)]
enum Choice {
    Value(&'static str),
    Input(String),
}

impl Choice {
    /// No input's name has a space, so no two options have one code.
    fn code(&self) -> String {
        match self {
            Self::Value(value) => format!("value {value}"),
            Self::Input(name) => name.clone(),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Value(value) => (*value).to_owned(),
            Self::Input(name) => name.clone(),
        }
    }
}

fn choice(term: &Term) -> Choice {
    match term {
        Term::Input(name) => Choice::Input(name.clone()),
        Term::Constant(Value::String(_)) => Choice::Value(TEXT),
        Term::Constant(Value::Bool(true)) => Choice::Value(TRUE),
        Term::Constant(Value::Bool(false)) => Choice::Value(FALSE),
        Term::Constant(_) => Choice::Value(NUMBER),
    }
}

/// What may be written beside something of a type.
fn values(kind: Option<Type>) -> Vec<&'static str> {
    match kind {
        Some(Type::String) => vec![TEXT],
        Some(Type::Number) => vec![NUMBER],
        Some(Type::Boolean) => vec![TRUE, FALSE],
        _ => vec![TEXT, NUMBER, TRUE, FALSE],
    }
}

fn words(operator: Option<Operator>) -> &'static str {
    match operator {
        None => HOLDS,
        Some(Operator::Equal) => "equals",
        Some(Operator::NotEqual) => "differs from",
        Some(Operator::Greater) => "is more than",
        Some(Operator::GreaterOrEqual) => "is at least",
        Some(Operator::Less) => "is less than",
        Some(Operator::LessOrEqual) => "is at most",
    }
}
