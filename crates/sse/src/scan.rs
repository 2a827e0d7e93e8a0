//! Finds line ends, splits fields, and decodes UTF-8 with a limit on the size of the result.

use std::borrow::Cow;

/// Returns the position of the first LF or CR.
pub(crate) fn line_end(bytes: &[u8]) -> Option<usize> {
    // The test of a 32-byte block has no early exit, so that it compiles to vector instructions.
    let (blocks, rest) = bytes.as_chunks::<32>();
    let full =
        blocks.iter().position(|block| block.iter().fold(false, |found, &byte| found | ends_line(byte)));
    let (start, part) = match full {
        Some(index) => (index * 32, &blocks[index][..]),
        None => (blocks.len() * 32, rest),
    };
    look_at(start + 2 * part.len());
    part.iter().position(|&byte| ends_line(byte)).map(|offset| start + offset)
}

/// Decodes UTF-8 and replaces each maximal invalid part by U+FFFD, as the WHATWG Encoding standard does. Returns
/// `None` if the result would be longer than `limit` bytes. Valid input is borrowed.
///
/// Line ends are ASCII and no byte of a multi-byte sequence is, so decoding line by line yields the same text as
/// decoding the whole stream.
pub(crate) fn decode(bytes: &[u8], limit: usize) -> Option<Cow<'_, str>> {
    look_at(bytes.len());
    if let Ok(text) = str::from_utf8(bytes) {
        return (text.len() <= limit).then_some(Cow::Borrowed(text));
    }
    let replacement = char::REPLACEMENT_CHARACTER.len_utf8();
    let length: usize = bytes
        .utf8_chunks()
        .map(|part| part.valid().len() + if part.invalid().is_empty() { 0 } else { replacement })
        .sum();
    (length <= limit).then(|| String::from_utf8_lossy(bytes))
}

/// Splits a line into field name and value at the first colon, and removes one leading space from the value (WHATWG
/// HTML 9.2.6). A line without a colon is a name with an empty value.
pub(crate) fn split_field(line: &[u8]) -> (&[u8], &[u8]) {
    let colon = line.iter().position(|&byte| byte == b':');
    look_at(colon.unwrap_or(line.len()));
    let Some(colon) = colon else { return (line, b"") };
    let value = &line[colon + 1..];
    (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
}

/// Parses a `retry` value: ASCII digits only, saturating. Returns `None` for any other value, including an empty one.
pub(crate) fn parse_retry(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        value.iter().fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))),
    )
}

/// Appends `bytes`. The capacity grows by doubling, but not beyond `limit` bytes.
pub(crate) fn extend_within(buffer: &mut Vec<u8>, bytes: &[u8], limit: usize) {
    let needed = buffer.len() + bytes.len();
    if needed > buffer.capacity() {
        let capacity = (buffer.capacity() * 2).min(limit).max(needed);
        buffer.reserve_exact(capacity - buffer.len());
    }
    buffer.extend_from_slice(bytes);
}

/// Does nothing; in tests, counts the bytes that were examined.
#[cfg(not(test))]
fn look_at(_bytes: usize) {}

#[cfg(test)]
use tests::look_at;

fn ends_line(byte: u8) -> bool {
    (byte == b'\n') | (byte == b'\r')
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static EXAMINED: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn look_at(bytes: usize) {
        EXAMINED.set(EXAMINED.get() + bytes);
    }

    /// Returns the number of bytes that this thread has examined since the last call.
    pub(crate) fn take_examined() -> usize {
        EXAMINED.take()
    }

    #[test]
    fn a_line_end_is_found_at_every_position_and_length() {
        for length in 0..100 {
            let blank = vec![b'x'; length];
            assert_eq!(line_end(&blank), None);
            for position in 0..length {
                for end in [b'\n', b'\r'] {
                    let mut bytes = blank.clone();
                    bytes[position] = end;
                    assert_eq!(line_end(&bytes), Some(position));
                    bytes[length - 1] = b'\n';
                    assert_eq!(line_end(&bytes), Some(position));
                }
            }
        }
    }

    #[test]
    fn vt_ff_nel_and_line_separators_do_not_end_a_line() {
        assert_eq!(line_end("a\u{b}b\u{c}c\u{85}d\u{2028}e\u{2029}".as_bytes()), None);
    }

    #[test]
    fn invalid_parts_become_replacement_characters_within_the_limit() {
        let bytes = b"a\xe4\xb8b\xff";
        assert_eq!(decode(bytes, 8).as_deref(), Some("a\u{fffd}b\u{fffd}"));
        assert_eq!(decode(bytes, 7), None);
        assert_eq!(decode(b"abc", 3).as_deref(), Some("abc"));
        assert_eq!(decode(b"abc", 2), None);
    }

    #[test]
    fn one_space_after_the_first_colon_is_dropped() {
        assert_eq!(split_field(b"data:  a:b"), (&b"data"[..], &b" a:b"[..]));
        assert_eq!(split_field(b"data"), (&b"data"[..], &b""[..]));
        assert_eq!(split_field(b"data:\ta"), (&b"data"[..], &b"\ta"[..]));
    }

    #[test]
    fn retry_is_digits_only_and_saturates() {
        assert_eq!(parse_retry(b"03000"), Some(3000));
        assert_eq!(parse_retry(b"99999999999999999999999"), Some(u64::MAX));
        for bad in [&b""[..], b"-1", b"+1", b"1.5", b" 1", b"1 ", b"1x", "\u{661}".as_bytes()] {
            assert_eq!(parse_retry(bad), None);
        }
    }
}
