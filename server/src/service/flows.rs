//! Flows and their drafts.

use std::collections::HashMap;

use flow::definition::Definition;
use flow::extensions::Extensions;
use flow::wire::{self, FlowSummary, RunMark, Saved, Template};
use flow::{layout, name, templates};

use super::{Service, aliases, check_tags, digest};
use crate::error::{Error, Result, missing, revised};
use crate::store::{self, DraftChange, Filed, FlowRow, FlowTitle, FlowUpdate, Tags};
use crate::{clock, id};

/// The longest title, in characters.
const LONGEST_TITLE: usize = 100;
/// AWS's longest description, in characters.
const LONGEST_DESCRIPTION: usize = 200;
/// The largest definition, in bytes of JSON.
const LARGEST: usize = 8 * 1024 * 1024;

/// What a new flow is made of.
#[derive(Clone, Debug, Default)]
pub struct CreateFlow {
    /// What people read. Its name is derived from it unless `name` is given.
    pub title: String,
    /// An exact name, which must be free.
    pub name: Option<String>,
    pub description: String,
    pub definition: Definition,
    pub extensions: Extensions,
    pub aws_role: String,
    pub aws_key: Option<String>,
    /// AWS's idempotency token: a second call with it answers the first one's flow.
    pub client_token: Option<String>,
    pub tags: Tags,
}

/// AWS's UpdateFlow: replaces everything.
#[derive(Clone, Debug)]
pub struct UpdateFlow {
    pub name: String,
    pub description: String,
    pub definition: Definition,
    pub aws_role: String,
    pub aws_key: Option<String>,
}

impl Service {
    /// Every flow, the last changed first.
    pub async fn flows(&self) -> Result<Vec<FlowSummary>> {
        let mut runs: HashMap<String, Vec<RunMark>> = HashMap::new();
        for run in self.store.recent_runs().await? {
            let duration = run.ended_at.map(|end| end.saturating_sub(run.started_at));
            let mark = RunMark { status: run.status, started_at: run.started_at, duration };
            runs.entry(run.flow_id).or_default().push(mark);
        }
        let all_aliases = self.store.all_aliases().await?;
        let mut filed = self.store.filed().await?;
        let mut summaries = Vec::new();
        for row in self.store.flows().await? {
            let latest = self.store.latest_version(&row.id).await?;
            let Filed { folder, tags } = filed.remove(&row.id).unwrap_or_default();
            summaries.push(FlowSummary {
                folder,
                tags,
                thumbnail: layout::thumbnail(&row.definition, &row.extensions),
                aliases: all_aliases
                    .iter()
                    .filter(|a| a.flow_id == row.id)
                    .map(aliases::on_the_wire)
                    .collect(),
                draft_changed: self.changed(&row, latest.as_ref()).await?,
                latest_version: latest.map(|(version, _)| version),
                runs: runs.remove(&row.id).unwrap_or_default(),
                id: row.id,
                name: row.name,
                title: row.title,
                description: row.description,
                revision: row.revision,
                updated_at: row.updated_at,
            });
        }
        Ok(summaries)
    }

    /// The rows of every flow, for AWS's list.
    pub async fn flow_rows(&self) -> Result<Vec<FlowRow>> {
        Ok(self.store.flows().await?)
    }

    /// The row of the flow of this id or name.
    pub async fn flow_row(&self, flow: &str) -> Result<FlowRow> {
        self.store.flow(flow).await.map_err(missing("flow", flow))
    }

    /// The flow of this id or name, with its draft.
    pub async fn flow(&self, flow: &str) -> Result<wire::Flow> {
        let row = self.flow_row(flow).await?;
        self.whole(row).await
    }

