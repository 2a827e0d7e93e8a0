//! The page docs/servers.md: a table of servers that run in the tests, and a section with services that are played.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// If this variable is set, rows and cells are written instead of compared.
pub const WRITE: &str = "BELLWIRE_WRITE_SERVERS";

/// The heading of the section with services.
const HEADING: &str = "## Services\n";

const INTRODUCTION: &str = "
The presets, each played from what the service is documented to send (`tests/presets`): it loses a connection, and
Bellwire is restarted, with two events published in each of the times between. *0 lost, 0 doubled* and *gap row* say what
the log then shows. `BELLWIRE_WRITE_SERVERS=1 cargo test -p bellwire-tests --test engine presets` writes this section; a
test fails where its row differs.

| scenario | what notifies | resumes by | after a cut and a restart | built from | not confirmed |
|---|---|---|---|---|---|
";

/// Returns the page.
pub fn read() -> String {
    fs::read_to_string(path()).unwrap_or_default()
}

/// Replaces the page by what `change` makes of it. The file is locked, because tests run at the same time, some in other
/// processes.
pub fn change(change: impl FnOnce(&str) -> String) {
    let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path()).unwrap();
    file.lock().unwrap();
    let mut page = String::new();
    file.read_to_string(&mut page).unwrap();
    let page = change(&page);
    file.set_len(0).unwrap();
    file.rewind().unwrap();
    file.write_all(page.as_bytes()).unwrap();
}

/// Splits a page into what is before the section with services, and that section; it may be empty.
pub fn split(page: &str) -> (&str, &str) {
    page.split_at(page.find(HEADING).unwrap_or(page.len()))
}

/// Returns the names of the rows of the section with services.
pub fn services() -> Vec<String> {
    rows(split(&read()).1).into_keys().collect()
}

/// Compares the row of a service, or writes it if [`WRITE`] is set. Panics if the page has another.
pub fn compare_service(name: &str, row: &str) {
    if std::env::var_os(WRITE).is_none() {
        let page = read();
        let rows = rows(split(&page).1);
        let written = rows.get(name).map(String::as_str);
        assert_eq!(written, Some(row), "docs/servers.md differs; {WRITE}=1 writes the results of the tests");
        return;
    }
    change(|page| {
        let (servers, section) = split(page);
        let mut rows = rows(section);
        rows.insert(name.to_owned(), row.to_owned());
        let rows: String = rows.into_values().map(|row| row + "\n").collect();
        format!("{}\n\n{HEADING}{INTRODUCTION}{rows}", servers.trim_end())
    });
}

fn rows(section: &str) -> BTreeMap<String, String> {
    let table = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| scenario |"));
    table.map(|row| (row[2..].split(' ').next().unwrap_or_default().to_owned(), row.to_owned())).collect()
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/servers.md")
}
