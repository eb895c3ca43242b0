-- Agents, the ARNs of elsewhere that lead to them, the servers whose tools they call, and the runs that wait for an answer.
CREATE TABLE agents (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  -- JSON: everything else that the API shows of it.
  body        TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE agent_bindings (
  arn        TEXT PRIMARY KEY,
  agent_id   TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE mcp_servers (
  name           TEXT PRIMARY KEY,
  url            TEXT NOT NULL,
  sealed_headers BLOB,
  header_hints   TEXT NOT NULL DEFAULT '[]',
  updated_at     INTEGER NOT NULL
) STRICT;

-- What a run that is InputRequired asks, and what its nodes need to go on. Gone when it is answered or has ended.
CREATE TABLE questions (
  execution_id TEXT PRIMARY KEY REFERENCES executions (id) ON DELETE CASCADE,
  body         TEXT NOT NULL,
  asked_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX questions_by_time ON questions (asked_at);
