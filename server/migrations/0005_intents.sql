-- Which intents a bot's alias stands for: Lex nodes name it by ARN and locale. An empty locale answers for every locale
-- that has no binding of its own.
CREATE TABLE bots (
  arn        TEXT NOT NULL,
  locale     TEXT NOT NULL,
  model      TEXT NOT NULL,
  -- JSON: names, and messages that mean each.
  intents    TEXT NOT NULL,
  fallback   TEXT,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (arn, locale)
) STRICT;
