use super::*;

#[test]
fn one_has_no_plural() {
    assert_eq!(count(0_usize, "feed"), "0 feeds");
    assert_eq!(count(1_usize, "feed"), "1 feed");
    assert_eq!(count(2_u64, "feed"), "2 feeds");
}

#[test]
fn text_from_a_server_cannot_drive_the_terminal() {
    assert_eq!(plain("a\u{1b}[2J\u{202e}b\tc\nd"), "a\u{fffd}[2J\u{fffd}b\tc\nd");
}

#[test]
fn a_word_is_quoted_where_a_shell_would_read_it_otherwise() {
    assert_eq!(quoted("https://a.example/x"), "https://a.example/x");
    assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    assert_eq!(quoted(""), "''");
    assert_eq!(quoted("a\u{1b}[2J"), "'a\u{fffd}[2J'");
}
