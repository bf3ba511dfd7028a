#!/usr/bin/env python3
"""Reproduces the numbers of `casebook report` from `casebook export jsonl`, with SQL.

    reproduce.py EXPORT.jsonl REPORT.json SETTINGS [--period] [--clusters DISTILL.json]

SETTINGS is the casebook.yml of the repository, or a JSON file with its timezone, default visibility, business hours and targets, the
tickets of each article and, as `now`, the time of the report. The report must have all groups (`--by` each property). `--period`:
its query set the period. `--clusters` has the output of `casebook distill --format json`: the report must have each of these
clusters that belongs to its period.

The script shares no code with Casebook. tables.py folds the replies by the rules of docs/formats.md; this file computes each measure
from its definition in docs/report.md. Which tickets are one problem is taken from the report; the numbers about them are not. The
script fails if a number differs, and also if the report has a number that no check compared.
"""

import json
import math
import re
import sys
from datetime import timedelta
from functools import cache

sys.dont_write_bytecode = True  # The folder of the tests stays as it is.
from tables import Tables, at_midnight, local, read_settings, seconds

EXPORT, REPORT, SETTINGS, *OPTIONS = sys.argv[1:]


class Number(int):
    """A number of the report, or an instant as seconds."""


class Ratio(float):
    """A number of the report with a fraction."""


def numbers_of(json_value):
    """Returns a copy of a JSON value in which each number and each instant is an object of its own."""
    match json_value:
        case dict():
            return {key: numbers_of(part) for key, part in json_value.items()}
        case list():
            return [numbers_of(part) for part in json_value]
        case bool() | None:
            return json_value
        case int():
            return Number(json_value)
        case float():
            return Ratio(json_value)
        case str() if re.fullmatch(r"[-+]?\d{4,6}-\d\d-\d\dT[\d:.]+Z", json_value):
            return Number(seconds(json_value))
    return json_value


def leaves(value, path):
    if isinstance(value, (Number, Ratio)):
        yield path, value
    elif isinstance(value, (dict, list, tuple)):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            yield from leaves(part, f"{path}.{key}" if path else str(key))


settings = read_settings(SETTINGS)
tables = Tables(EXPORT, settings)
report = numbers_of(json.load(open(REPORT)))
db, clock, folded, ZONE = tables.db, tables.clock, tables.folded, tables.zone
HOURS, TARGETS = settings.get("business_hours"), settings.get("targets", {})
# What no export tells: how alike a reply is to a text that is proposed again, and the attempts counted in the clone.
OTHERS = re.compile(r"proposals\.kept|deflection\..*")
problems, compared = [], set()


def expect(name, found, expected):
    compared.update(id(leaf) for _, leaf in leaves(found, ""))
    if found != expected:
        problems.append(f"{name}: the report says {found!r}, SQL says {expected!r}")


@cache
def lower_rank(n):
    """Returns the largest l with P(B < l) <= 0.025, B ~ Binomial(n, 1/2), in whole numbers; 0 if there is none."""
    term, below = 1, 0
    for k in range(n):
        below += term
        if below * 40 > 1 << n:
            return k
        term = term * (n - k) // (k + 1)
    return 0


def distribution(name, found, values, parameters=()):
    """Compares a distribution with the values of an SQL query."""
    n, median, total, p90 = db.execute(f"""
        with v as (select value, row_number() over (order by value) as rank, count(*) over () as n from ({values}))
        select coalesce(max(n), 0), min(value) filter (where rank = (n + 1) / 2), coalesce(sum(value), 0),
               min(value) filter (where n >= 10 and rank = (9 * n + 9) / 10) from v""", parameters).fetchone()
    rank, ends = lower_rank(n), [None, None]
    if rank:
        ranked = f"select value from ({values}) order by value limit 1 offset ?"
        ends = [db.execute(ranked, (*parameters, place - 1)).fetchone()[0] for place in (rank, n + 1 - rank)]
    expect(name, found, {"n": n, "median": median, "low": ends[0], "high": ends[1], "p90": p90, "total": total})


def share(name, found, query, parameters=()):
    part, whole = db.execute(f"select coalesce(sum(value), 0), count(*) from ({query})", parameters).fetchone()
    expect(name, found, {"part": part, "whole": whole, **ratios(part, whole)})


