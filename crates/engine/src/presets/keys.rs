//! The keys of a feed, with the answers in them.

use toml_edit::{Item, Table, Value};
use url::Url;

use super::answers::{Answer, Answers, Resolved};
use super::data::{Ask, Preset};
use super::error::PresetError;

/// Returns the answer to each question: what was given, else what the path of the address holds, else the default. One that
/// the query of the address answers has none.
///
/// # Errors
///
/// [`PresetError::NotAsked`], [`PresetError::Missing`] and [`PresetError::Kept`].
pub(super) fn answers(
    preset: &Preset,
    given: &Answers,
    held: &Answers,
    url: &Url,
) -> Result<Resolved, PresetError> {
    if let Some(key) = given.keys().find(|key| preset.ask.iter().all(|ask| ask.key != **key)) {
        let mut asked: Vec<String> = preset.ask.iter().map(|ask| ask.key.clone()).collect();
        asked.sort();
        return Err(PresetError::NotAsked { preset: preset.name.clone(), key: key.clone(), asked });
    }
    let answer = |ask: &Ask| Ok((ask.key.clone(), answer(preset, ask, given, held, url)?));
    preset.ask.iter().map(answer).collect()
}

fn answer(
    preset: &Preset,
    ask: &Ask,
    given: &Answers,
    held: &Answers,
    url: &Url,
) -> Result<Answer, PresetError> {
    let known = |answers: &Answers| answers.get(&ask.key).map(|text| text.trim().to_owned());
    let known = known(given).filter(|text| !text.is_empty()).or_else(|| known(held));
    let is_default = known.is_none();
    let text = known.or_else(|| ask.default.clone()).unwrap_or_default();
    let answer = Answer { text, is_list: ask.list, is_default };
    if answer.entries().is_empty() && !ask.optional && !is_in_query(ask, url) {
        let (preset, key, question) = (preset.name.clone(), ask.key.clone(), ask.en.clone());
        return Err(PresetError::Missing { preset, key, question });
    }
    if let Some(kept) = ask.kept(&answer.text) {
        let (preset, key) = (preset.title.clone(), ask.key.clone());
        return Err(PresetError::Kept { preset, key, answer: kept.to_owned() });
    }
    Ok(answer)
}

/// Returns whether a query parameter of an address answers a question.
fn is_in_query(ask: &Ask, url: &Url) -> bool {
    url.query_pairs()
        .any(|(name, value)| !value.is_empty() && ask.unless.iter().any(|pattern| pattern.matches(&name)))
}

/// Returns the keys with the answers in place of `<x>` and `<x|json>`. They are put into values and never into the text of
/// the file, so that no answer can add a key.
pub(super) fn filled_in(keys: &Table, answers: &Resolved) -> Table {
    let mut keys = keys.clone();
    fill_table(&mut keys, answers);
    keys
}

fn fill_table(table: &mut Table, answers: &Resolved) {
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(table) => fill_table(table, answers),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(|table| fill_table(table, answers)),
            Item::Value(value) => fill_value(value, answers),
            Item::None => {}
        }
    }
}

fn fill_value(value: &mut Value, answers: &Resolved) {
    let decor = value.decor().clone();
    match value {
        Value::String(text) => {
            let filled = fill_text(text.value(), answers);
            if filled != *text.value() {
                *value = filled.into();
                *value.decor_mut() = decor;
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| fill_value(entry, answers)),
        Value::InlineTable(table) => table.iter_mut().for_each(|(_, value)| fill_value(value, answers)),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
}

/// Fills in one text, in one pass: an answer that looks like `<x>` stays as it is. An answer without `|json` replaces only
/// a whole text, so that it cannot become a part of an expression.
fn fill_text(text: &str, answers: &Resolved) -> String {
    let whole = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    if let Some(answer) = whole.and_then(|key| answers.get(key)) {
        return answer.text.clone();
    }
    let mut filled = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, marked) = rest.split_at(start);
        filled.push_str(before);
        let marker = marked.find("|json>").map(|end| (&marked[1..end], &marked[end + "|json>".len()..]));
        match marker.and_then(|(key, after)| Some((answers.get(key)?, after))) {
            Some((answer, after)) => {
                filled.push_str(&answer.json());
                rest = after;
            }
            None => {
                filled.push('<');
                rest = &marked[1..];
            }
        }
    }
    filled + rest
}
