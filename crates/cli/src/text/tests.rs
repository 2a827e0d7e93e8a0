use bellwire_engine::event::Rev;

use super::*;

#[test]
fn one_has_no_plural() {
    assert_eq!(count(0_usize, "feed"), "0 feeds");
    assert_eq!(count(1_usize, "feed"), "1 feed");
    assert_eq!(count(2_u64, "feed"), "2 feeds");
}

#[test]
fn an_event_cannot_drive_the_terminal_or_imitate_another_line() {
    let shown = event("a\u{1b}[2J\nb", "1\n\u{202e}2", "x\u{9b}31m\ny\u{3164}");
    assert_eq!(shown, "a\u{fffd}[2J\u{fffd}b  [1\u{fffd}\u{fffd}2]  x\u{fffd}31m\n              y\u{fffd}");
}

#[test]
fn a_word_is_quoted_where_a_shell_would_read_it_otherwise() {
    assert_eq!(quoted("https://a.example/x"), "https://a.example/x");
    assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    assert_eq!(quoted(""), "''");
    assert_eq!(quoted("a\u{1b}[2J"), "'a\u{fffd}[2J'");
}

fn at(at: Millis, body: RowBody) -> Row {
    use bellwire_engine::event::{FeedId, Seq};
    Row { seq: Seq(1), rev: Rev(1), feed: FeedId::parse("ops").unwrap(), at, body }
}

const HOUR: Millis = 3_600_000;

#[test]
fn a_connection_is_said_once_and_what_it_showed_later_has_the_later_time() {
    let open = Opened {
        status: 200,
        http: "1.1".into(),
        after_ms: 0,
        attempt: 1,
        resumed: Resumed::Shown,
        may_miss: false,
        repeated: 2,
    };
    let again = row_again(&at(0, RowBody::Open(open.clone())), HOUR).unwrap();
    let expected = format!("{}  ops  -- resume shown; 2 repeated events left out", local(HOUR, HOUR));
    assert_eq!(again, expected);
    let plain = Opened { resumed: Resumed::No, repeated: 0, ..open };
    assert_eq!(row_again(&at(0, RowBody::Open(plain)), HOUR), None);
}

#[test]
fn a_folded_wait_is_printed_again_with_the_time_of_the_printing() {
    let wait = Reconnecting {
        reason: Reason::Refused,
        in_ms: 1000,
        tries: 7,
        since: 0,
        last_event_id: String::new(),
    };
    let again = row_again(&at(0, RowBody::Reconnecting(wait)), 48 * HOUR).unwrap();
    assert!(again.starts_with(&local(48 * HOUR, 48 * HOUR)), "{again}");
    assert!(again.ends_with(&format!("7 tries since {}", local(0, 48 * HOUR))), "{again}");
}

#[test]
fn a_row_of_another_day_has_its_date() {
    let shown = row(&at(0, RowBody::Closed(None)), 48 * HOUR);
    assert_eq!(shown, format!("{}  ops  -- switched off", local(0, 48 * HOUR)));
    assert!(shown.starts_with("1970-01-01 ") || shown.starts_with("1969-12-31 "), "{shown}");
}
