//! Rows of the log to and from columns.

use rusqlite::Row as SqlRow;
use serde_json::{Value, json};
use strum::VariantArray;

use super::damage::unreadable;
use crate::event::{
    Decision, FeedId, Gap, Opened, Outcome, Part, Polled, Reason, Reconnecting, Resumed, Rev, Row, RowBody,
    Seq, Severity, StoredEvent,
};

/// How much of an event's data is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Extent {
    /// All of it.
    #[default]
    Whole,
    /// At most so many characters from its beginning.
    Preview(u32),
}

/// The columns that [`row`] reads, in its order.
pub(crate) fn columns(extent: Extent) -> String {
    let data = match extent {
        Extent::Whole => "data".to_owned(),
        Extent::Preview(characters) => format!("substr(data, 1, {characters})"),
    };
    format!(
        "seq, rev, feed, at, kind, event_type, last_event_id, explicit_id, origin, replayed, severity, outcome, rule, \
         detail, {data}, part, parts, octet_length(data)"
    )
}

pub(crate) const KIND_EVENT: i64 = 0;
const KIND_OPEN: i64 = 1;
const KIND_RECONNECTING: i64 = 2;
const KIND_NO_ANSWER: i64 = 3;
const KIND_RETRY: i64 = 4;
const KIND_GAP: i64 = 5;
const KIND_PARKED: i64 = 6;
const KIND_CLOSED: i64 = 7;
const KIND_POLLED: i64 = 8;

/// The kind and the detail of a row that is no event; `None` for an event.
pub(crate) fn lifecycle(body: &RowBody) -> Option<(i64, Value)> {
    Some(match body {
        RowBody::Event(_) => return None,
        RowBody::Open(o) => (
            KIND_OPEN,
            json!({"status": o.status, "http": o.http, "after_ms": o.after_ms, "attempt": o.attempt,
                   "resumed": o.resumed.code(), "may_miss": o.may_miss, "repeated": o.repeated}),
        ),
        RowBody::Reconnecting(r) => (
            KIND_RECONNECTING,
            json!({"reason": reason_value(&r.reason), "in_ms": r.in_ms, "tries": r.tries, "since": r.since,
                   "last_event_id": r.last_event_id}),
        ),
        RowBody::Polled(p) => (
            KIND_POLLED,
            json!({"every_ms": p.every_ms, "polls": p.polls, "since": p.since, "resumed": p.resumed.code(),
                   "repeated": p.repeated}),
        ),
        RowBody::NoAnswer { after_ms } => (KIND_NO_ANSWER, json!({"after_ms": after_ms})),
        RowBody::Retry { ms, times } => (KIND_RETRY, json!({"ms": ms, "times": times})),
        RowBody::Gap(gap) => (
            KIND_GAP,
            json!({"from": gap.from, "to": gap.to, "reason": gap.reason.code(), "times": gap.times}),
        ),
        RowBody::Parked(reason) => (KIND_PARKED, json!({"reason": reason_value(reason)})),
        RowBody::Closed(reason) => (KIND_CLOSED, json!({"reason": reason.as_ref().map(reason_value)})),
    })
}

/// A row from the columns of [`columns`].
pub(crate) fn row(sql: &SqlRow<'_>) -> rusqlite::Result<Row> {
    let feed: String = sql.get(2)?;
    let kind: i64 = sql.get(4)?;
    let body = if kind == KIND_EVENT {
        RowBody::Event(StoredEvent {
            event_type: text(sql, 5)?,
            last_event_id: text(sql, 6)?,
            explicit_id: sql.get(7)?,
            origin: sql.get(8)?,
            replayed: sql.get(9)?,
            severity: severity(sql.get(10)?)?,
            decision: Decision { outcome: outcome(sql.get(11)?)?, rule: sql.get(12)?, fault: sql.get(13)? },
            data: text(sql, 14)?,
            size: sql.get(17)?,
            part: part(sql, 15)?,
        })
    } else {
        let detail: String = sql.get(13)?;
        lifecycle_body(kind, &detail).ok_or_else(|| unreadable(13, "detail"))?
    };
    Ok(Row {
        seq: Seq(sql.get(0)?),
        rev: Rev(sql.get(1)?),
        feed: FeedId::parse(&feed).ok_or_else(|| unreadable(2, "feed"))?,
        at: sql.get(3)?,
        body,
    })
}

