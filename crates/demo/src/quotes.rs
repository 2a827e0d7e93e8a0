//! The quotes feed: prices of invented companies.

use serde::Serialize;

use crate::chance;
use crate::happening::Happening;

const COMPANIES: [(&str, &str, f64); 20] = [
    ("KITE", "Kite Avionics", 84.0),
    ("LARK", "Lark Mobility", 31.5),
    ("OPAL", "Opal Semiconductors", 212.0),
    ("FERN", "Fern & Moss Foods", 47.2),
    ("HALO", "Halo Lighting", 18.4),
    ("MINT", "Mint Street Bank", 63.9),
    ("ORCA", "Orca Shipping", 129.0),
    ("PINE", "Pine Timber", 22.7),
    ("QUAY", "Quay Logistics", 56.1),
    ("REEF", "Reef Energy", 38.8),
    ("SAGE", "Sage Health", 97.3),
    ("TIDE", "Tide Water Works", 41.6),
    ("VALE", "Vale Instruments", 158.0),
    ("WREN", "Wren Software", 274.0),
    ("YARN", "Yarn Textiles", 12.9),
    ("ZINC", "Zinc Metals", 69.5),
    ("BOLT", "Bolt Fasteners", 26.3),
    ("CLAY", "Clay Ceramics", 33.1),
    ("DUNE", "Dune Solar", 51.8),
    ("ECHO", "Echo Audio", 75.4),
];

/// The periods, in seconds, of the waves that make up a price. A wave's height is proportional to a power of its
/// period. The exponent of a random walk would be 0.5; a smaller one, `ROUGHNESS`, moves prices more within a
/// minute.
const PERIODS: [f64; 9] = [345_600.0, 86_400.0, 28_800.0, 7_200.0, 1_800.0, 480.0, 120.0, 30.0, 8.0];
const DAY: f64 = 86_400.0;
const DAILY_SWING: f64 = 0.015;
const ROUGHNESS: f64 = 0.28;

const PRICES: u64 = 1;
const PICKS: u64 = 2;
const VOLUMES: u64 = 3;

#[derive(Serialize)]
struct Quote {
    symbol: &'static str,
    name: &'static str,
    last: f64,
    change: f64,
    pct: f64,
    volume: u64,
}

/// Returns the n-th quote, `at` seconds after the origin.
pub(crate) fn quote(seed: u64, n: u64, at: f64) -> Happening {
    let index = chance::below(COMPANIES.len() as u64, &[seed, PICKS, n]);
    let (symbol, name, base) = COMPANIES[index as usize];
    let last = cents(price(seed, index, base, at));
    let close = cents(price(seed, index, base, at - at % DAY));
    let change = cents(last - close);
    let pct = cents(change / close * 100.0);
    let volume = (1 + chance::below(40, &[seed, VOLUMES, n])) * 100;
    let quote = Quote { symbol, name, last, change, pct, volume };
    Happening { event_type: "quote", data: serde_json::json!(quote).to_string() }
}

fn price(seed: u64, company: u64, base: f64, at: f64) -> f64 {
    let wave = |(octave, period): (usize, &f64)| {
        let height = DAILY_SWING * (period / DAY).powf(ROUGHNESS);
        height * chance::wave(at / period, &[seed, PRICES, company * 100 + octave as u64])
    };
    base * PERIODS.iter().enumerate().map(wave).sum::<f64>().exp()
}

fn cents(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
