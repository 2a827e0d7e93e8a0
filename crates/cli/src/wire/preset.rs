//! A known service, as a line of JSON.

use bellwire_engine::presets::Preset;
use serde::Serialize;

/// A service that Bellwire knows, as `presets` prints it.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename = "preset")]
pub struct PresetLine<'a> {
    /// The name for `--preset`.
    name: &'a str,
    /// The service's own name.
    title: &'a str,
    /// What the feed then does, in English.
    about: &'a str,
    /// What it asks for.
    asks: Vec<AskedFor<'a>>,
    /// How the service signs in; `null` where it does not.
    sign_in: Option<SignsIn<'a>>,
    /// The documents and sources that it comes from.
    facts: &'a [String],
    /// What none of them confirmed.
    unconfirmed: &'a [String],
}

/// A question of a preset.
#[derive(Debug, Serialize)]
pub struct AskedFor<'a> {
    /// The key for `--set`.
    key: &'a str,
    /// The question, in English.
    question: &'a str,
    /// The answer where none is given.
    default: Option<&'a str>,
    /// Whether it may stay without an answer, or the address may answer it.
    optional: bool,
    /// Whether the answer is a list, its entries apart by commas.
    list: bool,
}

/// How a service signs in.
#[derive(Debug, Serialize)]
pub struct SignsIn<'a> {
    /// Where the secret goes: the word of `auth` in `config.toml`.
    r#type: &'static str,
    /// The name of the header, query parameter or cookie.
    name: Option<&'a str>,
    /// What the secret is, in English.
    secret: &'a str,
    /// Whether the service can be received without it.
    optional: bool,
}

impl<'a> PresetLine<'a> {
    /// Returns the line for a preset.
    pub fn new(preset: &'a Preset) -> Self {
        let asks = preset.ask.iter().map(|ask| AskedFor {
            key: &ask.key,
            question: &ask.en,
            default: ask.default.as_deref(),
            optional: ask.optional || ask.may_be_in_query(),
            list: ask.list,
        });
        let sign_in = preset.secret.as_ref().map(|form| SignsIn {
            r#type: form.kind.into(),
            name: form.name.as_deref(),
            secret: &form.en,
            optional: form.optional,
        });
        Self {
            name: &preset.name,
            title: &preset.title,
            about: &preset.about.en,
            asks: asks.collect(),
            sign_in,
            facts: &preset.facts,
            unconfirmed: &preset.unconfirmed,
        }
    }
}
