use super::*;

fn error(arguments: &[&str]) -> String {
    let arguments = ["bellwire"].iter().chain(arguments);
    match Args::try_parse_from(arguments) {
        Ok(_) => panic!("an error is expected"),
        Err(error) => without_values(error).to_string(),
    }
}

#[test]
fn an_error_of_the_command_line_repeats_no_value_that_was_given() {
    let wrong: [&[&str]; 7] = [
        &["secret", "set", "ops", "canary"],
        &["secret", "set", "ops", "--ghp_canary0123456789ABCDEFabcdef01"],
        &["feed", "add", "http://a.example/", "--id", "Bearer canary"],
        &["feed", "add", "http://a.example/", "--set", "canary"],
        &["watch", "http://a.example/", "--idle", "canary"],
        &["watch", "http://a.example/", "--format", "canary"],
        &["watch", "http://a.example/", "--header=X-Key: a", "canary"],
    ];
    for arguments in wrong {
        let message = error(arguments);
        assert!(!message.contains("canary") && message.contains("(hidden)"), "{arguments:?}: {message}");
    }
}

#[test]
fn an_error_of_the_command_line_names_the_option_or_argument() {
    assert!(error(&["watch", "http://a.example/", "--lifecycel"]).contains("'--lifecycel'"));
    assert!(error(&["watch", "http://a.example/", "--idle", "x"]).contains("--idle <DURATION>"));
    assert!(error(&["secret", "set"]).contains("<NAME>"));
}
