//! The lines that scripts read: one JSON object each, fields in a fixed order.

use bellwire_engine::event::{Millis, Outcome, Row, RowBody, StoredEvent};
use serde_json::{Map, Value, json};

use crate::time::{local, span, utc};

/// A stored row as NDJSON.
pub fn row(row: &Row) -> Value {
    let mut line = Map::new();
    let (kind, fields) = body(&row.body);
    line.insert("kind".into(), kind.into());
    line.insert("feed".into(), row.feed.as_str().into());
    line.extend(fields);
    line.insert("received_at".into(), utc(row.at).into());
    line.insert("seq".into(), row.seq.0.into());
    if let RowBody::Event(event) = &row.body {
        line.insert("replayed".into(), event.replayed.into());
        line.insert("severity".into(), event.severity.code().into());
        line.insert("decision".into(), decision(event));
    }
    Value::Object(line)
}

/// A stored row for people.
pub fn row_text(row: &Row) -> String {
    let head = format!("{}  {}", local(row.at), row.feed);
    let said = match &row.body {
        RowBody::Event(event) => return format!("{head}  {}", event_text(event)),
        RowBody::Open(open) => {
            let connected = format!("connected, {}, HTTP/{}, try {}", open.status, open.http, open.attempt);
            let missed = if open.may_miss { "; events before it may be missing" } else { "" };
            match open.repeated {
                0 => format!("{connected}{missed}"),
                again => format!("{connected}{missed}; {again} events came again and were left out"),
            }
        }
        RowBody::Reconnecting(wait) if wait.tries > 1 => {
            format!(
                "reconnecting in {}: {}, {} tries since {}",
                span(wait.in_ms),
                wait.reason,
                wait.tries,
                local(wait.since)
            )
        }
        RowBody::Reconnecting(wait) => format!("reconnecting in {}: {}", span(wait.in_ms), wait.reason),
        RowBody::NoAnswer { after_ms } => format!("no answer for {}; still waiting", span(*after_ms)),
        RowBody::Retry { ms } => format!("retry set to {} by the server", span(*ms)),
        RowBody::Gap(gap) => {
            format!("events may be missing {} to {}: {}", local(gap.from), local(gap.to), gap.reason)
        }
        RowBody::Parked(reason) => format!("needs you: {reason}"),
        RowBody::Closed(Some(reason)) => format!("stopped: {reason}"),
        RowBody::Closed(None) => "switched off".into(),
    };
    format!("{head}  -- {said}")
}

fn body(body: &RowBody) -> (&'static str, Map<String, Value>) {
    let (kind, fields) = match body {
        RowBody::Event(e) => (
            "event",
            json!({"event": e.event_type, "id": e.last_event_id, "data": e.data, "origin": e.origin}),
        ),
        RowBody::Open(o) => (
            "open",
            json!({"status": o.status, "http": o.http, "after_ms": o.after_ms, "attempt": o.attempt,
                   "resumed": o.resumed, "may_miss": o.may_miss, "repeated": o.repeated}),
        ),
        RowBody::Reconnecting(w) => (
            "reconnecting",
            json!({"reason": w.reason.to_string(), "code": w.reason.code().as_str(), "in_ms": w.in_ms, "attempt": w.tries,
                   "since": utc(w.since), "last_event_id": w.last_event_id}),
        ),
        RowBody::NoAnswer { after_ms } => ("no-answer", json!({"after_ms": after_ms})),
        RowBody::Retry { ms } => ("retry", json!({"ms": ms})),
        RowBody::Gap(gap) => {
            ("gap", json!({"from": utc(gap.from), "to": utc(gap.to), "reason": gap.reason.to_string()}))
        }
        RowBody::Parked(reason) => {
            ("parked", json!({"reason": reason.to_string(), "code": reason.code().as_str()}))
        }
        RowBody::Closed(reason) => (
            "closed",
            json!({"reason": reason.as_ref().map_or_else(|| "switched off".to_owned(), ToString::to_string)}),
        ),
    };
    match fields {
        Value::Object(fields) => (kind, fields),
        _ => (kind, Map::new()),
    }
}

fn event_text(event: &StoredEvent) -> String {
    text_line(&event.event_type, &event.last_event_id, &event.data)
}

/// Event type, id and data on one line where they fit, further data lines indented.
pub fn text_line(event_type: &str, id: &str, data: &str) -> String {
    let id = if id.is_empty() { String::new() } else { format!("  [{id}]") };
    let data = data.replace('\n', "\n              ");
    crate::print::plain(&format!("{event_type}{id}  {data}"))
}

/// An event under `watch`, as NDJSON.
pub fn watched_event(
    feed: Option<&str>,
    (event_type, id, data): (&str, &str, &str),
    origin: &str,
    at: Millis,
    replayed: bool,
) -> Value {
    let mut line = Map::new();
    line.insert("kind".into(), "event".into());
    if let Some(feed) = feed {
        line.insert("feed".into(), feed.into());
    }
    line.insert("event".into(), event_type.into());
    line.insert("id".into(), id.into());
    line.insert("data".into(), data.into());
    line.insert("origin".into(), origin.into());
    line.insert("received_at".into(), utc(at).into());
    line.insert("replayed".into(), replayed.into());
    Value::Object(line)
}

fn decision(event: &StoredEvent) -> Value {
    let why = match event.decision.outcome {
        Outcome::Notify => "within the flood limit",
        Outcome::Digest => "over the flood limit: counted in one notification",
        Outcome::Muted => "notifications are muted",
        Outcome::Log if event.decision.rule.is_some() => "the rule only logs",
        Outcome::Log if event.event_type == "message" => "unnamed events are only logged",
        Outcome::Log => "a rule without a name only logs",
    };
    json!({"outcome": event.decision.outcome.code(), "rule": event.decision.rule, "why": why})
}
