//! Measures all figures, and writes them to their pages.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::machine;

/// The figures in `docs/figures.md`, in order.
const FIGURES: [&str; 9] =
    ["line", "feeds", "burst", "steady", "load", "bulk", "notify", "arrivals", "store"];
/// The comparison with the peer, which is in the decision that it explains.
const PEER: &str = "peer";
const DECISION: &str = "docs/decisions/0009-our-own-connection.md";
const MARK: &str = "<!-- figures -->\n";

/// Measures every figure; with `--write`, writes them to the pages in `docs`.
pub fn all(words: &[String]) -> ExitCode {
    let writes = words.iter().any(|word| word == "--write");
    if let Some(unknown) = words.iter().find(|word| *word != "--write" && *word != "all") {
        eprintln!("error: unknown figure: {unknown}; known: {}, {PEER}", FIGURES.join(", "));
        return ExitCode::from(2);
    }
    let mut texts = Vec::new();
    for figure in FIGURES.iter().chain([&PEER]) {
        eprintln!("==> {figure}");
        match measure(figure) {
            Ok(text) => texts.push(text),
            Err(error) => {
                eprintln!("error: {figure}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    if !writes {
        return ExitCode::SUCCESS;
    }
    let peer = texts.pop().unwrap_or_default();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let written = std::fs::write(docs.join("docs/figures.md"), page(&texts))
        .and_then(|()| replace(&docs.join(DECISION), &peer));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the pages cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a figure, prints its output as it arrives, and returns it.
fn measure(figure: &str) -> std::io::Result<String> {
    let mut command = Command::new(std::env::current_exe()?);
    let mut child = command.arg(figure).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let mut text = String::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            println!("{line}");
            text += &(line + "\n");
        }
    }
    let status = child.wait()?;
    if status.success() { Ok(text) } else { Err(std::io::Error::other(status.to_string())) }
}

fn page(texts: &[String]) -> String {
    let mut page = format!(
        "# Figures\n\n\
         Written by `cargo xtask bench --write` on {}, in a release build; load average {} at the end. Times are those \
         of a machine that did other work too. The servers run in a process of their own, so memory and processor are \
         the receiver's.\n",
        machine::name(),
        machine::load()
    );
    for text in texts {
        page += "\n";
        page += text;
    }
    page
}

/// Replaces the text between the two marks of a page.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let page = std::fs::read_to_string(path)?;
    let parts: Vec<&str> = page.split(MARK).collect();
    let [before, _, after] = parts[..] else {
        return Err(std::io::Error::other(format!("{} has no two marks", path.display())));
    };
    std::fs::write(path, format!("{before}{MARK}{text}{MARK}{after}"))
}
