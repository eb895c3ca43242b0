//! How many cases a property is tried on, and from which seed.
//!
//! `ANABRANCH_CASES=100000` runs longer, and `ANABRANCH_SEED=NUMBER` again what an earlier run printed.

use proptest::test_runner::{Config, RngSeed};

/// How many cases are tried where nothing else is said.
const USUAL: u32 = 10_000;

pub fn cases() -> u32 {
    std::env::var("ANABRANCH_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(USUAL)
}

/// Prints the seed: the test runner shows it of a test that fails, and of all with `--nocapture`.
pub fn config(what: &str) -> Config {
    let given = std::env::var("ANABRANCH_SEED").ok().and_then(|seed| seed.parse().ok());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seed = given.unwrap_or(now.as_nanos() as u64);
    println!("{what}: ANABRANCH_SEED={seed} ANABRANCH_CASES={}", cases());
    Config {
        cases: cases(),
        rng_seed: RngSeed::Fixed(seed),
        max_global_rejects: 10_000_000,
        ..Config::default()
    }
}
