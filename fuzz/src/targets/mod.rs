//! The list of all targets.

use crate::Target;

macro_rules! targets {
    ($($name:ident),+ $(,)?) => {
        $(mod $name;)+

        pub static TARGETS: &[Target] =
            &[$(Target { name: stringify!($name), run: $name::run, seeds: $name::seeds }),+];
    };
}

targets! {
    readers,
    markdown,
    query,
    index,
    damaged_index,
    damaged_cache,
    fold,
    ids,
    detectors,
    fixes,
    import_export,
    review_comment,
    redaction,
}
