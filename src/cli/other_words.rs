//! Commands and options that people know from other programs, with what does the same in Casebook.

use crate::text::shell_word;

/// Words that people try as a command, and the commands to use instead. `ID` and `WHO` are the words that follow.
const COMMANDS: &[(&[&str], &[&str])] = &[
    (&["assign", "give", "delegate"], &["casebook reply ID --assign WHO"]),
    (&["take", "claim", "start", "pick", "ack", "acknowledge"], &["casebook reply ID --assign me"]),
    (&["unassign", "release", "drop"], &["casebook reply ID --assign none"]),
    (
        &["close", "done", "finish", "fix", "fixed", "complete", "end", "solve"],
        &["casebook resolve ID --as fixed"],
    ),
    (&["reject", "decline", "wontfix", "cancel"], &["casebook resolve ID --as declined"]),
    (&["duplicate", "dup", "merge"], &["casebook resolve ID --as duplicate --of WHO"]),
    (
        &["edit", "update", "modify", "change", "set", "triage"],
        &["casebook reply ID --set KEY=VALUE", "casebook show ID"],
    ),
    (&["label", "tag"], &["casebook reply ID --set tags=+TAG"]),
    (&["priority", "prioritize", "prioritise", "escalate"], &["casebook reply ID --set priority=high"]),
    (
        &["comment", "answer", "respond", "note", "message", "say", "write", "post", "discuss"],
        &["casebook reply ID", "casebook reply ID --internal"],
    ),
    (&["ask", "wait", "pending"], &["casebook reply ID --ask FIELD", "casebook reply ID --status pending"]),
    (&["hold", "snooze", "pause", "defer"], &["casebook reply ID --status on-hold"]),
    (&["status", "state"], &["casebook list", "casebook show ID", "casebook reply ID --status pending"]),
    (&["open"], &["casebook new", "casebook show ID", "casebook reopen ID"]),
    (&["create", "add", "submit", "file", "raise"], &["casebook new"]),
    (&["find", "grep", "query", "lookup", "ag", "rg"], &["casebook search WORDS"]),
    (
        &[
            "ls", "dir", "queue", "inbox", "tickets", "ticket", "issues", "issue", "all", "backlog", "todo",
            "board", "desk",
        ],
        &["casebook list"],
    ),
    (&["my", "mine"], &["casebook list assignee:me"]),
    (&["overdue", "late", "sla", "deadlines"], &["casebook due", "casebook list is:overdue"]),
    (&["drafts", "resume", "continue"], &["casebook new --resume"]),
    (
        &["view", "cat", "get", "read", "info", "display", "print", "log", "history", "less"],
        &["casebook show ID"],
    ),
    (&["like", "related", "duplicates", "suggest"], &["casebook similar ID"]),
    (&["lint", "validate", "verify", "test"], &["casebook check"]),
    (&["fmt", "format"], &["casebook check --fix"]),
    (&["rules", "rule"], &["casebook explain"]),
    (&["server", "run", "web", "ui", "http", "preview", "up"], &["casebook serve"]),
    (&["site", "publish", "generate", "html", "compile", "deploy"], &["casebook build"]),
    (&["setup", "install", "clone"], &["casebook init"]),
    (&["template", "kinds", "types"], &["casebook templates"]),
    (&["service", "catalogue", "catalog"], &["casebook services"]),
    (&["canned", "macros", "snippets"], &["casebook replies"]),
    (&["completion", "autocomplete"], &["casebook completions bash"]),
    (&["load"], &["casebook import jsonl FILE"]),
    (&["dump", "backup"], &["casebook export jsonl"]),
    (&["version"], &["casebook --version"]),
];

/// Words that people try as a command, for which there is none, and what to do.
const NO_COMMANDS: &[(&[&str], &str)] = &[
    (
        &["delete", "rm", "remove", "del", "destroy", "archive"],
        "a ticket is a file: `git rm` its file and its folder, and commit; `casebook show ID` prints the file",
    ),
    (&["rename", "mv", "move"], "a ticket is a file: `git mv` it, and write its former id under `aliases`"),
    (
        &["commit", "push", "pull", "sync", "fetch"],
        "commands that write commit and push by themselves; for the rest, use git",
    ),
    (
        &["articles", "knowledge", "kb"],
        "`casebook search WORDS` finds articles too, and `casebook show NAME` shows one",
    ),
    (&["edit", "update"], "to correct the text of a ticket, edit its file and commit"),
    (&["whoami", "login", "user", "config"], "Casebook uses git's `user.email` and the file casebook.yml"),
];

