//! What a search looks for: letters of either case are the same, and any script has words.

/// The grams of a text above this size are not indexed; the text is looked through instead.
pub(crate) const LARGE: usize = 64 * 1024;

/// The most grams of a needle that the index is asked for. More cost time and exclude nothing.
const ASKED: usize = 12;

/// A text to look for, in any language, in letters of either case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    folded: Vec<char>,
    text: String,
    kind: Kind,
}

/// How to look for it, the fastest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// As it stands: none of its letters has another case.
    Exact,
    /// ASCII in either case.
    Ascii,
    /// By each letter's lower case.
    Folded,
}

impl Needle {
    /// Looks for this text.
    pub fn new(text: &str) -> Self {
        let folded: Vec<char> = text.chars().map(fold).collect();
        let has_case = |c: char| fold(c) != c || c.to_uppercase().ne([c]);
        let kind = if !text.chars().any(has_case) {
            Kind::Exact
        } else if text.is_ascii() {
            Kind::Ascii
        } else {
            Kind::Folded
        };
        Self { text: folded.iter().collect(), folded, kind }
    }

    /// Whether this text holds it. An empty one is in every text.
    pub fn is_in(&self, text: &str) -> bool {
        match (self.kind, self.folded.first()) {
            (_, None) => true,
            (Kind::Exact, _) => text.contains(&self.text),
            (Kind::Ascii, _) => holds_ascii(text.as_bytes(), self.text.as_bytes()),
            (Kind::Folded, Some(first)) => text.char_indices().any(|(at, c)| {
                fold(c) == *first && {
                    let mut rest = text[at..].chars().map(fold);
                    self.folded.iter().all(|c| rest.next() == Some(*c))
                }
            }),
        }
    }

    /// The grams that every text holds which holds this; none when it is too short to have any.
    pub(crate) fn grams(&self) -> Vec<u64> {
        let mut grams = Vec::new();
        each_gram(self.folded.iter().copied(), |gram| {
            if !grams.contains(&gram) {
                grams.push(gram);
            }
        });
        if grams.len() <= ASKED {
            return grams;
        }
        (0..ASKED).map(|n| grams[n * (grams.len() - 1) / (ASKED - 1)]).collect()
    }
}

/// The grams of a text, each once, in rising order.
pub(crate) fn grams(text: &str) -> Vec<u64> {
    let mut grams = Vec::with_capacity(text.len());
    each_gram(text.chars().map(fold), |gram| grams.push(gram));
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// Three neighbouring ASCII characters are a gram, and so are two of which one is not ASCII: a word of two
/// characters is a word in Chinese, while two Latin letters stand in every text.
fn each_gram(chars: impl Iterator<Item = char>, mut take: impl FnMut(u64)) {
    let (mut before, mut last) = (None, None);
    for c in chars {
        match (before, last) {
            (_, Some(b)) if !char::is_ascii(&b) || !c.is_ascii() => {
                take(1 << 42 | u64::from(u32::from(b)) << 21 | u64::from(u32::from(c)));
            }
            (Some(a), Some(b)) if char::is_ascii(&a) => {
                take(u64::from(u32::from(a)) << 14 | u64::from(u32::from(b)) << 7 | u64::from(u32::from(c)));
            }
            _ => {}
        }
        (before, last) = (last, Some(c));
    }
}

/// The lower case of a letter, where that is one letter; ASCII stays ASCII and nothing else becomes it.
fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) if !one.is_ascii() => one,
        _ => c,
    }
}

fn holds_ascii(text: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else { return true };
    let Some(end) = text.len().checked_sub(rest.len()) else { return false };
    let upper = first.to_ascii_uppercase();
    text[..end].iter().enumerate().any(|(at, byte)| {
        (byte == first || *byte == upper) && text[at + 1..at + 1 + rest.len()].eq_ignore_ascii_case(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_either_case_are_the_same_in_any_script() {
        assert!(Needle::new("DataBase").is_in("the DATABASE is down"));
        assert!(Needle::new("СЕРВЕР").is_in("Упал сервер базы"));
        assert!(Needle::new("straße").is_in("Hauptstraße 5"));
        assert!(Needle::new("ÜBER").is_in("über"));
        assert!(Needle::new("故障").is_in("数据库故障"));
        assert!(!Needle::new("故障").is_in("故 障"));
        assert!(!Needle::new("abc").is_in("ab"));
        assert!(Needle::new("").is_in("anything"));
    }

    #[test]
    fn letters_that_only_look_like_ascii_are_others() {
        assert!(!Needle::new("k").is_in("\u{212a}"));
        assert!(Needle::new("\u{212a}").is_in("\u{212a}"));
        assert!(Needle::new("İ").is_in("İ"));
    }

    #[test]
    fn every_text_that_holds_a_needle_holds_its_grams() {
        let mut seed = 7_u64;
        let alphabet: Vec<char> = "aAbB é É 故障я Я😀\n".chars().collect();
        let mut next = |n: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % n
        };
        let mut found = 0;
        for _ in 0..20_000 {
            let text: String = (0..12).map(|_| alphabet[next(alphabet.len())]).collect();
            let needle: String = (0..1 + next(4)).map(|_| alphabet[next(alphabet.len())]).collect();
            let needle = Needle::new(&needle);
            let folded: String = text.chars().map(fold).collect();
            assert_eq!(needle.is_in(&text), folded.contains(&needle.text), "{needle:?} in {text:?}");
            if needle.is_in(&text) {
                found += 1;
                let grams = grams(&text);
                assert!(needle.grams().iter().all(|gram| grams.contains(gram)), "{needle:?} in {text:?}");
            }
        }
        assert!(found > 500, "{found}");
    }

    #[test]
    fn a_word_of_two_chinese_characters_has_a_gram_and_two_latin_letters_have_none() {
        assert_eq!(Needle::new("故障").grams().len(), 1);
        assert_eq!(Needle::new("é1").grams().len(), 1);
        assert!(Needle::new("ok").grams().is_empty());
        assert!(Needle::new("故").grams().is_empty());
        assert_eq!(Needle::new(&"abcdefghij".repeat(10)).grams().len(), 10);
        let long: String = ('a'..='z').chain('0'..='9').collect();
        assert_eq!(Needle::new(&long).grams().len(), ASKED);
    }
}
