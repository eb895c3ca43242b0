-- Which store a bucket of Storage and Retrieval nodes leads to. A bucket without a row is a folder of the data folder.
CREATE TABLE buckets (
  name          TEXT PRIMARY KEY,
  -- JSON: the kind of store and where it is, without its secret.
  store         TEXT NOT NULL,
  sealed_secret BLOB,
  secret_hint   TEXT NOT NULL DEFAULT '',
  updated_at    INTEGER NOT NULL
) STRICT;
