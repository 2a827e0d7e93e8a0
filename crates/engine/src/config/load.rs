//! Reading `config.toml`: every problem with its line and column.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use toml::Spanned;
use url::Url;

use super::ca_file::CaFile;
use super::file::{
    AppTable, AuthTable, FeedTable, File, Names, NotificationsTable, ResumeSetting, RetentionTable,
    RuleTable, Size,
};
use super::model::{
    Auth, Config, DEFAULT_IDLE, FeedConfig, FloodLimit, Header, ProxyChoice, Retention, Rule,
};
use super::naming::feed_url;
use super::problem::{ConfigError, ConfigProblem};
use super::resume::Resume;
use super::settings::{AppSettings, Language, Theme};
use crate::event::{FeedId, Severity};
use crate::expression::Expression;

/// Headers that the receiver sets itself.
const RESERVED_HEADERS: [&str; 5] = ["host", "accept", "accept-encoding", "last-event-id", "cache-control"];

/// The ages at which rows may be made to go.
const AGES: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(3600)..=Duration::from_secs(36_500 * 24 * 3600);

/// Reads and checks a whole configuration. An empty text is one without feeds. Files that it names are sought from the
/// working folder.
pub fn parse(text: &str) -> Result<Config, ConfigError> {
    parse_in(Path::new(""), text)
}

/// The same, for a text whose file lies in this folder: the files that it names are sought from there. They are read,
/// but not judged; [`Config::check_files`] does that.
pub(super) fn parse_in(dir: &Path, text: &str) -> Result<Config, ConfigError> {
    let mut check = Check { dir, text, problems: Vec::new() };
    for (at, message) in super::keys::unknown(text) {
        check.report(at, message);
    }
    let config = match toml::from_str(text) {
        Ok(file) => check.config(file),
        Err(error) => {
            check.report(error.span().unwrap_or(0..0), error.message().to_owned());
            Config::default()
        }
    };
    if check.problems.is_empty() {
        return Ok(config);
    }
    check.problems.sort_by_key(|p| (p.line, p.column));
    Err(ConfigError { problems: check.problems })
}

/// A time such as `30s`, `5m` or `1h 30m`.
pub fn parse_duration(text: &str) -> Option<Duration> {
    text.parse::<jiff::SignedDuration>().ok().and_then(|d| Duration::try_from(d).ok())
}

/// A time that may count days and weeks, each of whole 24 hours, such as `30d`.
fn parse_age(text: &str) -> Option<Duration> {
    let span = text.parse::<jiff::Span>().ok()?;
    Duration::try_from(span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?).ok()
}

/// A size such as `16MiB` or `65536`, in bytes.
pub fn parse_size(text: &str) -> Option<u64> {
    text.parse::<bytesize::ByteSize>().ok().map(|size| size.as_u64())
}

/// A header that a feed may send, checked; the error says what is wrong with it.
pub fn header(name: &str, value: &str) -> Result<Header, String> {
    let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err(format!("{name:?} is not a header name"));
    };
    if RESERVED_HEADERS.contains(&parsed.as_str()) {
        return Err(format!("Bellwire sets {parsed} itself"));
    }
    if HeaderValue::from_bytes(value.as_bytes()).is_err() {
        return Err(format!("the value of {parsed} holds characters that HTTP cannot carry"));
    }
    Ok(Header { name: parsed.as_str().to_owned(), value: value.to_owned() })
}

struct Check<'a> {
    dir: &'a Path,
    text: &'a str,
    problems: Vec<ConfigProblem>,
}

