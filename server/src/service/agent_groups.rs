//! What AWS has of an agent's tools: action groups of functions, and knowledge bases.
//!
//! Always holds: an agent's tools are what the Agents page shows; a group names which of them are its own, and keeps
//! them aside while it is disabled.

use std::collections::BTreeMap;

use flow::wire::AgentTool;
use serde::{Deserialize, Serialize};

use super::Service;
use super::agent_versions::Content;
use crate::error::{Error, Result, missing};
use crate::{clock, id, store};

/// Functions that one function here answers for, or the agent's right to ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub id: String,
    pub name: String,
    pub description: String,
    /// AWS's name of what it is instead of functions.
    pub signature: Option<String>,
    /// The ARN of the function that answers.
    pub lambda: Option<String>,
    pub is_enabled: bool,
    /// The names of its tools among the agent's; the tools themselves are aside while it is disabled.
    names: Vec<String>,
    aside: Vec<AgentTool>,
    pub client_token: Option<String>,
    pub created_at: u64,
    pub updated_at: u64,
}

/// What a group shall be.
#[derive(Clone, Debug)]
pub struct PutGroup {
    pub name: String,
    pub description: String,
    pub signature: Option<String>,
    pub lambda: Option<String>,
    pub is_enabled: bool,
    pub tools: Vec<AgentTool>,
}

/// A knowledge base that an agent has; aside from its tools while it is disabled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Base {
    pub id: String,
    pub description: String,
    pub is_enabled: bool,
}

impl Content {
    /// The names of the groups of its functions, by those of the functions.
    pub(super) fn group_names(&self) -> BTreeMap<String, String> {
        let of_group = |group: &Group| {
            let functions = self.functions(group).into_iter().filter_map(name_of);
            functions.map(|name| (name.to_owned(), group.name.clone())).collect::<Vec<_>>()
        };
        self.details.groups.iter().flat_map(of_group).collect()
    }

    /// The group of this id.
    pub fn group(&self, id: &str) -> Result<&Group> {
        let found = self.details.groups.iter().find(|group| group.id == id);
        found.ok_or_else(|| missing("action group", id)(store::Error::NotFound))
    }

    /// A group's functions, as they are now.
    pub fn functions<'a>(&'a self, group: &'a Group) -> Vec<&'a AgentTool> {
        let of_group = |tool: &&AgentTool| is_of(group, tool);
        self.agent.tools.iter().filter(of_group).chain(&group.aside).collect()
    }

    /// The knowledge bases, those that are disabled too.
    pub fn bases(&self) -> Vec<Base> {
        let enabled = self.agent.tools.iter().filter_map(|tool| match tool {
            AgentTool::KnowledgeBase { base, description, .. } => {
                Some(Base { id: base.clone(), description: description.clone(), is_enabled: true })
            }
            _ => None,
        });
        enabled.chain(self.details.disabled_bases.clone()).collect()
    }

    /// The knowledge base of this id.
    pub fn base(&self, id: &str) -> Result<Base> {
        let found = self.bases().into_iter().find(|base| base.id == id);
        found.ok_or_else(|| missing("knowledge base of this agent", id)(store::Error::NotFound))
    }

    /// Adds a group, or puts it where the one of its id was.
    fn put_group(&mut self, mut group: Group, tools: Vec<AgentTool>) -> Result<()> {
        if self.details.groups.iter().any(|other| other.id != group.id && other.name == group.name) {
            let message =
                format!("There is an action group {} already. Give this one another name.", group.name);
            return Err(Error::Conflict { code: "name_taken", message });
        }
        self.remove_group(&group.id);
        group.names = tools.iter().filter_map(name_of).map(str::to_owned).collect();
        let place = if group.is_enabled { &mut self.agent.tools } else { &mut group.aside };
        place.extend(tools);
        let asks = group.signature.is_some();
        self.details.groups.push(group);
        if asks {
            self.ask_by_groups();
        }
        Ok(())
    }

    /// Lets the agent ask where a group that is its right to is enabled.
    fn ask_by_groups(&mut self) {
        let asks = |group: &Group| group.signature.is_some() && group.is_enabled;
        self.agent.asks_back = self.details.groups.iter().any(asks);
    }

    /// Takes a group away, with its tools.
    fn remove_group(&mut self, id: &str) {
        let (gone, kept) =
            std::mem::take(&mut self.details.groups).into_iter().partition(|group| group.id == id);
        self.details.groups = kept;
        let gone: Vec<Group> = gone;
        for group in gone {
            self.agent.tools.retain(|tool| !is_of(&group, tool));
            if group.signature.is_some() {
                self.ask_by_groups();
            }
        }
    }

    fn put_base(&mut self, base: Base) {
        self.remove_base(&base.id);
        if !base.is_enabled {
            return self.details.disabled_bases.push(base);
        }
        // What models call it by; ids are letters and digits.
        let name = format!("knowledge_{}", base.id);
        self.agent.tools.push(AgentTool::KnowledgeBase {
            name,
            description: base.description,
            base: base.id,
        });
    }

