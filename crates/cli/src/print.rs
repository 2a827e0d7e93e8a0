//! Output: results on stdout, flushed line by line; messages for people on stderr. Text for people and JSON leave by the
//! functions here, which let no character through that a reader cannot see.

use std::io::{self, Write};

use bellwire_engine::text::{Shown, block, characters};
use serde::Serialize;
use serde_json::ser::Formatter;

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

/// Waits until the reader of stdout goes away, also while nothing is printed. Where stdout has no such reader, or the system
/// does not show it, waits for ever; the next line that is printed then finds out.
#[cfg(unix)]
pub async fn reader_gone() {
    let watching = tokio::task::spawn_blocking(|| {
        use rustix::event::{PollFd, PollFlags, poll};
        let stdout = io::stdout();
        loop {
            // Nothing is asked for: the system reports errors and hang-ups unasked.
            let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
            match poll(&mut watched, None) {
                Ok(_) => return watched[0].revents().intersects(PollFlags::ERR | PollFlags::HUP),
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    });
    if !watching.await.unwrap_or(false) {
        std::future::pending::<()>().await;
    }
}

/// Waits for ever: the next line that is printed finds out whether the reader of stdout went away.
#[cfg(not(unix))]
pub async fn reader_gone() {
    std::future::pending::<()>().await;
}

/// Writes bytes to stdout as they are and flushes it.
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
    bytes(format!("{}\n", block(text)).as_bytes())
}

/// Writes a value to stdout as one line of JSON and flushes it. Characters that a reader cannot see are escaped.
///
/// # Errors
///
/// As for [`bytes`].
pub fn json(value: &impl Serialize) -> Result<(), Unprinted> {
    bytes(&json_line(value)?)
}

fn json_line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut line, Escaped))?;
    line.push(b'\n');
    Ok(line)
}

/// Writes compact JSON in which each character that a reader cannot see is an escape of the same value (RFC 8259, 7).
struct Escaped;

impl Formatter for Escaped {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return out.write_all(fragment.as_bytes());
        }
        for (c, is_hidden) in characters(fragment) {
            if is_hidden {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            } else {
                out.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?;
            }
        }
        Ok(())
    }
}

/// Writes a line to stderr. A closed stderr is ignored.
pub fn note(text: &str) {
    let _ = writeln!(Shown(io::stderr().lock()), "{text}");
}

/// Writes an error to stderr, after the program's name.
pub fn error(message: &str) {
    note(&format!("bellwire: {message}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_escapes_what_a_reader_cannot_see_and_keeps_its_value() {
        let text = "a\u{1b}\u{7f}\u{9b}\u{202e}\u{200b}\u{2028}\u{3164}\u{e0041}\n\"支👩\u{200d}👧";
        let line = String::from_utf8(json_line(&text).unwrap()).unwrap();
        assert_eq!(
            line,
            "\"a\\u001b\\u007f\\u009b\\u202e\\u200b\\u2028\\u3164\\udb40\\udc41\\n\\\"支👩\u{200d}👧\"\n"
        );
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
