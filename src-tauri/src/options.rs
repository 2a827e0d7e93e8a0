//! The command line of the desktop app.

use std::path::PathBuf;

use clap::Parser;

/// Bellwire: receives Server-Sent Events in the tray.
#[derive(Clone, Debug, Default, PartialEq, Eq, Parser)]
#[command(name = "bellwire-desktop", version)]
pub struct Options {
    /// Keep everything under this folder [default: BELLWIRE_HOME, or the platform's standard folders]
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Start in the tray, without a window
    #[arg(long)]
    pub hidden: bool,
    /// Subscribe to the demo feeds and serve them from this program
    #[arg(long)]
    pub demo: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_option() {
        let options = Options::try_parse_from(["bellwire-desktop", "--home", "/tmp/h", "--hidden", "--demo"]);
        let expected = Options { home: Some("/tmp/h".into()), hidden: true, demo: true };
        assert_eq!(options.unwrap(), expected);
    }

    #[test]
    fn other_arguments_are_rejected() {
        assert!(Options::try_parse_from(["bellwire-desktop", "https://a.example/"]).is_err());
    }
}
