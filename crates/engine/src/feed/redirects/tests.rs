use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn pages_to_sign_in_are_recognised_by_path_and_host() {
    for page in [
        "http://a.example/user/login",
        "http://a.example/users/sign_in?next=%2Fevents",
        "http://a.example/Log-In.html",
        "http://a.example/wp-login.php",
        "http://a.example/auth/realms/x/protocol/openid-connect/oauth2",
        "https://login.example/x",
        "https://accounts.example/",
        "http://portal.hotel.example/",
        "http://192.0.2.1/captive",
    ] {
        assert!(is_sign_in_page(&url(page)), "{page}");
    }
    for other in [
        "http://a.example/events",
        "http://a.example/logins",
        "http://a.example/blog-in-brief",
        "http://a.example/stream?next=/login",
        "http://author.example/stream",
    ] {
        assert!(!is_sign_in_page(&url(other)), "{other}");
    }
}

#[test]
fn a_chain_that_comes_back_is_a_circle_and_a_long_one_is_not() {
    let home = url("http://a.example/a");
    let mut circle = Trail::default();
    circle.add(&home, &url("http://a.example/b"), &home);
    circle.add(&url("http://a.example/b"), &home, &home);
    assert_eq!(circle.too_long(&home).reason, Reason::RedirectLoop("a.example/a".into()));
    let mut long = Trail::default();
    long.add(&home, &url("http://a.example/b?x"), &home);
    long.add(&url("http://a.example/b?x"), &url("http://a.example/c?x"), &home);
    assert_eq!(long.too_long(&home).reason, Reason::Redirect("a.example".into()));
}
