//! Tests that the time of a function grows linearly with its text. A single line of a ticket can have a megabyte, and a
//! function with quadratic time would then run for minutes.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Texts whose repetition made a function slow once, or could. Each consists of a beginning and a repeated part.
const REPEATED: &[(&str, &str)] = &[
    ("https://a.test/", ")"),
    ("https://a.test/", "]"),
    ("https://a.test/", ")."),
    ("https://a.test/(", ")(]"),
    ("", "https://a.test/) "),
    ("", "http://"),
    ("", "("),
    ("", "["),
    ("", "]"),
    ("", "[a]("),
    ("", "[a](b) "),
    ("", "!["),
    ("", "<"),
    ("", "<a "),
    ("", "<a href=\""),
    ("<div ", "href="),
    ("", "a <!--"),
    ("", "#"),
    ("", "#a"),
    ("a #a\n", "<#a"),
    ("", "-"),
    ("", "a-"),
    ("#", "a-"),
    ("", "*a "),
    ("", "*a **b "),
    ("", "~~a "),
    ("", "_a"),
    ("", "`a"),
    ("", "``a "),
    ("", "\""),
    ("", "'"),
    ("", "> "),
    ("", "- "),
    ("", "&#"),
    ("", "\\#"),
    ("", "m2m3m4-"),
    ("", "%2D"),
    ("", "/a"),
];

/// The sizes of the compared texts in bytes. The second is eight times the first.
const SIZES: [usize; 2] = [4_000, 32_000];

/// The maximum ratio of the times. It is 8 for linear time and 64 for quadratic time.
const MAX_RATIO: u32 = 24;

/// The difference that a busy machine can make.
const TOLERANCE: Duration = Duration::from_millis(20);

/// Asserts that the processor time of `work` grows linearly with each text of [`REPEATED`]. `work` must not use other
/// threads.
#[track_caller]
pub(crate) fn assert_linear(work: impl Fn(&str)) {
    for (beginning, part) in REPEATED {
        let text = |size: usize| format!("{beginning}{}\n", part.repeat(size / part.len()));
        let [small, large] = SIZES.map(|size| time(&work, &text(size)));
        assert!(
            large <= small * MAX_RATIO + TOLERANCE,
            "{beginning:?} and {part:?} repeated: {small:?} for {} bytes, {large:?} for {} bytes",
            SIZES[0],
            SIZES[1],
        );
    }
}

/// Returns the shortest processor time of three runs of `work`.
fn time(work: &impl Fn(&str), text: &str) -> Duration {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
    };
    let run = || {
        let start = now();
        work(text);
        now() - start
    };
    [(); 3].map(|()| run()).into_iter().min().unwrap()
}
