use reqwest::header::{CONTENT_ENCODING, LOCATION};

use super::*;

fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
    let value = |value: &&str| (name.clone(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
    let mut headers = HeaderMap::new();
    for (name, value) in values.iter().map(value) {
        headers.append(name, value);
    }
    headers
}

#[test]
fn the_last_valid_content_type_of_several_counts() {
    let stream = "text/event-stream";
    for (values, read) in [
        (vec![stream], stream),
        (vec!["text/html", stream], stream),
        (vec![stream, "text/html"], "text/html"),
        (vec!["text/html, text/event-stream"], stream),
        (vec![stream, ""], stream),
        (vec![stream, "*/*"], stream),
        (vec![stream, "nonsense"], stream),
        (vec!["text/event-stream; a=\",text/html\""], "text/event-stream; a=\",text/html\""),
        (vec!["text/event-stream; name=é"], "text/event-stream; name=é"),
        (vec!["nonsense", "more"], "nonsense, more"),
    ] {
        assert_eq!(content_type(&headers(&CONTENT_TYPE, &values)).as_deref(), Some(read), "{values:?}");
    }
    assert_eq!(content_type(&HeaderMap::new()), None);
}

#[test]
fn a_field_that_may_come_once_is_ambiguous_with_two_values_and_not_with_one_twice() {
    let read = |values: &[&str]| {
        single(&headers(&LOCATION, values), LOCATION)
            .map(|value| value.map(|value| value.to_str().unwrap().to_owned()))
    };
    assert_eq!(read(&[]), Ok(None));
    assert_eq!(read(&["/a"]), Ok(Some("/a".into())));
    assert_eq!(read(&["/a", "/a"]), Ok(Some("/a".into())));
    assert_eq!(read(&["/a", "/b"]), Err(Ambiguous));
}

#[test]
fn the_values_of_a_list_are_read_as_one() {
    let all = headers(&CONTENT_ENCODING, &["identity", "gzip"]);
    assert_eq!(combined(&all, CONTENT_ENCODING).as_deref(), Some("identity, gzip"));
}

#[test]
fn the_longest_valid_delay_of_several_counts() {
    let now = 1_795_000_000_000;
    for (values, seconds) in [
        (vec!["5"], Some(5)),
        (vec!["5", "60"], Some(60)),
        (vec!["60", "soon"], Some(60)),
        (vec!["Wed, 18 Nov 2026 11:28:20 GMT", "5"], Some(1300)),
        (vec!["soon"], None),
        (vec![], None),
    ] {
        let read = retry_after(&headers(&RETRY_AFTER, &values), now);
        assert_eq!(read.map(|delay| delay.as_secs()), seconds, "{values:?}");
    }
}
