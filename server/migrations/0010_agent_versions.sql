-- Agents as AWS has them: a draft that is prepared, versions that do not change, and aliases that lead to one.
ALTER TABLE agents ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
-- JSON: body and details as they were last prepared, which is what the test alias answers by.
ALTER TABLE agents ADD COLUMN prepared TEXT;
ALTER TABLE agents ADD COLUMN prepared_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN next_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE agents ADD COLUMN client_token TEXT;
CREATE UNIQUE INDEX agents_by_token ON agents (client_token);
-- Until now an agent answered as it was saved.
UPDATE agents SET prepared = json_object('agent', json(body), 'details', json('{}')), prepared_at = updated_at;

CREATE TABLE agent_versions (
  agent_id   TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
  version    INTEGER NOT NULL,
  content    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (agent_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_aliases (
  id           TEXT PRIMARY KEY,
  agent_id     TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
  name         TEXT NOT NULL,
  description  TEXT NOT NULL,
  version      INTEGER NOT NULL,
  -- Whether it takes no calls for now.
  is_closed    INTEGER NOT NULL DEFAULT 0,
  client_token TEXT,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  UNIQUE (agent_id, name),
  UNIQUE (agent_id, client_token),
  FOREIGN KEY (agent_id, version) REFERENCES agent_versions (agent_id, version)
) STRICT;
CREATE TRIGGER agent_alias_tags AFTER DELETE ON agent_aliases BEGIN
  DELETE FROM tags WHERE resource = 'agent-alias/' || old.agent_id || '/' || old.id;
END;

-- What was said in the sessions of InvokeAgent, and what an agent that asked needs to go on.
CREATE TABLE agent_sessions (
  alias_arn  TEXT NOT NULL,
  id         TEXT NOT NULL,
  body       TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (alias_arn, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_sessions_by_time ON agent_sessions (expires_at);
