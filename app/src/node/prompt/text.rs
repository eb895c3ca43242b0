//! A text of the prompt, whose variables are inputs.

use flow::check::{Field, Problem};
use flow::node::prompt::texts;
use flow::template::{Piece, pieces};
use leptos::prelude::*;

use crate::editor::document::Document;
use crate::editor::offers::{Place, variables};
use crate::editor::prompt::set_text;
use crate::editor::session::{Card, use_editor};
use crate::node::field::{Problems, is_wrong, typed, typed_inputs};
use crate::ui::code_field::{Asked, CodeField, Language, Mark};

#[component]
pub fn Text(card: Card, at: usize, label: String) -> impl IntoView {
    let editor = use_editor();
    let id = format!("text-{}-{at}", card.id);
    let text = Memo::new(move |_| {
        card.node.with(|node| {
            let text = node.inline_prompt().and_then(|prompt| texts(prompt).get(at).map(|t| (*t).to_owned()));
            text.unwrap_or_default()
        })
    });
    // The document before the person began to type here; the field has the focus for as long.
    let start = StoredValue::new(None::<Document>);
    let begin = Callback::new(move |()| start.set_value(Some(editor.look(Document::clone))));
    let burst = move || format!("{} text {at}", card.id);
    let write = Callback::new(move |text: String| {
        let name = card.name();
        start.with_value(|start| {
            editor.type_in("Edit the prompt", &burst(), |document| {
                set_text(document, &name, at, &text, start.as_ref());
            });
        });
    });
    let marks = Signal::derive(move || {
        let text = text.get();
        card.problems.with(|problems| marks(&text, problems))
    });
    let offer = Callback::new(move |Asked { text, at, explicit }: Asked| {
        // A variable that was taken out a moment ago comes back with its wire: it is offered as well.
        let mut names = typed_inputs(card);
        let before = start.with_value(|start| start.as_ref()?.node(&card.name()).map(typed));
        names.extend(before.unwrap_or_default());
        names.sort();
        names.dedup_by(|one, other| one.0 == other.0);
        variables(Place { text: &text, at, asked: explicit }, &names, ("{{", "}}"))
    });
    let problems = format!("problems-{id}");
    let shown = label.clone();
    view! {
        <div class="field">
            <label for=id.clone()>{shown}</label>
            <CodeField
                language=Language::Prompt
                id
                label=Signal::stored(label)
                value=text
                on_text=write
                described_by=problems.clone()
                invalid=Signal::derive(move || is_wrong(card, &Field::Prompt))
                marks
                offer
                step=Callback::new(move |back| editor.step_typing(&burst(), back))
                on_focus=begin
            />
            <Problems card field=Field::Prompt id=problems />
        </div>
    }
}

/// What is wrong with the prompt, and with the inputs that its variables are, where they stand.
fn marks(text: &str, problems: &[Problem]) -> Vec<Mark> {
    let whole = problems.iter().filter(|problem| problem.field == Some(Field::Prompt)).filter_map(Mark::of);
    let variables = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Variable(name, span) => Some((name, span)),
        Piece::Text(_) => None,
    });
    let inputs = variables.flat_map(|(name, span)| {
        let of = move |problem: &&Problem| {
            problem.field.as_ref().is_some_and(|field| *field == Field::Input(name.to_owned()))
        };
        problems
            .iter()
            .filter(of)
            .filter_map(move |problem| Mark::of(&Problem { span: Some(span), ..problem.clone() }))
    });
    whole.chain(inputs).collect()
}

#[cfg(test)]
mod tests {
    use flow::check::{ProblemType, Severity};

    use super::*;

    #[test]
    fn a_variable_shows_what_is_wrong_with_its_input() {
        let problem = Problem {
            severity: Severity::Error,
            kind: ProblemType::UnfulfilledNodeInput,
            message: "Connect it.".to_owned(),
            node: None,
            connection: None,
            field: Some(Field::Input("name".to_owned())),
            span: None,
        };
        let found = marks("Hi {{name}} and {{other}}", &[problem]);
        assert_eq!(found.iter().map(|mark| mark.span).collect::<Vec<_>>(), [(3, 11)]);
    }
}
