// Times in queries (src/query/moment.rs). An instant is [seconds since 1970, nanoseconds].

import { trim } from "./text.js";

const UNITS = { s: 1, m: 60, h: 3600, d: 86400, w: 604800, mo: 2592000, y: 31536000 };
const LAST_DAY = [9999, 12, 31];

const isDate = (year, month, day) => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

const parseDate = (text) => {
  const [year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).slice(1).map(Number);
  return year !== undefined && isDate(year, month, day) ? [year, month, day] : null;
};

const seconds = ([year, month, day]) => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 1000;
};

const INSTANT =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?)$/;

const parseInstant = (text) => {
  const found = INSTANT.exec(trim(text));
  const date = found && parseDate(found[1]);
  if (!date) return null;
  const [hour, minute, second] = found.slice(2, 5).map((part) => Number(part ?? 0));
  const [east, south, rest] = found.slice(7, 10).map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 60 || east > 25 || south > 59 || rest > 59) return null;
  const offset = (found[6] === "-" ? -1 : 1) * (east * 3600 + south * 60 + rest);
  const at = seconds(date) + hour * 3600 + minute * 60 + Math.min(second, 59) - offset;
  return [at, Number((found[5] ?? "").padEnd(9, "0"))];
};

// Parses a moment or period: { ago, written }, { back } days, { day }, { month } or { year } with their dates, {
// instant }. Returns null if `text` is none of these.
export const parseMoment = (text) => {
  if (/^\d{4}$/.test(text)) return { year: parseDate(`${text}-01-01`) };
  if (/^\d{4}-\d\d$/.test(text)) {
    const month = parseDate(`${text}-01`);
    return month && { month };
  }
  if (/^[^\u0080-\uffff]{4}-[^\u0080-\uffff]{2}-[^\u0080-\uffff]{2}$/.test(text)) {
    const day = parseDate(text);
    return day && { day };
  }
  const small = text.toLowerCase();
  if (small === "today") return { back: 0 };
  if (small === "yesterday") return { back: 1 };
  const [, number, unit] = /^(\d+)(mo|[smhdwy])$/.exec(text) ?? [];
  if (unit && BigInt(number) * BigInt(UNITS[unit]) < 2n ** 63n) return { ago: Number(number) * UNITS[unit], written: text };
  const instant = parseInstant(text);
  return instant && { instant };
};

export const compareInstants = (a, b) => a[0] - b[0] || a[1] - b[1];

// `clock` is { now: seconds, zone: { first: offset, changes: [[seconds, offset]…] } }.
const offsetAt = (zone, at) => {
  let offset = zone.first;
  for (const [from, next] of zone.changes) {
    if (at < from) break;
    offset = next;
  }
  return offset;
};

// Returns the instant at which a date begins in the zone. If the clocks skip midnight, it is the first instant after
// the gap.
const startOf = (date, zone) => {
  const local = seconds(date);
  const offsets = [...new Set([offsetAt(zone, local - 86400), offsetAt(zone, local + 86400)])];
  const fitting = offsets.filter((offset) => offsetAt(zone, local - offset) === offset);
  return [local - (fitting[0] ?? offsets[0]), 0];
};

const dayAfter = ([year, month, day], days = 1) => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day + days);
  const next = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  return next[0] > 9999 ? LAST_DAY : next;
};

// Returns a period as its first instant and the first instant after it.
export const periodOf = (moment, clock) => {
  const from = (date, next) => [startOf(date, clock.zone), startOf(next, clock.zone)];
  const shortest = (instant) => [instant, [instant[0], instant[1] + 1]];
  if (moment.ago !== undefined) return shortest([clock.now - moment.ago, 0]);
  if (moment.instant) return shortest(moment.instant);
  if (moment.back !== undefined) {
    const local = new Date((clock.now + offsetAt(clock.zone, clock.now)) * 1000);
    const today = [local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate()];
    const day = dayAfter(today, -moment.back);
    return from(day, dayAfter(day));
  }
  if (moment.day) return from(moment.day, dayAfter(moment.day));
  if (moment.month) {
    const [year, month] = moment.month;
    const next = month === 12 ? [year + 1, 1, 1] : [year, month + 1, 1];
    return from(moment.month, next[0] > 9999 ? LAST_DAY : next);
  }
  const [year] = moment.year;
  return from(moment.year, year === 9999 ? LAST_DAY : [year + 1, 1, 1]);
};
