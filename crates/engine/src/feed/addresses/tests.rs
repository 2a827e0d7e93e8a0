use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// Addresses of this machine and of its networks, in each form that one of them has.
const PRIVATE: [&str; 21] = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::10.0.0.1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fd00::1]",
    "[ff02::1]",
];

#[test]
fn every_form_of_a_private_address_is_private_and_others_are_public() {
    for host in PRIVATE.into_iter().chain(["localhost", "a.localhost", "nas", "nas.local", "nas.local."]) {
        assert!(!seems_public(&url(&format!("http://{host}/"))), "{host}");
    }
    let public =
        ["8.8.8.8", "172.32.0.1", "100.128.0.1", "[2606:4700::1111]", "[::ffff:8.8.8.8]", "a.example"];
    for host in public {
        assert!(seems_public(&url(&format!("http://{host}/"))), "{host}");
    }
}

#[tokio::test]
async fn a_name_with_private_addresses_only_is_not_connected_to() {
    let found = PublicOnly.resolve("localhost".parse().unwrap()).await;
    assert!(found.is_err_and(|error| error.is::<NotPublic>()));
}
