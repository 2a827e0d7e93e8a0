//! `bellwire secret`: stores, lists and removes secrets in the keychain. A secret is read from a prompt or stdin, never
//! from the command line, where other programs could see it.

use std::io::{self, BufRead, IsTerminal};

use bellwire_engine::secrets::{Secret, SecretError};
use bellwire_engine::system;

use crate::args::SecretCommand;
use crate::exit::{Exit, Failure};
use crate::print;
use crate::secret_name::looks_like_a_secret;

pub async fn run(home: Option<&std::path::Path>, command: SecretCommand) -> Result<Exit, Failure> {
    let secrets = system::ports().secrets;
    match command {
        SecretCommand::Set { name } => {
            check_name(home, &name)?;
            let secret = read(&name)?;
            secrets.set(&name, secret).await.map_err(failure)?;
            print::note(&format!("stored {name} in the keychain"));
        }
        SecretCommand::Remove { name } => {
            secrets.remove(&name).await.map_err(failure)?;
            print::note(&format!("removed {name} from the keychain"));
        }
        SecretCommand::List => {
            let names = crate::check::secret_names(home)?;
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

/// Checks that a name was given, and not the secret itself. A name that `config.toml` has is one, whatever it looks like.
fn check_name(home: Option<&std::path::Path>, name: &str) -> Result<(), Failure> {
    let is_known = || crate::check::secret_names(home).is_ok_and(|names| names.contains(name));
    if looks_like_a_secret(name) && !is_known() {
        return Err(Failure::usage(
            "what was given looks like the secret itself, and nothing was stored; give a name of your choice, such as \
             `bellwire secret set ops`, which then asks for the secret",
        ));
    }
    Ok(())
}

fn read(name: &str) -> Result<Secret, Failure> {
    let text = if io::stdin().is_terminal() {
        rpassword::prompt_password(format!("Secret for {name}: ")).map_err(Failure::failed)?
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(Failure::failed)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if text.is_empty() {
        return Err(Failure::usage(format!(
            "the secret {name} is empty and was not stored; type it at the prompt, or pipe it to stdin"
        )));
    }
    Ok(Secret::new(text))
}

fn failure(error: SecretError) -> Failure {
    Failure { exit: Exit::Authentication, message: error.to_string() }
}
