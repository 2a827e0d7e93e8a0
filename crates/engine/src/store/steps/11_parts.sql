-- Which item of an event with a list a row is, and of how many. Their rows follow each other, and only the first keeps the
-- lines of the event; the others have the layout -2.
ALTER TABLE log ADD COLUMN part INTEGER;
ALTER TABLE log ADD COLUMN parts INTEGER;
