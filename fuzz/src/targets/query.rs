//! Any text is a query or a located error; what a query prints is the same query.

use casebook::search::query::{FieldKind, KEYS, Known, KnownField, Query};

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let field = |name: &str, kind| KnownField { name: name.to_owned(), kind };
    let fields = vec![
        field("version", FieldKind::Text),
        field("rows", FieldKind::Number),
        field("seen", FieldKind::Date),
    ];
    let known = Known { fields, me: true };
    match Query::parse(&text, &known) {
        Ok(query) => {
            let printed = query.to_string();
            let again = Query::parse(&printed, &known).unwrap_or_else(|error| panic!("{printed:?}: {error}"));
            assert_eq!(again.to_string(), printed, "from {text:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let written = [
        "\"out of memory\" -tag:noise (a OR b) NOT c",
        "status:open,pending priority:>=high created:>7d created:2026-01..2026-03 sort:-created",
        "version:2.9..2.14 rows:>1000 seen:<2026-01-01 assignee:me has:version",
        "https://x.test std::vec 10:30 main.rs:12 Error: --force main() C++ 导出超时 expor*",
    ];
    let examples = KEYS.iter().map(|row| row.example);
    written.into_iter().chain(examples).map(|text| text.as_bytes().to_vec()).collect()
}
