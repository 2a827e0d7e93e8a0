use super::*;

#[test]
fn a_name_is_not_taken_for_a_secret() {
    let names = [
        "ops",
        "a",
        "home-assistant",
        "home_assistant.living-room",
        "api-ops",
        "sk-test",
        "tk_home",
        "PocketBase orders",
        "ann@example.org",
        "raspberrypi4livingroom",
        "Rack2Unit4Door7",
        "MyHomeAssistantToken",
        "运维告警",
        "stellar-horizon-2026-11-26",
        "127-0-0-1-18431",
        "wikimedia-eventstreams-recentchange",
        "example-com-8443",
        "deadbeef",
        "token",
    ];
    for name in names {
        assert!(!looks_like_a_secret(name), "{name}");
    }
}

#[test]
fn a_secret_is_not_taken_for_a_name() {
    let secrets = [
        "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl",
        "sk-proj-abcdefghijklmnopqrstuvwx",
        "ghp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJ",
        "sdk-3b5b9f4c-1d2e-4f5a-8b6c-7d8e9f0a1b2c",
        "3b5b9f4c-1d2e-4f5a-8b6c-7d8e9f0a1b2c",
        "9f86d081884c7d659a2feaa0c55ad015",
        "xVLyHw.abcdef:s3cretpart",
        "YW5uOnMzY3JldA==",
        "hunter2!",
        "a/b+c",
        "Bearer abc",
        "basic dXNlcg",
        "k3Jx9Qm2Lp7Z",
        "aBcDeFgHiJkLmNoP",
        "123456789012",
        "1a2b3c4d5e6f7a8b",
        "session=abc",
        "xq8kd02mfjw93nsl4pwo",
        "z8QYkqk6lFqNlXW-eAhfDdNaTxJ2rB0wVbU1pS5c",
    ];
    for secret in secrets {
        assert!(looks_like_a_secret(secret), "{secret}");
    }
    assert!(looks_like_a_secret(&"word-".repeat(13)));
}
