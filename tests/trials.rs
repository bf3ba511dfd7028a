//! Random tests: their length, their seed and their random numbers. The unit tests also include this file.

#![allow(clippy::disallowed_methods, reason = "the environment configures random tests")]

use std::hash::{BuildHasher as _, RandomState};

use proptest::test_runner::{Config, RngSeed};

/// Returns whether random tests run at full length, which takes minutes. `CASEBOOK_TRIALS=full` requests this.
pub(crate) fn at_full_length() -> bool {
    std::env::var_os("CASEBOOK_TRIALS").is_some_and(|value| value == "full")
}

/// Returns the seed in `CASEBOOK_SEED`, or a new seed each time. Prints the command that runs the test again with this seed;
/// the test harness shows it if the test fails.
pub(crate) fn seed() -> u64 {
    let given = std::env::var("CASEBOOK_SEED").ok();
    let given =
        given.map(|seed| seed.parse().unwrap_or_else(|_| panic!("CASEBOOK_SEED={seed} is not a number")));
    let seed = given.unwrap_or_else(|| RandomState::new().hash_one(0) >> 16);
    let thread = std::thread::current();
    eprintln!(
        "run again with: CASEBOOK_SEED={seed} cargo test --locked {}",
        thread.name().unwrap_or_default()
    );
    seed
}

/// Returns the configuration for `proptest` with this number of cases. The seed repeats a failure, so failures are not
/// saved in files.
pub(crate) fn trials(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(seed()), failure_persistence: None, ..Config::default() }
}

/// A generator of pseudo-random numbers (SplitMix64). The same seed gives the same numbers.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number below `end`, or 0 if `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 1).unwrap() % end.max(1)
    }

    pub(crate) fn shuffled<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        let mut items = items.to_vec();
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
        items
    }

    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

#[test]
fn the_same_seed_gives_the_same_random_values() {
    use proptest::{
        prelude::any, strategy::Strategy as _, strategy::ValueTree as _, test_runner::TestRunner,
    };
    let numbers = |seed| {
        let mut random = Random::of(seed);
        [random.below(1 << 40), random.below(1 << 40)]
    };
    assert_eq!(numbers(1), numbers(1));
    assert_ne!(numbers(1), numbers(2));
    let of_proptest = |seed| {
        let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(seed), ..trials(1) });
        any::<u64>().new_tree(&mut runner).unwrap().current()
    };
    assert_eq!(of_proptest(1), of_proptest(1));
    assert_ne!(of_proptest(1), of_proptest(2));
}
