//! Reading `config.toml`: every problem with its line and column.

use std::path::Path;

use super::file::{Config, File};
use super::keys;
use super::problem::ConfigError;
use super::reading::Reading;

/// Reads and checks a whole configuration. An empty text is one without feeds. A relative path in it starts at the
/// working folder.
///
/// # Errors
///
/// All problems found. A value of the wrong kind, such as a number where a text is expected, ends the check of values,
/// so that later ones may be missing.
pub fn parse(text: &str) -> Result<Config, ConfigError> {
    parse_in(Path::new(""), text)
}

/// Reads and checks a configuration whose file is in this folder: a relative path in it starts there. The files that it
/// names are read but not checked; [`Config::check_files`] does that.
///
/// # Errors
///
/// As for [`parse`].
pub(super) fn parse_in(dir: &Path, text: &str) -> Result<Config, ConfigError> {
    let mut reading = Reading::new(dir, text);
    for (span, message) in keys::unknown(text) {
        reading.report(span, message);
    }
    let config = match toml::from_str::<File>(text) {
        Ok(file) => file.read(&mut reading),
        Err(error) => {
            reading.report(error.span().unwrap_or(0..0), unreadable(error.message()));
            Config::default()
        }
    };
    reading.finish().map(|()| config)
}

/// Returns the message about a text that cannot be read. It names the kind of a value of the wrong kind but does not
/// quote the value, which may be a secret: a token where its name belongs.
fn unreadable(message: &str) -> String {
    let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|kinds| kinds.rsplit_once(", expected "))
    else {
        return message.to_owned();
    };
    let kind = found.split(['`', '"']).next().unwrap_or_default().trim_end();
    format!("expected {}, found {}", in_toml(expected), in_toml(kind))
}

/// Returns TOML's word for a kind of value that serde names.
fn in_toml(kind: &str) -> &str {
    match kind {
        "i64" => "a whole number",
        "integer" => "a number",
        "floating point" => "a number with a fraction",
        "a sequence" | "sequence" => "a list",
        "map" => "a table",
        "string" => "a string",
        "boolean" => "a boolean",
        other => other,
    }
}

#[cfg(test)]
mod tests;
