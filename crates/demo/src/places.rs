//! The places feed: positions of vans on their rounds.

use std::f64::consts::TAU;

use serde::Serialize;

use crate::chance;
use crate::happening::Happening;

const VANS: u64 = 6;
const CITY: (f64, f64) = (31.2304, 121.4737);
const METRES_A_DEGREE: f64 = 111_195.0;

const ROUNDS: u64 = 4;

#[derive(Serialize)]
struct Position {
    vehicle: String,
    lat: f64,
    lon: f64,
    kmh: f64,
    heading: f64,
}

/// A closed route around a point near the city's centre: an ellipse with three bulges.
struct Round {
    centre: (f64, f64),
    radius: (f64, f64),
    bulge: f64,
    /// The time for a whole round, in seconds; negative if it is driven clockwise.
    period: f64,
    phase: f64,
}

/// Returns the n-th position, `at` seconds after the origin.
pub(crate) fn position(seed: u64, n: u64, at: f64) -> Happening {
    let van = n % VANS;
    let round = Round::of(seed, van);
    let (east, north) = round.metres(at);
    let (east_before, north_before) = round.metres(at - 1.0);
    let (dx, dy) = (east - east_before, north - north_before);
    let data = Position {
        vehicle: format!("V{}", van + 1),
        lat: round_to(CITY.0 + north / METRES_A_DEGREE, 1e5),
        lon: round_to(CITY.1 + east / (METRES_A_DEGREE * CITY.0.to_radians().cos()), 1e5),
        kmh: round_to(dx.hypot(dy) * 3.6, 10.0),
        heading: dx.atan2(dy).to_degrees().rem_euclid(360.0).round() % 360.0,
    };
    Happening { event_type: "position", data: serde_json::json!(data).to_string() }
}

impl Round {
    fn of(seed: u64, van: u64) -> Self {
        let between =
            |from: f64, to: f64, what: u64| from + (to - from) * chance::unit(&[seed, ROUNDS, van, what]);
        let radius = (between(1500.0, 3500.0, 0), between(1200.0, 3000.0, 1));
        let metres_a_second = between(6.0, 12.0, 2);
        let direction = if van.is_multiple_of(2) { 1.0 } else { -1.0 };
        Self {
            centre: (between(-4000.0, 4000.0, 3), between(-4000.0, 4000.0, 4)),
            radius,
            bulge: between(0.05, 0.15, 5),
            period: direction * TAU * (radius.0 + radius.1) / 2.0 / metres_a_second,
            phase: between(0.0, TAU, 6),
        }
    }

    /// Returns the position, in metres east and north of the city's centre.
    fn metres(&self, at: f64) -> (f64, f64) {
        let angle = self.phase + at / self.period * TAU;
        let swell = 1.0 + self.bulge * (3.0 * angle).sin();
        (
            self.centre.0 + self.radius.0 * swell * angle.cos(),
            self.centre.1 + self.radius.1 * swell * angle.sin(),
        )
    }
}

fn round_to(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
