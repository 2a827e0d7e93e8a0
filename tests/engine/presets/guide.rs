//! The guide to known services: each block is what the preset writes.

use bellwire_engine::config::{ConfigFile, NewFeed};
use bellwire_engine::event::FeedId;
use bellwire_engine::presets::{self, Answers, Preset, PresetChoice, SignInKind};
use tempfile::TempDir;

const GUIDE: &str = include_str!("../../../docs/guide/services.md");

/// The answers that the blocks of the guide hold beyond their addresses.
const ANSWERS: [(&str, &str, &str); 3] = [
    ("pocketbase", "topics", "orders"),
    ("wikimedia", "titles", "Bell,Wire"),
    ("openai", "prompt", "Say hello"),
];

/// Returns each preset that the guide names, with its block.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let sections = GUIDE.split("\n## ").skip(1);
    let named = sections.filter_map(|section| {
        let (block, name) = (section.split_once("```toml\n")?.1, section.split_once("`--preset ")?.1);
        Some((name.split('`').next().unwrap(), block.split_once("```").unwrap().0))
    });
    named.collect()
}

/// Returns the text of a key of a block, such as `id = "…"`.
fn text(block: &str, key: &str) -> String {
    let start = format!("{key} = \"");
    let line = block.lines().find_map(|line| line.strip_prefix(&start)).unwrap();
    line.split('"').next().unwrap().to_owned()
}

#[test]
fn each_block_of_the_guide_is_what_its_preset_writes() {
    let names: Vec<&str> = blocks().into_iter().map(|(name, _)| name).collect();
    for preset in presets::all() {
        assert_eq!(names.iter().filter(|name| **name == preset.name).count(), 1, "{}", preset.name);
    }
    for (name, block) in blocks() {
        let preset = presets::named(name).unwrap();
        let (auth, rest): (Vec<&str>, Vec<&str>) =
            block.lines().partition(|line| line.starts_with("auth = "));
        assert_eq!(rest.join("\n"), written(preset, block), "{name}");
        let expected = sign_in(preset, &text(block, "id"));
        assert!(auth.iter().all(|line| Some(line.to_string()) == expected), "{name}: {auth:?} {expected:?}");
    }
}

#[test]
fn each_address_that_the_guide_calls_recognised_is() {
    let table = GUIDE.split_once("|---|---|\n").unwrap().1.split("\n\n").next().unwrap();
    let mut recognised = Vec::new();
    for line in table.lines() {
        let (title, addresses) = line.trim_matches(['|', ' ']).split_once(" | ").unwrap();
        for address in addresses.split(", ").map(|address| address.trim_matches('`')) {
            let found =
                presets::recognise(&address.parse().unwrap()).map(|found| found.preset.title.as_str());
            assert_eq!(found, Some(title), "{address}");
        }
        recognised.push(title);
    }
    let by_name = GUIDE.split("\n\n").find(|part| part.contains("have no such path")).unwrap();
    for preset in presets::all() {
        let is_by_name = by_name.contains(&preset.title);
        assert_ne!(recognised.contains(&preset.title.as_str()), is_by_name, "{}", preset.title);
    }
}

/// Returns what the preset writes for the address of a block, without the feed's name.
fn written(preset: &Preset, block: &str) -> String {
    let url = text(block, "url").parse().unwrap();
    let answers: Answers = ANSWERS
        .into_iter()
        .filter(|(name, ..)| *name == preset.name)
        .map(|(_, key, answer)| (key.to_owned(), answer.to_owned()))
        .collect();
    let applied = presets::apply(&PresetChoice::Named(preset.name.clone()), &url, &answers).unwrap().unwrap();
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("config.toml");
    let feed = NewFeed {
        id: FeedId::parse(&text(block, "id")).unwrap(),
        name: "Feed".into(),
        url: applied.url,
        auth: Vec::new(),
        severity: Vec::new(),
        rules: Vec::new(),
        keys: applied.keys,
    };
    ConfigFile::at(&path).turn().unwrap().add(&[feed]).unwrap();
    let file = std::fs::read_to_string(path).unwrap();
    let lines = file.lines().filter(|line| !line.starts_with("version = ") && *line != "name = \"Feed\"");
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Returns the line of `auth` that a preset's form leads to.
fn sign_in(preset: &Preset, id: &str) -> Option<String> {
    let form = preset.secret.as_ref()?;
    let kind: &str = form.kind.into();
    let name = match form.kind {
        SignInKind::Bearer => String::new(),
        SignInKind::Basic => {
            let block = blocks().into_iter().find(|(name, _)| *name == preset.name).unwrap().1;
            let user =
                block.split_once("user = \"").map_or("reader", |(_, rest)| rest.split('"').next().unwrap());
            format!("user = \"{user}\", ")
        }
        SignInKind::Header | SignInKind::Query | SignInKind::Cookie => {
            format!("name = \"{}\", ", form.name.as_deref().unwrap())
        }
    };
    Some(format!("auth = {{ type = \"{kind}\", {name}secret = \"{id}\" }}"))
}
