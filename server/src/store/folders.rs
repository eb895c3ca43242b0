//! Where flows are kept for people: their folders and their tags.

use std::collections::HashMap;

use super::{Result, Store, Tags, tags, there};

/// What a flow is kept under.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filed {
    pub folder: String,
    pub tags: Tags,
}

impl Store {
    /// What every flow is kept under that is kept under something, by its id.
    pub async fn filed(&self) -> Result<HashMap<String, Filed>> {
        let folders: Vec<(String, String)> =
            sqlx::query_as("SELECT id, folder FROM flows WHERE folder <> ''")
                .fetch_all(&self.readers)
                .await?;
        let tags: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT flows.id, key, value FROM flows JOIN tags ON resource = 'flow/' || flows.id ORDER BY key",
        )
        .fetch_all(&self.readers)
        .await?;
        let mut filed: HashMap<String, Filed> = HashMap::new();
        for (flow, folder) in folders {
            filed.entry(flow).or_default().folder = folder;
        }
        for (flow, key, value) in tags {
            filed.entry(flow).or_default().tags.insert(key, value);
        }
        Ok(filed)
    }

    /// Puts a flow into a folder, or gives it these tags in the place of those it has; what is none stays.
    pub async fn file_flow(&self, flow: String, folder: Option<String>, tags: Option<Tags>) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let filed = sqlx::query("UPDATE flows SET folder = coalesce(?, folder) WHERE id = ?")
                        .bind(folder)
                        .bind(&flow)
                        .execute(&mut *connection)
                        .await?;
                    there(&filed)?;
                    let Some(tags) = tags else { return Ok(()) };
                    let resource = format!("flow/{flow}");
                    sqlx::query("DELETE FROM tags WHERE resource = ?")
                        .bind(&resource)
                        .execute(&mut *connection)
                        .await?;
                    tags::set(connection, &resource, &tags).await
                })
            })
            .await
    }
}
