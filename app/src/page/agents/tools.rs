//! The tools of an agent as they are edited: a function, a flow, a knowledge base, another agent, or what an MCP server
//! has.

use flow::wire::{AgentList, AgentTool, FlowList, FunctionList, KnowledgeBaseList};
use leptos::prelude::*;
use serde_json::Value;

use super::Page;
use crate::api;
use crate::editor::prompt::labels;
use crate::ui::code_field::{CodeField, Language};
use crate::ui::icon::{Glyph, Icon};
use crate::ui::load::Loader;

/// What the field of a tool's parameters is called.
const SCHEMA: &str = "Parameters, as JSON schema";
/// What a new function's parameters look like.
const USUAL_SCHEMA: &str = r#"{
  "type": "object",
  "properties": { "order": { "type": "string", "description": "The order's number" } },
  "required": ["order"]
}"#;

#[derive(Clone, Copy)]
pub struct Tools {
    rows: RwSignal<Vec<Row>>,
    next: StoredValue<usize>,
    functions: Loader<FunctionList>,
    flows: Loader<FlowList>,
    bases: Loader<KnowledgeBaseList>,
    agents: Loader<AgentList>,
}

/// Its id keeps the focus where it is while others come and go.
#[derive(Clone, Copy)]
struct Row {
    id: usize,
    kind: Kind,
    name: RwSignal<String>,
    description: RwSignal<String>,
    /// A function's ARN, a flow's name, a base's id, the ARN of an agent's alias, a server's name.
    target: RwSignal<String>,
    alias: RwSignal<String>,
    schema: RwSignal<String>,
    /// Names of a server's tools, apart by commas; all where it is empty.
    only: RwSignal<String>,
    /// Whether another agent is told what was said before.
    tells_history: RwSignal<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Function,
    Flow,
    Base,
    Agent,
    Mcp,
}

impl Tools {
    pub fn new(tools: Vec<AgentTool>) -> Self {
        let rows: Vec<Row> = tools.into_iter().enumerate().map(|(id, tool)| Row::of(id, tool)).collect();
        let (next, rows) = (StoredValue::new(rows.len()), RwSignal::new(rows));
        let (functions, flows, bases) = (Loader::default(), Loader::default(), Loader::default());
        let tools = Self { rows, next, functions, flows, bases, agents: Loader::default() };
        tools.functions.load(api::functions::list());
        tools.flows.load(api::flows::list());
        tools.bases.load(api::knowledge::list());
        tools.agents.load(api::agents::list());
        tools
    }

    fn add(self, kind: Kind) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let row = Row::blank(id, kind);
        self.rows.update(|rows| rows.push(row));
    }

    /// As the server takes them.
    ///
    /// # Errors
    /// What a person has to mend first.
    pub fn put(self) -> Result<Vec<AgentTool>, String> {
        self.rows.with_untracked(|rows| rows.iter().map(|row| row.put()).collect())
    }
}

impl Row {
    fn blank(id: usize, kind: Kind) -> Self {
        Self {
            id,
            kind,
            name: RwSignal::new(String::new()),
            description: RwSignal::new(String::new()),
            target: RwSignal::new(String::new()),
            alias: RwSignal::new("live".to_owned()),
            schema: RwSignal::new(USUAL_SCHEMA.to_owned()),
            only: RwSignal::new(String::new()),
            tells_history: RwSignal::new(false),
        }
    }

    fn of(id: usize, tool: AgentTool) -> Self {
        match tool {
            AgentTool::Function { name, description, arn, parameters } => {
                let row = Self::blank(id, Kind::Function);
                row.schema.set(serde_json::to_string_pretty(&parameters).unwrap_or_default());
                row.named(name, description, arn)
            }
            AgentTool::Flow { name, description, flow, alias } => {
                let row = Self::blank(id, Kind::Flow);
                row.alias.set(alias);
                row.named(name, description, flow)
            }
            AgentTool::KnowledgeBase { name, description, base } => {
                Self::blank(id, Kind::Base).named(name, description, base)
            }
            AgentTool::Agent { name, description, arn, tells_history } => {
                let row = Self::blank(id, Kind::Agent);
                row.tells_history.set(tells_history);
                row.named(name, description, arn)
            }
            AgentTool::Mcp { server, tools } => {
                let row = Self::blank(id, Kind::Mcp);
                row.only.set(tools.unwrap_or_default().join(", "));
                row.named(String::new(), String::new(), server)
            }
        }
    }

    fn named(self, name: String, description: String, target: String) -> Self {
        self.name.set(name);
        self.description.set(description);
        self.target.set(target);
        self
    }