/// Options that people try: the command (empty: every command), the options, and what does the same.
const OPTIONS: &[(&str, &[&str], &str)] = &[
    ("list", &["--sort", "--order", "--sort-by", "--order-by", "-s"], "`casebook list sort:created`"),
    (
        "search",
        &["--sort", "--order", "--sort-by", "--order-by", "-s"],
        "`casebook search WORDS sort:created`",
    ),
    (
        "list",
        &["--all", "-a", "--any", "--closed", "--resolved"],
        "`casebook list is:any`; `status:resolved` lists resolved tickets",
    ),
    ("list", &["--open"], "`casebook list` lists unresolved tickets; `status:open` leaves out pending ones"),
    ("list", &["--mine", "--me", "-m", "--my"], "`casebook list assignee:me`"),
    ("list", &["--status", "--state"], "`casebook list status:open`"),
    ("list", &["--assignee", "--assigned", "--assign", "--owner"], "`casebook list assignee:me`"),
    ("list", &["--label", "--labels", "--tag", "--tags", "-l", "-t"], "`casebook list tag:NAME`"),
    ("list", &["--service", "--component"], "`casebook list service:NAME`"),
    ("list", &["--priority"], "`casebook list priority:high`"),
    ("list", &["--requester", "--author", "--reporter", "--by"], "`casebook list requester:WHO`"),
    ("list", &["--template", "--type"], "`casebook list template:NAME`"),
    (
        "list",
        &["--since", "--after", "--before", "--until", "--created", "--newer", "--older"],
        "`casebook list created:2026-01..2026-03`",
    ),
    ("list", &["--search", "--query", "--filter", "-q", "--grep"], "`casebook list WORDS`"),
    ("list", &["--count", "--max", "--top", "--first"], "`casebook list --limit 10`"),
    (
        "search",
        &["--all", "-a", "--any"],
        "`search` looks at all tickets; `casebook search WORDS status:open` leaves out the others",
    ),
    ("search", &["--status", "--state"], "`casebook search WORDS status:open`"),
    ("search", &["--label", "--labels", "--tag", "--tags", "-l", "-t"], "`casebook search WORDS tag:NAME`"),
    ("search", &["--service", "--component"], "`casebook search WORDS service:NAME`"),
    ("search", &["--assignee", "--assigned"], "`casebook search WORDS assignee:me`"),
    ("search", &["--count", "--max", "--top"], "`casebook search WORDS --limit 10`"),
    (
        "serve",
        &["--port", "-p", "--listen", "--host", "--bind", "--address", "-b", "-P"],
        "`casebook serve --addr 127.0.0.1:8080`",
    ),
    (
        "demo",
        &["--port", "-p", "--listen", "--host", "--bind", "--address"],
        "`casebook demo --addr 127.0.0.1:8080`",
    ),
    ("serve", &["--public", "--internal"], "`casebook serve --audience public`"),
    ("build", &["--public", "--internal"], "`casebook build --audience public`"),
    (
        "build",
        &["--output", "-o", "--output-dir", "--dir", "--dest", "--target"],
        "`casebook build --out public`",
    ),
    (
        "new",
        &["-m", "--message", "--description", "--text", "--content", "--comment", "-d"],
        "`casebook new --section Problem='…'`, or `--body FILE`; `--body -` reads standard input",
    ),
    ("new", &["--label", "--labels", "--tag", "--tags", "-l"], "`casebook new --set tags=NAME`"),
    ("new", &["--service", "--component"], "`casebook new --set service=NAME`"),
    ("new", &["--priority", "-p", "--severity"], "`casebook new --set priority=high`"),
    ("new", &["--environment", "--env"], "`casebook new --set environment=production`"),
    ("new", &["--field", "--fields", "-f"], "`casebook new --set KEY=VALUE`"),
    (
        "new",
        &["--template", "--type", "--kind"],
        "`casebook new TEMPLATE`; `casebook templates` lists the templates",
    ),
    (
        "new",
        &["--assign", "--assignee", "-a"],
        "open the ticket first, then `casebook reply ID --assign WHO`",
    ),
    ("new", &["--subject", "--name", "--summary"], "`casebook new --title '…'`"),
    ("new", &["--draft", "--continue"], "`casebook new --resume` continues with the newest draft"),
    (
        "reply",
        &["--label", "--labels", "--tag", "--tags", "-l", "--add-label"],
        "`casebook reply ID --set tags=+NAME`",
    ),
    ("reply", &["--assignee", "--to", "-a", "--assigned"], "`casebook reply ID --assign WHO`"),
    ("reply", &["--priority", "-p", "--severity"], "`casebook reply ID --set priority=high`"),
    ("reply", &["--service", "--component"], "`casebook reply ID --set service=NAME`"),
    (
        "reply",
        &["--text", "--comment", "--content", "--note", "-t", "-c"],
        "`casebook reply ID --message '…'`",
    ),
    (
        "reply",
        &["--resolve", "--resolved", "--close", "--closed", "--done", "--as", "--resolution"],
        "`casebook resolve ID --as fixed`",
    ),
    ("reply", &["--of", "--duplicate-of", "--duplicate"], "`casebook resolve ID --as duplicate --of ID`"),
    (
        "reply",
        &["--template", "--canned", "--macro"],
        "`casebook reply ID --use NAME`; `casebook replies` lists the names",
    ),
    ("reply", &["--private", "--hidden"], "`casebook reply ID --internal`"),
    ("reply", &["--field", "-f"], "`casebook reply ID --set KEY=VALUE`"),
    ("reply", &["--file", "-F"], "`casebook reply ID --body FILE`"),
    ("resolve", &["--resolution", "--reason", "--status", "--how"], "`casebook resolve ID --as fixed`"),
    (
        "resolve",
        &["--duplicate-of", "--duplicate", "--original", "--dup"],
        "`casebook resolve ID --as duplicate --of ID`",
    ),
    ("resolve", &["--comment", "--text", "--note", "-c"], "`casebook resolve ID --as fixed --message '…'`"),
    ("resolve", &["--fixed"], "`casebook resolve ID --as fixed`"),
    (
        "resolve",
        &["--cause", "--fix"],
        "`casebook resolve ID --as fixed --section Cause='…' --section Fix='…'`",
    ),
    ("resolve", &["--answer", "--answered", "--see"], "`casebook resolve ID --as answered --answered-by ID`"),
    ("resolve", &["--assignee", "--to"], "`casebook resolve ID --as fixed --assign WHO`"),
    ("reopen", &["--comment", "--text", "--reason", "-c"], "`casebook reopen ID --message '…'`"),
    ("check", &["--all", "-a"], "`casebook check` checks all files"),
    ("check", &["--changed", "--diff"], "`casebook check --since main`"),
    (
        "check",
        &["--rule", "--rules"],
        "`casebook explain RULE` explains a rule; `levels` in casebook.yml turns it off",
    ),
    ("show", &["--comments", "--all", "-a"], "`casebook show ID` prints all replies"),
    ("init", &["--bare"], "`casebook init --hook BARE` installs the hook in a bare repository"),
    ("", &["--json", "-j"], "`--format json`"),
    ("", &["--output", "-o", "--fmt"], "`--format json` prints JSON; `> FILE` writes the output to a file"),
    ("", &["-C", "--dir", "--cwd", "--path", "--repository", "-R"], "`--repo DIR`"),
    ("", &["--silent", "-s"], "`--quiet`"),
    ("", &["--no-color", "--no-colour"], "`--color never`"),
    (
        "",
        &["-v", "--verbose", "--debug"],
        "there is no verbose output; `casebook COMMAND --help` explains all options",
    ),
];

