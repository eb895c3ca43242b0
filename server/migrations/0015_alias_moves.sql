-- Where an alias has pointed, so that it can be moved back: a line each time it is made or moved, whichever way that is done.
CREATE TABLE alias_moves (
  place    INTEGER PRIMARY KEY,
  alias_id TEXT NOT NULL REFERENCES aliases (id) ON DELETE CASCADE,
  version  INTEGER NOT NULL,
  at       INTEGER NOT NULL
) STRICT;
CREATE INDEX alias_moves_of ON alias_moves (alias_id, place);

-- What is known of those there are: where they point now.
INSERT INTO alias_moves (alias_id, version, at) SELECT id, version, updated_at FROM aliases ORDER BY updated_at;

CREATE TRIGGER alias_made AFTER INSERT ON aliases BEGIN
  INSERT INTO alias_moves (alias_id, version, at) VALUES (new.id, new.version, new.updated_at);
END;
CREATE TRIGGER alias_moved AFTER UPDATE OF version ON aliases WHEN old.version <> new.version BEGIN
  INSERT INTO alias_moves (alias_id, version, at) VALUES (new.id, new.version, new.updated_at);
END;
