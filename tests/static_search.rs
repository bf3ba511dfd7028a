//! The command line, the API and the search page of a static site find the same results.

use std::{
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use casebook::internals::text::Time;

use serde_json::{Value as Json, json};

use crate::{
    browser::{Browser, serve_files},
    sandbox::{PROGRAM, Sandbox},
    searched::{QUERIES, queries, repository},
    served::Server,
};

/// Returns the ids of tickets and of articles, in order.
#[track_caller]
fn ids(json: &Json) -> Json {
    let names = |list: &str, key: &str| -> Json {
        json[list].as_array().unwrap_or_else(|| panic!("{json}")).iter().map(|one| one[key].clone()).collect()
    };
    json!([names("tickets", "id"), names("articles", "slug")])
}

/// Returns what is told about the results: the missing words and scores of each, whether they are weak, and how many
/// tickets have all words.
fn told(json: &Json) -> Json {
    let each = |key: &str| -> Vec<Json> {
        let of_list =
            |list: &str| json[list].as_array().unwrap().iter().map(|one| one[key].clone()).collect();
        ["tickets", "articles"].map(of_list).to_vec()
    };
    json!([each("missing"), json["weak"], json["complete"], each("score")])
}

/// Runs a query on the open search page, with the page's own code.
const ASK: &str = "const [text, options, done] = arguments;\
    import(document.querySelector('script[type=module]').src).then(async ({ ask }) => {\
      const { shown, hits, corrected, complete, isWeak, missing } = await ask(text, options);\
      const tickets = shown.filter((one) => 'id' in one).map(({ id }) => id);\
      const articles = shown.filter((one) => 'slug' in one).map(({ slug }) => slug);\
      const lists = [(one) => 'id' in one, (one) => 'slug' in one].map((of) => shown.map((one, at) => [one, hits[at]]).filter(([one]) => of(one)));\
      const scores = lists.map((list) => list.map(([, { score }]) => score));\
      const lacking = lists.map((list) => list.map(([, hit]) => missing(hit)));\
      const completeTickets = lists[0].filter(([, hit]) => hit.isComplete !== false).length;\
      done({ found: [tickets, articles], scores, lacking, isWeak, complete: completeTickets, corrected: [...corrected.keys()].sort() });\
    }).catch((error) => done({ error: String(error) }));";

#[test]
fn a_query_has_the_same_results_in_the_terminal_on_the_server_and_on_a_static_page() {
    let (sandbox, texts) = repository();
    reply_late(&sandbox, &texts);
    let queries = queries(&texts);
    assert_eq!(queries.len(), QUERIES);
    let browser = Browser::start();
    // The server can only use the clock of the machine.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let now = Time::from_seconds(now).unwrap();
    let mut different = Vec::new();
    for audience in ["internal", "public"] {
        sandbox.casebook("team", &format!("build --out ../{audience} --audience {audience}")).ok();
        let page = serve_files(sandbox.path(audience));
        let index = sandbox.path(audience).join("search");
        let manifest = manifest(&index);
        assert_eq!(manifest["partitions"].as_array().unwrap().len(), 1, "there is a base: {manifest}");
        let replaced = manifest["layer"]["replaced"].as_array().unwrap().len();
        assert!(replaced > 10, "the layer replaces {replaced} documents: {}", manifest["layer"]);
        browser.open(&format!("{page}search/index.html"));
        let server = Server::start(&sandbox, &format!("--audience {audience}"));
        let mut found_any = 0;
        let terminal = in_the_terminal(&sandbox, audience, &queries, now);
        assert_eq!(terminal.len(), queries.len());
        for (query, terminal) in queries.iter().zip(terminal) {
            let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let served = server.get(&format!("/api/v1/search?limit=500&q={encoded}"));
            let (terminal, served) = match terminal {
                Ok(json) => (json, served.json()),
                Err(text) => {
                    // An invalid query gets the same message.
                    let problem = served.json()["detail"].as_str().unwrap_or_default().to_owned();
                    let here = browser.ask(ASK, vec![json!(query), json!({})]);
                    assert!(text.contains(problem.trim_end()), "{query}: {text}");
                    assert_eq!(here["error"], json!(problem), "{audience} {query}");
                    continue;
                }
            };
            let options = json!({ "most": 500, "now": now.seconds() });
            let here = browser.ask(ASK, vec![json!(query), options]);
            let corrected: Vec<&String> = terminal["corrected"].as_object().unwrap().keys().collect();
            let same = told(&served) == told(&terminal)
                && json!([here["lacking"], here["isWeak"], here["complete"], here["scores"]])
                    == told(&terminal)
                && ids(&served) == ids(&terminal)
                && here["found"] == ids(&terminal)
                && here["corrected"] == json!(corrected);
            if !same {
                let (terminal, served) =
                    (json!([ids(&terminal), told(&terminal)]), json!([ids(&served), told(&served)]));
                different.push(format!("{audience} {query}: {terminal}\nserved: {served}\npage: {here}\n"));
            }
            found_any += usize::from(ids(&terminal) != json!([[], []]));
        }
        assert!(found_any > QUERIES * 2 / 3, "only {found_any} queries found anything");
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

/// Writes so many replies to one ticket that the index has a base, and then some to other tickets, which the layer replaces.
fn reply_late(sandbox: &Sandbox, texts: &str) {
    let ticket = "---\ntitle: A long watch\ntemplate: measured\nrequester: mei\nvisibility: public\n\
                  created: 2026-12-01T00:00:00Z\n---\nWho is there?\n";
    sandbox.write("team/tickets/2026/12/a-long-watch-l2m3n4.md", ticket);
    let reply = |time: &str, front: &str, text: &str| {
        format!("---\nauthor: mei\ncreated: 2026-12-{time}:00Z\n{front}---\n{text}\n")
    };
    for number in 0..400 {
        let time = format!("{:02}T{:02}:{:02}", 2 + number / 100, number % 100 / 60, number % 60);
        let text = reply(&time, "", &format!("Watch {number} is quiet."));
        sandbox.write(format!("team/tickets/2026/12/a-long-watch-l2m3n4/{number}.md"), text);
    }
    let words: Vec<&str> = texts.split_whitespace().collect();
    let mut tickets: Vec<PathBuf> = walkdir::WalkDir::new(sandbox.path("team/tickets"))
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.with_extension("").is_dir() && path.is_file())
        .collect();
    tickets.sort();
    for (number, ticket) in tickets.iter().enumerate().filter(|(number, _)| number % 2 == 0).take(24) {
        let front = match number % 3 {
            0 => "status: resolved\nresolution: workaround\nset: { tags: [+late], priority: urgent }\n",
            1 => "status: open\nassignee: omar\n",
            _ => "",
        };
        let text = words[number * 97..number * 97 + 12].join(" ").replace("---", "");
        let text = reply(&format!("08T{:02}:00", number % 24), front, &format!("It is late. {text}"));
        std::fs::write(ticket.with_extension("").join("late.md"), text).unwrap();
    }
}

/// Reads the manifest of the index in `folder`.
fn manifest(folder: &std::path::Path) -> Json {
    let entrance: Json = serde_json::from_slice(&std::fs::read(folder.join("index.json")).unwrap()).unwrap();
    let name = format!("i/{}.bin", entrance["manifest"].as_str().unwrap());
    let mut json = Vec::new();
    let mut file = flate2::read::DeflateDecoder::new(std::fs::File::open(folder.join(name)).unwrap());
    std::io::Read::read_to_end(&mut file, &mut json).unwrap();
    serde_json::from_slice(&json[1..]).unwrap()
}

/// Returns the JSON that `casebook search` prints for each query, or its error message.
fn in_the_terminal(
    sandbox: &Sandbox,
    audience: &str,
    queries: &[String],
    now: Time,
) -> Vec<Result<Json, String>> {
    let ask = |query: &String| {
        let mut command = sandbox.command(PROGRAM, "team");
        command.args(["search", "--format", "json", "--audience", audience, "--limit", "500", "--", query]);
        let output = command.env("CASEBOOK_NOW", now.to_string()).output().unwrap();
        match output.status.success() {
            true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    };
    let halves = queries.split_at(queries.len() / 2);
    let all = |half: &[String]| half.iter().map(ask).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| all(halves.1));
        let mut found = all(halves.0);
        found.extend(second.join().unwrap());
        found
    })
}
