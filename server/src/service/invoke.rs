//! Calling a flow: which documents run for whom.

use std::sync::Arc;

use flow::event::{Body, Event, Status};
use flow::part::Part;
use flow::wire::{InputRequest, Invoked, OutputValue};
use futures_util::FutureExt as _;
use serde_json::Value;
use tokio::runtime::Handle;
use tracing::warn;

use super::Service;
use crate::arn::TEST_ALIAS;
use crate::error::{Error, Result, missing};
use crate::node::flows;
use crate::run::{self, Feed, Flows, Reply, Start};
use crate::store::ExecutionRow;

/// How deep flows may call each other by the tools of their agents.
const DEEPEST: usize = 4;

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
        let draft = is_draft.then(|| (start.flow_id.clone(), start.digest.clone()));
        let feed = self.begin(start).await?;
        if let Some((flow, digest)) = draft {
            self.keep_prepared(&flow, &digest).await?;
        }
        Ok(feed)
    }

    /// Begins an execution of a part of what a target runs.
    ///
    /// # Errors
    /// As [`Service::invoke`], and where the part does not fit the flow.
    pub async fn invoke_part(
        &self,
        flow: &str,
        target: Target,
        input: Value,
        part: Part,
    ) -> Result<Arc<Feed>> {
        let start = self.callable(flow, target).await?;
        self.begin(Start { input, part: Some(part), ..start }).await
    }

    /// What a target runs now, without an input yet.
    ///
    /// # Errors
    /// There is no such flow or alias, or the draft is not prepared.
    pub async fn callable(&self, flow: &str, target: Target) -> Result<Start> {
        let row = self.flow_row(flow).await?;
        let row = if matches!(target, Target::Draft(_)) { self.resolved(row).await? } else { row };
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
            part: None,
            id: None,
            named: None,
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
        Ok(self.runner.start(start, self.calls(0)).await?)
    }

    /// Answers the question of an execution, which goes on.
    ///
    /// # Errors
    /// There is no such execution, it waits for no answer, or another node asks.
    pub async fn answer(&self, execution: &str, node: Option<String>, text: String) -> Result<Arc<Feed>> {
        self.answer_to(self.execution_row(execution).await?, node, text).await
    }

    /// Answers the question of this execution, which goes on.
    ///
    /// # Errors
    /// It waits for no answer, or another node asks.
    pub async fn answer_to(
        &self,
        execution: ExecutionRow,
        node: Option<String>,
        text: String,
    ) -> Result<Arc<Feed>> {
        let alias_id = match &execution.alias {
            None => TEST_ALIAS.to_owned(),
            // An alias that is gone had an id that nobody knows any more.
            Some(name) => self
                .store
                .alias(&execution.flow_id, name)
                .await
                .map_or_else(|_| name.clone(), |alias| alias.id),
        };
        let reply = Reply { execution, node, text, alias_id };
        Ok(self.runner.answer(reply, self.calls(0)).await?)
    }

    /// How the nodes of a run call other flows; `depth` is how deep that run is called itself.
    pub(super) fn calls(&self, depth: usize) -> Flows {
        let service = self.clone();
        Flows::new(move |call| {
            let service = service.clone();
            async move { service.call_flow(call, depth + 1).await }.boxed()
        })
    }

    /// Calls a flow for a node, and waits for what it puts out. It is stopped where the caller goes away.
    async fn call_flow(&self, call: flows::Call, depth: usize) -> flows::Called {
        if depth > DEEPEST {
            return Err(format!(
                "Flows call each other at most {DEEPEST} deep, and this one would be deeper."
            ));
        }
        let words = |error: Error| error.to_string();
        let start = self.callable(&call.flow, Target::Alias(call.alias)).await.map_err(words)?;
        let start = Start { input: call.input, ..start };
        let service = self.clone();
        // To its end, also where the caller goes away while the flow begins: what is told to nobody is dropped, and
        // stops the flow.
        let starting = async move {
            let feed = service.runner.start(start, service.calls(depth)).await?;
            Ok(Leaving { service, feed })
        };
        let leaving = self.tasks.finish("begin a called flow", starting).await;
        let leaving = leaving.unwrap_or(Err(run::Error::Stopping)).map_err(|error| words(error.into()))?;
        let invoked = self.wait(Arc::clone(&leaving.feed)).await.map_err(words)?;
        if let Some(request) = invoked.request {
            self.runner.stop_waiting(&invoked.execution_id).await.map_err(|error| words(error.into()))?;
            return Err(format!("It asks «{}», which it cannot be answered from here.", request.content));
        }
        let mut outputs = invoked.outputs;
        Ok(match (outputs.pop(), outputs.is_empty()) {
            (Some(only), true) => only.value,
            (Some(last), false) => {
                let all = outputs.into_iter().chain([last]);
                Value::Object(all.map(|output| (output.node, output.value)).collect())
            }
            (None, _) => Value::Null,
        })
    }

    /// Waits for an execution's end, or for a question of its own; what it put out.
    ///
    /// # Errors
    /// It did not succeed.
    pub async fn wait(&self, feed: Arc<Feed>) -> Result<Invoked> {
        let mut reader = feed.reader(0);
        let mut outputs = Vec::new();
        let (mut end, mut request) = (None, None);
        while let Some(events) = reader.next().await {
            for event in events {
                match &event.body {
                    Body::Output { node, value, .. } => {
                        outputs.push(OutputValue { node: node.clone(), value: value.clone() });
                    }
                    Body::InputRequested { node, text, .. } => {
                        request = Some(InputRequest { node: node.clone(), content: text.clone() });
                    }
                    Body::InputGiven { .. } => request = None,
                    Body::ExecutionEnded { status, error } => end = Some((*status, error.clone())),
                    _ => {}
                }
            }
        }
        let execution_id = feed.id.clone();
        match end {
            Some((Status::Succeeded, _)) => {
                Ok(Invoked { execution_id, status: Status::Succeeded, outputs, request: None })
            }
            Some((status, error)) => Err(Error::Run { execution: execution_id, status, error }),
            None if request.is_some() => {
                Ok(Invoked { execution_id, status: Status::InputRequired, outputs, request })
            }
            None => Err(Error::Internal("a feed ended without an end".to_owned())),
        }
    }
}

/// Stops a run when it is dropped, also one that waits for an answer.
struct Leaving {
    service: Service,
    feed: Arc<Feed>,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let has_ended = |event: Arc<Event>| matches!(event.body, Body::ExecutionEnded { .. });
        if self.feed.end().is_some_and(has_ended) {
            return;
        }
        self.feed.ask_to_stop();
        // Without a runtime the server is gone, and its next start ends what it left.
        if Handle::try_current().is_err() {
            return;
        }
        let (service, id) = (self.service.clone(), self.feed.id.clone());
        self.service.tasks.start("stop a called flow", async move {
            match service.stop(&id).await {
                Ok(()) | Err(Error::Conflict { .. }) => {}
                Err(error) => warn!(run.id = id, "a called flow could not be stopped: {}", error.logged()),
            }
        });
    }
}
