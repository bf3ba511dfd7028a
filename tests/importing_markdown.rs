//! Imports of folders of Markdown files, in the shapes in which teams and other tools keep them.

use std::{collections::BTreeMap, fs, path::PathBuf};

use walkdir::WalkDir;

use crate::sandbox::Sandbox;

/// Returns all files of the repository except git's own.
pub(crate) fn files(sandbox: &Sandbox) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = WalkDir::new(sandbox.path("team")).into_iter();
    let entries = entries.filter_entry(|entry| entry.file_name() != ".git").flatten();
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|entry| (entry.path().to_owned(), fs::read(entry.path()).unwrap())).collect()
}

/// Returns the file of the repository whose path ends with `end`.
#[track_caller]
pub(crate) fn file(sandbox: &Sandbox, end: &str) -> String {
    let files = files(sandbox);
    let found = files.iter().find(|(path, _)| path.to_string_lossy().ends_with(end));
    let (_, bytes) = found.unwrap_or_else(|| panic!("no {end} in {:#?}", files.keys()));
    String::from_utf8(bytes.clone()).unwrap()
}

/// Imports `folder`; checks that the check finds nothing to fix and that a second run changes nothing.
#[track_caller]
pub(crate) fn import(sandbox: &Sandbox, folder: &str, options: &str) {
    let line = format!("import markdown ../{folder} {options}");
    sandbox.casebook("team", &line).ok();
    let before = files(sandbox);
    sandbox.casebook("team", &line).ok().says(&["0 files new or changed"]);
    assert_eq!(files(sandbox), before);
    sandbox.commit("team", "imported");
    let found = sandbox.casebook("team", "check --format json").ok().json();
    assert_eq!(found["errors"], 0, "{found:#}");
}

/// Tasks as a board keeps them: ids in a key, words for states, a summary at the end.
pub(crate) fn board(sandbox: &Sandbox) {
    sandbox.write(
        "board/tasks/back-1 - Export-stops.md",
        "---\nid: BACK-1\ntitle: Export stops: at 10,000 rows\nstatus: Done\nassignee:\n  - @mei\ncreated_date: '2026-01-05 10:20'\n\
         updated_date: '2026-01-07'\nlabels:\n  - export\n  - \"a, b\"\npriority: medium\nordinal: 1000\n---\n\n## Description\n\n\
         It stops.\r\nSee [the other](back-2%20-%20Login-fails.md).\n\n## Final Summary\n\nIt reads all pages now.\n\n## Notes\nx\n",
    );
    sandbox.write(
        "board/tasks/back-2 - Login-fails.md",
        "---\nid: BACK-2\ntitle: Login fails\nstatus: In Progress\nassignee: []\ncreated_date: '2026-01-06'\nlabels: []\n\
         priority: high\nordinal: 2000\n---\nNo line end",
    );
    sandbox.write("board/readme.md", "# The board\n");
}

#[test]
fn the_tasks_of_a_board_become_tickets_by_the_first_guess() {
    let sandbox = Sandbox::with_team();
    board(&sandbox);
    import(&sandbox, "board", "");
    let first = sandbox.show("team", "back-1");
    for (key, value) in [
        ("title", "Export stops: at 10,000 rows"),
        ("source", "BACK-1"),
        ("created", "2026-01-05T10:20:00Z"),
        ("status", "resolved"),
        ("resolution", "fixed"),
        ("assignee", "mei"),
        ("priority", "normal"),
        ("resolved", "2026-01-07T00:00:00Z"),
    ] {
        assert_eq!(first[key], value, "{key} in {first:#}");
    }
    assert_eq!(first["tags"], serde_json::json!(["export", "a, b"]));
    assert_eq!(first["fields"]["x_status"], "Done");
    assert_eq!(first["fields"]["x_priority"], "medium");
    assert_eq!(first["fields"]["ordinal"], 1000);
    assert_eq!(first["replies"][0]["body"], "It reads all pages now.\n");
    assert!(first["aliases"].to_string().contains("back-1 - Export-stops"), "{first:#}");
    let second = sandbox.show("team", "back-2");
    assert_eq!([&second["status"], &second["priority"]], ["open", "high"]);
    // The text is the same, byte for byte.
    let text = file(&sandbox, "tickets/2026/01/back-1.md");
    assert!(text.ends_with("---\n\n## Description\n\nIt stops.\r\nSee [the other](back-2%20-%20Login-fails.md).\n\n## Final Summary\n\nIt reads all pages now.\n\n## Notes\nx\n"), "{text:?}");
    assert!(file(&sandbox, "back-2.md").ends_with("---\nNo line end"));
}

