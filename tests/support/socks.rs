//! A SOCKS5 proxy on loopback (RFC 1928, RFC 1929): it records what it is asked for, and connects to one server.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the proxy answers.
#[derive(Clone, Debug)]
pub enum Manner {
    /// It connects to this server, whatever it is asked for.
    Connects(SocketAddr),
    /// The same, for this user and password only.
    SignsIn(SocketAddr, &'static str, &'static str),
    /// It refuses with this reply code.
    Replies(u8),
    /// It closes the connection after the greeting.
    Hangs,
    /// It sends these bytes.
    Sends(&'static [u8]),
}

/// The proxy.
pub struct Socks {
    address: SocketAddr,
    asked: watch::Receiver<Vec<String>>,
    task: JoinHandle<()>,
}

impl Socks {
    /// Starts the proxy on a free port.
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (ledger, asked) = watch::channel(Vec::new());
        let ledger = Arc::new(ledger);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Either side may end the connection at any time.
                tokio::spawn({
                    let (manner, ledger) = (manner.clone(), Arc::clone(&ledger));
                    async move { serve(stream, manner, &ledger).await }
                });
            }
        });
        Self { address, asked, task }
    }

    /// Returns the proxy's address, `127.0.0.1` with its port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for the first destination that was asked for, and returns all so far: `name host:port` or `ip address:port`.
    pub async fn asked(&mut self) -> Vec<String> {
        self.asked.wait_for(|asked| !asked.is_empty()).await.unwrap().clone()
    }
}

impl Drop for Socks {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    manner: Manner,
    ledger: &watch::Sender<Vec<String>>,
) -> std::io::Result<()> {
    let [_version, count] = read(&mut stream).await?;
    let mut methods = vec![0; usize::from(count)];
    stream.read_exact(&mut methods).await?;
    let target = match manner {
        Manner::Hangs => return Ok(()),
        Manner::Sends(bytes) => return stream.write_all(bytes).await,
        Manner::SignsIn(target, user, password) => {
            if !methods.contains(&2) {
                return stream.write_all(&[5, 0xff]).await;
            }
            stream.write_all(&[5, 2]).await?;
            let [_version] = read(&mut stream).await?;
            let is_right = text(&mut stream).await? == user && text(&mut stream).await? == password;
            stream.write_all(&[1, u8::from(!is_right)]).await?;
            if !is_right {
                return Ok(());
            }
            Ok(target)
        }
        Manner::Connects(target) => {
            stream.write_all(&[5, 0]).await?;
            Ok(target)
        }
        Manner::Replies(code) => {
            stream.write_all(&[5, 0]).await?;
            Err(code)
        }
    };
    let [_version, _command, _reserved, kind] = read(&mut stream).await?;
    let host = match kind {
        1 => format!("ip {}", std::net::Ipv4Addr::from(read::<4>(&mut stream).await?)),
        4 => format!("ip {}", std::net::Ipv6Addr::from(read::<16>(&mut stream).await?)),
        _ => format!("name {}", text(&mut stream).await?),
    };
    let port = u16::from_be_bytes(read(&mut stream).await?);
    ledger.send_modify(|asked| asked.push(format!("{host}:{port}")));
    let reply = |code: u8| [5, code, 0, 1, 127, 0, 0, 1, 0, 0];
    match target {
        Err(code) => stream.write_all(&reply(code)).await,
        Ok(target) => {
            let mut server = TcpStream::connect(target).await?;
            stream.write_all(&reply(0)).await?;
            copy_bidirectional(&mut stream, &mut server).await.map(drop)
        }
    }
}

async fn read<const N: usize>(stream: &mut TcpStream) -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// Reads a text after its length in one byte.
async fn text(stream: &mut TcpStream) -> std::io::Result<String> {
    let [length] = read(stream).await?;
    let mut bytes = vec![0; usize::from(length)];
    stream.read_exact(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
