//! The name of a feed of a service.

use url::Url;

use super::address::values_of;
use super::answers::{Answer, Resolved};
use super::data::Preset;
use super::pattern::Matched;

/// The most characters of what distinguishes a feed from others of its service.
const MAX_OWN: usize = 32;

/// Returns the name of a feed: the service's, and what distinguishes it from others of that service: an answer, or a part of
/// the address.
pub(super) fn name(preset: &Preset, url: &Url, place: Option<&Matched<'_>>, answers: &Resolved) -> String {
    let mut own: Vec<String> = Vec::new();
    for ask in preset.ask.iter().filter(|ask| ask.names_feed) {
        let given = answers.get(&ask.key).map(Answer::entries).unwrap_or_default();
        match given.is_empty() {
            true => own.extend(values_of(url, |name| ask.unless.iter().any(|known| known.as_str() == name))),
            false => own.extend(given.into_iter().map(str::to_owned)),
        }
    }
    let is_asked = |key: &str| preset.ask.iter().any(|ask| ask.key == key);
    let captured = place.into_iter().flat_map(|place| &place.captured).filter(|(key, _)| !is_asked(key));
    own.extend(captured.map(|(_, text)| text.clone()));
    let own = own.join(", ");
    let own = match own.char_indices().nth(MAX_OWN) {
        Some((end, _)) => format!("{}…", &own[..end]),
        None => own,
    };
    let own: String = own.chars().filter(|c| !c.is_control()).collect();
    format!("{} {own}", preset.title).trim_end().to_owned()
}
