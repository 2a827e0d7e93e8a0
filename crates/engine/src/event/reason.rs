//! Why a connection is not open, in code and in words.

use std::fmt;

use super::fault::Fault;
use crate::text::line;

/// Why a connection is not open.
#[derive(Clone, Debug, PartialEq, Eq, strum::EnumDiscriminants)]
#[strum_discriminants(
    name(ReasonCode),
    derive(Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantArray),
    strum(serialize_all = "kebab-case"),
    doc = "What kind of reason keeps a connection from being open."
)]
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
    /// The certificate or the handshake was refused; the detail is a [`Fault`], or words.
    Tls(String),
    /// Any other failure of the network.
    Network(String),
    /// The proxy did not connect to the server; the detail is a [`Fault`], or words.
    Proxy(String),
    /// The answer cannot be read; the detail is a [`Fault`], or words.
    Unreadable(String),
    /// A status that passes: 408, 425, 429 or 5xx.
    Status(u16),
    /// 204: the server has no more.
    NoContent,
    /// A request that is not repeated by itself, such as POST, was answered to its end.
    Complete,
    /// 401 or 403 to a request that did not sign in.
    SignIn(u16),
    /// 401 or 403 to a request that signed in.
    SignInRefused(u16),
    /// A redirect led to a page for people to sign in, at this host and path; the request did not sign in.
    SignInPage(String),
    /// A redirect led to a page for people to sign in, at this host and path, although the request signed in.
    SignInRefusedForPage(String),
    /// 401 or 403 from this host, to which a redirect led and the credentials were not sent.
    SignInElsewhere(String),
    /// 404 or 410.
    NotFound(u16),
    /// A 200 that is not an event stream, with its content type.
    WrongType(String),
    /// A redirect led to this host, which sent a page and not an event stream.
    PageElsewhere(String),
    /// A status that an event stream never has.
    #[strum_discriminants(strum(serialize = "unexpected-status"))]
    Unexpected(u16),
    /// A redirect that is not followed, with the host it leads to.
    Redirect(String),
    /// A redirect that leads back to where it came from, with host and path.
    RedirectLoop(String),
    /// A redirect from the internet to this machine or a private network, with the host it leads to.
    PrivateRedirect(String),
    /// A content encoding that was not asked for.
    Encoding(String),
    /// A secret would cross the network unencrypted.
    InsecureAuth,
    /// A header, user name or secret that HTTP cannot carry.
    BadHeader,
    /// The secret of this name holds characters that a cookie cannot carry.
    BadCookie(String),
    /// The request that tells the server what to send failed, and why.
    Subscribe(String),
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
    /// Returns the kind of reason, without its details.
    pub fn code(&self) -> ReasonCode {
        self.into()
    }

    /// Returns the HTTP status, where one is the reason.
    pub fn status(&self) -> Option<u16> {
        match self {
            Reason::Status(status)
            | Reason::SignIn(status)
            | Reason::SignInRefused(status)
            | Reason::NotFound(status)
            | Reason::Unexpected(status) => Some(*status),
            Reason::NoContent => Some(204),
            Reason::Ended
            | Reason::Complete
            | Reason::Refused
            | Reason::Reset
            | Reason::Dns
            | Reason::ConnectTimeout
            | Reason::NoAnswer
            | Reason::Idle
            | Reason::Tls(_)
            | Reason::Network(_)
            | Reason::Proxy(_)
            | Reason::Unreadable(_)
            | Reason::WrongType(_)
            | Reason::PageElsewhere(_)
            | Reason::SignInPage(_)
            | Reason::SignInRefusedForPage(_)
            | Reason::SignInElsewhere(_)
            | Reason::Redirect(_)
            | Reason::RedirectLoop(_)
            | Reason::PrivateRedirect(_)
            | Reason::Encoding(_)
            | Reason::InsecureAuth
            | Reason::BadHeader
            | Reason::BadCookie(_)
            | Reason::Subscribe(_)
            | Reason::KeychainLocked
            | Reason::KeychainAbsent
            | Reason::KeychainTimeout
            | Reason::SecretMissing(_)
            | Reason::Woke
            | Reason::Restart => None,
        }
    }

    /// Returns the variable part: a content type, a host, the name of a secret, a cause.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Reason::Tls(detail)
            | Reason::Network(detail)
            | Reason::Proxy(detail)
            | Reason::Unreadable(detail)
            | Reason::WrongType(detail)
            | Reason::PageElsewhere(detail)
            | Reason::SignInPage(detail)
            | Reason::SignInRefusedForPage(detail)
            | Reason::SignInElsewhere(detail)
            | Reason::Redirect(detail)
            | Reason::RedirectLoop(detail)
            | Reason::PrivateRedirect(detail)
            | Reason::Encoding(detail)
            | Reason::BadCookie(detail)
            | Reason::Subscribe(detail)
            | Reason::SecretMissing(detail) => Some(detail),
            Reason::Status(_)
            | Reason::SignIn(_)
            | Reason::SignInRefused(_)
            | Reason::NotFound(_)
            | Reason::Unexpected(_)
            | Reason::NoContent
            | Reason::Complete
            | Reason::Ended
            | Reason::Refused
            | Reason::Reset
            | Reason::Dns
            | Reason::ConnectTimeout
            | Reason::NoAnswer
            | Reason::Idle
            | Reason::InsecureAuth
            | Reason::BadHeader
            | Reason::KeychainLocked
            | Reason::KeychainAbsent
            | Reason::KeychainTimeout
            | Reason::Woke
            | Reason::Restart => None,
        }
    }

    /// Returns the fault that is the detail, and the fact that belongs to it; `None` where the detail is not a fault.
    pub fn fault(&self) -> Option<(Fault, &str)> {
        let has_fault = matches!(self, Reason::Tls(_) | Reason::Proxy(_) | Reason::Unreadable(_));
        self.detail().filter(|_| has_fault).and_then(Fault::of)
    }

    /// Returns the reason for these parts, as the log keeps them.
    pub fn from_parts(code: ReasonCode, status: Option<u16>, detail: Option<&str>) -> Self {
        let status = status.unwrap_or(0);
        let detail = || detail.unwrap_or_default().to_owned();
        match code {
            ReasonCode::Ended => Reason::Ended,
            ReasonCode::Refused => Reason::Refused,
            ReasonCode::Reset => Reason::Reset,
            ReasonCode::Dns => Reason::Dns,
            ReasonCode::ConnectTimeout => Reason::ConnectTimeout,
            ReasonCode::NoAnswer => Reason::NoAnswer,
            ReasonCode::Idle => Reason::Idle,
            ReasonCode::Tls => Reason::Tls(detail()),
            ReasonCode::Network => Reason::Network(detail()),
            ReasonCode::Proxy => Reason::Proxy(detail()),
            ReasonCode::Unreadable => Reason::Unreadable(detail()),
            ReasonCode::Status => Reason::Status(status),
            ReasonCode::NoContent => Reason::NoContent,
            ReasonCode::Complete => Reason::Complete,
            ReasonCode::SignIn => Reason::SignIn(status),
            ReasonCode::SignInRefused => Reason::SignInRefused(status),
            ReasonCode::SignInPage => Reason::SignInPage(detail()),
            ReasonCode::SignInRefusedForPage => Reason::SignInRefusedForPage(detail()),
            ReasonCode::NotFound => Reason::NotFound(status),
            ReasonCode::WrongType => Reason::WrongType(detail()),
            ReasonCode::PageElsewhere => Reason::PageElsewhere(detail()),
            ReasonCode::Unexpected => Reason::Unexpected(status),
            ReasonCode::SignInElsewhere => Reason::SignInElsewhere(detail()),
            ReasonCode::Redirect => Reason::Redirect(detail()),
            ReasonCode::RedirectLoop => Reason::RedirectLoop(detail()),
            ReasonCode::PrivateRedirect => Reason::PrivateRedirect(detail()),
            ReasonCode::Encoding => Reason::Encoding(detail()),
            ReasonCode::InsecureAuth => Reason::InsecureAuth,
            ReasonCode::BadHeader => Reason::BadHeader,
            ReasonCode::BadCookie => Reason::BadCookie(detail()),
            ReasonCode::Subscribe => Reason::Subscribe(detail()),
            ReasonCode::KeychainLocked => Reason::KeychainLocked,
            ReasonCode::KeychainAbsent => Reason::KeychainAbsent,
            ReasonCode::KeychainTimeout => Reason::KeychainTimeout,
            ReasonCode::SecretMissing => Reason::SecretMissing(detail()),
            ReasonCode::Woke => Reason::Woke,
            ReasonCode::Restart => Reason::Restart,
        }
    }
}

