//! Presets: what is known about public services, and the keys of a feed that they lead to.
//!
//! A preset is data, `data/presets.toml`. It recognises an address, asks for what the address does not say, and gives the
//! feed's address and keys. They are written as ordinary keys, and nothing refers to the preset afterwards.

mod address;
mod answers;
mod data;
mod error;
mod keys;
mod naming;
mod pattern;
mod summary;

use toml_edit::Table;
use url::Url;

pub use answers::Answers;
pub use data::{Ask, Preset, SignInForm, SignInKind, Wording};
pub use error::PresetError;
pub use summary::{ResumesBy, Summary};

/// Which preset a new feed gets.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum PresetChoice {
    /// None: the feed has only what the person gave.
    #[default]
    Plain,
    /// The one that recognises the address, if there is one.
    Recognised,
    /// The one with this name.
    Named(String),
}

/// What a preset makes of an address.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The preset.
    pub preset: &'static Preset,
    /// A name for the feed.
    pub name: String,
    /// The feed's address.
    pub url: Url,
    /// Keys of the feed, with its rules; without id, name, address and sign-in.
    pub keys: Table,
}

/// A preset that recognised an address.
#[derive(Clone, Debug, PartialEq)]
pub struct Recognised {
    /// The preset.
    pub preset: &'static Preset,
    /// The answers that the address holds.
    pub answers: Answers,
}

/// Returns all presets, sorted by their names.
pub fn all() -> &'static [Preset] {
    data::all()
}

/// Returns the preset with this name.
///
/// # Errors
///
/// [`PresetError::Unknown`], with the names that there are and the one that may be meant.
pub fn named(name: &str) -> Result<&'static Preset, PresetError> {
    let found = all().iter().find(|preset| preset.name == name);
    found.ok_or_else(|| PresetError::Unknown { name: name.to_owned() })
}

/// Returns the first preset that recognises this address, with the answers that the address holds.
pub fn recognise(url: &Url) -> Option<Recognised> {
    let preset = all().iter().find(|preset| address::is_recognised(preset, url))?;
    Some(Recognised { preset, answers: address::answers(preset, address::place(preset, url).as_ref()) })
}

/// Returns the preset that may fit an address that none recognises: services that people run on their own servers have
/// the same paths there.
pub fn similar(url: &Url) -> Option<&'static Preset> {
    match recognise(url) {
        Some(_) => None,
        None => all().iter().find(|preset| address::is_similar(preset, url)),
    }
}

/// Applies the chosen preset to an address; `None` where none is chosen or none recognises the address.
///
/// # Errors
///
/// [`PresetError`] where there is no such preset, where an answer is missing, not asked for, or not usable, and where the
/// address is not that of a stream of the service.
pub fn apply(choice: &PresetChoice, url: &Url, given: &Answers) -> Result<Option<Applied>, PresetError> {
    let preset = match choice {
        PresetChoice::Plain => None,
        PresetChoice::Recognised => by_address(url)?,
        PresetChoice::Named(name) => Some(named(name)?),
    };
    let Some(preset) = preset else {
        return match (given.keys().next(), choice) {
            (Some(key), PresetChoice::Plain) => Err(PresetError::PlainAsksNothing { key: key.clone() }),
            (Some(key), _) => Err(PresetError::NothingAsks { key: key.clone() }),
            (None, _) => Ok(None),
        };
    };
    let place = address::place(preset, url);
    let held = address::answers(preset, place.as_ref());
    let answers = keys::answers(preset, given, &held, url)?;
    let applied = address::applied(preset, url, place.as_ref(), &answers)?;
    let name = naming::name(preset, &applied, place.as_ref(), &answers);
    Ok(Some(Applied { preset, name, url: applied, keys: keys::filled_in(&preset.keys, &answers) }))
}

/// Returns the preset that recognises an address; `None` where it is of no known service.
///
/// # Errors
///
/// [`PresetError::NotAStream`] where the host is a known service's own, and the path is not that of a stream.
fn by_address(url: &Url) -> Result<Option<&'static Preset>, PresetError> {
    if let Some(recognised) = recognise(url) {
        return Ok(Some(recognised.preset));
    }
    match all().iter().find(|preset| address::is_of(preset, url)) {
        Some(preset) => Err(PresetError::not_a_stream(preset, url.path(), false)),
        None => Ok(None),
    }
}

impl Applied {
    /// Returns this without the preset's rules, for a feed that has its own.
    #[must_use]
    pub fn without_rules(mut self) -> Self {
        self.keys.remove("rule");
        self
    }

    /// Returns whether the host is one of the service's own.
    pub fn is_on_own_host(&self) -> bool {
        address::is_of(self.preset, &self.url)
    }

    /// Returns whether a look at the feed is free: its request has neither an effect nor a price, as a POST may have.
    pub fn may_be_tried(&self) -> bool {
        self.keys.get("method").is_none_or(|method| method.as_str() == Some("GET"))
    }
}

#[cfg(test)]
mod tests;