    fn put(self) -> Result<AgentTool, String> {
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let (name, description, target) = (text(self.name), text(self.description), text(self.target));
        Ok(match self.kind {
            Kind::Function => {
                let parameters: Value = serde_json::from_str(&text(self.schema))
                    .map_err(|error| format!("The parameters of {name} are no JSON yet: {error}."))?;
                AgentTool::Function { name, description, arn: target, parameters }
            }
            Kind::Flow => AgentTool::Flow { name, description, flow: target, alias: text(self.alias) },
            Kind::Base => AgentTool::KnowledgeBase { name, description, base: target },
            Kind::Agent => {
                let tells_history = self.tells_history.get_untracked();
                AgentTool::Agent { name, description, arn: target, tells_history }
            }
            Kind::Mcp => {
                let tools = labels(&text(self.only));
                AgentTool::Mcp { server: target, tools: (!tools.is_empty()).then_some(tools) }
            }
        })
    }
}

#[component]
pub fn ToolRows(tools: Tools) -> impl IntoView {
    let add = |label: &'static str, kind: Kind| {
        view! {
            <button type="button" class="btn small" on:click=move |_| tools.add(kind)>
                <Icon glyph=Glyph::Plus />
                {label}
            </button>
        }
    };
    view! {
        <fieldset class="map">
            <legend>"Tools"</legend>
            <For each=move || tools.rows.get() key=|row| row.id let:row>
                <OneTool row tools />
            </For>
            <div class="row wrap">
                {add("Function", Kind::Function)} {add("Flow", Kind::Flow)} {add("Knowledge base", Kind::Base)}
                {add("Agent", Kind::Agent)} {add("MCP server", Kind::Mcp)}
            </div>
        </fieldset>
    }
}

#[component]
fn OneTool(row: Row, tools: Tools) -> impl IntoView {
    let (label, body) = match row.kind {
        Kind::Function => ("Function", view! { <FunctionFields row functions=tools.functions /> }.into_any()),
        Kind::Flow => ("Flow", view! { <FlowFields row flows=tools.flows /> }.into_any()),
        Kind::Base => ("Knowledge base", view! { <BaseFields row bases=tools.bases /> }.into_any()),
        Kind::Agent => ("Agent", view! { <AgentFields row agents=tools.agents /> }.into_any()),
        Kind::Mcp => ("MCP server", view! { <ServerFields row /> }.into_any()),
    };
    view! {
        <div class="tool-row" role="group" aria-label=label>
            <div class="row">
                <span class="chip">{label}</span>
                <span class="grow"></span>
                <button
                    type="button"
                    class="btn quiet icon"
                    aria-label="Remove this tool"
                    on:click=move |_| tools.rows.update(|rows| rows.retain(|other| other.id != row.id))
                >
                    <Icon glyph=Glyph::Trash />
                </button>
            </div>
            {body}
        </div>
    }
}

/// By which the model knows it, and when it is to call it.
#[component]
fn Named(row: Row, example: &'static str) -> impl IntoView {
    let (name, about) = (format!("tool-name-{}", row.id), format!("tool-about-{}", row.id));
    view! {
        <div class="two">
            <div class="field">
                <label for=name.clone()>"Tool name"</label>
                <input
                    id=name
                    class="input mono"
                    required
                    maxlength="64"
                    pattern="[A-Za-z0-9_\\-]+"
                    title="Letters, digits, - and _"
                    placeholder=example
                    autocomplete="off"
                    prop:value=row.name
                    on:input=move |event| row.name.set(event_target_value(&event))
                />
            </div>
            <div class="field">
                <label for=about.clone()>"When to use it"</label>
                <input
                    id=about
                    class="input"
                    required
                    placeholder="Finds an order by its number"
                    autocomplete="off"
                    prop:value=row.description
                    on:input=move |event| row.description.set(event_target_value(&event))
                />
            </div>
        </div>
    }
}

#[component]
fn FunctionFields(row: Row, functions: Loader<FunctionList>) -> impl IntoView {
    let (arn, list, schema) =
        (format!("tool-arn-{}", row.id), format!("tool-arns-{}", row.id), format!("tool-schema-{}", row.id));
    view! {
        <Named row example="find_order" />
        <div class="field">
            <label for=arn.clone()>"Function ARN"</label>
            <input
                id=arn
                class="input mono"
                required
                list=list.clone()
                spellcheck="false"
                autocomplete="off"
                placeholder="arn:aws:lambda:us-east-1:123456789012:function:lookup"
                prop:value=row.target
                on:input=move |event| row.target.set(event_target_value(&event))
            />
            <datalist id=list>
                {move || {
                    functions
                        .ready()
                        .unwrap_or_default()
                        .functions
                        .into_iter()
                        .map(|function| view! { <option value=function.arn>{function.url}</option> })
                        .collect_view()
                }}
            </datalist>
            <span class="hint">"The Connections page binds it to an address. It gets the event of AWS\u{2019}s agents."</span>
        </div>
        <div class="field">
            <label for=schema.clone()>{SCHEMA}</label>
            <CodeField
                language=Language::Json
                id=schema
                label=Signal::stored(SCHEMA.to_owned())
                value=row.schema
                on_text=Callback::new(move |text| row.schema.set(text))
            />
        </div>
    }
}

