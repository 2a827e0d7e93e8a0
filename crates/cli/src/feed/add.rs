//! `bellwire feed add`: looks at an address, and adds a feed of it to `config.toml`.

use std::path::Path;

use bellwire_engine::Home;
use bellwire_engine::config::{
    Auth, Config, ConfigFile, EditError, NewFeed, Rule, TypeChoice, free_id, free_name, name_for, public_url,
    secret_parameter,
};
use bellwire_engine::event::{FeedId, Reason};
use bellwire_engine::feed::{Spec, is_sent_in_clear};
use bellwire_engine::ports::Secrets;
use bellwire_engine::presets::{self, Answers, Applied, PresetChoice};
use bellwire_engine::secrets::{SecretError, looks_like_a_secret};
use bellwire_engine::{Ports, Seen, system};

use super::again::Again;
use super::sign_in;
use crate::args::AddOptions;
use crate::check::load;
use crate::exit::{Exit, Failure, printable};
use crate::observe::{Unseen, observe};
use crate::print;
use crate::seen;
use crate::target;

/// What is printed before a look at a new feed.
const WATCHING: &str = "watching what it sends for up to 10 s; --no-check adds it at once";

/// Which events of a new feed notify.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Notifying {
    /// Those that a look at the feed suggests.
    AsChecked,
    /// All named ones.
    Named,
    /// None.
    Nothing,
}

/// What the person did not give and the program chose.
#[derive(Clone)]
struct Derived {
    /// The text that the id is made of; `None` where the id was given.
    id_from: Option<String>,
    is_name_derived: bool,
}

/// A feed on its way into the file.
struct Adding {
    feed: NewFeed,
    derived: Derived,
    notifying: Notifying,
    /// The event types that notify in any case.
    notify: Vec<String>,
    /// The service, whose sign-in a refused feed may lack.
    applied: Option<Applied>,
    again: Again,
    /// A name for a secret of this feed.
    secret_name: String,
    ports: Ports,
}

pub async fn run(
    dir: Option<&Path>,
    home: &Home,
    file: &ConfigFile,
    options: AddOptions,
) -> Result<Exit, Failure> {
    let answers = answers(&options.set)?;
    home.prepare().map_err(Failure::failed)?;
    let config = load(dir)?;
    let adding = Adding::of(dir, &config, options, &answers, system::ports_for(home))?;
    let derived = adding.derived.clone();
    let feed = adding.complete().await?;
    let id = add_to(file, feed, &derived).map_err(Failure::edit)?;
    // The feed is added, whether or not its id can be printed.
    let _ = print::line(id.as_str());
    Ok(Exit::Satisfied)
}

/// Adds the feed to the file, and returns its id. What the file has taken meanwhile, such as by an add at the same time,
/// is derived again.
fn add_to(file: &ConfigFile, mut feed: NewFeed, derived: &Derived) -> Result<FeedId, EditError> {
    let turn = file.turn()?;
    let present = turn.config()?;
    let ids: Vec<FeedId> = present.feeds.iter().map(|feed| feed.id.clone()).collect();
    if let Some(text) = derived.id_from.as_ref().filter(|_| ids.contains(&feed.id)) {
        feed.id = free_id(text, &feed.url, &ids);
    }
    if derived.is_name_derived {
        let names: Vec<String> = present.feeds.iter().map(|feed| feed.name.clone()).collect();
        feed.name = free_name(&feed.name, &feed.url, &names);
    }
    let id = feed.id.clone();
    turn.add(&[feed])?;
    Ok(id)
}

