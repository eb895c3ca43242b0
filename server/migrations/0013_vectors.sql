-- What passages mean, in numbers: by which they are found besides by their words.

-- A passage's number is never used again, so that a vector that comes late is never another passage's.
CREATE TABLE numbered_passages (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  base_id     TEXT NOT NULL REFERENCES knowledge_bases (id) ON DELETE CASCADE,
  document_id TEXT NOT NULL REFERENCES knowledge_documents (id) ON DELETE CASCADE,
  place       INTEGER NOT NULL,
  text        TEXT NOT NULL,
  parent      INTEGER,
  is_parent   INTEGER NOT NULL DEFAULT 0,
  UNIQUE (document_id, place)
) STRICT;
INSERT INTO numbered_passages (id, base_id, document_id, place, text, parent, is_parent)
  SELECT id, base_id, document_id, place, text, parent, is_parent FROM passages;
DROP TABLE passages;
ALTER TABLE numbered_passages RENAME TO passages;
CREATE INDEX passages_by_base ON passages (base_id, is_parent);
CREATE TRIGGER passage_gone AFTER DELETE ON passages BEGIN
  DELETE FROM passage_words WHERE rowid = old.id;
END;

-- The model that a base's passages are read by. Null: the usual one; empty: none.
ALTER TABLE knowledge_bases ADD COLUMN embedding_model TEXT;

-- The vectors of one base by one model. While a new model reads, the old one's answer.
CREATE TABLE vector_sets (
  -- Never used again, so that what is kept in memory of one is never taken for another's.
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  base_id    TEXT NOT NULL REFERENCES knowledge_bases (id) ON DELETE CASCADE,
  model      TEXT NOT NULL,
  -- building, live, old.
  state      TEXT NOT NULL,
  -- Why it does not go on; empty where it does.
  problem    TEXT NOT NULL DEFAULT '',
  -- Counts what was put in, and how many vectors are gone, so that a copy in memory sees what it lacks.
  stamp      INTEGER NOT NULL DEFAULT 0,
  gone       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX vector_sets_by_base ON vector_sets (base_id, state) WHERE state <> 'old';

CREATE TABLE passage_vectors (
  set_id     INTEGER NOT NULL REFERENCES vector_sets (id) ON DELETE CASCADE,
  passage_id INTEGER NOT NULL,
  stamp      INTEGER NOT NULL,
  -- A scale and a byte for each number; null where another store has it.
  vector     BLOB,
  PRIMARY KEY (set_id, passage_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX passage_vectors_by_stamp ON passage_vectors (set_id, stamp);
CREATE INDEX passage_vectors_by_passage ON passage_vectors (passage_id);
CREATE TRIGGER passage_vector_gone AFTER DELETE ON passages BEGIN
  UPDATE vector_sets SET gone = gone + 1
    WHERE id IN (SELECT set_id FROM passage_vectors WHERE passage_id = old.id);
  DELETE FROM passage_vectors WHERE passage_id = old.id;
END;
