//! Questions whose answers are known, and what was measured by them.

use super::super::{Result, Store, to_sql};

/// The most measurements of a base that are kept.
const KEPT: i64 = 50;

impl Store {
    /// The questions of a base in their order: each with the titles of the documents that answer it, as JSON.
    pub async fn known_questions(&self, base: &str) -> Result<Vec<(String, String)>> {
        let questions = sqlx::query_as(
            "SELECT text, documents FROM knowledge_questions WHERE base_id = ? ORDER BY place",
        );
        Ok(questions.bind(base).fetch_all(&self.readers).await?)
    }

    /// Sets the questions of a base.
    pub async fn set_known_questions(&self, base: String, questions: Vec<(String, String)>) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM knowledge_questions WHERE base_id = ?")
                        .bind(&base)
                        .execute(&mut *connection)
                        .await?;
                    for (place, (text, documents)) in questions.into_iter().enumerate() {
                        sqlx::query(
                            "INSERT INTO knowledge_questions (base_id, place, text, documents) VALUES (?, ?, ?, ?)",
                        )
                        .bind(&base)
                        .bind(to_sql(place as u64))
                        .bind(&text)
                        .bind(&documents)
                        .execute(&mut *connection)
                        .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The measurements of a base, the last first, as JSON.
    pub async fn evaluations(&self, base: &str) -> Result<Vec<String>> {
        let bodies = sqlx::query_scalar(
            "SELECT body FROM knowledge_evaluations WHERE base_id = ? ORDER BY at DESC, id DESC",
        );
        Ok(bodies.bind(base).fetch_all(&self.readers).await?)
    }

    /// Keeps a measurement, and forgets those of long ago.
    pub async fn insert_evaluation(&self, base: String, id: String, body: String, at: u64) -> Result<()> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("INSERT INTO knowledge_evaluations (id, base_id, body, at) VALUES (?, ?, ?, ?)")
                        .bind(&id)
                        .bind(&base)
                        .bind(&body)
                        .bind(to_sql(at))
                        .execute(&mut *connection)
                        .await?;
                    sqlx::query(
                        "DELETE FROM knowledge_evaluations WHERE base_id = ?1 AND id NOT IN
                           (SELECT id FROM knowledge_evaluations WHERE base_id = ?1 ORDER BY at DESC, id DESC LIMIT ?2)",
                    )
                    .bind(&base)
                    .bind(KEPT)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }
}
