//! Immutable versions, and publishing: a version and an alias that points at it, or neither.

use flow::wire::{self, Published, VersionSummary};

use super::{Service, aliases};
use crate::error::{Error, Result, missing, revised};
use crate::store::{self, AliasRow, FlowRow, VersionRow};
use crate::{clock, id};

/// The alias that a publish moves where none is named.
const LIVE: &str = "live";

impl Service {
    /// A flow's versions, newest first.
    pub async fn versions(&self, flow: &str) -> Result<Vec<VersionRow>> {
        let row = self.flow_row(flow).await?;
        Ok(self.store.versions(&row.id).await?)
    }

    /// One version of a flow.
    pub async fn version(&self, flow: &str, version: u64) -> Result<VersionRow> {
        let row = self.flow_row(flow).await?;
        self.store.version(&row.id, version).await.map_err(missing("version", &version.to_string()))
    }

    /// Makes the draft, which must have no errors, a version; `token` is AWS's idempotency token.
    pub async fn create_version(
        &self,
        flow: &str,
        description: String,
        token: Option<String>,
    ) -> Result<VersionRow> {
        let row = self.flow_row(flow).await?;
        let id = row.id.clone();
        Ok(self.store.insert_version(id, self.snapshot(row, description).await?, token).await?)
    }

    /// Makes the draft a version and points an alias at it; only at this revision, where one is named.
    pub async fn publish(
        &self,
        flow: &str,
        based_on: Option<u64>,
        publish: wire::Publish,
    ) -> Result<Published> {
        let row = self.flow_row(flow).await?;
        let based_on = based_on.unwrap_or(row.revision);
        if based_on != row.revision {
            return Err(Error::Revision { based_on, current: row.revision });
        }
        let name = publish.alias.unwrap_or_else(|| LIVE.to_owned());
        aliases::check_name(&name)?;
        let now = clock::now();
        let alias = AliasRow {
            id: id::short()?,
            flow_id: row.id.clone(),
            name,
            description: String::new(),
            version: 0,
            created_at: now,
            updated_at: now,
        };
        let version = self.snapshot(row, publish.description.unwrap_or_default()).await?;
        let published = self.store.publish(version, alias, based_on).await;
        let (version, alias) = published.map_err(|error| revised(error, based_on))?;
        Ok(Published { version: summary(&version), alias: aliases::on_the_wire(&alias) })
    }

    /// Deletes a version that no alias points at.
    pub async fn delete_version(&self, flow: &str, version: u64) -> Result<()> {
        let row = self.flow_row(flow).await?;
        self.store.delete_version(row.id, version).await.map_err(|error| match error {
            store::Error::Taken(_) => Error::Conflict {
                code: "in_use",
                message: format!("An alias points at version {version}. Point it elsewhere first."),
            },
            other => missing("version", &version.to_string())(other),
        })
    }

    /// Makes the draft, if it is still at this revision, what a version was.
    pub async fn restore(&self, flow: &str, based_on: u64, version: u64) -> Result<wire::Flow> {
        let row = self.flow_row(flow).await?;
        let version = self.version(&row.id, version).await?;
        let mut extensions = version.extensions;
        extensions.retain(&version.definition);
        let change = self.change(&row.id, based_on, version.definition, extensions)?;
        self.store.save_draft(change).await.map_err(|error| revised(error, based_on))?;
        self.flow(&row.id).await
    }

    /// What becomes a version of a draft, which must have no errors.
    async fn snapshot(&self, row: FlowRow, description: String) -> Result<VersionRow> {
        if description.chars().count() > 200 {
            return Err(Error::invalid("description", "A description has at most 200 characters."));
        }
        let row = self.resolved(row).await?;
        let report = self.check(&row.definition, &row.extensions).await;
        if !report.can_run() {
            return Err(Error::Problems(Box::new(report)));
        }
        Ok(VersionRow {
            version: 0,
            description,
            digest: row.digest,
            definition: row.definition,
            extensions: row.extensions,
            created_at: clock::now(),
        })
    }
}

/// A version as the native API lists it.
pub(crate) fn summary(row: &VersionRow) -> VersionSummary {
    VersionSummary {
        version: row.version,
        description: row.description.clone(),
        digest: row.digest.clone(),
        created_at: row.created_at,
    }
}
