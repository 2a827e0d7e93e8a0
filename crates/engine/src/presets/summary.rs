//! What a preset sets, as a person may want to know before the feed is added.

use toml_edit::{Item, Table};

use super::data::Preset;

/// What a preset sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How the feed resumes.
    pub resumes: ResumesBy,
    /// The event types of its signs of life, if it names them.
    pub control: Vec<String>,
    /// Whether the event types are computed from the data.
    pub types_from_data: bool,
    /// Whether it subscribes by a second request.
    pub subscribes: bool,
    /// Whether its request is a POST, which may have an effect or a price: the feed ends with its answer.
    pub posts: bool,
}

/// How a feed resumes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResumesBy {
    /// By the header `Last-Event-ID`.
    LastEventId,
    /// By this query parameter.
    Query(String),
    /// Not at all.
    Nothing,
}

impl Preset {
    /// Returns what the preset sets, with the default answers.
    pub fn summary(&self) -> Summary {
        let keys = &self.keys;
        let control = keys.get("control").and_then(Item::as_array);
        let control = control.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned));
        Summary {
            resumes: self.resumes(keys),
            control: control.collect(),
            types_from_data: keys.contains_key("event_from"),
            subscribes: keys.contains_key("subscribe"),
            posts: keys.get("method").and_then(Item::as_str) == Some("POST"),
        }
    }

    fn resumes(&self, keys: &Table) -> ResumesBy {
        let Some(resume) = keys.get("resume") else { return ResumesBy::LastEventId };
        let Some(name) = resume.get("query").and_then(Item::as_str) else { return ResumesBy::Nothing };
        let asked = self.ask.iter().find(|ask| name == format!("<{}>", ask.key));
        ResumesBy::Query(asked.and_then(|ask| ask.default.as_deref()).unwrap_or(name).to_owned())
    }
}
