-- Where documents come from, what was made of each, and the jobs that bring them.

-- JSON object of AWS's metadata attributes: text, number, boolean, list of texts. Null where there are none.
ALTER TABLE knowledge_documents ADD COLUMN metadata TEXT;
-- The passage that a passage is a part of, where a document is cut twice. Only the parts are searched.
ALTER TABLE passages ADD COLUMN parent INTEGER;
ALTER TABLE passages ADD COLUMN is_parent INTEGER NOT NULL DEFAULT 0;

-- JSON: what AWS's clients say of a base and get back.
ALTER TABLE knowledge_bases ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE knowledge_bases ADD COLUMN client_token TEXT;
CREATE UNIQUE INDEX knowledge_bases_by_token ON knowledge_bases (client_token);

CREATE TABLE data_sources (
  id           TEXT PRIMARY KEY,
  base_id      TEXT NOT NULL REFERENCES knowledge_bases (id) ON DELETE CASCADE,
  name         TEXT NOT NULL,
  -- JSON: where its documents are and how they are cut.
  body         TEXT NOT NULL,
  -- Whether it has the documents that are added without naming a source.
  is_default   INTEGER NOT NULL DEFAULT 0,
  client_token TEXT,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  UNIQUE (base_id, name),
  UNIQUE (base_id, client_token)
) STRICT;
CREATE UNIQUE INDEX data_sources_by_default ON data_sources (base_id) WHERE is_default = 1;

-- What a source has. Two that say the same share a document.
CREATE TABLE source_items (
  source_id   TEXT NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
  -- What the source calls it: a URI of an object, an address, an id.
  uri         TEXT NOT NULL,
  -- What was read of it, so that what has not changed is not read again.
  mark        TEXT NOT NULL,
  -- pending, indexed, failed.
  state       TEXT NOT NULL,
  reason      TEXT NOT NULL DEFAULT '',
  document_id TEXT REFERENCES knowledge_documents (id) ON DELETE SET NULL,
  -- What was taken and not read yet, and how it was told: JSON with its title, kind and metadata.
  content     BLOB,
  note        TEXT,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (source_id, uri)
) STRICT;
CREATE INDEX source_items_by_document ON source_items (document_id);
CREATE INDEX source_items_by_state ON source_items (state) WHERE state = 'pending';

CREATE TABLE ingestion_jobs (
  id           TEXT PRIMARY KEY,
  source_id    TEXT NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
  description  TEXT NOT NULL DEFAULT '',
  -- starting, in_progress, stopping, complete, failed, stopped.
  status       TEXT NOT NULL,
  -- JSON: how many documents were seen, added, changed, deleted, and failed; and why some did.
  counts       TEXT NOT NULL DEFAULT '{}',
  client_token TEXT,
  started_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  UNIQUE (source_id, client_token)
) STRICT;
-- One at a time in a source.
CREATE UNIQUE INDEX ingestion_jobs_at_work ON ingestion_jobs (source_id)
  WHERE status IN ('starting', 'in_progress', 'stopping');

-- The documents that there are belong to a source of their base's own.
INSERT INTO data_sources (id, base_id, name, body, is_default, created_at, updated_at)
  SELECT upper(hex(randomblob(5))), id, 'Documents', '{"place":{"type":"custom"}}', 1, created_at, updated_at
  FROM knowledge_bases b WHERE EXISTS (SELECT 1 FROM knowledge_documents WHERE base_id = b.id);
INSERT INTO source_items (source_id, uri, mark, state, document_id, updated_at)
  SELECT s.id, d.id, d.digest, 'indexed', d.id, d.added_at
  FROM knowledge_documents d JOIN data_sources s ON s.base_id = d.base_id;
