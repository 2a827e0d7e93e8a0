//! Reverse proxies that others wrote: nginx, HAProxy, Caddy. Each ends a response that is silent for 2 s.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use xtask::process_group::ProcessGroup;

use super::{http, nchan, wait};

/// Which program.
#[derive(Clone, Debug)]
pub enum Kind {
    /// nginx, over HTTP/1.1.
    Nginx,
    /// HAProxy, over HTTP/1.1.
    Haproxy,
    /// Caddy, over HTTP/2 and TLS with the certificate and key in this folder.
    Caddy(PathBuf),
}

/// A running proxy in front of one server. Dropping it stops it.
#[derive(Debug)]
pub struct ReverseProxy {
    kind: Kind,
    port: u16,
    process: Child,
    group: ProcessGroup,
    dir: TempDir,
}

impl ReverseProxy {
    /// Starts the program on a free loopback port, and returns once it accepts connections.
    pub fn start(kind: Kind, upstream: SocketAddr) -> Self {
        let dir = TempDir::new().expect("a temporary folder can be made");
        let port = http::free_port();
        let text = match &kind {
            Kind::Nginx => nginx_configuration(dir.path(), port, upstream),
            Kind::Haproxy => haproxy_configuration(port, upstream),
            Kind::Caddy(certificates_dir) => {
                caddy_configuration(dir.path(), port, upstream, certificates_dir)
            }
        };
        fs::write(dir.path().join("configuration"), text).expect("the configuration can be written");
        let group = ProcessGroup::start(dir.path()).expect("a process group starts");
        let process = spawn(&kind, &group, dir.path());
        let mut proxy = Self { kind, port, process, group, dir };
        proxy.wait_until_it_listens();
        proxy
    }

    /// Returns the URL of `target` behind the proxy.
    pub fn url(&self, target: &str) -> String {
        match self.kind {
            Kind::Nginx | Kind::Haproxy => format!("http://127.0.0.1:{}{target}", self.port),
            Kind::Caddy(_) => format!("https://localhost:{}{target}", self.port),
        }
    }

    /// Kills all its processes.
    pub fn die(&mut self) {
        // Workers may survive the process that started them, so the whole group is killed.
        self.group = ProcessGroup::start(self.dir.path()).expect("a process group starts");
        self.process.wait().expect("it ends");
    }

    /// Starts it again on its port.
    pub fn come_back(&mut self) {
        self.process = spawn(&self.kind, &self.group, self.dir.path());
        self.wait_until_it_listens();
    }

    /// Asks it to read its configuration again. Within a second, nginx and HAProxy end the responses that they send.
    pub fn reload(&self) {
        let id = self.process.id().to_string();
        let mut order = match self.kind {
            Kind::Nginx => command("kill", &["-HUP", &id]),
            Kind::Haproxy => command("kill", &["-USR2", &id]),
            Kind::Caddy(_) => {
                let mut order = caddy("reload", self.dir.path());
                order.arg("--force").arg("--config").arg(self.dir.path().join("configuration"));
                order
            }
        };
        let done = order.output().expect("the order starts");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn wait_until_it_listens(&mut self) {
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let ended = self.process.try_wait().expect("it can be asked");
            let log = || fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
            assert!(ended.is_none(), "{:?} ended at once: {}", self.kind, log());
            assert!(start.elapsed() < wait::LIMIT, "{:?} does not listen: {}", self.kind, log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for ReverseProxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(kind: &Kind, group: &ProcessGroup, dir: &Path) -> Child {
    let config_path = dir.join("configuration");
    let mut command = match kind {
        Kind::Nginx => {
            let mut command = Command::new(program("nginx"));
            command.arg("-p").arg(dir).arg("-c").arg(config_path).arg("-e").arg(dir.join("log"));
            command
        }
        Kind::Haproxy => {
            let mut command = Command::new(program("haproxy"));
            command.args(["-W", "-f"]).arg(config_path);
            command
        }
        Kind::Caddy(_) => {
            let mut command = caddy("run", dir);
            command.arg("--config").arg(config_path);
            command
        }
    };
    let log =
        File::options().create(true).append(true).open(dir.join("log")).expect("its log can be written");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    group.spawn(&mut command).expect("it starts")
}

/// Returns a command of Caddy, which keeps its files in `dir`.
fn caddy(order: &str, dir: &Path) -> Command {
    let mut command = Command::new(program("caddy"));
    command.args([order, "--adapter", "caddyfile"]);
    command.env("HOME", dir).env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME");
    command
}

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// Returns the path of a program of Debian's, which may be in a folder that is not in every user's PATH.
fn program(name: &str) -> PathBuf {
    let paths = ["/usr/sbin", "/usr/bin"].map(|dir| Path::new(dir).join(name));
    let found = paths.into_iter().find(|path| path.exists());
    found.unwrap_or_else(|| panic!("the package {name} is installed"))
}

fn nginx_configuration(dir: &Path, port: u16, upstream: SocketAddr) -> String {
    let user = nchan::user_line();
    let dir = dir.display();
    format!(
        "daemon off;
worker_processes 1;
worker_shutdown_timeout 1s;
{user}
pid {dir}/nginx.pid;
error_log {dir}/log notice;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://{upstream};
      proxy_http_version 1.1;
      proxy_buffering off;
      proxy_read_timeout 2s;
    }}
  }}
}}
"
    )
}

fn haproxy_configuration(port: u16, upstream: SocketAddr) -> String {
    format!(
        "global
  hard-stop-after 1s
defaults
  mode http
  timeout connect 5s
  timeout client 2s
  timeout server 2s
  timeout tunnel 2s
frontend clients
  bind 127.0.0.1:{port}
  default_backend servers
backend servers
  server feed {upstream}
"
    )
}

fn caddy_configuration(dir: &Path, port: u16, upstream: SocketAddr, certificates_dir: &Path) -> String {
    let (dir, certificates) = (dir.display(), certificates_dir.display());
    format!(
        "{{
  admin unix/{dir}/admin
  auto_https off
  storage file_system {dir}/storage
}}
https://localhost:{port} {{
  bind 127.0.0.1
  tls {certificates}/certificate.pem {certificates}/key.pem
  reverse_proxy {upstream} {{
    transport http {{
      read_timeout 2s
    }}
  }}
}}
"
    )
}
