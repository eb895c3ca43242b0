//! Agent: which agent it asks, and the way to bind an ARN of elsewhere to one of here.

use flow::check::Field;
use flow::definition::{Configuration, Node};
use flow::node::agent::{PROMPT, SESSION, parts};
use flow::wire::AgentList;
use leptos::prelude::*;
use leptos_router::components::A;

use super::bound::{Bound, Leads, LeadsNowhere};
use super::field::{Problems, is_wrong};
use crate::api;
use crate::editor::change::{set_agent, take_object};
use crate::editor::inputs;
use crate::editor::session::{Card, use_editor};
use crate::ui::dialog::Dialog;
use crate::ui::save::{SaveRow, Saving};
use crate::ui::toast::use_toasts;

pub const ICON: &str = "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 21c0-4 4-6 8-6s8 2 8 6";

/// The agents that the server has, as a context. What is open is the ARN whose binding is being made.
pub type Agents = Bound<AgentList, String>;

/// Asks for them.
pub fn provide() -> Agents {
    Bound::provide(|| Box::pin(api::agents::list()))
}

pub fn summary(node: &Node) -> String {
    let arn = arn(node);
    if arn.is_empty() {
        return "No agent chosen".to_owned();
    }
    let known = use_context::<Agents>().and_then(|agents| agents.list.ready());
    match known.as_ref().and_then(|list| list.find(arn)) {
        Some(agent) => agent.name.clone(),
        None => parts(arn).map_or_else(|| arn.to_owned(), |(agent, alias)| format!("{agent} / {alias}")),
    }
}

/// What is said on a card whose ARN leads to no agent; nothing where it does, or that is not known.
pub fn unbound(card: Card) -> Option<String> {
    let agents: Agents = use_context()?;
    let list = agents.list.ready()?;
    card.node
        .with(|node| {
            matches!(node.configuration, Some(Configuration::Agent(_)))
                && !arn(node).is_empty()
                && list.find(arn(node)).is_none()
        })
        .then(|| "No agent answers for this ARN yet.".to_owned())
}

pub fn form(card: Card) -> impl IntoView {
    // They may have been changed elsewhere.
    expect_context::<Agents>().reload();
    view! {
        <Choose card />
        <Answerer card />
        <More card />
    }
}

/// One of the agents of here. An ARN of elsewhere stays until another is chosen.
#[component]
fn Choose(card: Card) -> impl IntoView {
    let editor = use_editor();
    let agents: Agents = expect_context();
    let id = format!("agent-{}", card.id);
    let problems = format!("problems-{id}");
    let value = Memo::new(move |_| card.node.with(|node| arn(node).to_owned()));
    let choose = move |event| {
        let (name, arn) = (card.name(), event_target_value(&event));
        editor.change("Choose an agent", |document| set_agent(document, &name, &arn));
    };
    let foreign = move || {
        let (arn, list) = (value.get(), agents.list.ready().unwrap_or_default());
        (!arn.is_empty() && list.own(&arn).is_none()).then_some(arn)
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Agent"</label>
            <select
                class="select"
                id=id
                aria-invalid=move || is_wrong(card, &Field::Configuration).to_string()
                aria-describedby=problems.clone()
                prop:value=move || value.get()
                on:change=choose
            >
                <option value="" selected=move || value.get().is_empty()>
                    "Choose an agent"
                </option>
                {move || {
                    foreign()
                        .map(|arn| {
                            let shown = parts(&arn)
                                .map_or_else(|| arn.clone(), |(agent, alias)| format!("{agent} / {alias}"));
                            view! {
                                <option value=arn selected=true>
                                    {shown}
                                </option>
                            }
                        })
                }}
                {move || {
                    offered(&agents.list.ready().unwrap_or_default())
                        .into_iter()
                        .map(|(arn, name)| {
                            let own = arn.clone();
                            view! {
                                <option value=arn selected=move || value.get() == own>
                                    {name}
                                </option>
                            }
                        })
                        .collect_view()
                }}
            </select>
            <p class="hint">"Agents are made on the " <A href="/agents">"Agents page"</A> "."</p>
            <Problems card field=Field::Configuration id=problems />
        </div>
    }
}

/// What may be chosen: each agent, and each alias of one.
fn offered(list: &AgentList) -> Vec<(String, String)> {
    let aliases = list.aliases.iter().filter_map(|alias| {
        let agent = list.own(&alias.arn)?;
        Some((alias.arn.clone(), format!("{}, alias {} (version {})", agent.name, alias.name, alias.version)))
    });
    let agents = list.agents.iter().map(|agent| (agent.arn.clone(), agent.name.clone()));
    agents.chain(aliases).collect()
}

