//! A button that solves a problem, where one press can.

use flow::check::Problem;
use leptos::prelude::*;

use crate::editor::fix::fix;
use crate::editor::session::use_editor;
use crate::ui::browser;

#[component]
pub fn FixButton(
    problem: Problem,
    /// Where the focus goes when the button has done its work and is gone.
    #[prop(default = ".inspector [role=tab][aria-selected=true]")]
    then: &'static str,
) -> impl IntoView {
    let editor = use_editor();
    let found = editor.look(|document| fix(document, &problem, |document| editor.check(document)));
    found.map(|found| {
        let label = found.label.clone();
        let apply = {
            let problem = problem.clone();
            move |_| {
                // The flow may have changed since the button was drawn.
                let Some(found) =
                    editor.look(|document| fix(document, &problem, |document| editor.check(document)))
                else {
                    return;
                };
                editor.change(&found.label, |document| *document = found.after);
                editor.say(format!("Done: {}", found.label));
                browser::focus_soon(then);
            }
        };
        view! {
            <button type="button" class="btn small fix" title="Can be undone" on:click=apply>
                {label}
            </button>
        }
    })
}
