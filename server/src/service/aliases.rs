//! Aliases: names that programs call, each pointing at a version.

use flow::wire;

use super::{Service, check_tags};
use crate::arn::{TEST_ALIAS, is_name};
use crate::error::{Error, Result, missing};
use crate::store::{self, AliasRow, Tags};
use crate::{clock, id};

/// How many of an alias's moves are told.
const MOST_MOVES: u32 = 100;

impl Service {
    /// A flow's aliases, by name.
    pub async fn aliases(&self, flow: &str) -> Result<Vec<AliasRow>> {
        let row = self.flow_row(flow).await?;
        Ok(self.store.aliases(&row.id).await?)
    }

    /// The alias of this id or name.
    pub async fn alias(&self, flow: &str, alias: &str) -> Result<AliasRow> {
        let row = self.flow_row(flow).await?;
        self.store.alias(&row.id, alias).await.map_err(missing("alias", alias))
    }

    /// Where an alias has pointed, newest first.
    pub async fn alias_moves(&self, flow: &str, alias: &str) -> Result<Vec<wire::AliasMove>> {
        let known = self.alias(flow, alias).await?;
        let moves = self.store.alias_moves(&known.id, MOST_MOVES).await?;
        Ok(moves.into_iter().map(|(version, at)| wire::AliasMove { version, at }).collect())
    }

    /// Points an alias at a version; makes it where there is none of this id or name.
    pub async fn put_alias(&self, flow: &str, alias: &str, version: u64) -> Result<wire::Alias> {
        let row = self.flow_row(flow).await?;
        let now = clock::now();
        let known = match self.store.alias(&row.id, alias).await {
            Ok(known) => AliasRow { version, updated_at: now, ..known },
            Err(store::Error::NotFound) => new_alias(&row.id, alias, "", version)?,
            Err(error) => return Err(error.into()),
        };
        let put = self.store.put_alias(known).await.map_err(missing("version", &version.to_string()))?;
        Ok(on_the_wire(&put))
    }

    /// Makes an alias whose name must be free; `token` is AWS's idempotency token.
    pub async fn create_alias(
        &self,
        flow: &str,
        name: &str,
        description: &str,
        version: u64,
        token: Option<String>,
        tags: Tags,
    ) -> Result<AliasRow> {
        check_tags(&tags)?;
        let row = self.flow_row(flow).await?;
        let alias = new_alias(&row.id, name, description, version)?;
        self.store.insert_alias(alias, token, tags).await.map_err(|error| alias_error(error, name, version))
    }

    /// Replaces an alias's name, description and version.
    pub async fn update_alias(
        &self,
        flow: &str,
        alias: &str,
        name: &str,
        description: &str,
        version: u64,
    ) -> Result<AliasRow> {
        let known = self.alias(flow, alias).await?;
        check_name(name)?;
        let changed = AliasRow {
            name: name.to_owned(),
            description: description.to_owned(),
            version,
            updated_at: clock::now(),
            ..known
        };
        self.store.update_alias(changed).await.map_err(|error| alias_error(error, name, version))
    }

    /// Deletes an alias.
    pub async fn delete_alias(&self, flow: &str, alias: &str) -> Result<()> {
        let known = self.alias(flow, alias).await?;
        self.store.delete_alias(known.id).await.map_err(missing("alias", alias))
    }
}

/// An alias as the native API has it.
pub(crate) fn on_the_wire(row: &AliasRow) -> wire::Alias {
    wire::Alias {
        id: row.id.clone(),
        name: row.name.clone(),
        version: row.version,
        updated_at: row.updated_at,
    }
}

/// Whether this can be an alias's name; AWS's pattern.
pub(super) fn check_name(name: &str) -> Result<()> {
    if !is_name(name) || name == TEST_ALIAS {
        return Err(Error::invalid(
            "alias",
            "An alias's name has letters, digits and single - or _ between them, at most 100.",
        ));
    }
    Ok(())
}

fn new_alias(flow: &str, name: &str, description: &str, version: u64) -> Result<AliasRow> {
    check_name(name)?;
    let now = clock::now();
    Ok(AliasRow {
        id: id::short()?,
        flow_id: flow.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        version,
        created_at: now,
        updated_at: now,
    })
}

fn alias_error(error: store::Error, name: &str, version: u64) -> Error {
    match error {
        store::Error::Taken(_) => Error::Conflict {
            code: "name_taken",
            message: format!("Another alias of this flow is named {name}. Choose another name."),
        },
        other => missing("version", &version.to_string())(other),
    }
}