impl Adding {
    /// Reads the options, and says what is made of them.
    ///
    /// # Errors
    ///
    /// When they contradict each other, or the service needs something else. Nothing was sent then.
    fn of(
        dir: Option<&Path>,
        config: &Config,
        options: AddOptions,
        answers: &Answers,
        ports: Ports,
    ) -> Result<Self, Failure> {
        let again = Again::of(dir, &options);
        let typed = target::address(&options.url)?;
        let choice = choice(options.preset.as_deref());
        let applied = presets::apply(&choice, &typed, answers).map_err(Failure::usage)?;
        let own_name = applied.as_ref().map_or_else(|| name_for(&typed), |applied| applied.name.clone());
        let derived = Derived {
            id_from: options.id.is_none().then(|| options.name.clone().unwrap_or_else(|| own_name.clone())),
            is_name_derived: options.name.is_none(),
        };
        let ids: Vec<FeedId> = config.feeds.iter().map(|feed| feed.id.clone()).collect();
        let id = options.id.clone();
        let id = id.unwrap_or_else(|| free_id(options.name.as_ref().unwrap_or(&own_name), &typed, &ids));
        if ids.contains(&id) {
            return Err(Failure::edit(EditError::Taken(id)));
        }
        let names: Vec<String> = config.feeds.iter().map(|feed| feed.name.clone()).collect();
        let name = options.name.clone().unwrap_or_else(|| free_name(&own_name, &typed, &names));
        let secret_name = match (&applied, looks_like_a_secret(id.as_str())) {
            (_, false) => id.to_string(),
            (Some(applied), true) => applied.preset.name.clone(),
            (None, true) => "ops".into(),
        };
        let known: Vec<String> = config
            .feeds
            .iter()
            .flat_map(|feed| &feed.auth)
            .map(|auth| auth.secret_name().to_owned())
            .collect();
        let auth = sign_in::given(&options, &known, &again, &secret_name)?;
        if let Some(applied) = &applied {
            sign_in::check_fit(applied, &auth, &again, &secret_name)?;
            crate::presets::used(applied.preset, &choice).iter().for_each(|line| print::note(line));
            let (typed, own) = (public_url(&typed), public_url(&applied.url));
            if typed != own {
                print::note(&format!("its address is {own}"));
            }
        } else if choice == PresetChoice::Recognised
            && let Some(preset) = presets::similar(&typed)
        {
            print::note(&crate::presets::suggested(preset));
        }
        let url = applied.as_ref().map_or_else(|| typed.clone(), |applied| applied.url.clone());
        if let Some(same) = config.feeds.iter().find(|feed| feed.url == url) {
            print::note(&format!("the feed {} has the same address", same.id));
        }
        if let Some(parameter) = secret_parameter(&typed) {
            print::note(&format!(
                "the address seems to hold a secret ({}=…), which config.toml then shows to everyone who may read it; \
                 bellwire secret set NAME and --auth-query {} NAME keep it in the keychain",
                printable(&parameter),
                printable(&parameter)
            ));
        }
        if !auth.is_empty() && (options.no_check || options.log_only) && is_sent_in_clear(&typed) {
            print::note(
                "its secret is not sent over plain http, so the feed will not connect: give its address with https, or \
                 allow it in config.toml with allow_insecure_auth = true",
            );
        }
        let notifying = match (options.log_only, options.no_check) {
            (true, _) => Notifying::Nothing,
            (false, true) => Notifying::Named,
            (false, false) => Notifying::AsChecked,
        };
        let (severity, rules, keys) = (Vec::new(), Vec::new(), Default::default());
        let feed = NewFeed { id, name, url, auth, severity, rules, keys };
        Ok(Self { feed, derived, notifying, notify: options.notify, applied, again, secret_name, ports })
    }

    /// Completes the feed with its keys and rules, after a look at it where one is wanted.
    ///
    /// # Errors
    ///
    /// When the feed cannot be received as it is.
    async fn complete(mut self) -> Result<NewFeed, Failure> {
        if self.notifying != Notifying::AsChecked {
            note_missing(&self.feed.auth, &*self.ports.secrets).await;
        }
        match self.applied.take() {
            Some(applied) => self.of_service(applied).await,
            None => self.plain().await,
        }
    }

    /// Completes a feed without a preset: what it sends decides about its rules.
    async fn plain(mut self) -> Result<NewFeed, Failure> {
        self.feed.rules = match self.notifying {
            Notifying::AsChecked => {
                let seen = self.look(None, "; of its events, the named ones notify").await?;
                if let Some(seen) = &seen {
                    seen::chosen(seen, &self.notify).iter().for_each(|line| print::note(line));
                }
                let proposal = seen.map(|seen| seen.proposal()).unwrap_or_default();
                Rule::for_choices(with_wanted(proposal, &self.notify))
            }
            Notifying::Named => Rule::for_choices(with_wanted(Vec::new(), &self.notify)),
            Notifying::Nothing => vec![Rule::log_all()],
        };
        Ok(self.feed)
    }

    /// Completes a feed with what a preset gives. Its rules are taken as they are; a look at the feed only shows whether it
    /// can be received.
    async fn of_service(mut self, applied: Applied) -> Result<NewFeed, Failure> {
        let (preset, may_be_tried) = (applied.preset, applied.may_be_tried());
        let (applied, rules) = match self.notifying {
            Notifying::Nothing => (applied.without_rules(), vec![Rule::log_all()]),
            Notifying::AsChecked | Notifying::Named if self.notify.is_empty() => (applied, Vec::new()),
            Notifying::AsChecked | Notifying::Named => (applied, vec![Rule::notify_about(&self.notify)]),
        };
        (self.feed.keys, self.feed.rules) = (applied.keys, rules);
        match self.notifying {
            Notifying::AsChecked if may_be_tried => {
                if let Some(seen) = self.look(preset.secret.as_ref(), "").await? {
                    seen::counted(&seen).iter().for_each(|line| print::note(line));
                }
            }
            Notifying::AsChecked => {
                print::note("not checked, because its request may have an effect or a price");
                note_missing(&self.feed.auth, &*self.ports.secrets).await;
            }
            Notifying::Named | Notifying::Nothing => {}
        }
        Ok(self.feed)
    }

