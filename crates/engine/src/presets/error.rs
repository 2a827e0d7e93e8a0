//! Why a preset cannot be applied.

use super::data::Preset;
use super::pattern::{PathPattern, key_of};

/// Why a preset cannot be applied. The message says what to do on the command line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresetError {
    /// No preset has this name.
    #[error("there is no preset named {name:?}; {}", with_hint(name, &names(), &format!("the names are {}", names().join(", "))))]
    Unknown {
        /// The name.
        name: String,
    },
    /// A question has no answer.
    #[error("the preset {preset} needs an answer: {question}; add --set {key}=…")]
    Missing {
        /// The preset's name.
        preset: String,
        /// The question's key.
        key: String,
        /// The question in English.
        question: String,
    },
    /// An answer to something that the preset does not ask for.
    #[error("the preset {preset} does not ask for {key:?}; {}", with_hint(key, asked, &asks(asked)))]
    NotAsked {
        /// The preset's name.
        preset: String,
        /// The answer's key.
        key: String,
        /// The keys that it asks for, sorted.
        asked: Vec<String>,
    },
    /// An answer where no preset recognises the address.
    #[error("{key:?} is set, but no preset recognises the address; name one with --preset NAME")]
    NothingAsks {
        /// The answer's key.
        key: String,
    },
    /// An answer where no preset is wanted.
    #[error("--preset none asks for nothing, so --set {key}=… has no use; leave out one of the two")]
    PlainAsksNothing {
        /// The answer's key.
        key: String,
    },
    /// An answer that contradicts the address.
    #[error(
        "--set {key}={given} contradicts the address, which has {held} there; leave out one of the two{hint}"
    )]
    Contradiction {
        /// The answer's key.
        key: String,
        /// The answer.
        given: String,
        /// What the address has.
        held: String,
        /// What else may be meant; empty for nothing.
        hint: String,
    },
    /// An answer that the service keeps for itself.
    #[error("{preset} keeps {answer:?} for itself; give another with --set {key}=…")]
    Kept {
        /// The service's name for people.
        preset: String,
        /// The answer's key.
        key: String,
        /// The answer.
        answer: String,
    },
    /// The path is not that of a stream.
    #[error("{path} is not a stream of {title}: {expected}")]
    NotAStream {
        /// The path of the address.
        path: String,
        /// The service's name for people.
        title: String,
        /// What is expected, or what to do.
        expected: String,
    },
    /// An answer that cannot be part of an address.
    #[error("the answer for {key} cannot be part of an address; give the name itself with --set {key}=…")]
    Path {
        /// The question's key.
        key: String,
    },
}

impl PresetError {
    /// Returns the error for a path that is none of the preset's.
    pub(super) fn not_a_stream(preset: &Preset, path: &str, is_named: bool) -> Self {
        let paths: Vec<String> = preset.paths.iter().map(PathPattern::shown).collect();
        let mut expected = format!("expected {}", paths.join(" or "));
        let in_path = preset.address.iter().flat_map(|address| address.split(['/', '?'])).filter_map(key_of);
        let set: Vec<String> = in_path.map(|key| format!("--set {key}=…")).collect();
        match (set.is_empty(), &preset.start) {
            (false, _) => expected += &format!(", or the server alone with {}", set.join(" ")),
            (true, Some(_)) => expected += ", or the server alone",
            (true, None) => {}
        }
        if !is_named {
            if preset.other_paths {
                expected += &format!("; --preset {} takes this path all the same", preset.name);
            }
            expected += "; --preset none adds it as a plain feed";
        }
        Self::NotAStream { path: path.to_owned(), title: preset.title.clone(), expected }
    }
}

/// Returns the names of all presets, sorted.
fn names() -> Vec<&'static str> {
    super::data::all().iter().map(|preset| preset.name.as_str()).collect()
}

fn asks(keys: &[String]) -> String {
    if keys.is_empty() { "it asks for nothing".into() } else { format!("it asks for {}", keys.join(", ")) }
}

/// Returns a part of a message, after the question whether the most similar of these names is meant, if one is similar.
fn with_hint<T: AsRef<str>>(typed: &str, names: &[T], message: &str) -> String {
    let typed = typed.to_lowercase();
    let near = names.iter().map(|name| (strsim::damerau_levenshtein(&typed, name.as_ref()), name.as_ref()));
    // A third of the letters may differ; short names are all alike.
    let near = near.filter(|(distance, name)| *distance <= (name.chars().count() / 3).max(1));
    let mut letters = message.chars();
    match (near.min_by_key(|(distance, _)| *distance), letters.next()) {
        (Some((_, name)), Some(first)) => {
            format!("did you mean {name}? {}{}", first.to_uppercase(), letters.as_str())
        }
        _ => message.to_owned(),
    }
}
