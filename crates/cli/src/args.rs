//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use bellwire_engine::config::{parse_duration, parse_size};
use bellwire_engine::event::FeedId;
use bellwire_engine::secrets::quotable;
use clap::error::{ContextKind, ContextValue};
use clap::{Parser, Subcommand, ValueEnum};

/// Receives Server-Sent Events: prints them, stores them, notifies.
#[derive(Parser)]
#[command(name = "bellwire", version, max_term_width = 100)]
pub struct Args {
    /// Keep configuration, log and sockets in this folder
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Log more about what the program does, on stderr
    #[arg(short, long, global = true)]
    pub verbose: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Print events as they arrive; store nothing
    Watch(Box<WatchOptions>),
    /// Receive all configured feeds: store, notify, resume
    Run,
    /// Print stored rows, oldest first
    Log(LogOptions),
    /// List, add, remove or test feeds
    #[command(subcommand)]
    Feed(FeedCommand),
    /// Store, list or remove secrets in the keychain
    #[command(subcommand)]
    Secret(SecretCommand),
    /// List the services that Bellwire knows
    Presets(PresetsOptions),
    /// Check config.toml and print each problem with line and column
    Check,
    /// Serve the demo feeds on this computer
    Demo(DemoOptions),
}

#[derive(clap::Args)]
pub struct WatchOptions {
    /// An address, or the id of a configured feed; without a scheme it is https, and http for this machine
    #[arg(value_name = "URL|FEED")]
    pub target: String,
    /// Print only events of this type (repeatable)
    #[arg(long, value_name = "NAME")]
    pub event: Vec<String>,
    /// End after N events
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// End after this time: with 0, or with 1 where no connection came about
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    pub r#for: Option<Duration>,
    /// End after this time without an event
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub idle: Option<Duration>,
    /// Reconnect when the server has sent nothing for this time
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub idle_timeout: Option<Duration>,
    /// Ask for the events after this id
    #[arg(long, value_name = "ID", default_value = "")]
    pub last_event_id: String,
    /// Send a header: 'Name: value', or @FILE (@- for stdin) with one header per line (repeatable)
    #[arg(long, value_name = "HEADER")]
    pub header: Vec<String>,
    /// Method of the request; GET, or that of the feed
    #[arg(long)]
    pub method: Option<String>,
    /// Ask again after a stream that ended: after a GET, or after each request
    #[arg(long, value_enum, value_name = "WHEN")]
    pub reconnect: Option<WhenToAsk>,
    /// Body of the request: a text, or @FILE (@- for stdin), whose bytes are sent as they are, line ends too
    #[arg(long, value_name = "TEXT|@FILE")]
    pub body: Option<String>,
    /// Reconnection time until the server sets one
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub retry: Option<Duration>,
    /// Print connections, waits, gaps and the end too
    #[arg(long)]
    pub lifecycle: bool,
    /// Print comments too
    #[arg(long)]
    pub comments: bool,
    /// Output format [default: text on a terminal, otherwise ndjson]
    #[arg(long)]
    pub format: Option<WatchFormat>,
    /// Skip events over this size
    #[arg(long, value_name = "BYTES", value_parser = size)]
    pub max_event: Option<usize>,
}

/// When to ask again after a stream that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WhenToAsk {
    /// After a GET.
    Auto,
    /// After each request.
    Always,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    /// One JSON object per line
    Ndjson,
    /// Lines for people
    Text,
    /// Bytes as the server sends them
    Raw,
}

#[derive(clap::Args)]
pub struct LogOptions {
    /// Print only rows of this feed
    #[arg(long, value_name = "FEED", value_parser = feed_id)]
    pub feed: Option<FeedId>,
    /// Print only events of this type (repeatable)
    #[arg(long, value_name = "NAME")]
    pub event: Vec<String>,
    /// Print only events whose data contains this text, ignoring case
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Print only rows since a time ago such as 15m, or a moment such as 2026-11-21T06:35:31Z
    #[arg(long, value_name = "T", value_parser = crate::time::parse_since)]
    pub since: Option<crate::time::Since>,
    /// Print only rows after the one with this seq
    #[arg(long, value_name = "SEQ")]
    pub after: Option<i64>,
    /// Print at most N rows: the newest, or with --after the next
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Keep printing new rows as they are stored
    #[arg(long)]
    pub follow: bool,
    /// Output format [default: text on a terminal, otherwise ndjson]
    #[arg(long)]
    pub format: Option<LogFormat>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line
    Ndjson,
    /// Lines for people
    Text,
}