/// Values that people try: the option, the values, and what does the same.
const VALUES: &[(&str, &[&str], &str)] = &[
    (
        "--as",
        &["wontfix", "won't-fix", "wont-fix", "invalid", "rejected", "canceled", "cancelled", "by-design"],
        "`--as declined`",
    ),
    ("--as", &["done", "resolved", "solved", "fix", "complete", "completed", "closed"], "`--as fixed`"),
    (
        "--as",
        &["cannot-reproduce", "cant-reproduce", "works-for-me", "worksforme", "unreproducible"],
        "`--as not-reproducible`",
    ),
    ("--as", &["dup", "dupe", "duplicated", "duplicate-of"], "`--as duplicate --of ID`"),
    ("--as", &["answer", "question", "explained", "documentation"], "`--as answered`"),
    ("--as", &["mitigated", "worked-around", "temporary"], "`--as workaround`"),
    (
        "--status",
        &["closed", "close", "done", "fixed", "solved", "complete", "resolve"],
        "`casebook resolve ID --as fixed`",
    ),
    (
        "--status",
        &["waiting", "wait", "needs-info", "waiting-for-customer", "waiting-for-requester", "asked"],
        "`--status pending`",
    ),
    ("--status", &["hold", "onhold", "paused", "blocked", "waiting-for-third-party"], "`--status on-hold`"),
    ("--status", &["new", "reopened", "in-progress", "started", "wip", "todo"], "`--status open`"),
];

