//! The links of an event, which the program may open.

use bellwire_engine::link::{links, web_url};
use url::Url;

use crate::target::{MIB, Target, magnitude, shape};

pub(super) const TARGET: Target = Target {
    name: "links",
    words: &[
        b"http://",
        b"https://",
        b"HTTPS://",
        b"http:",
        b"javascript:",
        b"file:///",
        b"ann:secret@",
        b"@",
        b":",
        b"a.example",
        b"/x",
        b"?a=b",
        b"#c",
        b"[::1]",
        b"127.0.0.1",
        b"0x7f.1",
        b":99999",
        b"xn--",
        b"\\",
        b"\"",
        b"<",
        b">",
        b".",
        b" ",
        b"%00",
        b"%2e",
        b"\t",
        b"\n",
        b"\0",
        "。".as_bytes(),
        "\u{202e}".as_bytes(),
        "支.example".as_bytes(),
    ],
    max_memory: 16 * MIB,
    run,
};

fn run(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let found = links(&text);
    assert!(found.len() <= 20, "at most 20 links");
    for (link, number) in found.iter().zip(1..) {
        assert_eq!(link.number, number, "links are numbered in order");
        check(&link.url);
        assert_eq!(link.url.host_str(), Some(&*link.host), "the host that is shown is the one that opens");
        assert_eq!(found.iter().filter(|other| other.url == link.url).count(), 1, "each link once");
    }
    assert_eq!(links(&text), found, "the same text has the same links");
    if let Some(url) = web_url(&text) {
        check(&url);
    }
    shape(found.iter().map(|link| kind(&link.url)).collect::<Vec<_>>())
}

/// Checks that an address may be opened, and reads as the same address again.
fn check(url: &Url) {
    assert!(matches!(url.scheme(), "http" | "https"), "{url}: http and https only");
    assert!(url.username().is_empty() && url.password().is_none(), "{url}: no user in it");
    assert!(url.host_str().is_some_and(|host| !host.is_empty()), "{url}: a host to be shown");
    assert!(url.as_str().chars().all(|c| c.is_ascii_graphic()), "{url}: no character that is not seen");
    assert_eq!(web_url(url.as_str()).as_ref(), Some(url), "printed and read, it is the same");
}

fn kind(url: &Url) -> (bool, bool, u32, bool) {
    (url.scheme() == "https", url.domain().is_some(), magnitude(url.as_str().len()), url.port().is_some())
}
