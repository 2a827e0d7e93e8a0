use super::*;

fn words<'a>(command: &'a [&str]) -> Vec<&'a str> {
    command.to_vec()
}

#[test]
fn closing_lines_add_up_and_nothing_else_counts() {
    let mut counts = Counts::default();
    for line in [
        "test result: ok. 8 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.13s",
        "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s",
        "test one ... ok",
        "9 passed; 9 failed",
    ] {
        counts.add(line);
    }
    assert_eq!(counts, Counts { passed: 11, failed: 2 });
}

#[test]
fn an_unknown_suite_is_refused_with_all_names() {
    let message = Request::parse(&["engine", "egnine"]).unwrap_err();
    assert!(message.starts_with("egnine is not a suite"), "{message}");
    for suite in SUITES {
        assert!(message.contains(&format!("\n  {} ", suite.name)), "{message}");
    }
}

#[test]
fn every_suite_of_the_tests_manifest_is_listed() {
    let manifest = std::fs::read_to_string(step::workspace_dir().join("tests/Cargo.toml")).unwrap();
    let names = manifest.split("[[test]]\nname = \"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut in_manifest: Vec<&str> = names.chain([suites::UNITS, suites::WINDOW]).collect();
    let mut listed: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
    in_manifest.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, in_manifest);
}

#[test]
fn words_after_two_dashes_go_to_the_harness() {
    let request = Request::parse(&["network", "engine", "--", "overlap", "--nocapture"]).unwrap();
    let expected = [
        "test",
        "--locked",
        "--package",
        "bellwire-tests",
        "--test",
        "engine",
        "--test",
        "network",
        "--",
        "overlap",
        "--nocapture",
    ];
    assert_eq!(request.cargo_commands(), [words(&expected)]);
}

#[test]
fn units_leave_out_the_suites_and_the_window_needs_no_cargo() {
    let units = ["test", "--locked", "--workspace", "--exclude", "bellwire-tests"];
    assert_eq!(Request::parse(&["units", "window"]).unwrap().cargo_commands(), [words(&units)]);
    assert!(Request::parse(&["window"]).unwrap().cargo_commands().is_empty());
}

#[test]
fn no_name_means_everything_in_one_run() {
    let request = Request::parse(&[]).unwrap();
    assert_eq!(request.suites.len(), SUITES.len());
    assert_eq!(request.cargo_commands(), [words(&["test", "--locked", "--workspace"])]);
    assert_eq!(request.build_command().unwrap(), ["build", "--locked", "--workspace", "--bins"]);
}

#[test]
fn only_the_programs_that_a_suite_drives_are_built() {
    let build = |names: &[&'static str]| Request::parse(names).unwrap().build_command();
    assert_eq!(build(&["engine", "conformance"]), None);
    let expected = [
        "build",
        "--locked",
        "--package",
        "bellwire-cli",
        "--package",
        "bellwire-tests",
        "--bin",
        "bellwire",
        "--bin",
        "crash-point",
    ];
    assert_eq!(build(&["network", "crash"]).unwrap(), expected);
}