#[component]
fn FlowFields(row: Row, flows: Loader<FlowList>) -> impl IntoView {
    let (flow, list, alias) =
        (format!("tool-flow-{}", row.id), format!("tool-flows-{}", row.id), format!("tool-alias-{}", row.id));
    view! {
        <Named row example="summarise" />
        <div class="two">
            <div class="field">
                <label for=flow.clone()>"Flow"</label>
                <input
                    id=flow
                    class="input"
                    required
                    list=list.clone()
                    autocomplete="off"
                    placeholder="support-triage"
                    prop:value=row.target
                    on:input=move |event| row.target.set(event_target_value(&event))
                />
                <datalist id=list>
                    {move || {
                        flows
                            .ready()
                            .unwrap_or_default()
                            .flows
                            .into_iter()
                            .map(|flow| view! { <option value=flow.name>{flow.title}</option> })
                            .collect_view()
                    }}
                </datalist>
            </div>
            <div class="field">
                <label for=alias.clone()>"Alias"</label>
                <input
                    id=alias
                    class="input"
                    required
                    autocomplete="off"
                    placeholder="live"
                    prop:value=row.alias
                    on:input=move |event| row.alias.set(event_target_value(&event))
                />
            </div>
        </div>
        <p class="hint">"The flow gets the argument “input”. Flows call each other at most four deep."</p>
    }
}

#[component]
fn BaseFields(row: Row, bases: Loader<KnowledgeBaseList>) -> impl IntoView {
    let known = Signal::derive(move || {
        let list = bases.ready()?;
        // An id that a base answers to stays as it is.
        let chosen = row.target.get();
        let here = list.find(&chosen).map(|base| base.id.clone());
        let id = |id: String| if here.as_ref() == Some(&id) { chosen.clone() } else { id };
        Some(list.knowledge_bases.into_iter().map(|base| (id(base.id), base.name)).collect())
    });
    view! {
        <Named row example="handbook" />
        <Choice row label="Knowledge base" empty="Choose a knowledge base" known />
        <p class="hint">
            "It gets the argument “query” and gives the passages that fit best. The Knowledge page has its documents."
        </p>
    }
}

#[component]
fn AgentFields(row: Row, agents: Loader<AgentList>) -> impl IntoView {
    let known = Signal::derive(move || agents.ready().map(|list| others(&list)));
    view! {
        <Named row example="ask_billing" />
        <Choice row label="Agent" empty="Choose an agent" known />
        <label class="check">
            <input
                type="checkbox"
                prop:checked=row.tells_history
                on:change=move |event| row.tells_history.set(event_target_checked(&event))
            />
            "Tell it what was said before"
        </label>
        <p class="hint">"It gets the argument “message” and answers. Agents ask each other at most four deep."</p>
    }
}

/// The agents, and their aliases, as (ARN, name).
fn others(list: &AgentList) -> Vec<(String, String)> {
    let agents = list.agents.iter().map(|agent| (agent.arn.clone(), agent.name.clone()));
    let aliases = list.aliases.iter().filter_map(|alias| {
        let agent = list.agents.iter().find(|agent| agent.id == alias.agent)?;
        Some((alias.arn.clone(), format!("{}, {}", agent.name, alias.name)))
    });
    agents.chain(aliases).collect()
}

/// One of those that are known, as (value, name); what is chosen and not among them stays, and is said not to be here.
/// None are known before the list is there.
#[component]
fn Choice(
    row: Row,
    label: &'static str,
    empty: &'static str,
    #[prop(into)] known: Signal<Option<Vec<(String, String)>>>,
) -> impl IntoView {
    let id = format!("tool-choice-{}", row.id);
    let options = move || {
        let chosen = row.target.get();
        let known = known.get();
        let other = match &known {
            _ if chosen.is_empty() => Some(empty.to_owned()),
            Some(known) if known.iter().any(|(value, _)| *value == chosen) => None,
            Some(_) => Some(format!("{chosen}, which is not here")),
            None => Some(chosen.clone()),
        };
        let other = other.map(|name| (chosen.clone(), name));
        other
            .into_iter()
            .chain(known.unwrap_or_default())
            .map(|(value, name)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected>{name}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select
                id=id
                class="select"
                required
                on:change=move |event| row.target.set(event_target_value(&event))
            >
                {options}
            </select>
        </div>
    }
}

#[component]
fn ServerFields(row: Row) -> impl IntoView {
    let page: Page = expect_context();
    let only = format!("tool-only-{}", row.id);
    let known = Signal::derive(move || {
        let servers = page.servers.ready()?.servers.into_iter();
        Some(servers.map(|server| (server.name.clone(), server.name)).collect())
    });
    view! {
        <div class="two">
            <Choice row label="Server" empty="Choose a server" known />
            <div class="field">
                <label for=only.clone()>"Only these tools"</label>
                <input
                    id=only
                    class="input mono"
                    autocomplete="off"
                    placeholder="all"
                    prop:value=row.only
                    on:input=move |event| row.only.set(event_target_value(&event))
                />
            </div>
        </div>
        <p class="hint">"The servers are on this page. Names apart by commas; empty means all."</p>
    }
}
