use super::*;
use crate::config::parse;

const FEED: &str = "[[feed]]\nid = \"a\"\nurl = \"http://a.example\"\n";

fn auth(value: &str) -> Vec<Auth> {
    parse(&format!("{FEED}auth = {value}\n")).unwrap().feeds.remove(0).auth
}

/// Returns the problems of a feed with these further lines, the first of which is line 4.
fn problems(more: &str) -> Vec<String> {
    let error = parse(&format!("{FEED}{more}\n")).unwrap_err();
    error.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn each_form_is_read_alone_and_in_a_list() {
    let (name, secret) = (|text: &str| text.to_owned(), "ops".to_owned());
    let forms = [
        ("type = \"bearer\"", Auth::Bearer { secret: secret.clone() }),
        ("type = \"basic\", user = \"ann\"", Auth::Basic { user: name("ann"), secret: secret.clone() }),
        (
            "type = \"header\", name = \"X-API-Key\"",
            Auth::Header { name: name("x-api-key"), secret: secret.clone() },
        ),
        (
            "type = \"query\", name = \"Access Token\"",
            Auth::Query { name: name("Access Token"), secret: secret.clone() },
        ),
        (
            "type = \"cookie\", name = \"__Host-session\"",
            Auth::Cookie { name: name("__Host-session"), secret },
        ),
    ];
    for (keys, form) in &forms {
        let table = format!("{{ {keys}, secret = \"ops\" }}");
        assert_eq!(auth(&table), std::slice::from_ref(form));
        assert_eq!(auth(&format!("[{table}]")), std::slice::from_ref(form));
    }
    let several = forms.clone().map(|(keys, _)| format!("{{ {keys}, secret = \"ops\" }}"));
    // Bearer and basic exclude each other.
    assert_eq!(auth(&format!("[{}]", several[1..].join(", "))), forms.clone().map(|(_, form)| form)[1..]);
    assert_eq!(auth("[]"), []);
    let tables = format!("{FEED}[[feed.auth]]\n{}\nsecret = \"ops\"\n", "type = \"bearer\"");
    assert_eq!(parse(&tables).unwrap().feeds[0].auth, [forms[0].1.clone()]);
}

#[test]
fn parts_that_set_the_same_are_reported_at_the_second() {
    // The places of type and name in the second part.
    let cases = [
        ("basic\", user = \"u", "bearer", 10, "the header authorization"),
        ("bearer", "header\", name = \"Authorization", 27, "the header authorization"),
        ("header\", name = \"x-key", "header\", name = \"X-Key", 27, "the header x-key"),
        ("query\", name = \"key", "query\", name = \"key", 26, "the query parameter key"),
        ("cookie\", name = \"a", "cookie\", name = \"a", 27, "the cookie a"),
        ("header\", name = \"Cookie", "cookie\", name = \"a", 27, "the header cookie"),
        ("cookie\", name = \"a", "header\", name = \"Cookie", 27, "the header cookie"),
    ];
    for (first, second, place, what) in cases {
        let part = |keys: &str| format!("{{ type = \"{keys}\", secret = \"s\" }}");
        let before = format!("auth = [{}, ", part(first));
        let found = problems(&format!("{before}{}]", part(second)));
        assert!(found.len() == 1 && found[0].contains(what), "{found:?}");
        assert!(found[0].starts_with(&format!("line 4, column {}: ", before.len() + place)), "{found:?}");
    }
    assert_eq!(auth("[{ type = \"cookie\", name = \"a\", secret = \"s\" }, { type = \"cookie\", name = \"A\", secret = \"s\" }]").len(), 2);
}

#[test]
fn a_part_that_headers_or_the_cursor_set_as_well_is_reported() {
    let cases = [
        ("{ type = \"bearer\", secret = \"s\" }", "headers = { Authorization = \"x\" }"),
        ("{ type = \"header\", name = \"x-key\", secret = \"s\" }", "headers = { X-Key = \"x\" }"),
        ("{ type = \"cookie\", name = \"a\", secret = \"s\" }", "headers = { Cookie = \"b=c\" }"),
        (
            "{ type = \"query\", name = \"since\", secret = \"s\" }",
            "resume = { query = \"since\", cursor = \"data.id\" }",
        ),
    ];
    for (table, key) in cases {
        let found = problems(&format!("auth = {table}\n{key}"));
        assert!(found.len() == 1 && found[0].starts_with("line 4, "), "{found:?}");
        assert!(found[0].contains("as well"), "{found:?}");
    }
}

#[test]
fn names_that_cannot_be_sent_are_reported_at_their_place() {
    for (form, name) in [
        ("header", "a b"),
        ("header", "Host"),
        ("header", "accept-encoding"),
        ("header", "Last-Event-ID"),
        ("header", "Content-Length"),
        ("header", "transfer-encoding"),
        ("header", "Connection"),
        ("query", ""),
        ("cookie", ""),
        ("cookie", "a=b"),
        ("cookie", "a b"),
    ] {
        let table = format!("auth = {{ type = \"{form}\", name = \"{name}\", secret = \"s\" }}");
        let found = problems(&table);
        let column = table.find(&format!("\"{name}\"")).unwrap() + 1;
        assert!(found.len() == 1 && found[0].starts_with(&format!("line 4, column {column}: ")), "{found:?}");
    }
}

#[test]
fn keys_that_a_form_lacks_or_does_not_have_are_reported() {
    for (keys, problem) in [
        ("type = \"bearer\", user = \"u\"", "column 34: \"bearer\" has no user"),
        ("type = \"header\", name = \"n\", user = \"u\"", "column 46: \"header\" has no user"),
        ("type = \"basic\", user = \"u\", name = \"n\"", "column 45: \"basic\" has no name"),
        ("type = \"basic\"", "column 17: \"basic\" needs user"),
        ("type = \"query\"", "column 17: \"query\" needs name"),
        ("type = \"digest\"", "column 17: expected one of"),
    ] {
        let found = problems(&format!("auth = {{ {keys}, secret = \"s\" }}"));
        assert!(found.len() == 1 && found[0].contains(problem), "{keys}: {found:?}");
    }
}

#[test]
fn parts_from_the_command_line_are_checked_as_those_of_the_file() {
    let secret = || "s".to_owned();
    let part = |name: &str| Auth::Header { name: name.into(), secret: secret() };
    assert_eq!(check_auth(&[part("X-Key"), Auth::Bearer { secret: secret() }]), Ok(()));
    assert!(check_auth(&[part("X-Key"), part("x-key")]).is_err());
    assert!(check_auth(&[part("Host")]).is_err());
    assert!(check_auth(&[Auth::Bearer { secret: String::new() }]).is_err());
}