impl ReasonCode {
    /// Returns the stable word for the log, scripts and translations.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The reason in English, for the command line and the program's own log. A detail from outside has no character that a
/// reader cannot see.
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
            Reason::Tls(d) => write!(f, "no secure connection: {}", words(d)),
            Reason::Network(d) => write!(f, "network failure: {}", line(d)),
            Reason::Proxy(d) => write!(f, "no connection through the proxy: {}", words(d)),
            Reason::Unreadable(d) => write!(f, "the answer cannot be read: {}", words(d)),
            Reason::Status(s) => write!(f, "status {s}"),
            Reason::NoContent => f.write_str("204 No Content"),
            Reason::Complete => f.write_str("the answer is complete"),
            Reason::SignIn(s) => write!(f, "not signed in ({s})"),
            Reason::SignInRefused(403) => {
                f.write_str("the sign-in was not accepted, or lacks the permission for this address (403)")
            }
            Reason::SignInRefused(s) => write!(f, "the sign-in was not accepted ({s})"),
            Reason::SignInPage(d) => write!(f, "not signed in: redirected to the page {}", line(d)),
            Reason::SignInRefusedForPage(d) => {
                write!(f, "the sign-in was not accepted: redirected to the page {}", line(d))
            }
            Reason::NotFound(s) => write!(f, "nothing at this address ({s})"),
            Reason::WrongType(d) if d.is_empty() => f.write_str("not an event stream: no content type"),
            Reason::WrongType(d) => write!(f, "not an event stream: {}", line(d)),
            Reason::PageElsewhere(d) => {
                write!(f, "redirected to {}, which sent a page and not an event stream", line(d))
            }
            Reason::Unexpected(s) => write!(f, "unexpected status {s}"),
            Reason::Redirect(d) if d.is_empty() => f.write_str("redirect not followed"),
            Reason::Redirect(d) => write!(f, "redirect to {} not followed", line(d)),
            Reason::RedirectLoop(d) => write!(f, "the redirects lead in a circle, to {}", line(d)),
            Reason::PrivateRedirect(d) => {
                write!(f, "redirect from the internet to {} not followed", line(d))
            }
            Reason::SignInElsewhere(d) => {
                write!(
                    f,
                    "not signed in at {}: a redirect led there, and the secret is not sent along",
                    line(d)
                )
            }
            Reason::Encoding(d) => write!(f, "content encoding {} was not asked for", line(d)),
            Reason::InsecureAuth => f.write_str("a secret is not sent over plain http"),
            Reason::BadHeader => f.write_str("a header or secret holds characters that HTTP cannot carry"),
            Reason::Subscribe(d) => write!(f, "the request to subscribe failed: {}", line(d)),
            Reason::BadCookie(d) => {
                write!(f, "the secret {} holds characters that a cookie cannot carry", line(d))
            }
            Reason::KeychainLocked => f.write_str("the keychain is locked"),
            Reason::KeychainAbsent => f.write_str("there is no keychain"),
            Reason::KeychainTimeout => f.write_str("the keychain did not answer"),
            Reason::SecretMissing(d) => write!(f, "the keychain has no secret named {}", line(d)),
            Reason::Woke => f.write_str("silent since the machine woke or its network changed"),
            Reason::Restart => f.write_str("asked to reconnect"),
        }
    }
}

/// Returns a detail in English: the words for a fault with its fact, or the detail itself.
fn words(detail: &str) -> String {
    match Fault::of(detail) {
        Some((fault, "")) => fault.words().to_owned(),
        Some((fault, fact)) => format!("{} ({})", fault.words(), line(fact)),
        None => line(detail).into_owned(),
    }
}

#[cfg(test)]
mod tests;