/// Which item of a list a row is: its number, and in the next column how many there are.
pub(super) fn part(sql: &SqlRow<'_>, column: usize) -> rusqlite::Result<Option<Part>> {
    let (number, of): (Option<u32>, Option<u32>) = (sql.get(column)?, sql.get(column + 1)?);
    Ok(number.zip(of).map(|(number, of)| Part { number, of }))
}

/// Text as it stands, also where a damaged disk broke a character: one such row must not hide those beside it.
pub(super) fn text(sql: &SqlRow<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(String::from_utf8_lossy(sql.get_ref(column)?.as_bytes()?).into_owned())
}

/// Rows of older versions only say whether the connection was asked to resume.
fn resumed(value: Option<&Value>) -> Resumed {
    match value {
        Some(Value::Bool(true)) => Resumed::Asked,
        Some(Value::String(word)) => word.parse().unwrap_or_default(),
        _ => Resumed::No,
    }
}

fn lifecycle_body(kind: i64, detail: &str) -> Option<RowBody> {
    let detail: Value = serde_json::from_str(detail).ok()?;
    let number = |name: &str| detail.get(name).and_then(Value::as_i64).unwrap_or(0);
    let amount = |name: &str| detail.get(name).and_then(Value::as_u64).unwrap_or(0);
    let text = |name: &str| detail.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let flag = |name: &str| detail.get(name).and_then(Value::as_bool).unwrap_or(false);
    let small = |name: &str| u32::try_from(amount(name)).unwrap_or(u32::MAX);
    Some(match kind {
        KIND_OPEN => RowBody::Open(Opened {
            status: u16::try_from(amount("status")).ok()?,
            http: text("http"),
            after_ms: amount("after_ms"),
            attempt: small("attempt"),
            resumed: resumed(detail.get("resumed")),
            may_miss: flag("may_miss"),
            repeated: amount("repeated"),
        }),
        KIND_RECONNECTING => RowBody::Reconnecting(Reconnecting {
            reason: reason_from(detail.get("reason")?)?,
            in_ms: amount("in_ms"),
            tries: small("tries"),
            since: number("since"),
            last_event_id: text("last_event_id"),
        }),
        KIND_POLLED => RowBody::Polled(Polled {
            every_ms: amount("every_ms"),
            polls: amount("polls"),
            since: number("since"),
            resumed: resumed(detail.get("resumed")),
            repeated: amount("repeated"),
        }),
        KIND_NO_ANSWER => RowBody::NoAnswer { after_ms: amount("after_ms") },
        // Rows of earlier versions stand for one time.
        KIND_RETRY => RowBody::Retry { ms: amount("ms"), times: amount("times").max(1) },
        KIND_GAP => RowBody::Gap(Gap {
            from: number("from"),
            to: number("to"),
            reason: text("reason").parse().ok()?,
            times: amount("times").max(1),
        }),
        KIND_PARKED => RowBody::Parked(reason_from(detail.get("reason")?)?),
        KIND_CLOSED => RowBody::Closed(match detail.get("reason") {
            None | Some(Value::Null) => None,
            Some(reason) => Some(reason_from(reason)?),
        }),
        _ => return None,
    })
}

fn reason_value(reason: &Reason) -> Value {
    json!({"code": reason.code().as_str(), "status": reason.status(), "detail": reason.detail()})
}

fn reason_from(value: &Value) -> Option<Reason> {
    let status = value.get("status").and_then(Value::as_u64).and_then(|s| u16::try_from(s).ok());
    let code = value.get("code")?.as_str()?.parse().ok()?;
    Some(Reason::from_parts(code, status, value.get("detail").and_then(Value::as_str)))
}

/// Returns the number that the log keeps for a severity.
pub(crate) fn severity_number(severity: Severity) -> i64 {
    severity as i64
}

/// Returns the severity of a stored number.
///
/// # Errors
/// A number that this program never writes is unreadable.
pub(crate) fn severity(number: i64) -> rusqlite::Result<Severity> {
    let found = Severity::VARIANTS.iter().find(|severity| severity_number(**severity) == number);
    found.copied().ok_or_else(|| unreadable(10, "severity"))
}

/// Returns the number that the log keeps for an outcome.
pub(crate) fn outcome_number(outcome: Outcome) -> i64 {
    outcome as i64
}

fn outcome(number: i64) -> rusqlite::Result<Outcome> {
    let found = Outcome::VARIANTS.iter().find(|outcome| outcome_number(**outcome) == number);
    found.copied().ok_or_else(|| unreadable(11, "outcome"))
}

#[cfg(test)]
mod tests;
