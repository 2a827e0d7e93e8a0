//! What a response's head means for a subscription.

/// The meaning of a response's status and type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// 200 with an event stream: read it.
    Open,
    /// 408, 425, 429 and 5xx: a state that passes; back off and try again.
    Retry,
    /// 204: the server wants no more connections until a person asks for one.
    NoContent,
    /// 401 and 403: park until the credential changes.
    SignIn,
    /// 404 and 410: park, with a slow retry.
    NotFound,
    /// 200 with something other than an event stream, such as a captive portal's page: park, with a slow retry.
    WrongType,
    /// 200 with an event stream in a content encoding, although only identity was accepted: park.
    Encoding,
    /// Any other status, an unfollowed redirect included: park, with a slow retry.
    Unexpected,
}

/// Judges a response's head; for a followed redirect, that of the final response.
///
/// `content_type` matches by its MIME essence, in any case and with any parameters, malformed ones included. The
/// charset is ignored: an event stream is always UTF-8 (WHATWG HTML 9.2.3). Where the standard would give up on a
/// passing server fault for good, a receiver that runs for months retries.
pub fn classify(status: u16, content_type: Option<&str>, content_encoding: Option<&str>) -> Verdict {
    match status {
        200 if !is_event_stream(content_type) => Verdict::WrongType,
        200 if !is_identity(content_encoding) => Verdict::Encoding,
        200 => Verdict::Open,
        204 => Verdict::NoContent,
        401 | 403 => Verdict::SignIn,
        404 | 410 => Verdict::NotFound,
        408 | 425 | 429 | 500..=599 => Verdict::Retry,
        _ => Verdict::Unexpected,
    }
}

fn is_event_stream(content_type: Option<&str>) -> bool {
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    trim(essence).eq_ignore_ascii_case("text/event-stream")
}

fn is_identity(content_encoding: Option<&str>) -> bool {
    let mut codings = content_encoding.unwrap_or_default().split(',').map(trim);
    codings.all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity"))
}

/// Removes HTTP whitespace from both ends.
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
            408 | 425 | 429 => Verdict::Retry,
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
    fn only_identity_is_read() {
        for good in ["", "identity", "Identity", " identity , identity"] {
            assert_eq!(classify(200, STREAM, Some(good)), Verdict::Open, "{good:?}");
        }
        for bad in ["gzip", "br", "identity, gzip", "x"] {
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
