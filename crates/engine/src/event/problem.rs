//! What keeps the whole program from doing its work.

/// The target in the program's own log of what the status shows as a [`Problem`] too. A program that prints the problems of
/// the status leaves this target out of its log, so that each is printed once.
pub const PROBLEM_LOG: &str = "bellwire_problem";

/// A problem of the whole program; the feeds go on as far as they can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub kind: ProblemKind,
    /// The facts, in English: which file, where in it, what the system said.
    pub message: String,
}

/// What happened and what to do, in English, for the command line and the program's own log.
impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let advice = match self.kind {
            ProblemKind::Config => "The last good configuration stays in force.",
            ProblemKind::ConfigAtStart => "Nothing is received until it is corrected.",
            ProblemKind::Disk => "Make room on the disk; receiving waits.",
            ProblemKind::Store => "Receiving waits.",
            ProblemKind::Replaced => "What was received before is in that file.",
        };
        write!(f, "{}\n{advice}", self.message)
    }
}

/// Where a problem of the whole program is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum ProblemKind {
    /// `config.toml` has a problem; the last good one stays in force.
    Config,
    /// `config.toml` had a problem when the program started: nothing is received until it is corrected.
    ConfigAtStart,
    /// The disk is full; reading is paused.
    Disk,
    /// The database cannot be written; reading is paused.
    Store,
    /// The database was damaged; a new one was begun. Shown until the program ends.
    Replaced,
}

impl ProblemKind {
    /// Returns the stable word for translations.
    pub fn code(self) -> &'static str {
        self.into()
    }
}
