//! Notices that something on the way cuts connections that are quiet for a certain time, as proxies do.

use std::time::Duration;

/// The shortest and the longest silence that is looked at: a shorter one is a server that ends as it works, and a longer
/// one no proxy's limit.
const SILENCES: std::ops::RangeInclusive<Duration> = Duration::from_secs(10)..=Duration::from_secs(1800);

/// By how much two silences may differ and still be the same limit.
const TOLERANCE: Duration = Duration::from_millis(1500);

/// The cuts of one feed's connections.
#[derive(Debug, Default)]
pub(crate) struct QuietCuts {
    newest: Option<Duration>,
    limit: Option<Duration>,
}

impl QuietCuts {
    /// Notes that a connection was cut from outside, `silence` after its last byte.
    pub fn note_cut(&mut self, silence: Duration) {
        if !SILENCES.contains(&silence) {
            return;
        }
        let is_alike = self.newest.is_some_and(|newest| newest.abs_diff(silence) <= TOLERANCE);
        self.limit = is_alike.then(|| Duration::from_secs_f64(silence.as_secs_f64().round()));
        self.newest = Some(silence);
    }

    /// Notes that a byte came after this silence: no limit below it holds.
    pub fn note_byte(&mut self, silence: Duration) {
        if self.newest.is_some_and(|newest| silence > newest + TOLERANCE) {
            *self = Self::default();
        }
    }

    /// Returns the silence after which connections are cut, to the second, once two were cut alike.
    pub fn limit(&self) -> Option<Duration> {
        self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(cuts: &[f64]) -> Option<u64> {
        let mut quiet = QuietCuts::default();
        cuts.iter().for_each(|cut| quiet.note_cut(Duration::from_secs_f64(*cut)));
        quiet.limit().map(|limit| limit.as_secs())
    }

    #[test]
    fn two_cuts_after_the_same_silence_show_the_limit() {
        assert_eq!(after(&[60.1]), None);
        assert_eq!(after(&[60.1, 60.3]), Some(60));
        assert_eq!(after(&[12.0, 60.1, 59.8]), Some(60));
        assert_eq!(after(&[60.1, 42.0]), None);
        assert_eq!(after(&[60.1, 60.1, 30.0]), None, "not so any longer");
    }

    #[test]
    fn short_and_very_long_silences_show_nothing() {
        assert_eq!(after(&[1.0, 1.0, 1.0]), None);
        assert_eq!(after(&[7200.0, 7200.0]), None);
        assert_eq!(after(&[60.0, 0.5, 60.0]), Some(60), "a busy connection that broke is no sign");
    }

    #[test]
    fn a_longer_silence_that_was_survived_takes_the_limit_back() {
        let mut quiet = QuietCuts::default();
        quiet.note_cut(Duration::from_secs(60));
        quiet.note_cut(Duration::from_secs(60));
        quiet.note_byte(Duration::from_secs(45));
        assert!(quiet.limit().is_some());
        quiet.note_byte(Duration::from_secs(75));
        assert_eq!(quiet.limit(), None);
    }
}
