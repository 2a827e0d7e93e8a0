//! The commands of the guide to known services, given as they are.

use bellwire_tests::support::world::World;

use crate::adding::bellwire;

const GUIDE: &str = include_str!("../../docs/guide/services.md");

/// Returns the words of a command, as a shell splits them.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), String::new(), false);
    for c in command.chars() {
        match c {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words
}

/// Returns each section with commands and a block of `config.toml`.
fn sections() -> Vec<(Vec<&'static str>, &'static str)> {
    let of = |section: &'static str| {
        let block = section.split_once("```toml\n")?.1.split_once("```")?.0;
        let commands = section.split_once("```sh\n")?.1.split_once("```")?.0;
        Some((commands.lines().collect(), block))
    };
    GUIDE.split("\n## ").filter_map(of).collect()
}

#[tokio::test]
async fn the_commands_of_the_guide_add_what_its_blocks_show() {
    assert_eq!(sections().len(), 27);
    for (commands, block) in sections() {
        let (add, store) = commands.split_last().unwrap();
        let world = World::new("");
        let mut arguments = words(add.strip_prefix("bellwire ").unwrap());
        if !arguments.iter().any(|argument| argument == "--no-check") {
            arguments.push("--no-check".into());
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let (code, id, messages) = bellwire(&world, &arguments).await;
        assert_eq!(code, Some(0), "{add}: {messages}");
        assert!(block.contains(&format!("id = \"{}\"\n", id.trim())), "{add}: {id}");
        let config = world.config();
        let written: Vec<&str> = config
            .lines()
            .filter(|line| {
                !line.starts_with("version = ") && !line.starts_with("name = ")
                    || line.starts_with("name = \"") && block.contains(line)
            })
            .collect();
        assert_eq!(written.join("\n").trim(), block.trim(), "{add}");
        let has_secret = block.contains("\nauth = ");
        let expected: Vec<String> =
            has_secret.then(|| format!("bellwire secret set {}", id.trim())).into_iter().collect();
        assert_eq!(store, expected, "{add}");
    }
}
