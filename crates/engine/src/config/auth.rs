//! The key `auth` of a feed: how it signs in.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use reqwest::header::HeaderName;
use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::headers::{Header, is_reserved};
use super::reading::{Placed, Reading};
use super::resume::Resume;
use crate::secrets::{NewSecret, Secret, check_name, quotable};

/// Headers about the connection, the body or the answer, which never hold a secret.
const OF_THE_CONNECTION: [&str; 10] = [
    "accept",
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// One part of how a feed signs in. Secrets appear by name only; their text is in the keychain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer {
        /// The secret's name in the keychain.
        secret: String,
    },
    /// `Authorization: Basic …` (RFC 7617).
    Basic {
        /// The user name, without a colon or control characters.
        user: String,
        /// The password's name in the keychain.
        secret: String,
    },
    /// A header whose whole value is the secret.
    Header {
        /// The header's name.
        name: String,
        /// The secret's name in the keychain.
        secret: String,
    },
    /// A query parameter whose value is the secret. It replaces those of its name in the address.
    Query {
        /// The parameter's name.
        name: String,
        /// The secret's name in the keychain.
        secret: String,
    },
    /// A cookie whose value is the secret (RFC 6265).
    Cookie {
        /// The cookie's name.
        name: String,
        /// The secret's name in the keychain.
        secret: String,
    },
}

/// What a part sets in the request.
#[derive(PartialEq, Eq)]
enum Target {
    /// The header of this name, lower case.
    Header(String),
    Query(String),
    Cookie(String),
}

impl Auth {
    /// Returns what the configuration keeps of a new secret, under this name, and what the keychain keeps.
    ///
    /// # Errors
    ///
    /// The message for a person: a user, header, parameter or cookie of this name cannot be sent.
    pub(crate) fn of(secret: NewSecret, name: &str) -> Result<(Self, Secret), String> {
        let name = name.to_owned();
        Ok(match secret {
            NewSecret::Bearer(token) => (Auth::Bearer { secret: name }, token),
            NewSecret::Basic { user, password } => {
                (Auth::Basic { user: user_name(user)?, secret: name }, password)
            }
            NewSecret::Header { name: header, value } => {
                (Auth::Header { name: header_name(&header)?, secret: name }, value)
            }
            NewSecret::Query { name: parameter, value } => {
                (Auth::Query { name: parameter_name(parameter)?, secret: name }, value)
            }
            NewSecret::Cookie { name: cookie, value } => {
                (Auth::Cookie { name: cookie_name(cookie)?, secret: name }, value)
            }
        })
    }

    /// Returns the secret's name in the keychain.
    pub fn secret_name(&self) -> &str {
        match self {
            Auth::Bearer { secret }
            | Auth::Basic { secret, .. }
            | Auth::Header { secret, .. }
            | Auth::Query { secret, .. }
            | Auth::Cookie { secret, .. } => secret,
        }
    }

    /// Returns whether a new secret takes the same place in the request, so that it renews this part's.
    pub(crate) fn is_like(&self, secret: &NewSecret) -> bool {
        match (self, secret) {
            (Auth::Bearer { .. }, NewSecret::Bearer(_)) => true,
            (Auth::Basic { user, .. }, NewSecret::Basic { user: new, .. }) => user == new,
            (Auth::Header { name, .. }, NewSecret::Header { name: new, .. }) => {
                name.eq_ignore_ascii_case(new)
            }
            (Auth::Query { name, .. }, NewSecret::Query { name: new, .. })
            | (Auth::Cookie { name, .. }, NewSecret::Cookie { name: new, .. }) => name == new,
            (
                Auth::Bearer { .. }
                | Auth::Basic { .. }
                | Auth::Header { .. }
                | Auth::Query { .. }
                | Auth::Cookie { .. },
                _,
            ) => false,
        }
    }

