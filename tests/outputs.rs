//! Whole outputs that people read, so that changes of wording and layout are noticed. They have no colour and a width
//! of 100 columns.
//!
//! After an intended change, `cargo insta test --accept` updates them. Without that program, copy the output of the
//! failed test.

use crate::sandbox::{COMPLETE, Said, Sandbox};

/// Creates a small team: an urgent ticket with a reply, a pending ticket, a resolved ticket and an article.
fn team() -> Sandbox {
    let sandbox = Sandbox::with_team();
    sandbox
        .write(
            "team/tickets/2026/11/export-hangs-k7f3qa.md",
            "---\ntitle: Export hangs above 10,000 rows\ntemplate: imported\nservice: billing-export\nrequester: lena\n\
             created: 2026-11-20T09:14:00Z\npriority: urgent\ntags: [export, timeout]\n---\n## Problem\n\
             Exporting the invoices of October ends with a timeout of the gateway.\n",
        )
        .write(
            "team/tickets/2026/11/export-hangs-k7f3qa/1.md",
            "---\nauthor: mei\ncreated: 2026-11-20T10:00:00Z\nassignee: mei\n---\nI am looking at the gateway.\n",
        )
        .write(
            "team/tickets/2026/11/change-the-address-2m9dzz.md",
            "---\ntitle: Change the address of an invoice\ntemplate: imported\nservice: billing-api\nrequester: ann\n\
             created: 2026-11-21T09:00:00Z\n---\nHow do I change it?\n",
        )
        .write(
            "team/tickets/2026/11/change-the-address-2m9dzz/1.md",
            "---\nauthor: omar\ncreated: 2026-11-21T12:00:00Z\nstatus: pending\n---\nWhich invoice is it?\n",
        )
        .write(
            "team/tickets/2026/10/export-times-out-x4q9tz.md",
            "---\ntitle: Export of invoices times out\ntemplate: imported\nservice: billing-export\nrequester: ann\n\
             created: 2026-10-05T08:00:00Z\ntags: [export]\n---\n## Problem\n\
             The export of invoices ends with a timeout of the gateway.\n",
        )
        .write(
            "team/tickets/2026/10/export-times-out-x4q9tz/1.md",
            "---\nauthor: omar\ncreated: 2026-10-05T11:30:00Z\nstatus: resolved\nresolution: fixed\n---\n\
             ## Cause\nAll rows were read at once.\n\n## Fix\nThe export reads 1,000 rows at a time since release 3.1.\n",
        )
        .commit("team", "tickets");
    sandbox
}

/// Formats the output of a command: standard output, standard error and the exit status. `unstable` has the parts that
/// differ in each run.
fn output(said: &Said, unstable: &[&str]) -> String {
    let mut text = String::new();
    for (name, stream) in [("output", &said.out), ("talk", &said.err)] {
        if !stream.is_empty() {
            text.push_str(&format!("── {name} ──\n{}\n", stream.trim_end()));
        }
    }
    text.push_str(&format!("── exit status {} ──", said.status.unwrap()));
    // Some editors remove spaces at line ends, which must not change a snapshot.
    let text = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    unstable.iter().fold(text, |text, unstable| text.replace(unstable, "[…]"))
}

