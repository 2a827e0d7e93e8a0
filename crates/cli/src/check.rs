//! `bellwire check`: what is wrong with `config.toml`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bellwire_engine::Home;
use bellwire_engine::config::{Config, ConfigFile};

use crate::exit::{Exit, Failure};
use crate::print;

pub fn run(home: Option<&Path>) -> Result<Exit, Failure> {
    let (path, text) = read(home)?;
    match ConfigFile::at(&path).parse(&text).and_then(|config| config.check_files().map(|()| config)) {
        Ok(config) => {
            let rules: usize = config.feeds.iter().map(|feed| feed.rules.len()).sum();
            print::note(&format!("{} is well: {} feeds, {rules} rules", path.display(), config.feeds.len()));
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

/// The names of all secrets that the configuration uses.
pub fn secret_names(home: Option<&Path>) -> Result<BTreeSet<String>, Failure> {
    let config = load(home)?;
    let auths = config.feeds.iter().filter_map(|feed| feed.auth.as_ref());
    Ok(auths.map(|auth| auth.secret_name().to_owned()).collect())
}

/// The configuration, or a failure that names each problem.
pub fn load(home: Option<&Path>) -> Result<Config, Failure> {
    let (path, text) = read(home)?;
    ConfigFile::at(&path)
        .parse(&text)
        .map_err(|error| Failure::usage(format!("{} has problems:\n{error}", path.display())))
}

fn read(home: Option<&Path>) -> Result<(PathBuf, String), Failure> {
    let home = Home::resolve(home).map_err(Failure::usage)?;
    let path = home.config_path().to_owned();
    let text = ConfigFile::at(&path).read();
    let text = text.map_err(|error| Failure::failed(format!("cannot read {}: {error}", path.display())))?;
    Ok((path, text))
}
