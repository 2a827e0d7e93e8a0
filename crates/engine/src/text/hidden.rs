//! Which characters a reader cannot see, by the properties that Unicode gives them.

use std::iter::Peekable;
use std::str::Chars;

use icu_properties::props::{
    BidiControl, CanonicalCombiningClass, DefaultIgnorableCodePoint, Emoji, ExtendedPictographic,
    GeneralCategory, JoiningType, UnifiedIdeograph,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// The joiners, which Persian, Hindi and emoji of several people are written with.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// Yields each character with whether it is hidden: whether a reader cannot see it.
///
/// Hidden are controls (line feeds and tabs included), bidirectional marks, embeddings, overrides and isolates,
/// characters without a shape, and blanks that are not spaces. Joiners and variation selectors are hidden but after
/// characters that take one.
pub fn characters(text: &str) -> impl Iterator<Item = (char, bool)> {
    Characters { rest: text.chars().peekable(), before: None }
}

struct Characters<'a> {
    rest: Peekable<Chars<'a>>,
    /// The character before and the one before that, as far as they were shown.
    before: Option<(Option<char>, char)>,
}

impl Iterator for Characters<'_> {
    type Item = (char, bool);

    fn next(&mut self) -> Option<(char, bool)> {
        let c = self.rest.next()?;
        let is_hidden = may_hide(c) && !is_taken(self.before, c, self.rest.peek().copied());
        self.before = (!is_hidden).then_some((self.before.map(|(_, before)| before), c));
        Some((c, is_hidden))
    }
}

/// Returns whether the character is one that a reader cannot see, wherever it is.
pub(super) fn may_hide(c: char) -> bool {
    if matches!(c, ' '..='~') {
        return false;
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let is_hidden = match category {
        GeneralCategory::Control | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => {
            true
        }
        GeneralCategory::Format => !is_sign(c),
        _ => is_blank(c),
    };
    is_hidden
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || CodePointSetData::new::<BidiControl>().contains(c)
}

/// Returns whether a format character (Cf) is a sign that is drawn around the digits after it
/// (`Prepended_Concatenation_Mark`).
fn is_sign(c: char) -> bool {
    matches!(
        c,
        '\u{600}'..='\u{605}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{110bd}'
            | '\u{110cd}'
    )
}

/// Returns whether a symbol is drawn as nothing, and is not white space: the blank of Braille, the null note head.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{2800}' | '\u{1d159}')
}

/// Returns whether the character belongs to the one before it, so that it changes how that one is drawn.
fn is_taken(before: Option<(Option<char>, char)>, c: char, next: Option<char>) -> bool {
    let Some((earlier, before)) = before else { return false };
    match c {
        '\u{200d}' if next.is_some_and(is_pictographic) => {
            let is_styled = before == '\u{fe0f}' && earlier.is_some_and(is_emoji);
            is_styled || is_skin_tone(before) || is_pictographic(before) || takes_joiner(before)
        }
        _ if JOINERS.contains(&c) => takes_joiner(before),
        '\u{fe0e}' | '\u{fe0f}' => is_emoji(before),
        '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => is_ideograph(before),
        '\u{180b}'..='\u{180d}' | '\u{180f}' => is_mongolian(before),
        _ => false,
    }
}

/// Returns whether a joiner after the character shapes it: after a virama, or a letter that joins others (RFC 5892, A.1
/// and A.2).
pub(super) fn takes_joiner(c: char) -> bool {
    let is_virama =
        CodePointMapData::<CanonicalCombiningClass>::new().get(c) == CanonicalCombiningClass::Virama;
    let joining = CodePointMapData::<JoiningType>::new().get(c);
    is_virama
        || [JoiningType::DualJoining, JoiningType::RightJoining, JoiningType::LeftJoining].contains(&joining)
}

pub(super) fn is_emoji(c: char) -> bool {
    CodePointSetData::new::<Emoji>().contains(c)
}

pub(super) fn is_pictographic(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c)
}

pub(super) fn is_ideograph(c: char) -> bool {
    CodePointSetData::new::<UnifiedIdeograph>().contains(c)
}

fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

fn is_mongolian(c: char) -> bool {
    matches!(c, '\u{1807}' | '\u{1820}'..='\u{18aa}')
}
