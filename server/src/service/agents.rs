//! Agents: what they are, and which ARNs of elsewhere lead to them.
//!
//! Always holds: an agent that is saved here is prepared by it, so that its test alias answers as it is saved; its name
//! and the names of its tools are each another's.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use flow::wire::{
    Agent, AgentAlias, AgentBinding, AgentList, AgentTool, BindAgent, MOST_STEPS, PutAgent, USUAL_STEPS,
};
use serde_json::Value;

use super::agent_versions::{Content, Details, Draft};
use super::functions::check_arn;
use super::{Service, check_tags};
use crate::arn::TEST_ALIAS;
use crate::error::{Error, Result, missing};
use crate::node::agent::{ASK_USER, Callable, State};
use crate::store::{self, AgentAliasRow, AgentRow, BindingRow, Tags};
use crate::{arn, clock, id};

/// The agent of the template that shows one at work.
pub const SAMPLE: &str = "FRONTDESK2";
/// The longest name, in characters.
const LONGEST_NAME: usize = 100;
/// AWS's longest instructions, in characters.
const LONGEST_INSTRUCTIONS: usize = 20_000;
const LONGEST_DESCRIPTION: usize = 1_000;
const MOST_TOOLS: usize = 50;
/// The longest name of a tool that models take.
const LONGEST_TOOL: usize = 64;

impl Service {
    /// Lets runs know the stored agents and servers of tools. To be called at the start and after changes.
    pub async fn load_agents(&self) -> Result<()> {
        // One at a time: whoever reads last has read the newest.
        let _loading = self.found.loading.lock().await;
        let tests = self.store.agents().await?.into_iter();
        let tests: BTreeMap<String, _> =
            tests.map(|row| Ok((row.id.clone(), test_alias(row)?))).collect::<Result<_>>()?;
        let bindings = self.store.agent_bindings().await?.into_iter();
        let mut agents: BTreeMap<String, Callable> =
            bindings.filter_map(|bound| Some((bound.arn, tests.get(&bound.agent_id)?.clone()))).collect();
        agents.extend(tests.into_iter().map(|(id, test)| (arn::of_agent_alias(&id, TEST_ALIAS), test)));
        agents.extend(self.callable_aliases().await?);
        self.agent_registry.set(State { agents, servers: self.mcp_bindings().await? });
        Ok(())
    }

    /// The agents, and what leads to them.
    pub async fn agents(&self) -> Result<AgentList> {
        let agents = self.store.agents().await?.into_iter().map(on_the_wire).collect::<Result<_>>()?;
        let bindings = self.store.agent_bindings().await?.into_iter();
        let bindings = bindings.map(|row| AgentBinding { arn: row.arn, agent: row.agent_id }).collect();
        let aliases = self.store.agent_aliases(None).await?.into_iter().map(alias_on_the_wire).collect();
        Ok(AgentList { agents, bindings, aliases })
    }

    /// The agent of this id or name.
    pub async fn agent(&self, agent: &str) -> Result<Agent> {
        on_the_wire(self.store.agent(agent).await.map_err(missing("agent", agent))?)
    }

    /// Makes an agent.
    pub async fn create_agent(&self, put: PutAgent) -> Result<Agent> {
        self.save_agent(id::short()?, put, None).await
    }

    /// Replaces the agent of this id or name.
    pub async fn put_agent(&self, agent: &str, put: PutAgent) -> Result<Agent> {
        let _changing = self.agent_changes.lock().await;
        let known = self.store.agent(agent).await.map_err(missing("agent", agent))?;
        self.save_agent(known.id.clone(), put, Some(known)).await
    }

    /// Saves an agent, which prepares it.
    async fn save_agent(&self, id: String, put: PutAgent, known: Option<AgentRow>) -> Result<Agent> {
        let mut draft = match known {
            Some(row) => Draft::read(row)?,
            None => Draft::new(id, Content { agent: put.clone(), details: Details::default() }),
        };
        draft.content.agent = put;
        draft.prepare();
        on_the_wire(self.write_agent(draft, Tags::new()).await?)
    }

