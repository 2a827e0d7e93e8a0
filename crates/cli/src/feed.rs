//! `bellwire feed`: the feeds of `config.toml`.

mod add;
mod again;
mod sign_in;

use std::path::Path;

use bellwire_engine::Home;
use bellwire_engine::config::{Config, ConfigFile};

use crate::args::{FeedCommand, LogFormat};
use crate::check::load;
use crate::exit::{Exit, Failure};
use crate::observe::observe;
use crate::print;
use crate::seen;
use crate::target::{self, Target};
use crate::wire::FeedLine;

pub async fn run(dir: Option<&Path>, command: FeedCommand) -> Result<Exit, Failure> {
    let home = Home::resolve(dir).map_err(Failure::usage)?;
    let file = ConfigFile::at(home.config_path());
    match command {
        FeedCommand::List { format } => list(&load(dir)?, format),
        FeedCommand::Add(options) => add::run(dir, &home, &file, *options).await,
        FeedCommand::Remove { id } => {
            file.turn().and_then(|turn| turn.remove(&id)).map_err(Failure::edit)?;
            print::note(&format!("removed {id}; its rows stay in the log"));
            Ok(Exit::Satisfied)
        }
        FeedCommand::Test { target } => test(dir, &target).await,
    }
}

fn list(config: &Config, format: LogFormat) -> Result<Exit, Failure> {
    for feed in &config.feeds {
        let printed = match format {
            LogFormat::Ndjson => print::json(&FeedLine::new(feed)),
            LogFormat::Text => {
                let state = if feed.enabled { "on" } else { "off" };
                print::line(&format!("{}\t{state}\t{}\t{}", feed.id, feed.public_url(), feed.name))
            }
        };
        if let Err(unprinted) = printed {
            return unprinted.exit();
        }
    }
    if config.feeds.is_empty() {
        print::note("no feeds yet; add one with `bellwire feed add URL`");
    }
    Ok(Exit::Satisfied)
}

/// Connects once, reports the server's answer, and counts what arrives.
async fn test(dir: Option<&Path>, target: &str) -> Result<Exit, Failure> {
    let Target { spec, name, .. } = target::resolve(dir, target)?;
    let seen = observe(spec, &name, crate::watch::ports(dir)).await?;
    for line in seen::counted(&seen) {
        print::note(&line);
    }
    Ok(Exit::Satisfied)
}