    /// Watches the feed. Returns what was seen, or `None` where nothing was and a later try may well see more.
    ///
    /// # Errors
    ///
    /// When a later try would fail the same way.
    async fn look(
        &self,
        form: Option<&presets::SignInForm>,
        what_follows: &str,
    ) -> Result<Option<Seen>, Failure> {
        let config = self.feed.config().map_err(Failure::edit)?;
        print::note(WATCHING);
        let Unseen { reason, failure } =
            match observe(Spec::of(&config), &config.public_url(), self.ports.clone()).await {
                Ok(seen) => return Ok(Some(seen)),
                Err(unseen) => unseen,
            };
        let Some(reason) = reason.filter(|reason| !passes(reason)) else {
            print::note(&failure.message);
            print::note(&format!("added all the same, and tried again from time to time{what_follows}"));
            return Ok(None);
        };
        let auth = &self.feed.auth;
        let commands = match (&reason, form) {
            (Reason::SecretMissing(_), _) => sign_in::commands_again(auth, &self.again),
            (Reason::SignInRefused(_) | Reason::SignInRefusedForPage(_), _) if !auth.is_empty() => {
                sign_in::commands_again(auth, &self.again)
            }
            (Reason::SignIn(_) | Reason::SignInPage(_), Some(form)) => {
                sign_in::commands(form, &self.again, &self.secret_name)
            }
            (Reason::SignIn(_), None) => {
                self.again.with(&format!("--bearer {}", self.secret_name), &[&self.secret_name])
            }
            _ => String::new(),
        };
        Err(Failure { exit: failure.exit, message: not_added(&failure.message, &commands) })
    }
}

/// Returns the message for a feed that is not added, with the commands that may help.
fn not_added(message: &str, commands: &str) -> String {
    let message = format!("{message}\nThe feed was not added; --no-check adds it all the same.");
    match commands.is_empty() {
        true => message,
        false => format!("{message} To store its secret, and add it again:\n{commands}"),
    }
}

/// Returns whether a failure may pass by itself, so that a later try of the same feed may well succeed.
fn passes(reason: &Reason) -> bool {
    match reason {
        Reason::Ended
        | Reason::Refused
        | Reason::Reset
        | Reason::ConnectTimeout
        | Reason::NoAnswer
        | Reason::Idle
        | Reason::Network(_)
        | Reason::Proxy(_)
        | Reason::Status(_)
        | Reason::Complete
        | Reason::KeychainLocked
        | Reason::KeychainTimeout
        | Reason::Woke
        | Reason::Restart => true,
        Reason::Dns
        | Reason::Tls(_)
        | Reason::NoContent
        | Reason::SignIn(_)
        | Reason::SignInRefused(_)
        | Reason::SignInPage(_)
        | Reason::SignInRefusedForPage(_)
        | Reason::SignInElsewhere(_)
        | Reason::PrivateRedirect(_)
        | Reason::RedirectLoop(_)
        | Reason::NotFound(_)
        | Reason::WrongType(_)
        | Reason::PageElsewhere(_)
        | Reason::Unreadable(_)
        | Reason::Unexpected(_)
        | Reason::Redirect(_)
        | Reason::Encoding(_)
        | Reason::InsecureAuth
        | Reason::BadHeader
        | Reason::BadCookie(_)
        | Reason::Subscribe(_)
        | Reason::KeychainAbsent
        | Reason::SecretMissing(_) => false,
    }
}

/// Prints which secrets the keychain does not have. Connects to no server.
async fn note_missing(auth: &[Auth], secrets: &dyn Secrets) {
    for part in auth {
        match secrets.get(part.secret_name()).await {
            Ok(_) => {}
            Err(error @ SecretError::Missing(_)) => print::note(&error.to_string()),
            Err(error) => {
                print::note(&format!("could not look for the secret {}: {error}", part.secret_name()));
            }
        }
    }
}

/// Returns the choices with these types set to notify.
fn with_wanted(mut choices: Vec<TypeChoice>, notify: &[String]) -> Vec<TypeChoice> {
    choices.retain(|choice| !notify.contains(&choice.event_type));
    choices.extend(notify.iter().map(|name| TypeChoice { event_type: name.clone(), notify: true }));
    choices
}

fn choice(preset: Option<&str>) -> PresetChoice {
    match preset {
        None => PresetChoice::Recognised,
        Some("none") => PresetChoice::Plain,
        Some(name) => PresetChoice::Named(name.to_owned()),
    }
}

fn answers(set: &[(String, String)]) -> Result<Answers, Failure> {
    let mut answers = Answers::new();
    for (key, answer) in set {
        if answers.insert(key.clone(), answer.clone()).is_some() {
            return Err(Failure::usage(format!("--set {key}=… is given twice; leave one out")));
        }
    }
    Ok(answers)
}
