//! The dialog that hands a flow over as a file: ours, for AWS's API, or a CloudFormation template.

use flow::check::{Problem, Severity};
use flow::wire::Flow;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Answer};
use crate::ui::browser;
use crate::ui::choice::Choice;
use crate::ui::dialog::Dialog;
use crate::ui::format::file_stem;
use crate::ui::load::{Failure, Loaded, Loader};
use crate::ui::toast::use_toasts;

/// How a flow is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Anabranch,
    Api,
    CloudFormation,
}

impl Format {
    const ALL: [Self; 3] = [Self::Anabranch, Self::Api, Self::CloudFormation];

    /// As the API calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Anabranch => "anabranch",
            Self::Api => "api",
            Self::CloudFormation => "cloudformation",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Anabranch => "Anabranch",
            Self::Api => "AWS API",
            Self::CloudFormation => "CloudFormation",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Anabranch => "All of it, to import again: with positions, notes and what is ours.",
            Self::Api => {
                "For aws bedrock-agent create-flow --cli-input-json file://… --execution-role-arn ROLE, and for code."
            }
            Self::CloudFormation => "A template to deploy. The role that runs the flow is its parameter.",
        }
    }

    fn file(self, title: &str) -> String {
        let kind = match self {
            Self::Anabranch => "flow",
            Self::Api => "create-flow",
            Self::CloudFormation => "template",
        };
        format!("{}.{kind}.json", file_stem(title))
    }
}

#[component]
pub fn ExportDialog(id: String, title: String, on_close: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let format = RwSignal::new(Format::Anabranch);
    let busy = RwSignal::new(false);
    let flow = Loader::<Flow>::default();
    let load = {
        let id = id.clone();
        move || {
            let id = id.clone();
            flow.load(async move { api::flows::get(&id).await });
        }
    };
    load();
    let retry = Callback::new(move |()| load());
    let heading = format!("Export “{title}”");
    let names = StoredValue::new((id, title));
    let download = move |_| {
        busy.set(true);
        let (id, title) = names.get_value();
        let format = format.get_untracked();
        spawn_local(async move {
            match file_text(&id, format).await {
                Ok(text) => {
                    browser::download(&format.file(&title), &text);
                    on_close.try_run(());
                }
                Err(error) => {
                    toasts.fail(error);
                    busy.try_set(false);
                }
            }
        });
    };
    view! {
        <Dialog title=heading on_close>
            <div class="stack">
                <fieldset class="choices">
                    <legend>"Write it down for"</legend>
                    {Format::ALL
                        .into_iter()
                        .map(|it| {
                            let checked = Signal::derive(move || format.get() == it);
                            let on_choose = Callback::new(move |()| format.set(it));
                            view! {
                                <Choice name="export-format" label=it.label() about=it.about() checked on_choose />
                            }
                        })
                        .collect_view()}
                </fieldset>
                <Show when=move || format.get() != Format::Anabranch>
                    {move || match flow.get() {
                        Loaded::Loading => {
                            view! { <div class="spinner" role="status" aria-label="Loading"></div> }.into_any()
                        }
                        Loaded::Failed(error) => view! { <Failure error retry /> }.into_any(),
                        Loaded::Ready(flow) => view! { <OnAws flow /> }.into_any(),
                    }}
                </Show>
                <div class="actions">
                    <button type="button" class="btn" on:click=move |_| on_close.run(())>
                        "Cancel"
                    </button>
                    <button type="button" class="btn primary" autofocus disabled=busy on:click=download>
                        "Download"
                    </button>
                </div>
            </div>
        </Dialog>
    }
}

/// What AWS would refuse, or do otherwise.
#[component]
fn OnAws(flow: Flow) -> impl IntoView {
    let errors = flow.report.problems.into_iter().filter(|problem| problem.severity == Severity::Error);
    let mut problems: Vec<Problem> = errors.chain(flow.report.portability).collect();
    problems.sort_by_key(|problem| problem.severity != Severity::Error);
    if problems.is_empty() {
        return view! { <p class="dim">"AWS should take it as it is."</p> }.into_any();
    }
    let line = |problem: Problem| {
        let place = problem.node.or(problem.connection).map(|place| place.replace('/', " › "));
        let refused = problem.severity == Severity::Error;
        view! {
            <li class=if refused { "problem error" } else { "problem warning" }>
                <span class="dot" aria-hidden="true"></span>
                <span>
                    <b>{if refused { "Refused" } else { "Otherwise there" }} ": "</b>
                    {problem.message}
                    <small>{place}</small>
                </span>
            </li>
        }
    };
    view! {
        <section aria-label="On AWS">
            <h3>"What AWS would refuse, or do otherwise"</h3>
            <ul class="problem-list">{problems.into_iter().map(line).collect_view()}</ul>
        </section>
    }
    .into_any()
}

async fn file_text(id: &str, format: Format) -> Answer<String> {
    let file = api::flows::export(id, format.name()).await?;
    serde_json::to_string_pretty(&file).map_err(|error| api::Error::Unreadable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_plain() {
        assert_eq!(Format::Anabranch.file("Support triage (v2)"), "support-triage-v2.flow.json");
        assert_eq!(Format::CloudFormation.file("../?"), "flow.template.json");
    }
}
