//! Changes of `config.toml` by the program: comments and order stay, the file is never half written.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};
use url::Url;

use super::auth::Auth;
use super::feed::FeedConfig;
use super::file::Config;
use super::load::{parse, parse_in};
use super::naming::public_url;
use super::pattern::Pattern;
use super::problem::ConfigError;
use super::rule::Rule;
use crate::event::{FeedId, Severity};
use crate::files;

/// A feed to be added to the file. `Debug` prints its names, and neither its whole address nor its keys.
#[derive(Clone)]
pub struct NewFeed {
    /// The id; must be free.
    pub id: FeedId,
    /// Its name for people.
    pub name: String,
    /// Its address.
    pub url: Url,
    /// How it signs in; the secrets themselves are already in the keychain.
    pub auth: Vec<Auth>,
    /// Event types by severity; all others are [`Severity::Info`].
    pub severity: Vec<(Severity, Vec<String>)>,
    /// Its rules. They come before those among the keys.
    pub rules: Vec<Rule>,
    /// Further keys, such as those of a preset.
    pub keys: Table,
}

impl fmt::Debug for NewFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("NewFeed");
        shown.field("id", &self.id).field("name", &self.name).field("url", &public_url(&self.url));
        shown.field("auth", &self.auth).finish_non_exhaustive()
    }
}

impl NewFeed {
    /// Returns the feed's configuration, as the file will hold it.
    ///
    /// # Errors
    ///
    /// [`EditError::Keys`].
    pub fn config(&self) -> Result<FeedConfig, EditError> {
        let mut document = DocumentMut::new();
        document["feed"] = Item::ArrayOfTables(std::iter::once(feed_table(self)).collect());
        let keys = |source| EditError::Keys { id: self.id.clone(), source };
        let config = parse(&document.to_string()).map_err(keys)?;
        config.feeds.into_iter().next().ok_or_else(|| keys(ConfigError { problems: Vec::new() }))
    }
}