#[test]
fn title_date_and_requester_come_from_the_heading_and_the_commit() {
    let sandbox = Sandbox::with_team();
    sandbox.git(".", "init -q docs");
    sandbox.write(
        "docs/runbooks/DiskFull.md",
        "Intro.\n\n# The disk *is* full\n\n## Mitigation\n\nDelete logs.\n",
    );
    sandbox.write("docs/runbooks/_index.md", "---\ntitle: All\n---\n").git("docs", "add -A");
    sandbox.git_run("docs", "commit -qm one").by("omar").ok();
    sandbox.write("docs/runbooks/untracked-notes.md", "Just text.\n");
    sandbox
        .casebook("team", "import markdown ../docs/runbooks")
        .ok()
        .says(&["skipped: _index.md", "neither a date nor a commit in 1 file"]);
    let ticket = sandbox.show("team", "diskfull");
    assert_eq!(
        [&ticket["title"], &ticket["requester"], &ticket["source"]],
        ["The disk is full", "omar", "DiskFull"]
    );
    assert!(ticket["created"].as_str().unwrap().starts_with("2026-11-22T09:"), "{ticket:#}");
    assert_eq!([&ticket["resolution"], &ticket["replies"][0]["body"]], ["answered", "Delete logs.\n"]);
    assert_eq!(sandbox.show("team", "untracked-notes")["title"], "untracked notes");
}

#[test]
fn proposals_keep_their_numbers_dates_and_authors() {
    let sandbox = Sandbox::with_team();
    for (number, status, author) in [
        (7, "Final", "Ada Example (@adax), Ola (@ola)"),
        (12, "Withdrawn", "Ola Nordmann <ola.n@acme.example>"),
    ] {
        sandbox.write(
            format!("eips/eip-{number}.md"),
            format!("---\neip: {number}\ntitle: Proposal {number}\nauthor: {author}\nstatus: {status}\ncreated: 2019-04-13\nrequires: 7, 12\n---\n\n## Abstract\nSee [EIP-7](./eip-7.md).\n"),
        );
    }
    import(&sandbox, "eips", "");
    let ticket = sandbox.show("team", "eip-7");
    assert_eq!([&ticket["source"], &ticket["requester"], &ticket["resolution"]], ["7", "adax", "fixed"]);
    assert_eq!(
        (&ticket["created"], &ticket["related"]),
        (&"2019-04-13T00:00:00Z".into(), &serde_json::json!(["eip-7", "eip-12"]))
    );
    assert_eq!(ticket["fields"]["x_author"], "Ada Example (@adax), Ola (@ola)");
    let other = sandbox.show("team", "eip-12");
    assert_eq!([&other["requester"], &other["resolution"]], ["ola-n", "declined"]);
    // A number names a ticket too.
    assert_eq!(sandbox.show("team", "12")["id"], "eip-12");
}

#[test]
fn a_readme_with_a_yaml_file_beside_it_stands_for_its_folder() {
    let sandbox = Sandbox::with_team();
    for (name, status) in [("sig-a/101-queues", "implemented"), ("sig-b/102-retries", "provisional")] {
        let (number, _) = name.split_once('/').unwrap().1.split_once('-').unwrap();
        sandbox.write(format!("keps/{name}/README.md"), "# KEP: a title\n\n## Summary\nIt works.\n");
        sandbox.write(
            format!("keps/{name}/kep.yaml"),
            format!("title: Title {number}\nkep-number: {number}\nauthors:\n  - \"@omar\"\nstatus: {status}\ncreation-date: 2020-02-03\n"),
        );
    }
    sandbox.write("keps/README.md", "# All proposals\n");
    import(&sandbox, "keps", "");
    let ticket = sandbox.show("team", "101-queues");
    assert_eq!(
        [&ticket["title"], &ticket["requester"], &ticket["status"]],
        ["Title 101", "omar", "resolved"]
    );
    assert_eq!(sandbox.show("team", "102-retries")["status"], "open");
    assert!(file(&sandbox, "101-queues.md").ends_with("---\n# KEP: a title\n\n## Summary\nIt works.\n"));
    sandbox.casebook("team", "import markdown ../keps").ok().says(&["skipped: README.md"]);
}

#[test]
fn a_folder_becomes_articles_with_its_keys_as_fields() {
    let sandbox = Sandbox::with_team();
    sandbox.write("book/DiskFull.md", "---\ntitle: Disk full\nweight: 20\nstatus: stable\nvisibility: internal\nmenu: { after: { weight: -1 } }\ntags: [disk]\n---\n\n# Disk full\n");
    sandbox.write("book/net/DNS Errors.md", "# DNS errors\n");
    import(&sandbox, "book", "--to knowledge");
    let text = file(&sandbox, "knowledge/diskfull.md");
    let front =
        "---\ntitle: Disk full\ntags: [disk]\nvisibility: internal\naliases: [DiskFull]\nsource: DiskFull\n";
    assert!(
        text.starts_with(&front.replace("aliases: [DiskFull]\n", "")) || text.starts_with(front),
        "{text}"
    );
    assert!(
        text.contains("fields: { weight: 20, status: stable, menu: { after: { weight: -1 } } }"),
        "{text}"
    );
    assert!(text.ends_with("---\n\n# Disk full\n"), "{text}");
    assert!(file(&sandbox, "knowledge/dns-errors.md").contains("source: net/DNS Errors\n"));
}

