//! What AWS's API has and ours has not: preparing a draft, and idempotency tokens.

use flow::check::check;

use super::Service;
use crate::clock;
use crate::error::Result;

impl Service {
    /// Makes the draft callable through AWS's test alias if it has no errors; the flow's id and AWS's status.
    pub async fn prepare_flow(&self, flow: &str) -> Result<(String, &'static str)> {
        let row = self.flow_row(flow).await?;
        let status = if check(&row.definition, &row.extensions).can_run() { "Prepared" } else { "Failed" };
        self.store.set_prepared(row.id.clone(), status, clock::now()).await?;
        Ok((row.id, status))
    }

    /// The id of what a call with this idempotency token made.
    pub async fn made_with(&self, place: &str, token: &str) -> Result<Option<String>> {
        Ok(self.store.setting(&format!("made/{place}/{token}")).await?)
    }

    /// Remembers what an idempotency token made.
    pub async fn remember_made(&self, place: &str, token: &str, made: &str) -> Result<()> {
        Ok(self.store.put_setting(format!("made/{place}/{token}"), made).await?)
    }
}
