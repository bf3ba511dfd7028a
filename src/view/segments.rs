//! Splits names and texts into segments and hashes sequences of segments.

/// A run of letters, a run of digits, or one character of another script.
#[derive(Clone, Copy)]
pub(super) struct Segment {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) is_number: bool,
}

/// Returns the first segment at or after `at`.
pub(super) fn segment(text: &str, at: usize) -> Option<Segment> {
    let bytes = text.as_bytes();
    let start =
        at + bytes.get(at..)?.iter().position(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())?;
    let run = |test: fn(&u8) -> bool| start + bytes[start..].iter().take_while(|byte| test(byte)).count();
    let (end, is_number) = match bytes[start] {
        byte if byte.is_ascii_digit() => (run(u8::is_ascii_digit), true),
        byte if byte.is_ascii_alphabetic() => (run(u8::is_ascii_alphabetic), false),
        _ => (start + text[start..].chars().next().map_or(1, char::len_utf8), false),
    };
    Some(Segment { start, end, is_number })
}

pub(super) fn last_segment(text: &str) -> Option<Segment> {
    let mut last = None;
    let mut at = 0;
    while let Some(segment) = segment(text, at) {
        at = segment.end;
        last = Some(segment);
    }
    last
}

/// Calls `take` with each segment of `name` and the text between it and the previous segment.
pub(super) fn each_segment(name: &str, mut take: impl FnMut(&[u8], &[u8])) {
    let mut at = 0;
    while let Some(segment) = segment(name, at) {
        take(&name.as_bytes()[at..segment.start], &name.as_bytes()[segment.start..segment.end]);
        at = segment.end;
    }
}

/// The hash of an empty sequence.
pub(super) const START: u64 = 0xcbf2_9ce4_8422_2325;

/// Continues the hash (FNV-1a) with `bytes`.
pub(super) fn extended(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// Mixes the bits of a hash, so that the sum of several hashes identifies the set.
pub(super) fn mixed(hash: u64) -> u64 {
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53) | 1
}
