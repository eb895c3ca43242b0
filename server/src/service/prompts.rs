//! Stored prompts, and what the flows that name them run.
//!
//! Always holds: what is prepared or published keeps what its prompts said then, so that it stays as it is whatever
//! becomes of them; a draft takes them as they are. Region and account of an ARN are not looked at.

use flow::definition::{Definition, InlinePrompt, StoredPrompt, TemplateConfiguration, TemplateType};
use flow::extensions::Extensions;
use flow::node::prompt::arns;
use flow::wire::{CreatePrompt, Prompt, PromptList, PromptVersion};
use tracing::warn;

use super::{Service, check_tags, digest};
use crate::error::{Error, Result, missing};
use crate::store::{self, FlowRow, PromptRow, Tags};
use crate::{arn, clock, id};

/// What a prompt is called, and what it says.
#[derive(Clone, Debug)]
pub struct PutPrompt {
    pub name: String,
    pub prompt: StoredPrompt,
}

impl Service {
    /// The draft of every prompt, by name.
    pub async fn prompt_rows(&self) -> Result<Vec<PromptRow>> {
        Ok(self.store.prompts().await?)
    }

    /// The draft of a prompt of this id or name, or one version of it.
    pub async fn prompt_row(&self, prompt: &str, version: Option<u64>) -> Result<PromptRow> {
        let draft = self.store.prompt(prompt).await.map_err(missing("prompt", prompt))?;
        match version {
            None => Ok(draft),
            Some(version) => {
                let found = self.store.prompt_version(&draft.id, version).await;
                found.map_err(missing("version", &version.to_string()))
            }
        }
    }

    /// A prompt's draft and its versions, the newest first.
    pub async fn prompt_and_versions(&self, prompt: &str) -> Result<Vec<PromptRow>> {
        let draft = self.prompt_row(prompt, None).await?;
        let versions = self.store.prompt_versions(Some(&draft.id)).await?;
        Ok([draft].into_iter().chain(versions).collect())
    }

    /// Makes a prompt, whose name must be free; `token` is AWS's idempotency token.
    pub async fn create_prompt(
        &self,
        put: PutPrompt,
        token: Option<String>,
        tags: Tags,
    ) -> Result<PromptRow> {
        check(&put.prompt)?;
        check_tags(&tags)?;
        let now = clock::now();
        let name = put.name.clone();
        let row = PromptRow {
            id: id::short()?,
            name: put.name,
            version: None,
            prompt: put.prompt,
            created_at: now,
            updated_at: now,
        };
        self.store.insert_prompt(row, token, tags).await.map_err(|error| taken(error, &name))
    }

    /// Replaces a prompt's draft.
    pub async fn update_prompt(&self, prompt: &str, put: PutPrompt) -> Result<PromptRow> {
        check(&put.prompt)?;
        let known = self.prompt_row(prompt, None).await?;
        let row = PromptRow { name: put.name, prompt: put.prompt, updated_at: clock::now(), ..known };
        self.store.update_prompt(row.clone()).await.map_err(|error| match error {
            store::Error::NotFound => missing("prompt", prompt)(error),
            other => taken(other, &row.name),
        })?;
        Ok(row)
    }

    /// Makes a prompt's draft a version; `token` is AWS's idempotency token.
    pub async fn create_prompt_version(
        &self,
        prompt: &str,
        description: Option<String>,
        token: Option<String>,
        tags: Tags,
    ) -> Result<PromptRow> {
        check_tags(&tags)?;
        let id = self.prompt_row(prompt, None).await?.id;
        let made = self.store.insert_prompt_version(id, description, token, tags, clock::now()).await;
        made.map_err(missing("prompt", prompt))
    }

    /// Deletes a prompt with its versions, or one version of it, unless a flow's draft names it. What is published keeps
    /// what it said.
    pub async fn delete_prompt(&self, prompt: &str, version: Option<u64>) -> Result<PromptRow> {
        let row = self.prompt_row(prompt, version).await?;
        let id = row.id.clone();
        let names = move |definition: &Definition| {
            arns(definition)
                .into_iter()
                .filter_map(arn::prompt)
                .any(|(named, of)| named == id && (version.is_none() || of == version))
        };
        self.store.delete_prompt(row.id.clone(), version, names).await.map_err(|error| match error {
            store::Error::Taken(_) => Error::Conflict {
                code: "in_use",
                message: format!(
                    "A flow's draft names {}. Let it name another first.",
                    arn::of_prompt(&row.id, version)
                ),
            },
            other => missing("prompt", prompt)(other),
        })?;
        Ok(row)
    }

    /// What the prompt of this ARN says now, as it would stand in a node.
    ///
    /// # Errors
    /// It is no ARN of a prompt, or there is no such prompt.
    pub async fn prompt_by_arn(&self, arn: &str) -> Result<InlinePrompt> {
        let not_found = || Error::NotFound { what: "prompt", name: arn.to_owned() };
        let (id, version) = arn::prompt(arn).ok_or_else(not_found)?;
        let row = match version {
            None => self.store.prompt(id).await,
            Some(version) => self.store.prompt_version(id, version).await,
        };
        match row {
            Ok(row) if row.id == id => Ok(row.prompt.inline()),
            Ok(_) | Err(store::Error::NotFound) => Err(not_found()),
            Err(error) => Err(error.into()),
        }
    }

