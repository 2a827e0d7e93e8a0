-- A feed's place belongs to its address without the query, which may hold a token that changes or one topic more. Of
-- several places that become one, the newest stays. From this version on, rows of
-- kind 8 are runs of polls, and the outcome -1 is that of a control event.
CREATE TABLE place AS
    SELECT feed, CASE WHEN mark > 0 THEN substr(url, 1, mark - 1) ELSE url END AS url,
           last_event_id, has_ids, retry_ms, last_at, has_events, told
    FROM (
        SELECT *, CASE
            WHEN instr(url, '?') = 0 THEN instr(url, '#')
            WHEN instr(url, '#') = 0 THEN instr(url, '?')
            ELSE min(instr(url, '?'), instr(url, '#'))
        END AS mark FROM cursor
    );
DELETE FROM cursor;
INSERT OR REPLACE INTO cursor (feed, url, last_event_id, has_ids, retry_ms, last_at, has_events, told)
    SELECT feed, url, last_event_id, has_ids, retry_ms, last_at, has_events, told FROM place ORDER BY last_at;
DROP TABLE place;
