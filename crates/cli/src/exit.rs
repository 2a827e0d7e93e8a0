//! How the program ends: the exit codes that scripts rely on.

use std::process::ExitCode;

use bellwire_engine::config::EditError;
use bellwire_engine::event::Reason;
use bellwire_engine::text::line;

/// The exit codes of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The command did what it was asked.
    Satisfied,
    /// The connection ended for good, or something failed.
    Failed,
    /// The command line or the configuration is wrong.
    Usage,
    /// The server or the keychain refused to sign in.
    Authentication,
    /// The server's answer is not an event stream.
    NotAStream,
    /// `--count` was not reached in time.
    CountNotReached,
    /// A person interrupted the program.
    Interrupted,
}

impl Exit {
    /// Returns the exit for a feed that parked or ended for this reason.
    pub fn of(reason: &Reason) -> Self {
        match reason {
            Reason::SignIn(_)
            | Reason::SignInRefused(_)
            | Reason::SignInPage(_)
            | Reason::SignInRefusedForPage(_)
            | Reason::SignInElsewhere(_)
            | Reason::KeychainLocked
            | Reason::KeychainAbsent
            | Reason::KeychainTimeout
            | Reason::SecretMissing(_) => Exit::Authentication,
            Reason::WrongType(_) | Reason::PageElsewhere(_) | Reason::Unreadable(_) | Reason::Encoding(_) => {
                Exit::NotAStream
            }
            Reason::Complete => Exit::Satisfied,
            Reason::InsecureAuth | Reason::BadHeader | Reason::BadCookie(_) => Exit::Usage,
            Reason::Ended
            | Reason::Refused
            | Reason::Reset
            | Reason::Dns
            | Reason::ConnectTimeout
            | Reason::NoAnswer
            | Reason::Idle
            | Reason::Network(_)
            | Reason::Proxy(_)
            | Reason::Subscribe(_)
            | Reason::Status(_)
            | Reason::Woke
            | Reason::Restart
            | Reason::Tls(_)
            | Reason::NoContent
            | Reason::NotFound(_)
            | Reason::Unexpected(_)
            | Reason::Redirect(_)
            | Reason::RedirectLoop(_)
            | Reason::PrivateRedirect(_) => Exit::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Satisfied => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Authentication => 3,
            Exit::NotAStream => 4,
            Exit::CountNotReached => 5,
            Exit::Interrupted => 130,
        })
    }
}

