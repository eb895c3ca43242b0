//! Flows and their drafts.

use flow::definition::Definition;
use flow::extensions::Extensions;
use sqlx::{FromRow, SqliteConnection};

use super::{Error, Result, Store, Tags, from_sql, tags, there, to_sql};

/// A flow as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowRow {
    pub id: String,
    pub name: String,
    pub title: String,
    pub description: String,
    pub revision: u64,
    pub definition: Definition,
    pub extensions: Extensions,
    /// Of the draft's two documents.
    pub digest: String,
    /// AWS's `FlowStatus`.
    pub aws_status: String,
    pub aws_role: String,
    pub aws_key: Option<String>,
    /// What the last PrepareFlow made callable.
    pub prepared: Option<(Definition, Extensions)>,
    pub client_token: Option<String>,
    pub created_at: u64,
    pub updated_at: u64,
}

/// What a change of a draft writes.
#[derive(Clone, Debug)]
pub struct DraftChange {
    pub id: String,
    /// The revision it was based on.
    pub based_on: u64,
    pub definition: Definition,
    pub extensions: Extensions,
    pub digest: String,
    pub at: u64,
}

/// What AWS's UpdateFlow replaces.
#[derive(Clone, Debug)]
pub struct FlowUpdate {
    pub id: String,
    pub name: String,
    pub description: String,
    pub definition: Definition,
    pub aws_role: String,
    pub aws_key: Option<String>,
    pub at: u64,
}

/// What a flow is called. What is none stays as it is.
#[derive(Clone, Debug)]
pub struct FlowTitle {
    pub id: String,
    pub title: Option<String>,
    /// The wish for its name; a number is added where it is another flow's.
    pub name: Option<String>,
    pub description: Option<String>,
    pub at: u64,
}

/// A draft that was checked.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub id: String,
    /// Of the draft that was checked.
    pub digest: String,
    /// Its documents, where they can run.
    pub documents: Option<(Definition, Extensions)>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    title: String,
    description: String,
    revision: i64,
    definition: String,
    extensions: String,
    digest: String,
    aws_status: String,
    aws_role: String,
    aws_key: Option<String>,
    prepared_definition: Option<String>,
    prepared_extensions: Option<String>,
    client_token: Option<String>,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<FlowRow> {
        let prepared = match (self.prepared_definition, self.prepared_extensions) {
            (Some(definition), Some(extensions)) => {
                Some((serde_json::from_str(&definition)?, serde_json::from_str(&extensions)?))
            }
            _ => None,
        };
        Ok(FlowRow {
            definition: serde_json::from_str(&self.definition)?,
            extensions: serde_json::from_str(&self.extensions)?,
            prepared,
            id: self.id,
            name: self.name,
            title: self.title,
            description: self.description,
            revision: from_sql(self.revision),
            digest: self.digest,
            aws_status: self.aws_status,
            aws_role: self.aws_role,
            aws_key: self.aws_key,
            client_token: self.client_token,
            created_at: from_sql(self.created_at),
            updated_at: from_sql(self.updated_at),
        })
    }
}

impl Store {
    /// Every flow, the last changed first.
    pub async fn flows(&self) -> Result<Vec<FlowRow>> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM flows ORDER BY updated_at DESC, id")
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// The flow of this id or name.
    pub async fn flow(&self, id_or_name: &str) -> Result<FlowRow> {
        let row: Row =
            sqlx::query_as("SELECT * FROM flows WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC LIMIT 1")
                .bind(id_or_name)
                .fetch_one(&self.readers)
                .await?;
        row.read()
    }

    /// The flow that was made with this idempotency token.
    pub async fn flow_by_token(&self, token: &str) -> Result<FlowRow> {
        let row: Row = sqlx::query_as("SELECT * FROM flows WHERE client_token = ?")
            .bind(token)
            .fetch_one(&self.readers)
            .await?;
        row.read()
    }

