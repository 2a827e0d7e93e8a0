//! Makes text safe to show: plain, of limited length, without control and direction characters.

use serde_json::Value;

use crate::json;

/// The maximum length of a title, in characters: more than desktops show of one line.
const MAX_TITLE: usize = 120;
/// The maximum length of a body, in characters: more than desktops show.
const MAX_BODY: usize = 500;

/// Returns the text as a title: one line of at most 120 characters.
pub(crate) fn title(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    cut(line.trim(), MAX_TITLE)
}

/// Returns the text as a body of at most 500 characters. Line breaks are kept.
pub(crate) fn body(text: &str) -> String {
    cut(text.trim(), MAX_BODY)
}

/// Returns the text of an event for a notification: of a JSON object its `title` and its `message`, `text`, `body` or
/// `description`, each where it is there and not blank; or else the data itself.
pub(crate) fn gist(data: &str) -> String {
    let Some(Value::Object(object)) = json::read(data) else {
        return data.to_owned();
    };
    let member = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let message = ["message", "text", "body", "description"].into_iter().find_map(member);
    match (member("title"), message) {
        (Some(title), Some(message)) => format!("{title}\n{message}"),
        (Some(text), None) | (None, Some(text)) => text.to_owned(),
        (None, None) => data.to_owned(),
    }
}

/// Removes control and direction characters. Cuts longer text to `limit` characters, the last of them an ellipsis.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    let mut kept: String = text.chars().filter(|c| is_shown(*c)).take(limit + 1).collect();
    if kept.chars().count() > limit {
        kept.pop();
        kept.pop();
        kept.push('…');
    }
    kept
}

/// Returns whether a character is shown. Control characters are invisible, and direction marks can reorder a text
/// so that it reads differently (Unicode UAX 9).
fn is_shown(c: char) -> bool {
    let is_direction =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_separator = matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    c == '\n' || (!c.is_control() && !is_direction && !is_separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gist_of_json_is_its_title_and_its_message() {
        assert_eq!(gist(r#"{"a":1,"message":"down"}"#), "down");
        assert_eq!(gist(r#"{"title":" ","text":"t"}"#), "t");
        assert_eq!(gist(r#"{"message":"90 % full","title":"Disk","text":"x"}"#), "Disk\n90 % full");
        assert_eq!(gist(r#"{"description":"d"}"#), "d");
        assert_eq!(gist(r#"{"a":1}"#), r#"{"a":1}"#);
        assert_eq!(gist("[1]"), "[1]");
        assert_eq!(gist("plain"), "plain");
    }

    #[test]
    fn control_and_direction_characters_are_removed_and_only_bodies_keep_line_breaks() {
        assert_eq!(body("a\u{202e}b\u{7}\nc\u{2066}"), "ab\nc");
        assert_eq!(title("a\nb\tc\u{200f}"), "a b c");
    }

    #[test]
    fn long_text_is_cut_between_characters_and_ends_with_an_ellipsis() {
        let cut = body(&"字".repeat(600));
        assert_eq!(cut.chars().count(), 500);
        assert!(cut.ends_with('…'));
        assert_eq!(title(&"x".repeat(120)).chars().count(), 120);
        assert!(!title(&"x".repeat(120)).ends_with('…'));
    }
}
