//! Makes text from feeds safe for a menu: one short line that cannot imitate other lines.

use bellwire_engine::text::{cut, visible_line};

/// The maximum length of a menu line, in characters: it keeps the menu narrow.
pub const MAX_LINE: usize = 48;

/// Returns a line of at most [`MAX_LINE`] characters: the result of `sentence` for `text`, which is cut to fit.
pub fn fitted(text: &str, sentence: impl Fn(&str) -> String) -> String {
    let room = MAX_LINE.saturating_sub(sentence("").chars().count());
    sentence(&cut(&visible_line(text), room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_feed_is_one_line_without_hidden_characters() {
        let shown = fitted("  a\r\n\t\u{0}b\u{202e}c\u{2066}d\u{3164} \u{1b}[31m\u{e0041} \n", str::to_owned);
        assert_eq!(shown, "a bcd [31m");
    }

    #[test]
    fn only_the_feeds_text_is_cut_in_a_sentence() {
        let line = fitted(&"名".repeat(100), |name| format!("{name} needs you: sign in…"));
        assert_eq!(line.chars().count(), MAX_LINE);
        assert!(line.ends_with("… needs you: sign in…"), "{line}");
    }

    #[test]
    fn what_fits_is_not_cut() {
        let text = "x".repeat(MAX_LINE);
        assert_eq!(fitted(&text, str::to_owned), text);
        assert_eq!(fitted(&format!("{text}y"), str::to_owned), format!("{}…", "x".repeat(MAX_LINE - 1)));
    }
}
