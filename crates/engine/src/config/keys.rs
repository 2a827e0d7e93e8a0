//! Which keys the file may have: every unknown one is reported, at any depth.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// What may stand under a key.
enum Under {
    /// A value, or a table whose keys a person chooses.
    Anything,
    /// A table with these keys.
    Table(Keys),
    /// Tables with these keys.
    Tables(Keys),
}

type Keys = &'static [(&'static str, Under)];

use Under::{Anything, Table, Tables};

const FILE: Keys = &[
    ("version", Anything),
    ("app", Table(&[("language", Anything), ("theme", Anything), ("close_to_tray", Anything)])),
    ("notifications", Table(&[("burst", Anything), ("per", Anything)])),
    ("retention", Table(&[("max_age", Anything), ("max_events", Anything)])),
    ("feed", Tables(FEED)),
];

const FEED: Keys = &[
    ("id", Anything),
    ("name", Anything),
    ("url", Anything),
    ("enabled", Anything),
    ("auth", Table(&[("type", Anything), ("user", Anything), ("secret", Anything)])),
    ("allow_insecure_auth", Anything),
    ("headers", Anything),
    ("method", Anything),
    ("body", Anything),
    ("resume", Anything),
    ("ca_file", Anything),
    ("proxy", Anything),
    ("idle_timeout", Anything),
    ("max_event", Anything),
    ("severity", Anything),
    ("rule", Tables(&[("name", Anything), ("event", Anything), ("notify", Anything)])),
];

/// The unknown keys of a file, with their places; none where it is not TOML at all.
pub(crate) fn unknown(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    if let Ok(file) = DeTable::parse(text) {
        look(file.get_ref(), FILE, &mut found);
    }
    found
}

fn look(table: &DeTable<'_>, keys: Keys, found: &mut Vec<(Range<usize>, String)>) {
    for (key, value) in table {
        let name: &str = key.get_ref();
        let known = keys.iter().find(|(known, _)| *known == name);
        match (known.map(|(_, under)| under), value.get_ref()) {
            (None, _) => {
                let names: Vec<&str> = keys.iter().map(|(known, _)| *known).collect();
                found.push((
                    key.span(),
                    format!("unknown key {name}; the keys here are {}", names.join(", ")),
                ));
            }
            (Some(Table(keys)), DeValue::Table(table)) => look(table, keys, found),
            (Some(Tables(keys)), DeValue::Array(tables)) => {
                for table in tables.iter().filter_map(|entry| entry.get_ref().as_table()) {
                    look(table, keys, found);
                }
            }
            // A value of the wrong kind is reported by the reader of that key.
            (Some(_), _) => {}
        }
    }
}
