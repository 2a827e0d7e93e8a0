//! nginx with nchan: a widely used event server with a history.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use xtask::process_group::ProcessGroup;

use super::http;

/// The name and password of the protected location.
pub const USER: (&str, &str) = ("bell", "nchan-p4ssw0rd");

/// A running nginx. Its channels keep their messages while it runs. Dropping it stops it.
///
/// `/sub/CHANNEL` streams a channel, `/private/CHANNEL` the same channel with Basic authentication,
/// `/sub-2s/CHANNEL` the same for 2 s per connection, and `/both/ONE/OTHER` two channels in one stream.
/// `/pub/CHANNEL` accepts messages and keeps them for 1 h, `/pub-1s/CHANNEL` for 1 s.
#[derive(Debug)]
pub struct Nchan {
    port: u16,
    nginx: Child,
    group: ProcessGroup,
    dir: TempDir,
}

impl Nchan {
    /// Starts nginx on a free loopback port, and returns once it accepts connections.
    pub fn start() -> Self {
        let dir = TempDir::new().expect("a temporary folder can be made");
        let port = http::free_port();
        fs::write(dir.path().join("passwords"), format!("{}:{{PLAIN}}{}\n", USER.0, USER.1))
            .expect("the password file can be written");
        fs::write(dir.path().join("nginx.conf"), configuration(dir.path(), port))
            .expect("the configuration can be written");
        let group = ProcessGroup::start(dir.path()).expect("a process group starts");
        let mut server = Self { port, nginx: spawn(&group, dir.path()), group, dir };
        server.wait_until_it_listens();
        server
    }

    /// Kills all its processes. The messages of its channels are lost.
    pub fn die(&mut self) {
        // Workers survive a master that is killed, so the whole process group is killed.
        self.group = ProcessGroup::start(self.dir.path()).expect("a process group starts");
        self.nginx.wait().expect("nginx ends");
    }

    /// Starts nginx again on its port.
    pub fn come_back(&mut self) {
        self.nginx = spawn(&self.group, self.dir.path());
        self.wait_until_it_listens();
    }

    /// Returns its port on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the URL that streams `channel`.
    pub fn url(&self, channel: &str) -> String {
        self.address(&format!("/sub/{channel}"))
    }

    /// Returns the URL that streams `channel` to [`USER`] only.
    pub fn protected_url(&self, channel: &str) -> String {
        self.address(&format!("/private/{channel}"))
    }

    /// Returns the URL of `target`.
    pub fn address(&self, target: &str) -> String {
        format!("http://127.0.0.1:{}{target}", self.port)
    }

    /// Publishes one message with an optional event type.
    pub fn publish(&self, channel: &str, event: Option<&str>, data: &str) {
        self.publish_to(&format!("/pub/{channel}"), event, data);
    }

    /// Publishes one message to this location.
    pub fn publish_to(&self, target: &str, event: Option<&str>, data: &str) {
        let header = event.map(|event| format!("X-EventSource-Event: {event}"));
        let headers: Vec<&str> = header.as_deref().into_iter().chain(["Content-Type: text/plain"]).collect();
        let response = http::exchange(self.port, "POST", target, &headers, data);
        let response = response.expect("nginx answers");
        // 201 means that the channel has subscribers, 202 that it has none.
        assert!(response.starts_with("HTTP/1.1 20"), "publishing failed: {response}");
    }

    fn wait_until_it_listens(&mut self) {
        let start = std::time::Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let ended = self.nginx.try_wait().expect("nginx can be asked");
            let log = || fs::read_to_string(self.dir.path().join("error.log")).unwrap_or_default();
            assert!(ended.is_none(), "nginx ended at once: {}", log());
            assert!(start.elapsed() < super::wait::LIMIT, "nginx does not listen: {}", log());
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

impl Drop for Nchan {
    fn drop(&mut self) {
        let _ = self.nginx.kill();
        let _ = self.nginx.wait();
    }
}

fn spawn(group: &ProcessGroup, dir: &Path) -> Child {
    // Debian installs it in /usr/sbin, which is not in every user's PATH.
    let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists());
    let mut command = Command::new(program.expect("the package nginx is installed"));
    command.arg("-p").arg(dir).arg("-c").arg(dir.join("nginx.conf")).arg("-e").arg(dir.join("error.log"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    group.spawn(&mut command).expect("nginx starts")
}

fn configuration(dir: &Path, port: u16) -> String {
    let dir = dir.display();
    let module = module_path().display().to_string();
    let user = user_line();
    format!(
        r#"load_module {module};
daemon off;
worker_processes 1;
{user}
pid {dir}/nginx.pid;
error_log {dir}/error.log notice;
events {{ worker_connections 256; }}
http {{
  access_log {dir}/access.log;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  nchan_message_timeout 1h;
  nchan_message_buffer_length 1000;
  server {{
    listen 127.0.0.1:{port};
    location ~ ^/pub/(\w+)$ {{ nchan_publisher; nchan_channel_id $1; }}
    location ~ ^/pub-1s/(\w+)$ {{ nchan_publisher; nchan_channel_id $1; nchan_message_timeout 1s; }}
    location ~ ^/sub/(\w+)$ {{ nchan_subscriber eventsource; nchan_channel_id $1; }}
    location ~ ^/sub-2s/(\w+)$ {{
      nchan_subscriber eventsource;
      nchan_channel_id $1;
      nchan_subscriber_timeout 2s;
    }}
    location ~ ^/both/(\w+)/(\w+)$ {{ nchan_subscriber eventsource; nchan_channel_id $1 $2; }}
    location ~ ^/private/(\w+)$ {{
      auth_basic "private";
      auth_basic_user_file {dir}/passwords;
      nchan_subscriber eventsource;
      nchan_channel_id $1;
    }}
  }}
}}
"#
    )
}

/// Returns the line of nginx's configuration that names its user. As root, nginx would run its workers as a user that
/// cannot access the private folder.
pub(super) fn user_line() -> &'static str {
    let id = Command::new("id").arg("-un").output().expect("id starts").stdout;
    if String::from_utf8_lossy(&id).trim() == "root" { "user root;" } else { "" }
}

fn module_path() -> PathBuf {
    let dirs = ["/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/lib64/nginx/modules"];
    let paths = dirs.map(|dir| Path::new(dir).join("ngx_nchan_module.so"));
    paths.into_iter().find(|path| path.exists()).expect("the package libnginx-mod-nchan is installed")
}
