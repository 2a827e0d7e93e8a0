//! The file of the presets, and what one of them holds.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, de};
use toml_edit::{DocumentMut, Item, RawString, Table};
use url::Url;

use super::pattern::{HostPattern, NamePattern, PathPattern};

/// The text of the file.
pub(super) const TEXT: &str = include_str!("../../data/presets.toml");

/// What is known about one service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// Its name in commands.
    pub name: String,
    /// The service's own name, for people.
    pub title: String,
    /// What the feed then does, in one sentence.
    pub about: Wording,
    /// The documents and sources that the facts come from.
    pub facts: Vec<String>,
    /// What none of them confirmed.
    #[serde(default)]
    pub unconfirmed: Vec<String>,
    /// The only hosts on which an address is recognised; empty for any.
    #[serde(default)]
    pub(super) hosts: Vec<HostPattern>,
    /// The paths of its streams, by which an address is recognised; empty where the path is each server's own.
    pub(super) paths: Vec<PathPattern>,
    /// Whether there are streams at other paths, too.
    #[serde(default)]
    pub(super) other_paths: bool,
    /// The path that an address without one gets, where `address` gives none.
    pub(super) start: Option<String>,
    /// The query parameters that a recognised address has, with their values; `*` for any.
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, String>,
    /// The path and query that the address gets, in the folder that it names; a query alone keeps the path. `{x}` stands for the answer `x`.
    pub(super) address: Option<String>,
    /// What it asks for.
    #[serde(default)]
    pub ask: Vec<Ask>,
    /// How the service signs in; `None` where it does not.
    pub secret: Option<SignInForm>,
    /// The keys of the feed, with `<x>` and `<x|json>` in place of answers.
    #[serde(deserialize_with = "keys")]
    pub(super) keys: Table,
}

impl PartialEq for Preset {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A text in each language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
}

/// A question of a preset.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Its key, as in `--set topic=…`.
    pub key: String,
    /// The question in English.
    pub en: String,
    /// The question in Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
    /// The answer where none is given.
    pub default: Option<String>,
    /// Whether the answer is a list, its entries apart by commas.
    #[serde(default)]
    pub list: bool,
    /// Whether it may stay without an answer.
    #[serde(default)]
    pub optional: bool,
    /// The query parameters of an address, any of which answers it.
    #[serde(default)]
    pub(super) unless: Vec<NamePattern>,
    /// What the service keeps for itself, so that it is not an answer.
    #[serde(default)]
    pub(super) never: Vec<String>,
    /// Whether the answer becomes part of the feed's name.
    #[serde(default)]
    pub(super) names_feed: bool,
}

impl Ask {
    /// Returns whether an address can answer it by its query.
    pub fn may_be_in_query(&self) -> bool {
        !self.unless.is_empty()
    }

    /// Returns the first of these entries that the service keeps for itself.
    pub(super) fn kept(&self, entries: &str) -> Option<&str> {
        let mut entries = entries.split(',').map(str::trim);
        entries.find_map(|entry| self.never.iter().find(|kept| *kept == entry)).map(String::as_str)
    }
}

/// How a service signs in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInForm {
    /// Where the secret goes in the request.
    #[serde(rename = "type")]
    pub kind: SignInKind,
    /// The name of the header, query parameter or cookie.
    pub name: Option<String>,
    /// What the secret is, in English.
    pub en: String,
    /// What the secret is, in Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
    /// Whether the service can be received without it.
    #[serde(default)]
    pub optional: bool,
    /// Other forms that the service takes, with any name of a header, query parameter or cookie.
    #[serde(default)]
    pub also: Vec<SignInKind>,
    /// The query parameters of an address, any of which signs in.
    #[serde(default)]
    pub(super) unless: Vec<NamePattern>,
}

impl SignInForm {
    /// Returns whether the query of an address signs in already.
    pub fn is_in(&self, url: &Url) -> bool {
        url.query_pairs().any(|(name, value)| {
            !value.is_empty() && self.unless.iter().any(|pattern| pattern.matches(&name))
        })
    }

    /// Returns whether the service takes a sign-in of this kind, with this name of a header, query parameter or cookie.
    pub fn takes(&self, kind: SignInKind, name: Option<&str>) -> bool {
        let is_named = match (self.name.as_deref(), name) {
            (Some(own), Some(name)) if kind == SignInKind::Header => own.eq_ignore_ascii_case(name),
            (own, name) => own == name,
        };
        kind == self.kind && is_named || self.also.contains(&kind)
    }
}

/// Where a secret goes in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, strum::IntoStaticStr, strum::VariantArray)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum SignInKind {
    /// `Authorization: Bearer …`.
    Bearer,
    /// `Authorization: Basic …`: a user and a password.
    Basic,
    /// A header whose value is the secret.
    Header,
    /// A query parameter whose value is the secret.
    Query,
    /// A cookie whose value is the secret.
    Cookie,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    preset: Vec<Preset>,
}

/// Reads a text of presets, and sorts them by their names.
///
/// # Errors
///
/// The problem, with its place, where the text is not one.
pub(super) fn parse(text: &str) -> Result<Vec<Preset>, toml::de::Error> {
    let mut presets = toml::from_str::<File>(text)?.preset;
    presets.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(presets)
}

/// Returns the presets that the program has.
pub(super) fn all() -> &'static [Preset] {
    static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "the text is part of the program, and a test reads it")]
        parse(TEXT).expect("the presets can be read")
    });
    &PRESETS
}

fn keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Table, D::Error> {
    let document: DocumentMut = String::deserialize(deserializer)?.parse().map_err(de::Error::custom)?;
    let mut table = document.as_table().clone();
    for (_, item) in table.iter_mut() {
        make_movable(item);
    }
    Ok(table)
}

/// Lets the tables of an item be written where they are put, not where they were read, each after a blank line.
fn make_movable(item: &mut Item) {
    let table = |table: &mut Table| {
        table.set_position(None);
        let prefix = table.decor().prefix().and_then(RawString::as_str);
        if prefix.is_none_or(str::is_empty) {
            table.decor_mut().set_prefix("\n");
        }
        table.iter_mut().for_each(|(_, item)| make_movable(item));
    };
    match item {
        Item::Table(own) => table(own),
        Item::ArrayOfTables(own) => own.iter_mut().for_each(table),
        Item::None | Item::Value(_) => {}
    }
}
