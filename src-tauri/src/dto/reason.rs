//! Why a connection is not open.

use bellwire_engine::event::Reason as Domain;
use serde::Serialize;
use ts_rs::TS;

/// A reason in its parts.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Reason {
    /// What kind of reason.
    pub code: ReasonCode,
    /// The HTTP status, where one is the reason.
    pub status: Option<u16>,
    /// The variable part: a content type, a host, the name of a secret, a cause.
    pub detail: Option<String>,
}

/// Why a connection is not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonCode {
    /// The server closed the stream.
    Ended,
    /// The connection was refused.
    Refused,
    /// The connection broke off.
    Reset,
    /// The host name has no address.
    Dns,
    /// No connection in time.
    ConnectTimeout,
    /// Connected, but no answer in time.
    NoAnswer,
    /// Silent for longer than the idle limit.
    Idle,
    /// The certificate or the handshake was refused.
    Tls,
    /// Any other failure of the network.
    Network,
    /// 408, 425, 429 or 5xx.
    Status,
    /// 204.
    NoContent,
    /// 401 or 403.
    SignIn,
    /// 404 or 410.
    NotFound,
    /// Not an event stream.
    WrongType,
    /// A status that an event stream never has.
    UnexpectedStatus,
    /// A redirect that is not followed.
    Redirect,
    /// A content encoding that was not asked for.
    Encoding,
    /// A secret would cross the network unencrypted.
    InsecureAuth,
    /// A header or secret that HTTP cannot carry.
    BadHeader,
    /// The keychain is locked.
    KeychainLocked,
    /// There is no keychain.
    KeychainAbsent,
    /// The keychain did not answer.
    KeychainTimeout,
    /// The keychain has no such secret.
    SecretMissing,
    /// Silent since the machine woke or its network changed.
    Woke,
    /// A person asked, or the configuration changed.
    Restart,
}

impl From<&Domain> for Reason {
    fn from(reason: &Domain) -> Self {
        let code = match reason {
            Domain::Ended => ReasonCode::Ended,
            Domain::Refused => ReasonCode::Refused,
            Domain::Reset => ReasonCode::Reset,
            Domain::Dns => ReasonCode::Dns,
            Domain::ConnectTimeout => ReasonCode::ConnectTimeout,
            Domain::NoAnswer => ReasonCode::NoAnswer,
            Domain::Idle => ReasonCode::Idle,
            Domain::Tls(_) => ReasonCode::Tls,
            Domain::Network(_) => ReasonCode::Network,
            Domain::Status(_) => ReasonCode::Status,
            Domain::NoContent => ReasonCode::NoContent,
            Domain::SignIn(_) => ReasonCode::SignIn,
            Domain::NotFound(_) => ReasonCode::NotFound,
            Domain::WrongType(_) => ReasonCode::WrongType,
            Domain::Unexpected(_) => ReasonCode::UnexpectedStatus,
            Domain::Redirect(_) => ReasonCode::Redirect,
            Domain::Encoding(_) => ReasonCode::Encoding,
            Domain::InsecureAuth => ReasonCode::InsecureAuth,
            Domain::BadHeader => ReasonCode::BadHeader,
            Domain::KeychainLocked => ReasonCode::KeychainLocked,
            Domain::KeychainAbsent => ReasonCode::KeychainAbsent,
            Domain::KeychainTimeout => ReasonCode::KeychainTimeout,
            Domain::SecretMissing(_) => ReasonCode::SecretMissing,
            Domain::Woke => ReasonCode::Woke,
            Domain::Restart => ReasonCode::Restart,
        };
        Self { code, status: reason.status(), detail: reason.detail().map(str::to_owned) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_and_the_log_use_the_same_words() {
        for reason in [
            Domain::ConnectTimeout,
            Domain::Unexpected(302),
            Domain::SecretMissing("ops".into()),
            Domain::NoContent,
            Domain::InsecureAuth,
        ] {
            let sent = serde_json::to_value(Reason::from(&reason)).unwrap();
            assert_eq!(sent["code"], reason.code());
        }
    }

    #[test]
    fn the_parts_arrive() {
        let sent = serde_json::to_value(Reason::from(&Domain::SignIn(403))).unwrap();
        assert_eq!(sent, serde_json::json!({"code": "sign-in", "status": 403, "detail": null}));
        let sent = serde_json::to_value(Reason::from(&Domain::WrongType("text/html".into()))).unwrap();
        assert_eq!(sent, serde_json::json!({"code": "wrong-type", "status": null, "detail": "text/html"}));
    }
}