    /// The extensions with what the prompts that a flow names say now, where they are not known already.
    pub(super) async fn with_prompts(
        &self,
        definition: &Definition,
        mut extensions: Extensions,
    ) -> Extensions {
        for arn in arns(definition) {
            if extensions.prompts.contains_key(arn) {
                continue;
            }
            match self.prompt_by_arn(arn).await {
                Ok(prompt) => drop(extensions.prompts.insert(arn.to_owned(), prompt)),
                Err(Error::NotFound { .. }) => {}
                Err(error) => warn!("a stored prompt could not be read: {}", error.logged()),
            }
        }
        extensions
    }

    /// A flow whose draft is what it would run now: with what its prompts say, and with the digest of that.
    pub(super) async fn resolved(&self, row: FlowRow) -> Result<FlowRow> {
        if arns(&row.definition).is_empty() {
            return Ok(row);
        }
        let extensions = self.with_prompts(&row.definition, row.extensions).await;
        Ok(FlowRow { digest: digest(&row.definition, &extensions)?, extensions, ..row })
    }

    /// The digest of what a draft of this digest would run now.
    pub(super) async fn draft_digest(
        &self,
        definition: &Definition,
        extensions: &Extensions,
        plain: &str,
    ) -> Result<String> {
        if arns(definition).is_empty() {
            return Ok(plain.to_owned());
        }
        Ok(digest(definition, &self.with_prompts(definition, extensions.clone()).await)?)
    }

    /// Every prompt with its versions, for people.
    pub async fn prompts(&self) -> Result<PromptList> {
        let versions = self.store.prompt_versions(None).await?;
        let drafts = self.store.prompts().await?.into_iter();
        let prompts = drafts.map(|draft| {
            let own = versions.iter().filter(|version| version.id == draft.id);
            Prompt {
                arn: arn::of_prompt(&draft.id, None),
                id: draft.id.clone(),
                name: draft.name.clone(),
                description: draft.prompt.description.clone().unwrap_or_default(),
                updated_at: draft.updated_at,
                versions: [&draft].into_iter().chain(own).map(on_the_wire).collect(),
            }
        });
        Ok(PromptList { prompts: prompts.collect() })
    }

    /// The prompt of this id or name, with its versions, for people.
    pub async fn prompt(&self, prompt: &str) -> Result<Prompt> {
        let id = self.prompt_row(prompt, None).await?.id;
        let found = self.prompts().await?.prompts.into_iter().find(|known| known.id == id);
        found.ok_or_else(|| Error::NotFound { what: "prompt", name: prompt.to_owned() })
    }

    /// Keeps a prompt that was written in a node.
    pub async fn keep_prompt(&self, create: CreatePrompt) -> Result<Prompt> {
        let name = create.name.trim().to_owned();
        if !arn::is_name(&name) {
            let message = "A prompt's name has letters, digits and single - or _ between them, up to 100.";
            return Err(Error::invalid("name", message));
        }
        let prompt = StoredPrompt::of(create.prompt, create.description.filter(|text| !text.is_empty()));
        let row = self.create_prompt(PutPrompt { name, prompt }, None, Tags::new()).await?;
        self.prompt(&row.id).await
    }
}

fn on_the_wire(row: &PromptRow) -> PromptVersion {
    PromptVersion {
        arn: arn::of_prompt(&row.id, row.version),
        version: row.version,
        created_at: row.created_at,
        prompt: row.prompt.inline(),
    }
}

/// What a prompt may not say, by itself. A half-written one is kept.
fn check(prompt: &StoredPrompt) -> Result<()> {
    if let Some(name) = &prompt.default_variant
        && prompt.variant().is_none()
        && !prompt.variants.is_empty()
    {
        let message = format!("There is no variant {name}. Name the one that there is.");
        return Err(Error::invalid("defaultVariant", message));
    }
    let Some(variant) = prompt.variants.first() else { return Ok(()) };
    match (variant.template_type, &variant.template_configuration) {
        (TemplateType::Text, TemplateConfiguration::Text(_))
        | (TemplateType::Chat, TemplateConfiguration::Chat(_)) => {}
        _ => {
            let message = "The templateType and the templateConfiguration do not belong together.";
            return Err(Error::invalid("variants[0].templateConfiguration", message));
        }
    }
    if variant.model_id.is_some() && variant.gen_ai_resource.is_some() {
        let message = "A variant asks a model or an agent, not both. Leave one out.";
        return Err(Error::invalid("variants[0].genAiResource", message));
    }
    Ok(())
}

fn taken(error: store::Error, name: &str) -> Error {
    match error {
        store::Error::Taken(_) => Error::Conflict {
            code: "name_taken",
            message: format!("There is a prompt {name} already. Give this one another name."),
        },
        other => other.into(),
    }
}
