//! Addresses: which preset recognises one, and what it makes of it.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Url, form_urlencoded};

use super::answers::{Answers, Resolved};
use super::data::Preset;
use super::error::PresetError;
use super::pattern::{Matched, key_of, segments};

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

/// Returns whether a preset recognises an address by its host, its path and its query. On a host of the service's own it
/// recognises an address without a path, too, if it knows one.
pub(super) fn is_recognised(preset: &Preset, url: &Url) -> bool {
    let has = |(name, value): (&String, &String)| {
        url.query_pairs().any(|(own, is)| own == name.as_str() && (value == "*" || is == value.as_str()))
    };
    let is_of_path = match is_of(preset, url) {
        true if segments(url.path()).is_empty() => has_own_path(preset),
        true => matched(preset, url, false).is_some(),
        false => preset.hosts.is_empty() && matched(preset, url, false).is_some(),
    };
    is_of_path && preset.parameters.iter().all(has)
}

/// Returns whether the host of an address is one of the service's own.
pub(super) fn is_of(preset: &Preset, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    preset.hosts.iter().any(|pattern| pattern.matches(host))
}

/// Returns whether a preset gives a path to an address without one.
fn has_own_path(preset: &Preset) -> bool {
    preset.start.is_some() || preset.address.as_ref().is_some_and(|address| address.starts_with('/'))
}

/// Returns whether an address may be one of the service's on a server of another owner: it has a path of the preset's with
/// two fixed segments, or the server is called by the preset's name.
pub(super) fn is_similar(preset: &Preset, url: &Url) -> bool {
    let host = url.domain().unwrap_or_default();
    let has_name = || host.split('.').any(|label| label == preset.name);
    !is_of(preset, url) && (has_name() || place(preset, url).is_some_and(|place| place.fixed > 1))
}

/// Returns how the path of an address matches the first of the preset's that it does. A server that is not one of the
/// service's own may have its streams in a folder; a path that may be any is one if it ends with a slash.
pub(super) fn place<'a>(preset: &Preset, url: &'a Url) -> Option<Matched<'a>> {
    let is_own = is_of(preset, url);
    let is_folder = |place: &Matched<'_>| !is_own && place.fixed == 0 && url.path().ends_with('/');
    matched(preset, url, !is_own).filter(|place| !is_folder(place))
}

fn matched<'a>(preset: &Preset, url: &'a Url, in_folder: bool) -> Option<Matched<'a>> {
    let is_kept = |text: &str| preset.ask.iter().any(|ask| ask.kept(text).is_some());
    let is_stream = |matched: &Matched<'_>| {
        !matched.folder.iter().any(|folder| is_kept(folder))
            && !matched.captured.values().any(|text| is_kept(text))
    };
    preset.paths.iter().filter_map(|pattern| pattern.matched(url, in_folder)).find(is_stream)
}

/// Returns the answers that the path of an address holds, of those that the preset asks for.
pub(super) fn answers(preset: &Preset, place: Option<&Matched<'_>>) -> Answers {
    let mut captured = place.map(|place| place.captured.clone()).unwrap_or_default();
    captured.retain(|key, _| preset.ask.iter().any(|ask| ask.key == *key));
    captured
}

/// Returns the address that a feed of this preset gets: that of the person, with the preset's path and parameters. The
/// folder before the path stays, and so does a parameter of the person's own where the answer is only the default. A
/// parameter without an answer is left out.
///
/// # Errors
///
/// [`PresetError::Path`] for an answer that cannot be part of a path, [`PresetError::Contradiction`] for one that the address
/// has otherwise, and [`PresetError::NotAStream`] for a path that is none of the preset's.
pub(super) fn applied(
    preset: &Preset,
    url: &Url,
    place: Option<&Matched<'_>>,
    answers: &Resolved,
) -> Result<Url, PresetError> {
    let (path, query) = match &preset.address {
        Some(address) => address.split_once('?').unwrap_or((address, "")),
        None => ("", ""),
    };
    let mut applied = url.clone();
    if path.is_empty() {
        match &preset.start {
            Some(start) if segments(url.path()).is_empty() => applied.set_path(start),
            _ => check_path(preset, url, place)?,
        }
    } else {
        let own: Vec<Cow<'_, str>> =
            segments(path).into_iter().map(|part| segment(part, answers)).collect::<Result<_, _>>()?;
        let folder = folder(preset, url, place, path, &own, answers)?;
        let parts: Vec<&str> = folder.into_iter().chain(own.iter().map(AsRef::as_ref)).collect();
        applied.set_path(&format!("/{}", parts.join("/")));
    }
    let query = with_parameters(url.query().unwrap_or_default(), query, answers)?;
    applied.set_query((!query.is_empty()).then_some(query.as_str()));
    Ok(applied)
}