#[test]
fn list() {
    insta::assert_snapshot!(output(&team().casebook("team", "list").run(), &[]), @r"
    ── output ──
    k7f3qa  open      urgent  47h   billing-export  mei  Export hangs above 10,000 rows
    2m9dzz  pending   normal  24h   billing-api     -    Change the address of an invoice
    ── exit status 0 ──
    ");
}

#[test]
fn show() {
    insta::assert_snapshot!(output(&team().casebook("team", "show k7f3qa").run(), &[]), @r"
    ── output ──
    Export hangs above 10,000 rows
    export-hangs-k7f3qa  open
    service        Billing export (billing-export)
    priority       urgent
    requester      Lena Weber (lena)
    assignee       Mei Lin (mei)
    created        2026-11-20T09:14:00Z (2 days ago)
    first response 2026-11-20T10:00:00Z (after 46 minutes)
    tags           export, timeout
    visibility     internal
    file           tickets/2026/11/export-hangs-k7f3qa.md

    ## Problem
    Exporting the invoices of October ends with a timeout of the gateway.

    ── Mei Lin (mei) · 2026-11-20T10:00:00Z (2 days ago) · assigned to mei
    I am looking at the gateway.

    ── similar resolved tickets
    Export of invoices times out
      export-times-out-x4q9tz  resolved (fixed)  Export, rows, timeout, ends, gateway, Problem, same service billing-export, same tag export
      The export reads 1,000 rows at a time since release 3.1.
      All rows were read at once.
    ── exit status 0 ──
    ");
}

#[test]
fn search() {
    insta::assert_snapshot!(output(&team().casebook("team", "search exprot").run(), &[]), @r"
    ── output ──
    Export of invoices times out
      export-times-out-x4q9tz  resolved (fixed)
      The export reads 1,000 rows at a time since release 3.1. All rows were read at once.
    Export hangs above 10,000 rows
      export-hangs-k7f3qa  open
      Exporting the invoices of October ends with a timeout of the gateway.
    ── talk ──
    no results for `exprot`; showing results for `export`
    ── exit status 0 ──
    ");
}

/// Creates a team with a ticket that has problems.
fn broken() -> Sandbox {
    let sandbox = team();
    sandbox.write(
        "team/tickets/2026/11/broken.md",
        "---\ntitle: Import of payments fails\ntemplate: incident\nrequester: lena\ncreated: 2026-11-22T08:00:00Z\n\
         servce: billing-api\nenvironment: production\n---\n## Problem\nTODO\n",
    );
    sandbox
}

#[test]
fn check() {
    insta::assert_snapshot!(output(&broken().casebook("team", "check").run(), &[]), @r"
    ── output ──
    error[missing-field]: missing field `service`, required by template `incident`
     --> tickets/2026/11/broken.md:3:11
      |
    3 | template: incident
      |           ^^^^^^^^
      |
      = help: add `service: …`: Which service is affected?

    error[missing-section]: missing section `## Impact`, required by template `incident`
     --> tickets/2026/11/broken.md:3:11
      |
    3 | template: incident
      |           ^^^^^^^^
      |
      = help: add the line `## Impact`; below it, write at least 4 words: Who cannot do what, how many of them, and is there a way around it?

    error[unknown-key]: unknown key `servce`
     --> tickets/2026/11/broken.md:6:1
      |
    6 | servce: billing-api
      | ^^^^^^ did you mean `service`?
      |
    help: write `service`
      |
    6 | service: billing-api
      |     +

    error[placeholder]: section `## Problem` contains only `TODO`
     --> tickets/2026/11/broken.md:9:1
      |
    9 | ## Problem
      | ^^^^^^^^^^
      |
      = help: write at least 8 words: What did you do, what happened, and what did you expect instead?

    4 errors in 1 file
    ── exit status 1 ──
    ");
}

#[test]
fn check_in_the_short_format() {
    insta::assert_snapshot!(output(&broken().casebook("team", "check --format short").run(), &[]), @r"
    ── output ──
    tickets/2026/11/broken.md:3:11: error[missing-field]: missing field `service`, required by template `incident`
    tickets/2026/11/broken.md:3:11: error[missing-section]: missing section `## Impact`, required by template `incident`
    tickets/2026/11/broken.md:6:1: error[unknown-key]: unknown key `servce`
    tickets/2026/11/broken.md:9:1: error[placeholder]: section `## Problem` contains only `TODO`
    ── exit status 1 ──
    ");
}

#[test]
fn check_without_problems() {
    insta::assert_snapshot!(output(&team().casebook("team", "check").run(), &[]), @r"
    ── talk ──
    7 files checked, no problems
    ── exit status 0 ──
    ");
}

#[test]
fn review() {
    let sandbox = team();
    sandbox.write(
        "team/tickets/2026/11/invoices-time-out.md",
        "---\ntitle: Export of invoices times out again\ntemplate: imported\nservice: billing-export\nrequester: ann\n\
         created: 2026-11-22T08:00:00Z\n---\n## Problem\nThe export of invoices ends with a timeout of the gateway, see {{ link }}.\n",
    );
    sandbox.commit("team", "another ticket");
    insta::assert_snapshot!(output(&sandbox.casebook("team", "review --since HEAD~1").run(), &[]), @r"
    ── output ──

    resolved tickets similar to invoices-time-out (Export of invoices times out again):
    Export of invoices times out
      export-times-out-x4q9tz  resolved (fixed)  times, Export, ends, gateway, Problem, timeout, same service billing-export
      The export reads 1,000 rows at a time since release 3.1.
      All rows were read at once.
    ── talk ──
    changes since HEAD~1: no problems found
    ── exit status 0 ──
    ");
}

#[test]
fn new_with_problems() {
    let sandbox = team();
    let said = sandbox
        .casebook("team", "new incident --title 'Import of payments fails' --set environment=prod")
        .run();
    let id = said.err.split("--resume ").nth(1).unwrap().split('`').next().unwrap().to_owned();
    insta::assert_snapshot!(output(&said, &[&id]), @r"
    ── talk ──
    error[missing-field]: missing field `service`, required by template `incident`
     --> .git/casebook/drafts/[…].md:3:11
      |
    3 | template: incident
      |           ^^^^^^^^
      |
      = help: add `service: …`: Which service is affected?
      = help: as an option: `--set service=…`

    error[missing-section]: missing section `## Impact`, required by template `incident`
     --> .git/casebook/drafts/[…].md:3:11
      |
    3 | template: incident
      |           ^^^^^^^^
      |
      = help: add the line `## Impact`; below it, write at least 4 words: Who cannot do what, how many of them, and is there a way around it?
      = help: as an option: `--section 'Impact=…'`

    error[missing-section]: missing section `## Problem`, required by template `incident`
     --> .git/casebook/drafts/[…].md:3:11
      |
    3 | template: incident
      |           ^^^^^^^^
      |
      = help: add the line `## Problem`; below it, write at least 8 words: What did you do, what happened, and what did you expect instead?
      = help: as an option: `--section 'Problem=…'`

    error[bad-value]: invalid environment `prod`
     --> .git/casebook/drafts/[…].md:6:14
      |
    6 | environment: prod
      |              ^^^^ did you mean `production`?
      |
      = help: use one of: production, staging, development
      = help: as an option: `--set environment=…`
    help: write `production`
      |
    6 | environment: production
      |                  ++++++

    error: 4 problems to fix first
    help: draft saved; continue with `casebook new --resume […]`
    ── exit status 1 ──
    ");
}

#[test]
fn new() {
    let sandbox = team();
    let said = sandbox
        .casebook("team", &format!("new incident --title 'Export of invoices times out' {COMPLETE}"))
        .run();
    let id = said.line().to_owned();
    insta::assert_snapshot!(output(&said, &[&id]), @r"
    ── output ──
    […]
    ── talk ──
    similar tickets:
      resolved (fixed)  Export of invoices times out
        The export reads 1,000 rows at a time since release 3.1.
        casebook show export-times-out-x4q9tz  (times, Export, All, ends, gateway, Problem, same service billing-export)
    opened […]: Export of invoices times out
    ── exit status 0 ──
    ");
}

#[test]
fn resolve() {
    let sandbox = team();
    let said = sandbox
        .casebook("team", "resolve k7f3qa --as fixed --section 'Fix=Raised the limit of the gateway.'")
        .run();
    let path = said.line().to_owned();
    insta::assert_snapshot!(output(&said, &[&path]), @r"
    ── output ──
    […]
    ── talk ──
    resolved export-hangs-k7f3qa: Export hangs above 10,000 rows
    ── exit status 0 ──
    ");
}

#[test]
fn an_unknown_id() {
    insta::assert_snapshot!(output(&team().casebook("team", "show exprot-hangs").run(), &[]), @r"
    ── talk ──
    error: unknown ticket `exprot-hangs`
    help: `casebook list is:any` lists all tickets
    help: `casebook search WORDS` finds tickets by their text
    ── exit status 1 ──
    ");
}

#[test]
fn an_empty_reply() {
    insta::assert_snapshot!(output(&team().casebook("team", "reply k7f3qa").run(), &[]), @r"
    ── talk ──
    error: empty reply: add a message or a change
    help: `casebook reply k7f3qa --message '…'`
    help: `--body FILE`, `--set`, `--assign` and `--status` work too
    ── exit status 2 ──
    ");
}

#[test]
fn an_unknown_option() {
    insta::assert_snapshot!(output(&team().casebook("team", "list --fromat json").run(), &[]), @r"
    ── talk ──
    error: unexpected argument '--fromat' found
    help: a similar argument exists: '--format'
    help: usage: casebook list --format <FORMAT> [QUERY]...
    help: `casebook list --help` explains all options
    ── exit status 2 ──
    ");
}

#[test]
fn an_unknown_key_in_a_query() {
    insta::assert_snapshot!(output(&team().casebook("team", "list export staus:open").run(), &[]), @r#"
    ── talk ──
    error: unknown key `staus`
      export staus:open
             ^^^^^
    help: did you mean `status:`? To search for the word itself, quote it: `"staus:open"`
    ── exit status 2 ──
    "#);
}

#[test]
fn a_folder_without_a_casebook() {
    insta::assert_snapshot!(output(&team().casebook("home", "list").run(), &[]), @r"
    ── talk ──
    error: no casebook repository found: neither this folder nor any above it has casebook.yml
    help: name a repository with `--repo DIR` or CASEBOOK_REPO
    help: `casebook init` creates one
    ── exit status 2 ──
    ");
}

#[test]
fn the_help_of_check() {
    insta::assert_snapshot!(output(&team().casebook("team", "check --help").run(), &[]), @r"
    ── output ──
    Check tickets for missing information and for secrets

    Lists every problem with its file, line, rule and fix; `casebook explain RULE` explains a rule. Exit
    status 1 if any problem is an error (level deny). Without paths and options, checks all files of the
    worktree, committed or not.

    Usage: casebook check [OPTIONS] [PATH]...

    Arguments:
      [PATH]...
              Files and folders to check

    Options:
          --since <REV>
              Only problems introduced since REV; if REV is on another branch, since the branches
              diverged

          --staged
              Check the staged files instead of the worktree; only changes since HEAD, unless `--since`
              is given

          --at <REV>
              Check a commit instead of the worktree; works in bare repositories and hooks

          --rules-from <REV>
              Take settings and templates from this revision, so that a change cannot change its own
              rules

          --fix
              Apply safe fixes, then check again

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Global options:
          --repo <DIR>
              The casebook repository [default: the nearest parent folder with casebook.yml, then
              $CASEBOOK_REPO, then `repo:` in ~/.config/casebook/config.yml]

          --color <WHEN>
              When to use colour

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` is set
              - always: Always
              - never:  Never

              [default: auto]

      -q, --quiet
              Print only results, warnings and errors

          --format <FORMAT>
              Output format

              Possible values:
              - human:    For people
              - short:    One line per result
              - json:     JSON, for programs
              - github:   Workflow commands of GitHub Actions (`check` and `review`)
              - markdown: A Markdown comment for a pull request (`review`)

              [default: human]
    ── exit status 0 ──
    ");
}

#[test]
fn the_help_of_new() {
    insta::assert_snapshot!(output(&team().casebook("team", "new --help").run(), &[]), @r#"
    ── output ──
    Open a ticket

    On a terminal, asks for what is missing and opens `$EDITOR`. Shows similar tickets as soon as there
    is a title, and again when the text is complete: if one of them solves the problem, no ticket is
    opened. Without a terminal, takes everything from the options and lists similar tickets on standard
    error. Prints the id of the new ticket. If the text has problems, it is saved as a draft: continue
    with `casebook new --resume`.

    Usage: casebook new [OPTIONS] [TEMPLATE]

    Arguments:
      [TEMPLATE]
              The template [default: `default_template` in casebook.yml]

    Options:
      -t, --title <TITLE>
              One line that names the problem or the request

          --set <KEY=VALUE>
              A field, such as `--set service=billing-api`; separate the values of a list with commas

          --from <PATH>
              A page that you came from; repeat the option for several pages, oldest first. The service
              is inferred from them

          --body <FILE>
              A file with the text; `-` is standard input

          --section <NAME=TEXT>
              A section of the text, such as `--section Problem="It fails"`

          --intake <WHERE>
              Where to commit the ticket: `branch` (a new branch for a pull request) or `main` (the
              current branch)

              [possible values: branch, main]

          --resume [<ID>]
              Continue with a saved draft: the newest, or the one with this id

          --push
              Push after the commit, even if casebook.yml says `push: false`

          --no-push
              Do not push after the commit

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Global options:
          --repo <DIR>
              The casebook repository [default: the nearest parent folder with casebook.yml, then
              $CASEBOOK_REPO, then `repo:` in ~/.config/casebook/config.yml]

          --color <WHEN>
              When to use colour

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` is set
              - always: Always
              - never:  Never

              [default: auto]

      -q, --quiet
              Print only results, warnings and errors

          --format <FORMAT>
              Output format

              Possible values:
              - human:    For people
              - short:    One line per result
              - json:     JSON, for programs
              - github:   Workflow commands of GitHub Actions (`check` and `review`)
              - markdown: A Markdown comment for a pull request (`review`)

              [default: human]
    ── exit status 0 ──
    "#);
}

#[test]
fn the_help_of_casebook() {
    insta::assert_snapshot!(output(&team().casebook("team", "--help").run(), &[]), @r"
    ── output ──
    Track tickets in a git repository: check them when they are opened, publish the answers when they
    are resolved

    Usage: casebook [OPTIONS] <COMMAND>

    Commands:
      demo         Try Casebook with a year of tickets of an invented company
      init         Create a casebook repository, or install the hook that checks pushes
      new          Open a ticket
      check        Check tickets for missing information and for secrets
      review       Review a change: its problems, and resolved tickets that are similar to its tickets
      explain      Explain a rule of `check`: what it requires and why, with examples
      list         List tickets; without a query, all that are not resolved
      show         Show a ticket with its state and its replies
      search       Search all tickets and articles, open or resolved, best match first
      similar      Find similar tickets and their answers
      eval         Measure how often `similar` finds the right ticket
      reply        Reply to a ticket: an answer, a question or a change of its state
      resolve      Resolve tickets: record the cause and the fix for the next person with the same
                   problem
      reopen       Reopen a resolved ticket
      import       Import tickets from another tracker
      export       Export tickets
      build        Build the static site
      serve        Serve the site, with live search and an API
      completions  Print a completion script for your shell
      man          Write the manual pages, one per command
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Global options:
          --repo <DIR>
              The casebook repository [default: the nearest parent folder with casebook.yml, then
              $CASEBOOK_REPO, then `repo:` in ~/.config/casebook/config.yml]

          --color <WHEN>
              When to use colour

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` is set
              - always: Always
              - never:  Never

              [default: auto]

      -q, --quiet
              Print only results, warnings and errors

          --format <FORMAT>
              Output format

              Possible values:
              - human:    For people
              - short:    One line per result
              - json:     JSON, for programs
              - github:   Workflow commands of GitHub Actions (`check` and `review`)
              - markdown: A Markdown comment for a pull request (`review`)

              [default: human]

    Start with `casebook demo`, or run `casebook init` in your own folder.
    Exit status: 0 success; 1 problems at level deny, or an id that does not exist; 2 wrong usage, or an
    error of the disk, git or the terminal.
    ── exit status 0 ──
    ");
}
