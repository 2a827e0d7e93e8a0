//! Query parameters of a URL. A change keeps every other byte of the query, because it may be signed as it is.

use url::{Url, form_urlencoded};

/// Returns the URL with this query parameter in place of those of its name.
pub(super) fn with_parameter(url: &Url, name: &str, value: &str) -> Url {
    let own = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    let is_other =
        |part: &&str| form_urlencoded::parse(part.as_bytes()).next().is_none_or(|(other, _)| other != name);
    let query: Vec<&str> = parts(url).filter(is_other).chain([own.as_str()]).collect();
    with_query(url, &query)
}

/// Returns the URL without the parts of its query, each a `name=value` as it is written, that `is_removed` selects.
pub(super) fn without_parts(url: &Url, is_removed: impl Fn(&str) -> bool) -> Url {
    if !parts(url).any(&is_removed) {
        return url.clone();
    }
    let query: Vec<&str> = parts(url).filter(|part| !is_removed(part)).collect();
    with_query(url, &query)
}

fn parts(url: &Url) -> impl Iterator<Item = &str> {
    let query = url.query().filter(|query| !query.is_empty());
    query.into_iter().flat_map(|query| query.split('&'))
}

fn with_query(url: &Url, parts: &[&str]) -> Url {
    let query = (!parts.is_empty()).then(|| parts.join("&"));
    let mut changed = url.clone();
    changed.set_query(query.as_deref());
    changed
}
