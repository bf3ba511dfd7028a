use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use pulldown_cmark::{Event, Parser, Tag};

use super::*;
use crate::{
    check::{Case, RULES, Rule, check_all, rules::tests::Mei, source_of},
    repo::{CacheSlot, FileEntry, MemorySource, Source as _},
    store::load,
    text::{Span, Time},
    ticket::Document,
    trials::{Random, seed},
};

fn place(text: &str, random: &mut Random) -> usize {
    text.floor_char_boundary(random.below(text.len() + 1))
}

type Files = BTreeMap<RepoPath, String>;

const SIGNS: &[&str] = &[
    "@", "#", " #", "\"", "'", ":", ": ", "[", "]", "{", "}", "|", "- ", "\n", "```\n", "~~~\n", "<!--",
    "-->", "<pre>\n", "\t", "---\n", "\u{feff}", "发", "\u{e9}", "\\", "%", "`", "!", "&a ", "*a ", "\r",
    "- [",
];
const VALUES: &[&str] = &[
    "no",
    "1.10",
    "0755",
    "@mei",
    "Mei Lin",
    "mei@acme.example",
    "12:30",
    "Error: no space left",
    "\"a\"",
    "\"a",
    "'it''s'",
    "a # b",
    "Crash after PR #532",
    "[no, b]",
    "[a, @b]",
    "{a: 1}",
    "|",
    "true",
    "null",
    "https://x.example",
    "//x",
    "@lena asks",
    "\"1.10\"",
    "'a' and 'b'",
    "% off",
    "*all*",
    "&all",
    "!important",
    "2026-11-22",
];
const HEADINGS: &[&str] = &["#", "# ", "### ", "##", "   ## ", "    ## ", "> ## ", "- ## ", "\\## "];
const AROUND: &[(&str, &str)] = &[
    ("```\n", "```\n"),
    ("~~~~\n```\n", "~~~~\n"),
    ("<div>\n", "</div>\n"),
    ("<!--\n", "-->\n"),
    ("`a\n", "b`\n"),
    ("<b title='\n", "'>\n"),
    ("- a\n\n  ```\n", "  ```\n"),
    ("<<<<<<< HEAD\n", "=======\n>>>>>>> x\n"),
];

/// Returns `text` with a random mistake of a user in a hurry.
fn mutated(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let line = random.below(lines.len());
    match random.below(11) {
        0 => {
            let at = place(text, random);
            return format!("{}{}{}", &text[..at], random.one(SIGNS), &text[at..]);
        }
        1 => {
            let at = place(text, random);
            let rest = &text[at..];
            return format!("{}{}", &text[..at], &rest[rest.chars().next().map_or(0, char::len_utf8)..]);
        }
        2 => return text.replace('\n', "\r\n"),
        _ if lines.is_empty() => {}
        3 => lines[line] = lines[line].replacen(": ", ":", 1),
        4 => lines.insert(line, lines[line].clone()),
        5 => drop(lines.remove(line)),
        6 => lines[line] = lines[line].replacen("## ", random.one(HEADINGS), 1),
        7 => {
            lines[line] =
                lines[line].replacen('\n', random.one(&[":\n", " ##\n", "  \n", "\n===\n", "\n---\n"]), 1)
        }
        8 | 9 => {
            if let Some((key, _)) = lines[line].split_once(':') {
                let blank = random.one(&["", " ", "  ", "\n  "]);
                lines[line] = format!("{key}:{blank}{}\n", random.one(VALUES));
            }
        }
        _ => {
            let (open, close) = AROUND[random.below(AROUND.len())];
            let end = line + random.below(lines.len() - line);
            lines.insert(end + 1, close.to_owned());
            lines.insert(line, open.to_owned());
        }
    }
    lines.concat()
}

/// The number of findings for each rule, file and message.
type Tally = HashMap<(&'static str, RepoPath, String), usize>;

fn checked(files: &Files, seen: &mut dyn FnMut(&CheckContext<'_>, &[Finding])) {
    let mut source = MemorySource::new();
    for (path, text) in files {
        source.insert(path.clone(), text.as_str());
    }
    let store = load(Arc::new(source), &CacheSlot::nowhere()).unwrap();
    let now = Time::parse("2026-12-01T00:00:00Z").unwrap();
    let context = CheckContext::with_authors(&store, now, &Mei);
    seen(&context, &check_all(&context, &|| ()));
}

fn tally(findings: &[Finding]) -> Tally {
    let mut tally = Tally::new();
    for finding in findings {
        *tally.entry((finding.code, finding.path.clone(), finding.message.clone())).or_default() += 1;
    }
    tally
}

/// Returns the spans of code and HTML in the body of `text`.
fn inert(path: &RepoPath, text: &str) -> Vec<Span> {
    let document = Document::parse(path, text.as_bytes());
    let events = Parser::new(document.body_text()).into_offset_iter();
    let spans = events.filter(|(event, _)| {
        matches!(
            event,
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) | Event::Code(_) | Event::InlineHtml(_)
        )
    });
    spans.map(|(_, span)| span.start + document.body.start..span.end + document.body.start).collect()
}

/// Asserts that every fix changes the text, and that a safe fix does not change code or HTML.
fn each_fix_is_an_edit(files: &Files, findings: &[Finding]) {
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        let text = &files[&finding.path];
        let changes = fix.edits.iter().any(|(span, new)| text.get(span.clone()) != Some(new));
        assert!(changes, "this fix changes nothing: {finding:#?}");
        if fix.sure && finding.path.is_markdown() {
            for (span, _) in &fix.edits {
                let touches = |other: &Span| other.start < span.end && span.start < other.end;
                assert!(
                    !inert(&finding.path, text).iter().any(touches),
                    "a safe fix changes code or HTML: {finding:#?}"
                );
            }
        }
    }
}

