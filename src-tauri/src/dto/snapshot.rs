//! Everything of the window but the rows.

use bellwire_engine::config::{Language, Theme};
use bellwire_engine::event::{self, Millis, MuteFor, ProblemKind};
use bellwire_engine::status as domain;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::reason::Reason;
use super::word::Word;
use crate::bridge::Hidden;

/// Everything of the window but the rows. Times are in milliseconds since the epoch. `hiddenSeq`: the newest row when
/// the window was last hidden, `hiddenAt`: when that was.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    pub newest_rev: i64,
    pub newest_seq: i64,
    pub now: i64,
    pub receiving_since: i64,
    pub event_count: u64,
    pub per_minute: u32,
    pub feeds: Vec<FeedInfo>,
    pub mute: Mute,
    pub problem: Option<Problem>,
    pub language: Word<Language>,
    pub theme: Word<Theme>,
    pub hidden_seq: Option<i64>,
    pub hidden_at: Option<i64>,
}

/// A problem of the whole app.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Problem {
    pub code: Word<ProblemKind>,
    pub message: String,
}

/// One feed as the sidebar shows it. `url` comes without query and userinfo; `rate` is 15 minutes, oldest first.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FeedInfo {
    pub id: String,
    pub name: String,
    pub url: String,
    pub connection: Connection,
    pub unread: u64,
    pub unread_critical: bool,
    pub alerts: bool,
    pub count: u64,
    pub rate: Vec<u32>,
    pub last_id: String,
    pub secret_name: Option<String>,
}

/// Times are in milliseconds since the epoch. `off` without a reason: switched off by a person.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum Connection {
    Connecting { since: i64, attempt: u32, slow: bool },
    Live { since: i64, http: String, status: u16 },
    Waiting { retry_at: i64, attempt: u32, reason: Reason },
    Parked { since: i64, reason: Reason, retry_at: Option<i64> },
    Off { reason: Option<Reason> },
}

/// `at` is in milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum Mute {
    Off,
    Until { at: i64 },
    On,
}

/// For how long notifications are to be held back.
#[derive(Debug, Deserialize, TS)]
pub struct MuteChoice {
    pub length: Word<MuteFor>,
}

impl Snapshot {
    /// The status at `now`, in the window's terms.
    pub fn of(status: &domain::Status, language: Language, hidden: Option<Hidden>, now: Millis) -> Self {
        Self {
            newest_rev: status.newest_rev.0,
            newest_seq: status.newest_seq.0,
            now,
            receiving_since: status.since,
            event_count: status.event_count,
            per_minute: status.feeds.iter().filter_map(|feed| feed.rate.last()).sum(),
            feeds: status.feeds.iter().map(FeedInfo::from).collect(),
            // The engine may still call a mute "until" that has just ended.
            mute: if status.mute.holds(now) { status.mute.into() } else { Mute::Off },
            problem: status.problem.as_ref().map(Problem::from),
            language: Word(language),
            theme: Word(status.app.theme),
            hidden_seq: hidden.map(|hidden| hidden.newest.0),
            hidden_at: hidden.map(|hidden| hidden.at),
        }
    }
}

impl From<&domain::FeedStatus> for FeedInfo {
    fn from(feed: &domain::FeedStatus) -> Self {
        Self {
            id: feed.id.to_string(),
            name: feed.name.clone(),
            url: feed.url.clone(),
            connection: Connection::from(&feed.connection),
            unread: feed.unread,
            unread_critical: feed.unread_critical,
            alerts: feed.alerts,
            count: feed.count,
            rate: feed.rate.to_vec(),
            last_id: feed.last_event_id.clone(),
            secret_name: feed.secret_name.clone(),
        }
    }
}

impl From<&domain::Connection> for Connection {
    fn from(connection: &domain::Connection) -> Self {
        match connection {
            domain::Connection::Connecting { since, attempt, slow } => {
                Connection::Connecting { since: *since, attempt: *attempt, slow: *slow }
            }
            domain::Connection::Live { since, http, status } => {
                Connection::Live { since: *since, http: http.clone(), status: *status }
            }
            domain::Connection::Waiting { retry_at, attempt, reason } => {
                Connection::Waiting { retry_at: *retry_at, attempt: *attempt, reason: reason.into() }
            }
            domain::Connection::Parked { since, reason, retry_at } => {
                Connection::Parked { since: *since, reason: reason.into(), retry_at: *retry_at }
            }
            domain::Connection::Off { reason } => {
                Connection::Off { reason: reason.as_ref().map(Reason::from) }
            }
        }
    }
}

