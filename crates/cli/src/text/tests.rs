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
