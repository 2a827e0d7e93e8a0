//! How a new feed signs in: the options of `feed add`, checked against what its service takes.

use bellwire_engine::config::{Auth, check_auth};
use bellwire_engine::presets::{Applied, SignInForm, SignInKind};
use bellwire_engine::secrets::looks_like_a_secret;

use super::again::Again;
use crate::args::AddOptions;
use crate::exit::Failure;
use crate::presets::option;
use crate::text::quoted;

/// Returns how the feed signs in, from the options.
///
/// # Errors
///
/// When something given as a name looks like a secret, cannot be sent, or is set twice. The message repeats no secret.
pub fn given(
    options: &AddOptions,
    known: &[String],
    again: &Again,
    suggested: &str,
) -> Result<Vec<Auth>, Failure> {
    let mut parts: Vec<Auth> =
        options.bearer.iter().map(|secret| Auth::Bearer { secret: secret.clone() }).collect();
    if let Some([user, secret]) = options.basic.as_deref() {
        parts.push(Auth::Basic { user: user.clone(), secret: secret.clone() });
    }
    parts.extend(pairs(&options.auth_header).map(|(name, secret)| Auth::Header { name, secret }));
    parts.extend(pairs(&options.auth_query).map(|(name, secret)| Auth::Query { name, secret }));
    parts.extend(pairs(&options.auth_cookie).map(|(name, secret)| Auth::Cookie { name, secret }));
    for part in &parts {
        check_names(part, known, again, suggested)?;
    }
    check_auth(&parts).map_err(Failure::usage)?;
    Ok(parts)
}

fn pairs(values: &[String]) -> impl Iterator<Item = (String, String)> {
    values.as_chunks().0.iter().map(|[name, secret]| (name.clone(), secret.clone()))
}

/// Checks that names were given, and no secrets. A name that `config.toml` has is one, whatever it looks like.
fn check_names(part: &Auth, known: &[String], again: &Again, suggested: &str) -> Result<(), Failure> {
    let (kind, name) = form_of(part);
    let flag = flag(kind);
    let has_value = |name: &str| name.contains(|c: char| matches!(c, ':' | '=') || c.is_whitespace());
    let is_secret = |name: &str| kind == SignInKind::Header && looks_like_a_secret(name);
    if name.is_some_and(|name| has_value(name) || is_secret(name)) {
        let usage = written(kind, None, "NAME");
        return Err(Failure::usage(format!(
            "{flag} takes a name without a value, and then the name of a secret: {usage}. Nothing was added"
        )));
    }
    let secret = part.secret_name();
    if known.iter().any(|known| known == secret) || !looks_like_a_secret(secret) {
        return Ok(());
    }
    let commands = again.with(&written(kind, name, suggested), &[suggested]);
    Err(Failure::usage(format!(
        "{flag} takes the name of a secret, and what was given looks like the secret itself. Nothing was added. Store the \
         secret under a name (the first command asks for it), then add the feed with that name:\n{commands}"
    )))
}

/// Checks that a service gets a sign-in that it takes, and one at all if it needs one.
///
/// # Errors
///
/// When the feed would not be let in; the message has the commands for the right sign-in.
pub fn check_fit(applied: &Applied, parts: &[Auth], again: &Again, suggested: &str) -> Result<(), Failure> {
    let title = &applied.preset.title;
    let Some(form) = &applied.preset.secret else {
        return match parts.first() {
            Some(part) if applied.is_on_own_host() => Err(Failure::usage(format!(
                "{title} needs no sign-in; leave out {}. Nothing was added",
                flag(form_of(part).0)
            ))),
            Some(_) | None => Ok(()),
        };
    };
    let is_taken = |part: &Auth| {
        let (kind, name) = form_of(part);
        form.takes(kind, name)
    };
    let problem = match parts.first() {
        None if form.optional || form.is_in(&applied.url) => return Ok(()),
        None => format!("{title} needs a sign-in: {}.", form.en),
        Some(_) if parts.iter().any(is_taken) => return Ok(()),
        Some(part) => {
            let (kind, name) = form_of(part);
            let given = written(kind, name, "NAME");
            format!("{title} does not sign in with {given}. It takes: {}.", form.en)
        }
    };
    Err(Failure::usage(format!(
        "{problem} Nothing was added. Store it under a name (the first command asks for it), then add the feed with that name:\n{}",
        commands(form, again, suggested)
    )))
}

/// Returns the two commands that store the secret of a service and add its feed.
pub fn commands(form: &SignInForm, again: &Again, suggested: &str) -> String {
    again.with(&option(form, suggested), &[suggested])
}

/// Returns the commands that store the secrets of these parts again, and add the feed with them.
pub fn commands_again(parts: &[Auth], again: &Again) -> String {
    let options: Vec<String> = parts.iter().map(as_given).collect();
    let names: Vec<&str> = parts.iter().map(Auth::secret_name).collect();
    again.with(&options.join(" "), &names)
}

/// Returns the option that gives a part.
fn as_given(part: &Auth) -> String {
    let (kind, name) = form_of(part);
    let secret = quoted(part.secret_name());
    match part {
        Auth::Basic { user, .. } if !looks_like_a_secret(user) => {
            format!("--basic {} {secret}", quoted(user))
        }
        _ => written(kind, name, &secret),
    }
}

/// Returns the form of a part, and its header, parameter or cookie.
fn form_of(part: &Auth) -> (SignInKind, Option<&str>) {
    match part {
        Auth::Bearer { .. } => (SignInKind::Bearer, None),
        Auth::Basic { .. } => (SignInKind::Basic, None),
        Auth::Header { name, .. } => (SignInKind::Header, Some(name)),
        Auth::Query { name, .. } => (SignInKind::Query, Some(name)),
        Auth::Cookie { name, .. } => (SignInKind::Cookie, Some(name)),
    }
}

fn flag(kind: SignInKind) -> &'static str {
    match kind {
        SignInKind::Bearer => "--bearer",
        SignInKind::Basic => "--basic",
        SignInKind::Header => "--auth-header",
        SignInKind::Query => "--auth-query",
        SignInKind::Cookie => "--auth-cookie",
    }
}

/// Returns an option with this header, parameter or cookie, or else with the word for one, and with the name of a secret.
fn written(kind: SignInKind, name: Option<&str>, secret: &str) -> String {
    let word = match kind {
        SignInKind::Bearer => return format!("--bearer {secret}"),
        SignInKind::Basic => return format!("--basic USER {secret}"),
        SignInKind::Header => "HEADER",
        SignInKind::Query => "PARAMETER",
        SignInKind::Cookie => "COOKIE",
    };
    let name = name.filter(|name| !looks_like_a_secret(name)).map_or_else(|| word.to_owned(), quoted);
    format!("{} {name} {secret}", flag(kind))
}