impl From<&event::Problem> for Problem {
    fn from(problem: &event::Problem) -> Self {
        Self { code: Word(problem.kind), message: problem.message.clone() }
    }
}

impl From<event::Mute> for Mute {
    fn from(mute: event::Mute) -> Self {
        match mute {
            event::Mute::Off => Mute::Off,
            event::Mute::Until(at) => Mute::Until { at },
            event::Mute::On => Mute::On,
        }
    }
}

#[cfg(test)]
mod tests {
    use bellwire_engine::event::{FeedId, Reason as DomainReason, Seq};
    use serde_json::json;
    use strum::VariantArray;

    use super::*;

    fn feed(connection: domain::Connection, last_minute: u32) -> domain::FeedStatus {
        let mut rate = [0; 15];
        rate[14] = last_minute;
        domain::FeedStatus {
            id: FeedId::parse("ops").unwrap(),
            name: "Ops".into(),
            url: "https://a.example/s".into(),
            connection,
            unread: 3,
            unread_critical: true,
            alerts: true,
            count: 9,
            rate,
            last_event_id: "42".into(),
            secret_name: Some("ops".into()),
        }
    }

    fn snapshot(status: &domain::Status) -> serde_json::Value {
        let hidden = Some(Hidden { newest: Seq(5), at: 50 });
        serde_json::to_value(Snapshot::of(status, Language::ZhCn, hidden, 100)).unwrap()
    }

    #[test]
    fn says_what_the_contract_says() {
        let live = domain::Connection::Live { since: 1, http: "2".into(), status: 200 };
        let status = domain::Status { feeds: vec![feed(live, 4)], since: 1, ..domain::Status::default() };
        assert_eq!(
            snapshot(&status),
            json!({
                "newestRev": 0, "newestSeq": 0, "now": 100, "receivingSince": 1, "eventCount": 0, "perMinute": 4,
                "feeds": [{
                    "id": "ops", "name": "Ops", "url": "https://a.example/s",
                    "connection": {"state": "live", "since": 1, "http": "2", "status": 200},
                    "unread": 3, "unreadCritical": true, "alerts": true, "count": 9,
                    "rate": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4], "lastId": "42", "secretName": "ops",
                }],
                "mute": {"kind": "off"}, "problem": null, "language": "zh-CN", "theme": "system",
                "hiddenSeq": 5, "hiddenAt": 50,
            })
        );
    }

    #[test]
    fn every_connection_says_what_the_contract_says() {
        let reason = json!({"code": "ended", "status": null, "detail": null});
        let ended = DomainReason::Ended;
        let cases = [
            (
                domain::Connection::Connecting { since: 1, attempt: 2, slow: true },
                json!({"state": "connecting", "since": 1, "attempt": 2, "slow": true}),
            ),
            (
                domain::Connection::Waiting { retry_at: 9, attempt: 2, reason: ended.clone() },
                json!({"state": "waiting", "retryAt": 9, "attempt": 2, "reason": reason}),
            ),
            (
                domain::Connection::Parked { since: 1, reason: ended.clone(), retry_at: None },
                json!({"state": "parked", "since": 1, "reason": reason, "retryAt": null}),
            ),
            (domain::Connection::Off { reason: Some(ended) }, json!({"state": "off", "reason": reason})),
            (domain::Connection::Off { reason: None }, json!({"state": "off", "reason": null})),
        ];
        for (connection, expected) in cases {
            assert_eq!(serde_json::to_value(Connection::from(&connection)).unwrap(), expected);
        }
    }

    #[test]
    fn a_mute_that_is_over_is_off() {
        let mute = |until| {
            let status = domain::Status { mute: event::Mute::Until(until), ..domain::Status::default() };
            snapshot(&status)["mute"].clone()
        };
        assert_eq!(mute(100), json!({"kind": "off"}));
        assert_eq!(mute(101), json!({"kind": "until", "at": 101}));
    }

    #[test]
    fn every_length_of_a_mute_comes_from_its_word() {
        for length in MuteFor::VARIANTS {
            let word: &'static str = (*length).into();
            let choice: MuteChoice = serde_json::from_value(json!({ "length": word })).unwrap();
            assert_eq!(choice.length.0, *length);
        }
        assert!(serde_json::from_value::<MuteChoice>(json!({"length": "a-year"})).is_err());
    }
}
