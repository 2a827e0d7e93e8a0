use super::*;

fn query(secret: &str) -> Credentials {
    Credentials(vec![(
        Auth::Query { name: "access_token".into(), secret: "ops".into() },
        Secret::new(secret),
    )])
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn a_query_secret_replaces_its_parameter_and_keeps_every_other_byte() {
    let asked = url("https://a.example/s?sig=a%2Fb~x&access_token=old&&t=%20+&access%5Ftoken=older#f");
    assert_eq!(
        query("s/1").address(&asked).as_str(),
        "https://a.example/s?sig=a%2Fb~x&&t=%20+&access_token=s%2F1#f"
    );
    assert_eq!(query("s").address(&url("https://a.example/")).as_str(), "https://a.example/?access_token=s");
}

#[test]
fn a_query_secret_is_removed_from_a_redirect_however_it_is_encoded() {
    let credentials = query("top+se cret/%");
    let removed = |text: &str| credentials.removed_from(&url(text)).map(String::from);
    // The secret once encoded as a form does and as a URL does, and encoded twice within another address.
    for echo in [
        "access_token=top%2Bse+cret%2F%25",
        "other=top%2Bse%20cret%2F%25",
        "back=https%3A%2F%2Fa.example%2F%3Faccess_token%3Dtop%252Bse%2520cret%252F%2525",
    ] {
        let left = removed(&format!("https://b.example/s?a=1&{echo}&b=%2f"));
        assert_eq!(left.as_deref(), Some("https://b.example/s?a=1&b=%2f"), "{echo}");
        assert_eq!(removed(&format!("https://b.example/s?{echo}")).as_deref(), Some("https://b.example/s"));
    }
    assert_eq!(
        removed("https://b.example/s?access_token=theirs").as_deref(),
        Some("https://b.example/s?access_token=theirs")
    );
    assert_eq!(removed("https://b.example/top%2Bse%20cret%2F%25"), None);
}

#[test]
fn a_short_secret_is_found_as_a_whole_word_and_a_long_one_anywhere() {
    let short = query("t");
    assert!(short.is_in("/s?access_token=t") && short.is_in("/t/") && short.is_in("next=%2Fs%3Fk%3Dt%26a"));
    assert!(!short.is_in("http://a.example/there?access_token=other"));
    assert!(query("t0ken-123").is_in("/xt0ken-123x"));
}

#[test]
fn a_secret_that_is_no_query_parameter_or_empty_is_not_searched_for() {
    let bearer = Credentials(vec![(Auth::Bearer { secret: "ops".into() }, Secret::new("s"))]);
    assert!(!bearer.is_in("s") && !query("").is_in("s") && query("s").is_in("s"));
}

#[test]
fn a_cookie_carries_what_rfc_6265_allows() {
    for good in ["", "abc=+/!#$%&'()*<>@[]^_`{|}~.:-", "\"in quotes\"".replace(' ', "-").as_str()] {
        assert!(is_cookie_value(good), "{good}");
    }
    for bad in ["a b", "a;b", "a,b", "a\"b", "\"", "a\\b", "a\nb", "ä"] {
        assert!(!is_cookie_value(bad), "{bad}");
    }
}
