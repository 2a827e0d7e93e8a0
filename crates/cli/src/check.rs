//! `bellwire check`: reports the problems of `config.toml`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bellwire_engine::Home;
use bellwire_engine::config::{Config, ConfigFile, secret_parameter};
use bellwire_engine::secrets::quotable;

use crate::exit::{Exit, Failure};
use crate::print;
use crate::text;

pub fn run(home: Option<&Path>) -> Result<Exit, Failure> {
    let (path, text) = read(home)?;
    for dir in Home::resolve(home).map_err(Failure::usage)?.shared_folders() {
        let dir = dir.display();
        print::note(&format!(
            "warning: other users may replace files in {dir}; take the right to write away"
        ));
    }
    match ConfigFile::at(&path).parse(&text).and_then(|config| config.check_files().map(|()| config)) {
        Ok(config) => {
            warn_of_readers(&path, &config);
            let rules: usize = config.feeds.iter().map(|feed| feed.rules.len()).sum();
            let (feeds, rules) = (text::count(config.feeds.len(), "feed"), text::count(rules, "rule"));
            print::note(&format!("{} is valid: {feeds}, {rules}", path.display()));
            Ok(Exit::Satisfied)
        }
        Err(error) => {
            for problem in &error.problems {
                let line =
                    format!("{}:{}:{}: {}", path.display(), problem.line, problem.column, problem.message);
                if print::line(&line).is_err() {
                    break;
                }
            }
            Ok(Exit::Usage)
        }
    }
}

/// Prints which feeds have a header or an address that may hold a secret, where others may read the file.
#[cfg(unix)]
fn warn_of_readers(path: &Path, config: &Config) {
    use std::os::unix::fs::PermissionsExt;

    const OTHERS_READ: u32 = 0o044;
    let is_read_by_others =
        std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & OTHERS_READ != 0);
    for feed in config.feeds.iter().filter(|_| is_read_by_others) {
        let own = feed.headers.iter();
        let subscribe = feed.subscribe.iter().flat_map(|subscribe| &subscribe.headers);
        let header = own.chain(subscribe).find(|header| header.may_hold_a_secret());
        let header = header.map(|header| format!("the header {}", quotable(&header.name)));
        let parameter = secret_parameter(&feed.url).map(|name| format!("the parameter {}", quotable(&name)));
        if let Some(exposed) = header.or(parameter) {
            print::note(&format!(
                "warning: other users may read {}, and {exposed} of the feed {} may be a secret; take the right to read \
                 away, or use auth and the keychain",
                path.display(),
                feed.id
            ));
        }
    }
}

/// Prints nothing: who may read a file is not looked up on this system.
#[cfg(not(unix))]
fn warn_of_readers(_path: &Path, _config: &Config) {}

/// Returns the names of all secrets that the configuration uses.
///
/// # Errors
///
/// As for [`load`].
pub fn secret_names(home: Option<&Path>) -> Result<BTreeSet<String>, Failure> {
    let config = load(home)?;
    let parts = config.feeds.iter().flat_map(|feed| &feed.auth);
    Ok(parts.map(|auth| auth.secret_name().to_owned()).collect())
}

/// Returns the configuration.
///
/// # Errors
///
/// When the file cannot be read, or has problems; the message names each of them.
pub fn load(home: Option<&Path>) -> Result<Config, Failure> {
    let (path, text) = read(home)?;
    ConfigFile::at(&path).parse(&text).map_err(|error| {
        Failure::usage(format!("{} has problems; correct them and try again:\n{error}", path.display()))
    })
}

fn read(home: Option<&Path>) -> Result<(PathBuf, String), Failure> {
    let home = Home::resolve(home).map_err(Failure::usage)?;
    let path = home.config_path().to_owned();
    let text = ConfigFile::at(&path).read();
    let text = text.map_err(|error| Failure::failed(format!("cannot read {}: {error}", path.display())))?;
    Ok((path, text))
}
