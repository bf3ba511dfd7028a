//! Any text is a query or gives an error message. A printed query parses as the same query.

use casebook::fuzzing::{examples_of_queries, print_query};

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match print_query(&text) {
        Ok(printed) => {
            let again = print_query(&printed).unwrap_or_else(|error| panic!("{printed:?}: {error}"));
            assert_eq!(again, printed, "from {text:?}");
        }
        Err(message) => assert!(!message.is_empty()),
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let written = [
        "\"out of memory\" -tag:noise (a OR b) NOT c",
        "status:open,pending priority:>=high created:>7d created:2026-01..2026-03 sort:-created",
        "version:2.9..2.14 rows:>1000 seen:<2026-01-01 assignee:me has:version",
        "https://x.test std::vec 10:30 main.rs:12 Error: --force main() C++ 导出超时 expor*",
    ];
    written.into_iter().chain(examples_of_queries()).map(|text| text.as_bytes().to_vec()).collect()
}
