//! Which links of an event may be opened.

use url::Url;

/// The most links that one event offers.
const MAX_LINKS: usize = 20;

/// A link found in an event's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its number within the event, from 1.
    pub number: usize,
    /// Where it leads: http or https, no userinfo.
    pub url: Url,
    /// The host, to be shown before anything opens (punycode for international names).
    pub host: String,
}

/// The links of an event's data, in order of appearance, each once, at most 20.
///
/// Only `http` and `https` without userinfo count; a link ends at white space, a control character, a quote,
/// a backslash or an angle bracket, and loses the punctuation of the sentence around it.
pub fn links(data: &str) -> Vec<Link> {
    let mut found: Vec<Link> = Vec::new();
    let mut rest = data;
    while found.len() < MAX_LINKS {
        let Some(start) = next_start(rest) else { break };
        let text = &rest[start..];
        let end = text.find(ends_link).unwrap_or(text.len());
        if let Some((url, host)) = safe_url(text[..end].trim_end_matches(is_sentence_end))
            && !found.iter().any(|link| link.url == url)
        {
            found.push(Link { number: found.len() + 1, url, host });
        }
        rest = &text[end.max(1)..];
    }
    found
}

/// Looks no further than the first start: data may repeat a link a million times.
fn next_start(text: &str) -> Option<usize> {
    let begins = |at: usize| ["http://", "https://"].iter().any(|scheme| text[at..].starts_with(scheme));
    text.match_indices("http").map(|(at, _)| at).find(|at| begins(*at))
}

fn ends_link(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`' | '|' | '{' | '}')
}

fn is_sentence_end(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '。' | '，' | '；' | '：' | '！' | '？' | '）' | '」'
    )
}

/// Returns the address that a text is, if it may be opened: http or https, without userinfo.
pub fn web_url(text: &str) -> Option<Url> {
    safe_url(text).map(|(url, _)| url)
}

fn safe_url(text: &str) -> Option<(Url, String)> {
    let url = Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let has_userinfo = !url.username().is_empty() || url.password().is_some();
    if !is_web || has_userinfo {
        return None;
    }
    let host = url.host_str()?.to_owned();
    Some((url, host))
}

#[cfg(test)]
mod tests {
    use super::links;

    fn urls(data: &str) -> Vec<String> {
        links(data).into_iter().map(|l| l.url.to_string()).collect()
    }

    #[test]
    fn finds_web_links_in_json_and_prose() {
        let data = r#"{"url":"https://a.example/x?y=1","text":"see http://b.example/z. Or not"}"#;
        assert_eq!(urls(data), ["https://a.example/x?y=1", "http://b.example/z"]);
    }

    #[test]
    fn refuses_other_schemes_userinfo_and_nonsense() {
        assert!(urls("javascript:alert(1) file:///etc/passwd ftp://a.example/").is_empty());
        assert!(urls("https://good.example@evil.example/ https:// http://").is_empty());
    }

    #[test]
    fn a_control_character_ends_a_link() {
        assert_eq!(urls("https://a.example/x\u{1}y"), ["https://a.example/x"]);
    }

    #[test]
    fn each_link_once_and_twenty_at_most() {
        assert_eq!(urls("http://a.example http://a.example").len(), 1);
        let many: String = (0..50).map(|n| format!("http://a.example/{n} ")).collect();
        assert_eq!(links(&many).len(), 20);
    }

    #[test]
    fn a_link_repeated_in_large_data_costs_one_pass() {
        // Looking through the rest of the data at each link would take minutes.
        let data = "http://a.example/ ".repeat(2000) + &"x".repeat(64 * 1024 * 1024);
        assert_eq!(urls(&data), ["http://a.example/"]);
    }
}
