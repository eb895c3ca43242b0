-- Tags, by the part of an ARN that says what it names: `flow/ID`, `flow/ID/alias/ID`, `prompt/ID`, `prompt/ID:VERSION`.
-- Region and account are left out: there is one of each.
CREATE TABLE tags (
  resource TEXT NOT NULL,
  key      TEXT NOT NULL,
  value    TEXT NOT NULL,
  PRIMARY KEY (resource, key)
) STRICT, WITHOUT ROWID;

-- They go with what they are on, whichever way that goes.
CREATE TRIGGER flow_tags AFTER DELETE ON flows BEGIN
  DELETE FROM tags WHERE resource IN ('flow/' || old.id, 'flow/' || old.id || '/alias/TSTALIASID');
END;
CREATE TRIGGER alias_tags AFTER DELETE ON aliases BEGIN
  DELETE FROM tags WHERE resource = 'flow/' || old.flow_id || '/alias/' || old.id;
END;
CREATE TRIGGER prompt_tags AFTER DELETE ON prompts BEGIN
  DELETE FROM tags WHERE resource = 'prompt/' || old.id;
END;
CREATE TRIGGER prompt_version_tags AFTER DELETE ON prompt_versions BEGIN
  DELETE FROM tags WHERE resource = 'prompt/' || old.prompt_id || ':' || old.version;
END;
CREATE TRIGGER agent_tags AFTER DELETE ON agents BEGIN
  DELETE FROM tags WHERE resource IN ('agent/' || old.id, 'agent-alias/' || old.id || '/TSTALIASID');
END;
CREATE TRIGGER knowledge_base_tags AFTER DELETE ON knowledge_bases BEGIN
  DELETE FROM tags WHERE resource = 'knowledge-base/' || old.id;
END;
