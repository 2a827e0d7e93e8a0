//! Output: results on stdout, flushed line by line; words for people on stderr.

use std::io::{self, Write};

/// Whoever read our output has closed it: a quiet end.
pub struct ClosedPipe;

/// Writes bytes to stdout at once.
pub fn bytes(bytes: &[u8]) -> Result<(), ClosedPipe> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|_| ClosedPipe)
}

/// Writes a line to stdout at once.
pub fn line(text: &str) -> Result<(), ClosedPipe> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|_| ClosedPipe)
}

/// Writes a line to stderr; a closed stderr is nobody's problem.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes an error to stderr.
pub fn error(message: &str) {
    note(&format!("bellwire: {message}"));
}

/// Text from outside for a terminal: no control character gets through, so that no feed can drive it.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}
