-- When a knowledge base was deleted. It is gone for everyone from then on; what it had goes bit by bit.
ALTER TABLE knowledge_bases ADD COLUMN deleted_at INTEGER;
