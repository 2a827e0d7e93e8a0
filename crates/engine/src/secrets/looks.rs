//! Texts that look like secrets. A person may give the secret itself where a name is wanted, and it would then be in
//! `config.toml` or in a message for everyone to read.

/// How the secrets of well-known services begin.
const BEGINNINGS: [&str; 33] = [
    "AIza",
    "AKIA",
    "ASIA",
    "EAAC",
    "GOCSPX-",
    "SG.",
    "api-",
    "dop_v1_",
    "eyJ",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "hf_",
    "key-",
    "mob-",
    "npm_",
    "pk-",
    "pk_",
    "pypi-",
    "rk_",
    "sdk-",
    "shpat_",
    "sk-",
    "sk_",
    "tk_",
    "whsec_",
    "xapp-",
    "xox",
    "ya29.",
    "glsa_",
];
/// The shortest secret that begins like one of them. Names such as `api-ops` are shorter.
const SHORTEST: usize = 20;
/// The longest name.
const LONGEST: usize = 64;
/// The longest name that a message quotes, in bytes.
const LONGEST_QUOTED: usize = 40;
/// The shortest run of letters and digits that is judged by how they are mixed.
const RUN: usize = 12;

/// Returns whether a text looks like a secret, and not like the name of one.
pub fn looks_like_a_secret(text: &str) -> bool {
    let length = text.chars().count();
    let is_of_a_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '@');
    let first_word = text.split_whitespace().next().unwrap_or_default();
    let has_scheme = text.contains(' ')
        && ["bearer", "basic", "token"].iter().any(|scheme| first_word.eq_ignore_ascii_case(scheme));
    length > LONGEST
        || !text.chars().all(is_of_a_name)
        || has_scheme
        || length >= SHORTEST && BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
        || is_hexadecimal(text)
        || text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_mixed)
}

/// Returns a name as a message may quote it: `(hidden)` where the text is long or may be a secret. What stands in the place of
/// a name may be a value.
pub fn quotable(name: &str) -> &str {
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_short = (1..=LONGEST_QUOTED).contains(&name.len());
    if is_short && name.chars().all(is_of_a_name) && !looks_like_a_secret(name) { name } else { "(hidden)" }
}

/// Returns whether a text is a long number in hexadecimal, with or without dashes, as a UUID is.
fn is_hexadecimal(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_all = text.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    is_all && digits >= 4 && text.chars().filter(|c| *c != '-').count() >= 16
}

/// Returns whether a run of letters and digits consists of pieces that are shorter than words and numbers are: `Rack2Unit4`
/// has four of them, and a random text of that length eight. A longer run is random with longer pieces.
fn is_mixed(run: &str) -> bool {
    let length = run.len();
    if length < RUN {
        return false;
    }
    let class = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    let is_start_of_word = |two: &[u8]| two[0].is_ascii_uppercase() && two[1].is_ascii_lowercase();
    let breaks =
        run.as_bytes().windows(2).filter(|two| class(two[0]) != class(two[1]) && !is_start_of_word(two));
    let pieces = breaks.count() + 1;
    let is_number = run.bytes().all(|byte| byte.is_ascii_digit());
    // The mean length of a piece is below 2.3 bytes, or below 2.9 in a longer run.
    is_number || pieces * 23 > length * 10 || length >= 20 && pieces * 29 > length * 10
}

#[cfg(test)]
mod tests;
