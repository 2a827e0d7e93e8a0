//! Keeps the program's memory, which holds secrets, out of files and from other programs.

/// Forbids core dumps of this process, and on Linux also reading its memory by other programs of the same user. A dump
/// would hold every secret in use. Programs that it starts are readable again, but write no core files either.
///
/// Called before the program reads a secret. Where the system refuses, the program goes on, and says so in its log.
pub fn forbid_core_dumps() {
    #[cfg(unix)]
    if let Err(error) = no_core_files() {
        tracing::warn!(%error, "core dumps are not switched off; one may hold secrets");
    }
    // A pattern that pipes dumps to a program ignores the limit of their size.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
    {
        tracing::warn!(%error, "core dumps are not switched off; one may hold secrets");
    }
}

#[cfg(unix)]
fn no_core_files() -> rustix::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
