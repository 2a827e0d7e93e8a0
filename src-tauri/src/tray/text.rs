//! Makes text from feeds safe for a menu: one short line that cannot imitate other lines.

/// The maximum length of a menu line, in characters: it keeps the menu narrow.
pub const MAX_LINE: usize = 48;

/// Returns the text on one line. Runs of white space and control characters become one space. Characters that
/// reorder or hide text are removed: bidirectional controls (Unicode UAX 9), line and paragraph separators, tags,
/// the byte order mark.
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars().filter(|c| !is_deceptive(*c)) {
        if !c.is_whitespace() && !c.is_control() {
            line.push(c);
        } else if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Returns a line of at most [`MAX_LINE`] characters: the result of `sentence` for `text`, which is cut to fit.
pub fn fitted(text: &str, sentence: impl Fn(&str) -> String) -> String {
    let room = MAX_LINE.saturating_sub(sentence("").chars().count());
    sentence(&cut(&one_line(text), room))
}

/// Cuts a text to `max` characters, the last of them an ellipsis. Returns a shorter text unchanged.
fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(max.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

fn is_deceptive(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_one_space_and_direction_marks_are_removed() {
        assert_eq!(one_line("  a\r\n\t\u{0}b\u{202e}c\u{2066}d\u{200f}\u{feff} \n"), "a bcd");
        assert_eq!(one_line("\u{1b}[31mred"), "[31mred");
        assert_eq!(one_line("支付网关 故障"), "支付网关 故障");
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
