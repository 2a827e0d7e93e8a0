//! Checking and adding feeds: what the window asks, and what it hears.

use bellwire_engine as engine;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::reason::Reason;
use super::word::Word;

/// A credential on its way to the keychain. It is never read back.
// No `Debug`: what is typed here is printed nowhere.
#[derive(Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NewSecret {
    Bearer { token: String },
    Basic { user: String, password: String },
}

/// What a short try of an address found.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    pub steps: Vec<CheckStep>,
    pub suggested_name: String,
    pub addable: bool,
}

/// `ok` null: not known yet. `detail` is a fact, or the reason in English.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct CheckStep {
    pub step: Word<engine::CheckStage>,
    pub ok: Option<bool>,
    pub detail: String,
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