#[test]
fn what_cannot_be_imported_is_refused_by_name_and_the_rest_is_imported() {
    let sandbox = Sandbox::with_team();
    sandbox.write("docs/good.md", "# A good file\n").write("secret.md", "# Not in the folder\n");
    std::os::unix::fs::symlink(sandbox.path("secret.md"), sandbox.path("docs/link.md")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("."), sandbox.path("docs/out")).unwrap();
    sandbox.sh("docs", "mkfifo pipe.md").ok();
    sandbox.write("docs/large.md", vec![b'a'; (16 << 20) + 1]).write("docs/latin.md", b"# caf\xe9\n");
    sandbox.write("docs/bomb.md", "---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n# Bomb\n");
    sandbox.write("docs/many.md", format!("---\na: [{}]\n---\n# Many\n", "x, ".repeat(30_000)));
    sandbox.casebook("team", "import markdown ../docs").fails(1).says(&[
        "not imported: link.md is a symbolic link",
        "not imported: out is a symbolic link",
        "not imported: pipe.md is neither a file nor a folder",
        "not imported: large.md is larger than 16 MiB",
        "not imported: latin.md is not UTF-8",
        "not imported: bomb.md has front matter: anchors (`&name`) and aliases (`*name`) are not supported",
        "not imported: many.md has front matter: too many values",
        "1 ticket and 0 replies",
    ]);
    assert_eq!(sandbox.show("team", "good")["title"], "A good file");
    for own in ["tickets", ".", "tickets/2026"] {
        let output = sandbox.casebook("team", &format!("import markdown {own}")).fails(2);
        output.says(&["the folder belongs to the casebook that the import writes to"]);
    }
}

#[test]
fn only_an_internal_visibility_is_kept() {
    let sandbox = Sandbox::with_team();
    for word in ["internal", "public", "private"] {
        sandbox.write(
            format!("docs/{word}.md"),
            format!("---\nvisibility: {word}\n---\n# About {word} things\n"),
        );
    }
    let settings = sandbox.read("team/casebook.yml");
    sandbox.write("team/casebook.yml", format!("{settings}visibility: public\n"));
    sandbox
        .casebook("team", "import markdown ../docs")
        .ok()
        .says(&["`visibility: public` is not taken over from 1 file"]);
    let visibility = |id: &str| sandbox.show("team", id)["visibility"].clone();
    assert_eq!(["internal", "public", "private"].map(visibility), ["internal", "public", "internal"]);
}

#[test]
fn local_changes_stay_and_secrets_can_be_replaced() {
    let sandbox = Sandbox::with_team();
    let key = ["AKIA", "Q3EGRYB7KMZP2XWN"].concat();
    sandbox
        .write("docs/a-file.md", format!("# Key\n\nThe key is {key}.\n"))
        .write("docs/b-file.md", "# Two\n\nText.\n");
    sandbox.casebook("team", "import markdown ../docs").ok().says(&["secret in tickets/"]);
    sandbox.commit("team", "imported").casebook("team", "check").ok();
    sandbox.casebook("team", "import markdown ../docs --redact").ok();
    assert!(file(&sandbox, "a-file.md").contains("The key is [secret]."));
    let b = files(&sandbox).into_keys().find(|path| path.ends_with("b-file.md")).unwrap();
    let changed = fs::read_to_string(&b).unwrap().replace("Text.", "Corrected.");
    fs::write(&b, &changed).unwrap();
    sandbox.write("docs/b-file.md", "# Two\n\nOther text.\n");
    sandbox.casebook("team", "import markdown ../docs").fails(1).says(&["left alone: tickets/"]);
    assert_eq!(fs::read_to_string(&b).unwrap(), changed);
    sandbox.casebook("team", "import markdown ../docs --theirs").ok();
    assert!(fs::read_to_string(&b).unwrap().contains("Other text."));
    assert!(sandbox.path("team/imports/docs.lock").exists());
}

#[test]
fn files_with_equal_names_or_ids_stay_apart() {
    let sandbox = Sandbox::with_team();
    for folder in ["a", "b"] {
        sandbox
            .write(format!("docs/{folder}/DiskFull.md"), format!("---\nid: X-1\n---\n# Disk of {folder}\n"));
        sandbox.write(
            format!("docs/{folder}/index.md"),
            format!("---\nid: I-{folder}\n---\n# Index of {folder}\n"),
        );
    }
    sandbox.write("docs/con.md", "---\nid: con\n---\n# A device\n");
    import(&sandbox, "docs", "");
    assert_eq!(sandbox.show("team", "a-diskfull")["title"], "Disk of a");
    assert_eq!(sandbox.show("team", "b-diskfull")["title"], "Disk of b");
    assert_eq!(sandbox.show("team", "i-b")["title"], "Index of b");
    assert!(!files(&sandbox).keys().any(|path| path.ends_with("con.md")));
}