def ratios(part, whole):
    """Returns a share and its interval of Wilson (1927)."""
    if not whole:
        return {"share": None, "low": None, "high": None}
    z, p = 1.959963984540054, part / whole
    spread = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    rounded = lambda x: math.floor(x * 1e4 + 0.5) / 1e4
    low, high = (rounded(min(1.0, max(0.0, (p + z * z / (2 * whole) + s) / (1 + z * z / whole)))) for s in (-spread, spread))
    return {"share": rounded(p), "low": low, "high": high}


def backlog(at):
    """The ids and ages of the tickets that are not resolved at an instant."""
    return (f"select t.id, max(0, min({at}, {clock}) - opened) as value from ticket t where opened < {at} and coalesce((select "
            f"status from change c where c.id = t.id and c.at < {at} order by n desc limit 1), 'open') <> 'resolved'")


def in_hours(name, found, values, parameters):
    """Compares a distribution in business hours, which is null without any."""
    if HOURS:
        distribution(f"{name} business", found["business"], values, parameters)
    else:
        expect(f"{name} business", found["business"], None)


def durations(name, found, event, cohort, parameters):
    where = f"from ticket where {event} is not null and {cohort}"
    distribution(f"{name} calendar", found["calendar"], f"select {event} - opened as value {where}", parameters)
    in_hours(name, found, f"select business(opened, {event}) as value {where}", parameters)


def measures(name, found, start, end):
    span = (start, end)
    opened, resolved = "opened >= ? and opened < ?", "resolved >= ? and resolved < ?"
    one = lambda query: db.execute(query, span).fetchone()[0]
    expect(f"{name} opened", found["opened"], one(f"select count(*) from ticket where {opened}"))
    expect(f"{name} resolved", found["resolved"], one(f"select count(*) from ticket where {resolved}"))
    unanswered = f"select count(*) from ticket where {opened} and responded is null and resolved is null"
    expect(f"{name} unanswered", found["unanswered"], one(unanswered))
    distribution(f"{name} backlog", found["backlog"], f"select value from ({backlog(end)})")
    durations(f"{name} first response", found["first_response"], "responded", opened, span)
    durations(f"{name} resolution", found["resolution"], "resolved", resolved, span)
    waits = f"select seconds as value from ticket join wait using (id) where {resolved}"
    distribution(f"{name} requester wait", found["requester_wait"]["calendar"], waits, span)
    values = (f"select coalesce((select sum(business(start, min(stop, {clock}))) from turn where turn.id = ticket.id), 0) "
              f"as value from ticket where {resolved}")
    in_hours(f"{name} requester wait", found["requester_wait"], values, span)
    distribution(f"{name} round trips", found["round_trips"], f"select trips as value from ticket where {resolved}", span)
    share(f"{name} reused", found["reused"], f"select cites as value from ticket where {resolved}", span)
    share(f"{name} known", found["known"], f"select known as value from ticket where {resolved}", span)
    distribution(f"{name} time to known answer", found["time_to_known_answer"], waits + " and known", span)
    share(f"{name} reopened", found["reopened"], """
        select max(exists(select 1 from change later where later.id = c.id and later.n > c.n)) as value
        from change c where status = 'resolved' and at >= ? and at < ? group by id""", span)
    part = whole = 0
    for level in found["service_levels_by_priority"]:
        key = level["level"].replace("-", "_")
        target = TARGETS.get(level["priority"], {}).get(key)
        expect(f"{name} target", level["target"], target)
        event = "responded" if key == "first_response" else "resolved"
        length = f"min(stop, coalesce({event}, {clock}))"
        spent = f"business(start, {length})" if HOURS else f"max(0, {length} - start)"
        query = f"""
            with spent as (select *, coalesce((select sum({spent}) from turn where turn.id = ticket.id), 0) as spent
                           from ticket where priority = '{level["priority"]}' and {opened})
            select spent <= {target} as value from spent
            where {event} is not null or (resolved is null and spent > {target})"""
        share(f"{name} {level['priority']} {key}", level["met"], query, span)
        part, whole = part + int(level["met"]["part"]), whole + int(level["met"]["whole"])
    expect(f"{name} number of targets", len(found["service_levels_by_priority"]), sum(len(t) for t in TARGETS.values()))
    expect(f"{name} service levels", found["service_levels"], {"part": part, "whole": whole, **ratios(part, whole)})


