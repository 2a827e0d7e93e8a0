//! Compares three records: the events that the servers sent, the rows of the log, the calls of the notification
//! service.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::support::notifyd::NotifyCall;

/// The result of the comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledgers {
    /// The number of events published.
    pub sent: usize,
    /// The number of events in the log.
    pub stored: usize,
    /// The number of events that were published and are not in the log.
    pub lost: usize,
    /// The number of events that are in the log again.
    pub doubled: usize,
    /// The number of rows that are before a row of an event of their feed that was published earlier.
    pub out_of_order: usize,
    /// The number of alerts published.
    pub alerts: usize,
    /// The number of alerts without a notification.
    pub untold: usize,
    /// The number of notifications of an alert after its first.
    pub repeated: usize,
    /// The result of `PRAGMA integrity_check`.
    pub integrity: String,
}

impl Ledgers {
    /// Returns whether every event is stored once and in order, every alert was notified, and the database is
    /// intact. The caller judges repeated notifications.
    pub fn agree(&self) -> bool {
        self.lost + self.doubled + self.out_of_order + self.untold == 0 && self.integrity == "ok"
    }

    /// Adds the result of another log. The integrity is that of the first damaged database, if any.
    pub fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.stored += other.stored;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.out_of_order += other.out_of_order;
        self.alerts += other.alerts;
        self.untold += other.untold;
        self.repeated += other.repeated;
        if self.integrity.is_empty() || self.integrity == "ok" {
            self.integrity = other.integrity;
        }
    }

    /// Compares the events of one feed, and adds the result.
    pub fn add_feed(&mut self, sent: &[String], stored: &[String]) {
        let (lost, doubled, out_of_order) = compare(sent, stored);
        self.sent += sent.len();
        self.stored += stored.len();
        self.lost += lost;
        self.doubled += doubled;
        self.out_of_order += out_of_order;
    }

    /// Compares the alerts with the notifications, and adds the result.
    pub fn add_alerts(&mut self, alerts: &[String], calls: &[NotifyCall]) {
        let told = told(calls);
        self.alerts += alerts.len();
        self.untold += alerts.iter().filter(|id| !told.contains_key(*id)).count();
        self.repeated += told.values().map(|times| times - 1).sum::<usize>();
    }
}

/// Returns how often each alert was notified. Its id is the last word of the body.
fn told(calls: &[NotifyCall]) -> HashMap<String, usize> {
    let mut times = HashMap::new();
    for call in calls {
        let id = call.body.rsplit(' ').next().unwrap_or_default().to_owned();
        *times.entry(id).or_insert(0) += 1;
    }
    times
}

/// Returns the numbers of lost, duplicate and out-of-order events.
fn compare(sent: &[String], stored: &[String]) -> (usize, usize, usize) {
    let mut times: HashMap<&String, usize> = HashMap::new();
    for id in stored {
        *times.entry(id).or_insert(0) += 1;
    }
    let lost = sent.iter().filter(|id| !times.contains_key(id)).count();
    let doubled = times.values().map(|n| n - 1).sum();
    let place: HashMap<&String, usize> = sent.iter().enumerate().map(|(n, id)| (id, n)).collect();
    let out_of_order = stored.windows(2).filter(|pair| place.get(&pair[0]) > place.get(&pair[1])).count();
    (lost, doubled, out_of_order)
}

/// Reads the log of another process, in this home.
pub struct Log<'p>(pub &'p Path);

impl Log<'_> {
    /// Returns the newest event's row of a feed, or of all; 0 if there is none.
    pub fn newest(&self, feed: Option<&str>) -> i64 {
        self.number(
            "SELECT coalesce(max(seq), 0) FROM log WHERE kind = 0 AND feed = coalesce(?1, feed)",
            feed,
        )
    }

    /// Returns whether the event with this id is stored.
    pub fn has(&self, feed: &str, id: &str) -> bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM log WHERE kind = 0 AND feed = ?1 AND last_event_id = ?2)";
        let found = self.database().and_then(|db| db.query_row(sql, [feed, id], |row| row.get(0)).ok());
        found.unwrap_or(false)
    }

    /// Returns the number of stored events of a feed, or of all.
    pub fn count(&self, feed: Option<&str>) -> usize {
        let count =
            self.number("SELECT count(*) FROM log WHERE kind = 0 AND feed = coalesce(?1, feed)", feed);
        usize::try_from(count).unwrap_or_default()
    }

    /// Returns the ids of a feed's stored events, in the order of the log.
    pub fn stored(&self, feed: &str) -> Vec<String> {
        let Some(db) = self.database() else { return Vec::new() };
        let sql = "SELECT last_event_id FROM log WHERE kind = 0 AND feed = ?1 ORDER BY seq";
        let Ok(mut statement) = db.prepare(sql) else { return Vec::new() };
        let rows = statement.query_map([feed], |row| row.get(0)).expect("the log can be read");
        rows.collect::<Result<_, _>>().expect("the log can be read")
    }

    /// Returns the result of `PRAGMA integrity_check`.
    pub fn integrity(&self) -> String {
        let Some(db) = self.database() else { return "no log".to_owned() };
        db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap_or_else(|error| error.to_string())
    }

    /// Returns 0 if there is no log yet.
    fn number(&self, sql: &str, feed: Option<&str>) -> i64 {
        self.database().and_then(|db| db.query_row(sql, [feed], |row| row.get(0)).ok()).unwrap_or(0)
    }

    fn database(&self) -> Option<Connection> {
        Connection::open_with_flags(self.0.join("bellwire.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::compare;

    fn ids(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_comparison_finds_lost_duplicate_and_out_of_order_events() {
        assert_eq!(compare(&ids("1 2 3"), &ids("1 2 3")), (0, 0, 0));
        assert_eq!(compare(&ids("1 2 3"), &ids("1 3")), (1, 0, 0));
        assert_eq!(compare(&ids("1 2 3"), &ids("1 2 2 3")), (0, 1, 0));
        assert_eq!(compare(&ids("1 2 3"), &ids("2 1 3")), (0, 0, 1));
    }
}
