//! Why a connection is not open, in code and in words.

use std::fmt;

/// Why a connection is not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The server closed the stream.
    Ended,
    /// The connection was refused.
    Refused,
    /// The connection was reset or broke off.
    Reset,
    /// The host name has no address.
    Dns,
    /// No connection within the time allowed.
    ConnectTimeout,
    /// Connected, but no answer within the time allowed.
    NoAnswer,
    /// Not a byte within the idle limit.
    Idle,
    /// The certificate or the handshake was refused.
    Tls(String),
    /// Any other failure of the network.
    Network(String),
    /// A status that passes: 408, 425, 429 or 5xx.
    Status(u16),
    /// 204: the server has no more.
    NoContent,
    /// 401 or 403.
    SignIn(u16),
    /// 404 or 410.
    NotFound(u16),
    /// A 200 that is no event stream, with its content type.
    WrongType(String),
    /// A status that an event stream never has.
    Unexpected(u16),
    /// A redirect that is not followed, with the host it leads to.
    Redirect(String),
    /// A content encoding that was not asked for.
    Encoding(String),
    /// A secret would cross the network unencrypted.
    InsecureAuth,
    /// A header, user name or secret that HTTP cannot carry.
    BadHeader,
    /// The keychain is locked.
    KeychainLocked,
    /// There is no keychain.
    KeychainAbsent,
    /// The keychain did not answer.
    KeychainTimeout,
    /// The keychain has no secret of this name.
    SecretMissing(String),
    /// Silent since the machine woke or its network changed.
    Woke,
    /// A person asked, or the configuration changed.
    Restart,
}

impl Reason {
    /// A stable word for scripts and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::Ended => "ended",
            Reason::Refused => "refused",
            Reason::Reset => "reset",
            Reason::Dns => "dns",
            Reason::ConnectTimeout => "connect-timeout",
            Reason::NoAnswer => "no-answer",
            Reason::Idle => "idle",
            Reason::Tls(_) => "tls",
            Reason::Network(_) => "network",
            Reason::Status(_) => "status",
            Reason::NoContent => "no-content",
            Reason::SignIn(_) => "sign-in",
            Reason::NotFound(_) => "not-found",
            Reason::WrongType(_) => "wrong-type",
            Reason::Unexpected(_) => "unexpected-status",
            Reason::Redirect(_) => "redirect",
            Reason::Encoding(_) => "encoding",
            Reason::InsecureAuth => "insecure-auth",
            Reason::BadHeader => "bad-header",
            Reason::KeychainLocked => "keychain-locked",
            Reason::KeychainAbsent => "keychain-absent",
            Reason::KeychainTimeout => "keychain-timeout",
            Reason::SecretMissing(_) => "secret-missing",
            Reason::Woke => "woke",
            Reason::Restart => "restart",
        }
    }

    /// The HTTP status, where one is the reason.
    pub fn status(&self) -> Option<u16> {
        match self {
            Reason::Status(s) | Reason::SignIn(s) | Reason::NotFound(s) | Reason::Unexpected(s) => Some(*s),
            Reason::NoContent => Some(204),
            _ => None,
        }
    }

    /// The variable part: a content type, a host, the name of a secret, a cause.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Reason::Tls(d)
            | Reason::Network(d)
            | Reason::WrongType(d)
            | Reason::Redirect(d)
            | Reason::Encoding(d)
            | Reason::SecretMissing(d) => Some(d),
            _ => None,
        }
    }

    /// The reason for these parts, as the log keeps them.
    pub fn from_parts(code: &str, status: Option<u16>, detail: Option<&str>) -> Option<Self> {
        let status = status.unwrap_or(0);
        let detail = || detail.unwrap_or_default().to_owned();
        Some(match code {
            "ended" => Reason::Ended,
            "refused" => Reason::Refused,
            "reset" => Reason::Reset,
            "dns" => Reason::Dns,
            "connect-timeout" => Reason::ConnectTimeout,
            "no-answer" => Reason::NoAnswer,
            "idle" => Reason::Idle,
            "tls" => Reason::Tls(detail()),
            "network" => Reason::Network(detail()),
            "status" => Reason::Status(status),
            "no-content" => Reason::NoContent,
            "sign-in" => Reason::SignIn(status),
            "not-found" => Reason::NotFound(status),
            "wrong-type" => Reason::WrongType(detail()),
            "unexpected-status" => Reason::Unexpected(status),
            "redirect" => Reason::Redirect(detail()),
            "encoding" => Reason::Encoding(detail()),
            "insecure-auth" => Reason::InsecureAuth,
            "bad-header" => Reason::BadHeader,
            "keychain-locked" => Reason::KeychainLocked,
            "keychain-absent" => Reason::KeychainAbsent,
            "keychain-timeout" => Reason::KeychainTimeout,
            "secret-missing" => Reason::SecretMissing(detail()),
            "woke" => Reason::Woke,
            "restart" => Reason::Restart,
            _ => return None,
        })
    }
}

/// The reason in English, for the command line and the program's own log.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Ended => f.write_str("stream ended"),
            Reason::Refused => f.write_str("connection refused"),
            Reason::Reset => f.write_str("connection broke off"),
            Reason::Dns => f.write_str("host name not found"),
            Reason::ConnectTimeout => f.write_str("could not connect in time"),
            Reason::NoAnswer => f.write_str("connected, but no answer"),
            Reason::Idle => f.write_str("silent for longer than the idle limit"),
            Reason::Tls(d) => write!(f, "TLS refused: {d}"),
            Reason::Network(d) => write!(f, "network failure: {d}"),
            Reason::Status(s) => write!(f, "status {s}"),
            Reason::NoContent => f.write_str("204 No Content"),
            Reason::SignIn(s) => write!(f, "not signed in ({s})"),
            Reason::NotFound(s) => write!(f, "nothing at this address ({s})"),
            Reason::WrongType(d) if d.is_empty() => f.write_str("not an event stream: no content type"),
            Reason::WrongType(d) => write!(f, "not an event stream: {d}"),
            Reason::Unexpected(s) => write!(f, "unexpected status {s}"),
            Reason::Redirect(d) => write!(f, "redirect to {d} not followed"),
            Reason::Encoding(d) => write!(f, "content encoding {d} was not asked for"),
            Reason::InsecureAuth => f.write_str("a secret is not sent over plain http"),
            Reason::BadHeader => f.write_str("a header or secret holds characters that HTTP cannot carry"),
            Reason::KeychainLocked => f.write_str("the keychain is locked"),
            Reason::KeychainAbsent => f.write_str("there is no keychain"),
            Reason::KeychainTimeout => f.write_str("the keychain did not answer"),
            Reason::SecretMissing(d) => write!(f, "the keychain has no secret named {d}"),
            Reason::Woke => f.write_str("silent since the machine woke or its network changed"),
            Reason::Restart => f.write_str("asked to reconnect"),
        }
    }
}