    /// Returns the word for it in the file.
    pub(super) fn type_word(&self) -> &'static str {
        match self {
            Auth::Bearer { .. } => "bearer",
            Auth::Basic { .. } => "basic",
            Auth::Header { .. } => "header",
            Auth::Query { .. } => "query",
            Auth::Cookie { .. } => "cookie",
        }
    }

    fn target(&self) -> Target {
        match self {
            Auth::Bearer { .. } | Auth::Basic { .. } => Target::Header("authorization".into()),
            Auth::Header { name, .. } => Target::Header(name.to_ascii_lowercase()),
            Auth::Query { name, .. } => Target::Query(name.clone()),
            Auth::Cookie { name, .. } => Target::Cookie(name.clone()),
        }
    }

    /// Returns why this part cannot be used; `None` if it can.
    fn problem(&self) -> Option<String> {
        let names = match self {
            Auth::Bearer { .. } => Ok(()),
            Auth::Basic { user, .. } => user_name(user.clone()).map(drop).map_err(Into::into),
            Auth::Header { name, .. } => header_name(name).map(drop),
            Auth::Query { name, .. } => parameter_name(name.clone()).map(drop).map_err(Into::into),
            Auth::Cookie { name, .. } => cookie_name(name.clone()).map(drop).map_err(Into::into),
        };
        names.err().or_else(|| secret(self.secret_name().to_owned()).err().map(Into::into))
    }
}

/// Returns the names of secrets that a configuration has, also where it has problems; `None` where it is not TOML.
pub(crate) fn named_secrets(text: &str) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    collect_named(&toml::Value::Table(text.parse().ok()?), &mut names);
    Some(names)
}

fn collect_named(value: &toml::Value, names: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                match value.as_str() {
                    Some(name) if key == "secret" => drop(names.insert(name.to_owned())),
                    _ => collect_named(value, names),
                }
            }
        }
        toml::Value::Array(list) => list.iter().for_each(|value| collect_named(value, names)),
        _ => {}
    }
}

/// Checks how a feed is to sign in.
///
/// # Errors
///
/// The message for a person: a name that cannot be used, or two parts that set the same in the request.
pub fn check_auth(parts: &[Auth]) -> Result<(), String> {
    for (n, part) in parts.iter().enumerate() {
        let clash = parts.iter().take(n).find_map(|earlier| clash(&part.target(), &earlier.target()));
        if let Some(problem) = part.problem().or(clash) {
            return Err(problem);
        }
    }
    Ok(())
}

/// Returns why one request cannot have both targets; `None` if it can.
fn clash(one: &Target, other: &Target) -> Option<String> {
    let twice = |what: &str, name: &str| {
        Some(format!("two parts of auth set the {what} {}; leave one out", quotable(name)))
    };
    match (one, other) {
        (Target::Header(name), _) if one == other => twice("header", name),
        (Target::Query(name), _) if one == other => twice("query parameter", name),
        (Target::Cookie(name), _) if one == other => twice("cookie", name),
        (Target::Header(header), Target::Cookie(_)) | (Target::Cookie(_), Target::Header(header))
            if header == "cookie" =>
        {
            Some("the header cookie would replace the cookies of auth; write each cookie with type = \"cookie\"".into())
        }
        (Target::Header(_) | Target::Query(_) | Target::Cookie(_), _) => None,
    }
}

/// Returns why a part does not go with the feed's other keys; `None` if it does.
fn clash_with_keys(target: &Target, headers: &[Header], resume: &Resume) -> Option<String> {
    let own = match target {
        Target::Header(name) => Some(name.as_str()),
        Target::Cookie(_) => Some("cookie"),
        Target::Query(_) => None,
    };
    if let Some(name) = own.filter(|name| headers.iter().any(|header| header.name == *name)) {
        return Some(format!("headers sets {} as well; leave it out there or here", quotable(name)));
    }
    match (target, resume) {
        (Target::Query(name), Resume::Query { name: cursor, .. }) if name == cursor => {
            Some(format!("resume sets the query parameter {} as well", quotable(name)))
        }
        _ => None,
    }
}

/// The value of `auth`, as it is written.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum AuthSetting {
    One(AuthTable),
    Several(Vec<AuthTable>),
}

/// The keys of `auth`.
#[derive(Deserialize, JsonSchema)]
#[serde(expecting = "a table such as { type = \"bearer\", secret = \"ops\" }")]
pub(super) struct AuthTable {
    /// `"bearer"` for a token, `"basic"` for a user and a password, `"header"`, `"query"` or `"cookie"` for a secret that
    /// is the whole value of a request header, a query parameter or a cookie.
    r#type: Placed<String>,
    /// The user's name for `"basic"`, without a colon or control characters.
    user: Option<Placed<String>>,
    /// The name of the header, query parameter or cookie, for these three.
    name: Option<Placed<String>>,
    /// The name of the secret in the keychain: 1 to 128 characters, none of them a control character.
    secret: Placed<String>,
}

impl<'de> Deserialize<'de> for AuthSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrSeveral)
    }
}

/// Reads an [`AuthSetting`]. The derived reader of an untagged enum would lose the places of its values.
struct OneOrSeveral;

