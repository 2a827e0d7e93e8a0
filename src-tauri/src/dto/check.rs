//! The secret and the choices that the window sends, and the report of a check.

use bellwire_engine as engine;
use bellwire_engine::secrets::Secret;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::reason::Reason;
use super::word::Word;

/// A credential for the keychain. The window writes it and never reads it back.
// No `Debug`: a credential is never printed.
#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NewSecret {
    /// A token for `Authorization: Bearer`.
    Bearer {
        /// The token.
        token: String,
    },
    /// A user and a password for `Authorization: Basic`.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
    /// The whole value of a request header.
    Header {
        /// The header's name.
        name: String,
        /// The value.
        value: String,
    },
    /// The value of a query parameter.
    Query {
        /// The parameter's name.
        name: String,
        /// The value.
        value: String,
    },
    /// The value of a cookie.
    Cookie {
        /// The cookie's name.
        name: String,
        /// The value.
        value: String,
    },
}

/// A secret that replaces the one of its name in the keychain. The window writes it and never reads it back.
// No `Debug`: a secret is never printed.
#[derive(Deserialize, TS)]
pub struct RenewedSecret {
    /// Its name in the keychain.
    pub name: String,
    /// The new text.
    pub text: String,
}

/// What a person wants for one event type of a new feed.
#[derive(Debug, Deserialize, TS)]
pub struct TypeChoice {
    /// The event type; `message` for events without a name.
    pub event: String,
    /// Whether its events notify, or are only logged.
    pub notify: bool,
}

/// The result of a short trial connection to an address, or what is known of it so far.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    /// The steps in order, up to the first that failed.
    pub steps: Vec<CheckStep>,
    /// A name for the feed; empty where the address is not one.
    pub suggested_name: String,
    /// Whether a feed with this address can be added.
    pub addable: bool,
    /// What came on the stream; null until it is open.
    pub seen: Option<Seen>,
    /// The parameter of the address that seems to hold a secret, which `config.toml` would show; null if none does.
    pub exposed: Option<String>,
}

/// One step of a check.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct CheckStep {
    /// Which step.
    pub step: Word<engine::CheckStage>,
    /// Whether it passed; null while that is not known.
    pub ok: Option<bool>,
    /// A fact, or the reason in English.
    pub detail: String,
    /// Why it failed or is not known.
    pub reason: Option<Reason>,
}

/// What came on a stream while it was watched.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Seen {
    /// The number of events.
    pub events: u32,
    /// The event types, in the order of their first event.
    pub types: Vec<SeenType>,
    /// What the ids show about resuming.
    pub ids: Word<engine::Ids>,
}

/// One event type that came while a stream was watched.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeenType {
    /// The event type; `message` for events without a name.
    pub event: String,
    /// The number of events.
    pub count: u32,
    /// How many of them came at once as the stream opened.
    pub opening: u32,
    /// The number of events a minute, if those after the opening go on like this; null if there was at most one.
    pub per_minute: Option<u32>,
    /// What is proposed, and why.
    pub advice: Word<engine::Advice>,
    /// Whether it is proposed to notify.
    pub notify: bool,
}

impl From<TypeChoice> for engine::config::TypeChoice {
    fn from(choice: TypeChoice) -> Self {
        Self { event_type: choice.event, notify: choice.notify }
    }
}

impl From<NewSecret> for engine::NewSecret {
    fn from(secret: NewSecret) -> Self {
        match secret {
            NewSecret::Bearer { token } => engine::NewSecret::Bearer(Secret::new(token)),
            NewSecret::Basic { user, password } => {
                engine::NewSecret::Basic { user, password: Secret::new(password) }
            }
            NewSecret::Header { name, value } => {
                engine::NewSecret::Header { name, value: Secret::new(value) }
            }
            NewSecret::Query { name, value } => engine::NewSecret::Query { name, value: Secret::new(value) },
            NewSecret::Cookie { name, value } => {
                engine::NewSecret::Cookie { name, value: Secret::new(value) }
            }
        }
    }
}

impl From<engine::CheckReport> for CheckReport {
    fn from(report: engine::CheckReport) -> Self {
        let steps = report.steps.into_iter().map(CheckStep::from).collect();
        let seen = report.seen.map(Seen::from);
        Self {
            steps,
            suggested_name: report.suggested_name,
            addable: report.addable,
            seen,
            exposed: report.exposed,
        }
    }
}

impl From<engine::Seen> for Seen {
    fn from(seen: engine::Seen) -> Self {
        let types = seen.types.into_iter().map(SeenType::from).collect();
        Self { events: seen.events, types, ids: Word(seen.ids) }
    }
}

impl From<engine::SeenType> for SeenType {
    fn from(seen: engine::SeenType) -> Self {
        Self {
            event: seen.event_type,
            count: seen.count,
            opening: seen.opening,
            per_minute: seen.per_minute,
            advice: Word(seen.advice),
            notify: seen.advice.notifies(),
        }
    }
}

impl From<engine::CheckStep> for CheckStep {
    fn from(step: engine::CheckStep) -> Self {
        Self {
            step: Word(step.stage),
            ok: step.ok,
            detail: step.detail,
            reason: step.reason.as_ref().map(Reason::from),
        }
    }
}