/// Returns what to use instead of the unknown value `value` of `option`, such as `--as <RESOLUTION>`.
pub(super) fn for_value(value: &str, option: &str) -> Option<&'static str> {
    let name = option.split([' ', '=']).next().unwrap_or(option);
    let folded = value.to_lowercase().replace(['_', ' '], "-");
    let found = VALUES.iter().find(|(of, values, _)| *of == name && values.contains(&folded.as_str()));
    found.map(|(_, _, hint)| *hint)
}

/// Returns what to use instead of the unknown command `word`, which was followed by `rest` on the command line.
pub(super) fn for_command(word: &str, rest: &[String]) -> Vec<String> {
    let folded = word.to_lowercase();
    let commands = COMMANDS.iter().filter(|(words, _)| words.contains(&folded.as_str()));
    let commands =
        commands.flat_map(|(_, commands)| *commands).map(|command| format!("`{}`", filled(command, rest)));
    let others = NO_COMMANDS.iter().filter(|(words, _)| words.contains(&folded.as_str()));
    commands.chain(others.map(|(_, hint)| (*hint).to_owned())).collect()
}

/// Returns what to use instead of the unknown option `option` of `command`.
pub(super) fn for_option(option: &str, command: &str) -> Option<&'static str> {
    let name = option.split('=').next().unwrap_or(option);
    let found =
        OPTIONS.iter().find(|(of, options, _)| (*of == command || of.is_empty()) && options.contains(&name));
    found.map(|(_, _, hint)| *hint)
}

/// Puts the words that were typed into a suggested command.
fn filled(command: &str, rest: &[String]) -> String {
    let mut typed = rest.iter().take_while(|word| !word.starts_with('-')).map(|word| shell_word(word));
    let (first, second) = (typed.next(), typed.next());
    let words = command.split(' ').map(|word| match (word, &first, &second) {
        ("ID", Some(id), _) => id.clone(),
        ("WHO", _, Some(who)) => who.clone(),
        ("WORDS", Some(_), _) => rest.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" "),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses a command line of a hint, whose placeholders are valid values.
    fn parses(line: &str) -> bool {
        let words = line.replace("KEY=VALUE", "a=b").replace("='…'", "=x").replace("'…'", "x");
        crate::cli::command().try_get_matches_from(words.split_whitespace()).is_ok_and(|_| true)
            || line == "casebook --version"
    }

    #[test]
    fn every_suggested_command_exists_and_no_word_is_a_command() {
        let lines = COMMANDS.iter().flat_map(|(_, commands)| *commands).map(|line| (*line).to_owned());
        let quoted = |hint: &str| hint.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let of_options = OPTIONS.iter().flat_map(|(_, _, hint)| quoted(hint));
        let of_options = of_options.filter(|line| line.starts_with("casebook ") && !line.contains("COMMAND"));
        for line in lines.chain(of_options) {
            let line = line.replace("casebook init --hook BARE", "casebook init");
            assert!(parses(&line), "{line}");
        }
        let words = COMMANDS.iter().flat_map(|(words, _)| *words);
        for word in words.chain(NO_COMMANDS.iter().flat_map(|(words, _)| *words)) {
            assert!(crate::cli::command().find_subcommand(word).is_none(), "{word} is a command");
        }
    }

    #[test]
    fn no_suggested_option_exists_in_its_command() {
        for (name, options, _) in OPTIONS.iter().filter(|(name, ..)| !name.is_empty()) {
            let cli = crate::cli::command();
            let command = cli.find_subcommand(name).unwrap_or_else(|| panic!("{name}"));
            for option in *options {
                let is_known = |argument: &clap::Arg| match option.strip_prefix("--") {
                    Some(long) => argument.get_long() == Some(long),
                    None => argument.get_short().map(|short| format!("-{short}")).as_deref() == Some(*option),
                };
                assert!(!command.get_arguments().any(is_known), "{name} has {option}");
            }
        }
    }

    #[test]
    fn a_suggestion_contains_what_was_typed() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(for_command("assign", &words("k7f3qa mei")), ["`casebook reply k7f3qa --assign mei`"]);
        assert_eq!(for_command("Find", &words("it hangs")), ["`casebook search it hangs`"]);
        assert_eq!(for_command("zebra", &[]), Vec::<String>::new());
        assert_eq!(for_option("--sort=created", "list"), Some("`casebook list sort:created`"));
        assert_eq!(for_value("Won't fix", "--as <RESOLUTION>"), Some("`--as declined`"));
        assert_eq!(for_value("in_progress", "--status <STATUS>"), Some("`--status open`"));
        assert_eq!(for_value("zebra", "--as <RESOLUTION>"), None);
    }
}
