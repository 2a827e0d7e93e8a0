//! What an expression may use: no functions, and only filters whose work and result are bounded by what they are given.

use std::borrow::Cow;
use std::sync::LazyLock;

use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, filters, tests};

use crate::json;

/// The most steps of one evaluation: far more than a path into the data needs.
const FUEL: u64 = 10_000;

/// The longest text that a filter takes or makes, in bytes.
const MAX_TEXT: usize = 1024 * 1024;

/// The most items of a list that a filter makes.
const MAX_ITEMS: usize = 10_000;

/// The filters and tests that every expression can use.
pub(super) static SANDBOX: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_fuel(Some(FUEL));
    // A member of something undefined is undefined, so that `data.a.b` needs no guard.
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.add_filter("abs", filters::abs);
    environment.add_filter("default", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("flat", flat);
    environment.add_filter("float", filters::float);
    environment.add_filter("fromjson", from_json);
    environment.add_filter("int", filters::int);
    environment.add_filter("join", join);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("lower", |text: &Value| mapped(text, str::to_lowercase));
    environment.add_filter("replace", replace);
    environment.add_filter("round", filters::round);
    environment.add_filter("striptags", |text: &Value| mapped(text, strip_tags));
    environment.add_filter("tojson", to_json);
    environment.add_filter("trim", |text: &Value| mapped(text, |text| text.trim().to_owned()));
    environment.add_filter("truncate", truncate);
    environment.add_filter("upper", |text: &Value| mapped(text, str::to_uppercase));
    environment.add_test("defined", tests::is_defined);
    environment.add_test("endingwith", tests::is_endingwith);
    environment.add_test("mapping", tests::is_mapping);
    environment.add_test("none", tests::is_none);
    environment.add_test("number", tests::is_number);
    environment.add_test("sequence", tests::is_sequence);
    environment.add_test("startingwith", tests::is_startingwith);
    environment.add_test("string", tests::is_string);
    environment.add_test("undefined", tests::is_undefined);
    environment
});

/// Returns the value of JSON text; the text itself where it is not JSON.
fn from_json(value: &Value) -> Result<Value, Error> {
    let Some(text) = value.as_str() else { return Ok(value.clone()) };
    within(text.len())?;
    Ok(json::read(text).unwrap_or_else(|| value.clone()))
}

fn to_json(value: &Value) -> Result<String, Error> {
    let text = serde_json::to_string(value).map_err(|error| failed(error.to_string()))?;
    within(text.len()).map(|()| text)
}

/// Returns one list of what the items of a list hold in their lists under this key. An item without such a list adds
/// nothing.
fn flat(list: &Value, key: &str) -> Result<Value, Error> {
    if list.is_undefined() || list.is_none() {
        return Ok(Value::from(Vec::<Value>::new()));
    }
    if list.kind() != ValueKind::Seq {
        return Err(failed("`flat` expects a list"));
    }
    let mut items: Vec<Value> = Vec::new();
    for item in list.try_iter()? {
        let held = item.get_attr(key).unwrap_or_default();
        if held.kind() != ValueKind::Seq {
            continue;
        }
        if items.len() + held.len().unwrap_or_default() > MAX_ITEMS {
            return Err(failed("the list has more than 10,000 items"));
        }
        items.extend(held.try_iter()?);
    }
    Ok(Value::from(items))
}

fn join(list: &Value, separator: Option<&str>) -> Result<String, Error> {
    let separator = separator.unwrap_or_default();
    if list.is_undefined() || list.is_none() {
        return Ok(String::new());
    }
    let mut joined = String::new();
    for (n, item) in list.try_iter()?.enumerate() {
        if n > 0 {
            joined.push_str(separator);
        }
        joined.push_str(&shown(&item));
        within(joined.len())?;
    }
    Ok(joined)
}

fn replace(text: &Value, from: &str, to: &str) -> Result<String, Error> {
    let text = &*text_of(text)?;
    let found = if from.is_empty() { text.chars().count() + 1 } else { text.matches(from).count() };
    within(text.len().saturating_add(found.saturating_mul(to.len())))?;
    Ok(text.replace(from, to))
}

/// Cuts a text to so many characters, the last of them an ellipsis.
fn truncate(text: &Value, limit: usize) -> Result<String, Error> {
    let text = text_of(text)?;
    Ok(match text.char_indices().nth(limit) {
        None => text.into_owned(),
        Some(_) => text.chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
    })
}

fn mapped(text: &Value, map: impl Fn(&str) -> String) -> Result<String, Error> {
    text_of(text).map(|text| map(&text))
}

/// Returns the text of a value: empty where it is undefined or null.
fn text_of(value: &Value) -> Result<Cow<'_, str>, Error> {
    let text = match value.kind() {
        ValueKind::String => Cow::Borrowed(value.as_str().unwrap_or_default()),
        ValueKind::Undefined | ValueKind::None => Cow::Borrowed(""),
        ValueKind::Number | ValueKind::Bool => Cow::Owned(shown(value)),
        _ => return Err(failed("expected a text, found a list or an object; `tojson` makes it one")),
    };
    within(text.len()).map(|()| text)
}

/// Returns the text of HTML: without tags, paragraphs and line breaks as line breaks, and with the five characters that
/// must be escaped as they read.
fn strip_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let tag = &rest[1..];
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!') {
            text.push('<');
            rest = tag;
            continue;
        }
        // Where this tag does not end, none of those after it does: each byte is looked at once.
        let Some(end) = tag.find('>') else { break };
        if breaks_line(&tag[..end]) && !text.is_empty() {
            text.push('\n');
        }
        rest = &tag[end + 1..];
    }
    text.push_str(rest);
    unescape(text.trim())
}

fn breaks_line(tag: &str) -> bool {
    let name = tag.trim_end_matches('/').split_whitespace().next().unwrap_or_default();
    ["br", "/p", "/div", "/li"].iter().any(|breaking| name.eq_ignore_ascii_case(breaking))
}

fn unescape(text: &str) -> String {
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&nbsp;", " ")];
    let text = entities.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c));
    // Last, so that an escaped entity stays what it says.
    text.replace("&amp;", "&")
}

/// Returns a value as text: lists and objects as JSON.
pub(super) fn shown(value: &Value) -> String {
    match value.kind() {
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::Seq | ValueKind::Map => serde_json::to_string(value).unwrap_or_else(|_| value.to_string()),
        _ => value.to_string(),
    }
}

fn within(length: usize) -> Result<(), Error> {
    if length > MAX_TEXT { Err(failed("the text is longer than 1 MiB")) } else { Ok(()) }
}

fn failed(detail: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail)
}
