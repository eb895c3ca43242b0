//! Flows that come in files, and leave in them.
//!
//! Always holds: an import runs nothing, and says what of a file it did not take over.

use flow::export::{self, Named};
use flow::import;
use flow::wire::{
    FLOW_FILE_FORMAT, FlowFile, Imported, ImportedFlow, Need, NeedKind, ReadFlow, Reading, Unread,
};
use serde::Deserialize;
use serde_json::Value;

use super::{CreateFlow, Service};
use crate::arn;
use crate::error::{Error, Result};

/// How an export writes a flow down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// The definition and our extensions.
    #[default]
    Anabranch,
    /// A body of AWS's CreateFlow.
    Api,
    /// A CloudFormation template.
    CloudFormation,
}

impl Service {
    /// What a file holds. Of what its flows name, what is known here is left out.
    pub async fn read_file(&self, text: &str) -> Result<Reading> {
        let text = text.to_owned();
        // A large one takes its time, in which others are served.
        let read = tokio::task::spawn_blocking(move || import::read(&text)).await;
        let read = read.map_err(|error| Error::Internal(error.to_string()))?;
        let mut reading = read.map_err(|error| Error::invalid("file", error.to_string()))?;
        for flow in &mut reading.flows {
            let mut needs = Vec::new();
            for need in std::mem::take(&mut flow.report.needs) {
                needs.extend(self.unmet(need).await?);
            }
            flow.report.needs = needs;
        }
        Ok(reading)
    }

    /// Makes the flows of a file.
    pub async fn import_file(&self, text: &str) -> Result<Imported> {
        let Reading { format, flows, mut unread } = self.read_file(text).await?;
        if let (true, Some(first)) = (flows.is_empty(), unread.first()) {
            let message = format!("No flow of the file can be read. {}: {}", first.member, first.why);
            return Err(Error::invalid("file", message));
        }
        let mut made = Vec::new();
        for ReadFlow { title, description, definition, extensions, report } in flows {
            let name = title.clone();
            let create = CreateFlow { title, description, definition, extensions, ..CreateFlow::default() };
            match self.create_flow(create).await {
                Ok(row) => made.push(ImportedFlow { flow: self.flow(&row.id).await?, report }),
                Err(error) if made.is_empty() => return Err(error),
                // Those before it are there already: an error would hide them, and another try make them twice.
                Err(error) => unread.push(Unread::new(name, error.to_string())),
            }
        }
        Ok(Imported { format, flows: made, unread })
    }

    /// A flow as a file, and its name.
    pub async fn export_flow(&self, flow: &str, format: ExportFormat) -> Result<(String, Value)> {
        let row = self.flow_row(flow).await?;
        let named = Named { name: &row.name, description: &row.description, definition: &row.definition };
        let file = match format {
            ExportFormat::Api => export::api(named),
            ExportFormat::CloudFormation => export::cloudformation(named),
            ExportFormat::Anabranch => serde_json::to_value(FlowFile {
                format: FLOW_FILE_FORMAT.to_owned(),
                title: row.title,
                description: row.description,
                definition: row.definition,
                extensions: row.extensions,
            })
            .map_err(|error| Error::Internal(error.to_string()))?,
        };
        Ok((row.name, file))
    }

    /// What a flow names, unless it leads somewhere here already.
    async fn unmet(&self, need: Need) -> Result<Option<Need>> {
        if need.placeholder {
            return Ok(Some(need));
        }
        let name = need.name.as_str();
        let known = match need.kind {
            NeedKind::Model => return Ok(self.unmet_model(need)),
            NeedKind::Function => self.functions.resolve(name).is_some(),
            NeedKind::Agent => self.agent_registry.resolve(name).is_ok(),
            NeedKind::Bot => self.bots.bindings().bots.iter().any(|bot| bot.arn == name),
            NeedKind::Bucket => self.buckets().await?.buckets.iter().any(|bucket| bucket.name == name),
            NeedKind::KnowledgeBase => self.store.knowledge_base_id(name).await.is_ok(),
            NeedKind::Prompt => match arn::prompt(name) {
                Some((id, version)) => self.prompt_row(id, version).await.is_ok(),
                None => false,
            },
            NeedKind::Guardrail | NeedKind::Value => false,
        };
        Ok((!known).then_some(need))
    }

    /// An AWS id is answered by the model map, at least by the model of new prompts; which, is worth a look.
    fn unmet_model(&self, need: Need) -> Option<Need> {
        match self.models.resolve(&need.name) {
            Ok(resolved) if resolved.id == need.name => None,
            Ok(resolved) => Some(Need {
                hint: format!("{} answers for it until you choose another.", resolved.id),
                ..need
            }),
            Err(error) => Some(Need { hint: error.to_string(), ..need }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_called_what_people_call_them() {
        for (name, format) in [
            ("anabranch", ExportFormat::Anabranch),
            ("api", ExportFormat::Api),
            ("cloudformation", ExportFormat::CloudFormation),
        ] {
            assert_eq!(serde_json::from_value::<ExportFormat>(name.into()).unwrap(), format);
        }
    }
}