    /// Adds a flow with its tags. Where its name is taken, a number is added to it, unless `exact`; answers the name it
    /// got.
    pub async fn insert_flow(&self, flow: FlowRow, exact: bool, tags: Tags) -> Result<String> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let name = free_name(connection, &flow.name, &flow.id, exact).await?;
                    sqlx::query(
                        "INSERT INTO flows (id, name, title, description, revision, definition, extensions, digest,
                           aws_status, aws_role, aws_key, client_token, created_at, updated_at)
                         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    )
                    .bind(&flow.id)
                    .bind(&name)
                    .bind(&flow.title)
                    .bind(&flow.description)
                    .bind(to_sql(flow.revision))
                    .bind(serde_json::to_string(&flow.definition)?)
                    .bind(serde_json::to_string(&flow.extensions)?)
                    .bind(&flow.digest)
                    .bind(&flow.aws_status)
                    .bind(&flow.aws_role)
                    .bind(&flow.aws_key)
                    .bind(&flow.client_token)
                    .bind(to_sql(flow.created_at))
                    .bind(to_sql(flow.updated_at))
                    .execute(&mut *connection)
                    .await?;
                    tags::set(connection, &format!("flow/{}", flow.id), &tags).await?;
                    Ok(name)
                })
            })
            .await
    }

    /// Replaces a draft's documents; answers the new revision. AWS's status is `NotPrepared` then.
    pub async fn save_draft(&self, change: DraftChange) -> Result<u64> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let revision = require_revision(connection, &change.id, Some(change.based_on)).await?;
                    sqlx::query(
                        "UPDATE flows SET definition = ?, extensions = ?, digest = ?, revision = revision + 1,
                           updated_at = ?, aws_status = 'NotPrepared' WHERE id = ?",
                    )
                    .bind(serde_json::to_string(&change.definition)?)
                    .bind(serde_json::to_string(&change.extensions)?)
                    .bind(&change.digest)
                    .bind(to_sql(change.at))
                    .bind(&change.id)
                    .execute(&mut *connection)
                    .await?;
                    Ok(revision + 1)
                })
            })
            .await
    }

    /// Replaces a definition and what AWS knows of a flow, in one. `settle` says, of the extensions as they are then,
    /// which stay, and the digest of both documents.
    pub async fn update_flow<F>(&self, update: FlowUpdate, settle: F) -> Result<()>
    where
        F: FnOnce(&Definition, Extensions) -> Result<(Extensions, String)> + Send + 'static,
    {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let extensions: String = sqlx::query_scalar("SELECT extensions FROM flows WHERE id = ?")
                        .bind(&update.id)
                        .fetch_one(&mut *connection)
                        .await?;
                    let (extensions, digest) =
                        settle(&update.definition, serde_json::from_str(&extensions)?)?;
                    let name = free_name(connection, &update.name, &update.id, true).await?;
                    // A title that AWS's name was derived from stays as it is.
                    sqlx::query(
                        "UPDATE flows SET title = CASE WHEN name = ?1 THEN title ELSE ?1 END, name = ?1,
                           description = ?2, definition = ?3, extensions = ?4, digest = ?5, aws_role = ?6, aws_key = ?7,
                           updated_at = ?8, revision = revision + 1, aws_status = 'NotPrepared' WHERE id = ?9",
                    )
                    .bind(name)
                    .bind(&update.description)
                    .bind(serde_json::to_string(&update.definition)?)
                    .bind(serde_json::to_string(&extensions)?)
                    .bind(digest)
                    .bind(&update.aws_role)
                    .bind(&update.aws_key)
                    .bind(to_sql(update.at))
                    .bind(&update.id)
                    .execute(&mut *connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Changes what a flow is called.
    pub async fn rename_flow(&self, title: FlowTitle) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let name = match &title.name {
                        Some(name) => Some(free_name(connection, name, &title.id, false).await?),
                        None => None,
                    };
                    let renamed = sqlx::query(
                        "UPDATE flows SET title = coalesce(?, title), name = coalesce(?, name),
                           description = coalesce(?, description), updated_at = ? WHERE id = ?",
                    )
                    .bind(&title.title)
                    .bind(name)
                    .bind(&title.description)
                    .bind(to_sql(title.at))
                    .bind(&title.id)
                    .execute(&mut *connection)
                    .await?;
                    there(&renamed)
                })
            })
            .await
    }

    /// Records what was found of a draft; documents that can run are what AWS's test alias calls from now on. Answers
    /// false, and does nothing, where the draft is another by now.
    pub async fn set_prepared(&self, prepared: Prepared) -> Result<bool> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let known: String = sqlx::query_scalar("SELECT digest FROM flows WHERE id = ?")
                        .bind(&prepared.id)
                        .fetch_one(&mut *connection)
                        .await?;
                    if known != prepared.digest {
                        return Ok(false);
                    }
                    let Some((definition, extensions)) = &prepared.documents else {
                        sqlx::query("UPDATE flows SET aws_status = 'Failed' WHERE id = ?")
                            .bind(&prepared.id)
                            .execute(&mut *connection)
                            .await?;
                        return Ok(true);
                    };
                    sqlx::query(
                        "UPDATE flows SET aws_status = 'Prepared', prepared_definition = ?, prepared_extensions = ?
                         WHERE id = ?",
                    )
                    .bind(serde_json::to_string(definition)?)
                    .bind(serde_json::to_string(extensions)?)
                    .bind(&prepared.id)
                    .execute(&mut *connection)
                    .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Deletes a flow with its versions and aliases. Its executions stay. One that aliases serve is deleted only with
    /// `force`.
    pub async fn delete_flow(&self, id: String, force: bool) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let aliases: i64 = sqlx::query_scalar("SELECT count(*) FROM aliases WHERE flow_id = ?")
                        .bind(&id)
                        .fetch_one(&mut *connection)
                        .await?;
                    if aliases > 0 && !force {
                        return Err(Error::Taken("flow"));
                    }
                    sqlx::query("DELETE FROM aliases WHERE flow_id = ?")
                        .bind(&id)
                        .execute(&mut *connection)
                        .await?;
                    let deleted = sqlx::query("DELETE FROM flows WHERE id = ?")
                        .bind(&id)
                        .execute(&mut *connection)
                        .await?;
                    there(&deleted)
                })
            })
            .await
    }
}

/// The revision of a draft, which must be the expected one where there is one.
pub(super) async fn require_revision(
    connection: &mut SqliteConnection,
    flow: &str,
    expected: Option<u64>,
) -> Result<u64> {
    let revision: i64 = sqlx::query_scalar("SELECT revision FROM flows WHERE id = ?")
        .bind(flow)
        .fetch_one(connection)
        .await?;
    let revision = from_sql(revision);
    match expected {
        Some(expected) if expected != revision => Err(Error::Revision(revision)),
        _ => Ok(revision),
    }
}

/// A name that no other flow than the one of this id has: the wanted one, or that with a number, unless `exact`.
async fn free_name(connection: &mut SqliteConnection, wanted: &str, id: &str, exact: bool) -> Result<String> {
    let mut name = wanted.to_owned();
    for number in 2.. {
        let taken: i64 = sqlx::query_scalar("SELECT count(*) FROM flows WHERE name = ? AND id <> ?")
            .bind(&name)
            .bind(id)
            .fetch_one(&mut *connection)
            .await?;
        if taken == 0 {
            break;
        }
        if exact {
            return Err(Error::Taken("name"));
        }
        name = format!("{wanted}-{number}");
    }
    Ok(name)
}
