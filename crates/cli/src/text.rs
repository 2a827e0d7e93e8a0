//! Lines for people.

use std::fmt::Display;

use bellwire_engine::event::{
    Gap, IncomingEvent, Millis, Opened, Polled, Reason, Reconnecting, Resumed, Row, RowBody,
};
use bellwire_engine::text::{block, line};

use crate::time::{local, span};

/// Why a feed ended that a person switched off.
pub const SWITCHED_OFF: &str = "switched off";

/// Returns the line for a stored row that is printed at `now`.
pub fn row(row: &Row, now: Millis) -> String {
    let mark = if matches!(row.body, RowBody::Event(_)) { "" } else { "-- " };
    format!("{}  {}  {mark}{}", local(row.at, now), row.feed, described(&row.body, now))
}

/// Returns the line for what changed about a row that was printed before: it has the time `now`, at which it is printed.
/// `None` where nothing changed that is said of it.
pub fn row_again(row: &Row, now: Millis) -> Option<String> {
    let said = match &row.body {
        RowBody::Event(_) => return None,
        // The connection itself was said already; what it showed since is new.
        RowBody::Open(open) => {
            let showed = resumed(open.resumed).to_owned() + &left_out(open.repeated);
            showed.strip_prefix("; ")?.to_owned()
        }
        RowBody::Polled(run) if run.polls > 1 => return None,
        body => described(body, now),
    };
    Some(format!("{}  {}  -- {said}", local(now, now), row.feed))
}

fn described(body: &RowBody, now: Millis) -> String {
    match body {
        RowBody::Event(event) => self::event(&event.event_type, &event.last_event_id, &event.data),
        RowBody::Open(open) => opened(open),
        RowBody::Reconnecting(wait) => tries(wait, now),
        RowBody::Polled(run) => polled(run, now),
        RowBody::NoAnswer { after_ms } => no_answer(*after_ms),
        RowBody::Retry { ms, times } => retry(*ms) + &often(*times),
        RowBody::Gap(gap) => self::gap(gap, now),
        RowBody::Parked(reason) => format!("needs attention: {reason}"),
        RowBody::Closed(Some(reason)) => format!("stopped: {reason}"),
        RowBody::Closed(None) => SWITCHED_OFF.into(),
    }
}

/// Returns the line for an event that `watch` received at `at`.
pub fn watched_event(incoming: &IncomingEvent, at: Millis) -> String {
    format!("{}  {}", local(at, at), event(&incoming.event_type, &incoming.last_event_id, &incoming.data))
}

/// Returns the line for a comment that `watch` received at `at`.
pub fn comment(text: &str, at: Millis) -> String {
    format!("{}  :{}", local(at, at), line(text))
}

/// Returns the line for something other than an event that happened under `watch` at `at`.
pub fn lifecycle(text: &str, at: Millis) -> String {
    format!("{}  -- {}", local(at, at), line(text))
}

/// Describes a wait of `in_ms` milliseconds before another try.
pub fn reconnecting(in_ms: u64, reason: &Reason) -> String {
    format!("reconnecting in {}: {reason}", span(in_ms))
}

/// Describes a gap, as seen at `now`.
pub fn gap(gap: &Gap, now: Millis) -> String {
    let (from, to, often) = (local(gap.from, now), local(gap.to, now), often(gap.times));
    format!("events may be missing {from} to {to}: {}{often}", gap.reason)
}

/// Describes a server that has been silent for `after_ms` milliseconds since it was asked.
pub fn no_answer(after_ms: u64) -> String {
    format!("no answer for {}; still waiting", span(after_ms))
}

/// Describes a reconnection time of `ms` milliseconds.
pub fn retry(ms: u64) -> String {
    format!("retry set to {} by the server", span(ms))
}

/// Returns how often something happened; nothing for once.
fn often(times: u64) -> String {
    if times > 1 { format!(" ({times} times)") } else { String::new() }
}

/// Returns the number with its noun: `1 feed`, `2 feeds`.
pub fn count(number: impl Display + PartialEq + From<u8>, noun: &str) -> String {
    let plural = if number == 1.into() { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

fn opened(open: &Opened) -> String {
    let mut text = format!("connected, {}, HTTP/{}, try {}", open.status, line(&open.http), open.attempt);
    text.push_str(resumed(open.resumed));
    if open.may_miss {
        text.push_str("; events before it may be missing");
    }
    text + &left_out(open.repeated)
}

fn polled(run: &Polled, now: Millis) -> String {
    let polls = count(run.polls, "poll");
    let text = format!(
        "polled every {}: the server ends each connection; {polls} since {}",
        span(run.every_ms),
        local(run.since, now)
    );
    text + resumed(run.resumed) + &left_out(run.repeated)
}

fn resumed(resumed: Resumed) -> &'static str {
    match resumed {
        Resumed::No => "",
        Resumed::Asked => "; resume asked",
        Resumed::Shown => "; resume shown",
        Resumed::Cannot => "; cannot resume",
    }
}

fn left_out(repeated: u64) -> String {
    if repeated == 0 { String::new() } else { format!("; {} left out", count(repeated, "repeated event")) }
}

fn tries(wait: &Reconnecting, now: Millis) -> String {
    let text = reconnecting(wait.in_ms, &wait.reason);
    match wait.tries {
        0 | 1 => text,
        tries => format!("{text}, {tries} tries since {}", local(wait.since, now)),
    }
}

/// Returns event type, id and data on one line, with further lines of data indented.
fn event(event_type: &str, id: &str, data: &str) -> String {
    let id = if id.is_empty() { String::new() } else { format!("  [{}]", line(id)) };
    let data = block(data).replace('\n', "\n              ");
    format!("{}{id}  {data}", line(event_type))
}

/// Returns a word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_./:=,@%+-".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", line(word).replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests;
