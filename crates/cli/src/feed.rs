//! `bellwire feed`: the feeds of `config.toml`.

use std::path::Path;
use std::time::Duration;

use bellwire_engine::Home;
use bellwire_engine::config::{Auth, Config, ConfigFile, EditError, NewFeed, feed_url, free_id, name_for};
use bellwire_engine::event::{FeedId, Incoming};
use bellwire_engine::feed::{Activity, Spec, Subscribed};
use bellwire_engine::system;

use crate::args::FeedCommand;
use crate::check::load;
use crate::exit::{Exit, Failure, explain, printable};
use crate::print;
use crate::text;

/// The longest time that a test waits for an answer and a first event: about as long as a person looks on.
const TEST_TIMEOUT: Duration = Duration::from_secs(15);

pub async fn run(dir: Option<&Path>, command: FeedCommand) -> Result<Exit, Failure> {
    let home = Home::resolve(dir).map_err(Failure::usage)?;
    let file = ConfigFile::at(home.config_path());
    match command {
        FeedCommand::List => list(&load(dir)?),
        FeedCommand::Add { url, id, name, log_only, bearer, basic } => {
            home.prepare().map_err(Failure::failed)?;
            add(&file, &load(dir)?, Wish { url, id, name, log_only, auth: auth(bearer, basic) })
        }
        FeedCommand::Remove { id } => {
            file.remove(&id).map_err(failure)?;
            print::note(&format!("removed {id}; its rows stay in the log"));
            Ok(Exit::Satisfied)
        }
        FeedCommand::Test { target } => test(dir, &target).await,
    }
}

struct Wish {
    url: String,
    id: Option<FeedId>,
    name: Option<String>,
    log_only: bool,
    auth: Option<Auth>,
}

fn list(config: &Config) -> Result<Exit, Failure> {
    for feed in &config.feeds {
        let state = if feed.enabled { "on" } else { "off" };
        if print::line(&format!("{}\t{state}\t{}\t{}", feed.id, feed.public_url(), feed.name)).is_err() {
            break;
        }
    }
    if config.feeds.is_empty() {
        print::note("no feeds yet; add one with `bellwire feed add URL`");
    }
    Ok(Exit::Satisfied)
}

fn add(file: &ConfigFile, config: &Config, wish: Wish) -> Result<Exit, Failure> {
    let url = feed_url(&wish.url).map_err(Failure::usage)?;
    let taken: Vec<FeedId> = config.feeds.iter().map(|feed| feed.id.clone()).collect();
    let name = wish.name.unwrap_or_else(|| name_for(&url));
    let id = wish.id.unwrap_or_else(|| free_id(&name, &url, &taken));
    let feed =
        NewFeed { id: id.clone(), name, url, auth: wish.auth, severity: Vec::new(), notify: !wish.log_only };
    file.add(&[feed]).map_err(failure)?;
    // The feed is added, whether or not its id can be printed.
    let _ = print::line(id.as_str());
    Ok(Exit::Satisfied)
}

fn auth(bearer: Option<String>, basic: Option<Vec<String>>) -> Option<Auth> {
    match (bearer, basic.as_deref()) {
        (Some(secret), _) => Some(Auth::Bearer { secret }),
        (None, Some([user, secret])) => Some(Auth::Basic { user: user.clone(), secret: secret.clone() }),
        _ => None,
    }
}

/// Connects once, and reports the server's answer and the first event if one arrives within [`TEST_TIMEOUT`].
async fn test(dir: Option<&Path>, target: &str) -> Result<Exit, Failure> {
    let spec = if target.contains("://") {
        Spec::at(feed_url(target).map_err(Failure::usage)?)
    } else {
        crate::watch::configured(dir, target)?.0
    };
    let ports = system::ports();
    let mut subscribed = Subscribed::start(spec, ports.clone());
    let mut end = ports.clock.sleep(TEST_TIMEOUT);
    let mut is_open = false;
    loop {
        let signal = tokio::select! {
            signal = subscribed.next() => signal,
            () = &mut end => None,
        };
        match signal {
            Some(Activity::Open { status, http, .. }) => {
                is_open = true;
                print::note(&format!("connected to an event stream: {status}, HTTP/{http}"));
            }
            Some(Activity::Items { items, .. }) => {
                let first = items.into_iter().find_map(|item| match item {
                    Incoming::Event(event) => Some((event.event_type, event.last_event_id)),
                    _ => None,
                });
                let Some((event_type, id)) = first else { continue };
                let ids = if id.is_empty() {
                    "it has no id, so the feed may not be able to resume"
                } else {
                    "it has an id"
                };
                print::note(&format!("first event: {}; {ids}", text::plain(&event_type)));
                return Ok(Exit::Satisfied);
            }
            Some(
                Activity::Waiting { reason, .. }
                | Activity::Parked { reason, .. }
                | Activity::Ended { reason },
            ) => {
                return Err(Failure { exit: Exit::of(&reason), message: explain(target, &reason) });
            }
            Some(Activity::Slow { after_ms }) => print::note(&text::no_answer(after_ms)),
            Some(Activity::Connecting { .. } | Activity::Bytes(_)) => {}
            None if is_open => {
                print::note(&format!("no event within {} s; the connection is open", TEST_TIMEOUT.as_secs()));
                return Ok(Exit::Satisfied);
            }
            None => {
                let seconds = TEST_TIMEOUT.as_secs();
                let message = format!(
                    "{}: no answer within {seconds} s. Check the address, or try again later.",
                    printable(target)
                );
                return Err(Failure::failed(message));
            }
        }
    }
}

fn failure(error: EditError) -> Failure {
    match error {
        EditError::Io { .. } | EditError::Secret(_) => Failure::failed(error),
        _ => Failure::usage(error),
    }
}
