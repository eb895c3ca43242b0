-- How many of a base's passages are searched, so that a question about it need not count them.
ALTER TABLE knowledge_bases ADD COLUMN searched_passages INTEGER NOT NULL DEFAULT 0;
UPDATE knowledge_bases SET searched_passages =
  (SELECT count(*) FROM passages WHERE base_id = knowledge_bases.id AND is_parent = 0);
CREATE TRIGGER searched_passage_added AFTER INSERT ON passages WHEN new.is_parent = 0 BEGIN
  UPDATE knowledge_bases SET searched_passages = searched_passages + 1 WHERE id = new.base_id;
END;
CREATE TRIGGER searched_passage_gone AFTER DELETE ON passages WHEN old.is_parent = 0 BEGIN
  UPDATE knowledge_bases SET searched_passages = searched_passages - 1 WHERE id = old.base_id;
END;
