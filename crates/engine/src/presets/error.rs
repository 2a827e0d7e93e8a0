//! Why a preset cannot be applied.

/// Why a preset cannot be applied. The message says what to do on the command line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresetError {
    /// No preset has this name.
    #[error("there is no preset named {name:?}; the names are {}", names())]
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
    #[error("the preset {preset} does not ask for {key:?}; {}", asks(asked))]
    NotAsked {
        /// The preset's name.
        preset: String,
        /// The answer's key.
        key: String,
        /// The keys that it asks for.
        asked: Vec<String>,
    },
    /// An answer where no preset is used.
    #[error("{key:?} is set, but no preset recognises the address; name one with --preset NAME")]
    NothingAsks {
        /// The answer's key.
        key: String,
    },
    /// An answer that cannot be part of an address.
    #[error("the answer for {key} cannot be part of an address; give the name itself with --set {key}=…")]
    Path {
        /// The question's key.
        key: String,
    },
}

fn names() -> String {
    let names: Vec<&str> = super::data::all().iter().map(|preset| preset.name.as_str()).collect();
    names.join(", ")
}

fn asks(keys: &[String]) -> String {
    if keys.is_empty() { "it asks for nothing".into() } else { format!("it asks for {}", keys.join(", ")) }
}
