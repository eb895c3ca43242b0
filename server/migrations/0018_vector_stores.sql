-- Vector databases elsewhere, in which a knowledge base's vectors may be instead of here. Texts are always here.
CREATE TABLE vector_stores (
  name          TEXT PRIMARY KEY,
  -- JSON: the kind of store and where it is, without its secret.
  place         TEXT NOT NULL,
  sealed_secret BLOB,
  secret_hint   TEXT NOT NULL DEFAULT '',
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL
) STRICT;

-- The store that a base wants its vectors in. Null: this database.
ALTER TABLE knowledge_bases ADD COLUMN vector_store TEXT REFERENCES vector_stores (name);

-- The store that a set is in, null where that is this database, and what it is called there.
ALTER TABLE vector_sets ADD COLUMN store TEXT;
ALTER TABLE vector_sets ADD COLUMN place TEXT NOT NULL DEFAULT '';

-- Passages that are gone here, and whose vectors are still to be deleted elsewhere.
CREATE TABLE gone_vectors (
  set_id     INTEGER NOT NULL REFERENCES vector_sets (id) ON DELETE CASCADE,
  passage_id INTEGER NOT NULL,
  PRIMARY KEY (set_id, passage_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER passage_vector_gone_elsewhere BEFORE DELETE ON passages BEGIN
  INSERT OR IGNORE INTO gone_vectors (set_id, passage_id)
    SELECT s.id, old.id FROM passage_vectors v JOIN vector_sets s ON s.id = v.set_id
    WHERE v.passage_id = old.id AND s.store IS NOT NULL AND s.state <> 'old';
END;

-- Sets that are gone here and still to be forgotten elsewhere, however they went.
CREATE TABLE left_vector_sets (
  store TEXT NOT NULL REFERENCES vector_stores (name) ON DELETE CASCADE,
  place TEXT NOT NULL,
  PRIMARY KEY (store, place)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER vector_set_left_elsewhere AFTER DELETE ON vector_sets WHEN old.store IS NOT NULL BEGIN
  INSERT OR IGNORE INTO left_vector_sets (store, place)
    SELECT name, old.place FROM vector_stores WHERE name = old.store;
END;
