//! The services that Bellwire knows, as the Add dialog shows them.

use std::collections::BTreeMap;

use bellwire_engine::presets;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use url::Url;

use super::word::Word;

/// A service that Bellwire knows.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KnownService {
    /// The name of its preset.
    pub name: String,
    /// The service's own name.
    pub title: String,
    /// What the feed then does.
    pub about: Wording,
    /// What it asks for.
    pub asks: Vec<Question>,
    /// How the service signs in; null where it does not.
    pub sign_in: Option<ServiceSignIn>,
    /// How the feed resumes.
    pub resumes: Resumes,
    /// The event types of its signs of life, if it names them.
    pub control: Vec<String>,
    /// Whether the event types are computed from the data.
    pub types_from_data: bool,
    /// Whether it subscribes by a second request.
    pub subscribes: bool,
    /// Whether its request may have an effect or a price: it is not checked, and the feed ends with its answer.
    pub posts: bool,
}

/// A text in each language of the window.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Wording {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
}

/// Something that a service asks for.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Question {
    /// The key of the answer.
    pub key: String,
    /// The question.
    pub text: Wording,
    /// The answer where none is given.
    pub default: Option<String>,
    /// Whether it may stay without an answer, or the address may answer it.
    pub optional: bool,
    /// Whether the answer is a list, its entries apart by commas.
    pub list: bool,
}

/// How a service signs in.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct ServiceSignIn {
    /// Where the secret goes.
    pub kind: Word<presets::SignInKind>,
    /// The name of the header, query parameter or cookie.
    pub name: Option<String>,
    /// What the secret is.
    pub text: Wording,
    /// Whether the service can be received without it.
    pub optional: bool,
}

/// How a feed resumes.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Resumes {
    /// By the header `Last-Event-ID`.
    LastEventId,
    /// By a query parameter.
    Query {
        /// Its name.
        name: String,
    },
    /// Not at all.
    Nothing,
}

/// The service of an address.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct RecognisedService {
    /// The name of its preset.
    pub name: String,
    /// Whether the preset recognises the address; if not, the address only looks like one of the service.
    pub certain: bool,
    /// The answers that the address holds, by their keys.
    pub answers: BTreeMap<String, String>,
}

/// The service that a person chose for a new feed, with the answers to its questions.
#[derive(Debug, Deserialize, TS)]
pub struct ServiceChoice {
    /// The name of its preset.
    pub name: String,
    /// The answers, by their keys.
    pub answers: BTreeMap<String, String>,
}

impl From<&presets::Preset> for KnownService {
    fn from(preset: &presets::Preset) -> Self {
        let summary = preset.summary();
        Self {
            name: preset.name.clone(),
            title: preset.title.clone(),
            about: Wording { en: preset.about.en.clone(), zh_cn: preset.about.zh_cn.clone() },
            asks: preset.ask.iter().map(Question::from).collect(),
            sign_in: preset.secret.as_ref().map(ServiceSignIn::from),
            resumes: summary.resumes.into(),
            control: summary.control,
            types_from_data: summary.types_from_data,
            subscribes: summary.subscribes,
            posts: summary.posts,
        }
    }
}

impl From<&presets::Ask> for Question {
    fn from(ask: &presets::Ask) -> Self {
        Self {
            key: ask.key.clone(),
            text: Wording { en: ask.en.clone(), zh_cn: ask.zh_cn.clone() },
            default: ask.default.clone(),
            optional: ask.optional || ask.may_be_in_query(),
            list: ask.list,
        }
    }
}

impl From<&presets::SignInForm> for ServiceSignIn {
    fn from(form: &presets::SignInForm) -> Self {
        Self {
            kind: Word(form.kind),
            name: form.name.clone(),
            text: Wording { en: form.en.clone(), zh_cn: form.zh_cn.clone() },
            optional: form.optional,
        }
    }
}

impl From<presets::ResumesBy> for Resumes {
    fn from(resumes: presets::ResumesBy) -> Self {
        match resumes {
            presets::ResumesBy::LastEventId => Resumes::LastEventId,
            presets::ResumesBy::Query(name) => Resumes::Query { name },
            presets::ResumesBy::Nothing => Resumes::Nothing,
        }
    }
}

impl From<presets::Recognised> for RecognisedService {
    fn from(recognised: presets::Recognised) -> Self {
        Self { name: recognised.preset.name.clone(), certain: true, answers: recognised.answers }
    }
}

impl RecognisedService {
    /// Returns the service that recognises an address, or else one that it looks like.
    pub fn of(url: &Url) -> Option<Self> {
        let similar = || presets::similar(url).map(Self::uncertain);
        presets::recognise(url).map(Self::from).or_else(similar)
    }

    fn uncertain(preset: &presets::Preset) -> Self {
        Self { name: preset.name.clone(), certain: false, answers: BTreeMap::new() }
    }
}
