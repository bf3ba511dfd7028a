//! Branches that write to the same ticket, merged by git in any order: no conflict, and always the same state.

use serde_json::Value as Json;

use crate::{
    sandbox::Sandbox,
    trials::{Random, at_full_length, seed},
};

/// Merges `branches` one by one on top of `base`. Returns the resulting tree and the state of the ticket.
fn merge_all(sandbox: &Sandbox, base: &str, branches: &[String], id: &str) -> (String, Json) {
    sandbox.git("team", &format!("checkout -q --detach {base}"));
    for branch in branches {
        sandbox.git_run("team", &format!("merge -q --no-edit --no-ff {branch}")).ok();
    }
    assert_eq!(sandbox.git("team", "status --porcelain"), "");
    (sandbox.git("team", "rev-parse HEAD^{tree}"), sandbox.show("team", id))
}

#[test]
fn fifty_branches_that_reply_to_one_ticket_merge_in_any_order_to_one_state() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let mut branches = Vec::new();
    for n in 0..50 {
        let branch = format!("reply-{n}");
        sandbox.git("team", &format!("checkout -q -b {branch} main"));
        let change =
            ["--status on-hold", "--assign omar", "--set priority=high", "--set tags=+eu", "--status open"]
                [n % 5];
        let run = sandbox.casebook("team", &format!("reply {id} --message 'Reply {n}.' {change}"));
        // Three replies each have the same time, so the names of their files decide the order.
        let minute = n - n % 3;
        run.env("CASEBOOK_NOW", format!("2026-11-22T10:{minute:02}:00Z"))
            .by(["mei", "lena", "omar"][n % 3])
            .ok();
        branches.push(branch);
    }
    let mut random = Random::of(seed());
    let (tree, state) = merge_all(&sandbox, "main", &branches, &id);
    assert_eq!(state["reply_count"], 50);
    assert_eq!([&state["status"], &state["priority"], &state["assignee"]], ["open", "high", "omar"]);
    for round in 0..if at_full_length() { 10 } else { 3 } {
        let order = random.shuffled(&branches);
        assert_eq!(
            merge_all(&sandbox, "main", &order, &id),
            (tree.clone(), state.clone()),
            "round {round}: {order:?}"
        );
    }
    // One merge of all branches gives the same tree.
    sandbox.git("team", "checkout -q --detach main");
    sandbox.git("team", &format!("merge -q --no-edit {}", random.shuffled(&branches).join(" ")));
    assert_eq!(sandbox.git("team", "rev-parse HEAD^{tree}"), tree);
    sandbox.casebook("team", "check").ok();
}

#[test]
fn branches_that_resolve_reopen_and_ask_merge_to_one_state_without_new_findings() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    let reason = "--message 'The old exports are gone since October.'";
    sandbox.casebook("team", &format!("resolve {id} --as declined {reason}")).ok();
    let act = |branch: &str, time: &str, line: String| {
        sandbox.git("team", &format!("checkout -q -b {branch} main"));
        sandbox.casebook("team", &line).env("CASEBOOK_NOW", format!("2026-11-22T{time}Z")).ok();
        sandbox.casebook("team", "check --format json").ok().json()["findings"].clone()
    };
    let resolve = format!(
        "resolve {id} --as fixed --set root_cause=capacity --section 'Cause=The job ran out of memory.' \
         --section 'Fix=Raised its limit to four gigabytes.'"
    );
    let before = [
        act("resolve", "10:00:00", resolve),
        act("reopen", "10:00:01", format!("reopen {id} --message 'It is back.'")),
        act("ask", "10:00:02", format!("reply {id} --ask version --message 'Which version?'")),
    ];
    let branches = ["resolve", "reopen", "ask"].map(str::to_owned);
    let [a, b, c] = &branches;
    let orders = [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]];
    let mut seen = Vec::new();
    for order in orders {
        let order = order.map(Clone::clone);
        for merged in 1..=3 {
            let found = merge_all(&sandbox, "main", &order[..merged], &id);
            let findings = sandbox.casebook("team", "check --format json").run().json()["findings"].clone();
            for finding in findings.as_array().unwrap() {
                let known = before.iter().any(|before| before.as_array().unwrap().contains(finding));
                assert!(
                    known,
                    "no branch had this finding, after merging {:?}: {finding:#}",
                    &order[..merged]
                );
            }
            if merged == 3 {
                seen.push(found);
            }
        }
    }
    let state = &seen[0].1;
    assert_eq!([&state["status"], &state["asks"][0]], ["pending", "version"]);
    assert_eq!([&state["resolution"], &state["duplicate_of"]], [&Json::Null, &Json::Null]);
    assert!(seen.iter().all(|merge| *merge == seen[0]), "{seen:#?}");
}

#[test]
fn a_reply_and_a_correction_of_the_ticket_do_not_conflict() {
    let sandbox = Sandbox::with_team();
    let id = sandbox.open("team", "Export hangs");
    sandbox.git("team", "checkout -q -b correct");
    let path = format!("team/tickets/2026/11/{id}.md");
    sandbox.write(&path, sandbox.read(&path).replace("October", "November")).commit("team", "correct");
    sandbox.git("team", "checkout -q main");
    sandbox.casebook("team", &format!("reply {id} --message 'On it.' --assign omar")).ok();
    sandbox.git("team", "merge -q --no-edit correct");
    let state = sandbox.show("team", &id);
    assert_eq!(state["assignee"], "omar");
    assert!(state["body"].as_str().unwrap().contains("November"));
}
