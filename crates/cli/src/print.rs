//! Output: results on stdout, flushed line by line; words for people on stderr.

use std::io::{self, Write};

use crate::exit::{Exit, Failure};

/// Why nothing more can be printed.
pub enum Unprinted {
    /// Whoever read our output has closed it: a quiet end.
    Closed,
    /// The system refused, as when a disk is full.
    Refused(io::Error),
}

impl From<io::Error> for Unprinted {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Refused(error) }
    }
}

impl Unprinted {
    /// How the program ends.
    pub fn exit(self) -> Result<Exit, Failure> {
        match self {
            Self::Closed => Ok(Exit::Satisfied),
            Self::Refused(error) => Err(Failure::failed(format!("cannot write the output: {error}"))),
        }
    }
}

/// Writes bytes to stdout at once.
pub fn bytes(bytes: &[u8]) -> Result<(), Unprinted> {
    let mut out = io::stdout().lock();
    Ok(out.write_all(bytes).and_then(|()| out.flush())?)
}

/// Writes a line to stdout at once.
pub fn line(text: &str) -> Result<(), Unprinted> {
    let mut out = io::stdout().lock();
    Ok(writeln!(out, "{text}").and_then(|()| out.flush())?)
}

/// Writes a line to stderr; a closed stderr is nobody's problem.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes an error to stderr.
pub fn error(message: &str) {
    note(&format!("bellwire: {message}"));
}

/// Text from outside for a terminal: no control character and no direction mark gets through, so that no feed can
/// drive it or make a line read as another.
pub fn plain(text: &str) -> String {
    let is_harmless = |c: char| (!c.is_control() || c == '\n' || c == '\t') && !is_direction(c);
    text.chars().map(|c| if is_harmless(c) { c } else { '\u{fffd}' }).collect()
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
