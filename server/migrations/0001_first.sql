-- The first schema: flows with their drafts, versions, aliases, executions and what happened in them, and settings.
CREATE TABLE flows (
  id            TEXT PRIMARY KEY,
  name          TEXT NOT NULL UNIQUE,
  title         TEXT NOT NULL,
  description   TEXT NOT NULL DEFAULT '',
  revision      INTEGER NOT NULL,
  definition    TEXT NOT NULL,
  extensions    TEXT NOT NULL,
  digest        TEXT NOT NULL,
  -- AWS's view of the draft: what PrepareFlow made callable, and what it said.
  aws_status    TEXT NOT NULL DEFAULT 'NotPrepared',
  aws_role      TEXT NOT NULL DEFAULT '',
  aws_key       TEXT,
  prepared_definition TEXT,
  prepared_extensions TEXT,
  client_token  TEXT UNIQUE,
  next_version  INTEGER NOT NULL DEFAULT 1,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE versions (
  flow_id     TEXT NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
  version     INTEGER NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  digest      TEXT NOT NULL,
  definition  TEXT NOT NULL,
  extensions  TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (flow_id, version)
) STRICT;

CREATE TABLE aliases (
  id          TEXT PRIMARY KEY,
  flow_id     TEXT NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
  name        TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  version     INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  UNIQUE (flow_id, name),
  FOREIGN KEY (flow_id, version) REFERENCES versions (flow_id, version)
) STRICT;

-- AWS's idempotency tokens: what a call with one made in a flow.
CREATE TABLE tokens (
  flow_id TEXT NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
  kind    TEXT NOT NULL,
  token   TEXT NOT NULL,
  made    TEXT NOT NULL,
  PRIMARY KEY (flow_id, kind, token)
) STRICT, WITHOUT ROWID;

-- An execution keeps the flow as it ran, by digest, also when the flow is gone.
CREATE TABLE documents (
  digest     TEXT PRIMARY KEY,
  definition TEXT NOT NULL,
  extensions TEXT NOT NULL
) STRICT;

CREATE TABLE executions (
  id            TEXT PRIMARY KEY,
  flow_id       TEXT NOT NULL,
  flow_title    TEXT NOT NULL,
  alias         TEXT,
  version       INTEGER,
  digest        TEXT NOT NULL REFERENCES documents (digest),
  status        TEXT NOT NULL,
  started_at    INTEGER NOT NULL,
  ended_at      INTEGER,
  error         TEXT,
  input_tokens  INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX executions_by_time ON executions (started_at, id);
CREATE INDEX executions_by_flow ON executions (flow_id, started_at, id);
CREATE INDEX executions_by_status ON executions (status, started_at, id);

CREATE TABLE events (
  execution_id TEXT NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
  seq          INTEGER NOT NULL,
  body         TEXT NOT NULL,
  PRIMARY KEY (execution_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE connections (
  name          TEXT PRIMARY KEY,
  base_url      TEXT NOT NULL,
  sealed_key    BLOB,
  key_hint      TEXT,
  default_model TEXT,
  updated_at    INTEGER NOT NULL
) STRICT;

-- Which HTTP endpoint a function's ARN leads to.
CREATE TABLE functions (
  arn             TEXT PRIMARY KEY,
  url             TEXT NOT NULL,
  timeout_seconds INTEGER NOT NULL,
  sealed_headers  BLOB,
  header_hints    TEXT NOT NULL DEFAULT '[]',
  updated_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
  token_digest TEXT PRIMARY KEY,
  proof_digest TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  used_at      INTEGER NOT NULL
) STRICT;
