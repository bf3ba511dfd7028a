//! Every file reader accepts any bytes, and each finding marks whole characters of the text.

use casebook::fuzzing::spans_of_readers;

pub fn run(data: &[u8]) {
    let (text, spans) = spans_of_readers(data);
    for (code, span) in spans {
        assert!(text.get(span.clone()).is_some(), "{code}: {span:?} of {} bytes", text.len());
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    crate::input::texts_of_rules()
}
