//! Classifies the status and headers of a response.

/// Classifies a response by its status, content type and content encoding, and says what the caller should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// 200 with an event stream: read it.
    Open,
    /// 408, 409, 421, 423, 425, 429 and 5xx: back off and retry, because the fault may be temporary. A server answers 409
    /// or 423 while it still holds the connection before, and 421 where a proxy chose another server.
    Retry,
    /// 204: stop until a person reconnects (WHATWG HTML 9.2.1: 204 ends reconnection).
    NoContent,
    /// 401 and 403: park until the credential changes.
    SignIn,
    /// 404 and 410: park, with a slow retry.
    NotFound,
    /// 200 with another content type, such as a captive portal's page: park, with a slow retry.
    WrongType,
    /// 200 with an event stream in a content encoding, although the request accepts only identity: park, with a slow
    /// retry.
    Encoding,
    /// Any other status, including a redirect that was not followed: park, with a slow retry.
    Unexpected,
}

/// Classifies a response; after redirects, the final one.
///
/// `content_type` matches by its MIME essence, in any case and with any parameters, including malformed ones. The
/// charset is ignored: an event stream is always UTF-8 (WHATWG HTML 9.2.5). On any status but 200 the standard
/// fails the connection for good (9.2.3); a receiver that runs for months retries after a temporary fault instead.
pub fn classify(status: u16, content_type: Option<&str>, content_encoding: Option<&str>) -> Verdict {
    match status {
        200 if !is_event_stream(content_type) => Verdict::WrongType,
        200 if !is_identity(content_encoding) => Verdict::Encoding,
        200 => Verdict::Open,
        204 => Verdict::NoContent,
        401 | 403 => Verdict::SignIn,
        404 | 410 => Verdict::NotFound,
        408 | 409 | 421 | 423 | 425 | 429 | 500..=599 => Verdict::Retry,
        _ => Verdict::Unexpected,
    }
}

fn is_event_stream(content_type: Option<&str>) -> bool {
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    trim(essence).eq_ignore_ascii_case("text/event-stream")
}

fn is_identity(content_encoding: Option<&str>) -> bool {
    content_encoding.unwrap_or_default().split([',', ';']).map(trim).all(codes_nothing)
}

/// Returns whether a name in `Content-Encoding` stands for no coding. Some servers send `none`, the name of a charset, or
/// a word of `Content-Transfer-Encoding` (RFC 2045 6.1), and a plain stream.
fn codes_nothing(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_charset =
        ["utf-", "utf8", "iso-8859-", "windows-", "charset="].iter().any(|start| name.starts_with(start));
    is_charset
        || matches!(&*name, "" | "identity" | "none" | "ascii" | "us-ascii" | "7bit" | "8bit" | "binary")
}

/// Removes HTTP whitespace (WHATWG Fetch 2.2) from both ends.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: Option<&str> = Some("text/event-stream");

    #[test]
    fn every_status_has_its_verdict() {
        let expected = |status| match status {
            200 => Verdict::Open,
            204 => Verdict::NoContent,
            401 | 403 => Verdict::SignIn,
            404 | 410 => Verdict::NotFound,
            408 | 409 | 421 | 423 | 425 | 429 => Verdict::Retry,
            500.. => Verdict::Retry,
            _ => Verdict::Unexpected,
        };
        for status in 100..600 {
            assert_eq!(classify(status, STREAM, None), expected(status), "{status}");
        }
        assert_eq!(classify(999, STREAM, None), Verdict::Unexpected);
    }

    #[test]
    fn the_essence_decides_in_any_case_with_any_parameters() {
        for good in [
            "text/event-stream",
            "TEXT/Event-Stream",
            "text/event-stream;",
            "text/event-stream;;charset",
            "text/event-stream ; charset=x",
            "\ttext/event-stream;charset=windows-1252",
        ] {
            assert_eq!(classify(200, Some(good), None), Verdict::Open, "{good:?}");
        }
        for bad in
            ["", "x bogus", "text/x-bogus", "text/html", "text/event-streams", "text/event-stream, text/html"]
        {
            assert_eq!(classify(200, Some(bad), None), Verdict::WrongType, "{bad:?}");
        }
        assert_eq!(classify(200, None, None), Verdict::WrongType);
    }

    #[test]
    fn only_names_that_code_nothing_are_read() {
        for good in [
            "",
            "identity",
            "Identity",
            " identity , identity",
            "none",
            "None",
            "utf-8",
            "UTF8",
            "iso-8859-1",
            "windows-1252",
            "charset=utf-8",
            "identity; charset=utf-8",
            "us-ascii",
            "8bit",
        ] {
            assert_eq!(classify(200, STREAM, Some(good)), Verdict::Open, "{good:?}");
        }
        for bad in ["gzip", "br", "identity, gzip", "x", "none, gzip", "utf-8, br", "deflate", "zstd"] {
            assert_eq!(classify(200, STREAM, Some(bad)), Verdict::Encoding, "{bad:?}");
        }
        assert_eq!(
            classify(200, Some("text/html"), Some("gzip")),
            Verdict::WrongType,
            "a portal's page is named first"
        );
        assert_eq!(classify(503, None, Some("gzip")), Verdict::Retry, "only a stream's encoding matters");
    }
}
