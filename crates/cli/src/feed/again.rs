//! The commands that a person is to give after one that lacked a secret.

use std::path::Path;

use crate::args::AddOptions;
use crate::exit::printable;
use crate::text::quoted;

/// A `feed add` as it was given, without its sign-in.
pub struct Again {
    command: String,
}

impl Again {
    /// Takes over what a person gave. An address that may hold a secret is left out.
    pub fn of(home: Option<&Path>, options: &AddOptions) -> Self {
        let mut words: Vec<String> = vec!["bellwire".into()];
        if let Some(home) = home {
            words.extend(["--home".into(), quoted(&home.to_string_lossy())]);
        }
        words.extend(["feed".into(), "add".into()]);
        words.push(if printable(&options.url) == options.url { quoted(&options.url) } else { "…".into() });
        let valued = [
            ("--id", options.id.as_ref().map(ToString::to_string)),
            ("--name", options.name.clone()),
            ("--preset", options.preset.clone()),
        ];
        for (option, value) in valued {
            words.extend(value.into_iter().flat_map(|value| [option.to_owned(), quoted(&value)]));
        }
        for (key, answer) in &options.set {
            words.extend(["--set".into(), quoted(&format!("{key}={answer}"))]);
        }
        for event_type in &options.notify {
            words.extend(["--notify".into(), quoted(event_type)]);
        }
        for (option, is_given) in [("--no-check", options.no_check), ("--log-only", options.log_only)] {
            words.extend(is_given.then(|| option.to_owned()));
        }
        Self { command: words.join(" ") }
    }

    /// Returns the commands that store secrets under these names and add the feed with them, one a line.
    pub fn with(&self, sign_in: &str, names: &[&str]) -> String {
        let stores = names.iter().map(|name| format!("  bellwire secret set {}", quoted(name)));
        let lines = stores.chain([format!("  {} {sign_in}", self.command)]);
        lines.collect::<Vec<_>>().join("\n")
    }
}