    fn remove_base(&mut self, id: &str) {
        self.details.disabled_bases.retain(|base| base.id != id);
        let other = |tool: &AgentTool| !matches!(tool, AgentTool::KnowledgeBase { base, .. } if base == id);
        self.agent.tools.retain(other);
    }
}

/// Whether a tool of an agent is of a group.
fn is_of(group: &Group, tool: &AgentTool) -> bool {
    match tool {
        AgentTool::Function { name, arn, .. } => {
            group.lambda.as_ref() == Some(arn) && group.names.contains(name)
        }
        _ => false,
    }
}

fn name_of(tool: &AgentTool) -> Option<&str> {
    match tool {
        AgentTool::Function { name, .. } => Some(name),
        _ => None,
    }
}

impl Service {
    /// An agent as this version of it is, `DRAFT` for the draft, and when that was made and changed.
    pub async fn agent_content(&self, agent: &str, version: &str) -> Result<(Content, u64, u64)> {
        let draft = self.agent_draft(agent).await?;
        match version.parse() {
            Ok(number) => {
                let version = self.agent_version(&draft.id, number).await?;
                Ok((version.content, version.created_at, version.created_at))
            }
            Err(_) => Ok((draft.content, draft.created_at, draft.updated_at)),
        }
    }

    /// Gives an agent's draft a group. With a token that made one before, answers that one.
    pub async fn create_agent_group(
        &self,
        agent: &str,
        put: PutGroup,
        token: Option<String>,
    ) -> Result<(Content, Group)> {
        let draft = self.agent_draft(agent).await?;
        let same = |group: &&Group| token.is_some() && group.client_token == token;
        if let Some(made) = draft.content.details.groups.iter().find(same) {
            return Ok((draft.content.clone(), made.clone()));
        }
        let now = clock::now();
        let group = Group {
            id: id::short()?,
            name: put.name,
            description: put.description,
            signature: put.signature,
            lambda: put.lambda,
            is_enabled: put.is_enabled,
            names: Vec::new(),
            aside: Vec::new(),
            client_token: token,
            created_at: now,
            updated_at: now,
        };
        self.write_agent_group(agent, group, put.tools).await
    }

    /// Replaces a group of an agent's draft.
    pub async fn update_agent_group(&self, agent: &str, id: &str, put: PutGroup) -> Result<(Content, Group)> {
        let known = self.agent_draft(agent).await?.content.group(id)?.clone();
        let group = Group {
            name: put.name,
            description: put.description,
            signature: put.signature,
            lambda: put.lambda,
            is_enabled: put.is_enabled,
            aside: Vec::new(),
            updated_at: clock::now(),
            ..known
        };
        self.write_agent_group(agent, group, put.tools).await
    }

    async fn write_agent_group(
        &self,
        agent: &str,
        group: Group,
        tools: Vec<AgentTool>,
    ) -> Result<(Content, Group)> {
        let id = group.id.clone();
        let draft = self.change_agent_draft(agent, |content| content.put_group(group, tools)).await?;
        let group = draft.content.group(&id)?.clone();
        Ok((draft.content, group))
    }

    /// Takes a group of an agent's draft away; one that is enabled only where `though_enabled` says so.
    pub async fn delete_agent_group(&self, agent: &str, id: &str, though_enabled: bool) -> Result<()> {
        let change = |content: &mut Content| {
            let group = content.group(id)?;
            if group.is_enabled && !though_enabled {
                let message = format!("The action group {} is enabled. Disable it first.", group.name);
                return Err(Error::Conflict { code: "in_use", message });
            }
            content.remove_group(id);
            Ok(())
        };
        self.change_agent_draft(agent, change).await.map(drop)
    }

    /// Gives an agent's draft a knowledge base that it does not have yet.
    pub async fn associate_agent_base(&self, agent: &str, base: Base) -> Result<()> {
        self.knowledge_base(&base.id).await?;
        let change = |content: &mut Content| {
            if content.base(&base.id).is_ok() {
                let message = format!("The agent has the knowledge base {} already.", base.id);
                return Err(Error::Conflict { code: "associated", message });
            }
            content.put_base(base);
            Ok(())
        };
        self.change_agent_draft(agent, change).await.map(drop)
    }

    /// Changes what an agent's draft says of a knowledge base; what is absent stays. As it is then.
    pub async fn update_agent_base(
        &self,
        agent: &str,
        id: &str,
        description: Option<String>,
        is_enabled: Option<bool>,
    ) -> Result<Base> {
        let change = |content: &mut Content| {
            let known = content.base(id)?;
            content.put_base(Base {
                description: description.unwrap_or(known.description),
                is_enabled: is_enabled.unwrap_or(known.is_enabled),
                id: known.id,
            });
            Ok(())
        };
        self.change_agent_draft(agent, change).await?.content.base(id)
    }

    /// Takes a knowledge base away from an agent's draft.
    pub async fn disassociate_agent_base(&self, agent: &str, id: &str) -> Result<()> {
        let change = |content: &mut Content| {
            content.base(id)?;
            content.remove_base(id);
            Ok(())
        };
        self.change_agent_draft(agent, change).await.map(drop)
    }
}
