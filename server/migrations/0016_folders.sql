-- The folder that a flow is shown in, for those who have many. Empty where it is in none.
ALTER TABLE flows ADD COLUMN folder TEXT NOT NULL DEFAULT '';
