//! The mapping of an import: proposed, passed back, and refused with its line.

use crate::{
    importing_markdown::{board, files},
    sandbox::Sandbox,
};

#[test]
fn a_dry_run_writes_nothing_and_its_mapping_can_be_passed_back() {
    let sandbox = Sandbox::with_team();
    board(&sandbox);
    let before = files(&sandbox);
    let output = sandbox.casebook("team", "import markdown ../board --dry-run").ok();
    assert_eq!(files(&sandbox), before);
    let map = output
        .says(&[
            "skipped: readme.md",
            "back-1 - Export-stops.md → tickets/2026/01/back-1.md",
            "2 files would be imported",
        ])
        .prints(&[
            "  id: source\n",
            "  created_date: created\n",
            "  Done: fixed\n",
            "  In Progress: open\n",
            "  medium: normal\n",
            "\"Final Summary\"",
        ])
        .out;
    sandbox.casebook("team", "import markdown ../board").ok();
    let guessed = files(&sandbox);
    sandbox.write("map.yml", &map);
    sandbox
        .casebook("team", "import markdown ../board --map ../map.yml")
        .ok()
        .says(&["0 files new or changed"]);
    assert_eq!(files(&sandbox), guessed);
    // A corrected mapping changes the tickets.
    let corrected =
        map.replace("Done: fixed", "Done: declined").replace("  labels: tags\n", "  labels: area\n");
    sandbox.write("map.yml", corrected);
    sandbox.casebook("team", "import markdown ../board --map ../map.yml").ok();
    let ticket = sandbox.show("team", "back-1");
    assert_eq!((&ticket["resolution"], &ticket["tags"]), (&"declined".into(), &serde_json::json!([])));
    assert_eq!(ticket["fields"]["area"], serde_json::json!(["export", "a, b"]));
    // Programs get the same mapping.
    let json = sandbox.casebook("team", "import markdown ../board --dry-run --format json").ok().json();
    assert_eq!(json["map"], map);
    assert_eq!(json["files"][0]["path"], "tickets/2026/01/back-1.md");
    assert_eq!(json["skipped"], serde_json::json!(["readme.md"]));
}

#[test]
fn a_mapping_with_a_mistake_is_refused_with_its_line() {
    let sandbox = Sandbox::with_team();
    board(&sandbox);
    sandbox.write("map.yml", "keys: { id: source }\nstatuses:\n  Done: finished\n");
    let output = sandbox.casebook("team", "import markdown ../board --map ../map.yml").fails(2);
    output.says(&["line 2: invalid state `finished`", "`--dry-run` without `--map` prints a valid mapping"]);
    sandbox.casebook("team", "import markdown ../board --map ../none.yml").fails(2).says(&["does not exist"]);
    sandbox.casebook("team", "import markdown ../none").fails(2);
}