impl Check<'_> {
    fn config(&mut self, file: File) -> Config {
        if let Some(version) = file.version.filter(|v| *v.get_ref() != 1) {
            self.report(
                version.span(),
                "this program reads version 1; a newer Bellwire wrote this file".into(),
            );
        }
        let app = self.app(file.app);
        let flood = self.flood(file.notifications);
        let retention = self.retention(file.retention);
        let mut ids = HashSet::new();
        let mut feeds = Vec::new();
        for table in file.feed {
            let span = table.id.span();
            let Some(feed) = self.feed(table) else { continue };
            if !ids.insert(feed.id.clone()) {
                self.report(span, format!("the id {} is used twice; give one feed another", feed.id));
            }
            feeds.push(feed);
        }
        Config { app, flood, retention, feeds }
    }

    fn app(&mut self, table: AppTable) -> AppSettings {
        let defaults = AppSettings::default();
        let languages: Vec<(&str, Option<Language>)> =
            std::iter::once(("auto", None)).chain(words().map(|(word, l)| (word, Some(l)))).collect();
        let themes: Vec<(&str, Theme)> = words().collect();
        AppSettings {
            language: self.choice(table.language, &languages).unwrap_or(defaults.language),
            theme: self.choice(table.theme, &themes).unwrap_or(defaults.theme),
            close_to_tray: table.close_to_tray.unwrap_or(defaults.close_to_tray),
        }
    }

    fn choice<T: Copy>(&mut self, value: Option<Spanned<String>>, choices: &[(&str, T)]) -> Option<T> {
        let value = value?;
        let chosen = choices.iter().find(|(name, _)| name == value.get_ref()).map(|(_, v)| *v);
        if chosen.is_none() {
            let names: Vec<_> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            self.report(value.span(), format!("expected one of {}", names.join(", ")));
        }
        chosen
    }

    fn flood(&mut self, table: NotificationsTable) -> FloodLimit {
        let mut flood = FloodLimit::default();
        if let Some(burst) = table.burst {
            match *burst.get_ref() {
                n @ 1..=1000 => flood.burst = n,
                _ => self.report(burst.span(), "expected a number from 1 to 1000".into()),
            }
        }
        if let Some(per) = table.per {
            let (least, most) = (Duration::from_secs(1), Duration::from_secs(3600));
            flood.per = self.duration(&per, least, most).unwrap_or(flood.per);
        }
        flood
    }

    fn feed(&mut self, table: FeedTable) -> Option<FeedConfig> {
        let id = FeedId::parse(table.id.get_ref());
        if id.is_none() {
            self.report(table.id.span(), "expected 1 to 64 of a-z, 0-9, - and _".into());
        }
        let url = self.url(&table.url);
        let auth = table.auth.and_then(|auth| self.auth(auth));
        let headers = self.headers(table.headers);
        let method = table.method.and_then(|method| self.method(&method));
        let resume = table.resume.and_then(|resume| self.resume(resume));
        let ca_file = table.ca_file.and_then(|path| self.ca_file(&path));
        let proxy = table.proxy.and_then(|proxy| self.proxy(&proxy));
        let idle_timeout = self.idle_timeout(table.idle_timeout);
        let max_event = table.max_event.and_then(|size| self.size(&size));
        let severity = self.severity(table.severity);
        let name = table.name.and_then(|name| self.name(&name));
        let rules = table.rule.into_iter().map(rule).collect();
        let defaults = FeedConfig::new(id?, url?);
        Some(FeedConfig {
            name: name.unwrap_or_else(|| defaults.name.clone()),
            enabled: table.enabled,
            auth,
            allow_insecure_auth: table.allow_insecure_auth,
            headers,
            method: method.unwrap_or_else(|| defaults.method.clone()),
            body: table.body,
            resume: resume.unwrap_or_default(),
            ca_file,
            proxy: proxy.unwrap_or_default(),
            idle_timeout,
            max_event: max_event.unwrap_or(defaults.max_event),
            severity,
            rules,
            ..defaults
        })
    }

    fn name(&mut self, name: &Spanned<String>) -> Option<String> {
        let text = name.get_ref().trim();
        if text.is_empty() {
            self.report(name.span(), "a name cannot be empty".into());
            return None;
        }
        Some(text.to_owned())
    }

    fn url(&mut self, text: &Spanned<String>) -> Option<Url> {
        match feed_url(text.get_ref()) {
            Ok(url) => Some(url),
            Err(message) => {
                self.report(text.span(), message.to_owned());
                None
            }
        }
    }

    fn auth(&mut self, table: AuthTable) -> Option<Auth> {
        let secret = table.secret.get_ref().clone();
        if secret.is_empty() || secret.len() > 128 || secret.chars().any(char::is_control) {
            let message = "expected the name of a secret in the keychain, 1 to 128 characters";
            self.report(table.secret.span(), message.into());
        }
        match (table.r#type.get_ref().as_str(), table.user) {
            ("bearer", None) => Some(Auth::Bearer { secret }),
            ("bearer", Some(user)) => {
                let message = "a bearer token has no user; leave it out, or use type = \"basic\"";
                self.report(user.span(), message.into());
                None
            }
            ("basic", Some(user)) => {
                if user.get_ref().contains(|c: char| c == ':' || c.is_control()) {
                    self.report(user.span(), "a user name cannot hold a colon or control characters".into());
                }
                Some(Auth::Basic { user: user.into_inner(), secret })
            }
            ("basic", None) => {
                self.report(table.r#type.span(), "basic needs user = \"…\" beside the secret".into());
                None
            }
            _ => {
                self.report(table.r#type.span(), "expected one of \"bearer\", \"basic\"".into());
                None
            }
        }
    }

    fn headers(&mut self, table: BTreeMap<Spanned<String>, String>) -> Vec<Header> {
        let mut headers = Vec::new();
        for (name, value) in table {
            match header(name.get_ref(), &value) {
                Ok(header) => headers.push(header),
                Err(message) => self.report(name.span(), message),
            }
        }
        headers
    }

    fn method(&mut self, text: &Spanned<String>) -> Option<String> {
        let is_known = matches!(text.get_ref().as_str(), "GET" | "POST");
        if !is_known {
            self.report(text.span(), "expected one of \"GET\", \"POST\"".into());
        }
        is_known.then(|| text.get_ref().clone())
    }

    fn resume(&mut self, setting: Spanned<ResumeSetting>) -> Option<Resume> {
        let span = setting.span();
        match setting.into_inner() {
            ResumeSetting::Word(word) if word == "last-event-id" => Some(Resume::LastEventId),
            ResumeSetting::Word(word) if word == "none" => Some(Resume::Off),
            ResumeSetting::Word(_) => {
                let message = "expected \"last-event-id\", \"none\" or { query = \"…\", cursor = \"…\" }";
                self.report(span, message.into());
                None
            }
            ResumeSetting::Query(table) => match Expression::parse(&table.cursor) {
                Ok(cursor) => Some(Resume::Query { name: table.query, cursor }),
                Err(error) => {
                    self.report(span, format!("cursor: {error}"));
                    None
                }
            },
        }
    }

    fn ca_file(&mut self, path: &Spanned<String>) -> Option<CaFile> {
        if path.get_ref().is_empty() {
            self.report(path.span(), "expected the path of a file of certificates in PEM".into());
            return None;
        }
        let at = place(self.text, path.span().start);
        Some(CaFile::at(self.dir.join(path.get_ref()), at))
    }

    fn proxy(&mut self, text: &Spanned<String>) -> Option<ProxyChoice> {
        match text.get_ref().as_str() {
            "system" => return Some(ProxyChoice::System),
            "none" => return Some(ProxyChoice::Direct),
            _ => {}
        }
        let url = feed_url(text.get_ref()).ok();
        if url.is_none() {
            let message = "expected \"system\", \"none\" or the address of a proxy, without a password";
            self.report(text.span(), message.into());
        }
        url.map(ProxyChoice::At)
    }

    fn idle_timeout(&mut self, text: Option<Spanned<String>>) -> Option<Duration> {
        let Some(text) = text else { return Some(DEFAULT_IDLE) };
        if text.get_ref() == "off" {
            return None;
        }
        self.duration(&text, Duration::from_secs(1), Duration::from_secs(24 * 3600))
    }

    fn severity(&mut self, table: BTreeMap<Spanned<String>, Vec<String>>) -> HashMap<String, Severity> {
        let mut map = HashMap::new();
        for (level, events) in table {
            let Ok(severity) = level.get_ref().parse::<Severity>() else {
                let names: Vec<&str> = words::<Severity>().map(|(word, _)| word).rev().collect();
                self.report(level.span(), format!("expected one of {}", names.join(", ")));
                continue;
            };
            for event in events {
                if map.insert(event.clone(), severity).is_some_and(|other| other != severity) {
                    self.report(level.span(), format!("the event type {event} has two severities"));
                }
            }
        }
        map
    }

    fn retention(&mut self, table: RetentionTable) -> Retention {
        let mut retention = Retention::default();
        match table.max_age {
            Some(age) if age.get_ref() == "off" => retention.max_age = None,
            Some(age) => match parse_age(age.get_ref()).filter(|age| AGES.contains(age)) {
                Some(parsed) => retention.max_age = Some(parsed),
                None => self.report(
                    age.span(),
                    "expected a time such as \"30d\" or \"12h\", from 1h to 36500d, or \"off\"".into(),
                ),
            },
            None => {}
        }
        if let Some(count) = table.max_events {
            match *count.get_ref() {
                n @ 1_000..=1_000_000_000 => retention.max_events = n,
                _ => self.report(count.span(), "expected a number from 1_000 to 1_000_000_000".into()),
            }
        }
        retention
    }

    fn duration(&mut self, text: &Spanned<String>, least: Duration, most: Duration) -> Option<Duration> {
        let parsed = parse_duration(text.get_ref()).filter(|d| (least..=most).contains(d));
        if parsed.is_none() {
            let range = format!("{:#} to {:#}", signed(least), signed(most));
            self.report(text.span(), format!("expected a time such as \"30s\" or \"5m\", from {range}"));
        }
        parsed
    }

    fn size(&mut self, size: &Spanned<Size>) -> Option<usize> {
        let bytes = match size.get_ref() {
            Size::Bytes(n) => Some(*n),
            Size::Text(text) => parse_size(text),
        };
        let fits =
            bytes.filter(|n| (1024..=1024 * 1024 * 1024).contains(n)).and_then(|n| usize::try_from(n).ok());
        if fits.is_none() {
            self.report(size.span(), "expected a size such as \"16MiB\", from 1KiB to 1GiB".into());
        }
        fits
    }

    fn report(&mut self, span: Range<usize>, message: String) {
        self.problems.push(problem(self.text, span, message));
    }
}

/// Returns the words of a vocabulary, each with what it means.
fn words<T: strum::VariantArray + Copy + Into<&'static str>>()
-> impl DoubleEndedIterator<Item = (&'static str, T)> {
    T::VARIANTS.iter().map(|variant| ((*variant).into(), *variant))
}

fn rule(table: RuleTable) -> Rule {
    let events = match table.event {
        Names::One(name) => vec![name],
        Names::Many(names) => names,
    };
    Rule { name: table.name, events, notify: table.notify }
}

fn signed(time: Duration) -> jiff::SignedDuration {
    jiff::SignedDuration::try_from(time).unwrap_or(jiff::SignedDuration::MAX)
}

fn problem(text: &str, span: Range<usize>, message: String) -> ConfigProblem {
    let (line, column) = place(text, span.start);
    ConfigProblem { line, column, message }
}

/// Line and column of a byte of the text, from 1, the column in characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
