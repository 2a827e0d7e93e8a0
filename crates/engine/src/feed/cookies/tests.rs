use reqwest::header::HeaderValue;

use super::*;
use crate::system::SystemClock;

fn cookies() -> Cookies {
    Cookies::new(Arc::new(SystemClock::new()))
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn set(cookies: &Cookies, from: &str, lines: &[String]) {
    let lines = lines.iter().map(|line| (SET_COOKIE, HeaderValue::from_str(line).unwrap()));
    cookies.take(&lines.collect(), &url(from));
}

fn sent(cookies: &Cookies, to: &str) -> Vec<String> {
    cookies.of(&url(to)).into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[test]
fn cookies_are_at_most_fifty_and_eight_kibibytes_and_the_oldest_go() {
    let home = "https://a.example/";
    let kept = cookies();
    set(&kept, home, &(0..60).map(|n| format!("c{n}={n}")).collect::<Vec<_>>());
    assert_eq!(sent(&kept, home), (10..60).map(|n| format!("c{n}={n}")).collect::<Vec<_>>());
    set(&kept, home, &["c10=again".into(), "new=1".into()]);
    let now = sent(&kept, home);
    assert_eq!((now.len(), now[0].as_str(), now[48].as_str()), (50, "c12=12", "c10=again"));

    let kept = cookies();
    for n in 0..20 {
        set(&kept, home, &[format!("c{n}={}", "x".repeat(1000))]);
    }
    let now = sent(&kept, home);
    assert!(now.join("; ").len() <= 8 * 1024 && now.last().unwrap().starts_with("c19="), "{}", now.len());
    assert_eq!(now.len(), 8);
    // One that is too large alone is not kept, and does not push the others out.
    set(&kept, home, &[format!("big={}", "x".repeat(9000))]);
    assert_eq!(sent(&kept, home), now);
    assert!(kept.clear() && !kept.clear());
    assert!(sent(&kept, home).is_empty());
}

#[test]
fn a_cookie_stays_with_scheme_host_port_and_path() {
    let kept = cookies();
    set(
        &kept,
        "http://a.example:8080/live/stream",
        &["deep=1".into(), "wide=2; Path=/; Domain=example".into(), "safe=3; Path=/; Secure".into()],
    );
    assert_eq!(sent(&kept, "http://a.example:8080/live/other"), ["deep=1", "wide=2"]);
    assert_eq!(sent(&kept, "http://a.example:8080/lively"), ["wide=2"]);
    for other in
        ["http://a.example/", "https://a.example:8080/", "http://b.example:8080/", "http://a.example:8081/"]
    {
        assert!(sent(&kept, other).is_empty(), "{other}");
    }
}

#[test]
fn a_cookie_that_expired_is_deleted() {
    let kept = cookies();
    let home = "http://a.example/";
    set(&kept, home, &["a=1".into(), "b=2; Max-Age=3600".into()]);
    set(&kept, home, &["a=; Max-Age=0".into(), "c=3; Expires=Thu, 01 Jan 1970 00:00:00 GMT".into()]);
    assert_eq!(sent(&kept, home), ["b=2"]);
}
