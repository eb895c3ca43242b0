//! The executions, newest first, of all flows or of one.

use flow::event::Status;
use flow::wire::{ExecutionList, ExecutionSummary, FlowList};
use gloo_timers::future::TimeoutFuture;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::api::executions::Filter;
use crate::api::{self, Answer};
use crate::ui::browser;
use crate::ui::format::{ago, excerpt, millis};
use crate::ui::load::{Failure, Loaded, Loader};
use crate::ui::navigate::navigator;
use crate::ui::status::{self, StatusChip};
use crate::ui::toast::use_toasts;

const PAGE: u32 = 50;
/// How often a list with running executions is asked for again.
const PULSE: u32 = 2_000;

const STATUSES: [Status; 7] = [
    Status::Running,
    Status::InputRequired,
    Status::Succeeded,
    Status::Failed,
    Status::TimedOut,
    Status::Aborted,
    Status::Interrupted,
];

/// The filter is in the address, so that a filtered list can be linked to and gone back to.
#[component]
pub fn ExecutionsPage() -> impl IntoView {
    browser::set_title("Executions");
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        query.with(|query| Filter {
            flow: query.get("flow"),
            status: query.get("status").and_then(|name| Status::from_name(&name)),
            search: query.get("search").filter(|search| !search.is_empty()),
        })
    });
    let list = Loader::<ExecutionList>::default();
    let load = move || {
        let filter = filter.get();
        list.load(async move { api::executions::list(&filter, None, PAGE).await });
    };
    Effect::new(load);
    follow(list, filter);
    view! {
        <div class="bar">
            <h1>"Executions"</h1>
            <span class="grow"></span>
            <Filters filter />
        </div>
        {move || match list.get() {
            Loaded::Loading => view! { <div class="spinner" role="status" aria-label="Loading"></div> }.into_any(),
            Loaded::Failed(error) => {
                view! { <Failure error retry=Callback::new(move |()| untrack(load)) /> }.into_any()
            }
            Loaded::Ready(page) if page.executions.is_empty() => {
                view! { <Nothing filtered=filter.get() != Filter::default() /> }.into_any()
            }
            Loaded::Ready(page) => view! { <Table page filter list /> }.into_any(),
        }}
    }
}

#[component]
fn Filters(filter: Memo<Filter>) -> impl IntoView {
    let flows = Loader::<FlowList>::default();
    flows.load(api::flows::list());
    let navigate = use_navigate();
    let choose = move |filter: Filter| {
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&address(&filter), options);
    };
    let by_flow = {
        let choose = choose.clone();
        move |event| choose(Filter { flow: given(event_target_value(&event)), ..filter.get_untracked() })
    };
    let by_words = {
        let choose = choose.clone();
        move |event| choose(Filter { search: given(event_target_value(&event)), ..filter.get_untracked() })
    };
    let by_status = move |event| {
        choose(Filter { status: Status::from_name(&event_target_value(&event)), ..filter.get_untracked() });
    };
    view! {
        <input
            type="search"
            class="input search"
            placeholder="Search executions"
            aria-label="Search executions"
            title="In the flow's name, the input, the failure and the id. Enter searches."
            prop:value=move || filter.get().search.unwrap_or_default()
            on:change=by_words
        />
        <select class="select" aria-label="Flow" on:change=by_flow>
            <option value="" selected=move || filter.get().flow.is_none()>
                "All flows"
            </option>
            {move || {
                flows
                    .ready()
                    .unwrap_or_default()
                    .flows
                    .into_iter()
                    .map(|flow| {
                        let id = flow.id.clone();
                        view! {
                            <option value=flow.id selected=move || filter.get().flow.as_ref() == Some(&id)>
                                {flow.title}
                            </option>
                        }
                    })
                    .collect_view()
            }}
        </select>
        <select class="select" aria-label="Status" on:change=by_status>
            <option value="" selected=move || filter.get().status.is_none()>
                "Any status"
            </option>
            {STATUSES
                .into_iter()
                .map(|it| {
                    view! {
                        <option value=it.name() selected=move || filter.get().status == Some(it)>
                            {status::label(it)}
                        </option>
                    }
                })
                .collect_view()}
        </select>
    }
}

#[component]
fn Table(page: ExecutionList, filter: Memo<Filter>, list: Loader<ExecutionList>) -> impl IntoView {
    let toasts = use_toasts();
    let more = page.next.clone().map(|after| {
        let busy = RwSignal::new(false);
        let load = move |_| {
            busy.set(true);
            let (filter, after) = (filter.get_untracked(), after.clone());
            spawn_local(async move {
                match continued(list, &filter, after).await {
                    Ok(longer) => list.set(longer),
                    Err(error) => {
                        busy.try_set(false);
                        toasts.fail(error);
                    }
                }
            });
        };
        view! {
            <div class="more">
                <button type="button" class="btn" disabled=busy on:click=load>
                    "Load more"
                </button>
            </div>
        }
    });
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">"Status"</th>
                    <th scope="col">"Flow"</th>
                    <th scope="col">"Called as"</th>
                    <th scope="col">"Started"</th>
                    <th scope="col" class="end">
                        "Duration"
                    </th>
                    <th scope="col" class="end">
                        "Tokens"
                    </th>
                    <th scope="col">"Why it failed"</th>
                </tr>
            </thead>
            <tbody>
                {page.executions.into_iter().map(|execution| view! { <Row execution /> }).collect_view()}
            </tbody>
        </table>
        {more}
    }
}

