//! Output: results on stdout, flushed line by line; messages for people on stderr.

use std::io::{self, Write};

use serde::Serialize;

use crate::exit::{Exit, Failure};

/// Why no more can be printed.
pub enum Unprinted {
    /// The reader closed the pipe, as `head` does. Not an error.
    Closed,
    /// The system refused to write, for example to a full disk.
    Refused(io::Error),
}

impl From<io::Error> for Unprinted {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Refused(error) }
    }
}

impl Unprinted {
    /// Returns how the program ends.
    ///
    /// # Errors
    ///
    /// When the system refused to write.
    pub fn exit(self) -> Result<Exit, Failure> {
        match self {
            Self::Closed => Ok(Exit::Satisfied),
            Self::Refused(error) => Err(Failure::failed(format!("cannot write to stdout: {error}"))),
        }
    }
}

/// Writes bytes to stdout and flushes it.
///
/// # Errors
///
/// When the reader closed the pipe, or the system refused to write.
pub fn bytes(bytes: &[u8]) -> Result<(), Unprinted> {
    let mut out = io::stdout().lock();
    Ok(out.write_all(bytes).and_then(|()| out.flush())?)
}

/// Writes a line to stdout and flushes it.
///
/// # Errors
///
/// As for [`bytes`].
pub fn line(text: &str) -> Result<(), Unprinted> {
    bytes(format!("{text}\n").as_bytes())
}

/// Writes a value to stdout as one line of JSON and flushes it.
///
/// # Errors
///
/// As for [`bytes`].
pub fn json(value: &impl Serialize) -> Result<(), Unprinted> {
    let mut line = serde_json::to_vec(value).map_err(io::Error::from)?;
    line.push(b'\n');
    bytes(&line)
}

/// Writes a line to stderr. A closed stderr is ignored.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes an error to stderr, after the program's name.
pub fn error(message: &str) {
    note(&format!("bellwire: {message}"));
}
