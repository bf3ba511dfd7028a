//! No public text contains a name of an internal ticket, even if a public ticket mentions it in another spelling.

use std::fmt::Write as _;

use casebook::fuzzing::public_texts;
use percent_encoding::percent_decode_str;

use crate::input::{Input, seed_of_files};

/// The id, an alias and the source of an internal ticket. An input byte below 9 is replaced with one of these three
/// names in one of three spellings, so that the fuzzer can put them anywhere.
const NAMES: [&str; 3] = ["quiet-plan-k7f3qa", "old-plan-2m9dzz", "SECRET-115"];
const HIDDEN: &str = "---\ntitle: H\ntemplate: note\nrequester: eve\ncreated: 2026-01-01T00:00:00Z\nvisibility: internal\n\
    aliases: [old-plan-2m9dzz]\nsource: SECRET-115\n---\nText.\n";

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let mut files = input.files();
    for (path, text) in &mut files {
        if !text.contains("visibility") && path != "casebook.yml" {
            *text = insert_names(text);
        }
    }
    // The input must not replace the settings or the internal ticket.
    files.retain(|(path, _)| path != "casebook.yml" && !path.contains(NAMES[0]));
    files.push(("casebook.yml".into(), "version: 1\nvisibility: public\n".into()));
    files.push((format!("tickets/{}.md", NAMES[0]), HIDDEN.into()));
    for text in public_texts(&files) {
        let text = text.to_lowercase();
        let decoded = percent_decode_str(&text).decode_utf8_lossy().to_lowercase();
        for name in NAMES {
            let name = name.to_lowercase();
            assert!(!contains_name(&text, &name), "{name} in {text:?} of {files:#?}");
            assert!(!contains_name(&decoded, &name), "{name} encoded in {decoded:?} of {files:#?}");
        }
    }
}

/// Returns whether `text` contains `name`, which begins with a letter, as a whole word.
fn contains_name(text: &str, name: &str) -> bool {
    let ends_with_digit = name.ends_with(|c: char| c.is_ascii_digit());
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
        let is_longer = |c: char| if ends_with_digit { c.is_numeric() } else { c.is_alphabetic() };
        !before.is_some_and(char::is_alphabetic) && !after.is_some_and(is_longer)
    })
}

/// Replaces each placeholder byte in `text` with a name.
fn insert_names(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let number = c as usize;
        match number {
            1..9 => {
                let name = NAMES[number % 3];
                match number / 3 {
                    0 => out.push_str(name),
                    1 => out.push_str(&name.to_uppercase()),
                    _ => name.bytes().for_each(|byte| {
                        let _ = write!(out, "%{byte:02X}");
                    }),
                }
            }
            _ => out.push(c),
        }
    }
    out
}

pub fn seeds() -> Vec<Vec<u8>> {
    let front = "title: See \u{1}\ntemplate: note\nrequester: mei\ncreated: 2026-01-02T00:00:00Z\n";
    let bodies = [
        "Like \u{1}, [x](../\u{2}.md), [y](https://forge.test/\u{3}#\u{4}), `\u{5}` <https://a.test/?q=\u{6}>\n",
        "# \u{1}\n\n```\n\u{2}\n```\n[\u{3}]: \u{7} \"\u{8}\"\n<a href=\"/t/\u{4}/\">x</a>\n",
        "a\u{1}b _\u{2}_ *\u{5}*-x \u{3}.log\n",
    ];
    let reply = "---\nauthor: mei\ncreated: 2026-01-03T00:00:00Z\nset: { related: \u{1}, note: see \u{2} }\nanswered_by: [\u{1}]\n---\n\u{3}\n";
    let seed = |body: &&str| {
        let ticket = format!(
            "---\n{front}tags: [\u{1}, x]\nrelated: [\u{1}]\nnote: see \u{2}\npath: [/a/\u{1}]\nsource: \u{3}\n---\n{body}"
        );
        let article = format!("---\ntitle: \u{1}\ntickets: [\u{1}]\n---\n## Fix\n{body}");
        seed_of_files(&[("tickets/a.md", &ticket), ("tickets/a/1.md", reply), ("knowledge/c.md", &article)])
    };
    bodies.iter().map(seed).collect()
}
