//! JSON from outside, read within a budget: small text can hold very many values, and a value takes a hundred times as much
//! memory as the two characters that it may be written in.

use serde::de::DeserializeOwned;

/// The most values that a text may hold, each member's name counted with its value. Deeper than 128 levels is refused by the
/// parser.
pub(crate) const MAX_VALUES: usize = 100_000;

/// Returns what a text holds; `None` where it is not JSON, or holds too much.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    if is_too_much(text) {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// Returns whether a text, if it is JSON, holds more values than [`MAX_VALUES`]. It looks at each byte once.
pub(crate) fn is_too_much(text: &str) -> bool {
    // The shortest list of so many values has as many commas.
    if text.len() <= MAX_VALUES {
        return false;
    }
    let (mut values, mut is_string, mut is_escaped) = (1, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_string => is_escaped = true,
            b'"' => is_string = !is_string,
            // What follows each of these is a value.
            b',' | b'[' | b'{' if !is_string => values += 1,
            _ => {}
        }
        if values > MAX_VALUES {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn list(count: usize, item: &str) -> String {
        format!("[{}]", vec![item; count].join(","))
    }

    #[test]
    fn a_text_is_read_up_to_its_hundred_thousandth_value() {
        assert!(read::<Value>(&list(MAX_VALUES - 2, "0")).is_some());
        assert!(read::<Value>(&list(MAX_VALUES, "0")).is_none());
        assert!(read::<Value>(&list(MAX_VALUES, r#"{"":0}"#)).is_none());
        assert!(read::<Value>(&list(MAX_VALUES / 2 - 2, r#"{"":0}"#)).is_some());
        assert!(read::<Value>(&"[".repeat(MAX_VALUES + 1)).is_none());
        assert!(read::<Value>("no JSON").is_none());
    }

    #[test]
    fn what_is_within_a_string_is_no_value() {
        let text = format!("[{:?}, {:?}]", ",[{".repeat(MAX_VALUES), "\\\"".repeat(MAX_VALUES));
        assert_eq!(read::<Vec<String>>(&text).unwrap().len(), 2);
    }
}
