//! The section *Services* of docs/servers.md. Each row holds what a preset says and what a test saw; the test fails where
//! the row differs.
//!
//! `BELLWIRE_WRITE_SERVERS=1 cargo test -p bellwire-tests --test engine presets` writes the rows instead.

use bellwire_engine::config::Resume;
use bellwire_engine::presets::Preset;
use bellwire_tests::support::scenario::Scenario;
use bellwire_tests::support::servers_page as page;

/// Compares a scenario's row. Panics if the page has another.
pub fn saw(name: &str, preset: &Preset, resume: &Resume, after_cut: &str) {
    let resumes = match resume {
        Resume::LastEventId => "`Last-Event-ID`".to_owned(),
        Resume::Query { name, .. } => format!("`{name}`"),
        Resume::Off => "–".to_owned(),
    };
    let unconfirmed = if preset.unconfirmed.is_empty() { "–".into() } else { preset.unconfirmed.join(" ") };
    let cells = [name, &preset.about.en, &resumes, after_cut, &preset.facts.join("; "), &unconfirmed];
    let row = format!("| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    page::compare_service(name, &row);
}

#[test]
fn the_page_of_servers_has_a_row_for_each_scenario() {
    assert_eq!(page::services(), Scenario::names());
}
