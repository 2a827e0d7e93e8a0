//! `bellwire secret`: stores, lists and removes secrets in the keychain. A secret is read from a prompt or stdin, never
//! from the command line, where other programs could see it.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use bellwire_engine::secrets::{Secret, SecretError, check_name, looks_like_a_secret};
use bellwire_engine::{Home, system};
use zeroize::Zeroize;

use crate::args::SecretCommand;
use crate::exit::{Exit, Failure};
use crate::print;

/// The size limit of a secret that is piped in, in bytes: far more than a request can carry.
const MAX_PIPED: u64 = 64 * 1024;

pub async fn run(dir: Option<&Path>, command: SecretCommand) -> Result<Exit, Failure> {
    let home = Home::resolve(dir).map_err(Failure::usage)?;
    let secrets = system::ports_for(&home).secrets;
    match command {
        SecretCommand::Set { name } => {
            refuse_secret(dir, &name)?;
            check_name(&name).map_err(Failure::usage)?;
            let secret = read(&name)?;
            secrets.set(&name, secret).await.map_err(failure)?;
            print::note(&format!("stored {name} in the keychain"));
        }
        SecretCommand::Remove { name } => {
            if !secrets.remove(&name).await.map_err(failure)? {
                return Err(Failure::failed(missing(dir, &name)));
            }
            print::note(&format!("removed {name} from the keychain"));
        }
        SecretCommand::List => {
            let names = crate::check::secret_names(dir)?;
            if names.is_empty() {
                print::note("config.toml names no secrets, so there are none to list");
            }
            for name in names {
                let state = match secrets.get(&name).await {
                    Ok(_) => "stored",
                    Err(SecretError::Missing(_)) => "missing",
                    Err(error) => return Err(failure(error)),
                };
                if print::line(&format!("{name}\t{state}")).is_err() {
                    break;
                }
            }
        }
    }
    Ok(Exit::Satisfied)
}

/// Returns the message for a secret that cannot be removed because there is none. It repeats no secret that was given in
/// place of a name.
fn missing(dir: Option<&Path>, name: &str) -> String {
    let what = match refuse_secret(dir, name) {
        Ok(()) => format!("the keychain has no secret named {name} for this home"),
        Err(_) => "the keychain has no secret of this name for this home".to_owned(),
    };
    format!("{what}, so nothing was removed; `bellwire secret list` shows the names")
}

/// Checks that a name was given, and not the secret itself. A name that `config.toml` has is one, whatever it looks like.
fn refuse_secret(home: Option<&Path>, name: &str) -> Result<(), Failure> {
    let is_known = || crate::check::secret_names(home).is_ok_and(|names| names.contains(name));
    if looks_like_a_secret(name) && !is_known() {
        return Err(Failure::usage(
            "what was given looks like the secret itself, and nothing was stored; give a name of your choice, such as \
             `bellwire secret set ops`, which then asks for the secret",
        ));
    }
    Ok(())
}

/// Reads a secret from a prompt, or from stdin to its end. A single line break at the end is no part of it.
fn read(name: &str) -> Result<Secret, Failure> {
    let secret = if io::stdin().is_terminal() {
        Secret::new(rpassword::prompt_password(format!("Secret for {name}: ")).map_err(Failure::failed)?)
    } else {
        piped()?
    };
    secret.check().map_err(Failure::usage)?;
    Ok(secret)
}

fn piped() -> Result<Secret, Failure> {
    // With all its room from the start, the text is not copied while it grows.
    let mut bytes = Vec::with_capacity(MAX_PIPED as usize + 1);
    let read = io::stdin().lock().take(MAX_PIPED + 1).read_to_end(&mut bytes);
    let secret = match (read, std::str::from_utf8(&bytes)) {
        (Err(error), _) => Err(Failure::failed(format!("cannot read the secret from stdin: {error}"))),
        (Ok(_), _) if bytes.len() as u64 > MAX_PIPED => Err(Failure::usage(
            "what was piped in is larger than 64 KiB, which no secret is; nothing was stored",
        )),
        (Ok(_), Err(_)) => Err(Failure::usage("what was piped in is not text in UTF-8; nothing was stored")),
        (Ok(_), Ok(text)) => {
            let line = text.strip_suffix('\n').unwrap_or(text);
            Ok(Secret::new(line.strip_suffix('\r').unwrap_or(line)))
        }
    };
    bytes.zeroize();
    secret
}

fn failure(error: SecretError) -> Failure {
    match error {
        SecretError::Unusable(_) => Failure::usage(error),
        _ => Failure { exit: Exit::Authentication, message: error.to_string() },
    }
}