/// Why the file was not changed. Its content is as before.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The file has problems, or the change would give it some.
    #[error("{} has a problem; correct it first: {source}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The problems.
        source: ConfigError,
    },
    /// The file cannot be read or written.
    #[error("cannot write {}: {source}; check that the folder is yours and the disk has room", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// No feed has this id.
    #[error("there is no feed named {0}; `bellwire feed list` shows them")]
    NoSuchFeed(FeedId),
    /// A feed has this id already.
    #[error("there is a feed named {0} already; choose another id")]
    Taken(FeedId),
    /// The feed's keys have problems.
    #[error("the feed {id} cannot be added: {source}; correct what was given for it")]
    Keys {
        /// The feed.
        id: FeedId,
        /// The problems, with their places in a file that has only this feed.
        source: ConfigError,
    },
    /// The preset cannot be applied.
    #[error(transparent)]
    Preset(#[from] crate::presets::PresetError),
    /// The text is not an address of a feed.
    #[error("{0}")]
    Url(&'static str),
    /// A feed cannot sign in like this.
    #[error("{0}")]
    Auth(String),
    /// The feed signs in without a secret of this name.
    #[error("the feed has no secret named {0}; its auth in config.toml may have been changed")]
    NoSuchSecret(String),
    /// The feeds are written as one inline array, where they cannot be edited one by one.
    #[error("{} lists its feeds inside brackets; write each as [[feed]] so that they can be changed here", .0.display())]
    Inline(PathBuf),
    /// The keychain did not store or delete the secret.
    #[error(transparent)]
    Secret(#[from] crate::secrets::SecretError),
    /// The secret or its name cannot be stored.
    #[error(transparent)]
    Unusable(#[from] crate::secrets::Unusable),
}

/// The file of one home.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    path: PathBuf,
}

impl ConfigFile {
    /// Returns the file at this path; it need not exist.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Returns the text; empty when there is no file.
    ///
    /// # Errors
    ///
    /// The system's error; or that the file is not regular, larger than 8 MiB, or not UTF-8.
    pub fn read(&self) -> io::Result<String> {
        match files::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            read => String::from_utf8(read?).map_err(|_| io::Error::other("it is not text in UTF-8")),
        }
    }

    /// Parses a text as if it were the content of this file: a relative path in it starts at the file's folder.
    ///
    /// # Errors
    ///
    /// All problems found, as for [`parse`](super::parse).
    pub fn parse(&self, text: &str) -> Result<Config, ConfigError> {
        parse_in(self.path.parent().unwrap_or(Path::new("")), text)
    }

    /// Waits until no other process changes the file, and returns the right to change it.
    ///
    /// # Errors
    ///
    /// [`EditError::Io`].
    pub fn turn(&self) -> Result<Turn, EditError> {
        let lock = || {
            let file = files::own(&self.path.with_file_name(".config.lock"))?;
            file.lock()?;
            Ok(file)
        };
        let lock = lock().map_err(|source| EditError::Io { path: self.path.clone(), source })?;
        Ok(Turn { file: self.clone(), _lock: lock })
    }
}

/// The right to change the file. Dropping it lets the next one change the file.
#[derive(Debug)]
pub struct Turn {
    file: ConfigFile,
    _lock: fs::File,
}

impl Turn {
    /// Returns the configuration as it is now. A person's editor, which takes no turn, may change it.
    ///
    /// # Errors
    ///
    /// [`EditError::Broken`], [`EditError::Io`].
    pub fn config(&self) -> Result<Config, EditError> {
        self.read().map(|(_, config)| config)
    }

    /// Adds feeds at the end of the file: all of them, or none. Returns the changed configuration.
    ///
    /// # Errors
    ///
    /// [`EditError::Taken`] for an id that a feed has, [`EditError::Keys`], [`EditError::Inline`], [`EditError::Broken`],
    /// [`EditError::Io`].
    pub fn add(&self, feeds: &[NewFeed]) -> Result<Config, EditError> {
        self.edit(|document, config| {
            for feed in feeds {
                if config.feeds.iter().any(|f| f.id == feed.id) {
                    return Err(EditError::Taken(feed.id.clone()));
                }
                feed.config()?;
                self.tables(document)?.push(feed_table(feed));
            }
            Ok(())
        })
    }

    /// Removes a feed. Returns the changed configuration.
    ///
    /// # Errors
    ///
    /// [`EditError::NoSuchFeed`], [`EditError::Inline`], [`EditError::Broken`], [`EditError::Io`].
    pub fn remove(&self, id: &FeedId) -> Result<Config, EditError> {
        self.edit(|document, _| {
            let tables = self.tables(document)?;
            let place = place_of(tables, id)?;
            tables.remove(place);
            Ok(())
        })
    }

    /// Switches a feed on or off. Returns the changed configuration.
    ///
    /// # Errors
    ///
    /// As for [`Turn::remove`].
    pub fn set_enabled(&self, id: &FeedId, on: bool) -> Result<Config, EditError> {
        self.edit(|document, _| {
            let table = self.table(document, id)?;
            if on {
                table.remove("enabled");
            } else {
                table["enabled"] = value(false);
            }
            Ok(())
        })
    }

    /// Sets how a feed signs in, in place of what it had. Returns the changed configuration.
    ///
    /// # Errors
    ///
    /// As for [`Turn::remove`].
    pub fn set_auth(&self, id: &FeedId, auth: &Auth) -> Result<Config, EditError> {
        self.edit(|document, _| {
            self.table(document, id)?["auth"] = value(auth_table(auth));
            Ok(())
        })
    }

    fn edit(
        &self,
        change: impl FnOnce(&mut DocumentMut, &Config) -> Result<(), EditError>,
    ) -> Result<Config, EditError> {
        let (text, config) = self.read()?;
        // What `parse` accepts is TOML, so the second reading cannot fail; should it, the file stays as it is.
        let mut document: DocumentMut =
            text.parse().map_err(|_| self.broken(ConfigError { problems: Vec::new() }))?;
        if document.get("version").is_none() {
            document.insert("version", value(1));
        }
        change(&mut document, &config)?;
        let text = document.to_string();
        let config = self.file.parse(&text).map_err(|source| self.broken(source))?;
        write_atomically(&self.file.path, &text).map_err(|source| self.failed(source))?;
        Ok(config)
    }

    fn read(&self) -> Result<(String, Config), EditError> {
        let text = self.file.read().map_err(|source| self.failed(source))?;
        let config = self.file.parse(&text).map_err(|source| self.broken(source))?;
        Ok((text, config))
    }

    fn broken(&self, source: ConfigError) -> EditError {
        EditError::Broken { path: self.file.path.clone(), source }
    }

    fn failed(&self, source: io::Error) -> EditError {
        EditError::Io { path: self.file.path.clone(), source }
    }

    fn tables<'d>(&self, document: &'d mut DocumentMut) -> Result<&'d mut ArrayOfTables, EditError> {
        let item = document.entry("feed").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        item.as_array_of_tables_mut().ok_or_else(|| EditError::Inline(self.file.path.clone()))
    }

    fn table<'d>(&self, document: &'d mut DocumentMut, id: &FeedId) -> Result<&'d mut Table, EditError> {
        let tables = self.tables(document)?;
        let place = place_of(tables, id)?;
        tables.get_mut(place).ok_or_else(|| EditError::NoSuchFeed(id.clone()))
    }
}

