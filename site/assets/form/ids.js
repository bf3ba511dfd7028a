// Fresh ids and file names (src/intake/compose.rs, src/text/slug.rs).

const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
const LONGEST = 40;
const MOST_WORDS = 5;

// Returns the letter of ASCII to which a Latin letter adds marks, such as `e` for `é`.
const withoutMarks = (c) => (/[\u00c0-\u024f\u1e00-\u1eff]/.test(c) ? c.normalize("NFD")[0].toLowerCase() : "");

// Returns `text` as a slug. `latin` has the slug of each other Latin letter that is not in ASCII.
const slugOf = (text, latin) =>
  [...text]
    .map((c) => (/[A-Za-z0-9]/.test(c) ? c.toLowerCase() : (latin[c] ?? withoutMarks(c)) || "-"))
    .join("")
    .replace(/-+/g, "-")
    .replace(/^-|-$/g, "");

// Returns a slug of at most `most` characters, cut between words if possible.
export const slugAtMost = (text, most, latin) => {
  const slug = slugOf(text, latin);
  if (slug.length <= most) return slug;
  const last = slug.slice(0, most).lastIndexOf("-");
  const cut = slug[most] === "-" || last < 0 ? most : last;
  return slug.slice(0, cut).replace(/-+$/, "");
};

export const randomLetters = (count) =>
  [...crypto.getRandomValues(new Uint8Array(count))].map((byte) => LETTERS[byte % LETTERS.length]).join("");

// Returns an id from the title and six random letters; without Latin letters in the title, from the template's name and
// eight letters.
export const newId = (title, template, latin) => {
  const slug = slugAtMost(title, LONGEST, latin).split("-").slice(0, MOST_WORDS).join("-");
  if (slug) return `${slug}-${randomLetters(6)}`;
  return `${slugAtMost(template, LONGEST, latin) || "ticket"}-${randomLetters(8)}`;
};
