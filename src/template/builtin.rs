//! The templates and canned responses that ship with Casebook.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "ticket-templates/"]
#[prefix = "ticket-templates/"]
#[include = "*.md"]
struct Shipped;

/// Path in a casebook repository and text of each file that ships, in order of path.
pub(crate) fn builtin_files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Shipped::iter()
        .filter_map(|path| {
            let file = Shipped::get(&path)?;
            Some((path.into_owned(), String::from_utf8_lossy(&file.data).into_owned()))
        })
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        template::{CANNED_FOLDER, parse_canned, parse_template},
        text::RepoPath,
        ticket::Document,
    };

    #[test]
    fn what_ships_is_without_findings() {
        let mut names = Vec::new();
        for (path, text) in builtin_files() {
            let path = RepoPath::new(path);
            let document = Document::parse(&path, text.as_bytes());
            let canned = path.folder() == CANNED_FOLDER;
            let findings = if canned { parse_canned(&document).1 } else { parse_template(&document).1 };
            assert_eq!(findings, [], "{path}");
            names.push(path.stem().to_owned());
        }
        for name in ["incident", "bug", "question", "request", "imported"] {
            assert!(names.contains(&name.to_owned()), "{name}");
        }
        assert!(names.len() >= 11, "{names:?}");
    }
}