fn place_of(tables: &ArrayOfTables, id: &FeedId) -> Result<usize, EditError> {
    let is_it = |table: &Table| table.get("id").and_then(Item::as_str) == Some(id.as_str());
    tables.iter().position(is_it).ok_or_else(|| EditError::NoSuchFeed(id.clone()))
}

fn feed_table(feed: &NewFeed) -> Table {
    let mut table = Table::new();
    table["id"] = value(feed.id.as_str());
    table["name"] = value(&feed.name);
    table["url"] = value(feed.url.as_str());
    match feed.auth.as_slice() {
        [] => {}
        [auth] => table["auth"] = value(auth_table(auth)),
        parts => table["auth"] = value(toml_edit::Array::from_iter(parts.iter().map(auth_table))),
    }
    for (key, item) in feed.keys.iter() {
        match feed.keys.key(key) {
            Some(key) => table.insert_formatted(key, item.clone()),
            None => table.insert(key, item.clone()),
        };
    }
    if !feed.severity.is_empty() {
        let mut levels = InlineTable::new();
        for (severity, events) in &feed.severity {
            levels.insert(severity.code(), toml_edit::Value::from_iter(events));
        }
        table["severity"] = value(levels);
    }
    if !feed.rules.is_empty() {
        let own = feed.keys.get("rule").and_then(Item::as_array_of_tables);
        let rules = feed.rules.iter().map(rule_table).chain(own.into_iter().flatten().cloned());
        table["rule"] = Item::ArrayOfTables(rules.collect());
    }
    table
}

fn rule_table(rule: &Rule) -> Table {
    let mut table = Table::new();
    if let Some(name) = &rule.name {
        table["name"] = value(name);
    }
    match rule.events.as_slice() {
        [] => {}
        [event] => table["event"] = value(event.as_str()),
        events => table["event"] = value(toml_edit::Array::from_iter(events.iter().map(Pattern::as_str))),
    }
    if let Some(when) = &rule.when {
        table["when"] = value(when.as_str());
    }
    table["notify"] = value(rule.notify);
    if let Some(severity) = &rule.severity {
        table["severity"] = value(severity.as_str());
    }
    for (key, template) in [("title", &rule.title), ("body", &rule.body), ("link", &rule.link)] {
        if let Some(template) = template {
            table[key] = value(template.as_str());
        }
    }
    table
}

fn auth_table(auth: &Auth) -> InlineTable {
    let (user, name) = match auth {
        Auth::Bearer { .. } => (None, None),
        Auth::Basic { user, .. } => (Some(user), None),
        Auth::Header { name, .. } | Auth::Query { name, .. } | Auth::Cookie { name, .. } => {
            (None, Some(name))
        }
    };
    let mut table = InlineTable::new();
    table.insert("type", auth.type_word().into());
    for (key, text) in [("user", user), ("name", name)] {
        if let Some(text) = text {
            table.insert(key, text.into());
        }
    }
    table.insert("secret", auth.secret_name().into());
    table
}

/// Writes a temporary file in the same folder and renames it, so that a crash leaves the old or the new text.
fn write_atomically(path: &Path, text: &str) -> io::Result<()> {
    // A link stays, and its target is written: people keep configuration files elsewhere and link them.
    let path = files::target(path)?;
    let dir = path.parent().unwrap_or(Path::new("."));
    // Never opens what is there: the name is random, and the file must be new.
    let mut file = tempfile::Builder::new().prefix(".config").suffix(".toml").tempfile_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    #[cfg(unix)]
    fs::File::open(dir)?.sync_all()?;
    Ok(())
}
