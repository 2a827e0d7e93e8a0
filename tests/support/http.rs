//! Plain HTTP/1.0 requests over loopback, as bytes: without chunks the suites see exactly what a server sent.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// How long one read may wait.
const READ_LIMIT: Duration = Duration::from_secs(20);

/// A loopback port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

/// Sends a request to `port` on loopback and returns the open connection, from which the response can be read.
///
/// `headers` are whole lines without their end, such as `Accept: text/event-stream`.
pub fn open(port: u16, method: &str, target: &str, headers: &[&str], body: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    stream.set_read_timeout(Some(READ_LIMIT))?;
    let mut request = format!("{method} {target} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n");
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    if !body.is_empty() {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes())?;
    Ok(stream)
}

/// Reads from `stream` until what came contains `needle`, and returns all that came.
pub fn read_until(stream: &mut TcpStream, needle: &str) -> io::Result<String> {
    let mut got = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&got);
        if text.contains(needle) {
            return Ok(text.into_owned());
        }
        match stream.read(&mut chunk)? {
            0 => {
                return Err(io::Error::other(format!("the server closed before sending {needle:?}: {text}")));
            }
            count => got.extend_from_slice(&chunk[..count]),
        }
    }
}

/// Sends a request and returns the whole response, head and body.
pub fn exchange(port: u16, method: &str, target: &str, headers: &[&str], body: &str) -> io::Result<String> {
    let mut response = Vec::new();
    open(port, method, target, headers, body)?.read_to_end(&mut response)?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}
