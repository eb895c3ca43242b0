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
    /// The draft as it is stored now; only at this revision, where one is named.
    Draft(Option<u64>),
    /// An alias by id or name; AWS's test alias is the draft as it was last prepared.
    Alias(String),
}

impl Service {
    /// Begins an execution. A draft that runs is prepared by it: what was tested is what AWS's test alias calls.
    ///
    /// # Errors
    /// There is no such flow or alias, the flow has errors, or the input does not fit.
    pub async fn invoke(&self, flow: &str, target: Target, input: Value) -> Result<Arc<Feed>> {
        let is_draft = matches!(target, Target::Draft(_));
        let start = Start { input, ..self.callable(flow, target).await? };
        let prepared = is_draft.then(|| start.clone());
        let feed = self.begin(start).await?;
        if let Some(draft) = prepared {
            self.keep_prepared(draft).await?;
        }
        Ok(feed)
    }

    /// What a target runs now, without an input yet.
    ///
    /// # Errors
    /// There is no such flow or alias, or the draft is not prepared.
    pub async fn callable(&self, flow: &str, target: Target) -> Result<Start> {
        let row = self.flow_row(flow).await?;
        let draft = Start {
            flow_id: row.id.clone(),
            flow_title: row.title,
            alias: None,
            alias_id: TEST_ALIAS.to_owned(),
            version: None,
            definition: row.definition,
            extensions: row.extensions,
            digest: row.digest,
            input: Value::Null,
            id: None,
        };
        match target {
            Target::Draft(Some(based_on)) if based_on != row.revision => {
                Err(Error::Revision { based_on, current: row.revision })
            }
            Target::Draft(_) => Ok(draft),
            Target::Alias(alias) if alias == TEST_ALIAS => {
                let (definition, extensions) = row.prepared.ok_or_else(|| Error::Conflict {
                    code: "not_prepared",
                    message: "The flow is not prepared. Call PrepareFlow first.".to_owned(),
                })?;
                let digest = super::digest(&definition, &extensions)?;
                Ok(Start { definition, extensions, digest, ..draft })
            }
            Target::Alias(alias) => {
                let alias = self.store.alias(&row.id, &alias).await.map_err(missing("alias", &alias))?;
                let version = self.store.version(&row.id, alias.version).await?;
                Ok(Start {
                    alias: Some(alias.name),
                    alias_id: alias.id,
                    version: Some(version.version),
                    definition: version.definition,
                    extensions: version.extensions,
                    digest: version.digest,
                    ..draft
                })
            }
        }
    }

    /// Begins an execution of what [`Service::callable`] found.
    ///
    /// # Errors
    /// The flow has errors, the input does not fit, or the chosen id is another execution's.
    pub async fn begin(&self, start: Start) -> Result<Arc<Feed>> {
        // A version was checked when it was made.
        if start.version.is_none() {
            let report = self.check(&start.definition, &start.extensions).await;
            if !report.can_run() {
                return Err(Error::Problems(Box::new(report)));
            }
        }
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
                    Body::Output { node, value, .. } => {
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
