//! A clone of a casebook repository, and the names that lists print.

use crate::{
    checked::{CheckOutput as _, FileChanges as _, TICKET},
    sandbox::{Run, Sandbox},
    terminal::Terminal,
};

/// A clone of a repository that has the ticket `good`.
fn clone() -> Sandbox {
    let sandbox = Sandbox::with_team();
    sandbox.write("team/tickets/good.md", TICKET).commit_by("lena");
    sandbox.git(".", "clone -q --bare team central.git");
    sandbox.git(".", "clone -q central.git clone");
    sandbox
}

/// Writes a reply on a terminal and returns the screen.
fn reply(sandbox: &Sandbox, options: &str) -> String {
    reply_in("clone", sandbox, options, |run| run)
}

fn reply_in(dir: &str, sandbox: &Sandbox, options: &str, change: impl FnOnce(Run) -> Run) -> String {
    let line =
        format!("reply good --no-push --message 'Which version of the PDF library do you use?' {options}");
    let mut terminal = Terminal::start(change(sandbox.casebook(dir, &line)));
    assert_eq!(terminal.ends().0, Some(0), "{}", terminal.shown());
    terminal.shown()
}

#[test]
fn the_missing_hook_of_a_clone_is_mentioned_once_on_a_terminal() {
    let sandbox = clone();
    sandbox
        .casebook("clone", "reply good --no-push --message 'Which browser do you use?'")
        .ok()
        .hides(&["hook"]);
    assert!(!reply(&sandbox, "--quiet").contains("hook"));
    assert!(!reply(&sandbox, "--format json").contains("hook"));
    assert!(!reply_in("clone", &sandbox, "", |run| run.env("CI", "true")).contains("hook"));
    let screen = reply(&sandbox, "");
    assert!(screen.contains("this clone has no commit hook"), "{screen}");
    assert!(screen.contains("init --hook"), "{screen}");
    assert!(!reply(&sandbox, "").contains("hook"));
    // The advice works as printed.
    sandbox.casebook(".", "init --hook clone").ok().says(&["installed a commit hook"]);
    sandbox.write("clone/tickets/bad.md", TICKET.replace("service:", "servce:"));
    sandbox.git("clone", "add -A");
    let refused = sandbox.git_run("clone", "commit -q -m bad").fails(1);
    assert!((refused.out + &refused.err).contains("unknown key `servce`"));
}

#[test]
fn a_check_mentions_the_missing_hook_to_those_who_edit_files_by_hand() {
    let sandbox = clone();
    let check = |line: &str| {
        let mut terminal = Terminal::start(sandbox.casebook("clone", line));
        assert_eq!(terminal.ends().0, Some(0), "{}", terminal.shown());
        terminal.shown()
    };
    assert!(!check("check --staged").contains("hook"), "a hook runs this check");
    let screen = check("check");
    assert!(screen.contains("this clone has no commit hook"), "{screen}");
    assert!(!check("check").contains("hook"));
}

#[test]
fn the_missing_hook_is_mentioned_once_in_all_worktrees_of_a_clone() {
    let sandbox = clone();
    sandbox.git("clone", "worktree add -q ../linked -b other");
    let screen = reply_in("linked", &sandbox, "", |run| run);
    assert!(screen.contains("this clone has no commit hook"), "{screen}");
    assert!(!reply(&sandbox, "").contains("hook"));
}

#[test]
fn a_clone_whose_user_chose_another_place_for_hooks_is_left_alone() {
    let sandbox = clone();
    sandbox.git("clone", "config core.hooksPath /dev/null");
    assert!(!reply(&sandbox, "").contains("hook"));
}

#[test]
fn what_a_list_prints_can_be_typed() {
    let sandbox = Sandbox::with_team();
    let ids = [
        "commands",
        "help-commands",
        "list-commands",
        "a-ticket-that-somebody-named-by-hand-with-many-words",
        "export-hangs-k7f3qa",
        "import-hangs-k7f3qa",
        "k7f3qb",
        "login-fails-k7f3qb",
        "login-fails-k7f3qc",
        "fluid-1150000",
    ];
    for id in ids {
        sandbox.write(format!("team/tickets/{id}.md"), TICKET);
    }
    sandbox.commit("team", "tickets");
    for line in ["list is:any", "list is:any --format short", "search totals"] {
        let out = sandbox.casebook("team", line).ok().out;
        let listed: Vec<&str> = out
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .filter(|word| word.contains('-') || word.starts_with('k') || *word == "commands")
            .filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))
            .collect();
        assert_eq!(listed.len(), ids.len(), "{line}: {out}");
        for id in listed {
            sandbox.casebook("team", &format!("show {id}")).ok();
            let reply = format!("reply {id} --no-push --message 'Which version do you use, and since when?'");
            sandbox.casebook("team", &reply).ok();
        }
    }
}

#[test]
fn a_new_id_is_short_enough_to_read() {
    let sandbox = Sandbox::with_team();
    let id =
        sandbox.open("team", "October invoice export ends with an error above 50,000 rows in production");
    assert!(id.starts_with("october-invoice-export-ends-with-") && id.len() == 39, "{id}");
}

#[test]
fn a_message_about_a_file_names_the_next_step() {
    let sandbox = Sandbox::with_team();
    sandbox.write("team/notes.txt", "");
    for (line, hint) in [
        ("build --out /proc/x", "casebook build --out public"),
        ("build --out notes.txt", "casebook build --out public"),
        ("import jsonl /nonexistent", "check the path"),
        ("import jsonl /nonexistent/a", "check the path"),
        ("similar /dev/zero", "cut the file"),
        ("similar ..", "name a file"),
        ("eval --qrels /dev/null", "write each line as"),
    ] {
        let output = sandbox.casebook("team", line).fails(2);
        assert!(output.err.contains("help: ") && output.err.contains(hint), "{output:#?}");
    }
}
