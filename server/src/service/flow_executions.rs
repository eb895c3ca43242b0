//! Executions that AWS's StartFlowExecution begins: nobody waits for them, and each has a name within its alias.
//!
//! They are executions like any other, so that people see, stop and answer them where they see the others.

use flow::definition::Definition;
use flow::event::{Event, Status};

use super::Service;
use crate::arn::TEST_ALIAS;
use crate::error::{Error, Result, missing};
use crate::run::{Naming, Start};
use crate::store::{ExecutionRow, FlowExecutionFilter, FlowExecutionRow};

impl Service {
    /// Begins an execution of what [`Service::callable`] found, under this name or one of ours; the name.
    ///
    /// # Errors
    /// As [`Service::begin`]; or the alias has an execution of that name.
    pub async fn start_flow_execution(&self, start: Start, name: Option<String>) -> Result<String> {
        let row = self.flow_row(&start.flow_id).await?;
        let naming = Naming { name: name.clone(), aws_role: row.aws_role, aws_key: row.aws_key };
        let feed = self.begin(Start { named: Some(naming), ..start }).await?;
        Ok(name.unwrap_or_else(|| feed.id.clone()))
    }

    /// The ids of a flow and an alias of it. What is gone had executions, which are known by the ids that it had.
    pub async fn ids(&self, flow: &str, alias: &str) -> Result<(String, String)> {
        let or_gone = |found: Result<String>, given: &str| match found {
            Err(Error::NotFound { .. }) => Ok(given.to_owned()),
            other => other,
        };
        let flow = or_gone(self.flow_row(flow).await.map(|row| row.id), flow)?;
        let alias = or_gone(self.alias(&flow, alias).await.map(|row| row.id), alias)?;
        Ok((flow, alias))
    }

    /// The id of an alias that can be called.
    pub async fn callable_alias(&self, flow: &str, alias: &str) -> Result<String> {
        if alias == TEST_ALIAS {
            return Ok(alias.to_owned());
        }
        Ok(self.alias(flow, alias).await?.id)
    }

    /// The execution of this name; flow and alias by their ids.
    pub async fn flow_execution(&self, flow: &str, alias: &str, name: &str) -> Result<FlowExecutionRow> {
        self.store.flow_execution(flow, alias, name).await.map_err(missing("execution", name))
    }

    /// Executions of a flow, newest first.
    pub async fn flow_executions(&self, filter: FlowExecutionFilter) -> Result<Vec<FlowExecutionRow>> {
        Ok(self.store.flow_executions(filter).await?)
    }

    /// Stops an execution and waits for its end. One that was stopped already stays so.
    ///
    /// # Errors
    /// It ended otherwise before.
    pub async fn stop_to_the_end(&self, id: &str) -> Result<ExecutionRow> {
        // Before it is asked to: one that has ended is in no list.
        let feed = self.runner.live(id);
        let stopped = self.stop(id).await;
        if let Some(feed) = feed {
            let mut reader = feed.reader(u64::MAX);
            while reader.next().await.is_some() {}
        }
        let row = self.execution_row(id).await?;
        match stopped {
            Err(Error::Conflict { .. }) if row.status == Status::Aborted => Ok(row),
            Err(error) => Err(error),
            Ok(()) => Ok(row),
        }
    }

    /// The definition that an execution runs.
    pub async fn definition_of(&self, row: &ExecutionRow) -> Result<Definition> {
        Ok(self.store.documents(&row.digest).await?.0)
    }

    /// What an execution's log has of these types after a place, at most so many.
    pub async fn logged(&self, id: &str, types: &[&str], after: u64, limit: usize) -> Result<Vec<Event>> {
        Ok(self.store.events_of(id, types, after, limit).await?)
    }
}
