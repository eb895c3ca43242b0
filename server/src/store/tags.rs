//! Tags. What they are on takes them along when it goes, by the triggers of the schema.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use super::{Error, Result, Store, to_sql};

/// AWS's alias of a draft, whose tags are its own, as the schema's triggers have it.
const TEST_ALIAS: &str = "TSTALIASID";

/// Tags by their keys.
pub type Tags = BTreeMap<String, String>;

impl Store {
    /// The tags of a resource, which is there.
    pub async fn tags(&self, resource: &str) -> Result<Tags> {
        require(&mut *self.readers.acquire().await?, resource).await?;
        let tags: Vec<(String, String)> = sqlx::query_as("SELECT key, value FROM tags WHERE resource = ?")
            .bind(resource)
            .fetch_all(&self.readers)
            .await?;
        Ok(tags.into_iter().collect())
    }

    /// Adds tags to a resource that is there, or gives them new values, and leaves the others as they are. It has at most
    /// so many in the end.
    pub async fn put_tags(&self, resource: String, tags: Tags, most: usize) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    require(connection, &resource).await?;
                    set(connection, &resource, &tags).await?;
                    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM tags WHERE resource = ?")
                        .bind(&resource)
                        .fetch_one(&mut *connection)
                        .await?;
                    if usize::try_from(count).is_ok_and(|count| count <= most) {
                        Ok(())
                    } else {
                        Err(Error::Taken("tags"))
                    }
                })
            })
            .await
    }

    /// Removes tags of a resource that is there. One that it does not have is no failure.
    pub async fn delete_tags(&self, resource: String, keys: Vec<String>) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    require(connection, &resource).await?;
                    for key in keys {
                        sqlx::query("DELETE FROM tags WHERE resource = ? AND key = ?")
                            .bind(&resource)
                            .bind(key)
                            .execute(&mut *connection)
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// Gives a resource tags, in the transaction that makes it or knows it to be there.
pub(super) async fn set(connection: &mut SqliteConnection, resource: &str, tags: &Tags) -> Result<()> {
    for (key, value) in tags {
        sqlx::query(
            "INSERT INTO tags (resource, key, value) VALUES (?, ?, ?)
             ON CONFLICT (resource, key) DO UPDATE SET value = excluded.value",
        )
        .bind(resource)
        .bind(key)
        .bind(value)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Whether there is what a resource names: what may have tags.
async fn require(connection: &mut SqliteConnection, resource: &str) -> Result<()> {
    let parts: Vec<&str> = resource.split('/').collect();
    let found: Option<i64> = match parts[..] {
        ["flow", id] | ["flow", id, "alias", TEST_ALIAS] => {
            sqlx::query_scalar("SELECT 1 FROM flows WHERE id = ?").bind(id).fetch_optional(connection).await?
        }
        ["flow", id, "alias", alias] => {
            let alias_of = sqlx::query_scalar("SELECT 1 FROM aliases WHERE flow_id = ? AND id = ?");
            alias_of.bind(id).bind(alias).fetch_optional(connection).await?
        }
        ["prompt", prompt] => match prompt.split_once(':') {
            None => {
                let draft = sqlx::query_scalar("SELECT 1 FROM prompts WHERE id = ?");
                draft.bind(prompt).fetch_optional(connection).await?
            }
            Some((id, version)) => {
                let version = version.parse().map_err(|_| Error::NotFound)?;
                let of =
                    sqlx::query_scalar("SELECT 1 FROM prompt_versions WHERE prompt_id = ? AND version = ?");
                of.bind(id).bind(to_sql(version)).fetch_optional(connection).await?
            }
        },
        ["agent", id] | ["agent-alias", id, TEST_ALIAS] => {
            sqlx::query_scalar("SELECT 1 FROM agents WHERE id = ?")
                .bind(id)
                .fetch_optional(connection)
                .await?
        }
        ["agent-alias", id, alias] => {
            let alias_of = sqlx::query_scalar("SELECT 1 FROM agent_aliases WHERE agent_id = ? AND id = ?");
            alias_of.bind(id).bind(alias).fetch_optional(connection).await?
        }
        ["knowledge-base", id] => {
            let base =
                sqlx::query_scalar("SELECT 1 FROM knowledge_bases WHERE id = ? AND deleted_at IS NULL");
            base.bind(id).fetch_optional(connection).await?
        }
        _ => None,
    };
    found.map(drop).ok_or(Error::NotFound)
}
