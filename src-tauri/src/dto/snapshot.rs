//! The state of feeds and app, as the window shows it around the log.

use bellwire_engine::config::{Auth, Language, Theme};
use bellwire_engine::event::{self, Millis, MuteFor, ProblemKind};
use bellwire_engine::status as domain;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::reason::Reason;
use super::word::Word;
use crate::bridge::Hidden;

/// All that the window shows except rows. Times are in milliseconds since the epoch.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The newest revision of the log.
    pub newest_rev: i64,
    /// The newest row of the log; 0 while there is none.
    pub newest_seq: i64,
    /// The time of this snapshot.
    pub now: i64,
    /// When this program started to receive.
    pub receiving_since: i64,
    /// The number of stored events.
    pub event_count: u64,
    /// The number of events of all feeds in the last minute, without control events.
    pub per_minute: u32,
    /// The feeds, in the order of the configuration.
    pub feeds: Vec<FeedInfo>,
    /// Whether notifications are muted.
    pub mute: Mute,
    /// The problem of the whole app; null while there is none.
    pub problem: Option<Problem>,
    /// The language of the window.
    pub language: Word<Language>,
    /// The theme of the window.
    pub theme: Word<Theme>,
    /// The newest row when the window was last hidden; null before that.
    pub hidden_seq: Option<i64>,
    /// When the window was last hidden; null before that.
    pub hidden_at: Option<i64>,
}

/// A problem of the whole app.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Problem {
    /// The kind of problem.
    pub code: Word<ProblemKind>,
    /// The details, in English: which file, where in it, what the system reported.
    pub message: String,
}

/// One feed, as the sidebar shows it.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FeedInfo {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its address, without user, password, query and fragment.
    pub url: String,
    /// The state of its connection.
    pub connection: Connection,
    /// The number of events that notified and are unread.
    pub unread: u64,
    /// Whether one of them is critical.
    pub unread_critical: bool,
    /// Whether any rule of the feed can notify.
    pub alerts: bool,
    /// The number of stored events.
    pub count: u64,
    /// The number of events in each of the last 15 minutes, without control events, oldest first.
    pub rate: Vec<u32>,
    /// The stored last event ID; empty where there is none.
    pub last_id: String,
    /// The silence after which something on the way to the server cuts connections, in milliseconds; null where none
    /// is known.
    pub quiet_limit_ms: Option<u64>,
    /// How it signs in; empty where it does not.
    pub auth: Vec<AuthPart>,
}

/// One part of how a feed signs in. Its secret is in the keychain.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum AuthPart {
    /// A token for `Authorization: Bearer`.
    Bearer {
        /// The name of the token in the keychain.
        secret_name: String,
    },
    /// A user and a password for `Authorization: Basic`.
    Basic {
        /// The user.
        user: String,
        /// The name of the password in the keychain.
        secret_name: String,
    },
    /// A request header.
    Header {
        /// The header's name.
        name: String,
        /// The name of the header's value in the keychain.
        secret_name: String,
    },
    /// A query parameter.
    Query {
        /// The parameter's name.
        name: String,
        /// The name of the parameter's value in the keychain.
        secret_name: String,
    },
    /// A cookie.
    Cookie {
        /// The cookie's name.
        name: String,
        /// The name of the cookie's value in the keychain.
        secret_name: String,
    },
}

/// The state of a feed's connection. Times are in milliseconds since the epoch.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum Connection {
    /// An attempt is in progress.
    Connecting {
        /// When it started.
        since: i64,
        /// Which attempt it is, from 1.
        attempt: u32,
        /// Whether the server accepted the connection and has not answered for 10 s.
        slow: bool,
    },
    /// The connection is open, or the feed is polled.
    Live {
        /// When it opened; the first one of a run of polls.
        since: i64,
        /// The HTTP version, such as `1.1`.
        http: String,
        /// The HTTP status.
        status: u16,
        /// The time between two polls, in milliseconds, if the server ends each connection after its events.
        poll_ms: Option<u64>,
    },
    /// The next attempt follows after a pause.
    Waiting {
        /// When the next attempt starts.
        retry_at: i64,
        /// Which attempt failed last, from 1.
        attempt: u32,
        /// Why.
        reason: Reason,
    },
    /// The feed stopped until a person acts.
    Parked {
        /// When it stopped.
        since: i64,
        /// Why.
        reason: Reason,
        /// When the next rare retry starts; null where none follows.
        retry_at: Option<i64>,
    },
    /// The feed was paused by a person or ended by the server.
    Off {
        /// Why the server ended it; null where a person paused it.
        reason: Option<Reason>,
    },
}

/// Whether notifications are muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum Mute {
    /// They are not.
    Off,
    /// They are for a time.
    Until {
        /// The end of that time, in milliseconds since the epoch.
        at: i64,
    },
    /// They are until a person unmutes them.
    On,
}

/// A request to mute notifications.
#[derive(Debug, Deserialize, TS)]
pub struct MuteChoice {
    /// For how long; `off` unmutes them.
    pub length: Word<MuteFor>,
}

impl Snapshot {
    /// Returns the snapshot of a status at `now`, in milliseconds since the epoch.
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
            quiet_limit_ms: feed.quiet_limit_ms,
            auth: feed.auth.iter().map(AuthPart::from).collect(),
        }
    }
}

impl From<&Auth> for AuthPart {
    fn from(auth: &Auth) -> Self {
        let secret_name = auth.secret_name().to_owned();
        match auth {
            Auth::Bearer { .. } => AuthPart::Bearer { secret_name },
            Auth::Basic { user, .. } => AuthPart::Basic { user: user.clone(), secret_name },
            Auth::Header { name, .. } => AuthPart::Header { name: name.clone(), secret_name },
            Auth::Query { name, .. } => AuthPart::Query { name: name.clone(), secret_name },
            Auth::Cookie { name, .. } => AuthPart::Cookie { name: name.clone(), secret_name },
        }
    }
}

impl From<&domain::Connection> for Connection {
    fn from(connection: &domain::Connection) -> Self {
        match connection {
            domain::Connection::Connecting { since, attempt, slow } => {
                Connection::Connecting { since: *since, attempt: *attempt, slow: *slow }
            }
            domain::Connection::Live { since, http, status, poll_ms } => {
                Connection::Live { since: *since, http: http.clone(), status: *status, poll_ms: *poll_ms }
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
            quiet_limit_ms: None,
            auth: vec![Auth::Basic { user: "ann".into(), secret: "ops".into() }],
        }
    }

    fn snapshot(status: &domain::Status) -> serde_json::Value {
        let hidden = Some(Hidden { newest: Seq(5), at: 50 });
        serde_json::to_value(Snapshot::of(status, Language::ZhCn, hidden, 100)).unwrap()
    }

    #[test]
    fn says_what_the_contract_says() {
        let live = domain::Connection::Live { since: 1, http: "2".into(), status: 200, poll_ms: None };
        let status = domain::Status { feeds: vec![feed(live, 4)], since: 1, ..domain::Status::default() };
        assert_eq!(
            snapshot(&status),
            json!({
                "newestRev": 0, "newestSeq": 0, "now": 100, "receivingSince": 1, "eventCount": 0, "perMinute": 4,
                "feeds": [{
                    "id": "ops", "name": "Ops", "url": "https://a.example/s",
                    "connection": {"state": "live", "since": 1, "http": "2", "status": 200, "pollMs": null},
                    "unread": 3, "unreadCritical": true, "alerts": true, "count": 9,
                    "rate": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4], "lastId": "42", "quietLimitMs": null,
                    "auth": [{"kind": "basic", "user": "ann", "secretName": "ops"}],
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