    /// Writes an agent down as it is, and adds tags to it; what is stored.
    pub(super) async fn write_agent(&self, mut draft: Draft, tags: Tags) -> Result<AgentRow> {
        check_tags(&tags)?;
        draft.content.agent = checked(draft.content.agent)?;
        let (name, row) = (draft.content.agent.name.clone(), draft.row()?);
        let (service, stored) = (self.clone(), row.clone());
        self.whole_change(async move {
            service.store.put_agent(stored, tags).await.map_err(|error| match error {
                store::Error::Taken(_) => Error::Conflict {
                    code: "name_taken",
                    message: format!("There is an agent {name} already. Give this one another name."),
                },
                other => other.into(),
            })?;
            service.load_agents().await
        })
        .await?;
        Ok(row)
    }

    /// Deletes the agent of this id or name, and what leads to it.
    pub async fn delete_agent(&self, agent: &str) -> Result<()> {
        let _changing = self.agent_changes.lock().await;
        let known = self.agent(agent).await?;
        self.drop_agent(known.id).await
    }

    /// Deletes the agent of this id, while nothing else changes it.
    pub(super) async fn drop_agent(&self, id: String) -> Result<()> {
        let service = self.clone();
        self.whole_change(async move {
            service.store.delete_agent(id.clone()).await.map_err(missing("agent", &id))?;
            service.load_agents().await
        })
        .await
    }

    /// Binds an ARN of elsewhere to an agent.
    pub async fn bind_agent(&self, arn: &str, bind: BindAgent) -> Result<AgentBinding> {
        check_arn(arn)?;
        let Ok(agent) = self.store.agent(&bind.agent).await else {
            let message = format!("There is no agent {}. GET /api/agents lists them.", bind.agent);
            return Err(Error::invalid("agent", message));
        };
        let row = BindingRow { arn: arn.to_owned(), agent_id: agent.id.clone() };
        let service = self.clone();
        self.whole_change(async move {
            service.store.put_agent_binding(row, clock::now()).await?;
            service.load_agents().await
        })
        .await?;
        Ok(AgentBinding { arn: arn.to_owned(), agent: agent.id })
    }

    /// Deletes a binding.
    pub async fn unbind_agent(&self, arn: &str) -> Result<()> {
        let (service, arn) = (self.clone(), arn.to_owned());
        self.whole_change(async move {
            service.store.delete_agent_binding(arn.clone()).await.map_err(missing("binding", &arn))?;
            service.load_agents().await
        })
        .await
    }

    /// Makes the agent of the template that shows one, where it is not there.
    pub async fn ensure_sample_agent(&self) -> Result<()> {
        match self.store.agent(SAMPLE).await {
            Ok(_) => return Ok(()),
            Err(store::Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        let names: HashSet<String> = self.store.agents().await?.into_iter().map(|row| row.name).collect();
        let mut sample = flow::templates::sample_agent();
        let plain = sample.name.clone();
        let mut others = (2..).map(|number| format!("{plain} {number}"));
        while names.contains(&sample.name) {
            sample.name = others.next().unwrap_or_default();
        }
        self.save_agent(SAMPLE.to_owned(), sample, None).await.map(drop)
    }
}

fn on_the_wire(row: AgentRow) -> Result<Agent> {
    Ok(agent(&row.id, TEST_ALIAS, serde_json::from_str(&row.body)?, row.updated_at))
}

fn alias_on_the_wire(row: AgentAliasRow) -> AgentAlias {
    let arn = arn::of_agent_alias(&row.agent_id, &row.id);
    AgentAlias { arn, agent: row.agent_id, name: row.name, version: row.version }
}

/// An agent as this alias of it answers.
pub(super) fn agent(id: &str, alias: &str, put: PutAgent, updated_at: u64) -> Agent {
    Agent {
        id: id.to_owned(),
        arn: arn::of_agent_alias(id, alias),
        name: put.name,
        description: put.description,
        instructions: put.instructions,
        model: put.model,
        tools: put.tools,
        step_limit: put.step_limit,
        asks_back: put.asks_back,
        updated_at,
    }
}

/// What answers for an agent's test alias: the agent as it was last prepared.
fn test_alias(row: AgentRow) -> Result<Callable> {
    let Some(prepared) = row.prepared else {
        return Ok(Err(format!(
            "The agent {} is not prepared. Call PrepareAgent, or save it on the Agents page.",
            row.name
        )));
    };
    let content: Content = serde_json::from_str(&prepared)?;
    Ok(Ok(Arc::new(content.serving(&row.id, TEST_ALIAS, None, row.prepared_at))))
}

/// An agent as it may be stored.
fn checked(put: PutAgent) -> Result<PutAgent> {
    let name = put.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid(
            "name",
            format!("An agent has a name of at most {LONGEST_NAME} characters."),
        ));
    }
    for (field, text, most) in [
        ("description", &put.description, LONGEST_DESCRIPTION),
        ("instructions", &put.instructions, LONGEST_INSTRUCTIONS),
    ] {
        if text.chars().count() > most {
            return Err(Error::invalid(field, format!("This has at most {most} characters.")));
        }
    }
    if !(1..=MOST_STEPS).contains(&put.step_limit) {
        let message = format!("An agent takes between 1 and {MOST_STEPS} steps; {USUAL_STEPS} is usual.");
        return Err(Error::invalid("stepLimit", message));
    }
    check_tools(&put.tools)?;
    Ok(PutAgent { name, model: put.model.trim().to_owned(), ..put })
}

