//! The secret that the window sends, and the report of a check.

use bellwire_engine as engine;
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
}

/// The result of a short trial connection to an address.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    /// The steps in order, up to the first that failed.
    pub steps: Vec<CheckStep>,
    /// A name for the feed; empty where the address is not one.
    pub suggested_name: String,
    /// Whether a feed with this address can be added.
    pub addable: bool,
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

impl From<NewSecret> for engine::NewSecret {
    fn from(secret: NewSecret) -> Self {
        match secret {
            NewSecret::Bearer { token } => engine::NewSecret::Bearer(engine::secrets::Secret::new(token)),
            NewSecret::Basic { user, password } => {
                engine::NewSecret::Basic { user, password: engine::secrets::Secret::new(password) }
            }
        }
    }
}

impl From<engine::CheckReport> for CheckReport {
    fn from(report: engine::CheckReport) -> Self {
        let steps = report.steps.into_iter().map(CheckStep::from).collect();
        Self { steps, suggested_name: report.suggested_name, addable: report.addable }
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
