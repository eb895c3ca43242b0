//! What AWS's API has and ours has not: preparing a draft, so that AWS's test alias calls it.
//!
//! Always holds: what is prepared was checked and has no errors.

use tracing::warn;

use super::Service;
use crate::error::Result;
use crate::store::Prepared;

impl Service {
    /// Makes the draft callable through AWS's test alias if it has no errors; the flow's id and AWS's status.
    pub async fn prepare_flow(&self, flow: &str) -> Result<(String, &'static str)> {
        loop {
            let row = self.flow_row(flow).await?;
            let digest = row.digest.clone();
            let row = self.resolved(row).await?;
            let can_run = self.check(&row.definition, &row.extensions).await.can_run();
            let documents = can_run.then_some((row.definition, row.extensions));
            let status = if can_run { "Prepared" } else { "Failed" };
            let prepared = Prepared { id: row.id.clone(), digest, documents };
            // A draft that was saved meanwhile is looked at again.
            if self.store.set_prepared(prepared).await? {
                return Ok((row.id, status));
            }
        }
    }

    /// Makes a draft that runs callable through AWS's test alias, unless it was changed meanwhile.
    pub(super) async fn keep_prepared(&self, flow: &str, digest: &str) -> Result<()> {
        let row = self.flow_row(flow).await?;
        let draft = row.digest.clone();
        let row = self.resolved(row).await?;
        // The prompts that it names may have changed since, where it did not.
        let kept =
            row.prepared.as_ref().is_some_and(|(_, extensions)| extensions.prompts == row.extensions.prompts);
        if row.aws_status == "Prepared" && kept || row.digest != digest {
            return Ok(());
        }
        // The digest says that they are those that run.
        let documents = Some((row.definition, row.extensions));
        let prepared = Prepared { id: row.id, digest: draft, documents };
        if let Err(error) = self.store.set_prepared(prepared).await {
            // The run has begun; that it could not be kept as prepared is not its failure.
            warn!(flow.id = flow, "the draft that runs could not be kept as prepared: {error}");
        }
        Ok(())
    }
}