#[component]
fn Row(execution: ExecutionSummary) -> impl IntoView {
    let go = navigator();
    let href = format!("/executions/{}", execution.id);
    let target = href.clone();
    // The link in the row is for the keyboard and for other tabs; the row is a larger target for the mouse.
    let open = move |event: MouseEvent| {
        if !browser::opens_itself(&event) {
            go.run(target.clone());
        }
    };
    let now = browser::now();
    let reason = execution.error.clone().unwrap_or_default();
    view! {
        <tr class="go" on:click=open>
            <td class="tight">
                <StatusChip status=execution.status />
            </td>
            <td>
                <a href=href class="title">
                    {execution.flow_title.clone()}
                </a>
            </td>
            <td class="tight dim">{called_as(&execution)}</td>
            <td class="tight dim" title=browser::local_time(execution.started_at)>
                {ago(now, execution.started_at)}
            </td>
            <td class="tight end num">{duration(&execution)}</td>
            <td class="tight end num">{tokens(&execution)}</td>
            <td class="why-failed" title=reason.clone()>
                {excerpt(&reason, 90)}
            </td>
        </tr>
    }
}

#[component]
fn Nothing(filtered: bool) -> impl IntoView {
    let words = if filtered {
        "No execution is like that."
    } else {
        "Nothing has run yet. Each run of a flow, in the editor or by a program, is kept here with its trace."
    };
    view! {
        <div class="panel nothing" role="status">
            <p>{words}</p>
            {filtered.then(|| view! { <a class="link" href="/executions">"Show all"</a> })}
        </div>
    }
}

/// The alias and version, or that it was the draft; and the name that its caller gave it.
pub fn called_as(execution: &ExecutionSummary) -> String {
    let target = match (&execution.alias, execution.version) {
        (Some(alias), Some(version)) => format!("{alias} → v{version}"),
        (Some(alias), None) => alias.clone(),
        (None, Some(version)) => format!("v{version}"),
        (None, None) => "draft".to_owned(),
    };
    match &execution.name {
        Some(name) => format!("{target} · {name}"),
        None => target,
    }
}

/// How long it took; nothing while it runs.
pub fn duration(execution: &ExecutionSummary) -> String {
    execution.ended_at.map(|ended| millis(ended.saturating_sub(execution.started_at))).unwrap_or_default()
}

/// Tokens read and written; nothing where no model was called.
pub fn tokens(execution: &ExecutionSummary) -> String {
    match (execution.input_tokens, execution.output_tokens) {
        (0, 0) => String::new(),
        (read, written) => format!("{read} → {written}"),
    }
}

/// The list with its next page.
async fn continued(list: Loader<ExecutionList>, filter: &Filter, after: String) -> Answer<ExecutionList> {
    let next = api::executions::list(filter, Some(after), PAGE).await?;
    let mut longer = list.ready_untracked().unwrap_or_default();
    longer.executions.extend(next.executions);
    longer.next = next.next;
    Ok(longer)
}

/// Asks again while something runs and only the first page is shown, so that nothing loaded is lost.
fn follow(list: Loader<ExecutionList>, filter: Memo<Filter>) {
    spawn_local(async move {
        loop {
            TimeoutFuture::new(PULSE).await;
            // The memo goes with the page, and with it this loop.
            let Some(filter) = filter.try_get_untracked() else { return };
            let known = list.ready_untracked().unwrap_or_default().executions;
            let runs = known.iter().any(|execution| !execution.status.is_final());
            if runs && known.len() <= PAGE as usize {
                list.load(async move { api::executions::list(&filter, None, PAGE).await });
            }
        }
    });
}

fn address(filter: &Filter) -> String {
    let pairs = [
        ("flow", filter.flow.as_deref()),
        ("status", filter.status.map(Status::name)),
        ("search", filter.search.as_deref()),
    ];
    let given = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", api::encode(value?))));
    let query = given.collect::<Vec<_>>().join("&");
    if query.is_empty() { "/executions".to_owned() } else { format!("/executions?{query}") }
}

fn given(value: String) -> Option<String> {
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_in_the_address() {
        assert_eq!(address(&Filter::default()), "/executions");
        let filter =
            Filter { flow: Some("A/B".into()), status: Some(Status::TimedOut), search: Some("a b".into()) };
        assert_eq!(address(&filter), "/executions?flow=A%2FB&status=TimedOut&search=a%20b");
    }
}
