//! Text from outside, made safe to show: no character that a reader cannot see, and cuts between what a reader takes for
//! one character.
//!
//! Everything that shows text from outside passes this module: the command line, the program's own log, notifications and
//! the tray. The window has the same list as a table (`ui/src/lib/text/hidden-characters.ts`, which a test compares).

mod hidden;

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_segmentation::UnicodeSegmentation;

pub use hidden::characters;

/// What is shown in the place of a character that a reader cannot see.
const SIGN: char = '\u{fffd}';

/// The maximum length of one grapheme, in characters; a longer one is cut. No script needs as many: Unicode's
/// stream-safe text format (UAX 15) allows 30 combining characters.
const MAX_GRAPHEME: usize = 32;

/// Returns text for a place within a line, with [`SIGN`] for each character that a reader cannot see, line feeds and tabs
/// included.
pub fn line(text: &str) -> Cow<'_, str> {
    signed(text, |_| false)
}

/// Does the same for a block of text: line feeds and tabs stay.
pub fn block(text: &str) -> Cow<'_, str> {
    signed(text, |c| matches!(c, '\n' | '\t'))
}

fn signed(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') || stays(byte.into())) {
        return Cow::Borrowed(text);
    }
    characters(text).map(|(c, is_hidden)| if is_hidden && !stays(c) { SIGN } else { c }).collect()
}

/// Returns a block of text without the characters that a reader cannot see. Line feeds stay, a tab becomes a space.
pub fn visible(text: &str) -> String {
    let shown = |(c, is_hidden): (char, bool)| match c {
        '\n' => Some('\n'),
        '\t' => Some(' '),
        _ if is_hidden => None,
        _ => Some(c),
    };
    characters(text).filter_map(shown).collect()
}

/// Returns text on one line without the characters that a reader cannot see. Runs of white space and of control
/// characters become one space.
pub fn visible_line(text: &str) -> String {
    let mut line = String::new();
    for (c, is_hidden) in characters(text) {
        if c.is_whitespace() || c.is_control() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if !is_hidden {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Cuts text to at most `max` characters, the last of them an ellipsis, between what a reader takes for one character
/// (grapheme clusters, UAX 29). Returns a shorter text unchanged.
pub fn cut(text: &str, max: usize) -> String {
    if text.chars().nth(max).is_none() {
        return text.to_owned();
    }
    let (mut short, mut room) = (String::new(), max.saturating_sub(1));
    for grapheme in text.graphemes(true) {
        let length = grapheme.chars().count();
        let kept = length.min(MAX_GRAPHEME);
        if kept > room {
            break;
        }
        short.extend(grapheme.chars().take(kept));
        room -= kept;
    }
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// A writer of text for people, such as a terminal: what is written passes [`block`].
///
/// Each write must hold whole characters, as those of the program's own log and of `write!` do; others become signs.
pub struct Shown<W>(pub W);

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(block(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests;
