//! `config.toml` as it is written: the tables and their keys, before anything is checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
pub(super) struct File {
    pub version: Option<Spanned<u32>>,
    #[serde(default)]
    pub app: AppTable,
    #[serde(default)]
    pub notifications: NotificationsTable,
    #[serde(default)]
    pub retention: RetentionTable,
    #[serde(default)]
    pub feed: Vec<FeedTable>,
}

#[derive(Deserialize, Default)]
pub(super) struct AppTable {
    pub language: Option<Spanned<String>>,
    pub theme: Option<Spanned<String>>,
    pub close_to_tray: Option<bool>,
}

#[derive(Deserialize, Default)]
pub(super) struct RetentionTable {
    pub max_age: Option<Spanned<String>>,
    pub max_events: Option<Spanned<u64>>,
}

#[derive(Deserialize, Default)]
pub(super) struct NotificationsTable {
    pub burst: Option<Spanned<u32>>,
    pub per: Option<Spanned<String>>,
}

#[derive(Deserialize)]
pub(super) struct FeedTable {
    pub id: Spanned<String>,
    pub name: Option<Spanned<String>>,
    pub url: Spanned<String>,
    #[serde(default = "yes")]
    pub enabled: bool,
    pub auth: Option<AuthTable>,
    #[serde(default)]
    pub allow_insecure_auth: bool,
    #[serde(default)]
    pub headers: BTreeMap<Spanned<String>, String>,
    pub method: Option<Spanned<String>>,
    pub body: Option<String>,
    pub resume: Option<Spanned<ResumeSetting>>,
    pub ca_file: Option<Spanned<String>>,
    pub proxy: Option<Spanned<String>>,
    pub idle_timeout: Option<Spanned<String>>,
    pub max_event: Option<Spanned<Size>>,
    #[serde(default)]
    pub severity: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default)]
    pub rule: Vec<RuleTable>,
}

#[derive(Deserialize)]
pub(super) struct AuthTable {
    pub r#type: Spanned<String>,
    pub user: Option<Spanned<String>>,
    pub secret: Spanned<String>,
}

#[derive(Deserialize)]
pub(super) struct RuleTable {
    pub name: Option<String>,
    #[serde(default)]
    pub event: Names,
    #[serde(default = "yes")]
    pub notify: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Size {
    Bytes(u64),
    Text(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum ResumeSetting {
    Word(String),
    Query(QueryTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QueryTable {
    pub query: String,
    pub cursor: String,
}

/// One name or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Names {
    One(String),
    Many(Vec<String>),
}

impl Default for Names {
    fn default() -> Self {
        Names::Many(Vec::new())
    }
}

fn yes() -> bool {
    true
}
