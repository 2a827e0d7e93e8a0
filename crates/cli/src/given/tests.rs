use super::*;

#[test]
fn a_file_is_taken_as_it_is_and_only_after_an_at_sign() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("body.json");
    std::fs::write(&path, b"{\r\n\xff}\n\n").unwrap();
    let at = format!("@{}", path.display());
    assert_eq!(bytes("--body", &at, 100).unwrap(), b"{\r\n\xff}\n\n");
    assert_eq!(bytes("--body", &at[1..], 100).unwrap(), at.as_bytes()[1..]);
}

#[test]
fn a_file_over_the_limit_or_that_is_not_there_is_refused_and_not_cut() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s3cret");
    std::fs::write(&path, "x".repeat(1025)).unwrap();
    let at = format!("@{}", path.display());
    assert_eq!(bytes("--body", &at, 1025).unwrap().len(), 1025);
    assert!(bytes("--body", &at, 1024).is_err());
    for missing in ["@", "@/nowhere/file"] {
        let failure = bytes("--body", missing, 1024).unwrap_err();
        assert!(failure.message.contains("for --body"), "{}", failure.message);
    }
}
