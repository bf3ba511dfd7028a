//! Names that every operating system can store.

/// Returns whether Windows reserves a name for a device, with any extension: `con`, `aux.log`, `COM1.txt`.
pub(crate) fn is_reserved_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ').to_ascii_lowercase();
    match stem.as_str() {
        "con" | "prn" | "aux" | "nul" | "conin$" | "conout$" => true,
        _ => ["com", "lpt"].iter().any(|device| {
            let number = stem.strip_prefix(device).map(|rest| rest.chars().collect::<Vec<char>>());
            matches!(number.as_deref(), Some(['0'..='9' | '¹' | '²' | '³']))
        }),
    }
}

/// Returns the reason why Windows cannot store a file or folder called `name`.
pub(crate) fn name_problem(name: &str) -> Option<String> {
    if is_reserved_name(name) {
        let stem = name.split('.').next().unwrap_or(name).trim_end();
        return Some(format!("`{stem}` is reserved for a device"));
    }
    if let Some(sign) = name.chars().find(|c| is_forbidden(*c)) {
        return Some(format!("`{}` is not allowed in names", sign.escape_default()));
    }
    match name.chars().last() {
        Some('.') => Some("names cannot end with a dot".to_owned()),
        Some(' ') => Some("names cannot end with a space".to_owned()),
        _ => None,
    }
}

/// Returns a similar name that every operating system can store.
pub(crate) fn portable_name(name: &str) -> String {
    let plain: String = name.chars().map(|c| if is_forbidden(c) { '-' } else { c }).collect();
    let plain = plain.trim_end_matches(['.', ' ']);
    if is_reserved_name(plain) || plain.is_empty() { format!("file-{plain}") } else { plain.to_owned() }
}

fn is_forbidden(c: char) -> bool {
    c.is_ascii_control() || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_windows_cannot_store_are_recognised() {
        for name in [
            "con",
            "NUL",
            "aux.log",
            "Com1.tar.gz",
            "lpt9",
            "com¹",
            "nul .txt",
            "Screenshot 10:15:00.png",
            "a?",
            "log.",
            "log ",
            "a\\b",
            "tab\there",
        ] {
            assert!(name_problem(name).is_some(), "{name}");
            let portable = portable_name(name);
            assert_eq!(name_problem(&portable), None, "{portable}");
        }
        for name in
            ["console", "con-1", "com", "com10", "a.con", ".env", "log 1.txt", "发票.log", "nullable.md"]
        {
            assert_eq!(name_problem(name), None, "{name}");
            assert_eq!(portable_name(name), name);
        }
    }
}
