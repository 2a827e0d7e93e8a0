-- How many bytes a feed's rows count for, so that the log can be limited by its size and each feed by its share.
ALTER TABLE feed_state ADD COLUMN byte_count INTEGER NOT NULL DEFAULT 0;
UPDATE feed_state SET byte_count = counted.bytes
    FROM (SELECT feed, sum(200 + coalesce(octet_length(data), 0) + coalesce(octet_length(raw), 0)
                           + coalesce(octet_length(event_type), 0) + coalesce(octet_length(last_event_id), 0)) AS bytes
          FROM log GROUP BY feed) AS counted
    WHERE counted.feed = feed_state.feed;
