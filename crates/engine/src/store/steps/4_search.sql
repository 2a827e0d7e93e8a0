-- Which grams the data of which event holds; see docs/decisions/0006-search.md. Filled when there is time.
CREATE VIRTUAL TABLE search USING fts5(grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