#[test]
fn a_person_has_one_id_in_all_files() {
    let sandbox = Sandbox::with_team();
    let file =
        |author: &str| format!("---\nstatus: Final\nauthor: {author}\ndate: 2026-01-05\n---\n# Title\n");
    sandbox.write("notes/one.md", file("Ada Example (@adax)"));
    sandbox.write("notes/two.md", file("Ada Example <ada.example@acme.example>"));
    sandbox.write("notes/three.md", file("ada example"));
    sandbox.write("notes/four.md", file("Sam Twin (@sam1)"));
    sandbox.write("notes/five.md", file("Sam Twin (@sam2)"));
    sandbox.write("notes/six.md", file("Sam Twin"));
    import(&sandbox, "notes", "");
    for (id, requester) in
        [("one", "adax"), ("two", "adax"), ("three", "adax"), ("five", "sam2"), ("six", "sam-twin")]
    {
        assert_eq!(sandbox.show("team", id)["requester"], requester, "{id}");
    }
}

#[test]
fn links_between_files_with_equal_names_lead_to_the_file_of_the_same_folder() {
    let sandbox = Sandbox::with_team();
    for team in ["alpha", "beta"] {
        sandbox.write(
            format!("runbooks/{team}/db.md"),
            format!("# Database of {team}\n\nSee [next](restart.md).\n"),
        );
        let text = format!(
            "# Restart {team}\n\nSee [back]({{{{< ref \"./db.md\" >}}}}) and [above](../index.md).\n"
        );
        sandbox.write(format!("runbooks/{team}/restart.md"), text);
    }
    sandbox.write("runbooks/beta/cache/README.md", "---\nkind: cache\ntitle: Cache\n---\n[part](keys.md)\n");
    sandbox.write("runbooks/beta/cache/keys.md", "# Keys\n\n[whole](README.md)\n");
    sandbox.write("map.yml", "keys:\n  title: title\nreadme: folder\n");
    let settings = sandbox.read("team/casebook.yml");
    sandbox.write("team/casebook.yml", format!("{settings}publish: all\n"));
    for to in ["tickets", "knowledge"] {
        import(&sandbox, "runbooks", &format!("--to {to} --map ../map.yml --name {to}"));
        sandbox.casebook("team", "build").ok();
        for (from, text, target) in [
            ("alpha-db", "next", "alpha-restart"),
            ("beta-db", "next", "beta-restart"),
            ("alpha-restart", "back", "alpha-db"),
            ("beta-restart", "back", "beta-db"),
            ("cache", "part", "keys"),
            ("keys", "whole", "cache"),
        ] {
            let html = sandbox.read(format!("team/public/{to}/{from}/index.html"));
            let link = format!("/{target}/index.html\"");
            let is_link =
                html.lines().any(|line| line.contains(&link) && line.contains(&format!(">{text}</a>")));
            assert!(is_link, "{to}/{from}: {text} does not lead to {target}\n{html}");
        }
        std::fs::remove_dir_all(sandbox.path(format!("team/{to}"))).unwrap();
    }
}

#[test]
fn decisions_of_which_few_have_a_status_are_answered_by_their_outcome() {
    let sandbox = Sandbox::with_team();
    for (number, front) in [
        (1, ""),
        (2, ""),
        (3, "status: Partially implemented (in version 5.2, and later also in each of the other versions)\n"),
        (4, "status: on hold\n"),
        (5, ""),
        (6, ""),
        (7, ""),
    ] {
        let text = format!(
            "---\nnav_order: {number}\n{front}---\n# Choice {number}\n\n## Decision Outcome\n\nWe use it.\n"
        );
        sandbox.write(format!("adr/000{number}-choice.md"), text);
    }
    sandbox.write("map.yml", sandbox.casebook("team", "import markdown ../adr --dry-run").ok().out);
    let map = sandbox.read("map.yml");
    assert!(!map.contains("nav_order") && map.contains("Partially implemented: open"), "{map}");
    import(&sandbox, "adr", "--map ../map.yml");
    let first = sandbox.show("team", "0001-choice");
    assert_eq!([&first["resolution"], &first["source"]], ["answered", "0001-choice"]);
    assert_eq!(sandbox.show("team", "0004-choice")["status"], "on-hold");
    assert_eq!(sandbox.show("team", "0003-choice")["status"], "open");
}
