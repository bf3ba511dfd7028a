"""Reads `casebook export jsonl` and the settings into tables of SQLite.

Shares no code with Casebook: it folds the replies by the rules of docs/formats.md.
"""

import bisect
import glob
import json
import math
import os
import re
import sqlite3
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
NEVER = 1 << 62
ALWAYS = -(10**18)
EPOCH = date(1970, 1, 1)


def read_settings(path):
    """Returns the settings of a JSON file, or those of a casebook.yml with the articles beside it (needs PyYAML)."""
    if path.endswith(".json"):
        return json.load(open(path))
    import yaml

    settings = yaml.safe_load(open(path))
    units = {"m": 60, "h": 3600, "d": 86400}
    for target in settings.get("targets", {}).values():
        target.update({key: int(value[:-1]) * units[value[-1]] for key, value in target.items()})
    hours = settings.get("business_hours") or {}
    hours["holidays"] = [str(day) for day in hours.get("holidays", [])]
    articles = settings["articles"] = {}
    for article in glob.glob(os.path.join(os.path.dirname(path) or ".", "knowledge", "*.md")):
        front = yaml.safe_load(open(article).read().split("---\n")[1])
        articles[os.path.basename(article)[:-3]] = front.get("tickets", [])
    return settings


def seconds(text):
    return math.floor(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def at_midnight(day, zone):
    return int(datetime.combine(day, time(), zone).timestamp())


def local(at, zone):
    return datetime.fromtimestamp(at, zone)


def has_text(body):
    return any(c.isalnum() for c in re.sub(r"<!--.*?-->", "", body, flags=re.S))


def sections(body):
    parts = re.split(r"^## +(.+?) *$", re.sub(r"<!--.*?-->", "", body, flags=re.S), flags=re.M)
    return {name.lower() for name, text in zip(parts[1::2], parts[2::2]) if text.strip()}


def minutes(clock):
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


class BusinessHours:
    """The seconds of business hours between two instants, from sums over all business days."""

    def __init__(self, hours, zone, first, last):
        self.starts, self.stops, self.sums = [], [], [0]
        opens, closes = minutes(hours["from"]) * 60, minutes(hours["to"]) * 60
        closes += 86400 if closes <= opens else 0
        for start, stop, offset in self.offsets(zone, first - 3 * 86400, last + 3 * 86400):
            for number in range((start + offset) // 86400 - 1, (stop + offset) // 86400 + 1):
                day = EPOCH + timedelta(days=number)
                if DAYS[day.weekday()] not in hours["days"] or day.isoformat() in hours.get("holidays", []):
                    continue
                a = max(start, number * 86400 + opens - offset)
                b = min(stop, number * 86400 + closes - offset)
                if a < b:
                    self.starts.append(a)
                    self.stops.append(b)
                    self.sums.append(self.sums[-1] + b - a)

    def offsets(self, zone, first, last):
        """Divides the time where the clocks of the zone are changed."""
        offset = lambda at: int(local(at, zone).utcoffset().total_seconds())
        start, step = first, 6 * 3600
        for at in range(first, last, step):
            if offset(at) != offset(at + step):
                change = bisect.bisect_left(range(at, at + step), True, key=lambda t: offset(t) != offset(at)) + at
                yield start, change, offset(at)
                start = change
        yield start, last, offset(last)

    def until(self, at):
        place = bisect.bisect_right(self.starts, at)
        return self.sums[place] - (max(0, self.stops[place - 1] - at) if place else 0)

    def between(self, start, end):
        return max(0, self.until(end) - self.until(start))


SCHEMA = """
create table ticket (id primary key, template, service0, service, requester, priority, opened int, resolved int,
                     responded int, page, person, trips int, moved int, cites int, known int);
create table tag (id, tag);
create table turn (id, start int, stop int);
create table change (id, n int, at int, status);
create table ask (id, field, asked int, ended int, together int);
create table proposal (id, at int);
"""

INDEXES = """
create index of_tag on tag (tag);
create index of_turn on turn (id);
create index of_change on change (id, n);
create index of_opening on ticket (opened);
create index of_service on ticket (service);
create index of_template on ticket (template);
create index of_person on ticket (person);
"""


class Tables:
    def __init__(self, export, settings):
        self.settings = settings
        self.zone = ZoneInfo(settings["timezone"])
        self.records = [json.loads(line) for line in open(export)]
        self.now = seconds(settings["now"]) if settings.get("now") else NEVER
        self.left_out = dict.fromkeys(("no-opening", "future-tickets", "undated-replies", "future-replies",
                                       "early-replies", "early-resolutions"), 0)
        times = [r["created"] for record in self.records for r in [record, *record["replies"]] if r.get("created")]
        self.clock = max((at for at in map(seconds, times) if at <= self.now), default=None)
        self.names = {record["id"]: record for record in self.records}
        for record in self.records:
            for alias in record.get("aliases", []):
                self.names.setdefault(alias, record)
        self.folded = {}
        for record in self.records:
            if not record.get("created"):
                self.left_out["no-opening"] += 1
            elif seconds(record["created"]) > self.now:
                self.left_out["future-tickets"] += 1
            else:
                self.folded[record["id"]] = self.fold(record)
        self.db = sqlite3.connect(":memory:")
        self.db.executescript(SCHEMA)
        for record in self.records:
            if record["id"] in self.folded:
                self.insert(record, self.folded[record["id"]])
        self.db.executescript(INDEXES)
        if self.settings.get("business_hours") and self.clock is not None:
            first = min((state["opened"] for state in self.folded.values()), default=self.clock)
            hours = BusinessHours(self.settings["business_hours"], self.zone, first, self.clock)
            self.db.create_function("business", 2, hours.between, deterministic=True)
        self.db.executescript(
            "create table wait as select t.id, coalesce(sum(max(0, min(stop, %d) - start)), 0) as seconds "
            "from ticket t left join turn using (id) group by t.id; create index of_wait on wait (id);" % (self.clock or 0))

    def fold(self, record):
        """Folds the replies of a ticket into its state, by the rules of docs/formats.md."""
        opened = seconds(record["created"])
        default = self.settings.get("visibility", "internal")
        replies = [reply for reply in record["replies"] if reply.get("author") and reply.get("created")]
        self.left_out["undated-replies"] += len(record["replies"]) - len(replies)
        self.left_out["future-replies"] += sum(seconds(reply["created"]) > self.now for reply in replies)
        self.left_out["early-replies"] += sum(seconds(reply["created"]) < opened for reply in replies)
        replies = [reply for reply in replies if seconds(reply["created"]) <= self.now]
        replies.sort(key=lambda reply: datetime.fromisoformat(reply["created"].replace("Z", "+00:00")))
        visibility = record.get("visibility") or default
        is_note = lambda reply: visibility == "public" and reply.get("visibility") == "internal"
        proposals = [seconds(reply["created"]) for reply in replies if reply.get("draft_from")]
        replies = [reply for reply in replies if not is_note(reply)]
        requester, status, changes = record.get("requester"), "open", []
        state = {"service": record.get("service"), "priority": record.get("priority"), "assignee": None,
                 "tags": list(record.get("tags", [])), "resolved": None, "answers": [], "resolver": None}
        asks, trips, turn, responded, service_at = [], [], False, None, None
        in_text = sections(record["body"])
        for reply in replies:
            at, author, before = seconds(reply["created"]), reply["author"], status
            given = reply.get("set", {})
            met = sections(reply["body"]) | set(given)
            is_met = lambda field: field in met or field.lower() in met or author == requester and (
                record.get("fields", {}).get(field) is not None or field.lower() in in_text)
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
                     service_at=service_at, proposals=proposals,
                     drafts=[reply["draft_from"] for reply in replies if reply.get("draft_from")])
        return state

    def since(self, name):
        """Returns since when the ticket or article `name` has had an answer."""
        articles = self.settings.get("articles", {})
        if name in articles:
            return min((at for at in map(self.since, articles[name]) if at is not None), default=ALWAYS)
        record = self.names.get(name)
        state = record and self.folded.get(record["id"])
        return next((at for at, status in state["changes"] if status == "resolved"), None) if state else None

    def insert(self, record, state):
        id, opened = record["id"], state["opened"]
        resolved = state["resolved"] if state["status"] == "resolved" else None
        self.left_out["early-resolutions"] += resolved is not None and resolved < opened
        resolved = resolved if resolved is not None and resolved >= opened else None
        responded = state["responded"] if state["responded"] is not None and state["responded"] >= opened else None
        pages = [re.split("[?#]", page)[0].rstrip("/") for page in record.get("path", [])[-1:]]
        resolver = state["resolver"] if state["status"] == "resolved" else None
        moved = state["service_at"] is not None and record.get("service") and state["service"]
        moved = moved and record["service"] != state["service"]
        links = [link for link in state["answers"] + state["drafts"] if link != id]
        known = any(self.since(link) is not None and self.since(link) < opened for link in links)
        insert = lambda table, rows: [self.db.execute(
            f"insert into {table} values ({','.join('?' * len(row))})", row) for row in rows]
        insert("ticket", [(
            id, record["template"], record.get("service"), state["service"] or "", record.get("requester"),
            state["priority"] or "normal", opened, resolved, responded, pages[0] if pages and pages[0] else None,
            resolver or state["assignee"] or "", sum(1 for at in state["trips"] if resolved is None or at < resolved),
            max(0, state["service_at"] - opened) if moved else None, bool(links), known)])
        insert("tag", [(id, tag) for tag in set(state["tags"])])
        insert("proposal", [(id, at) for at in state["proposals"]])
        spans, start = [], opened
        for n, (at, status) in enumerate(state["changes"]):
            at = max(at, opened)
            insert("change", [(id, n, at, status)])
            is_team = status in ("open", "on-hold")
            if start is not None and not is_team:
                spans, start = spans + [(start, at)], None
            elif start is None and is_team:
                start = at
        spans += [(start, NEVER)] if start is not None else []
        insert("turn", [(id, a, b) for a, b in spans if a < b])
        insert("ask", [(id, a["field"], a["asked"], a["ended"], a["together"]) for a in state["asks"]])
