//! Calling a flow: which documents run for whom.

use std::sync::Arc;

use flow::event::{Body, Status};
use flow::wire::{Invoked, OutputValue};
use serde_json::Value;

use super::Service;
use super::aliases::TEST_ALIAS;
use crate::error::{Error, Result, missing};
use crate::run::{Feed, Start};

/// What a caller calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The draft as it is stored now.
    Draft,
    /// An alias by id or name; AWS's test alias is the draft as it was last prepared.
    Alias(String),
}

impl Service {
    /// Begins an execution.
    ///
    /// # Errors
    /// There is no such flow or alias, the flow has errors, or the input does not fit.
    pub async fn invoke(
        &self,
        flow: &str,
        target: Target,
        input: Value,
        id: Option<String>,
    ) -> Result<Arc<Feed>> {
        let row = self.flow_row(flow).await?;
        let start = match target {
            Target::Draft => Start {
                flow_id: row.id,
                flow_title: row.title,
                alias: None,
                version: None,
                definition: row.definition,
                extensions: row.extensions,
                digest: row.digest,
                input,
                id,
            },
            Target::Alias(alias) if alias == TEST_ALIAS => {
                let (definition, extensions) = row.prepared.ok_or_else(|| Error::Conflict {
                    code: "not_prepared",
                    message: "The flow is not prepared. Call PrepareFlow first.".to_owned(),
                })?;
                Start {
                    flow_id: row.id,
                    flow_title: row.title,
                    alias: None,
                    version: None,
                    digest: super::digest(&definition, &extensions)?,
                    definition,
                    extensions,
                    input,
                    id,
                }
            }
            Target::Alias(alias) => {
                let alias = self.store.alias(&row.id, &alias).await.map_err(missing("alias", &alias))?;
                let version = self.store.version(&row.id, alias.version).await?;
                Start {
                    flow_id: row.id,
                    flow_title: row.title,
                    alias: Some(alias.name),
                    version: Some(version.version),
                    definition: version.definition,
                    extensions: version.extensions,
                    digest: version.digest,
                    input,
                    id,
                }
            }
        };
        Ok(self.runner.start(start).await?)
    }

    /// Waits for an execution's end; what it put out.
    ///
    /// # Errors
    /// It did not succeed.
    pub async fn wait(&self, feed: Arc<Feed>) -> Result<Invoked> {
        let mut reader = feed.reader(0);
        let mut outputs = Vec::new();
        let mut end = None;
        while let Some(events) = reader.next().await {
            for event in events {
                match &event.body {
                    Body::Output { node, value } => {
                        outputs.push(OutputValue { node: node.clone(), value: value.clone() });
                    }
                    Body::ExecutionEnded { status, error } => end = Some((*status, error.clone())),
                    _ => {}
                }
            }
        }
        let execution_id = feed.id.clone();
        match end {
            Some((Status::Succeeded, _)) => Ok(Invoked { execution_id, status: Status::Succeeded, outputs }),
            Some((status, error)) => Err(Error::Run { execution: execution_id, status, error }),
            None => Err(Error::Internal("a feed ended without an end".to_owned())),
        }
    }
}