def default_period():
    """The last 13, 26 or 52 weeks."""
    end = local(clock, ZONE).date() + timedelta(days=1)
    for weeks in (13, 26, 52):
        start = at_midnight(end - timedelta(days=7 * weeks), ZONE)
        opened = db.execute("select count(*) from ticket where opened >= ? and opened < ?", (start, at_midnight(end, ZONE)))
        if weeks == 52 or opened.fetchone()[0] >= 30:
            return start, at_midnight(end, ZONE)


period = report["period"]
start, end = int(period["from"]), int(period["to"])
expect("period", (period["from"], period["to"]), (start, end) if "--period" in OPTIONS else default_period())
expect("clock", report["clock"], clock)
expect("timezone", report["timezone"], settings["timezone"])
first = start - (end - start)
expect("before", report["before"], {"from": first, "to": start})
measures("now", report["measures"], start, end)
measures("before", report["measures_before"], first, start)
NOW, BEFORE = f"opened >= {start} and opened < {end}", f"opened >= {first} and opened < {start}"
one = lambda query, *values: db.execute(query, values).fetchone()[0]
count = lambda event, a, b: one(f"select count(*) from ticket where {event} >= ? and {event} < ?", a, b)

edges = [start, *(part["to"] for part in report["parts"])]
for a, part in zip(edges, report["parts"]):
    b = part["to"]
    expect(f"part {a}", part, {"from": a, "to": b, "opened": count("opened", a, b), "resolved": count("resolved", a, b),
                              "backlog": one(f"select count(*) from ({backlog(b)})")})
expect("the parts end with the period", edges[-1], end if report["parts"] else start)
for edge in edges[1:-1]:
    expect("parts begin at midnight", local(edge, ZONE).time().isoformat(), "00:00:00")

COST = f"max(0, coalesce(ended, {clock}) - asked) / together"
asked = db.execute(f"""
    select template, field, group_concat(distinct case when opened >= {start} then id end),
           coalesce(sum(({COST}) * (opened < {start})), 0), count(distinct case when opened < {start} then id end)
    from ask join ticket using (id) where opened >= {first} and opened < {end} group by template, field""").fetchall()
fields = {(field["template"], field["field"]): field for field in report["asked_fields"]}
expect("asked fields", sorted(fields), sorted(row[:2] for row in asked))
for template, field, ids, cost_before, tickets_before in asked:
    if shown := fields.get((template, field)):
        name = f"{template}/{field}"
        expect(f"{name} tickets", sorted(shown["tickets"]), sorted((ids or "").split(",") if ids else []))
        expect(f"{name} before", (shown["cost_before"], shown["tickets_before"]), (cost_before, tickets_before))
        values = f"select {COST} as value from ask join ticket using (id) where template = ? and field = ? and {NOW}"
        distribution(f"{name} costs", shown["cost"], values, (template, field))
        expect(f"{name} of", shown["of"], one(f"select count(*) from ticket where template = ? and {NOW}", template))
totals = [field["cost"]["total"] for field in report["asked_fields"]]
expect("order of asked fields", totals, sorted(totals, reverse=True))

