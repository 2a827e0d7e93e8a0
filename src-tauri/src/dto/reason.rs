//! Why a connection is not open.

use bellwire_engine::event::{self as domain, Fault, ReasonCode};
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
    /// What went wrong with TLS, a proxy or an answer, where that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fault: Option<Word<Fault>>,
    /// The variable part: a content type, a host, the name of a secret, a cause, or the fact of a fault; null where
    /// there is none.
    pub detail: Option<String>,
}

impl From<&domain::Reason> for Reason {
    fn from(reason: &domain::Reason) -> Self {
        let fault = reason.fault();
        let detail = match fault {
            Some((_, fact)) => Some(fact).filter(|fact| !fact.is_empty()),
            None => reason.detail(),
        };
        Self {
            code: Word(reason.code()),
            status: reason.status(),
            fault: fault.map(|(fault, _)| Word(fault)),
            detail: detail.map(str::to_owned),
        }
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
        for (detail, fault, fact) in [
            (Fault::Expired.with("2026-11-20"), Some("expired"), Some("2026-11-20")),
            (Fault::NotTls.with(""), Some("not-tls"), None),
            ("in words".to_owned(), None, Some("in words")),
        ] {
            let sent = serde_json::to_value(Reason::from(&domain::Reason::Tls(detail))).unwrap();
            assert_eq!((sent["fault"].as_str(), sent["detail"].as_str()), (fault, fact), "{sent}");
        }
    }
}
