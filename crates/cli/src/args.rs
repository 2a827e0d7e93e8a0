//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use bellwire_engine::config::{parse_duration, parse_size};
use bellwire_engine::event::FeedId;
use clap::{Parser, Subcommand, ValueEnum};

/// Receives Server-Sent Events: prints them, stores them, notifies.
#[derive(Parser)]
#[command(name = "bellwire", version, max_term_width = 100)]
pub struct Args {
    /// Keep everything under this folder instead of the standard ones
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Say more about what the program does, on stderr
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
    /// Read config.toml and say every problem with line and column
    Check,
    /// Serve the demo feeds on this computer
    Demo(DemoOptions),
}

#[derive(clap::Args)]
pub struct WatchOptions {
    /// An address, or the id of a configured feed
    #[arg(value_name = "URL|FEED")]
    pub target: String,
    /// Only events of this type (repeatable)
    #[arg(long, value_name = "NAME")]
    pub event: Vec<String>,
    /// End after so many events
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// End after so long
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    pub r#for: Option<Duration>,
    /// End after so long without an event
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub idle: Option<Duration>,
    /// A connection silent for so long counts as dead and is renewed
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub idle_timeout: Option<Duration>,
    /// Resume from this id
    #[arg(long, value_name = "ID", default_value = "")]
    pub last_event_id: String,
    /// Send a header: 'Name: value', or @FILE with one a line (repeatable)
    #[arg(long, value_name = "HEADER")]
    pub header: Vec<String>,
    /// The request's method
    #[arg(long, default_value = "GET")]
    pub method: String,
    /// The request's body
    #[arg(long, value_name = "TEXT")]
    pub body: Option<String>,
    /// The reconnection time to begin with
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub retry: Option<Duration>,
    /// Print lifecycle lines too
    #[arg(long)]
    pub lifecycle: bool,
    /// Print comments too
    #[arg(long)]
    pub comments: bool,
    /// How to print [default: text on a terminal, else ndjson]
    #[arg(long)]
    pub format: Option<WatchFormat>,
    /// The size limit of an event
    #[arg(long, value_name = "BYTES", value_parser = size)]
    pub max_event: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    /// One JSON object a line
    Ndjson,
    /// For reading
    Text,
    /// The bytes as they come
    Raw,
}

#[derive(clap::Args)]
pub struct LogOptions {
    /// Only this feed
    #[arg(long, value_name = "FEED", value_parser = feed_id)]
    pub feed: Option<FeedId>,
    /// Only events of this type (repeatable)
    #[arg(long, value_name = "NAME")]
    pub event: Vec<String>,
    /// Only events whose data holds this text, in letters of either case
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Only rows since then: a duration back, or a time such as 2026-11-21T06:35:31Z
    #[arg(long, value_name = "T", value_parser = crate::time::parse_since)]
    pub since: Option<crate::time::Since>,
    /// Only rows after this one
    #[arg(long, value_name = "SEQ")]
    pub after: Option<i64>,
    /// At most so many: the newest, or with --after the next
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Go on with new rows as they come
    #[arg(long)]
    pub follow: bool,
    /// How to print [default: text on a terminal, else ndjson]
    #[arg(long)]
    pub format: Option<LogFormat>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line
    Ndjson,
    /// For reading
    Text,
}

#[derive(Subcommand)]
pub enum FeedCommand {
    /// List the configured feeds
    List,
    /// Add a feed to config.toml
    Add {
        /// Its address
        url: String,
        /// Its id [default: made from the name or the address]
        #[arg(long, value_parser = feed_id)]
        id: Option<FeedId>,
        /// Its name
        #[arg(long)]
        name: Option<String>,
        /// Only log its events
        #[arg(long)]
        log_only: bool,
        /// Sign in with the bearer token that the keychain has under this name
        #[arg(long, value_name = "SECRET", conflicts_with = "basic")]
        bearer: Option<String>,
        /// Sign in as this user, with the password that the keychain has under this name
        #[arg(long, value_names = ["USER", "SECRET"], num_args = 2)]
        basic: Option<Vec<String>>,
    },
    /// Remove a feed from config.toml; its rows stay in the log
    Remove {
        /// Its id
        #[arg(value_parser = feed_id)]
        id: FeedId,
    },
    /// Connect to a feed or an address once and say what comes
    Test {
        /// An address, or the id of a configured feed
        #[arg(value_name = "URL|FEED")]
        target: String,
    },
}

#[derive(Subcommand)]
pub enum SecretCommand {
    /// Store a secret, read from a prompt or from stdin
    Set {
        /// Its name
        name: String,
    },
    /// List the names that config.toml uses, and whether the keychain has them
    List,
    /// Forget a secret
    Remove {
        /// Its name
        name: String,
    },
}

#[derive(clap::Args)]
pub struct DemoOptions {
    /// The port on 127.0.0.1; 0 for any free one
    #[arg(long, default_value_t = 8808)]
    pub port: u16,
    /// What decides which events come
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "expected a time such as 30s, 5m or 500ms".into())
}

fn size(text: &str) -> Result<usize, String> {
    let bytes = parse_size(text).and_then(|bytes| usize::try_from(bytes).ok()).filter(|bytes| *bytes > 0);
    bytes.ok_or_else(|| "expected a size such as 65536 or 16MiB".into())
}

fn feed_id(text: &str) -> Result<FeedId, String> {
    FeedId::parse(text).ok_or_else(|| "expected 1 to 64 of a-z, 0-9, - and _".into())
}
