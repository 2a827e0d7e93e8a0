//! Unknown keys of the file, at any depth. The known ones are the fields of [`File`] and of what it holds.

use std::ops::Range;
use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use super::file::File;
use crate::secrets::quotable;

/// Returns the unknown keys of a text, with their places; none where it is not TOML.
pub(super) fn unknown(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    if let Ok(file) = DeTable::parse(text) {
        find_in_table(file.get_ref(), &SCHEMA, &mut found);
    }
    found
}

/// The JSON Schema of the file: its keys in the order of their declaration, each with its documentation.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let settings = SchemaSettings::default().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<File>().to_value()
});

/// Returns the keys of a table; `None` where a person chooses them, or where it is not a table.
fn keys(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties")?.as_object()
}

fn find(value: &DeValue<'_>, schema: &Value, found: &mut Vec<(Range<usize>, String)>) {
    if let Some(alternatives) = schema.get("anyOf").and_then(Value::as_array) {
        alternatives.iter().for_each(|schema| find(value, schema, found));
        return;
    }
    match (value, schema.get("items")) {
        (DeValue::Table(table), _) => find_in_table(table, schema, found),
        (DeValue::Array(entries), Some(schema)) => {
            entries.iter().for_each(|entry| find(entry.get_ref(), schema, found));
        }
        // A value of the wrong kind is reported by the reader of that key.
        _ => {}
    }
}

fn find_in_table(table: &DeTable<'_>, schema: &Value, found: &mut Vec<(Range<usize>, String)>) {
    let Some(known) = keys(schema) else { return };
    for (key, value) in table {
        let name: &str = key.get_ref();
        if let Some(schema) = known.get(name) {
            find(value.get_ref(), schema, found);
        } else {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            found.push((
                key.span(),
                format!("unknown key {}; the keys here are {}", quotable(name), names.join(", ")),
            ));
        }
    }
}

#[cfg(test)]
mod tests;
