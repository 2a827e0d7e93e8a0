//! What the log tells of a feed, in the words of the table.

use bellwire_engine::event::{GapReason, Reason, Row, RowBody};
use bellwire_tests::support::world::data_of;

/// The HTTP versions of the connections, each once.
pub fn http(rows: &[Row]) -> String {
    let versions = rows.iter().filter_map(|row| match &row.body {
        RowBody::Open(opened) => Some(opened.http.clone()),
        _ => None,
    });
    distinct(versions).join(", ")
}

/// Why the feed connected again, and what became of the events that were published.
pub fn of(rows: &[Row], published: &[String]) -> String {
    [why(rows), whole(rows, published)]
        .into_iter()
        .chain(gaps(rows))
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

/// The reasons, in the log's words.
pub fn why(rows: &[Row]) -> String {
    let reasons = rows.iter().filter_map(|row| match &row.body {
        RowBody::Reconnecting(wait) => Some(&wait.reason),
        RowBody::Parked(reason) | RowBody::Closed(Some(reason)) => Some(reason),
        _ => None,
    });
    distinct(reasons.map(Reason::to_string).map(|reason| format!("“{reason}”"))).join(", ")
}

/// Where the log says that events may be missing.
pub fn gaps(rows: &[Row]) -> Option<String> {
    let reasons = rows.iter().filter_map(|row| match &row.body {
        RowBody::Gap(gap) => Some(gap.reason),
        _ => None,
    });
    let texts = distinct(reasons.map(|reason| match reason {
        GapReason::NoIds => "gap told: no ids".to_owned(),
        other => format!("gap told: {other:?}"),
    }));
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// How many of the published events the log lacks, and how many it holds more than once.
fn whole(rows: &[Row], published: &[String]) -> String {
    let there = data_of(rows);
    let count = |data: &String| there.iter().filter(|found| *found == data).count();
    let lost = published.iter().filter(|data| count(data) == 0).count();
    let doubled: usize = published.iter().map(|data| count(data).saturating_sub(1)).sum();
    let first_seen = distinct(there.iter().filter(|data| published.contains(data)).cloned());
    let order = published.iter().filter(|data| first_seen.contains(data)).cloned().collect::<Vec<_>>();
    let order = if first_seen == order { "" } else { ", out of order" };
    format!("{lost} lost, {doubled} doubled{order}")
}

/// Each once, in the order of its first time.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}
