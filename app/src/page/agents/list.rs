//! The agents, each with what it is made of; without any, what one is for.

use flow::wire::{Agent, AgentTool};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Open, Page};
use crate::api;
use crate::ui::dialog::Confirm;
use crate::ui::toast::use_toasts;

#[component]
pub fn List(agents: Vec<Agent>) -> impl IntoView {
    let page: Page = expect_context();
    if agents.is_empty() {
        return view! {
            <section class="box teach" aria-labelledby="teach-agents">
                <div>
                    <h2 id="teach-agents">"An agent is a model that works on its own"</h2>
                    <p class="dim">
                        "A Prompt answers once. An agent calls tools, looks at what they say, and goes on until it has an answer."
                    </p>
                </div>
                <ol>
                    <li>
                        <b>"Instruct it"</b>
                        <span>"Say what it is there for, and choose a model that can use tools."</span>
                    </li>
                    <li>
                        <b>"Give it tools"</b>
                        <span>"Functions of yours, other flows, knowledge bases, or what an MCP server has. It may ask people back."</span>
                    </li>
                    <li>
                        <b>"Ask it in a flow"</b>
                        <span>"Add an Agent node and choose it. The trace shows every step."</span>
                    </li>
                </ol>
                <div>
                    <button type="button" class="btn primary" on:click=page.opens(Open::NewAgent)>
                        "Make the first agent"
                    </button>
                </div>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="box" aria-label="Agents">
            {agents.into_iter().map(|agent| view! { <Row agent /> }).collect_view()}
        </section>
    }
    .into_any()
}

#[component]
fn Row(agent: Agent) -> impl IntoView {
    let page: Page = expect_context();
    let (edit_label, delete_label) = (format!("Edit {}", agent.name), format!("Delete {}", agent.name));
    let about = about(&agent);
    let (edit, delete) =
        (page.opens(Open::EditAgent(agent.clone())), page.opens(Open::DeleteAgent(agent.clone())));
    view! {
        <div class="line-item">
            <div class="about">
                <b>{agent.name}</b>
                {(!agent.description.is_empty()).then(|| view! { <span class="dim">{agent.description}</span> })}
                <span class="dim small">{about}</span>
                <span class="faint small mono">{agent.arn}</span>
            </div>
            <button type="button" class="btn" aria-label=edit_label on:click=edit>
                "Edit"
            </button>
            <button type="button" class="btn danger" aria-label=delete_label on:click=delete>
                "Delete"
            </button>
        </div>
    }
}

/// What an agent is made of, in a line.
fn about(agent: &Agent) -> String {
    let model = if agent.model.is_empty() { "the default model" } else { &agent.model };
    let tools = agent.tools.iter().map(|tool| match tool {
        AgentTool::Function { name, .. }
        | AgentTool::Flow { name, .. }
        | AgentTool::KnowledgeBase { name, .. }
        | AgentTool::Agent { name, .. } => name.clone(),
        AgentTool::Mcp { server, .. } => format!("the tools of {server}"),
    });
    let tools: Vec<String> = tools.chain(agent.asks_back.then(|| "asks back".to_owned())).collect();
    let tools = if tools.is_empty() { "no tools".to_owned() } else { tools.join(", ") };
    format!("{model} · {tools} · at most {} steps", agent.step_limit)
}

#[component]
pub fn DeleteAgent(agent: Agent) -> impl IntoView {
    let page: Page = expect_context();
    let toasts = use_toasts();
    let title = format!("Delete “{}”?", agent.name);
    let message =
        "Agent nodes that name it will fail, and ARNs that are bound to it lead nowhere.".to_owned();
    let id = StoredValue::new(agent.id);
    let delete = Callback::new(move |()| {
        let id = id.get_value();
        spawn_local(async move {
            match api::agents::delete(&id).await {
                Ok(()) => page.reload(),
                Err(error) => toasts.fail(error),
            }
            page.open.try_set(None);
        });
    });
    view! { <Confirm title message action="Delete" on_confirm=delete on_close=page.close() /> }
}
