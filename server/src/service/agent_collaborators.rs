//! Agents that lead others, as AWS has them: the others are among the agent's tools.
//!
//! Always holds: who is led is what the Agents page shows; what AWS has besides is known by the tool's name.

use flow::node::agent;
use flow::wire::AgentTool;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Service;
use super::agent_versions::Content;
use crate::error::{Error, Result, missing};
use crate::{clock, id, store};

/// How an agent works with others, in AWS's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Collaboration {
    #[default]
    Disabled,
    Supervisor,
    /// Where one alone is asked at once, its answer is the answer.
    SupervisorRouter,
}

/// What only AWS's API shows of an agent that another one leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub id: String,
    pub client_token: Option<String>,
    pub created_at: u64,
    pub updated_at: u64,
}

/// What an agent that is led shall be.
#[derive(Clone, Debug, PartialEq)]
pub struct PutCollaborator {
    pub name: String,
    /// When it is to be asked.
    pub instruction: String,
    /// The ARN of its alias.
    pub arn: String,
    pub tells_history: bool,
}

impl PutCollaborator {
    fn of(tool: &AgentTool) -> Option<Self> {
        let AgentTool::Agent { name, description, arn, tells_history } = tool else { return None };
        Some(Self {
            name: name.clone(),
            instruction: description.clone(),
            arn: arn.clone(),
            tells_history: *tells_history,
        })
    }

    fn tool(self) -> AgentTool {
        AgentTool::Agent {
            name: self.name,
            description: self.instruction,
            arn: self.arn,
            tells_history: self.tells_history,
        }
    }
}

/// An agent that another one leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Collaborator {
    pub put: PutCollaborator,
    pub known: Known,
}

impl Content {
    /// How it works with others: one that has some leads them.
    pub fn collaboration(&self) -> Collaboration {
        let leads = self.agent.tools.iter().any(|tool| matches!(tool, AgentTool::Agent { .. }));
        match self.details.collaboration {
            Collaboration::Disabled if leads => Collaboration::Supervisor,
            said => said,
        }
    }

    /// Whether it may be prepared as it works with others.
    pub(super) fn check_collaboration(&self) -> Result<()> {
        let leads = self.agent.tools.iter().any(|tool| matches!(tool, AgentTool::Agent { .. }));
        if self.details.collaboration == Collaboration::Disabled || leads {
            return Ok(());
        }
        let message = "The agent leads no others yet. Call AssociateAgentCollaborator first, or UpdateAgent with DISABLED.";
        Err(Error::invalid("agentCollaboration", message))
    }

    /// Those that it leads. `made` and `changed` are when the agent was, for those of the Agents page.
    pub fn collaborators(&self, made: u64, changed: u64) -> Vec<Collaborator> {
        let led = self.agent.tools.iter().filter_map(PutCollaborator::of);
        led.map(|put| {
            let known = self.details.collaborators.get(&put.name).cloned();
            let of_the_page = || Known {
                id: of_name(&put.name),
                client_token: None,
                created_at: made,
                updated_at: changed,
            };
            Collaborator { known: known.unwrap_or_else(of_the_page), put }
        })
        .collect()
    }

    /// The one of this id.
    pub fn collaborator(&self, id: &str, made: u64, changed: u64) -> Result<Collaborator> {
        let found = self.collaborators(made, changed).into_iter().find(|led| led.known.id == id);
        found.ok_or_else(|| missing("collaborator", id)(store::Error::NotFound))
    }

    /// Adds one, or puts it where `known_as` was.
    fn put_collaborator(&mut self, put: PutCollaborator, known: Known, known_as: Option<&str>) -> Result<()> {
        let names = self.agent.tools.iter().filter_map(name_of);
        if names.filter(|name| Some(*name) != known_as).any(|name| name == put.name) {
            let message = format!("The agent has a tool {} already. Choose another name.", put.name);
            return Err(Error::Conflict { code: "name_taken", message });
        }
        if let Some(name) = known_as {
            self.remove_collaborator(name);
        }
        self.details.collaborators.insert(put.name.clone(), known);
        self.agent.tools.push(put.tool());
        Ok(())
    }

