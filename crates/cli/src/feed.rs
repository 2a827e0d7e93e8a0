//! `bellwire feed`: the feeds of `config.toml`.

use std::path::Path;

use bellwire_engine::Home;
use bellwire_engine::config::{
    Auth, Config, ConfigFile, EditError, NewFeed, Rule, TypeChoice, check_auth, feed_url, free_id, name_for,
};
use bellwire_engine::event::FeedId;
use bellwire_engine::feed::Spec;
use bellwire_engine::presets::{self, Answers, Applied, PresetChoice};

use crate::args::{AddOptions, FeedCommand};
use crate::check::load;
use crate::exit::{Exit, Failure};
use crate::observe::observe;
use crate::print;
use crate::seen;

pub async fn run(dir: Option<&Path>, command: FeedCommand) -> Result<Exit, Failure> {
    let home = Home::resolve(dir).map_err(Failure::usage)?;
    let file = ConfigFile::at(home.config_path());
    match command {
        FeedCommand::List => list(&load(dir)?),
        FeedCommand::Add(options) => {
            let wish = Wish::of(*options)?;
            home.prepare().map_err(Failure::failed)?;
            add(&file, &load(dir)?, wish).await
        }
        FeedCommand::Remove { id } => {
            file.remove(&id).map_err(failure)?;
            print::note(&format!("removed {id}; its rows stay in the log"));
            Ok(Exit::Satisfied)
        }
        FeedCommand::Test { target } => test(dir, &target).await,
    }
}

/// What is printed before a look at a new feed.
const WATCHING: &str = "watching what it sends for up to 10 s; --no-check adds it at once";

struct Wish {
    url: String,
    id: Option<FeedId>,
    name: Option<String>,
    preset: PresetChoice,
    answers: Answers,
    notifying: Notifying,
    /// The event types that notify in any case.
    notify: Vec<String>,
    auth: Vec<Auth>,
}

impl Wish {
    /// Reads the options of `feed add`.
    ///
    /// # Errors
    ///
    /// When two of them contradict each other.
    fn of(options: AddOptions) -> Result<Self, Failure> {
        let notifying = match (options.log_only, options.no_check) {
            (true, _) => Notifying::Nothing,
            (false, true) => Notifying::Named,
            (false, false) => Notifying::AsChecked,
        };
        let auth = auth(
            options.bearer,
            options.basic,
            &options.auth_header,
            &options.auth_query,
            &options.auth_cookie,
        )?;
        Ok(Self {
            url: options.url,
            id: options.id,
            name: options.name,
            preset: choice(options.preset),
            answers: answers(options.set)?,
            notifying,
            notify: options.notify,
            auth,
        })
    }
}

