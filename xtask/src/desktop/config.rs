//! The files and variables that make the parts of a virtual desktop one private session.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::create_private_dir;
use crate::failure::Failure;

/// The variables of the session, except DISPLAY, which the screen itself picks.
pub(super) fn environment(dir: &Path) -> Vec<(&'static str, String)> {
    let home = dir.join("home");
    let under_home = |name: &str| home.join(name).display().to_string();
    vec![
        ("HOME", home.display().to_string()),
        ("XDG_RUNTIME_DIR", dir.join("run").display().to_string()),
        ("XDG_CONFIG_HOME", under_home(".config")),
        ("XDG_DATA_HOME", under_home(".local/share")),
        ("XDG_STATE_HOME", under_home(".local/state")),
        ("XDG_CACHE_HOME", under_home(".cache")),
        ("XDG_CURRENT_DESKTOP", "XFCE".into()),
        ("XDG_SESSION_TYPE", "x11".into()),
        ("DBUS_SESSION_BUS_ADDRESS", bus_address(dir)),
        ("GDK_BACKEND", "x11".into()),
        ("GSETTINGS_BACKEND", "memory".into()),
        ("LIBGL_ALWAYS_SOFTWARE", "1".into()),
        // No accessibility bus on this session: without this every GTK program waits for one and warns.
        ("NO_AT_BRIDGE", "1".into()),
        ("LC_ALL", "C.UTF-8".into()),
    ]
}

/// Whether a variable of the surrounding session must not reach the virtual one.
pub(super) fn belongs_to_a_desktop(name: &str) -> bool {
    const PREFIXES: [&str; 5] = ["XDG_", "DBUS_", "GTK_", "GNOME_", "BELLWIRE_"];
    const NAMES: [&str; 8] = [
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "DESKTOP_SESSION",
        "SESSION_MANAGER",
        "LANG",
        "LANGUAGE",
        "DESKTOP_STARTUP_ID",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

pub(super) fn bus_address(dir: &Path) -> String {
    format!("unix:path={}", dir.join("run/bus").display())
}

/// Makes the session's folders and the panel's configuration.
pub(super) fn write_folders(dir: &Path) -> io::Result<()> {
    create_private_dir(dir)?;
    for name in ["home", "run", "logs", "services"] {
        create_private_dir(&dir.join(name))?;
    }
    let settings_dir = dir.join("home/.config/xfce4/xfconf/xfce-perchannel-xml");
    fs::create_dir_all(&settings_dir)?;
    fs::write(settings_dir.join("xfce4-panel.xml"), PANEL)?;
    fs::create_dir_all(dir.join("home/.local/share"))
}

/// Writes the bus's configuration and returns its path.
///
/// The bus may start one service only, the settings store that panel and notification daemon read: what else a
/// machine has installed (a second notification daemon, portals) never appears by itself.
pub(super) fn write_bus(dir: &Path) -> Result<PathBuf, Failure> {
    let settings_service = Path::new(SERVICE_DIR).join("org.xfce.Xfconf.service");
    let written = fs::copy(&settings_service, dir.join("services/org.xfce.Xfconf.service"));
    written.map_err(|error| {
        Failure::new(format!("{} cannot be copied", settings_service.display()))
            .because(error)
            .next("install the package xfconf")
    })?;
    let config_path = dir.join("bus.conf");
    let config = format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        bus_address(dir),
        dir.join("services").display()
    );
    fs::write(&config_path, config)
        .map_err(|error| Failure::new("the session bus's configuration cannot be written").because(error))?;
    Ok(config_path)
}

/// The program of xfce4-notifyd, which lives in a folder named after the machine's architecture.
pub(super) fn notification_daemon() -> Result<String, Failure> {
    let service_path = Path::new(SERVICE_DIR).join("org.xfce.xfce4-notifyd.Notifications.service");
    let missing =
        || Failure::new("no notification daemon is there").next("install the package xfce4-notifyd");
    let service = fs::read_to_string(service_path).map_err(|error| missing().because(error))?;
    let program = service.lines().find_map(|line| line.strip_prefix("Exec="));
    program.map(|program| program.trim().to_owned()).ok_or_else(missing)
}

const SERVICE_DIR: &str = "/usr/share/dbus-1/services";

/// A panel along the bottom: open windows at the left, tray and clock at the right.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="true"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="icon-size" type="uint" value="16"/>
      <property name="size" type="uint" value="28"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
        <value type="int" value="4"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
    <property name="plugin-4" type="string" value="clock">
      <property name="digital-layout" type="uint" value="3"/>
    </property>
  </property>
</channel>
"#;
