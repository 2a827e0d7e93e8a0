//! The texts of notifications: what of an event is shown, and how much of it.

use serde_json::Value;

use crate::json;
use crate::text::{cut, visible, visible_line};

/// The maximum length of a title, in characters: more than desktops show of one line.
const MAX_TITLE: usize = 120;
/// The maximum length of a body, in characters: more than desktops show.
const MAX_BODY: usize = 500;
/// The maximum number of lines of a body: desktops show fewer, and a taller one would cover the screen.
const MAX_LINES: usize = 10;

/// Returns the text as a title: one line of at most 120 characters.
pub(crate) fn title(text: &str) -> String {
    cut(&visible_line(text), MAX_TITLE)
}

/// Returns the text as a body of at most 500 characters and 10 lines. Line breaks are kept.
pub(crate) fn body(text: &str) -> String {
    let text = visible(text);
    let mut lines = text.trim().split('\n');
    let mut kept = lines.by_ref().take(MAX_LINES).collect::<Vec<_>>().join("\n");
    if lines.next().is_some() {
        kept.push('…');
    }
    cut(&kept, MAX_BODY)
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
    fn a_body_has_at_most_ten_lines() {
        let body = body(&"x\n".repeat(500));
        assert_eq!(body, format!("{}x…", "x\n".repeat(9)));
        assert_eq!(super::body("x\ny"), "x\ny");
    }

    #[test]
    fn long_text_is_cut_between_graphemes_and_ends_with_an_ellipsis() {
        let cut = body(&"字".repeat(600));
        assert_eq!(cut.chars().count(), 500);
        assert!(cut.ends_with('…'));
        let family = "👩\u{200d}👧\u{200d}👦";
        assert_eq!(body(&family.repeat(101)), format!("{}…", family.repeat(99)));
        assert_eq!(title(&"x".repeat(120)).chars().count(), 120);
        assert!(!title(&"x".repeat(120)).ends_with('…'));
    }
}
