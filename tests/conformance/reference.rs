//! The standard's algorithm (WHATWG HTML 9.2.5 and 9.2.6), implemented literally on the whole body, without regard
//! to cost.

use crate::record::Record;

/// Interprets a whole body, without size limits.
pub fn decode(last_event_id: &str, body: &[u8]) -> (Vec<Record>, String) {
    let text = String::from_utf8_lossy(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);

    let mut records = Vec::new();
    let mut last_event_id = last_event_id.to_owned();
    let (mut data, mut event_type, mut id_buffer) = (String::new(), String::new(), last_event_id.clone());
    let mut explicit_id = false;
    for line in lines(text) {
        if line.is_empty() {
            let moved = last_event_id != id_buffer;
            last_event_id.clone_from(&id_buffer);
            if let Some(data) = data.strip_suffix('\n') {
                records.push(Record::Event {
                    event_type: if event_type.is_empty() { "message".into() } else { event_type.clone() },
                    data: data.into(),
                    last_event_id: last_event_id.clone(),
                    explicit_id,
                });
            } else if moved {
                records.push(Record::Id(last_event_id.clone()));
            }
            data.clear();
            event_type.clear();
            explicit_id = false;
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        match name {
            "" => records.push(Record::Comment(value.into())),
            "data" => data = data + value.strip_prefix(' ').unwrap_or(value) + "\n",
            "event" => event_type = value.strip_prefix(' ').unwrap_or(value).into(),
            "id" if !value.contains('\0') => {
                id_buffer = value.strip_prefix(' ').unwrap_or(value).into();
                explicit_id = true;
            }
            "retry" => {
                let digits = value.strip_prefix(' ').unwrap_or(value);
                if !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit()) {
                    records.push(Record::Retry(digits.parse().unwrap_or(u64::MAX)));
                }
            }
            _ => {}
        }
    }
    (records, last_event_id)
}

/// Returns the complete lines. Text after the last line end is not a line.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(['\r', '\n']) {
        lines.push(&rest[..end]);
        let length = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[end + length..];
    }
    lines
}