/// The inputs that it may have besides the text.
#[component]
fn More(card: Card) -> impl IntoView {
    let editor = use_editor();
    let toggle = move |input: &'static str, wanted: bool| {
        let name = card.name();
        match wanted {
            true => editor.change("Add an input", |document| take_object(document, &name, input)),
            false => editor.change("Remove an input", |document| inputs::remove(document, &name, input)),
        }
    };
    let one = move |input: &'static str, label: &'static str| {
        let there = Memo::new(move |_| card.node.with(|node| node.input(input).is_some()));
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || there.get()
                    on:change=move |event| toggle(input, event_target_checked(&event))
                />
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="field">
            <legend class="label">"More inputs"</legend>
            {one(PROMPT, "Attributes that the model is told")}
            {one(SESSION, "Attributes that only its functions get")}
        </fieldset>
    }
}

/// Which agent answers, and the way to change that for an ARN of elsewhere.
#[component]
fn Answerer(card: Card) -> impl IntoView {
    let agents: Agents = expect_context();
    let value = Memo::new(move |_| card.node.with(|node| arn(node).to_owned()));
    move || {
        let arn = value.get();
        if arn.is_empty() {
            return ().into_any();
        }
        agents.show(|list| match list.find(&arn) {
            Some(agent) => {
                let about = match agent.description.is_empty() {
                    true => format!("{} answers.", agent.name),
                    false => format!("{}: {}", agent.name, agent.description),
                };
                // One of here answers to its own ARN, whatever else is bound.
                match list.own(&arn).is_some() {
                    true => view! {
                        <div class="notice bound">
                            <p class="grow">{about}</p>
                        </div>
                    }
                    .into_any(),
                    false => view! {
                        <Leads action="Change binding" on_action=agents.opens(arn)>
                            {about}
                        </Leads>
                    }
                    .into_any(),
                }
            }
            None => view! {
                <LeadsNowhere action="Bind it" on_action=agents.opens(arn)>
                    "No agent of yours answers for this ARN, so the node cannot run."
                </LeadsNowhere>
            }
            .into_any(),
        })
    }
}

/// The dialog that binds an ARN to an agent, where it is open.
#[component]
pub fn AgentDialog() -> impl IntoView {
    let agents: Agents = expect_context();
    move || agents.open.get().map(|arn| view! { <BindAgent arn /> })
}

#[component]
fn BindAgent(arn: String) -> impl IntoView {
    let agents: Agents = expect_context();
    let toasts = use_toasts();
    let list = agents.list.ready_untracked().unwrap_or_default();
    let chosen = list.find(&arn).or(list.agents.first()).map(|agent| agent.id.clone()).unwrap_or_default();
    let (chosen, saving) = (RwSignal::new(chosen), Saving::default());
    let stored = StoredValue::new(arn.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (arn, agent) = (stored.get_value(), chosen.get_untracked());
        saving.run(async move { api::agents::bind(&arn, &agent).await }, move |_| {
            toasts.say("Bound the agent.");
            agents.reload();
            agents.open.try_set(None);
        });
    };
    let is_empty = list.agents.is_empty();
    view! {
        <Dialog title="Bind an agent" on_close=agents.close()>
            <form class="form" on:submit=submit>
                <div class="field">
                    <label for="agent-arn">"Alias ARN"</label>
                    <input id="agent-arn" class="input mono" readonly prop:value=arn />
                </div>
                <div class="field">
                    <label for="agent-bound">"Answered by"</label>
                    <select
                        id="agent-bound"
                        class="select"
                        required
                        on:change=move |event| chosen.set(event_target_value(&event))
                    >
                        {list
                            .agents
                            .into_iter()
                            .map(|agent| {
                                let id = agent.id.clone();
                                view! {
                                    <option value=agent.id selected=move || chosen.get() == id>
                                        {agent.name}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                    {is_empty
                        .then(|| {
                            view! {
                                <p class="hint">
                                    "There is no agent yet. " <A href="/agents">"Make one on the Agents page"</A> "."
                                </p>
                            }
                        })}
                </div>
                <SaveRow saving on_close=agents.close() disabled=is_empty />
            </form>
        </Dialog>
    }
}

/// The ARN of an Agent node.
fn arn(node: &Node) -> &str {
    match &node.configuration {
        Some(Configuration::Agent(agent)) => &agent.agent_alias_arn,
        _ => "",
    }
}
