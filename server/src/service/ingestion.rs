//! Ingestion: what data sources have becomes documents of their bases.
//!
//! Always holds: what fails fails alone, with its reason kept; what was taken, or seen by a job, is dealt with also
//! when the server stops meanwhile; a source has one job at a time. A job looks at everything that a source has, reads
//! what is new or has changed, and takes out what is gone.

mod find;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use flow::wire::{IngestionJob, IngestionJobList, JobCounts, JobStatus, Place};
use futures_util::StreamExt as _;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Service;
use super::knowledge::new_passage;
use super::sources::{Body, Note, body, digest};
use crate::egress::Egress;
use crate::error::{Error, Result, missing};
use crate::knowledge::cut;
use crate::reader::{Kind, Reader, Text};
use crate::store::{self, Indexed, JobRow, Kept, NewDocument, PendingRow};
use crate::{clock, id};
use find::Found;

/// How many documents are dealt with together.
const TOGETHER: usize = 4;
/// How often a job says how far it is.
const TELL: Duration = Duration::from_millis(250);
/// How many reasons are kept of a job.
const REASONS: usize = 100;
/// How long what waits is left alone where the store did not take it.
const PAUSE: Duration = Duration::from_secs(5);
const LONGEST_TITLE: usize = 180;

/// What ingestion needs, and what it is at.
#[derive(Clone)]
pub struct Ingestion {
    pub(super) reader: Reader,
    pub(super) egress: Egress,
    /// By the sources whose jobs run here.
    running: Arc<Mutex<HashMap<String, CancellationToken>>>,
    waiting: Arc<Notify>,
}

impl Ingestion {
    /// Nothing runs yet.
    pub fn new(reader: Reader, egress: Egress) -> Self {
        Self { reader, egress, running: Arc::default(), waiting: Arc::default() }
    }

    /// Asks the job of a source to stop.
    pub(super) fn stop(&self, source: &str) {
        if let Some(stop) = self.running.lock().get(source) {
            stop.cancel();
        }
    }

    /// Says that something waits to be read.
    pub(super) fn wake(&self) {
        self.waiting.notify_one();
    }
}

/// What became of a thing that a job has looked at.
enum Outcome {
    Added,
    Changed,
    Unchanged,
    Failed(String),
    /// It, or its source, is gone.
    Gone,
}

impl Service {
    /// Goes on with what a stop has cut off, and reads what waits from now on.
    pub async fn resume_ingestion(&self) -> Result<()> {
        for (base, source, job) in self.store.unfinished_jobs().await? {
            self.start_job(base, source, job);
        }
        let service = self.clone();
        self.tasks.start("read documents", async move { service.read_what_waits().await });
        Ok(())
    }

    /// The jobs of a source, newest first.
    pub async fn ingestion_jobs(&self, base: &str, source: &str) -> Result<IngestionJobList> {
        let source = self.source_row(base, source).await?.id;
        Ok(IngestionJobList { jobs: self.store.jobs(&source).await?.into_iter().map(job).collect() })
    }

    /// A job of a source.
    pub async fn ingestion_job(&self, base: &str, source: &str, id: &str) -> Result<IngestionJob> {
        let source = self.source_row(base, source).await?.id;
        let row = self.store.job(&source, id).await;
        Ok(job(row.map_err(missing("ingestion job", id))?))
    }

    /// Begins a job. It goes on by itself.
    pub async fn start_ingestion(
        &self,
        base: &str,
        source: &str,
        description: String,
        token: Option<String>,
    ) -> Result<IngestionJob> {
        let row = self.source_row(base, source).await?;
        if body(&row).place == Place::Custom {
            let message = "The documents of this data source are given one by one, so there is nothing to look through.";
            return Err(Error::invalid("dataSourceId", message));
        }
        let at = clock::now();
        let fresh = JobRow {
            id: id::short()?,
            source_id: row.id.clone(),
            description,
            status: "starting".to_owned(),
            counts: "{}".to_owned(),
            started_at: at,
            updated_at: at,
        };
        let (id, is_new) = self.store.insert_job(fresh, token).await.map_err(|error| match error {
            store::Error::Taken(_) => Error::Conflict {
                code: "job_runs",
                message: format!("{} is being synced already. Wait for it, or stop it.", row.name),
            },
            other => missing("data source", source)(other),
        })?;
        if is_new {
            self.start_job(row.base.clone(), row.id.clone(), id.clone());
        }
        self.ingestion_job(base, &row.id, &id).await
    }

    /// Asks a job to stop. What it has done stays.
    pub async fn stop_ingestion(&self, base: &str, source: &str, id: &str) -> Result<IngestionJob> {
        let row = self.source_row(base, source).await?;
        self.store.job(&row.id, id).await.map_err(missing("ingestion job", id))?;
        self.store.stop_job(id.to_owned(), clock::now()).await.map_err(|error| match error {
            store::Error::NotFound => {
                Error::Conflict { code: "job_ended", message: format!("The job {id} has ended already.") }
            }
            other => other.into(),
        })?;
        self.ingestion.stop(&row.id);
        self.ingestion_job(base, &row.id, id).await
    }

