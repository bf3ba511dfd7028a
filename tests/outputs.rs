//! The whole output of commands, so that changes of wording and layout are noticed. It has no colour and a width of 100
//! columns.
//!
//! After an intended change, `cargo insta test --accept` updates the snapshots. Without that program, copy the
//! output of the failed test.

use crate::sandbox::{COMPLETE, CommandOutput, Sandbox};

/// Creates a small team: an urgent ticket with a reply, a pending ticket, a resolved ticket and an article.
pub(crate) fn team() -> Sandbox {
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
pub(crate) fn snapshot(output: &CommandOutput, unstable: &[&str]) -> String {
    let mut text = String::new();
    for (name, stream) in [("standard output", &output.out), ("standard error", &output.err)] {
        if !stream.is_empty() {
            text.push_str(&format!("── {name} ──\n{}\n", stream.trim_end()));
        }
    }
    text.push_str(&format!("── exit status {} ──", output.status.unwrap()));
    // Some editors remove spaces at line ends, which must not change a snapshot.
    let text = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    unstable.iter().fold(text, |text, unstable| text.replace(unstable, "[…]"))
}

#[test]
fn the_output_of_list() {
    insta::assert_snapshot!(snapshot(&team().casebook("team", "list").run(), &[]), @r"
    ── standard output ──
    k7f3qa  open      urgent  47h   billing-export  mei  Export hangs above 10,000 rows
    2m9dzz  pending   normal  24h   billing-api     -    Change the address of an invoice
    ── exit status 0 ──
    ");
}

#[test]
fn the_output_of_show() {
    insta::assert_snapshot!(snapshot(&team().casebook("team", "show k7f3qa").run(), &[]), @r"
    ── standard output ──
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
      export-times-out-x4q9tz  resolved (fixed)  rows, timeout, ends, gateway, invoices, same service billing-export, same tag export
      The export reads 1,000 rows at a time since release 3.1.
      All rows were read at once.
    ── exit status 0 ──
    ");
}

#[test]
fn the_output_of_search() {
    insta::assert_snapshot!(snapshot(&team().casebook("team", "search exprot").run(), &[]), @r"
    ── standard output ──
    Export hangs above 10,000 rows
      export-hangs-k7f3qa  open
      Exporting the invoices of October ends with a timeout of the gateway.
    Export of invoices times out
      export-times-out-x4q9tz  resolved (fixed)
      The export reads 1,000 rows at a time since release 3.1. All rows were read at once.
    ── standard error ──
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
fn the_output_of_check() {
    insta::assert_snapshot!(snapshot(&broken().casebook("team", "check").run(), &[]), @r"
    ── standard output ──
    error[missing-section]: missing section `## Impact`, required by template `incident`
     --> tickets/2026/11/broken.md:3:11
      |
    3 | template: incident
      |           ^^^^^^^^
      |
      = help: add the line `## Impact`; below it, write at least 4 words: Who cannot do what, how many people are affected, and is there a workaround?

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

    3 errors in 1 file
    ── exit status 1 ──
    ");
}

#[test]
fn the_output_of_check_in_the_short_format() {
    insta::assert_snapshot!(snapshot(&broken().casebook("team", "check --format short").run(), &[]), @r"
    ── standard output ──
    tickets/2026/11/broken.md:3:11: error[missing-section]: missing section `## Impact`, required by template `incident`
    tickets/2026/11/broken.md:6:1: error[unknown-key]: unknown key `servce`
    tickets/2026/11/broken.md:9:1: error[placeholder]: section `## Problem` contains only `TODO`
    ── exit status 1 ──
    ");
}

#[test]
fn the_output_of_check_without_problems() {
    insta::assert_snapshot!(snapshot(&team().casebook("team", "check").run(), &[]), @r"
    ── standard error ──
    7 files checked, no problems
    ── exit status 0 ──
    ");
}

#[test]
fn the_output_of_review() {
    let sandbox = team();
    sandbox.write(
        "team/tickets/2026/11/invoices-time-out.md",
        "---\ntitle: Export of invoices times out again\ntemplate: imported\nservice: billing-export\nrequester: ann\n\
         created: 2026-11-22T08:00:00Z\n---\n## Problem\nThe export of invoices ends with a timeout of the gateway, see {{ link }}.\n",
    );
    sandbox.commit("team", "another ticket");
    insta::assert_snapshot!(snapshot(&sandbox.casebook("team", "review --since HEAD~1").run(), &[]), @r"
    ── standard output ──

    resolved tickets similar to invoices-time-out (Export of invoices times out again):
    Export of invoices times out
      export-times-out-x4q9tz  resolved (fixed)  times, Export, ends, gateway, timeout, invoices, same service billing-export
      The export reads 1,000 rows at a time since release 3.1.
      All rows were read at once.
    ── standard error ──
    changes since HEAD~1: no problems found
    ── exit status 0 ──
    ");
}

#[test]
fn the_output_of_new_with_problems() {
    let sandbox = team();
    let output = sandbox
        .casebook("team", "new incident --title 'Import of payments fails' --set environment=prod")
        .run();
    let id = output.err.split("--resume ").nth(1).unwrap().split([' ', '`']).next().unwrap().to_owned();
    insta::assert_snapshot!(snapshot(&output, &[&id]), @r"
    ── standard error ──
    error[missing-field]: missing field `service`, required by template `incident`
     --> in your ticket:3:11
      |
    3 | template: incident
      |           ^^^^^^^^
      |
      = help: add `service: …`, one of billing-api, billing-export: Which service is affected?
      = help: as an option: `--set service=…`

    error[bad-value]: invalid environment `prod`
     --> in your ticket:6:14
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

    error[missing-section]: missing section `## Problem`, required by template `incident`
     --> in your ticket:3:11
      |
    3 | template: incident
      |           ^^^^^^^^
      |
      = help: add the line `## Problem`; below it, write at least 8 words: What did you do, what happened, and what did you expect instead?
      = help: as an option: `--section 'Problem=…'`

    error[missing-section]: missing section `## Impact`, required by template `incident`
     --> in your ticket:3:11
      |
    3 | template: incident
      |           ^^^^^^^^
      |
      = help: add the line `## Impact`; below it, write at least 4 words: Who cannot do what, how many people are affected, and is there a workaround?
      = help: as an option: `--section 'Impact=…'`

    your ticket is in .git/casebook/drafts/[…].md
    error: 4 problems to fix first
    help: draft saved; continue with `casebook new --resume […] --set service=… --set environment=… --section 'Problem=…' --section 'Impact=…'`
    ── exit status 1 ──
    ");
}

#[test]
fn the_output_of_new() {
    let sandbox = team();
    let output = sandbox
        .casebook("team", &format!("new incident --title 'Export of invoices times out' {COMPLETE}"))
        .run();
    let id = output.line().to_owned();
    insta::assert_snapshot!(snapshot(&output, &[&id]), @r"
    ── standard output ──
    […]
    ── standard error ──
    similar tickets:
      resolved (fixed)  Export of invoices times out
        The export reads 1,000 rows at a time since release 3.1.
        casebook show export-times-out-x4q9tz  (times, Export, ends, gateway, timeout, invoices, same service billing-export)
    opened […]: Export of invoices times out
    ── exit status 0 ──
    ");
}

#[test]
fn the_output_of_resolve() {
    let sandbox = team();
    let output = sandbox
        .casebook("team", "resolve k7f3qa --as fixed --section 'Fix=Raised the limit of the gateway.'")
        .run();
    let path = output.line().to_owned();
    insta::assert_snapshot!(snapshot(&output, &[&path]), @r"
    ── standard output ──
    […]
    ── standard error ──
    resolved export-hangs-k7f3qa: Export hangs above 10,000 rows
    ── exit status 0 ──
    ");
}

#[test]
fn the_message_about_an_unknown_id() {
    insta::assert_snapshot!(snapshot(&team().casebook("team", "show exprot-hangs").run(), &[]), @r"
    ── standard error ──
    error: unknown ticket `exprot-hangs`
    help: `casebook list is:any` lists all tickets
    help: `casebook search WORDS` finds tickets by their words
    ── exit status 1 ──
    ");
}

#[test]
fn the_message_about_an_empty_reply() {
    insta::assert_snapshot!(snapshot(&team().casebook("team", "reply k7f3qa").run(), &[]), @r"
    ── standard error ──
    error: empty reply: add a message or a change
    help: `casebook reply k7f3qa --message '…'`
    help: `--body FILE`, `--set`, `--assign` and `--status` work too
    ── exit status 2 ──
    ");
}

#[test]
fn the_message_about_an_unknown_option() {
    insta::assert_snapshot!(snapshot(&team().casebook("team", "list --fromat json").run(), &[]), @r"
    ── standard error ──
    error: unexpected argument '--fromat' found
    help: a similar argument exists: '--format'
    help: usage: casebook list --format <FORMAT> [QUERY]...
    help: `casebook list --help` explains all options
    ── exit status 2 ──
    ");
}

#[test]
fn the_message_about_an_unknown_key_in_a_query() {
    insta::assert_snapshot!(snapshot(&team().casebook("team", "list export staus:open").run(), &[]), @r#"
    ── standard error ──
    error: unknown key `staus`
      export staus:open
             ^^^^^
    help: did you mean `status:`? To search for the word itself, quote it: `"staus:open"`
    ── exit status 2 ──
    "#);
}

#[test]
fn the_message_about_a_folder_without_a_casebook() {
    insta::assert_snapshot!(snapshot(&team().casebook("home", "list").run(), &[]), @r"
    ── standard error ──
    error: no casebook repository found: neither this folder nor any above it has casebook.yml
    help: name a repository with `--repo DIR` or CASEBOOK_REPO
    help: `casebook init` creates one
    ── exit status 2 ──
    ");
}
