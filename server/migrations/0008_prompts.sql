-- Prompts of prompt management: drafts, and the immutable versions made of them. A body is JSON: everything but the name.
CREATE TABLE prompts (
  id           TEXT PRIMARY KEY,
  name         TEXT NOT NULL UNIQUE,
  body         TEXT NOT NULL,
  client_token TEXT UNIQUE,
  next_version INTEGER NOT NULL DEFAULT 1,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE prompt_versions (
  prompt_id    TEXT NOT NULL REFERENCES prompts (id) ON DELETE CASCADE,
  version      INTEGER NOT NULL,
  name         TEXT NOT NULL,
  body         TEXT NOT NULL,
  client_token TEXT,
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (prompt_id, version),
  UNIQUE (prompt_id, client_token)
) STRICT;
