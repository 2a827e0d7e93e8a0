//! Describes a feed's rows in the words of the table in docs/servers.md.

use std::collections::HashMap;

use bellwire_engine::event::{GapReason, Opened, Reason, Row, RowBody};
use bellwire_tests::support::world::data_of;

/// Returns the HTTP versions of the connections, each once.
pub fn http(rows: &[Row]) -> String {
    distinct(rows.iter().filter_map(opened).map(|opened| opened.http.clone())).join(", ")
}

/// Returns why the feed reconnected. Panics unless every published event is in the log once and in order.
pub fn complete(rows: &[Row], published: &[String]) -> String {
    let fate = fate(rows, published);
    assert_eq!(fate, "0 lost, 0 doubled", "{rows:#?}");
    told(rows, fate)
}

/// Returns why the feed reconnected, and how many of the published events are missing or duplicate.
pub fn whatever(rows: &[Row], published: &[String]) -> String {
    told(rows, fate(rows, published))
}

fn told(rows: &[Row], fate: String) -> String {
    let repeated: u64 = rows.iter().filter_map(opened).map(|opened| opened.repeated).sum();
    let repeated = (repeated > 0).then(|| "what the server sent again was left out".to_owned());
    let parts = [why(rows), fate].into_iter().chain(repeated).chain(gaps(rows));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// Returns the reasons of the reconnects.
pub fn why(rows: &[Row]) -> String {
    let reasons = rows.iter().filter_map(|row| match &row.body {
        RowBody::Reconnecting(wait) => Some(&wait.reason),
        RowBody::Parked(reason) | RowBody::Closed(Some(reason)) => Some(reason),
        _ => None,
    });
    distinct(reasons.map(Reason::to_string).map(|reason| format!("“{reason}”"))).join(", ")
}

/// Returns whether the log says that nothing shows that the server resumed.
pub fn is_unshown(rows: &[Row]) -> bool {
    reasons(rows).any(|reason| reason == GapReason::ResumeUnshown)
}

fn reasons(rows: &[Row]) -> impl Iterator<Item = GapReason> {
    rows.iter().filter_map(|row| match &row.body {
        RowBody::Gap(gap) => Some(gap.reason),
        _ => None,
    })
}

/// Returns the reasons of the gap rows; `None` if there are none. Whether a resume is shown is left out: with ids that
/// contain the time it depends on the moment.
pub fn gaps(rows: &[Row]) -> Option<String> {
    let reasons = reasons(rows).filter(|reason| *reason != GapReason::ResumeUnshown);
    let texts = distinct(reasons.map(|reason| match reason {
        GapReason::NoIds => "gap row: no ids".to_owned(),
        GapReason::NoEventYet => "gap row: no event yet".to_owned(),
        GapReason::HistoryTooShort => "gap row: history too short".to_owned(),
        GapReason::NoHead => "gap row: no head".to_owned(),
        GapReason::PlaceRefused => "gap row: place refused".to_owned(),
        GapReason::NotACursor => "gap row: ids are no place".to_owned(),
        other => panic!("no server here is to leave a gap for {other:?}"),
    }));
    (!texts.is_empty()).then(|| texts.join(", "))
}

fn opened(row: &Row) -> Option<&Opened> {
    match &row.body {
        RowBody::Open(opened) => Some(opened),
        _ => None,
    }
}

/// Returns how many of the published events are missing in the log, and how many are duplicate.
fn fate(rows: &[Row], published: &[String]) -> String {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, data) in data_of(rows).into_iter().enumerate() {
        places.entry(data).or_default().push(place);
    }
    let found: Vec<&Vec<usize>> = published.iter().filter_map(|data| places.get(data)).collect();
    let lost = published.len() - found.len();
    let doubled: usize = found.iter().map(|places| places.len() - 1).sum();
    let order = if found.is_sorted_by_key(|places| places[0]) { "" } else { ", out of order" };
    format!("{lost} lost, {doubled} doubled{order}")
}

/// Returns each text once, in the order of its first occurrence.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}