/// Returns the message for a feed or address that failed: what happened, and what to do where a person can do something.
pub fn explain(target: &str, reason: &Reason) -> String {
    let target = printable(target);
    let advice = match reason {
        Reason::SignInPage(_) => {
            "If the page is that of a network that wants a sign-in first, sign in there with a browser. Otherwise store a \
             token, password or cookie with `bellwire secret set NAME`, and name it with auth in config.toml."
        }
        Reason::SignIn(_) => {
            "Sign in: `bellwire secret set NAME` stores a token or password, and auth in config.toml names it. \
             `bellwire watch` takes a header with --header."
        }
        Reason::SignInRefusedForPage(_) => {
            "Store a new token, password or cookie with `bellwire secret set` and the name that auth in config.toml has. \
             If the page is that of a network that wants a sign-in first, sign in there with a browser."
        }
        Reason::SignInRefused(_) => {
            "Store a new token or password with `bellwire secret set` and the name that auth in config.toml has, or \
             give `bellwire watch` another --header."
        }
        Reason::PageElsewhere(_) => {
            "If it is the page of a network that wants a sign-in first, sign in there with a browser. Otherwise check \
             the address."
        }
        Reason::RedirectLoop(_) => {
            "Check the address, and whether the server wants a sign-in: some redirect where one is missing."
        }
        Reason::Redirect(_) => {
            "Give the address that the stream has in the end; a browser shows where this one leads."
        }
        Reason::NotFound(_) | Reason::Unexpected(_) | Reason::WrongType(_) => {
            "Check the address: an event stream answers 200 with the content type text/event-stream."
        }
        Reason::PrivateRedirect(_) => {
            "Check the address, or set allow_private_redirect = true for this feed if the server may lead there."
        }
        Reason::SignInElsewhere(_) => "Use that address as the feed's, if it may have the secret.",
        Reason::NoContent => "The server has no more events for now; try again later.",
        Reason::Complete => "Ask again with --reconnect always, or reconnect = \"always\" for this feed.",
        Reason::InsecureAuth => "Use https, or set allow_insecure_auth = true for this feed.",
        Reason::SecretMissing(_) => "Store it with `bellwire secret set` and that name.",
        Reason::KeychainLocked | Reason::KeychainTimeout => "Unlock the keychain and try again.",
        Reason::KeychainAbsent => "Start the desktop's password service, such as gnome-keyring.",
        Reason::Tls(_) | Reason::Proxy(_) | Reason::Unreadable(_) => match reason.fault() {
            Some((fault, _)) => fault.advice(),
            None => return format!("{target}: {reason}"),
        },
        Reason::Dns => "Check the address, and this computer's network.",
        Reason::Encoding(_) => "Ask the server's operator to send event streams uncompressed.",
        Reason::BadCookie(_) => {
            "Store it again with `bellwire secret set` and that name, without spaces, commas, semicolons or quotes."
        }
        Reason::Subscribe(_) => "Check the key subscribe of this feed: its address, method and body.",
        Reason::BadHeader => "Check the headers, the user name and the secret for odd characters.",
        Reason::Ended
        | Reason::Refused
        | Reason::Reset
        | Reason::ConnectTimeout
        | Reason::NoAnswer
        | Reason::Idle
        | Reason::Network(_)
        | Reason::Status(_)
        | Reason::Woke
        | Reason::Restart => {
            return format!("{target}: {reason}");
        }
    };
    format!("{target}: {reason}. {advice}")
}

/// An exit with a message for people: what happened and what to do.
#[derive(Debug)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    /// The message.
    pub message: String,
}

impl Failure {
    /// Returns the failure for something that went wrong while the program ran.
    pub fn failed(message: impl ToString) -> Self {
        Self { exit: Exit::Failed, message: message.to_string() }
    }

    /// Returns the failure for a change of `config.toml` that was not made.
    pub fn edit(error: EditError) -> Self {
        match error {
            EditError::Io { .. } | EditError::Secret(_) => Self::failed(error),
            _ => Self::usage(error),
        }
    }

    /// Returns the failure for a wrong command line or configuration.
    pub fn usage(message: impl ToString) -> Self {
        Self { exit: Exit::Usage, message: message.to_string() }
    }
}

/// Returns a target as it may be printed: an address without its query, its fragment and the user before its host, any
/// of which may hold a secret.
pub fn printable(target: &str) -> String {
    let end = target.find(['?', '#']).unwrap_or(target.len());
    let address = &target[..end];
    let host_start = address.find("://").map_or(0, |at| at + "://".len());
    let (scheme, rest) = address.split_at(host_start);
    let host_end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(host_end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    line(&format!("{scheme}{host}{path}")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_secret_is_never_printed_of_an_address() {
        let shown = [
            ("ops", "ops"),
            ("https://a.example/stream?token=s3cret#s3cret", "https://a.example/stream"),
            ("https://ann:s3cret@a.example/stream", "https://a.example/stream"),
            ("https://ann:s3@cret@a.example", "https://a.example"),
            ("a.example/stream?access_token=s3cret", "a.example/stream"),
            ("ann:s3cret@a.example:8080/x@y", "a.example:8080/x@y"),
            ("https://a.example#s3cret", "https://a.example"),
        ];
        for (target, printed) in shown {
            assert_eq!(printable(target), printed);
            assert_eq!(explain(target, &Reason::Refused), format!("{printed}: connection refused"));
        }
    }

    #[test]
    fn an_address_cannot_drive_a_terminal() {
        assert_eq!(printable("https://a.example/\u{1b}[2J"), "https://a.example/\u{fffd}[2J");
    }
}
