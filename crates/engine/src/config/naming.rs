//! Addresses, and the names and ids that are made from them.

use sha2::{Digest, Sha256};
use url::{Host, Url};

use crate::event::FeedId;

/// The message about a text that is no address.
const NOT_AN_ADDRESS: &str = "expected an address such as \"https://example.com/stream\"";

/// Parses the address of a feed: http or https, without userinfo. Space around it is ignored.
///
/// # Errors
///
/// The message for a person, without the text.
pub fn feed_url(text: &str) -> Result<Url, &'static str> {
    let Ok(url) = Url::parse(text.trim()) else {
        return Err(NOT_AN_ADDRESS);
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err("a feed's address begins with http:// or https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address cannot hold a password; use auth and the keychain");
    }
    Ok(url)
}

/// Parses an address as a person types it: as [`feed_url`], and one without a scheme is https, or http where the host is
/// this machine (`localhost:3000/events`).
///
/// # Errors
///
/// As for [`feed_url`].
pub fn typed_url(text: &str) -> Result<Url, &'static str> {
    let text = text.trim();
    if has_scheme(text) {
        return feed_url(text);
    }
    // A path alone has no host.
    if text.starts_with(['/', '.', '?', '#']) {
        return Err(NOT_AN_ADDRESS);
    }
    let url = feed_url(&format!("https://{text}"))?;
    if !is_loopback(&url) {
        return Ok(url);
    }
    // Parsed again, because the default port depends on the scheme.
    feed_url(&format!("http://{text}"))
}

/// Returns whether a text begins with a scheme. `a.example:8080` does not: after the colon comes a port; and neither does
/// `ann:password@a.example`.
pub fn has_scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.trim().split_once(':') else { return false };
    let is_scheme_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let begins_as_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins_as_scheme || !scheme.chars().all(is_scheme_char) {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_port = !authority.is_empty() && authority.bytes().all(|byte| byte.is_ascii_digit());
    rest.starts_with("//") || !is_port && !authority.contains('@')
}

/// Returns whether the host of a URL is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Returns a URL without query, fragment and userinfo, which may hold secrets: what may be printed.
pub fn public_url(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Both fail only for URLs that cannot have a host, and a feed's always has.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

/// How the parameters of a query are called that hold a secret, without `-` and `_`.
const SECRET_PARAMETERS: [&str; 24] = [
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "auth",
    "authkey",
    "authorization",
    "authtoken",
    "bearer",
    "clientsecret",
    "credential",
    "credentials",
    "jwt",
    "key",
    "pass",
    "passwd",
    "password",
    "privatetoken",
    "pwd",
    "secret",
    "sessionid",
    "sig",
    "signature",
    "token",
];

/// Returns the first parameter of a query that by its name holds a secret, where it has a value. `config.toml` would keep
/// that for everyone to read who may read the file; [`Auth::Query`](super::Auth::Query) keeps it in the keychain.
pub fn secret_parameter(url: &Url) -> Option<String> {
    let is_secret = |name: &str| {
        let name: String = name.chars().filter(|c| !matches!(c, '-' | '_')).collect();
        SECRET_PARAMETERS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
    };
    let mut pairs = url.query_pairs().filter(|(name, value)| is_secret(name) && !value.is_empty());
    pairs.next().map(|(name, _)| name.into_owned())
}

/// Returns the SHA-256 (FIPS 180-4) of a text, in hexadecimal.
pub(crate) fn text_hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns a name for people from the address: the host with its port, and the last part of the path unless it is a
/// common word such as `stream`.
pub fn name_for(url: &Url) -> String {
    let host = host_and_port(url);
    let last = url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty()));
    let is_common = |part: &&str| matches!(*part, "stream" | "events" | "sse" | "event-stream");
    match last.filter(|part| !is_common(part)) {
        Some(part) => format!("{part} ({host})"),
        None => host,
    }
}

/// Returns a name that is not in `taken`: this one, else with the host and port of the address after it, else with a number
/// from 2 as well.
pub fn free_name(name: &str, url: &Url, taken: &[String]) -> String {
    let is_free = |name: &String| !taken.contains(name);
    let host = host_and_port(url);
    let with_host = if name.contains(&host) { name.to_owned() } else { format!("{name} ({host})") };
    let numbered = (2u32..).map(|n| format!("{with_host} {n}"));
    let mut candidates = [name.to_owned(), with_host.clone()].into_iter().chain(numbered);
    #[expect(clippy::expect_used, reason = "the numbers outlast any list of feeds")]
    candidates.find(is_free).expect("a free number")
}

