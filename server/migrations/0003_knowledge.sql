-- Knowledge bases: documents of text, cut into passages, and the words by which passages are found.
CREATE TABLE knowledge_bases (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- Other ids that a base answers to: those of definitions that were made for another place.
CREATE TABLE knowledge_ids (
  id      TEXT PRIMARY KEY,
  base_id TEXT NOT NULL REFERENCES knowledge_bases (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX knowledge_ids_by_base ON knowledge_ids (base_id);

CREATE TABLE knowledge_documents (
  id       TEXT PRIMARY KEY,
  base_id  TEXT NOT NULL REFERENCES knowledge_bases (id) ON DELETE CASCADE,
  title    TEXT NOT NULL,
  text     TEXT NOT NULL,
  -- SHA-256 of the text, by which the same document is known again.
  digest   TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  UNIQUE (base_id, title),
  UNIQUE (base_id, digest)
) STRICT;

-- What other indexes, such as one of embeddings, hang on too: a number for each passage.
CREATE TABLE passages (
  id          INTEGER PRIMARY KEY,
  base_id     TEXT NOT NULL REFERENCES knowledge_bases (id) ON DELETE CASCADE,
  document_id TEXT NOT NULL REFERENCES knowledge_documents (id) ON DELETE CASCADE,
  place       INTEGER NOT NULL,
  text        TEXT NOT NULL,
  UNIQUE (document_id, place)
) STRICT;
CREATE INDEX passages_by_base ON passages (base_id);

-- The passages' words, and not the passages again. The base is a word, so that a search stays in one.
CREATE VIRTUAL TABLE passage_words USING fts5 (
  base, title, text, content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER passage_gone AFTER DELETE ON passages BEGIN
  DELETE FROM passage_words WHERE rowid = old.id;
END;