    fn start_job(&self, base: String, source: String, id: String) {
        let stop = CancellationToken::new();
        self.ingestion.running.lock().insert(source.clone(), stop.clone());
        let service = self.clone();
        self.tasks.start("ingest documents", async move {
            service.run_job(&base, &source, &id, &stop).await;
        });
    }

    async fn run_job(&self, base: &str, source: &str, id: &str, stop: &CancellationToken) {
        let stopping = self.tasks.stopping();
        let mut counts = match self.store.job(source, id).await {
            Ok(row) if row.status == "stopping" => {
                stop.cancel();
                job(row).counts
            }
            Ok(row) => job(row).counts,
            Err(_) => return,
        };
        // What a job that is gone on with has seen, it sees again; what it has done stays done.
        counts = JobCounts {
            added: counts.added,
            changed: counts.changed,
            deleted: counts.deleted,
            ..JobCounts::default()
        };
        let brought = tokio::select! {
            brought = self.bring(base, source, id, stop, &mut counts) => brought,
            // The next server goes on with it.
            () = stopping.cancelled() => return,
        };
        let status = match brought {
            _ if stop.is_cancelled() => "stopped",
            Ok(()) => "complete",
            Err(error) => {
                counts.reasons.insert(0, error.to_string());
                "failed"
            }
        };
        // Before another may begin, whose own stop must not go with this one's.
        self.ingestion.running.lock().remove(source);
        if let Err(error) = self.tell(id, status, &counts).await
            && !matches!(error, store::Error::NotFound)
        {
            warn!(job.id = id, "how a job ended could not be kept: {error}");
        }
    }

    async fn tell(&self, id: &str, status: &'static str, counts: &JobCounts) -> store::Result<()> {
        self.store.update_job(id.to_owned(), status, serde_json::to_string(counts)?, clock::now()).await
    }

    async fn bring(
        &self,
        base: &str,
        source: &str,
        id: &str,
        stop: &CancellationToken,
        counts: &mut JobCounts,
    ) -> Result<()> {
        let row = self.source_row(base, source).await?;
        let body = body(&row);
        let known = self.store.marks(source).await?;
        self.tell(id, "in_progress", counts).await?;
        let found = self.find(&body.place).await.map_err(Error::Input)?;
        counts.found = found.len() as u64;
        counts.with_metadata = found.iter().filter(|found| found.has_metadata()).count() as u64;
        let there: HashSet<String> = found.iter().map(|found| found.uri.clone()).collect();
        let mut outcomes = futures_util::stream::iter(found)
            .map(|found| {
                let known = known.get(&found.uri);
                let (body, row) = (&body, &row);
                async move {
                    let uri = found.uri.clone();
                    (uri, self.ingest(&row.base, source, body, found, known).await)
                }
            })
            .buffer_unordered(TOGETHER);
        let mut told = Instant::now();
        loop {
            let next = tokio::select! {
                next = outcomes.next() => next,
                () = stop.cancelled() => return Ok(()),
            };
            let Some((uri, outcome)) = next else { break };
            count(counts, &uri, outcome?);
            if told.elapsed() > TELL {
                self.tell(id, "in_progress", counts).await?;
                told = Instant::now();
            }
        }
        drop(outcomes);
        for uri in known.into_keys().filter(|uri| !there.contains(uri)) {
            if stop.is_cancelled() {
                return Ok(());
            }
            counts.deleted += u64::from(self.store.remove_item(source.to_owned(), uri, clock::now()).await?);
        }
        Ok(())
    }

    /// Deals with one thing that a source has.
    async fn ingest(
        &self,
        base: &str,
        source: &str,
        body: &Body,
        found: Found,
        known: Option<&(String, bool)>,
    ) -> Result<Outcome> {
        let same = |mark: &str| known.is_some_and(|(known, indexed)| *indexed && known == mark);
        if found.mark.as_deref().is_some_and(same) {
            return Ok(Outcome::Unchanged);
        }
        let uri = found.uri.clone();
        let mark = found.mark.clone();
        let taken = match self.take(&found).await {
            Ok(taken) if same(&taken.mark) => return Ok(Outcome::Unchanged),
            Ok(taken) => taken,
            Err(reason) => {
                let (source, at) = (source.to_owned(), clock::now());
                self.store.put_failed(source, uri, mark, reason.clone(), false, at).await?;
                return Ok(Outcome::Failed(reason));
            }
        };
        let document = new_document(base, body, taken.title, taken.text, taken.metadata).await?;
        let indexed = Indexed { source: source.to_owned(), uri, mark: taken.mark, waited: false, document };
        Ok(match self.store.put_indexed(indexed).await? {
            Kept::Added => Outcome::Added,
            Kept::Changed => Outcome::Changed,
            Kept::Stale => Outcome::Gone,
        })
    }