/// Returns an id that is not in `taken`: from the name, with letters of other scripts in Latin ones, else from the host, else
/// `feed`; with a number from 2 where that is taken.
pub fn free_id(name: &str, url: &Url, taken: &[FeedId]) -> FeedId {
    let from_name = slug(name);
    let base = if from_name.is_empty() { slug(url.host_str().unwrap_or_default()) } else { from_name };
    let base = if base.is_empty() { "feed".to_owned() } else { base };
    let numbered = (2u32..).map(|n| format!("{base}-{n}"));
    let mut candidates =
        std::iter::once(base.clone()).chain(numbered).filter_map(|text| FeedId::parse(&text));
    let free = candidates.find(|id| !taken.contains(id));
    #[expect(clippy::expect_used, reason = "the numbers outlast any list of feeds")]
    free.expect("a free number")
}

/// Returns the letters and digits in lower case and as ASCII, words joined by `-`, at most 40 characters: with a number it
/// stays within the 64 of an id.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        // A sign such as an emoji has a word, too, but it is no part of a name.
        let is_word = c.is_alphanumeric();
        let latin = deunicode::deunicode_char(c).filter(|_| is_word).unwrap_or(" ");
        for c in latin.chars().map(|c| c.to_ascii_lowercase()) {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
    }
    slug.truncate(40);
    slug.trim_end_matches('-').to_owned()
}

fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str, url: &str, taken: &[&str]) -> String {
        let taken: Vec<FeedId> = taken.iter().filter_map(|t| FeedId::parse(t)).collect();
        Url::parse(url).map(|url| free_id(name, &url, &taken).to_string()).unwrap_or_default()
    }

    #[test]
    fn ids_come_from_the_name_or_the_host_and_are_free() {
        assert_eq!(id("Door sensors", "http://a.example/", &[]), "door-sensors");
        assert_eq!(id("运维告警", "http://a.example/", &[]), "yun-wei-gao-jing");
        assert_eq!(id("Größe Ærø", "http://a.example/", &[]), "grosse-aero");
        assert_eq!(id("Тревога 1", "http://a.example/", &[]), "trevoga-1");
        assert_eq!(id("🔔!", "http://a.example/", &[]), "a-example");
        assert_eq!(id("🔔!", "http://[::1]/", &[]), "1");
        assert_eq!(id("ops", "http://a.example/", &["ops", "ops-2"]), "ops-3");
    }

    #[test]
    fn names_are_free() {
        let name = |taken: &[&str]| {
            let taken: Vec<String> = taken.iter().map(|text| (*text).to_owned()).collect();
            let url = Url::parse("http://b.example:8123/api").unwrap();
            free_name("Home Assistant", &url, &taken)
        };
        let with_host = "Home Assistant (b.example:8123)";
        assert_eq!(name(&[]), "Home Assistant");
        assert_eq!(name(&["Home Assistant"]), with_host);
        assert_eq!(name(&["Home Assistant", with_host]), format!("{with_host} 2"));
    }

    #[test]
    fn a_hash_is_that_of_the_standard() {
        // FIPS 180-2, B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(text_hash("abc"), expected);
    }

    #[test]
    fn addresses_are_web_addresses_without_passwords() {
        assert!(feed_url(" https://a.example/stream ").is_ok());
        for bad in ["", "a.example", "ftp://a.example", "https://u:p@a.example/", "javascript:1"] {
            assert!(feed_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_typed_address_without_a_scheme_is_https_and_http_for_this_machine() {
        let typed = [
            ("a.example", "https://a.example/"),
            ("a.example/stream?url=http://b.example", "https://a.example/stream?url=http://b.example"),
            ("a.example:8080/x", "https://a.example:8080/x"),
            ("  ops/x ", "https://ops/x"),
            ("[2001:db8::1]:80/x", "https://[2001:db8::1]:80/x"),
            ("192.0.2.7:443/x", "https://192.0.2.7/x"),
            ("订阅.example/x", "https://xn--xc3ao8r.example/x"),
            ("localhost:3000/events", "http://localhost:3000/events"),
            ("localhost", "http://localhost/"),
            ("LOCALHOST:443", "http://localhost:443/"),
            ("api.localhost/x", "http://api.localhost/x"),
            ("127.0.0.1:80/x", "http://127.0.0.1/x"),
            ("[::1]:3000", "http://[::1]:3000/"),
            ("https://localhost/x", "https://localhost/x"),
            ("HTTP://a.example", "http://a.example/"),
        ];
        for (text, url) in typed {
            assert_eq!(typed_url(text).map(String::from), Ok(url.to_owned()), "{text}");
        }
        let bad = [
            "",
            "/events",
            "./x",
            "?a=b",
            "ftp://a.example",
            "javascript:alert(1)",
            "mailto:ann@a.example",
            "localhost:port",
            "a.example:99999",
            "a b.example",
            "ann:secret@a.example/",
            "https://ann@a.example",
        ];
        for text in bad {
            assert!(typed_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_printed_holds_no_query() {
        let url = Url::parse("https://a.example/x?token=s#f");
        assert_eq!(url.map(|url| public_url(&url)), Ok("https://a.example/x".into()));
    }
}