/// Applies fixes until there are none. Asserts that each round leaves fewer findings and adds none.
fn fixed(mut files: Files) -> Files {
    loop {
        let (mut plan, mut before) = (FixPlan::default(), Vec::new());
        checked(&files, &mut |context, findings| {
            each_fix_is_an_edit(&files, findings);
            plan = plan_fixes(context, findings);
            before = findings.to_vec();
        });
        assert_eq!(plan.files.is_empty(), plan.applied.is_empty());
        if plan.files.is_empty() {
            return files;
        }
        for (path, text) in &plan.files {
            assert!(text.len() < files[path].len() + 100 * plan.applied.len(), "{path} grows: {text}");
            files.insert(path.clone(), text.clone());
        }
        checked(&files, &mut |_, after| {
            let (before, after) = (tally(&before), tally(after));
            for (finding, count) in &after {
                let was = before.get(finding).copied().unwrap_or(0);
                let gone = plan.applied.iter().any(|fix| (fix.code, &fix.path) == (finding.0, &finding.1));
                assert!(*count <= was, "{finding:?} is new after {plan:#?}\nof {before:#?}");
                assert!(!gone || before.values().sum::<usize>() > after.values().sum(), "{plan:#?}");
            }
        });
    }
}

/// Returns the files of a case that are text.
fn files_of_case(rule: &Rule, case: &Case) -> Files {
    let source = source_of(rule, case);
    let read = |entry: FileEntry| {
        let bytes = source.read(&entry.path).ok().filter(|bytes| bytes.len() < 1 << 16)?;
        Some((entry.path, String::from_utf8_lossy(&bytes).into_owned()))
    };
    source.list().unwrap().entries.into_iter().filter_map(read).collect()
}

#[test]
fn a_safe_fix_solves_its_finding_and_adds_no_other_in_any_file() {
    let mut random = Random::of(seed());
    let mut fixes = 0;
    for rule in RULES {
        let rules_with_fixes =
            ["ambiguous-value", "broken-yaml", "misspelled-section", "unknown-person", "unsigned-ticket"];
        let trials = if rules_with_fixes.contains(&rule.code) { 20 } else { 3 };
        for case in rule.cases.iter().filter(|case| case.fails) {
            let whole = files_of_case(rule, case);
            for _ in 0..trials {
                let mut files = whole.clone();
                for _ in 0..random.below(6) {
                    let path = files.keys().nth(random.below(files.len())).cloned();
                    let Some(path) = path else { continue };
                    files.insert(path.clone(), mutated(&files[&path], &mut random));
                }
                let outcome = std::panic::catch_unwind(|| {
                    let once = fixed(files.clone());
                    assert_eq!(fixed(once.clone()), once, "a second run changed the files again");
                    once != files
                });
                match outcome {
                    Ok(is_fixed) => fixes += usize::from(is_fixed),
                    Err(panic) => {
                        eprintln!("{} in {files:#?}", rule.code);
                        std::panic::resume_unwind(panic);
                    }
                }
            }
        }
    }
    assert!(fixes > 20, "only {fixes} trials had a fix");
}

#[test]
fn a_fix_that_causes_a_problem_in_another_file_is_skipped() {
    let ticket = |visibility: &str| {
        let signed = "created: 2026-11-22T09:00:00Z\nrequester: mei\n";
        format!("---\ntitle: Imports time out\ntemplate: note\n{signed}{visibility}\n---\nx\n")
    };
    let texts = [
        ("casebook.yml", String::new()),
        ("ticket-templates/note.md", "---\ntitle: Note\n---\n".to_owned()),
        ("tickets/plans-k7f3qa.md", ticket("visibility: internal")),
        ("tickets/a.md", ticket("visibility:public")),
        // The name of an attachment of a public ticket is public too.
        ("tickets/a/plans-k7f3qa.log", "x\n".to_owned()),
    ];
    let mut files: Files = texts.into_iter().map(|(path, text)| (RepoPath::new(path), text)).collect();
    assert_eq!(fixed(files.clone()), files);
    files.remove(&RepoPath::new("tickets/a/plans-k7f3qa.log"));
    assert_eq!(fixed(files)[&RepoPath::new("tickets/a.md")], ticket("visibility: public"));
}

