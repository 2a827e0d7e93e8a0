use std::collections::HashSet;

use strum::VariantArray;

use super::*;

#[test]
fn every_reason_comes_back_from_its_parts_and_its_word() {
    let mut words = HashSet::new();
    for code in ReasonCode::VARIANTS {
        let reason = Reason::from_parts(*code, Some(204), Some("detail"));
        assert_eq!(reason.code(), *code);
        assert_eq!(Reason::from_parts(*code, reason.status(), reason.detail()), reason);
        assert_eq!(code.as_str().parse(), Ok(*code));
        assert!(words.insert(code.as_str()), "{} is the word of two reasons", code.as_str());
        assert!(!reason.to_string().is_empty());
    }
}

#[test]
fn a_detail_from_outside_cannot_drive_a_terminal_or_begin_a_line() {
    for code in ReasonCode::VARIANTS {
        let reason = Reason::from_parts(*code, Some(404), Some("a\u{1b}[2J\n\u{9b}\u{202e}\u{200b}b"));
        let hidden = |c: &char| crate::text::characters(c.encode_utf8(&mut [0; 4])).any(|(_, hidden)| hidden);
        assert_eq!(reason.to_string().chars().find(hidden), None, "{code:?}");
    }
}

#[test]
fn the_words_in_the_log_never_change() {
    let words: Vec<&str> = ReasonCode::VARIANTS.iter().map(|code| code.as_str()).collect();
    assert_eq!(
        words,
        [
            "ended",
            "refused",
            "reset",
            "dns",
            "connect-timeout",
            "no-answer",
            "idle",
            "tls",
            "network",
            "proxy",
            "unreadable",
            "status",
            "no-content",
            "complete",
            "sign-in",
            "sign-in-refused",
            "sign-in-page",
            "sign-in-refused-for-page",
            "sign-in-elsewhere",
            "not-found",
            "wrong-type",
            "page-elsewhere",
            "unexpected-status",
            "redirect",
            "redirect-loop",
            "private-redirect",
            "encoding",
            "insecure-auth",
            "bad-header",
            "bad-cookie",
            "subscribe",
            "keychain-locked",
            "keychain-absent",
            "keychain-timeout",
            "secret-missing",
            "woke",
            "restart",
        ]
    );
}
