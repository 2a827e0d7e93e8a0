-- What waited long becomes one notification that says how much came while nobody could be told.
ALTER TABLE delivery ADD COLUMN critical INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN away INTEGER NOT NULL DEFAULT 0;
UPDATE delivery SET critical = 1 WHERE is_digest = 0 AND severity = 2;
