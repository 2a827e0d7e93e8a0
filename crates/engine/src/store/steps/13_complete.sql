-- The hash of the request whose answer is complete, so that the next start does not make it again; NULL if there is none.
ALTER TABLE cursor ADD COLUMN complete INTEGER;