impl<'de> Visitor<'de> for OneOrSeveral {
    type Value = AuthSetting;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table such as { type = \"bearer\", secret = \"ops\" } or a list of such tables")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AuthSetting, A::Error> {
        AuthTable::deserialize(MapAccessDeserializer::new(map)).map(AuthSetting::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<AuthSetting, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(AuthSetting::Several)
    }
}

impl AuthSetting {
    /// Checks each part, that no two set the same, and that none sets what the feed's headers or its cursor set.
    pub(super) fn read(self, headers: &[Header], resume: &Resume, reading: &mut Reading<'_>) -> Vec<Auth> {
        let tables = match self {
            AuthSetting::One(table) => vec![table],
            AuthSetting::Several(tables) => tables,
        };
        let mut parts: Vec<Auth> = Vec::new();
        for table in tables {
            let span = table.span();
            let Some(part) = table.read(reading) else { continue };
            let target = part.target();
            let among_parts = parts.iter().find_map(|earlier| clash(&target, &earlier.target()));
            if let Some(problem) = among_parts.or_else(|| clash_with_keys(&target, headers, resume)) {
                reading.report(span, problem);
            }
            parts.push(part);
        }
        parts
    }
}

impl AuthTable {
    /// Returns the place of what names the part: its `name`, or its `type`.
    fn span(&self) -> Range<usize> {
        self.name.as_ref().map_or_else(|| self.r#type.span(), Placed::span)
    }

    /// Checks the values.
    fn read(self, reading: &mut Reading<'_>) -> Option<Auth> {
        let Self { r#type, user, name, secret: secret_name } = self;
        let type_span = r#type.span();
        let word = r#type.into_inner();
        let (takes_user, takes_name) = match word.as_str() {
            "bearer" => (false, false),
            "basic" => (true, false),
            "header" | "query" | "cookie" => (false, true),
            _ => {
                let expected = "expected one of \"bearer\", \"basic\", \"header\", \"query\", \"cookie\"";
                reading.report(type_span, expected);
                return None;
            }
        };
        let secret = reading.value(Some(secret_name), secret);
        for (key, is_taken, value) in [("user", takes_user, &user), ("name", takes_name, &name)] {
            match value {
                Some(value) if !is_taken => {
                    reading.report(value.span(), format!("\"{word}\" has no {key}; leave it out"));
                    return None;
                }
                None if is_taken => {
                    let message = format!("\"{word}\" needs {key} = \"…\" as well as the secret");
                    reading.report(type_span, message);
                    return None;
                }
                Some(_) | None => {}
            }
        }
        match word.as_str() {
            "basic" => {
                let user = reading.value(user, user_name);
                Some(Auth::Basic { user: user?, secret: secret? })
            }
            "header" => {
                let name = reading.value(name, |name| header_name(&name));
                Some(Auth::Header { name: name?, secret: secret? })
            }
            "query" => {
                let name = reading.value(name, parameter_name);
                Some(Auth::Query { name: name?, secret: secret? })
            }
            "cookie" => {
                let name = reading.value(name, cookie_name);
                Some(Auth::Cookie { name: name?, secret: secret? })
            }
            _ => Some(Auth::Bearer { secret: secret? }),
        }
    }
}

fn secret(name: String) -> Result<String, &'static str> {
    match check_name(&name) {
        Ok(()) => Ok(name),
        Err(_) => Err("expected the name of a secret in the keychain, 1 to 128 characters"),
    }
}

fn user_name(name: String) -> Result<String, &'static str> {
    if name.contains(|c: char| c == ':' || c.is_control()) {
        return Err("a user name cannot hold a colon or control characters");
    }
    Ok(name)
}

/// Returns the name in lower case.
fn header_name(name: &str) -> Result<String, String> {
    let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err("this is not a header name".into());
    };
    if is_reserved(&parsed) || OF_THE_CONNECTION.contains(&parsed.as_str()) {
        return Err(format!("Bellwire sets {parsed} itself"));
    }
    Ok(parsed.as_str().to_owned())
}

fn parameter_name(name: String) -> Result<String, &'static str> {
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err("expected the name of a query parameter");
    }
    Ok(name)
}

/// Checks that the name is a token (RFC 6265 4.1.1).
fn cookie_name(name: String) -> Result<String, &'static str> {
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_of_token) {
        return Err("the name of a cookie has letters, digits and !#$%&'*+-.^_`|~ only");
    }
    Ok(name)
}

#[cfg(test)]
mod tests;
