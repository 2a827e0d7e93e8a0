//! Addresses: which preset recognises one, and what it makes of it.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Url, form_urlencoded};

use super::answers::{Answer, Answers, Resolved};
use super::data::Preset;
use super::error::PresetError;
use super::pattern::key_of;

/// What is encoded in a query: all but the unreserved characters (RFC 3986, 2.3), so that an answer stays one value.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What is encoded in a segment of a path: all that a segment cannot hold (RFC 3986, 3.3).
const IN_SEGMENT: &AsciiSet = &IN_QUERY
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// Returns whether a preset recognises an address by its host, its path and its query.
pub(super) fn is_recognised(preset: &Preset, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let has = |(name, value): (&String, &String)| {
        url.query_pairs().any(|(own, is)| own == name.as_str() && (value == "*" || is == value.as_str()))
    };
    (preset.hosts.is_empty() || preset.hosts.iter().any(|pattern| pattern.matches(host)))
        && preset.paths.iter().any(|pattern| pattern.captures(url.path()).is_some())
        && preset.parameters.iter().all(has)
}

/// Returns the answers that the path of an address holds, of those that the preset asks for.
pub(super) fn answers(preset: &Preset, url: &Url) -> Answers {
    let mut captured =
        preset.paths.iter().find_map(|pattern| pattern.captures(url.path())).unwrap_or_default();
    captured.retain(|key, _| preset.ask.iter().any(|ask| ask.key == *key));
    captured
}

/// Returns the address that a feed of this preset gets: that of the person, with the preset's path and with its
/// parameters in place of those of their names. A parameter without an answer is left out, and one whose answer is only
/// the default does not replace the person's own.
///
/// # Errors
///
/// [`PresetError::Path`] for an answer that cannot be part of a path.
pub(super) fn applied(preset: &Preset, url: &Url, answers: &Resolved) -> Result<Url, PresetError> {
    let mut url = url.clone();
    let Some(address) = &preset.address else { return Ok(url) };
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    if !path.is_empty() {
        let segments: Result<Vec<_>, _> = path.split('/').map(|part| segment(part, answers)).collect();
        url.set_path(&segments?.join("/"));
    }
    let mut query_parts: Vec<String> = parts(url.query().unwrap_or_default()).map(str::to_owned).collect();
    for part in parts(query) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let is_own = |own: &String| name_of(own) == name;
        let (values, is_default) = match key_of(value) {
            None => (vec![format!("{name}={value}")], false),
            Some(key) => {
                let answer = answers.get(key);
                let value = |entry: &str| format!("{name}={}", utf8_percent_encode(entry, IN_QUERY));
                let entries = answer.map(Answer::entries).unwrap_or_default();
                (entries.iter().map(|entry| value(entry)).collect(), answer.is_some_and(|a| a.is_default))
            }
        };
        let place = query_parts.iter().position(is_own);
        if values.is_empty() || is_default && place.is_some() {
            continue;
        }
        query_parts.retain(|own| !is_own(own));
        let place = place.unwrap_or(query_parts.len());
        query_parts.splice(place..place, values);
    }
    url.set_query((!query_parts.is_empty()).then(|| query_parts.join("&")).as_deref());
    Ok(url)
}

/// Returns a segment of a path, with the answer that it stands for.
fn segment<'a>(part: &'a str, answers: &Resolved) -> Result<Cow<'a, str>, PresetError> {
    let Some(key) = key_of(part) else { return Ok(part.into()) };
    let text = answers.get(key).map(|answer| answer.text.as_str()).unwrap_or_default();
    // The first is no segment at all, and the others mean this folder and the one above.
    if matches!(text, "" | "." | "..") {
        return Err(PresetError::Path { key: key.to_owned() });
    }
    Ok(utf8_percent_encode(text, IN_SEGMENT).to_string().into())
}

fn parts(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|part| !part.is_empty())
}

fn name_of(part: &str) -> Cow<'_, str> {
    form_urlencoded::parse(part.as_bytes()).next().map(|(name, _)| name).unwrap_or_default()
}
