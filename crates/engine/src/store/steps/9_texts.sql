-- What a rule makes a notification say, and the address that it offers to open. Where it is NULL, the event speaks for itself. In `log`,
-- `detail` of an event is what went wrong in the rule that decided.
ALTER TABLE delivery ADD COLUMN title TEXT;
ALTER TABLE delivery ADD COLUMN body TEXT;
ALTER TABLE delivery ADD COLUMN link TEXT;
