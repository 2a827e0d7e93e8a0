use super::*;

#[test]
fn a_star_stands_for_any_text() {
    for (pattern, matching, others) in [
        ("open", &["open"][..], &["", "opened", "Open", "reopen"][..]),
        ("", &[""], &["a"]),
        ("*", &["", "a", "a*b", "订单"], &[]),
        ("deploy.*", &["deploy.", "deploy.done"], &["deploy", "a.deploy."]),
        ("*.done", &[".done", "deploy.done"], &["deploy.done!"]),
        ("a*b*c", &["abc", "a1b2c", "abbcc", "abcbc"], &["acb", "ab", "xabc"]),
        ("a*a", &["aa", "aba"], &["a"]),
        ("**", &["", "x"], &[]),
        ("订*单", &["订单", "订x单"], &["订"]),
    ] {
        let pattern = Pattern::new(pattern);
        for name in matching {
            assert!(pattern.matches(name), "{pattern:?} and {name:?}");
        }
        for name in others {
            assert!(!pattern.matches(name), "{pattern:?} and {name:?}");
        }
    }
}
