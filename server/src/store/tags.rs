//! Tags. What they are on takes them along when it goes, by the triggers of the schema.

use std::collections::BTreeMap;

use super::{Error, Result, Store};

impl Store {
    /// The tags of a resource.
    pub async fn tags(&self, resource: &str) -> Result<BTreeMap<String, String>> {
        let tags: Vec<(String, String)> = sqlx::query_as("SELECT key, value FROM tags WHERE resource = ?")
            .bind(resource)
            .fetch_all(&self.readers)
            .await?;
        Ok(tags.into_iter().collect())
    }

    /// Adds tags, or gives them new values, and leaves the others as they are. It has at most so many in the end.
    pub async fn put_tags(
        &self,
        resource: String,
        tags: BTreeMap<String, String>,
        most: usize,
    ) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    for (key, value) in &tags {
                        sqlx::query(
                            "INSERT INTO tags (resource, key, value) VALUES (?, ?, ?)
                             ON CONFLICT (resource, key) DO UPDATE SET value = excluded.value",
                        )
                        .bind(&resource)
                        .bind(key)
                        .bind(value)
                        .execute(&mut *connection)
                        .await?;
                    }
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

    /// Removes tags. One that is not there is no failure.
    pub async fn delete_tags(&self, resource: String, keys: Vec<String>) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
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