    /// Makes a flow.
    pub async fn create_flow(&self, create: CreateFlow) -> Result<FlowRow> {
        if let Some(token) = &create.client_token {
            match self.store.flow_by_token(token).await {
                Ok(row) => return Ok(row),
                Err(store::Error::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let title = title(&create.title)?;
        description(&create.description)?;
        size(&create.definition, &create.extensions)?;
        check_tags(&create.tags)?;
        let now = clock::now();
        let mut extensions = create.extensions;
        extensions.retain(&create.definition);
        let row = FlowRow {
            id: id::short()?,
            name: create.name.clone().unwrap_or_else(|| name::from_title(&title)),
            title,
            description: create.description,
            revision: 1,
            digest: digest(&create.definition, &extensions)?,
            definition: create.definition,
            extensions,
            aws_status: "NotPrepared".to_owned(),
            aws_role: create.aws_role,
            aws_key: create.aws_key,
            prepared: None,
            client_token: create.client_token,
            created_at: now,
            updated_at: now,
        };
        let name = self
            .store
            .insert_flow(row.clone(), create.name.is_some(), create.tags)
            .await
            .map_err(|error| taken(error, &row.name))?;
        Ok(FlowRow { name, ..row })
    }

    /// Makes a flow from a native request: a template, documents, or a blank one.
    pub async fn create_from_wire(&self, create: wire::CreateFlow) -> Result<wire::Flow> {
        let (mut given, template) = match &create.template {
            Some(id) => {
                let template =
                    self.templates().await?.into_iter().find(|template| &template.id == id).ok_or_else(
                        || {
                            Error::invalid(
                                "template",
                                format!("There is no template {id}. GET /api/templates lists them."),
                            )
                        },
                    )?;
                if template.id == templates::WITH_AGENT {
                    self.ensure_sample_agent().await?;
                }
                if templates::looks_up_samples(&template.definition) {
                    self.bring_samples().await?;
                }
                self.add_bots(templates::bots(id)).await?;
                ((template.definition, template.extensions), template.title)
            }
            None => (templates::blank(), "Untitled flow".to_owned()),
        };
        if let Some(definition) = create.definition {
            given = (definition, create.extensions.unwrap_or_default());
        }
        let row = self
            .create_flow(CreateFlow {
                title: create.title.unwrap_or(template),
                description: create.description.unwrap_or_default(),
                definition: given.0,
                extensions: given.1,
                ..CreateFlow::default()
            })
            .await?;
        self.whole(row).await
    }

    /// Replaces the draft, if it is still at the revision that the change was based on.
    pub async fn save_draft(&self, flow: &str, based_on: u64, save: wire::SaveDraft) -> Result<Saved> {
        let row = self.flow_row(flow).await?;
        let (definition, mut extensions) = (save.definition, save.extensions);
        extensions.retain(&definition);
        let change = self.change(&row.id, based_on, definition, extensions)?;
        let (at, digest) = (change.at, change.digest.clone());
        let (definition, extensions) = (change.definition.clone(), change.extensions.clone());
        let revision = self.store.save_draft(change).await.map_err(|error| revised(error, based_on))?;
        // After it is kept: a look at code takes its time.
        let report = self.check(&definition, &extensions).await;
        let latest = self.store.latest_version(&row.id).await?;
        let digest = self.draft_digest(&definition, &extensions, &digest).await?;
        let draft_changed = latest.is_none_or(|(_, known)| known != digest);
        Ok(Saved { revision, updated_at: at, draft_changed, report })
    }

    /// Replaces the definition and what AWS knows of a flow. Our extensions stay for the nodes that remain.
    pub async fn update_flow(&self, flow: &str, update: UpdateFlow) -> Result<FlowRow> {
        let id = self.flow_row(flow).await?.id;
        size(&update.definition, &Extensions::default())?;
        let name = update.name.clone();
        let change = FlowUpdate {
            id: id.clone(),
            name: update.name,
            description: update.description,
            definition: update.definition,
            aws_role: update.aws_role,
            aws_key: update.aws_key,
            at: clock::now(),
        };
        let settle = |definition: &Definition, mut extensions: Extensions| {
            extensions.retain(definition);
            let digest = digest(definition, &extensions)?;
            Ok((extensions, digest))
        };
        self.store.update_flow(change, settle).await.map_err(|error| taken(error, &name))?;
        self.flow_row(&id).await
    }

    /// Changes what a flow is called, and what it is kept under.
    pub async fn rename_flow(&self, flow: &str, rename: wire::RenameFlow) -> Result<wire::Flow> {
        let row = self.flow_row(flow).await?;
        let new_title = rename.title.as_deref().map(title).transpose()?.filter(|title| *title != row.title);
        if let Some(new) = &rename.description {
            description(new)?;
        }
        let folder = rename.folder.as_deref().map(folder).transpose()?;
        if let Some(tags) = &rename.tags {
            check_flow_tags(tags)?;
        }
        if folder.is_some() || rename.tags.is_some() {
            self.store.file_flow(row.id.clone(), folder, rename.tags).await.map_err(missing("flow", flow))?;
        }
        if new_title.is_none() && rename.description.is_none() {
            return self.flow(&row.id).await;
        }
        let change = FlowTitle {
            id: row.id.clone(),
            name: new_title.as_deref().map(name::from_title),
            title: new_title,
            description: rename.description,
            at: clock::now(),
        };
        self.store.rename_flow(change).await.map_err(missing("flow", flow))?;
        self.flow(&row.id).await
    }

    /// A copy of a flow's draft under a new title.
    pub async fn duplicate_flow(&self, flow: &str) -> Result<wire::Flow> {
        let row = self.flow_row(flow).await?;
        let title: String = row.title.chars().take(LONGEST_TITLE - 7).collect();
        let copy = self
            .create_flow(CreateFlow {
                title: format!("{title} (copy)"),
                description: row.description,
                definition: row.definition,
                extensions: row.extensions,
                ..CreateFlow::default()
            })
            .await?;
        self.whole(copy).await
    }

    /// Deletes a flow. One that aliases serve is deleted only with `force`.
    pub async fn delete_flow(&self, flow: &str, force: bool) -> Result<()> {
        let row = self.flow_row(flow).await?;
        match self.store.delete_flow(row.id.clone(), force).await {
            Err(store::Error::Taken(_)) => {
                let aliases = self.store.aliases(&row.id).await?;
                let names: Vec<String> =
                    aliases.iter().map(|a| format!("{} (version {})", a.name, a.version)).collect();
                let names = names.join(", ");
                Err(Error::Conflict {
                    code: "in_use",
                    message: format!("{} is called by its aliases {names}. Delete it anyway?", row.title),
                })
            }
            other => other.map_err(missing("flow", flow)),
        }
    }

    /// The templates, with the model that answers for new prompts.
    pub async fn templates(&self) -> Result<Vec<Template>> {
        Ok(templates::all(&self.model_map().await?.default_model))
    }

    /// Whether a version of the draft would be another than the latest.
    async fn changed(&self, row: &FlowRow, latest: Option<&(u64, String)>) -> Result<bool> {
        let digest = self.draft_digest(&row.definition, &row.extensions, &row.digest).await?;
        Ok(latest.is_none_or(|(_, known)| *known != digest))
    }

    async fn whole(&self, row: FlowRow) -> Result<wire::Flow> {
        let latest = self.store.latest_version(&row.id).await?;
        let aliases = self.store.aliases(&row.id).await?;
        let report = self.check(&row.definition, &row.extensions).await;
        Ok(wire::Flow {
            draft_changed: self.changed(&row, latest.as_ref()).await?,
            latest_version: latest.map(|(version, _)| version),
            aliases: aliases.iter().map(aliases::on_the_wire).collect(),
            id: row.id,
            name: row.name,
            title: row.title,
            description: row.description,
            revision: row.revision,
            definition: row.definition,
            extensions: row.extensions,
            report,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    pub(super) fn change(
        &self,
        id: &str,
        based_on: u64,
        definition: Definition,
        extensions: Extensions,
    ) -> Result<DraftChange> {
        size(&definition, &extensions)?;
        let digest = digest(&definition, &extensions)?;
        Ok(DraftChange { id: id.to_owned(), based_on, definition, extensions, digest, at: clock::now() })
    }
}

fn title(title: &str) -> Result<String> {
    let title = title.trim();
    if title.is_empty() {
        return Err(Error::invalid("title", "Give the flow a title."));
    }
    if title.chars().count() > LONGEST_TITLE {
        return Err(Error::invalid("title", format!("A title has at most {LONGEST_TITLE} characters.")));
    }
    Ok(title.to_owned())
}

fn description(description: &str) -> Result<()> {
    if description.chars().count() > LONGEST_DESCRIPTION {
        let message = format!("A description has at most {LONGEST_DESCRIPTION} characters.");
        return Err(Error::invalid("description", message));
    }
    Ok(())
}

/// A folder's name, without spaces round it; empty for none.
fn folder(folder: &str) -> Result<String> {
    let folder = folder.trim();
    if folder.chars().count() > LONGEST_TITLE || folder.chars().any(char::is_control) {
        let message = format!("A folder's name has at most {LONGEST_TITLE} characters, all in one line.");
        return Err(Error::invalid("folder", message));
    }
    Ok(folder.to_owned())
}

/// Tags that AWS's operations could have made.
fn check_flow_tags(tags: &Tags) -> Result<()> {
    check_tags(tags)?;
    let fits = |(key, value): (&String, &String)| {
        (1..=128).contains(&key.chars().count())
            && value.chars().count() <= 256
            && key
                .chars()
                .chain(value.chars())
                .all(|letter| letter.is_alphanumeric() || " _.:/=+@-".contains(letter))
    };
    match tags.iter().find(|tag| !fits(*tag)) {
        None => Ok(()),
        Some((key, _)) => Err(Error::invalid(
            "tags",
            format!(
                "“{key}” cannot be a tag. Write letters, digits, spaces and _ . : / = + - @, at most 128."
            ),
        )),
    }
}

fn size(definition: &Definition, extensions: &Extensions) -> Result<()> {
    let length = serde_json::to_vec(&(definition, extensions)).map_or(usize::MAX, |json| json.len());
    if length > LARGEST {
        return Err(Error::invalid("definition", "A definition has at most 8 MiB."));
    }
    Ok(())
}

fn taken(error: store::Error, name: &str) -> Error {
    match error {
        store::Error::Taken(_) => Error::Conflict {
            code: "name_taken",
            message: format!("Another flow is named {name}. Choose another name."),
        },
        other => other.into(),
    }
}
