//! Trials at random: how many there are, and the numbers they are made of. The unit tests include this file too.

#![allow(clippy::disallowed_methods, reason = "the environment says how trials are run")]

use std::hash::{BuildHasher as _, RandomState};

use proptest::test_runner::{Config, RngSeed};

/// Whether the trials run at full length, which takes minutes: with `CASEBOOK_TRIALS=full`.
pub(crate) fn at_full_length() -> bool {
    std::env::var_os("CASEBOOK_TRIALS").is_some_and(|value| value == "full")
}

/// The seed that `CASEBOOK_SEED` says, else another one each time. Prints how to run the test again with this seed, which
/// the test harness shows of a test that fails.
pub(crate) fn seed() -> u64 {
    let said = std::env::var("CASEBOOK_SEED").ok();
    let said = said.map(|seed| seed.parse().unwrap_or_else(|_| panic!("CASEBOOK_SEED={seed} is no number")));
    let seed = said.unwrap_or_else(|| RandomState::new().hash_one(0) >> 16);
    let thread = std::thread::current();
    eprintln!(
        "run again with: CASEBOOK_SEED={seed} cargo test --locked {}",
        thread.name().unwrap_or_default()
    );
    seed
}

/// How `proptest` tries a property in `cases` cases. A failure is found again by its seed, so no file keeps it.
pub(crate) fn trials(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(seed()), failure_persistence: None, ..Config::default() }
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`; 0 if that is 0.
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
fn the_same_seed_gives_the_same_trials() {
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
