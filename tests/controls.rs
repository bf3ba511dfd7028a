//! Text of tickets cannot control a terminal, and cannot make one title look like another.

use crate::{
    sandbox::{SETTINGS, Sandbox},
    terminal::Terminal,
};

/// Characters that control a terminal, as C0 and C1, or that change the writing direction.
const HARMFUL: [char; 8] = ['\u{1b}', '\u{7}', '\u{9b}', '\u{9d}', '\u{7f}', '\u{202e}', '\u{2066}', '\u{8}'];

/// Creates a team with a ticket, a reply and an article that have harmful characters in every text.
fn team() -> Sandbox {
    let sandbox = Sandbox::with_team();
    let evil: String = HARMFUL.iter().map(|c| format!("x{c}[31my")).collect();
    let text = evil.replace('\u{8}', "");
    // YAML allows control characters only as escapes.
    let quoted: String = evil
        .chars()
        .map(|c| {
            if c.is_ascii() && !c.is_ascii_control() { c.to_string() } else { format!("\\u{:04x}", c as u32) }
        })
        .collect();
    let ticket = format!(
        "---\ntitle: \"Export {quoted} hangs\"\ntemplate: question\nservice: \"b{quoted}\"\nrequester: \"l{quoted}\"\n\
         created: 2026-11-10T09:14:00Z\ntags: [\"t\\u009b\\u202e\"]\npriority: \"p{quoted}\"\nkey{text}: 1\n---\n\
         ## Question\nWhy does the export hang {text}?\n## Heading {text}\n```\ncode {text}\n```\n## What I tried\n{text}\n"
    );
    sandbox.write("team/tickets/evil-k7f3qa.md", &ticket);
    sandbox.write("team/tickets/other-k7f3qb.md", ticket.replace("hangs", "hangs again"));
    let reply = format!(
        "---\nauthor: \"m{quoted}\"\ncreated: 2026-11-11T10:00:00Z\nstatus: resolved\nresolution: answered\n---\n\
         ## Answer\nRestart the export {text}.\n"
    );
    sandbox.write("team/tickets/evil-k7f3qa/r.md", reply);
    sandbox.write(
        "team/knowledge/evil.md",
        format!("---\ntitle: \"Exports {quoted}\"\n---\n## Fix\nRestart {text}\n"),
    );
    sandbox.commit("team", "hostile texts");
    sandbox
}

#[track_caller]
fn is_harmless(text: &str, from: &str) {
    for c in HARMFUL {
        if let Some(at) = text.find(c) {
            let around: String = text[at..].chars().take(20).collect();
            panic!("{from} prints {c:?} in {around:?}");
        }
    }
}

#[test]
fn no_command_prints_control_characters_of_a_ticket() {
    let sandbox = team();
    for line in [
        "list is:any",
        "list is:any --format json",
        "list is:any --format short",
        "show evil-k7f3qa",
        "show evil-k7f3qa --format json",
        "search export",
        "search export --format json",
        "similar evil-k7f3qa",
        "similar evil-k7f3qa --format json",
        "check",
        "check --format short",
        "check --format github",
        "check --format json",
        "check --since HEAD~1",
        "review --since HEAD~1",
        "review --since HEAD~1 --format markdown",
        "reply evil-k7f3qa --message 'Which browser do you use for it?'",
        "reply nothing --message x",
        "resolve other-k7f3qb --as duplicate --of evil-k7f3qa",
        "reopen evil-k7f3qa",
        "list 'tag:t\u{9b}x\u{202e}'",
        "show 'no\u{9b}such\u{202e}'",
        "build",
        "eval",
        "new question --title 'Export \u{9b} hangs \u{202e} again' --body /nonexistent",
    ] {
        let output = sandbox.casebook("team", line).run();
        is_harmless(&output.out, line);
        is_harmless(&output.err, line);
    }
    let coloured = sandbox.casebook("team", "check --color always").fails(1).out;
    let ours = coloured.replace("\u{1b}[", "");
    is_harmless(&ours, "check --color always");
}

#[test]
fn prompts_show_no_control_characters_of_a_template() {
    let sandbox = Sandbox::with_team();
    sandbox.write("team/casebook.yml", SETTINGS.replace("default_template: incident\n", ""));
    let about = "about: \"Evil \\u202e \\u2066 \\u009b31m\"";
    sandbox.write("team/ticket-templates/evil.md", format!("---\ntitle: Evil\n{about}\n---\n"));
    let mut terminal = Terminal::start(sandbox.casebook("team", "new --title 'Export hangs after an hour'"));
    terminal.sees("what kind of ticket?").sees("Evil \u{fffd} \u{fffd}").types("\u{1b}");
    terminal.ends();
    let screen = terminal.shown();
    for harmful in ['\u{9b}', '\u{202e}', '\u{2066}'] {
        assert!(!screen.contains(harmful), "{harmful:?} is in {screen:?}");
    }
}

#[test]
fn pages_show_no_control_characters_and_isolate_the_direction_of_texts() {
    let sandbox = team();
    sandbox.casebook("team", "build").run();
    for page in ["tickets/evil-k7f3qa", "knowledge/evil", "tags", "knowledge", ""] {
        let html = sandbox.read(format!("team/public/{page}/index.html"));
        is_harmless(&html, page);
        assert!(html.contains("dir=\"auto\""), "{page}");
    }
    for feed in ["feed.xml", "feed.json"] {
        let feed = sandbox.read(format!("team/public/{feed}"));
        is_harmless(&feed, "a feed");
        assert!(feed.contains("x\u{fffd}[31my") && !feed.contains("\\u001b"), "{feed}");
    }
    let ticket = sandbox.read("team/public/tickets/evil-k7f3qa/index.html");
    for part in [
        "<h1 dir=\"auto\">Export x\u{fffd}[31my",
        "<div class=\"prose\" dir=\"auto\">",
        "<title>Export x\u{fffd}",
    ] {
        assert!(ticket.contains(part), "{part:?} is missing in {ticket}");
    }
}
