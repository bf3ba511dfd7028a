//! A review as a comment for a forge.
//!
//! `.github/actions/casebook-comment/markdown.mjs` writes the same from the same JSON, in a place where this program is
//! not; tests hold the two together. What changes here changes there.

use serde_json::Value as Json;

use super::find::MOST_LINES;
use crate::text::{Plural, quoted};

/// By this line a comment is found again.
const MARK: &str = "<!-- casebook -->";

/// The most findings that are listed.
const MOST_FINDINGS: usize = 20;

/// The most bytes: forges refuse a comment of more than 65,536 characters.
const MOST_BYTES: usize = 60_000;

/// The comment. `link` gives the address of a file.
pub(super) fn comment(review: &Json, link: impl Fn(&str) -> Option<String>) -> String {
    let mut comment = Comment { text: format!("{MARK}\n\n"), is_full: false };
    let findings = list(&review["findings"]);
    comment.add(&format!("{}\n", verdict(review)));
    if !findings.is_empty() {
        comment.add("\n");
    }
    for finding in findings.iter().take(MOST_FINDINGS) {
        comment.add(&self::finding(finding));
    }
    let all = number(&review["errors"]) + number(&review["warnings"]);
    let listed = findings.len().min(MOST_FINDINGS);
    if all > listed {
        comment.add(&format!("- and {} more in the log of the check\n", all - listed));
    }
    let tickets = list(&review["tickets"]).iter().filter(|ticket| !list(&ticket["similar"]).is_empty());
    for (place, ticket) in tickets.enumerate() {
        if place == 0 {
            comment.add("\nSimilar tickets that are already resolved:\n\n");
        }
        comment.add(&format!("- {}\n", quoted(text(&ticket["title"]), 160)));
        for similar in list(&ticket["similar"]) {
            comment.add(&self::similar(similar, &link));
        }
    }
    if comment.is_full {
        comment.text.push_str("\nThe rest does not fit into a comment.\n");
    }
    comment.text
}

/// A text that stops at the first piece for which there is no room.
struct Comment {
    text: String,
    is_full: bool,
}

impl Comment {
    fn add(&mut self, piece: &str) {
        self.is_full |= self.text.len() + piece.len() > MOST_BYTES;
        if !self.is_full {
            self.text.push_str(piece);
        }
    }
}

fn verdict(review: &Json) -> String {
    let (errors, warnings) = (number(&review["errors"]), number(&review["warnings"]));
    let parts = [(errors, "error"), (warnings, "warning")].into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, noun)| Plural(count, noun).to_string()).collect();
    match parts.is_empty() {
        true => "**casebook** found no problems in this change.".to_owned(),
        false => {
            let files = Plural(number(&review["files"]), "file");
            format!("**casebook** found problems in this change: {} in {files}.", parts.join(", "))
        }
    }
}

fn finding(finding: &Json) -> String {
    let word = if text(&finding["level"]) == "deny" { "error" } else { "warning" };
    let place = quoted(&format!("{}:{}", text(&finding["path"]), number(&finding["line"])), 200);
    let mut line = format!("- {word} in {place}: {}", quoted(text(&finding["message"]), 300));
    // What can be pasted helps more than what can be read.
    let way = [&finding["fix"]["title"]].into_iter().chain(list(&finding["help"])).map(text);
    if let Some(way) = way.map(|way| quoted(way, 300)).find(|way| !way.is_empty()) {
        line.push_str(&format!("; {way}"));
    }
    line.push_str(&format!(" ({})\n", quoted(text(&finding["code"]), 60)));
    line
}

fn similar(similar: &Json, link: impl Fn(&str) -> Option<String>) -> String {
    let id = quoted(text(&similar["id"]), 80);
    let named = match link(text(&similar["file"])) {
        Some(address) => format!("[{id}]({address})"),
        None => id,
    };
    let status = match (text(&similar["status"]), text(&similar["resolution"])) {
        ("", _) => "article".to_owned(),
        (status, "") => status.to_owned(),
        (status, resolution) => format!("{status}, {resolution}"),
    };
    let mut piece = format!("  - {named} ({status}): {}", quoted(text(&similar["title"]), 160));
    let lines = text(&similar["answer"]).lines().take(MOST_LINES).map(|line| quoted(line, 300));
    for line in lines.filter(|line| !line.is_empty()) {
        piece.push_str(&format!("<br>{line}"));
    }
    piece.push('\n');
    piece
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn number(value: &Json) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn review(findings: usize) -> Json {
        let finding = json!({
            "code": "secret", "level": "deny", "path": "tickets/a.md", "line": 3, "message": "@".repeat(1_000),
            "help": ["take it out"],
        });
        let similar = json!({
            "id": "a-b", "file": "tickets/a-b.md", "title": "A b", "status": "open", "resolution": null, "answer": "",
        });
        let tickets = json!([{ "title": "", "similar": [similar] }, { "title": "Alone", "similar": [] }]);
        json!({
            "findings": vec![finding; findings], "errors": findings, "warnings": 0, "files": 1, "tickets": tickets,
        })
    }

    #[test]
    fn a_comment_is_as_long_as_forges_take_it() {
        let comment = comment(&review(20), |_| None);
        assert!(comment.len() < 60_100 && comment.ends_with("\nThe rest does not fit into a comment.\n"));
    }

    #[test]
    fn what_is_not_listed_is_counted() {
        let comment = comment(&review(1), |file| Some(format!("https://forge.example/{file}")));
        assert!(comment.contains("found problems in this change: 1 error in 1 file.\n"), "{comment}");
        let listed =
            "- \n  - [<code>a&#45;b</code>](https://forge.example/tickets/a-b.md) (open): <code>A b</code>\n";
        assert!(comment.ends_with(listed), "{comment}");
        let mut many = review(1);
        many["errors"] = json!(205);
        assert!(super::comment(&many, |_| None).contains("- and 204 more in the log of the check\n"));
    }
}
