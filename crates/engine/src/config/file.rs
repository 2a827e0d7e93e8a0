//! The whole file: its tables, and the configuration that they make.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::app::{AppSettings, AppTable};
use super::feed::FeedConfig;
use super::feed_table::FeedTable;
use super::notifications::{FloodLimit, NotificationsTable};
use super::problem::{ConfigError, ConfigProblem};
use super::reading::{Placed, Reading};
use super::retention::{Retention, RetentionTable};
use crate::secrets::quotable;

/// A checked configuration.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Config {
    /// Settings of window, tray and command line.
    pub app: AppSettings,
    /// When a feed's notifications become one that counts.
    pub flood: FloodLimit,
    /// How much of the log is kept.
    pub retention: Retention,
    /// The feeds, in the order of the file.
    pub feeds: Vec<FeedConfig>,
}

impl Config {
    /// Checks the files that the configuration names, as they were when it was read.
    ///
    /// # Errors
    ///
    /// A problem for each file that cannot be used, at the place of the key that names it.
    pub fn check_files(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        for file in self.feeds.iter().filter_map(|feed| feed.ca_file.as_ref()) {
            if let Err(error) = file.check() {
                let (line, column) = file.place();
                problems.push(ConfigProblem { line, column, message: error.to_string() });
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(ConfigError { problems }) }
    }

    /// Returns whether the configuration names other files, so that it may change while its own text does not.
    pub(crate) fn names_files(&self) -> bool {
        self.feeds.iter().any(|feed| feed.ca_file.is_some())
    }
}

/// The keys at the top of `config.toml`.
#[derive(Deserialize, JsonSchema)]
pub(super) struct File {
    /// The version of the file's format. Default: `1`.
    version: Option<Placed<i64>>,
    /// Settings of window, tray and command line.
    #[serde(default)]
    app: AppTable,
    /// The flood limit of each feed.
    #[serde(default)]
    notifications: NotificationsTable,
    /// How much the log keeps.
    #[serde(default)]
    retention: RetentionTable,
    /// The feeds, one table each.
    #[serde(default)]
    feed: Vec<FeedTable>,
}

impl File {
    /// Checks the values and fills in the defaults.
    pub(super) fn read(self, reading: &mut Reading<'_>) -> Config {
        reading.value(self.version, version);
        let app = self.app.read(reading);
        let flood = self.notifications.read(reading);
        let retention = self.retention.read(reading);
        let mut ids = HashSet::new();
        let mut feeds = Vec::new();
        for table in self.feed {
            let span = table.id.span();
            let Some(feed) = table.read(reading) else { continue };
            if !ids.insert(feed.id.clone()) {
                reading.report(
                    span,
                    format!("the id {} is used twice; give one feed another", quotable(feed.id.as_str())),
                );
            }
            feeds.push(feed);
        }
        Config { app, flood, retention, feeds }
    }
}

fn version(number: i64) -> Result<(), &'static str> {
    if number != 1 {
        return Err("this program reads version 1; a newer Bellwire wrote this file");
    }
    Ok(())
}
