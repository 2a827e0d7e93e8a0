//! Why a connection is not open.

use bellwire_engine::event::{self as domain, ReasonCode};
use serde::Serialize;
use ts_rs::TS;

use super::word::Word;

/// Why a connection is not open, in parts.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Reason {
    /// The kind of reason.
    pub code: Word<ReasonCode>,
    /// The HTTP status; null where the reason is not a status.
    pub status: Option<u16>,
    /// The variable part: a content type, a host, the name of a secret or a cause; null where there is none.
    pub detail: Option<String>,
}

impl From<&domain::Reason> for Reason {
    fn from(reason: &domain::Reason) -> Self {
        let detail = reason.detail().map(str::to_owned);
        Self { code: Word(reason.code()), status: reason.status(), detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_arrive() {
        let sent = serde_json::to_value(Reason::from(&domain::Reason::SignIn(403))).unwrap();
        assert_eq!(sent, serde_json::json!({"code": "sign-in", "status": 403, "detail": null}));
        let sent =
            serde_json::to_value(Reason::from(&domain::Reason::WrongType("text/html".into()))).unwrap();
        assert_eq!(sent, serde_json::json!({"code": "wrong-type", "status": null, "detail": "text/html"}));
    }
}