    /// The metadata in a file of a bucket.
    pub(crate) async fn metadata_at(&self, uri: &str) -> std::result::Result<Map<String, Value>, String> {
        let (bucket, key) = find::address(uri)?;
        self.metadata(bucket, key).await
    }

    async fn read_what_waits(&self) {
        let stopping = self.tasks.stopping();
        loop {
            let pause = match self.read_some().await {
                Ok(true) if !stopping.is_cancelled() => continue,
                Ok(_) => None,
                Err(error) => {
                    warn!("documents that wait to be read could not be kept: {}", error.logged());
                    Some(PAUSE)
                }
            };
            tokio::select! {
                () = stopping.cancelled() => return,
                () = self.ingestion.waiting.notified() => {}
                () = async {
                    match pause {
                        Some(pause) => tokio::time::sleep(pause).await,
                        None => std::future::pending().await,
                    }
                } => {}
            }
        }
    }

    /// Reads some of what waits; whether there was some.
    async fn read_some(&self) -> Result<bool> {
        let rows = self.store.next_pending(TOGETHER).await?;
        let some = !rows.is_empty();
        let read = rows.into_iter().map(|row| self.read_pending(row));
        for kept in futures_util::future::join_all(read).await {
            kept?;
        }
        Ok(some)
    }

    async fn read_pending(&self, row: PendingRow) -> Result<()> {
        let body: Body = serde_json::from_str(&row.body).unwrap_or_default();
        let (source, uri, mark) = (row.source_id.clone(), row.uri.clone(), row.mark.clone());
        let base = row.base_id.clone();
        match self.told(row).await {
            Ok((title, text, metadata)) => {
                let document = new_document(&base, &body, title, text, metadata).await?;
                self.store.put_indexed(Indexed { source, uri, mark, waited: true, document }).await?;
            }
            Err(reason) => self.store.put_failed(source, uri, Some(mark), reason, true, clock::now()).await?,
        }
        Ok(())
    }

    /// The title, text and metadata of a document that waits.
    async fn told(
        &self,
        row: PendingRow,
    ) -> std::result::Result<(String, String, Option<Map<String, Value>>), String> {
        let note: Note = serde_json::from_str(&row.note).map_err(|error| error.to_string())?;
        let (kind, bytes) = match (&note.from, row.content) {
            (Some(uri), _) => {
                let (bucket, key) = find::address(uri)?;
                let kind = find::kind(key)?;
                (kind, self.objects.bytes(bucket, key).await.map_err(|failure| failure.message)?)
            }
            (None, content) => {
                let kind = note.kind.as_deref().unwrap_or_default().parse()?;
                (kind, content.unwrap_or_default())
            }
        };
        let text = self.read(kind, bytes).await?;
        Ok((note.title, text.text, note.metadata))
    }

    async fn read(&self, kind: Kind, bytes: Vec<u8>) -> std::result::Result<Text, String> {
        self.ingestion.reader.read(kind, bytes).await.map_err(|unreadable| unreadable.0)
    }
}

fn count(counts: &mut JobCounts, uri: &str, outcome: Outcome) {
    match outcome {
        Outcome::Added => counts.added += 1,
        Outcome::Changed => counts.changed += 1,
        Outcome::Unchanged => counts.unchanged += 1,
        Outcome::Gone => {}
        Outcome::Failed(reason) => {
            counts.failed += 1;
            if counts.reasons.len() < REASONS {
                counts.reasons.push(format!("{uri}: {reason}"));
            }
        }
    }
}

/// A document, cut. A long one takes a while, which others do not wait for.
async fn new_document(
    base: &str,
    body: &Body,
    title: String,
    text: String,
    metadata: Option<Map<String, Value>>,
) -> Result<NewDocument> {
    let (base, chunking, id) = (base.to_owned(), body.chunking.clone(), id::short()?);
    let metadata = metadata.filter(|metadata| !metadata.is_empty()).map(|map| Value::Object(map).to_string());
    let cutting = tokio::task::spawn_blocking(move || NewDocument {
        id,
        base,
        title: title.chars().take(LONGEST_TITLE).collect(),
        digest: digest(&text, metadata.as_deref(), &chunking),
        passages: cut(&text, &chunking).into_iter().map(new_passage).collect(),
        text,
        metadata,
        at: clock::now(),
    });
    cutting.await.map_err(|error| Error::Internal(error.to_string()))
}

/// A job as it is told.
pub(super) fn job(row: JobRow) -> IngestionJob {
    let status = match row.status.as_str() {
        "in_progress" => JobStatus::InProgress,
        "stopping" => JobStatus::Stopping,
        "stopped" => JobStatus::Stopped,
        "complete" => JobStatus::Complete,
        "failed" => JobStatus::Failed,
        _ => JobStatus::Starting,
    };
    IngestionJob {
        id: row.id,
        status,
        description: row.description,
        counts: serde_json::from_str(&row.counts).unwrap_or_default(),
        started_at: row.started_at,
        updated_at: row.updated_at,
    }
}
