//! Stored prompts: drafts, and the immutable versions made of them.

use flow::definition::{Definition, StoredPrompt};
use sqlx::{FromRow, SqliteConnection};

use super::{Error, Result, Store, Tags, from_sql, tags, taken, there, to_sql};

/// A draft of a prompt, or a version of it, as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptRow {
    pub id: String,
    pub name: String,
    /// None for the draft.
    pub version: Option<u64>,
    pub prompt: StoredPrompt,
    pub created_at: u64,
    pub updated_at: u64,
}

#[derive(FromRow)]
struct Row {
    id: String,
    name: String,
    version: Option<i64>,
    body: String,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn read(self) -> Result<PromptRow> {
        Ok(PromptRow {
            id: self.id,
            name: self.name,
            version: self.version.map(from_sql),
            prompt: serde_json::from_str(&self.body)?,
            created_at: from_sql(self.created_at),
            updated_at: from_sql(self.updated_at),
        })
    }
}

/// Drafts and versions as rows of the same columns.
macro_rules! drafts {
    ($rest:literal) => {
        concat!("SELECT id, name, NULL AS version, body, created_at, updated_at FROM prompts ", $rest)
    };
}
macro_rules! versions {
    ($rest:literal) => {
        concat!(
            "SELECT prompt_id AS id, name, version, body, created_at, created_at AS updated_at FROM prompt_versions ",
            $rest
        )
    };
}

impl Store {
    /// The draft of every prompt, by name.
    pub async fn prompts(&self) -> Result<Vec<PromptRow>> {
        let rows: Vec<Row> = sqlx::query_as(drafts!("ORDER BY name")).fetch_all(&self.readers).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// The draft of the prompt of this id or name.
    pub async fn prompt(&self, id_or_name: &str) -> Result<PromptRow> {
        let one = drafts!("WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC LIMIT 1");
        let row: Row = sqlx::query_as(one).bind(id_or_name).fetch_one(&self.readers).await?;
        row.read()
    }

    /// The versions of a prompt, or of every prompt, the newest first.
    pub async fn prompt_versions(&self, id: Option<&str>) -> Result<Vec<PromptRow>> {
        let all = versions!("WHERE ?1 IS NULL OR prompt_id = ?1 ORDER BY version DESC");
        let rows: Vec<Row> = sqlx::query_as(all).bind(id).fetch_all(&self.readers).await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// One version of a prompt.
    pub async fn prompt_version(&self, id: &str, version: u64) -> Result<PromptRow> {
        let one = versions!("WHERE prompt_id = ? AND version = ?");
        let row: Row = sqlx::query_as(one).bind(id).bind(to_sql(version)).fetch_one(&self.readers).await?;
        row.read()
    }

    /// Adds a prompt with its tags; its name must be free. With a token that made one before, answers that one.
    pub async fn insert_prompt(
        &self,
        row: PromptRow,
        token: Option<String>,
        tags: Tags,
    ) -> Result<PromptRow> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let made: Option<Row> = sqlx::query_as(drafts!("WHERE client_token = ?"))
                        .bind(&token)
                        .fetch_optional(&mut *connection)
                        .await?;
                    if let Some(made) = made {
                        return made.read();
                    }
                    sqlx::query(
                        "INSERT INTO prompts (id, name, body, client_token, created_at, updated_at)
                         VALUES (?, ?, ?, ?, ?, ?)",
                    )
                    .bind(&row.id)
                    .bind(&row.name)
                    .bind(serde_json::to_string(&row.prompt)?)
                    .bind(&token)
                    .bind(to_sql(row.created_at))
                    .bind(to_sql(row.updated_at))
                    .execute(&mut *connection)
                    .await
                    .map_err(|error| taken(error, "name"))?;
                    tags::set(connection, &format!("prompt/{}", row.id), &tags).await?;
                    Ok(row)
                })
            })
            .await
    }

    /// Replaces a draft. Its new name must be free.
    pub async fn update_prompt(&self, row: PromptRow) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let updated =
                        sqlx::query("UPDATE prompts SET name = ?, body = ?, updated_at = ? WHERE id = ?")
                            .bind(&row.name)
                            .bind(serde_json::to_string(&row.prompt)?)
                            .bind(to_sql(row.updated_at))
                            .bind(&row.id)
                            .execute(&mut *connection)
                            .await
                            .map_err(|error| taken(error, "name"))?;
                    there(&updated)
                })
            })
            .await
    }

    /// Makes the draft, with this description and these tags, the next version. With a token that made one before,
    /// answers that one.
    pub async fn insert_prompt_version(
        &self,
        id: String,
        description: Option<String>,
        token: Option<String>,
        tags: Tags,
        at: u64,
    ) -> Result<PromptRow> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let made: Option<Row> =
                        sqlx::query_as(versions!("WHERE prompt_id = ? AND client_token = ?"))
                            .bind(&id)
                            .bind(&token)
                            .fetch_optional(&mut *connection)
                            .await?;
                    if let Some(made) = made {
                        return made.read();
                    }
                    let row = next_version(connection, &id, description, at).await?;
                    sqlx::query(
                        "INSERT INTO prompt_versions (prompt_id, version, name, body, client_token, created_at)
                         VALUES (?, ?, ?, ?, ?, ?)",
                    )
                    .bind(&id)
                    .bind(row.version.map(to_sql))
                    .bind(&row.name)
                    .bind(serde_json::to_string(&row.prompt)?)
                    .bind(&token)
                    .bind(to_sql(at))
                    .execute(&mut *connection)
                    .await?;
                    let number = row.version.unwrap_or_default();
                    tags::set(connection, &format!("prompt/{id}:{number}"), &tags).await?;
                    Ok(row)
                })
            })
            .await
    }

    /// Deletes a prompt with its versions, or one version. `names` says whether a flow's draft names what is to go; such
    /// a one keeps it.
    pub async fn delete_prompt<F>(&self, id: String, version: Option<u64>, names: F) -> Result<()>
    where
        F: Fn(&Definition) -> bool + Send + 'static,
    {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    // Few flows have the id in them at all, so few are read.
                    let users: Vec<String> =
                        sqlx::query_scalar("SELECT definition FROM flows WHERE instr(definition, ?) > 0")
                            .bind(&id)
                            .fetch_all(&mut *connection)
                            .await?;
                    for definition in users {
                        if names(&serde_json::from_str(&definition)?) {
                            return Err(Error::Taken("prompt"));
                        }
                    }
                    let deleted = match version {
                        None => sqlx::query("DELETE FROM prompts WHERE id = ?").bind(&id),
                        Some(version) => {
                            sqlx::query("DELETE FROM prompt_versions WHERE prompt_id = ? AND version = ?")
                                .bind(&id)
                                .bind(to_sql(version))
                        }
                    };
                    there(&deleted.execute(&mut *connection).await?)
                })
            })
            .await
    }
}

/// What the next version of a prompt is. A number is never used twice.
async fn next_version(
    connection: &mut SqliteConnection,
    id: &str,
    description: Option<String>,
    at: u64,
) -> Result<PromptRow> {
    let (number, name, body): (i64, String, String) = sqlx::query_as(
        "UPDATE prompts SET next_version = next_version + 1 WHERE id = ? RETURNING next_version - 1, name, body",
    )
    .bind(id)
    .fetch_one(connection)
    .await?;
    let draft: StoredPrompt = serde_json::from_str(&body)?;
    Ok(PromptRow {
        id: id.to_owned(),
        name,
        version: Some(from_sql(number)),
        prompt: StoredPrompt { description, ..draft },
        created_at: at,
        updated_at: at,
    })
}