/// Returns the text of `file` after its fixes, in a repository with two people and a template without fields.
fn fixed_file(file: &str, text: &str) -> String {
    let mut files = Files::new();
    let people = "people:\n  mei: { name: Mei Lin }\n  lena: { name: Lena }\n";
    files.insert("casebook.yml".into(), people.to_owned());
    files.insert("ticket-templates/note.md".into(), "---\ntitle: Note\n---\n".to_owned());
    files.insert(file.into(), text.to_owned());
    let fixed = fixed(files);
    fixed[&RepoPath::new(file)].clone()
}

fn fixed_front(line: &str) -> String {
    let signed = "title: Exports time out\ntemplate: note\nrequester: mei\ncreated: 2026-11-22T09:00:00Z\n";
    let key = line.split(':').next().unwrap();
    let rest: String =
        signed.split_inclusive('\n').filter(|other| !other.starts_with(&format!("{key}:"))).collect();
    let text = format!("---\n{rest}{line}\n---\n");
    let fixed = fixed_file("tickets/a.md", &text);
    fixed.strip_prefix(&format!("---\n{rest}")).unwrap().strip_suffix("\n---\n").unwrap().to_owned()
}

#[test]
fn a_missing_space_after_a_colon_is_added_once() {
    assert_eq!(fixed_front("source:\"a\""), "source: \"a\"");
    assert_eq!(fixed_front("source:'a'"), "source: 'a'");
    assert_eq!(fixed_front("source:1.10"), "source: \"1.10\"");
    assert_eq!(fixed_front("title:Exports time out"), "title: Exports time out");
    assert_eq!(fixed_front("title:@lena asks for exports"), "title: \"@lena asks for exports\"");
    assert_eq!(fixed_front("title:PR #5 broke the exports"), "title: \"PR #5 broke the exports\"");
    assert_eq!(fixed_front("requester:@mei"), "requester: mei");
    assert_eq!(fixed_front("tags:[export, timeout]"), "tags: [export, timeout]");
    assert_eq!(fixed_file("casebook.yml", "version: 1\ntitle:@oncall\n"), "version: 1\ntitle: \"@oncall\"\n");
    assert_eq!(fixed_file("casebook.yml", "title:Help desk\nversion: 1\n"), "title: Help desk\nversion: 1\n");
    let template = "---\ntitle:Bug\nany_fields:true\n---\n";
    assert_eq!(fixed_file("ticket-templates/bug.md", template), "---\ntitle: Bug\nany_fields: true\n---\n");
}

#[test]
fn a_value_that_needs_quotes_is_quoted_as_a_whole() {
    assert_eq!(fixed_front("title: Error: no space left"), "title: \"Error: no space left\"");
    assert_eq!(fixed_front("requester: @mei"), "requester: mei");
    assert_eq!(fixed_front("title: `ls` fails on PR #5"), "title: \"`ls` fails on PR #5\"");
}

#[test]
fn an_ambiguous_mistake_is_not_fixed() {
    for line in [
        "title: Error: exports # not mine",
        "title: \"Exports time out",
        "title: \"a\"b\"",
        "source://host/x",
        "requester: @omar",
        "https://host.example/a",
    ] {
        assert_eq!(fixed_front(line), line);
    }
}

#[test]
fn a_heading_inside_code_or_html_is_never_changed() {
    let template = "---\ntitle: Bug\nsections: { Expected: { required: open } }\n---\n";
    for body in [
        "~~~~\n~~~\n#Expected\n~~~~\n",
        "````\n```\n# Expected\n````\n",
        "    # Expected\n",
        "<div>\n#Expected\n</div>\n",
        "<!--\n# Expected\n-->\n",
        "<pre>\n\n# Expected\n\n</pre>\n",
        "`a\n#Expected\nb`\n",
        "# `Expected\n",
        "- a\n\n  ~~~\n  # Expected\n  ~~~\n",
        "> # Expected\n",
    ] {
        let text = format!(
            "---\ntitle: Exports time out\ntemplate: bug\nrequester: mei\ncreated: 2026-11-22T09:00:00Z\n---\n{body}"
        );
        let mut files = Files::new();
        files.insert("ticket-templates/bug.md".into(), template.to_owned());
        files.insert("casebook.yml".into(), "version: 1\n".to_owned());
        files.insert("tickets/a.md".into(), text.clone());
        assert_eq!(fixed(files.clone())[&RepoPath::new("tickets/a.md")], text);
        // The same heading outside of code and HTML is fixed.
        for heading in ["#Expected", "# Expected:", "### Expected ##", "##**Expected**"] {
            let outside = format!("{text}\n\n{heading}\nThe export of October ends\n");
            files.insert("tickets/a.md".into(), outside.clone());
            let expected = outside.replacen(&format!("\n\n{heading}\nThe"), "\n\n## Expected\nThe", 1);
            assert_eq!(fixed(files.clone())[&RepoPath::new("tickets/a.md")], expected);
        }
    }
}