/// Which events of a new feed notify.
enum Notifying {
    /// Those that a look at the feed suggests.
    AsChecked,
    /// All named ones.
    Named,
    /// None.
    Nothing,
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

async fn add(file: &ConfigFile, config: &Config, wish: Wish) -> Result<Exit, Failure> {
    let url = feed_url(&wish.url).map_err(Failure::usage)?;
    let taken: Vec<FeedId> = config.feeds.iter().map(|feed| feed.id.clone()).collect();
    let name = wish.name.clone().unwrap_or_else(|| name_for(&url));
    let id = wish.id.clone().unwrap_or_else(|| free_id(&name, &url, &taken));
    if taken.contains(&id) {
        return Err(failure(EditError::Taken(id)));
    }
    let applied = presets::apply(&wish.preset, &url, &wish.answers).map_err(Failure::usage)?;
    let auth = wish.auth.clone();
    let feed = NewFeed {
        id: id.clone(),
        name,
        url,
        auth,
        severity: Vec::new(),
        rules: Vec::new(),
        keys: Default::default(),
    };
    let feed = match applied {
        Some(applied) => of_service(feed, applied, &wish).await?,
        None => plain(feed, &wish).await?,
    };
    file.add(&[feed]).map_err(failure)?;
    // The feed is added, whether or not its id can be printed.
    let _ = print::line(id.as_str());
    Ok(Exit::Satisfied)
}

/// Completes a feed without a preset: what it sends decides about its rules.
async fn plain(mut feed: NewFeed, wish: &Wish) -> Result<NewFeed, Failure> {
    feed.rules = match wish.notifying {
        Notifying::AsChecked => {
            let spec = Spec::of(&feed.config().map_err(failure)?);
            Rule::for_choices(choose(spec, &wish.url, &wish.notify).await)
        }
        Notifying::Named => Rule::for_choices(with_wanted(Vec::new(), &wish.notify)),
        Notifying::Nothing => vec![Rule::log_all()],
    };
    Ok(feed)
}

/// Completes a feed with what a preset gives, and says which. Its rules are taken as they are; a look at the feed only
/// shows whether it can be received.
async fn of_service(mut feed: NewFeed, applied: Applied, wish: &Wish) -> Result<NewFeed, Failure> {
    for line in crate::presets::used(applied.preset, &wish.preset, !feed.auth.is_empty()) {
        print::note(&line);
    }
    let may_be_tried = applied.may_be_tried();
    let (applied, rules) = match wish.notifying {
        Notifying::Nothing => (applied.without_rules(), vec![Rule::log_all()]),
        Notifying::AsChecked | Notifying::Named if wish.notify.is_empty() => (applied, Vec::new()),
        Notifying::AsChecked | Notifying::Named => (applied, vec![Rule::notify_about(&wish.notify)]),
    };
    (feed.url, feed.keys, feed.rules) = (applied.url, applied.keys, rules);
    let config = feed.config().map_err(failure)?;
    match wish.notifying {
        Notifying::AsChecked if may_be_tried => look(Spec::of(&config), &wish.url).await,
        Notifying::AsChecked => print::note("not checked, because its request may have an effect or a price"),
        Notifying::Named | Notifying::Nothing => {}
    }
    Ok(feed)
}

/// Watches an address, and prints what was seen.
async fn look(spec: Spec, typed: &str) {
    print::note(WATCHING);
    match observe(spec, typed).await {
        Ok(seen) => seen::counted(&seen).iter().for_each(|line| print::note(line)),
        Err(failure) => {
            print::note(&failure.message);
            print::note("added without having seen its events");
        }
    }
}

/// Watches an address, prints what was seen and what is chosen, and returns the choices. `notify` lists the types that
/// notify in any case. For a feed that cannot be watched now there are no others: it may well work later.
async fn choose(spec: Spec, typed: &str, notify: &[String]) -> Vec<TypeChoice> {
    print::note(WATCHING);
    match observe(spec, typed).await {
        Ok(seen) => {
            for line in seen::chosen(&seen, notify) {
                print::note(&line);
            }
            with_wanted(seen.proposal(), notify)
        }
        Err(failure) => {
            print::note(&failure.message);
            print::note("added without having seen its events: the named ones notify");
            with_wanted(Vec::new(), notify)
        }
    }
}

/// Returns the choices with these types set to notify.
fn with_wanted(mut choices: Vec<TypeChoice>, notify: &[String]) -> Vec<TypeChoice> {
    choices.retain(|choice| !notify.contains(&choice.event_type));
    choices.extend(notify.iter().map(|name| TypeChoice { event_type: name.clone(), notify: true }));
    choices
}

fn choice(preset: Option<String>) -> PresetChoice {
    match preset {
        None => PresetChoice::Recognised,
        Some(name) if name == "none" => PresetChoice::Plain,
        Some(name) => PresetChoice::Named(name),
    }
}

fn answers(set: Vec<(String, String)>) -> Result<Answers, Failure> {
    let mut answers = Answers::new();
    for (key, answer) in set {
        if answers.contains_key(&key) {
            return Err(Failure::usage(format!("--set {key}=… is given twice; leave one out")));
        }
        answers.insert(key, answer);
    }
    Ok(answers)
}

/// Returns how the feed signs in. A header, query parameter or cookie is given as a pair of its name and its secret's.
fn auth(
    bearer: Option<String>,
    basic: Option<Vec<String>>,
    headers: &[String],
    parameters: &[String],
    cookies: &[String],
) -> Result<Vec<Auth>, Failure> {
    let mut parts: Vec<Auth> = bearer.map(|secret| Auth::Bearer { secret }).into_iter().collect();
    if let Some([user, secret]) = basic.as_deref() {
        parts.push(Auth::Basic { user: user.clone(), secret: secret.clone() });
    }
    parts.extend(pairs(headers).map(|(name, secret)| Auth::Header { name, secret }));
    parts.extend(pairs(parameters).map(|(name, secret)| Auth::Query { name, secret }));
    parts.extend(pairs(cookies).map(|(name, secret)| Auth::Cookie { name, secret }));
    check_auth(&parts).map_err(Failure::usage)?;
    Ok(parts)
}

fn pairs(values: &[String]) -> impl Iterator<Item = (String, String)> {
    values.as_chunks().0.iter().map(|[name, secret]| (name.clone(), secret.clone()))
}

/// Connects once, reports the server's answer, and counts what arrives.
async fn test(dir: Option<&Path>, target: &str) -> Result<Exit, Failure> {
    let spec = if target.contains("://") {
        Spec::at(feed_url(target).map_err(Failure::usage)?)
    } else {
        crate::watch::configured(dir, target)?.0
    };
    let seen = observe(spec, target).await?;
    for line in seen::counted(&seen) {
        print::note(&line);
    }
    Ok(Exit::Satisfied)
}

fn failure(error: EditError) -> Failure {
    match error {
        EditError::Io { .. } | EditError::Secret(_) => Failure::failed(error),
        _ => Failure::usage(error),
    }
}
