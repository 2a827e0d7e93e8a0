use super::*;

const FEED: &str = "[[feed]]\nid = \"a\"\nurl = \"http://a.example\"\n";

fn problems(text: &str) -> Vec<String> {
    parse(text).unwrap_err().problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_value_of_the_wrong_kind_is_not_quoted_for_it_may_be_a_secret() {
    let expected = "line 4, column 8: expected a table such as { type = \"bearer\", secret = \"ops\" } or a list of such tables, found a string";
    assert_eq!(problems(&format!("{FEED}auth = \"canary, expected\"\n")), [expected]);
    let expected =
        "line 4, column 9: expected a table such as { type = \"bearer\", secret = \"ops\" }, found a string";
    assert_eq!(problems(&format!("{FEED}auth = [\"canary, expected\"]\n")), [expected]);
    assert_eq!(
        problems(&format!("{FEED}headers = {{ X-Key = 77 }}\n")),
        ["line 4, column 21: expected a string, found a number"]
    );
}

#[test]
fn a_number_out_of_range_hides_no_other_problem() {
    let text = "version = -1\n[notifications]\nburst = -1\n[retention]\nmax_events = -1\nmax_age = \"x\"\n";
    let lines: Vec<usize> = parse(text).unwrap_err().problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [1, 3, 5, 6]);
}

#[test]
fn no_type_that_holds_a_secret_prints_it() {
    let text = "[[feed]]\nid = \"a\"\nurl = \"http://a.example/?token=canary\"\nheaders = { X-Key = \"canary\" }\nbody = \"canary\"\n\
         method = \"POST\"\nproxy = \"http://p.example/?canary\"\n\
         subscribe = { on = \"hello\", url = \"/?canary\", body = \"canary\", headers = { X-Key = \"canary\" } }\n";
    let config = parse(text).unwrap();
    let feed = &config.feeds[0];
    let new = super::super::edit::NewFeed {
        id: feed.id.clone(),
        name: "a".into(),
        url: feed.url.clone(),
        auth: Vec::new(),
        severity: Vec::new(),
        rules: Vec::new(),
        keys: "body = \"canary\"".parse::<toml_edit::DocumentMut>().unwrap().as_table().clone(),
    };
    for printed in [
        format!("{config:?}"),
        format!("{:?}", feed.headers),
        format!("{:?}", feed.subscribe),
        format!("{:?}", feed.proxy),
        format!("{new:?}"),
    ] {
        assert!(!printed.contains("canary"), "{printed}");
    }
    assert!(format!("{config:?}").contains("http://a.example/"));
}
