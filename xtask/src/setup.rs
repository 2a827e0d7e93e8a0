//! The system packages and programs that a command needs.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::{npm, step};

/// Packages that serve one purpose.
#[derive(Debug)]
pub struct Group {
    /// What they are for, as said to the person before they are installed.
    pub purpose: &'static str,
    /// Their names on Debian and Ubuntu.
    pub packages: &'static [&'static str],
}

/// What compiling anything needs.
pub const COMPILER: Group =
    Group { purpose: "compile: a C compiler", packages: &["build-essential", "pkg-config"] };

/// What compiling the app needs besides.
pub const WEBVIEW: Group =
    Group { purpose: "compile the app: the system webview", packages: &["libwebkit2gtk-4.1-dev"] };

/// What a desktop on a virtual screen needs.
pub const DESKTOP: Group = Group {
    purpose: "a desktop without a screen: display, session bus, window manager, tray, notifications, keychain",
    packages: &[
        "xvfb",
        "x11-xserver-utils",
        "dbus",
        "openbox",
        "xdotool",
        "xfce4-panel",
        "xfce4-notifyd",
        "xfconf",
        "gnome-keyring",
        "imagemagick",
        "adwaita-icon-theme",
        "fonts-dejavu-core",
        "fonts-noto-cjk",
    ],
};

/// What a test needs to operate the window and to look into the keychain.
pub const DESKTOP_TESTS: Group = Group {
    purpose: "test the real window and a real keychain",
    packages: &["webkit2gtk-driver", "libsecret-tools"],
};

/// What the tests need to run event servers that are not ours.
pub const SERVERS: Group = Group {
    purpose: "test against real event servers",
    packages: &["nginx", "libnginx-mod-nchan", "haproxy", "caddy", "python3-venv"],
};

/// What the tests need to change a network.
pub const NETWORK: Group = Group { purpose: "test changes of the network", packages: &["iproute2"] };

/// All groups, in the order in which they are installed.
pub const GROUPS: &[&Group] = &[&COMPILER, &WEBVIEW, &DESKTOP, &DESKTOP_TESTS, &SERVERS, &NETWORK];

/// Installs what is missing of `groups`, saying what and why.
///
/// Debian and its relatives only; elsewhere it names what is needed and fails, unless `BELLWIRE_SETUP=skip` says
/// that it is all there.
pub fn packages(groups: &[&Group]) -> Result<(), Failure> {
    if std::env::var("BELLWIRE_SETUP").is_ok_and(|value| value == "skip") {
        step::say("system packages: taken as installed (BELLWIRE_SETUP=skip)");
        return Ok(());
    }
    if !Path::new("/etc/debian_version").exists() {
        return Err(elsewhere(groups));
    }
    let installed = installed_packages(groups)?;
    let mut missing = Vec::new();
    for group in groups {
        let names: Vec<&str> =
            group.packages.iter().copied().filter(|package| !installed.contains(*package)).collect();
        if names.is_empty() {
            continue;
        }
        step::say(&format!("missing, to {}: {}", group.purpose, names.join(" ")));
        missing.extend(names);
    }
    if missing.is_empty() {
        step::say("system packages: all there");
        return Ok(());
    }
    install(&missing)
}

/// Checks that this is a Unix system, which `what` needs.
///
/// # Errors
///
/// When it is not.
pub fn unix(what: &str) -> Result<(), Failure> {
    if cfg!(unix) {
        return Ok(());
    }
    Err(Failure::new(format!("{what} needs Unix: process groups, signals and a virtual screen"))
        .next("here work: cargo xtask lint, cargo xtask test units window"))
}

/// Checks that Node and npm are there and new enough to build the window.
pub fn node() -> Result<(), Failure> {
    const NEEDED: (u32, u32) = (20, 19);
    let next = "install Node 20.19 or newer with npm (on Debian 13 or Ubuntu 25.04: `apt install nodejs npm`; \
                elsewhere from nodejs.org)";
    let version = step::output(Command::new("node").arg("--version"))
        .ok_or_else(|| Failure::new("Node is needed to build the window, and is not there").next(next))?;
    if node_version(&version) < Some(NEEDED) {
        return Err(
            Failure::new(format!("Node {} is too old to build the window", version.trim())).next(next)
        );
    }
    step::output(Command::new(npm::PROGRAM).arg("--version"))
        .map(|_| ())
        .ok_or_else(|| Failure::new("npm is needed to build the window, and is not there").next(next))
}

/// Major and minor of what `node --version` prints, such as `v20.19.1`.
fn node_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn elsewhere(groups: &[&Group]) -> Failure {
    let mut next = String::from(
        "install what corresponds to these Debian packages, then run it again with BELLWIRE_SETUP=skip",
    );
    for group in groups {
        next.push_str(&format!("\n    to {}:\n      {}", group.purpose, group.packages.join(" ")));
    }
    Failure::new("packages can be installed on Debian and Ubuntu only").next(next)
}

fn installed_packages(groups: &[&Group]) -> Result<BTreeSet<String>, Failure> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"]);
    query.args(groups.iter().flat_map(|group| group.packages));
    // It fails when it knows one of them not at all, having printed the others.
    let output = query.output().map_err(|error| Failure::new("`dpkg-query` did not start").because(error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(|line| line.strip_suffix(" installed")).map(str::to_owned).collect())
}

fn install(packages: &[&str]) -> Result<(), Failure> {
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    let tried = step::run("install", &mut apt_get(&arguments)?);
    if tried.is_ok() {
        return Ok(());
    }
    // The usual cause is a package list that is empty (a fresh image) or old.
    step::run("renew the package lists", &mut apt_get(&["update"])?)?;
    step::run("install", &mut apt_get(&arguments)?)
        .map_err(|failure| failure.next(format!("install them by hand: apt install {}", packages.join(" "))))
}

fn apt_get(arguments: &[&str]) -> Result<Command, Failure> {
    let is_root = step::output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let mut command = if is_root {
        Command::new("env")
    } else if step::output(Command::new("sudo").arg("--version")).is_some() {
        step::detail("sudo is used because only root may install packages");
        let mut command = Command::new("sudo");
        command.arg("env");
        command
    } else {
        let line = arguments.join(" ");
        return Err(Failure::new("packages are missing, and neither root nor sudo is at hand")
            .next(format!("run as root: apt-get {line}")));
    };
    command.arg("DEBIAN_FRONTEND=noninteractive").arg("apt-get").args(arguments);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_compare_by_number() {
        assert_eq!(node_version("v20.19.2\n"), Some((20, 19)));
        assert!(node_version("v9.2.0") < Some((20, 19)));
        assert!(node_version("v22.1.0") > Some((20, 19)));
        assert_eq!(node_version("node 20"), None);
    }

    #[test]
    fn elsewhere_every_package_is_named_with_its_purpose() {
        let message = elsewhere(&[&COMPILER, &DESKTOP]).to_string();
        for group in [&COMPILER, &DESKTOP] {
            assert!(message.contains(group.purpose), "{message}");
            assert!(group.packages.iter().all(|package| message.contains(package)), "{message}");
        }
        assert!(!message.contains("nginx"), "{message}");
    }
}