fn check_tools(tools: &[AgentTool]) -> Result<()> {
    let wrong = |message: String| Err(Error::invalid("tools", message));
    if tools.len() > MOST_TOOLS {
        return wrong(format!("An agent has at most {MOST_TOOLS} tools."));
    }
    let mut seen = HashSet::new();
    for tool in tools {
        let (name, description) = match tool {
            AgentTool::Mcp { server, .. } => {
                if !seen.insert(format!("MCP server {server}")) {
                    return wrong(format!("The MCP server {server} is there twice."));
                }
                continue;
            }
            AgentTool::Function { name, description, arn, parameters } => {
                if check_arn(arn).is_err() {
                    return wrong(format!("The tool {name} needs the ARN of a function."));
                }
                check_schema(name, parameters)?;
                (name, description)
            }
            AgentTool::Flow { name, description, flow, alias } => {
                if flow.trim().is_empty() || alias.trim().is_empty() {
                    return wrong(format!("The tool {name} needs a flow and an alias of it."));
                }
                (name, description)
            }
            AgentTool::Agent { name, description, arn, .. } => {
                if flow::node::agent::parts(arn).is_none() {
                    return wrong(format!("The tool {name} needs the ARN of another agent's alias."));
                }
                (name, description)
            }
            AgentTool::KnowledgeBase { name, description, base } => {
                if base.trim().is_empty() {
                    return wrong(format!("The tool {name} needs a knowledge base."));
                }
                (name, description)
            }
        };
        let usual = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        if name.is_empty() || name.len() > LONGEST_TOOL || !name.chars().all(usual) {
            return wrong(format!(
                "«{name}» is no name of a tool: up to {LONGEST_TOOL} letters, digits, _ and -."
            ));
        }
        if description.trim().is_empty() {
            return wrong(format!("The tool {name} needs a description: the model chooses by it."));
        }
        if name == ASK_USER || !seen.insert(name.clone()) {
            return wrong(format!("There is a tool {name} already."));
        }
    }
    Ok(())
}

/// What a model is told of a function's arguments has to be a schema of an object.
fn check_schema(name: &str, schema: &Value) -> Result<()> {
    let wrong = |what: &str| {
        let message = format!(
            "The parameters of {name} are no JSON schema of an object: {what}. Such as \
             {{\"type\": \"object\", \"properties\": {{\"order\": {{\"type\": \"string\"}}}}, \"required\": [\"order\"]}}."
        );
        Err(Error::invalid("tools", message))
    };
    if schema["type"] != "object" {
        return wrong("its type is not \"object\"");
    }
    match &schema["properties"] {
        Value::Null => {}
        Value::Object(members) if members.values().all(Value::is_object) => {}
        _ => return wrong("its properties are no objects by name"),
    }
    match &schema["required"] {
        Value::Null => Ok(()),
        Value::Array(names) if names.iter().all(Value::is_string) => Ok(()),
        _ => wrong("what is required is no list of names"),
    }
}
