//! `bellwire presets`: the services that Bellwire knows, and the lines about the one that a new feed uses.

use std::io::IsTerminal;

use bellwire_engine::presets::{self, Ask, Preset, PresetChoice, SignInForm, SignInKind};

use crate::args::{LogFormat, PresetsOptions};
use crate::exit::{Exit, Failure};
use crate::print;
use crate::text::quoted;
use crate::wire::PresetLine;

pub fn run(options: &PresetsOptions) -> Result<Exit, Failure> {
    let natural = if std::io::stdout().is_terminal() { LogFormat::Text } else { LogFormat::Ndjson };
    for preset in presets::all() {
        let printed = match options.format.unwrap_or(natural) {
            LogFormat::Ndjson => print::json(&PresetLine::new(preset)),
            LogFormat::Text => print::line(&described(preset)),
        };
        if let Err(unprinted) = printed {
            return unprinted.exit();
        }
    }
    Ok(Exit::Satisfied)
}

/// Returns the lines about the preset of a new feed: which it is, how to go without it, and what it does.
pub fn used(preset: &Preset, choice: &PresetChoice) -> [String; 2] {
    let which = match choice {
        PresetChoice::Recognised => {
            format!("recognised as {}; --preset none adds it as a plain feed", preset.title)
        }
        PresetChoice::Named(_) | PresetChoice::Plain => format!("set up as {}", preset.title),
    };
    [which, preset.about.en.clone()]
}

/// Returns the line about a preset that may fit the address of a plain feed.
pub fn suggested(preset: &Preset) -> String {
    format!("the address looks like one of {}; if it is, add it with --preset {}", preset.title, preset.name)
}

/// Returns the lines about one preset in the list.
fn described(preset: &Preset) -> String {
    let mut text = format!("{}\n    {}: {}", preset.name, preset.title, preset.about.en);
    for ask in &preset.ask {
        text += &format!("\n    {}", asked(ask));
    }
    if let Some(form) = &preset.secret {
        let optional = if form.optional { ", if it wants one" } else { "" };
        text += &format!("\n    {}  {}{optional}", option(form, "NAME"), form.en);
    }
    text
}

fn asked(ask: &Ask) -> String {
    let list = if ask.list { ", apart by commas" } else { "" };
    let needed = match &ask.default {
        Some(default) => format!("; {default} if not given"),
        None if ask.may_be_in_query() => String::new(),
        None if ask.optional => "; optional".into(),
        None => String::new(),
    };
    format!("--set {}=…  {}{list}{needed}", ask.key, ask.en)
}

/// Returns the option of `feed add` by which a feed signs in like this, with the secret of this name.
pub fn option(form: &SignInForm, secret: &str) -> String {
    let name = quoted(form.name.as_deref().unwrap_or_default());
    let secret = quoted(secret);
    match form.kind {
        SignInKind::Bearer => format!("--bearer {secret}"),
        SignInKind::Basic => format!("--basic USER {secret}"),
        SignInKind::Header => format!("--auth-header {name} {secret}"),
        SignInKind::Query => format!("--auth-query {name} {secret}"),
        SignInKind::Cookie => format!("--auth-cookie {name} {secret}"),
    }
}
