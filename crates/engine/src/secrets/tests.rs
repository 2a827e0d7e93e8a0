use super::*;

#[test]
fn a_secret_that_no_request_can_carry_is_refused_with_the_reason_and_not_quoted() {
    for (text, expected) in [
        ("", Unusable::Empty),
        ("canary\n", Unusable::SeveralLines),
        ("canary\r\nX-Other: 1", Unusable::SeveralLines),
        ("can\tary", Unusable::ControlCharacter),
        ("can\u{0}ary", Unusable::ControlCharacter),
        ("can\u{85}ary", Unusable::ControlCharacter),
    ] {
        let refused = Secret::new(text).check();
        assert_eq!(refused, Err(expected), "{text:?}");
        assert!(!expected.to_string().contains("ary"), "{expected}");
    }
    for text in ["t0ken", " a b ", "pässwörd", "a".repeat(8192).as_str()] {
        assert_eq!(Secret::new(text).check(), Ok(()), "{text}");
    }
}

#[test]
fn the_name_of_a_secret_is_short_and_has_no_control_characters() {
    for name in ["ops", "a", "运维 1", &"a".repeat(128)] {
        assert_eq!(check_name(name), Ok(()), "{name}");
    }
    for name in ["", "a\nb", "a\u{1b}[2J", &"a".repeat(129)] {
        assert_eq!(check_name(name), Err(Unusable::Name), "{name:?}");
    }
}

#[test]
fn a_message_quotes_a_name_and_nothing_that_may_be_a_secret() {
    assert_eq!(quotable("idle_timout"), "idle_timout");
    for text in ["", "Bearer abc", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "a=b", &"a".repeat(41), "a\nb"] {
        assert_eq!(quotable(text), "(hidden)", "{text:?}");
    }
}
