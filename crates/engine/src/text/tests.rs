use std::fmt::Write as _;
use std::fs;

use super::*;

/// `BELLWIRE_WRITE_CHARACTERS=1 cargo test -p bellwire-engine characters_of_the_window` writes the window's table.
const WRITE: &str = "BELLWIRE_WRITE_CHARACTERS";

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/lib/text/hidden-characters.ts");

/// One character of each kind that a reader cannot see.
const HIDDEN: &str = "\u{0}\u{7}\u{8}\r\u{1b}\u{7f}\u{80}\u{9b}\u{9f}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\
    \u{17b5}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\
    \u{2060}\u{2063}\u{2066}\u{2067}\u{2068}\u{2069}\u{206a}\u{2800}\u{3164}\u{fe00}\u{fe0f}\u{feff}\u{ffa0}\u{fff9}\
    \u{fffb}\u{1bca0}\u{1d159}\u{1d173}\u{e0000}\u{e0001}\u{e0020}\u{e0041}\u{e007f}\u{e0100}\u{e01ef}";

#[test]
fn no_character_that_a_reader_cannot_see_is_shown() {
    for hidden in HIDDEN.chars() {
        for around in ["a\u{0}b", "é\u{0}è", "\u{0}", "\u{200f}\u{0}\u{200f}"] {
            let text = around.replace('\u{0}', &hidden.to_string());
            assert!(!line(&text).contains(hidden), "U+{:04X} in {around:?}", u32::from(hidden));
            assert!(!block(&text).contains(hidden), "U+{:04X} in {around:?}", u32::from(hidden));
            assert!(!visible(&text).contains(hidden), "U+{:04X} in {around:?}", u32::from(hidden));
            assert!(!visible_line(&text).contains(hidden), "U+{:04X} in {around:?}", u32::from(hidden));
        }
    }
    assert_eq!(line("a\u{1b}[2J\u{202e}b\tc\nd"), "a\u{fffd}[2J\u{fffd}b\u{fffd}c\u{fffd}d");
    assert_eq!(block("a\u{9b}b\tc\nd"), "a\u{fffd}b\tc\nd");
    assert_eq!(visible("a\u{202e}b\u{7}\nc\td"), "ab\nc d");
    assert_eq!(visible_line("  a\r\n\t\u{0}b\u{202e}c \u{200b} \n"), "a bc");
}

#[test]
fn joiners_and_variation_selectors_stay_where_a_script_or_an_emoji_needs_one() {
    for text in [
        "plain – text “quoted” ½ €",
        "العربية ١٢٣ \u{600}١٢",
        "می\u{200c}خواهم",
        "क्\u{200d}ष नि",
        "👩\u{200d}👧 👩🏽\u{200d}🚀 🏳\u{fe0f}\u{200d}🌈 ❤\u{fe0f} 1\u{fe0f}\u{20e3} ✔\u{fe0e}",
        "葛\u{e0100} 邉",
        "a\u{a0}b\u{3000}c",
    ] {
        assert_eq!(line(text), text);
        assert_eq!(visible(text), text);
    }
    for (text, shown) in [
        ("a\u{200d}b\u{200c}c", "abc"),
        ("❤\u{fe0f}\u{fe0f}\u{fe0f}", "❤\u{fe0f}"),
        ("a\u{fe0f}\u{200d}👩", "a👩"),
        ("👩\u{200d}\u{200d}👩", "👩👩"),
        ("葛\u{e0100}\u{e0101}", "葛\u{e0100}"),
        ("😀\u{e0100}\u{e0154}", "😀"),
    ] {
        assert_eq!(visible(text), shown, "{text:?}");
    }
}

#[test]
fn cuts_fall_between_graphemes() {
    assert_eq!(cut("abc", 3), "abc");
    assert_eq!(cut("abcd", 3), "ab…");
    assert_eq!(cut("ab👩\u{200d}👧\u{200d}👦c", 6), "ab…");
    assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 4), "e\u{301}…");
    assert_eq!(cut("🇩🇪🇫🇷🇮🇹", 4), "🇩🇪…");
    let heap = format!("a{}", "\u{301}".repeat(1000));
    assert_eq!(cut(&heap, 100).chars().count(), MAX_GRAPHEME + 1);
}

#[test]
fn what_is_written_for_people_holds_no_hidden_character() {
    let mut out = Vec::new();
    writeln!(&mut Shown(&mut out), "a\u{1b}[2J\u{9b}\u{202e}支").unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "a\u{fffd}[2J\u{fffd}\u{fffd}支\n");
}

/// Returns the characters with this property as the inside of a class in a regular expression of ECMAScript.
fn class(has: impl Fn(char) -> bool) -> String {
    let (mut class, mut run): (String, Option<(u32, u32)>) = (String::new(), None);
    let mut close = |run: Option<(u32, u32)>| match run {
        Some((from, to)) if from == to => write!(class, "\\u{{{from:x}}}").unwrap(),
        Some((from, to)) => write!(class, "\\u{{{from:x}}}-\\u{{{to:x}}}").unwrap(),
        None => {}
    };
    for point in 0..=u32::from(char::MAX) {
        if !char::from_u32(point).is_some_and(&has) {
            close(run.take());
        } else {
            run = Some((run.map_or(point, |(from, _)| from), point));
        }
    }
    close(run);
    class
}

#[test]
fn the_hidden_characters_of_the_window_are_those_of_the_engine() {
    let mut table = String::from(
        "/** Written from the engine's list, see crates/engine/src/text/tests.rs: insides of classes in regular expressions. */\n",
    );
    let is_selector =
        |c| matches!(c, '\u{fe00}'..='\u{fe02}' | '\u{fe0e}' | '\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    let is_mongolian = |c| matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}');
    let depends = |c| matches!(c, '\u{200c}' | '\u{200d}') || is_selector(c) || is_mongolian(c);
    let classes: [(&str, &str, String); 5] = [
        (
            "always",
            "Characters that a reader cannot see, wherever they are.",
            class(|c| hidden::may_hide(c) && !depends(c)),
        ),
        ("takesJoiner", "Characters that a joiner shapes.", class(hidden::takes_joiner)),
        ("emoji", "Characters that a variation selector shows as emoji or as text.", class(hidden::is_emoji)),
        (
            "pictographic",
            "Characters that joiners put together to one emoji.",
            class(hidden::is_pictographic),
        ),
        ("ideograph", "Characters that have variants.", class(hidden::is_ideograph)),
    ];
    for (name, what, class) in classes {
        let class = class.replace('\\', "\\\\");
        writeln!(table, "\n/** {what} */\nexport const {name} =\n  '{class}';").unwrap();
    }
    if std::env::var_os(WRITE).is_some() {
        fs::write(TABLE, &table).unwrap();
    }
    assert_eq!(
        fs::read_to_string(TABLE).unwrap(),
        table,
        "write it with {WRITE}=1 cargo test -p bellwire-engine characters_of_the_window"
    );
}
