#!/usr/bin/env python3
"""Reproduces the numbers of `casebook report` from `casebook export jsonl`, with SQL.

    reproduce.py EXPORT.jsonl REPORT.json SETTINGS.json [--period]

SETTINGS.json has the timezone, the default visibility, the business hours and the targets of casebook.yml, and the tickets of
each article. The report must
have all groups (`--by` each property); `--period` if its query set the period. The script shares no code with Casebook: it folds the replies by the rules of the
file format and computes each measure from its definition in docs/report.md. It prints every number that differs and fails
if there is one. Which tickets are one problem is taken from the report; the numbers about them are not.
"""

import json
import math
import re
import sqlite3
import sys
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

EXPORT, REPORT, SETTINGS = sys.argv[1:4]
report = json.load(open(REPORT))
settings = json.load(open(SETTINGS))
ZONE = ZoneInfo(settings["timezone"])
HOURS = settings.get("business_hours")
TARGETS = settings.get("targets", {})
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
problems = []


def seconds(text):
    return math.floor(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def at_midnight(day):
    return int(datetime.combine(day, time(), ZONE).timestamp())


def local(at):
    return datetime.fromtimestamp(at, ZONE)


def has_text(body):
    return any(c.isalnum() for c in re.sub(r"<!--.*?-->", "", body, flags=re.S))


def sections(body):
    parts = re.split(r"^## +(.+?) *$", re.sub(r"<!--.*?-->", "", body, flags=re.S), flags=re.M)
    return {name.lower() for name, text in zip(parts[1::2], parts[2::2]) if text.strip()}


def minutes(clock):
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def business(start, end):
    """Seconds of business hours in a span, by walking over the days of the calendar."""
    if end <= start:
        return 0
    opens, closes = minutes(HOURS["from"]), minutes(HOURS["to"])
    total, day = 0, local(start).date() - timedelta(days=2)
    while at_midnight(day) < end + 86400:
        if DAYS[day.weekday()] in HOURS["days"] and day.isoformat() not in HOURS.get("holidays", []):
            def wall(minute):
                later, rest = divmod(minute, 1440)
                naive = datetime.combine(day + timedelta(days=later), time(rest // 60, rest % 60), ZONE)
                return int(naive.timestamp())
            first, last = wall(opens), wall(closes if closes > opens else closes + 1440)
            total += max(0, min(last, end) - max(first, start))
        day += timedelta(days=1)
    return total


db = sqlite3.connect(":memory:")
db.create_function("business", 2, business)
db.executescript("""
create table ticket (id primary key, template, service0, service, requester, priority, opened int, resolved int,
                     responded int, page, person, trips int, moved int, cites int, known int);
create table tag (id, tag);
create table turn (id, start int, stop int);
create table change (id, n int, at int, status);
create table ask (id, field, asked int, ended int, together int);
""")

records = [json.loads(line) for line in open(EXPORT)]
names = {record["id"]: record for record in records}
for record in records:
    for alias in record.get("aliases", []):
        names.setdefault(alias, record)
left_out = {"no-opening": 0, "undated-replies": 0, "early-replies": 0, "early-resolutions": 0}
clock, folded = None, {}


def fold(record):
    """Folds the replies of a ticket into its state, by the rules of docs/formats.md."""
    opened = seconds(record["created"])
    default = settings.get("visibility", "internal")
    replies = [reply for reply in record["replies"] if reply.get("author") and reply.get("created")]
    left_out["undated-replies"] += len(record["replies"]) - len(replies)
    replies.sort(key=lambda reply: datetime.fromisoformat(reply["created"].replace("Z", "+00:00")))
    left_out["early-replies"] += sum(seconds(reply["created"]) < opened for reply in replies)
    visibility = record.get("visibility") or default
    is_note = lambda reply: visibility == "public" and reply.get("visibility") == "internal"
    replies = [reply for reply in replies if not is_note(reply)]
    requester, status, changes = record.get("requester"), "open", []
    state = {"service": record.get("service"), "priority": record.get("priority"), "assignee": None,
             "tags": list(record.get("tags", [])), "resolved": None, "answers": [], "resolver": None}
    asks, trips, turn, responded, service_at = [], [], False, None, None
    for reply in replies:
        at, author, before = seconds(reply["created"]), reply["author"], status
        given = reply.get("set", {})
        met = sections(reply["body"]) | set(given)
        is_met = lambda field: field in met or field.lower() in met or author == requester and (
            record.get("fields", {}).get(field) is not None or field.lower() in sections(record["body"]))
        for ask in asks:
            if ask["ended"] is None and is_met(ask["field"]):
                ask["ended"] = max(at, opened)
        new = []
        for field in reply.get("asks", []):
            if field not in new and not any(a["field"] == field and a["ended"] is None for a in asks):
                new.append(field)
        asks += [{"field": f, "asked": max(at, opened), "ended": None, "together": len(new)} for f in new]
        if reply.get("status") == "resolved":
            status, state["resolved"], state["resolver"] = "resolved", at, author
            state["resolution"] = reply.get("resolution")
            state["answers"] = reply.get("answered_by", []) + [x for x in [reply.get("duplicate_of")] if x]
            for ask in asks:
                ask["ended"] = max(at, opened) if ask["ended"] is None else ask["ended"]
        elif reply.get("status"):
            if status == "resolved":
                state["answers"], state["resolution"] = [], None
            status = reply["status"]
        elif author == requester and status == "pending":
            status = "open"
        if status != before:
            changes.append((at, status))
        if "assignee" in reply:
            state["assignee"] = reply["assignee"]
        for field, value in given.items():
            if field == "tags":
                signed = [tag for tag in value if tag[0] in "+-"]
                if not signed:
                    state["tags"] = list(value)
                for tag in signed:
                    state["tags"] = [t for t in state["tags"] if t != tag[1:]] + ([tag[1:]] if tag[0] == "+" else [])
            elif field in state:
                state[field] = value
            if field == "service":
                service_at = at
        if author != requester and has_text(reply["body"]) and responded is None:
            responded = at
        if author == requester:
            trips += [at] if turn else []
            turn = False
        elif has_text(reply["body"]):
            turn = True
    state.update(status=status, opened=opened, changes=changes, asks=asks, trips=trips, responded=responded,
                 service_at=service_at, drafts=[r["draft_from"] for r in replies if r.get("draft_from")])
    return state


for record in records:
    times = [record["created"]] if record.get("created") else []
    times += [reply["created"] for reply in record["replies"] if reply.get("created")]
    clock = max([clock or -10**18] + [seconds(t) for t in times])
    if not record.get("created"):
        left_out["no-opening"] += 1
        continue
    folded[record["id"]] = fold(record)


def since(name):
    articles = settings.get("articles", {})
    if name in articles:
        return min((at for at in map(since, articles[name]) if at is not None), default=-10**18)
    record = names.get(name)
    state = record and folded.get(record["id"])
    return next((at for at, status in state["changes"] if status == "resolved"), None) if state else None


for record in records:
    state = folded.get(record["id"])
    if not state:
        continue
    id, opened = record["id"], state["opened"]
    resolved = state["resolved"] if state["status"] == "resolved" else None
    left_out["early-resolutions"] += resolved is not None and resolved < opened
    resolved = resolved if resolved is not None and resolved >= opened else None
    responded = state["responded"] if state["responded"] is not None and state["responded"] >= opened else None
    pages = [re.split("[?#]", page)[0].rstrip("/") for page in record.get("path", [])[-1:]]
    resolver = state["resolver"] if state["status"] == "resolved" else None
    moved = state["service_at"] is not None and record.get("service") and state["service"] and record["service"] != state["service"]
    links = [link for link in state["answers"] + state["drafts"] if link != id]
    known = any(since(link) is not None and since(link) < opened for link in links)
    db.execute("insert into ticket values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", (
        id, record["template"], record.get("service"), state["service"] or "", record.get("requester"),
        state["priority"] or "normal", opened, resolved, responded, pages[0] if pages and pages[0] else None,
        resolver or state["assignee"] or "", sum(1 for at in state["trips"] if resolved is None or at < resolved),
        max(0, state["service_at"] - opened) if moved else None, bool(links), known))
    db.executemany("insert into tag values (?,?)", [(id, tag) for tag in set(state["tags"])])
    spans, start = [], opened
    for n, (at, status) in enumerate(state["changes"]):
        at = max(at, opened)
        db.execute("insert into change values (?,?,?,?)", (id, n, at, status))
        is_team = status in ("open", "on-hold")
        if start is not None and not is_team:
            spans, start = spans + [(start, at)], None
        elif start is None and is_team:
            start = at
    spans += [(start, 1 << 62)] if start is not None else []
    db.executemany("insert into turn values (?,?,?)", [(id, a, b) for a, b in spans if a < b])
    db.executemany("insert into ask values (?,?,?,?,?)",
                   [(id, a["field"], a["asked"], a["ended"], a["together"]) for a in state["asks"]])
db.execute("create view wait as select t.id, coalesce(sum(max(0, min(stop, %d) - start)), 0) as seconds "
           "from ticket t left join turn using (id) group by t.id" % clock)


def expect(name, found, expected):
    if found != expected:
        problems.append(f"{name}: the report says {found!r}, SQL says {expected!r}")


def distribution(name, found, values, parameters=()):
    """Compares a distribution with the values of an SQL query."""
    rows = db.execute(f"""
        with v as (select value, row_number() over (order by value) as rank, count(*) over () as n from ({values}))
        select max(n), min(value) filter (where rank = (n + 1) / 2), sum(value),
               min(value) filter (where n >= 10 and rank = (9 * n + 9) / 10) from v""", parameters).fetchone()
    n = rows[0] or 0
    rank, below = 0, 0
    for k in range(n):
        below += math.comb(n, k)
        if below * 40 > 1 << n:
            rank = k
            break
    ends = [None, None]
    if rank:
        ranked = f"select value from ({values}) order by value limit 1 offset ?"
        ends = [db.execute(ranked, (*parameters, place - 1)).fetchone()[0] for place in (rank, n + 1 - rank)]
    expect(name, found, {"n": n, "median": rows[1], "low": ends[0], "high": ends[1], "p90": rows[3], "total": rows[2] or 0})


def share(name, found, query, parameters=()):
    part, whole = db.execute(f"select coalesce(sum(value), 0), count(*) from ({query})", parameters).fetchone()
    low = high = value = None
    if whole:
        z, p = 1.959963984540054, part / whole
        spread = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
        rounded = lambda x: math.floor(x * 1e4 + 0.5) / 1e4
        low, high = (rounded(min(1.0, max(0.0, (p + z * z / (2 * whole) + s) / (1 + z * z / whole)))) for s in (-spread, spread))
        value = rounded(p)
    expect(name, found, {"part": part, "whole": whole, "share": value, "low": low, "high": high})


def backlog(at):
    """The ids and ages of the tickets that are not resolved at an instant."""
    return (f"select t.id, max(0, min({at}, {clock}) - opened) as value from ticket t where opened < {at} and coalesce((select "
            f"status from change c where c.id = t.id and c.at < {at} order by n desc limit 1), 'open') <> 'resolved'")


def durations(name, found, event, cohort, parameters):
    values = f"select {event} - opened as value from ticket where {event} is not null and {cohort}"
    distribution(f"{name} calendar", found["calendar"], values, parameters)
    if HOURS:
        values = f"select business(opened, {event}) as value from ticket where {event} is not null and {cohort}"
        distribution(f"{name} business", found["business"], values, parameters)
    else:
        expect(f"{name} business", found["business"], None)


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
    if HOURS:
        values = (f"select coalesce((select sum(business(start, min(stop, {clock}))) from turn where turn.id = ticket.id), 0) "
                  f"as value from ticket where {resolved}")
        distribution(f"{name} requester wait business", found["requester_wait"]["business"], values, span)
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
        part, whole = part + level["met"]["part"], whole + level["met"]["whole"]
    expect(f"{name} number of targets", len(found["service_levels_by_priority"]), sum(len(t) for t in TARGETS.values()))
    expect(f"{name} service levels", (found["service_levels"]["part"], found["service_levels"]["whole"]), (part, whole))


def default_period():
    """The last 13, 26 or 52 weeks."""
    end = local(clock).date() + timedelta(days=1)
    for weeks in (13, 26, 52):
        start = at_midnight(end - timedelta(days=7 * weeks))
        opened = db.execute("select count(*) from ticket where opened >= ? and opened < ?", (start, at_midnight(end)))
        if weeks == 52 or opened.fetchone()[0] >= 30:
            return start, at_midnight(end)


period = report["period"]
start, end = seconds(period["from"]), seconds(period["to"])
if len(sys.argv) < 5:
    expect("period", (start, end), default_period())
expect("clock", seconds(report["clock"]), clock)
first = start - (end - start)
expect("before", (seconds(report["before"]["from"]), seconds(report["before"]["to"])), (first, start))
measures("now", report["measures"], start, end)
measures("before", report["measures_before"], first, start)
inside = lambda at: start <= at < end

for place, part in enumerate(report["parts"]):
    a, b = seconds(part["from"]), seconds(part["to"])
    one = lambda query, *values: db.execute(query, values).fetchone()[0]
    expect("parts join", a, start if place == 0 else seconds(report["parts"][place - 1]["to"]))
    expect(f"part {a} opened", part["opened"], one("select count(*) from ticket where opened >= ? and opened < ?", a, b))
    expect(f"part {a} resolved", part["resolved"], one("select count(*) from ticket where resolved >= ? and resolved < ?", a, b))
    expect(f"part {a} backlog", part["backlog"], one(f"select count(*) from ({backlog(b)})"))
expect("the parts end with the period", seconds(report["parts"][-1]["to"]) if report["parts"] else end, end)

COST = f"max(0, coalesce(ended, {clock}) - asked) / together"
asked = db.execute(f"""
    select template, field, group_concat(distinct case when opened >= {start} then id end), sum(opened >= {start}),
           coalesce(sum(({COST}) * (opened >= {start})), 0), coalesce(sum(({COST}) * (opened < {start})), 0),
           count(distinct case when opened < {start} then id end)
    from ask join ticket using (id) where opened >= {first} and opened < {end} group by template, field""").fetchall()
found = {(field["template"], field["field"]): field for field in report["asked_fields"]}
expect("asked fields", sorted(found), sorted((row[0], row[1]) for row in asked))
for template, field, ids, asks, cost, before, tickets_before in asked:
    shown, name = found.get((template, field)), f"{template}/{field}"
    if shown:
        expect(f"{name} tickets", sorted(shown["tickets"]), sorted((ids or "").split(",") if ids else []))
        expect(f"{name} cost", (shown["cost"]["n"], shown["cost"]["total"], shown["cost_before"], shown["tickets_before"]),
               (asks, cost, before, tickets_before))
        values = f"select {COST} as value from ask join ticket using (id) where template = ? and field = ? and opened >= {start} and opened < {end}"
        distribution(f"{name} costs", shown["cost"], values, (template, field))
        of = f"select count(*) from ticket where template = ? and opened >= {start} and opened < {end}"
        expect(f"{name} of", shown["of"], db.execute(of, (template,)).fetchone()[0])
expect("order of asked fields", [f["cost"]["total"] for f in report["asked_fields"]],
       sorted((f["cost"]["total"] for f in report["asked_fields"]), reverse=True))

for problem in report["problems"]:
    marks = ",".join("?" * len(problem["tickets"]))
    row = db.execute(f"""
        select sum(opened >= {start} and opened < {end}), sum(opened >= {first} and opened < {start}),
               sum(seconds * (opened >= {start} and opened < {end})), sum(seconds * (opened >= {first} and opened < {start})),
               sum(seconds), min(opened), max(opened) from ticket join wait using (id) where id in ({marks})""", problem["tickets"]).fetchone()
    shown = tuple(problem[key] for key in ("opened", "opened_before", "cost", "cost_before", "cost_total"))
    shown += (seconds(problem["first_seen"]), seconds(problem["last_seen"]))
    expect(f"problem {problem['ticket']}", shown, row)
    states = [(folded[id], id) for id in problem["tickets"]]
    fixes = [s["resolved"] for s, _ in states if s["status"] == "resolved" and s.get("resolution") == "fixed" and s["resolved"] >= s["opened"]]
    later = sorted(s["opened"] for s, _ in states if fixes and s["opened"] > max(fixes))
    fix = ("not-fixed", None) if not fixes else ("came-back", later[0] - max(fixes)) if later else ("held", max(0, clock - max(fixes)))
    expect(f"fix of {problem['ticket']}", (problem["fix"], problem["fix_seconds"]), fix)
    trend = [sum(seconds(p["from"]) <= s["opened"] < seconds(p["to"]) for s, _ in states) for p in report["parts"]]
    expect(f"trend of {problem['ticket']}", problem["trend"], trend)
if len(report["problems"]) < 50:
    gaps = [problem for problem in report["problems"] if problem["article"] is None]
    expect("knowledge gaps", report["knowledge_gaps"], {
        "problems": len(gaps), "tickets": sum(g["opened"] for g in gaps), "cost": sum(g["cost"] for g in gaps)})

moves = db.execute(f"""
    select service0, service, sum(opened >= {start}), coalesce(sum(moved * (opened >= {start})), 0), sum(opened < {start}) from ticket
    where moved is not null and opened >= {first} and opened < {end} group by 1, 2 order by 1, 2""").fetchall()
shown = [(m["from"], m["to"], len(m["tickets"]), m["delay"]["total"], m["tickets_before"]) for m in report["moves"]]
expect("moves", sorted(shown), moves)
pages = db.execute(f"""
    select page, count(*), sum(moved is not null), sum(moved) from ticket
    where page is not null and opened >= {start} and opened < {end} group by page having sum(moved is not null) > 0""").fetchall()
shown = [(p["path"], p["opened"], len(p["tickets"]), p["delay"]["total"]) for p in report["paths"]]
expect("pages", sorted(shown), sorted(pages))

KEYS = {"service": "service", "template": "template", "person": "person"}
for grouping in report["groups"]:
    by = grouping["by"]
    if by == "time":
        for row, part in zip(grouping["rows"], report["parts"]):
            a, b = seconds(part["from"]), seconds(part["to"])
            shift = first - start
            count = lambda x, y: db.execute("select count(*) from ticket where opened >= ? and opened < ?", (x, y)).fetchone()[0]
            expect(f"by time {row['key']}", (row["key"], row["opened"], row["opened_before"], row["backlog"]),
                   (local(a).date().isoformat(), count(a, b), count(a + shift, b + shift), part["backlog"]))
            distribution(f"by time {row['key']} resolution", row["resolution"],
                         "select resolved - opened as value from ticket where resolved >= ? and resolved < ?", (a, b))
        continue
    source = "ticket join tag using (id)" if by == "tag" else "ticket"
    key = KEYS.get(by, by)
    for row in grouping["rows"]:
        of = f"from {source} join wait using (id) where {key} = ?"
        one = lambda more: db.execute(f"select count(*) {of} and {more}", (row["key"],)).fetchone()[0]
        expect(f"by {by} {row['key']}", (row["opened"], row["opened_before"], row["resolved"], row["backlog"]), (
            one(f"opened >= {start} and opened < {end}"), one(f"opened >= {first} and opened < {start}"),
            one(f"resolved >= {start} and resolved < {end}"), one(f"ticket.id in (select id from ({backlog(end)}))")))
        for name, value, cohort in (("first_response", "responded - opened", "responded is not null and opened"),
                                    ("requester_wait", "seconds", "resolved"), ("resolution", "resolved - opened", "resolved")):
            values = f"select {value} as value {of} and {cohort} >= {start} and {cohort.split()[-1]} < {end}"
            distribution(f"by {by} {row['key']} {name}", row[name], values, (row["key"],))
    known = {row["key"] for row in grouping["rows"]}
    keys = db.execute(f"select distinct {key} from {source} where opened >= {first} and opened < {end}").fetchall()
    expect(f"groups by {by}", sorted(k for (k,) in keys if k not in known), [])
    if by == "person":
        expect("people are ordered by name", [row["name"].lower() for row in grouping["rows"]],
               sorted(row["name"].lower() for row in grouping["rows"]))

for saving in report["savings"]:
    change = saving["change"]
    if change["kind"] == "require-field":
        expected = next(row[4] for row in asked if row[:2] == (change["template"], change["field"]))
    elif change["kind"] == "route-service":
        expected = next(row[3] for row in moves if row[:2] == (change["from"], change["to"]))
    else:
        rest = sorted(saving["tickets"], key=lambda id: (folded[id]["opened"], id))[1:]
        query = f"select coalesce(sum(seconds), 0) from ticket join wait using (id) where opened >= {start} and opened < {end} and id in (%s)"
        expected = db.execute(query % ",".join("?" * len(rest)), rest).fetchone()[0]
    expect(f"saving {change}", saving["seconds"], expected)
expect("savings are ordered", [s["seconds"] for s in report["savings"]], sorted((s["seconds"] for s in report["savings"]), reverse=True))
expect("left out", {entry["reason"]: entry["count"] for entry in report["left_out"]}, {k: v for k, v in left_out.items() if v})

for problem in problems[:50]:
    print(problem)
print(f"{len(problems)} numbers differ" if problems else "all numbers are reproduced")
sys.exit(bool(problems))
