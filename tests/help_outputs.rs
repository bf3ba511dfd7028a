//! The whole help texts of the most important commands. [`crate::outputs`] explains how to update the snapshots.

use crate::outputs::{snapshot, team};

#[test]
fn the_help_of_check() {
    insta::assert_snapshot!(snapshot(&team().casebook("team", "check --help").run(), &[]), @r"
    ── standard output ──
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
              Check the staged files instead of the worktree, and list only problems introduced since
              HEAD (or since REV, with `--since REV`)

          --at <REV>
              Check a commit instead of the worktree; works in bare repositories and hooks

          --rules-from <REV>
              Take settings and templates from this revision, so that a change cannot change its own
              rules

          --commits
              Also look for secrets in each commit since REV: in all versions of all files, also outside
              of the casebook, in their names, in messages and in the names of people

          --ref <REF>
              The ref under which the commits are pushed, such as `refs/notes/commits`: its name is
              checked, too

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
              - markdown: Markdown, for a forge or mail (`review`, `due`, `report`)
              - csv:      Comma-separated values, for spreadsheets (`report`)

              [default: human]
    ── exit status 0 ──
    ");
}

#[test]
fn the_help_of_new() {
    insta::assert_snapshot!(snapshot(&team().casebook("team", "new --help").run(), &[]), @r#"
    ── standard output ──
    Open a ticket

    On a terminal, asks for missing information and opens `$EDITOR`. Shows similar tickets as soon as
    there is a title, and again when the text is complete: if one of them solves the problem, no ticket
    is opened. Without a terminal, takes all information from the options and lists similar tickets on
    standard error. Prints the id of the new ticket. If the text has problems, it is saved as a draft:
    continue with `casebook new --resume`.

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
              Continue with a saved draft: the newest, or the one with this id or a unique part of it

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
              - markdown: Markdown, for a forge or mail (`review`, `due`, `report`)
              - csv:      Comma-separated values, for spreadsheets (`report`)

              [default: human]
    ── exit status 0 ──
    "#);
}

#[test]
fn the_help_of_casebook() {
    insta::assert_snapshot!(snapshot(&team().casebook("team", "--help").run(), &[]), @r"
    ── standard output ──
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
      list         List tickets; without a query, all unresolved tickets
      due          List what needs somebody now: tickets that are overdue or at risk, and more
      notify       Tell people what new tickets and replies mean for them
      show         Show a ticket with its state and its replies, or an article
      search       Search all tickets and articles, open or resolved, best match first
      similar      Find similar tickets and their answers
      draft        Propose a reply from the answers of similar tickets and articles
      eval         Measure how often `similar` or `search` finds the right ticket
      report       Report how long requesters wait, what comes back, and what would save the most
      reply        Reply to tickets: an answer, a question or a change of their state
      resolve      Resolve tickets: record the cause and the fix for the next person with the same
                   problem
      reopen       Reopen resolved tickets
      templates    List the templates of new tickets, with what they require
      services     List the services of the catalogue, with their owners and the people on call
      replies      List the canned responses: prepared replies for frequent cases
      import       Import tickets from another tracker
      export       Export tickets
      distill      Find problems that several tickets are about, and write an article about one
      article      Confirm articles, replace them, and list them with their health
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
              - markdown: Markdown, for a forge or mail (`review`, `due`, `report`)
              - csv:      Comma-separated values, for spreadsheets (`report`)

              [default: human]

    Start with `casebook demo`, or run `casebook init` in your own folder.
    Exit status: 0 success, also if a list or search finds nothing; 1 problems at level deny, or an id
    that does not exist; 2 wrong usage, or an error of the disk, git or the terminal.
    ── exit status 0 ──
    ");
}
