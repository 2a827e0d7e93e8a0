//! Faults that a query asks for: `?status=503`, `?close_after=3`, `?silent=1`.

use axum::http::StatusCode;

/// The faults of a connection; none by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Faults {
    /// Answers with this status and no stream.
    pub(crate) status: Option<StatusCode>,
    /// Ends the stream cleanly after this number of events.
    pub(crate) close_after: Option<u64>,
    /// Opens the stream and sends nothing.
    pub(crate) silent: bool,
}

/// The error for a query that is not a list of known faults.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown fault; use status=100..599, close_after=N or silent=1")]
pub(crate) struct UnknownFault;

impl Faults {
    /// Parses a query string.
    ///
    /// # Errors
    /// [`UnknownFault`] if a parameter is unknown or its value is out of range.
    pub(crate) fn parse(query: &str) -> Result<Self, UnknownFault> {
        let mut faults = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("status", code)) => faults.status = Some(code.parse().map_err(|_| UnknownFault)?),
                Some(("close_after", n)) => faults.close_after = Some(n.parse().map_err(|_| UnknownFault)?),
                Some(("silent", "1")) => faults.silent = true,
                _ => return Err(UnknownFault),
            }
        }
        Ok(faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_from_the_query() {
        assert_eq!(Faults::parse(""), Ok(Faults::default()));
        let faults =
            Faults { status: Some(StatusCode::SERVICE_UNAVAILABLE), close_after: Some(3), silent: true };
        assert_eq!(Faults::parse("status=503&close_after=3&silent=1"), Ok(faults));
        for unknown in ["status=1", "status", "close_after=-1", "silent=2", "other=1"] {
            assert_eq!(Faults::parse(unknown), Err(UnknownFault), "{unknown}");
        }
    }
}
