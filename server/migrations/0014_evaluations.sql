-- Questions whose answers are known, by which it is measured how well a base finds them.
CREATE TABLE knowledge_questions (
  base_id   TEXT NOT NULL REFERENCES knowledge_bases (id) ON DELETE CASCADE,
  place     INTEGER NOT NULL,
  text      TEXT NOT NULL,
  -- JSON: the titles of the documents that answer it.
  documents TEXT NOT NULL,
  PRIMARY KEY (base_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE knowledge_evaluations (
  id      TEXT PRIMARY KEY,
  base_id TEXT NOT NULL REFERENCES knowledge_bases (id) ON DELETE CASCADE,
  -- JSON: the settings, what was measured, and each question's place.
  body    TEXT NOT NULL,
  at      INTEGER NOT NULL
) STRICT;
CREATE INDEX knowledge_evaluations_by_base ON knowledge_evaluations (base_id, at);
