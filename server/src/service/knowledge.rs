//! Knowledge bases: their names and ids, their documents, and questions to them.

use flow::templates::{SAMPLE_BASE, SAMPLE_DOCUMENTS, SAMPLE_NAME};
use flow::wire::{
    AddDocument, Chunking, CreateKnowledgeBase, Document, DocumentList, DocumentText, Embedding,
    KnowledgeBase, KnowledgeBaseList, UpdateKnowledgeBase,
};
use sha2::{Digest as _, Sha256};
use tracing::warn;

use super::Service;
use crate::error::{Error, Result, missing};
use crate::knowledge::{Cut, cut};
use crate::store::{self, DocumentRow, KnowledgeBaseRow, NewDocument, NewPassage};
use crate::{clock, id};

/// AWS's ids have ten letters and digits.
const ID_LENGTH: usize = 10;
const LONGEST_NAME: usize = 100;
const LONGEST_TITLE: usize = 200;
/// The most other ids that a base answers to, and how long one is.
const MOST_IDS: usize = 20;
const LONGEST_ID: usize = 256;
/// The largest text of a document.
const LARGEST_TEXT: usize = 4 * 1024 * 1024;
/// The code of a conflict with a base that is deleted and still has documents.
const BEING_DELETED: &str = "being_deleted";

impl Service {
    /// Every base, by name.
    pub async fn knowledge_bases(&self) -> Result<KnowledgeBaseList> {
        let rows = self.store.knowledge_bases().await?;
        let mut knowledge_bases: Vec<KnowledgeBase> = rows.into_iter().map(on_the_wire).collect();
        self.retriever.describe(&mut knowledge_bases).await?;
        Ok(KnowledgeBaseList { knowledge_bases })
    }

    /// The base of this id, or the one that answers to it.
    pub async fn knowledge_base(&self, id: &str) -> Result<KnowledgeBase> {
        let base = self.base(id).await?;
        let found = self.store.knowledge_bases().await?.into_iter().find(|row| row.id == base);
        let not_found = || Error::NotFound { what: "knowledge base", name: id.to_owned() };
        let mut found = [found.map(on_the_wire).ok_or_else(not_found)?];
        self.retriever.describe(&mut found).await?;
        let [found] = found;
        Ok(found)
    }

