-- When a digest of what was replayed may be shown: once the replay is over. NULL for every other delivery.
ALTER TABLE delivery ADD COLUMN ready_at INTEGER;