db.execute("create temp table problem (n int, id)")
db.executemany("insert into problem values (?, ?)", [(n, id) for n, p in enumerate(report["problems"]) for id in p["tickets"]])
db.execute("create index temp.of_problem on problem (n)")
avoidable = {}
for n, problem in enumerate(report["problems"]):
    row = db.execute(f"""
        select sum({NOW}), sum({BEFORE}), sum(seconds * ({NOW})), sum(seconds * ({BEFORE})), sum(seconds), min(opened), max(opened)
        from problem join ticket using (id) join wait using (id) where n = ?""", (n,)).fetchone()
    keys = ("opened", "opened_before", "cost", "cost_before", "cost_total", "first_seen", "last_seen")
    expect(f"problem {problem['ticket']}", tuple(problem[key] for key in keys), row)
    expect(f"problem {problem['ticket']} recurs", len(set(problem["tickets"])) > 1 and problem["opened"] > 0, True)
    states = [(folded[id], id) for id in problem["tickets"]]
    fixes = [s["resolved"] for s, _ in states if s["status"] == "resolved" and s.get("resolution") == "fixed" and s["resolved"] >= s["opened"]]
    later = sorted(s["opened"] for s, _ in states if fixes and s["opened"] > max(fixes))
    fix = ("not-fixed", None) if not fixes else ("came-back", later[0] - max(fixes)) if later else ("held", max(0, clock - max(fixes)))
    expect(f"fix of {problem['ticket']}", (problem["fix"], problem["fix_seconds"]), fix)
    trend = [sum(a <= s["opened"] < b for s, _ in states) for a, b in zip(edges, edges[1:])]
    expect(f"trend of {problem['ticket']}", problem["trend"], trend)
    oldest = min(states, key=lambda state: (state[0]["opened"], state[1]))[1]
    avoidable[problem["ticket"]] = row[2] - one(f"select sum(seconds * ({NOW})) from ticket join wait using (id) where id = ?", oldest)
costs = [problem["cost"] for problem in report["problems"]]
expect("order of problems", costs, sorted(costs, reverse=True))
gaps = [problem for problem in report["problems"] if problem["article"] is None]
expect("knowledge gaps", report["knowledge_gaps"], {
    "problems": len(gaps), "tickets": sum(gap["opened"] for gap in gaps), "cost": sum(gap["cost"] for gap in gaps)})
if "--clusters" in OPTIONS:
    distilled = json.load(open(OPTIONS[OPTIONS.index("--clusters") + 1]))
    expect("all clusters are given", len(distilled["clusters"]), distilled["total"])
    clusters = [sorted(id for id in cluster["tickets"] if id in folded) for cluster in distilled["clusters"]]
    expected = {tuple(ids) for ids in clusters if len(ids) > 1 and any(start <= folded[id]["opened"] < end for id in ids)}
    expect("problems", expected - {tuple(sorted(problem["tickets"])) for problem in report["problems"]}, set())

moves = db.execute(f"""
    select service0, service, group_concat(case when opened >= {start} then id end), sum(opened < {start}) from ticket
    where moved is not null and opened >= {first} and opened < {end} group by 1, 2 order by 1, 2""").fetchall()
shown = [(move["from"], move["to"], sorted(move["tickets"]), move["tickets_before"]) for move in report["moves"]]
expect("moves", sorted(shown), [(a, b, sorted(ids.split(",")) if ids else [], before) for a, b, ids, before in moves])
for move in report["moves"]:
    values = f"select moved as value from ticket where moved is not null and service0 = ? and service = ? and {NOW}"
    distribution(f"delay of {move['from']} to {move['to']}", move["delay"], values, (move["from"], move["to"]))
pages = db.execute(f"""
    select page, count(*), group_concat(case when moved is not null then id end) from ticket
    where page is not null and {NOW} group by page having sum(moved is not null) > 0""").fetchall()
shown = [(page["path"], page["opened"], sorted(page["tickets"])) for page in report["paths"]]
expect("pages", sorted(shown), sorted((page, of, sorted(ids.split(","))) for page, of, ids in pages))
for page in report["paths"]:
    values = f"select moved as value from ticket where moved is not null and page = ? and {NOW}"
    distribution(f"delay from {page['path']}", page["delay"], values, (page["path"],))
    most = one(f"select service from ticket where moved is not null and page = ? and {NOW} "
               "group by service order by count(*) desc, service limit 1", page["path"])
    expect(f"service after {page['path']}", page["to"], most)


def group(name, row, tickets, parameters, span, before):
    """Compares the measures of a group, whose `tickets` are an SQL condition on the table `of`."""
    source, condition = tickets
    within = lambda event, span: f"{event} >= {span[0]} and {event} < {span[1]}"
    number = lambda more: one(f"select count(*) from {source} where {condition} and {more}", *parameters)
    late = backlog_at_end if span[1] == end else backlog(span[1])
    keys = ("opened", "opened_before", "resolved", "backlog")
    expect(name, tuple(row[key] for key in keys), (
        number(within("opened", span)), number(within("opened", before)), number(within("resolved", span)),
        number(f"ticket.id in ({late})" if late is backlog_at_end else f"ticket.id in (select id from ({late}))")))
    for key, value, cohort in (("first_response", "responded - opened", "opened"), ("requester_wait", "seconds", "resolved"),
                               ("resolution", "resolved - opened", "resolved")):
        values = (f"select {value} as value from {source} join wait on wait.id = ticket.id "
                  f"where {condition} and {value} is not null and {within(cohort, span)}")
        distribution(f"{name} {key}", row[key], values, parameters)