    fn remove_collaborator(&mut self, name: &str) {
        self.agent.tools.retain(|tool| PutCollaborator::of(tool).is_none_or(|led| led.name != name));
        self.details.collaborators.remove(name);
    }
}

/// The name by which a model calls a tool.
fn name_of(tool: &AgentTool) -> Option<&str> {
    match tool {
        AgentTool::Agent { name, .. }
        | AgentTool::Flow { name, .. }
        | AgentTool::Function { name, .. }
        | AgentTool::KnowledgeBase { name, .. } => Some(name),
        AgentTool::Mcp { .. } => None,
    }
}

/// The id of one that the Agents page added: the same as long as its name is.
fn of_name(name: &str) -> String {
    hex::encode_upper(&Sha256::digest(name.as_bytes())[..5])
}

impl Service {
    /// Lets an agent's draft lead another agent. With a token that did so before, answers that one.
    pub async fn associate_collaborator(
        &self,
        agent: &str,
        put: PutCollaborator,
        token: Option<String>,
    ) -> Result<Collaborator> {
        self.check_led(agent, &put).await?;
        let now = clock::now();
        let known = Known { id: id::short()?, client_token: token.clone(), created_at: now, updated_at: now };
        let mut id = known.id.clone();
        let change = |content: &mut Content| {
            let same = |known: &&Known| token.is_some() && known.client_token == token;
            if let Some(made) = content.details.collaborators.values().find(same) {
                id.clone_from(&made.id);
                return Ok(());
            }
            if content.collaboration() == Collaboration::Disabled {
                let message =
                    "The agent leads no others. Call UpdateAgent with SUPERVISOR or SUPERVISOR_ROUTER first.";
                return Err(Error::invalid("agentCollaboration", message));
            }
            content.put_collaborator(put, known, None)
        };
        self.change_agent_draft(agent, change).await?.content.collaborator(&id, now, now)
    }

    /// Replaces what an agent's draft says of one that it leads.
    pub async fn update_collaborator(
        &self,
        agent: &str,
        id: &str,
        put: PutCollaborator,
    ) -> Result<Collaborator> {
        self.check_led(agent, &put).await?;
        let now = clock::now();
        let draft = self.agent_draft(agent).await?;
        let change = |content: &mut Content| {
            let Collaborator { put: before, known } =
                content.collaborator(id, draft.created_at, draft.updated_at)?;
            content.put_collaborator(put, Known { updated_at: now, ..known }, Some(&before.name))
        };
        self.change_agent_draft(agent, change).await?.content.collaborator(id, now, now)
    }

    /// Lets an agent's draft lead one no more.
    pub async fn disassociate_collaborator(&self, agent: &str, id: &str) -> Result<()> {
        let change = |content: &mut Content| {
            let name = content.collaborator(id, 0, 0)?.put.name;
            content.remove_collaborator(&name);
            Ok(())
        };
        self.change_agent_draft(agent, change).await.map(drop)
    }

    /// Whether an agent may lead this one: another one, which is here.
    async fn check_led(&self, agent: &str, put: &PutCollaborator) -> Result<()> {
        const FIELD: &str = "agentDescriptor.aliasArn";
        let Some((led, alias)) = agent::parts(&put.arn) else {
            return Err(Error::invalid(FIELD, "Name the other agent by the ARN of its alias."));
        };
        if led == agent {
            return Err(Error::invalid(FIELD, "An agent does not lead itself. Name another one."));
        }
        match self.agent_registry.find(led, alias) {
            Some(_) => Ok(()),
            None => Err(Error::NotFound { what: "alias of an agent", name: put.arn.clone() }),
        }
    }
}