    /// Makes a base, with an id of its own or a given one.
    pub async fn create_knowledge_base(&self, create: CreateKnowledgeBase) -> Result<KnowledgeBase> {
        let name = name(&create.name)?;
        let id = match create.id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
            None => id::short()?,
            Some(id) if is_own_id(id) => id.to_owned(),
            Some(_) => {
                let message = "An id has ten capital letters and digits, such as AB12CD34EF. Another name that a \
                               definition has for the base goes into what it answers to.";
                return Err(Error::invalid("id", message));
            }
        };
        let made = self.store.insert_knowledge_base(id.clone(), name.clone(), clock::now()).await;
        made.map_err(|error| taken(error, &name, &id))?;
        self.knowledge_base(&id).await
    }

    /// Renames a base, or changes what else it answers to.
    pub async fn update_knowledge_base(
        &self,
        id: &str,
        update: UpdateKnowledgeBase,
    ) -> Result<KnowledgeBase> {
        let known = self.knowledge_base(id).await?;
        let name = update.name.map_or(Ok(known.name), |given| name(&given))?;
        let ids = update.answers_to.map_or(Ok(known.answers_to), |ids| other_ids(&known.id, ids))?;
        if let Some(model) = &update.embedding_model {
            self.check_embedding_model(model)?;
        }
        if let Some(store) = &update.vector_store {
            self.check_vector_store(store).await?;
        }
        let changed =
            self.store.update_knowledge_base(known.id.clone(), name.clone(), ids.clone(), clock::now()).await;
        changed.map_err(|error| match error {
            store::Error::NotFound => Error::NotFound { what: "knowledge base", name: id.to_owned() },
            other => taken(other, &name, &ids.join(", ")),
        })?;
        if let Some(model) = update.embedding_model {
            self.set_embedding_model(&known.id, &model).await?;
        }
        if let Some(store) = update.vector_store {
            self.set_vector_store(&known.id, &store).await?;
        }
        self.knowledge_base(&known.id).await
    }

    /// Deletes a base with its documents. It is gone at once; the answer comes when its id is free again.
    pub async fn delete_knowledge_base(&self, id: &str) -> Result<()> {
        let base = self.base(id).await?;
        let deleted = self.store.delete_knowledge_base(base.clone(), clock::now()).await;
        deleted.map_err(missing("knowledge base", id))?;
        for source in self.store.sources(&base).await? {
            self.ingestion.stop(&source.id);
        }
        self.retriever.forget_base(&base).await?;
        let service = self.clone();
        let clearing = async move { service.clear_knowledge_base(base).await };
        // A server that stops meanwhile goes on with it at its next start.
        self.tasks.finish("clear a knowledge base", clearing).await.unwrap_or(Ok(()))
    }

    /// Clears what deleted bases have left, where a stop came between.
    pub fn clear_deleted_bases(&self) {
        let service = self.clone();
        self.tasks.start("clear deleted knowledge bases", async move {
            let clearing = async {
                for base in service.store.deleted_knowledge_bases().await? {
                    service.clear_knowledge_base(base).await?;
                }
                Ok::<_, Error>(())
            };
            if let Err(error) = clearing.await {
                warn!("deleted knowledge bases take up space until the next start: {}", error.logged());
            }
        });
    }

    async fn clear_knowledge_base(&self, base: String) -> Result<()> {
        let stopping = self.tasks.stopping();
        while !stopping.is_cancelled() && self.store.clear_knowledge_base(base.clone()).await? {}
        Ok(())
    }

    /// The documents of a base, by title.
    pub async fn documents(&self, id: &str) -> Result<DocumentList> {
        let rows = self.store.knowledge_documents(&self.base(id).await?).await?;
        Ok(DocumentList { documents: rows.into_iter().map(document).collect() })
    }

    /// A document's text, and the passages that it was cut into.
    pub async fn document(&self, id: &str, document: &str) -> Result<DocumentText> {
        let base = self.base(id).await?;
        let found = self.store.document_text(&base, document).await;
        let (text, passages) = found.map_err(missing("document", document))?;
        Ok(DocumentText { text, passages })
    }

    /// Adds a document: cuts it, and keeps its passages' words.
    pub async fn add_document(&self, id: &str, add: AddDocument) -> Result<Document> {
        let base = self.base(id).await?;
        let title = title(&add.title)?;
        if add.text.len() > LARGEST_TEXT {
            return Err(Error::invalid("text", "A document has at most 4 MiB of text. Add it in parts."));
        }
        let text = add.text.replace('\0', " ");
        let passages = cut(&text, &Chunking::Headings);
        if passages.is_empty() {
            return Err(Error::invalid("text", "There is no text in the document."));
        }
        let row = NewDocument {
            id: id::short()?,
            base,
            title: title.clone(),
            digest: hex::encode(Sha256::digest(text.as_bytes())),
            text,
            metadata: None,
            passages: passages.into_iter().map(new_passage).collect(),
            at: clock::now(),
        };
        let added = Document {
            id: row.id.clone(),
            title: row.title.clone(),
            characters: row.text.chars().count() as u64,
            passages: row.passages.len() as u64,
            added_at: row.at,
            metadata: None,
        };
        self.store.insert_document(row, id::short()?).await.map_err(|error| match error {
            store::Error::Taken("title") => Error::Conflict {
                code: "title_taken",
                message: format!(
                    "There is a document {title} already. Delete it, or give this one another title."
                ),
            },
            store::Error::Taken(_) => Error::Conflict {
                code: "text_known",
                message: format!("The text of {title} is there already, as another document."),
            },
            other => missing("knowledge base", id)(other),
        })?;
        Ok(added)
    }

    /// Deletes a document.
    pub async fn delete_document(&self, id: &str, document: &str) -> Result<()> {
        let base = self.base(id).await?;
        let deleted = self.store.delete_document(base, document.to_owned(), clock::now()).await;
        deleted.map_err(missing("document", document))
    }

    /// Makes the knowledge base of a template, and puts its documents in unless there are some, whatever was made of
    /// it since.
    pub(super) async fn bring_samples(&self) -> Result<()> {
        let mut name = SAMPLE_NAME.to_owned();
        // The name may be another's, and another call may be bringing them.
        loop {
            match self.store.knowledge_base_id(SAMPLE_BASE).await {
                Ok(_) => break,
                Err(store::Error::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
            let id = Some(SAMPLE_BASE.to_owned());
            match self.create_knowledge_base(CreateKnowledgeBase { name: name.clone(), id }).await {
                Err(Error::Conflict { code: "name_taken", .. }) => name.push('+'),
                Err(error @ Error::Conflict { code: BEING_DELETED, .. }) => return Err(error),
                Ok(_) | Err(Error::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        if !self.documents(SAMPLE_BASE).await?.documents.is_empty() {
            return Ok(());
        }
        for (title, text) in SAMPLE_DOCUMENTS {
            let add = AddDocument { title: title.to_owned(), text: text.to_owned() };
            match self.add_document(SAMPLE_BASE, add).await {
                Ok(_) | Err(Error::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(super) async fn base(&self, id: &str) -> Result<String> {
        self.store.knowledge_base_id(id).await.map_err(missing("knowledge base", id))
    }
}

/// A passage as the store takes it.
pub(super) fn new_passage(cut: Cut) -> NewPassage {
    NewPassage { text: cut.text, parent: cut.parent, is_parent: cut.is_parent }
}

fn on_the_wire(row: KnowledgeBaseRow) -> KnowledgeBase {
    KnowledgeBase {
        id: row.id,
        name: row.name,
        answers_to: row.ids,
        documents: row.documents,
        passages: row.passages,
        embedding: Embedding::default(),
        vector_store: None,
        updated_at: row.updated_at,
    }
}

fn document(row: DocumentRow) -> Document {
    Document {
        id: row.id,
        title: row.title,
        characters: row.characters,
        passages: row.passages,
        added_at: row.added_at,
        metadata: row.metadata.as_deref().and_then(|text| serde_json::from_str(text).ok()),
    }
}

fn is_own_id(id: &str) -> bool {
    id.len() == ID_LENGTH && id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// Anything may stand for a base in a definition, a variable of a template too.
fn other_ids(own: &str, ids: Vec<String>) -> Result<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for id in ids {
        let id = id.trim().to_owned();
        let odd = |c: char| c.is_whitespace() || c.is_control();
        if id.is_empty() || id.len() > LONGEST_ID || id.contains(odd) {
            let message = "An id is as the node has it, without spaces, at most 256 characters.";
            return Err(Error::invalid("answersTo", message));
        }
        if id != own && !kept.contains(&id) {
            kept.push(id);
        }
    }
    if kept.len() > MOST_IDS {
        return Err(Error::invalid("answersTo", "A knowledge base answers to at most 20 other ids."));
    }
    Ok(kept)
}

fn name(given: &str) -> Result<String> {
    one_line(given, LONGEST_NAME)
        .ok_or_else(|| Error::invalid("name", "Give the knowledge base a name of 1 to 100 characters."))
}

fn title(given: &str) -> Result<String> {
    one_line(given, LONGEST_TITLE)
        .ok_or_else(|| Error::invalid("title", "Give the document a title of 1 to 200 characters."))
}

pub(super) fn one_line(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

pub(super) fn taken(error: store::Error, name: &str, ids: &str) -> Error {
    match error {
        store::Error::Taken("name") => Error::Conflict {
            code: "name_taken",
            message: format!("There is a knowledge base {name} already. Give this one another name."),
        },
        store::Error::Taken("deleted") => Error::Conflict {
            code: BEING_DELETED,
            message: format!(
                "A knowledge base with one of these ids is being deleted: {ids}. Try again soon."
            ),
        },
        store::Error::Taken(_) => Error::Conflict {
            code: "id_taken",
            message: format!("Another knowledge base has, or answers to, one of these ids: {ids}."),
        },
        other => other.into(),
    }
}
