// Composes the files of tickets and replies (src/intake/compose.rs).
//
// A ticket is { title, template, requester, keys: [[key, value]…], path, body }, a reply { author, keys, body }. Values
// are those of yaml.js.

import { slugAtMost } from "./ids.js";
import { front } from "./yaml.js";

// Returns the time in the form of Casebook's files, without a fraction of a second.
export const timeOf = (date) => date.toISOString().replace(/\.\d+Z$/, "Z");

const withLineEnd = (body) => {
  const text = body.replace(/\p{White_Space}+$/u, "");
  return text ? `${text}\n` : "";
};

// Returns the body with these sections: [[name, text]…].
export const bodyOf = (sections) => sections.map(([name, text]) => `## ${name}\n${text.trim()}\n`).join("\n");

export const ticketText = ({ title, template, requester, keys, path, body }, created) => {
  const value = (key) => keys.find(([known]) => known === key)?.[1];
  const entries = [
    ["title", title],
    ["template", template],
    ["service", value("service")],
    ["requester", requester || undefined],
    ["created", timeOf(created)],
    ...keys.filter(([key]) => key !== "service"),
    ["path", path.length ? path : undefined],
  ];
  return front(entries) + withLineEnd(body);
};

// Returns the path of the file of a ticket: { folder, name }.
export const ticketPlace = (id, created) => {
  const [year, month] = created.toISOString().split("-");
  return { folder: `tickets/${year}/${month}`, name: `${id}.md` };
};

export const replyText = ({ author, keys, body }, created) =>
  front([["author", author], ["created", timeOf(created)], ...keys]) + withLineEnd(body);

// Returns the path of the file of a reply to the ticket in the file `ticket`.
export const replyPlace = (ticket, author, created, letters, latin) => {
  const time = timeOf(created).replace(/[-:]/g, "");
  return { folder: ticket.replace(/\.md$/, ""), name: `${time}-${slugAtMost(author, LONGEST_AUTHOR, latin)}-${letters}.md` };
};

const LONGEST_AUTHOR = 40;
