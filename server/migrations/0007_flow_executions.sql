-- What AWS's StartFlowExecution began: under which name of which alias, and with which role and key the flow had then.
-- The run itself is an execution like any other.
CREATE TABLE flow_executions (
  execution_id TEXT PRIMARY KEY REFERENCES executions (id) ON DELETE CASCADE,
  flow_id      TEXT NOT NULL,
  alias_id     TEXT NOT NULL,
  name         TEXT NOT NULL,
  aws_role     TEXT NOT NULL,
  aws_key      TEXT,
  started_at   INTEGER NOT NULL,
  UNIQUE (flow_id, alias_id, name)
) STRICT;
CREATE INDEX flow_executions_by_time ON flow_executions (flow_id, started_at, execution_id);