/// Checks that a path that stays as it is can be that of a stream.
fn check_path(preset: &Preset, url: &Url, place: Option<&Matched<'_>>) -> Result<(), PresetError> {
    let is_other = preset.other_paths && !segments(url.path()).is_empty();
    match place {
        None if !preset.paths.is_empty() && !is_other => {
            Err(PresetError::not_a_stream(preset, url.path(), true))
        }
        Some(_) | None => Ok(()),
    }
}

/// Returns the folder of an address in which the preset's path is: what is before a path of the preset, or before the
/// beginning of one.
fn folder<'a>(
    preset: &Preset,
    url: &'a Url,
    place: Option<&Matched<'a>>,
    path: &str,
    own: &[Cow<'_, str>],
    answers: &Resolved,
) -> Result<Vec<&'a str>, PresetError> {
    if let Some(place) = place {
        let used = segments(path).into_iter().filter_map(key_of);
        for key in used {
            let (Some(held), Some(given)) = (place.captured.get(key), answers.get(key)) else { continue };
            if *held == given.text {
                continue;
            }
            let may_be_folder = place.fixed == 0 && !is_of(preset, url);
            let hint = match may_be_folder {
                true => format!(", or end the address with / if {held} is a folder of the server"),
                false => String::new(),
            };
            let (given, held) = (given.text.clone(), held.clone());
            return Err(PresetError::Contradiction { key: key.to_owned(), given, held, hint });
        }
        return Ok(place.folder.clone());
    }
    if is_of(preset, url) {
        return Ok(Vec::new());
    }
    let mut folder = segments(url.path());
    let begins = |count: &usize| {
        folder.len() >= *count
            && folder[folder.len() - *count..].iter().zip(own).all(|(one, other)| one == other)
    };
    let begun = (1..=own.len()).rev().find(begins).unwrap_or(0);
    folder.truncate(folder.len() - begun);
    Ok(folder)
}

/// Returns a query with the parameters of a preset.
fn with_parameters(query: &str, added: &str, answers: &Resolved) -> Result<String, PresetError> {
    let mut query_parts: Vec<String> = parts(query).map(str::to_owned).collect();
    for part in parts(added) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let is_own = |own: &String| name_of(own) == name;
        let place = query_parts.iter().position(is_own);
        let values = match key_of(value) {
            None => vec![format!("{name}={value}")],
            Some(key) => {
                let Some(answer) = answers.get(key).filter(|answer| !answer.entries().is_empty()) else {
                    continue;
                };
                let held: Vec<String> =
                    query_parts.iter().filter(|own| is_own(own)).map(|own| value_of(own)).collect();
                if held.iter().any(|text| !text.is_empty()) {
                    if !answer.is_default && !is_same(&held, &answer.entries()) {
                        let (given, held) = (answer.text.clone(), held.join(","));
                        let (key, hint) = (key.to_owned(), String::new());
                        return Err(PresetError::Contradiction { key, given, held, hint });
                    }
                    continue;
                }
                let value = |entry: &&str| format!("{name}={}", utf8_percent_encode(entry, IN_QUERY));
                answer.entries().iter().map(value).collect()
            }
        };
        query_parts.retain(|own| !is_own(own));
        let place = place.unwrap_or(query_parts.len());
        query_parts.splice(place..place, values);
    }
    Ok(query_parts.join("&"))
}

/// Returns whether two lists have the same entries, in whatever order.
fn is_same(held: &[String], given: &[&str]) -> bool {
    let mut held: Vec<&str> = held.iter().map(String::as_str).collect();
    let mut given = given.to_vec();
    held.sort_unstable();
    given.sort_unstable();
    held == given
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

/// Returns the values of these parameters, decoded, each once.
pub(super) fn values_of(url: &Url, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for (name, value) in url.query_pairs() {
        if is_wanted(&name) && !value.is_empty() && values.iter().all(|known| *known != value) {
            values.push(value.into_owned());
        }
    }
    values
}

fn parts(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|part| !part.is_empty())
}

fn name_of(part: &str) -> Cow<'_, str> {
    form_urlencoded::parse(part.as_bytes()).next().map(|(name, _)| name).unwrap_or_default()
}

fn value_of(part: &str) -> String {
    form_urlencoded::parse(part.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
