-- What was said in sessions goes with the alias or the knowledge base that answered in them, whichever way that goes.
CREATE TRIGGER agent_alias_sessions AFTER DELETE ON agent_aliases BEGIN
  DELETE FROM agent_sessions WHERE alias_arn LIKE '%:agent-alias/' || old.agent_id || '/' || old.id;
END;
CREATE TRIGGER agent_test_sessions AFTER DELETE ON agents BEGIN
  DELETE FROM agent_sessions WHERE alias_arn LIKE '%:agent-alias/' || old.id || '/TSTALIASID';
END;
CREATE TRIGGER agent_binding_sessions AFTER DELETE ON agent_bindings BEGIN
  DELETE FROM agent_sessions WHERE alias_arn = old.arn;
END;
CREATE TRIGGER knowledge_base_sessions AFTER DELETE ON knowledge_bases BEGIN
  DELETE FROM agent_sessions WHERE alias_arn = 'knowledge-base/' || old.id;
END;