db.execute(f"create temp table late as select id from ({backlog(end)})")
db.execute("create index temp.of_late on late (id)")
backlog_at_end = "select id from temp.late"
KEYS = {"service": "service", "template": "template", "person": "person", "tag": "tag"}
for grouping in report["groups"]:
    by = grouping["by"]
    if by == "time":
        expect("by time", [row["key"] for row in grouping["rows"]], [local(a, ZONE).date().isoformat() for a in edges[:-1]])
        for row, a, b in zip(grouping["rows"], edges, edges[1:]):
            group(f"by time {row['key']}", row, ("ticket", "1"), (), (a, b), (a + first - start, b + first - start))
        continue
    source = "ticket join tag on tag.id = ticket.id" if by == "tag" else "ticket"
    key = KEYS[by]
    for row in grouping["rows"]:
        group(f"by {by} {row['key']}", row, (source, f"{key} = ?"), (row["key"],), (start, end), (first, start))
    keys = db.execute(f"""
        select distinct {key} from {source} where {NOW} or {BEFORE} or resolved >= {start} and resolved < {end}
        or ticket.id in ({backlog_at_end})""").fetchall()
    expect(f"groups by {by}", sorted(row["key"] for row in grouping["rows"]), sorted(key for (key,) in keys))
    if by == "person":
        names = [row["name"].lower() for row in grouping["rows"]]
        expect("people are ordered by name", names, sorted(names))

# The seconds of each possible change, and the tickets that show it.
changes = {("require-field", f["template"], f["field"]): (f["cost"]["total"], f) for f in report["asked_fields"] if f["patch"]}
changes |= {("fix-problem", p["ticket"]): (avoidable[p["ticket"]], p) for p in report["problems"]}
changes |= {("route-service", move["from"], move["to"]): (move["delay"]["total"], move) for move in report["moves"]}
changes = {key: found for key, found in changes.items() if found[0] > 0 and len(found[1]["tickets"]) > 1}
for saving in report["savings"]:
    change = saving["change"]
    names = {"require-field": ("template", "field"), "fix-problem": ("ticket",), "route-service": ("from", "to")}[change["kind"]]
    seconds_saved, shown = changes.get((change["kind"], *(change[name] for name in names)), (None, None))
    expect(f"saving {change}", (saving["seconds"], saving["tickets"]), (seconds_saved, shown and shown["tickets"]))
    if shown and change["kind"] == "fix-problem":
        expect(f"evidence of {change}", change["opened"], shown["opened"])
    elif shown:
        times = shown.get("cost") or shown["delay"]
        expect(f"evidence of {change}", (change["median"], change.get("of")), (times["median"], shown.get("of")))
best = sorted((found[0] for found in changes.values()), reverse=True)[:3]
expect("the largest savings", [saving["seconds"] for saving in report["savings"]], best)
proposed = one(f"select count(*) from proposal where at >= {start} and at < {end}")
expect("proposed replies", report["proposals"]["replies"], proposed)
expect("left out", {entry["reason"]: entry["count"] for entry in report["left_out"]}, {k: v for k, v in tables.left_out.items() if v})

all_numbers = list(leaves(report, ""))
skipped = [path for path, leaf in all_numbers if id(leaf) not in compared]
problems += [f"{path}: no check compares this number" for path in skipped if not OTHERS.fullmatch(path)]
for problem in problems[:50]:
    print(problem)
print(f"{len(all_numbers) - len(skipped)} of {len(all_numbers)} numbers compared, not in the export: {', '.join(skipped) or 'none'}")
print(f"{len(problems)} differ" if problems else "all numbers are reproduced")
sys.exit(bool(problems))
