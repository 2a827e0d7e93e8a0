//! How the program ends: the exit codes that scripts rely on.

use std::process::ExitCode;

use bellwire_engine::event::Reason;

/// The exit codes of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// What was asked for was done.
    Satisfied,
    /// The connection ended for good, or something failed.
    Failed,
    /// The command line or the configuration is wrong.
    Usage,
    /// Not signed in.
    Authentication,
    /// The answer is no event stream.
    NotAStream,
    /// `--count` was not reached in time.
    CountNotReached,
    /// Interrupted by a person.
    Interrupted,
}

impl Exit {
    /// The code for a feed that is parked for this reason, or ended.
    pub fn of(reason: &Reason) -> Self {
        match reason {
            Reason::SignIn(_)
            | Reason::KeychainLocked
            | Reason::KeychainAbsent
            | Reason::KeychainTimeout
            | Reason::SecretMissing(_) => Exit::Authentication,
            Reason::WrongType(_) | Reason::Encoding(_) => Exit::NotAStream,
            Reason::InsecureAuth | Reason::BadHeader => Exit::Usage,
            _ => Exit::Failed,
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

/// An end with a word for the person: what happened and what to do.
#[derive(Debug)]
pub struct Failure {
    /// The code.
    pub exit: Exit,
    /// The word.
    pub message: String,
}

impl Failure {
    /// Something failed.
    pub fn failed(message: impl ToString) -> Self {
        Self { exit: Exit::Failed, message: message.to_string() }
    }

    /// The command line or the configuration is wrong.
    pub fn usage(message: impl ToString) -> Self {
        Self { exit: Exit::Usage, message: message.to_string() }
    }
}
