//! Executions: past and present.

use std::sync::Arc;

use flow::definition::Definition;
use flow::event::Event;
use flow::wire::{Execution, ExecutionList, ExecutionSummary};

use super::Service;
use crate::error::{Error, Result, missing};
use crate::run::Feed;
use crate::store::{ExecutionFilter, ExecutionRow};

/// The most executions on a page.
const PAGE: u32 = 200;

impl Service {
    /// A page of executions, newest first.
    pub async fn executions(&self, mut filter: ExecutionFilter) -> Result<ExecutionList> {
        filter.limit = filter.limit.clamp(1, PAGE);
        if let Some(flow) = &filter.flow {
            // A flow that is gone has executions still, under its id.
            filter.flow = match self.flow_row(flow).await {
                Ok(row) => Some(row.id),
                Err(Error::NotFound { .. }) => filter.flow,
                Err(error) => return Err(error),
            };
        }
        let limit = filter.limit as usize;
        let rows = self.store.executions(filter).await?;
        let next = (rows.len() == limit).then(|| rows.last().map(|row| row.id.clone())).flatten();
        Ok(ExecutionList { executions: rows.into_iter().map(summary).collect(), next })
    }

    /// One execution with the flow as it ran and what happened.
    pub async fn execution(&self, id: &str) -> Result<Execution> {
        let row = self.execution_row(id).await?;
        let (definition, extensions) = self.store.documents(&row.digest).await?;
        let events = self.store.events(id, 0).await?;
        Ok(Execution { summary: summary(row), definition, extensions, events })
    }

    /// One execution and the flow as it ran, without what happened.
    ///
    /// # Errors
    /// There is no such execution.
    pub async fn execution_flow(&self, id: &str) -> Result<(ExecutionRow, Definition)> {
        let row = self.execution_row(id).await?;
        let definition = self.definition_of(&row).await?;
        Ok((row, definition))
    }

    /// What happened in an execution after a place: as it goes on, or what was written down.
    pub async fn events(&self, id: &str, after: u64) -> Result<Events> {
        if let Some(feed) = self.runner.live(id) {
            return Ok(Events::Live(feed));
        }
        self.execution_row(id).await?;
        Ok(Events::Past(self.store.events(id, after).await?))
    }

    /// Stops an execution that runs, or waits for an answer.
    pub async fn stop(&self, id: &str) -> Result<()> {
        if self.runner.stop(id) {
            return Ok(());
        }
        let row = self.execution_row(id).await?;
        // It may have been taken up just now.
        if self.runner.stop_waiting(id).await? || self.runner.stop(id) {
            return Ok(());
        }
        Err(Error::Conflict {
            code: "ended",
            message: format!("This execution has ended already: {}.", row.status.name()),
        })
    }

    pub(super) async fn execution_row(&self, id: &str) -> Result<ExecutionRow> {
        self.store.execution(id).await.map_err(missing("execution", id))
    }

    /// How many executions are running.
    pub async fn running(&self) -> Result<u64> {
        Ok(self.store.running().await?)
    }
}

/// Where an execution's events come from.
pub enum Events {
    Live(Arc<Feed>),
    Past(Vec<Event>),
}

fn summary(row: ExecutionRow) -> ExecutionSummary {
    // One that its caller gave no name has its id's.
    let name = row.name.filter(|name| *name != row.id);
    ExecutionSummary {
        id: row.id,
        flow_id: row.flow_id,
        flow_title: row.flow_title,
        alias: row.alias,
        version: row.version,
        name,
        status: row.status,
        started_at: row.started_at,
        ended_at: row.ended_at,
        error: row.error,
        input_tokens: row.input_tokens,
        output_tokens: row.output_tokens,
    }
}