#[derive(Subcommand)]
pub enum FeedCommand {
    /// List the configured feeds
    List {
        /// Output format
        #[arg(long, default_value = "text")]
        format: LogFormat,
    },
    /// Add a feed to config.toml, after watching what it sends for up to 10 s. A known service gets the rules of its
    /// preset; for any other feed, event types that come often and signs of life are only logged. An address that is no
    /// event stream is not added; a server that is down is
    Add(Box<AddOptions>),
    /// Remove a feed from config.toml; its rows stay in the log
    Remove {
        /// Id of the feed
        #[arg(value_parser = feed_id)]
        id: FeedId,
    },
    /// Connect once to a feed or an address, report the answer, and count the events of up to 10 s by type
    Test {
        /// An address, or the id of a configured feed; without a scheme it is https, and http for this machine
        #[arg(value_name = "URL|FEED")]
        target: String,
    },
}

#[derive(clap::Args)]
pub struct AddOptions {
    /// Address of the feed; without a scheme it is https, and http for this machine
    pub url: String,
    /// Id of the feed [default: from the name or the address]
    #[arg(long, value_parser = feed_id)]
    pub id: Option<FeedId>,
    /// Name of the feed [default: from the service, or from the address]
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub name: Option<String>,
    /// Use this preset; `none` adds a plain feed [default: the one that recognises the address]
    #[arg(long, value_name = "NAME|none")]
    pub preset: Option<String>,
    /// Answer what the preset asks for; `bellwire presets` lists it (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = answer)]
    pub set: Vec<(String, String)>,
    /// Add it at once, without connecting to it, whatever it would answer: every named event notifies, unless a preset has rules
    #[arg(long)]
    pub no_check: bool,
    /// Add it at once, without connecting to it, and log its events without notifying
    #[arg(long, conflicts_with_all = ["no_check", "notify"])]
    pub log_only: bool,
    /// Notify about events of this type, whatever the check proposes; `message` for unnamed ones (repeatable)
    #[arg(long, value_name = "NAME")]
    pub notify: Vec<String>,
    /// Sign in with the bearer token that `bellwire secret set NAME` stored; give the name, not the token
    #[arg(long, value_name = "NAME", conflicts_with = "basic")]
    pub bearer: Option<String>,
    /// Sign in as USER with the password that `bellwire secret set NAME` stored
    #[arg(long, value_names = ["USER", "NAME"], num_args = 2)]
    pub basic: Option<Vec<String>>,
    /// Send HEADER with the secret that `bellwire secret set NAME` stored (repeatable)
    #[arg(long, value_names = ["HEADER", "NAME"], num_args = 2)]
    pub auth_header: Vec<String>,
    /// Send the query parameter PARAMETER with the secret that `bellwire secret set NAME` stored (repeatable)
    #[arg(long, value_names = ["PARAMETER", "NAME"], num_args = 2)]
    pub auth_query: Vec<String>,
    /// Send COOKIE with the secret that `bellwire secret set NAME` stored (repeatable)
    #[arg(long, value_names = ["COOKIE", "NAME"], num_args = 2)]
    pub auth_cookie: Vec<String>,
}

#[derive(Subcommand)]
pub enum SecretCommand {
    /// Store a secret under a name, read from a prompt or from stdin
    Set {
        /// A name of your choice, such as `ops`; not the secret itself
        name: String,
    },
    /// List the secrets that config.toml names, and whether the keychain has them
    List,
    /// Remove a secret from the keychain
    Remove {
        /// Name of the secret
        name: String,
    },
}

#[derive(clap::Args)]
pub struct PresetsOptions {
    /// Output format [default: text on a terminal, otherwise ndjson]
    #[arg(long)]
    pub format: Option<LogFormat>,
}

#[derive(clap::Args)]
pub struct DemoOptions {
    /// Port on 127.0.0.1; 0 for any free one
    #[arg(long, default_value_t = 8808)]
    pub port: u16,
    /// Seed of the events; the same seed gives the same events
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Returns an error of the command line without what may be a secret: a value, or an argument too many, such as the secret
/// itself after its name.
pub fn without_values(mut error: clap::Error) -> clap::Error {
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidValue] {
        let Some(ContextValue::String(text)) = error.get(kind) else { continue };
        let option = text.split([' ', '=']).next().unwrap_or_default();
        let name = option.trim_start_matches('-');
        let is_option = option.starts_with('-') && quotable(name) == name;
        // The name of one of our own arguments, in angle brackets.
        let is_own = kind == ContextKind::InvalidArg && text.starts_with('<');
        if !is_option && !is_own {
            error.insert(kind, ContextValue::String("(hidden)".into()));
            error.remove(ContextKind::Suggested);
        }
    }
    error
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "expected a time such as 30s, 5m or 500ms".into())
}

fn size(text: &str) -> Result<usize, String> {
    let bytes = parse_size(text).and_then(|bytes| usize::try_from(bytes).ok()).filter(|bytes| *bytes > 0);
    bytes.ok_or_else(|| "expected a size such as 65536 or 16MiB".into())
}

fn answer(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE, such as topic=alerts")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

fn feed_id(text: &str) -> Result<FeedId, String> {
    FeedId::parse(text).ok_or_else(|| "expected 1 to 64 of a-z, 0-9, - and _".into())
}

#[cfg(test)]
mod tests;
