-- Rows of removed feeds that are still to go, slice by slice.
CREATE TABLE purge (feed TEXT PRIMARY KEY, up_to INTEGER NOT NULL) WITHOUT ROWID;
-- Which rows a waiting delivery still needs.
CREATE INDEX delivery_seq ON delivery (seq);
