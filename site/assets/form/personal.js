// Finds personal data (src/detectors/personal). The tables come with the rules.


const isWord = (c) => c !== undefined && /[A-Za-z0-9]/.test(c);

const canBegin = (text, at) => {
  const before = text[at - 1];
  if (before === undefined) return true;
  if (isWord(before) || "_/\\#@%&+".includes(before)) return false;
  return !"-.,".includes(before) || !isWord(text[at - 2]);
};

const canEnd = (text, end) => {
  const after = text[end];
  if (after === undefined) return true;
  if (isWord(after) || "_/\\@%+".includes(after)) return false;
  return !"-.,:".includes(after) || !isWord(text[end + 1]);
};

const isReserved = (domain, { reserved }) => {
  const labels = domain.split(".");
  const [second, last] = labels.slice(-2);
  const isExample = last === "example" || last === "invalid" || (["com", "net", "org"].includes(last) && second === "example");
  return reserved.includes(last) || isExample || labels.includes("noreply");
};

const isHost = (domain, { files }) => {
  const labels = domain.split(".");
  const last = labels.at(-1);
  return (
    labels.length > 1 &&
    labels.every((label) => label.length >= 1 && label.length <= 63 && !/^-|-$/.test(label)) &&
    /^[A-Za-z]{2,24}$/.test(last) &&
    !files.includes(last.toLowerCase())
  );
};

// Returns the end of the address around the `@` at `at`, or null.
const email = (text, at, tables) => {
  const local = /[A-Za-z0-9._%+'-]{0,65}$/.exec(text.slice(Math.max(0, at - 65), at))[0].replace(/^[^A-Za-z0-9]+/, "");
  const start = at - local.length;
  const domain = /^[A-Za-z0-9.-]{0,255}/.exec(text.slice(at + 1, at + 256))[0].replace(/[.-]+$/, "");
  const end = at + 1 + domain.length;
  if (!local || local.length > 64 || !isHost(domain, tables)) return null;
  const [before, after] = [text[start - 1], text[end]];
  const continues = (after !== undefined && "@$#".includes(after)) || (after === ":" && /[A-Za-z0-9/~]/.test(text[end + 1] ?? ""));
  const isPrompt = before === "[" && after === " " && /^[^\n\]]{0,99}\]/.test(text.slice(end, end + 100));
  if (continues || isPrompt || before === "@" || before === "/" || /^\d*\.\d*(?:\.|$)/.test(domain)) return null;
  const line = text.slice(Math.max(0, start - 200), start).split("\n").at(-1);
  const word = line.split(/\p{White_Space}/u).at(-1);
  const header = line.replace(/^[> \t]+/, "").toLowerCase();
  const isAccount = line.split(/[^A-Za-z0-9-]/).some((one) => tables.remote.includes(one));
  const isHeader = ["message-id:", "in-reply-to:", "references:"].some((name) => header.startsWith(name));
  if (word.includes("://") || isAccount || isHeader) return null;
  const isMachine = tables.machines.includes(local.toLowerCase());
  return isMachine || isReserved(domain.toLowerCase(), tables) ? null : end;
};

const COUNTRY =
  /^(?:1[2-9]\d\d[2-9]\d{6}$|7\d{10}$|2[07]|3[0-4]|3[69]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|(?:2[1-689]|3[578]|42|5[09])\d|(?:6[7-9]|8[58]|9[679])\d)/;

const phone = (text, at) => {
  if (!canBegin(text, at) || !/[1-9]/.test(text[at + 1] ?? "")) return null;
  let [digits, end, open, grouped] = ["", at + 1, false, false];
  for (let index = at + 1; index < Math.min(text.length, at + 33); index += 1) {
    const c = text[index];
    if (/[0-9]/.test(c)) {
      digits += c;
      end = index + 1;
    } else if (c === "(" && !open) {
      [open, grouped] = [true, true];
    } else if (c === ")" && open) {
      [open, grouped] = [false, true];
    } else if (" -.".includes(c) && !" -.".includes(text[index - 1])) {
      grouped ||= end === index;
    } else {
      break;
    }
  }
  grouped &&= end - at - 1 > digits.length;
  const inPatch = !grouped && (at === 0 || text[at - 1] === "\n");
  if (digits.length < (grouped ? 8 : 10) || digits.length > 15 || inPatch || !canEnd(text, end)) return null;
  const steps = [...digits].filter((digit, nth) => nth > 0 && Math.abs(digit - digits[nth - 1]) <= 1).length;
  const isFictional = /^1...55501|^447700900|^442079460/.test(digits) || steps * 4 >= digits.length * 3;
  return COUNTRY.test(digits) && !isFictional ? end : null;
};

const luhn = (digits) =>
  [...digits].reverse().reduce((sum, c, at) => sum + (at % 2 ? (c > 4 ? c * 2 - 9 : c * 2) : Number(c)), 0) % 10 === 0;

const isCard = (digits, { cards }) => {
  const first = Number(digits.slice(0, 4));
  const within = (low, high) => first >= low && first <= high;
  const length = digits.length;
  const issued =
    ((within(4000, 4999) || within(3528, 3589) || within(2221, 2720) || within(5100, 5599) || first === 6011 || within(6440, 6599)) && length === 16) ||
    ((within(3400, 3499) || within(3700, 3799)) && length === 15) ||
    ((within(3000, 3059) || within(3600, 3699) || within(3800, 3999)) && length === 14) ||
    (within(6200, 6299) && length >= 16);
  const same = [...digits].filter((c) => c === digits[5]).length;
  return length >= 14 && length <= 19 && issued && same * 2 <= length && luhn(digits) && !cards.includes(digits);
};

const isSocialSecurity = (digits) =>
  digits.length === 9 && !/^(?:000|666|9)|^...00|0000$/.test(digits) &&
  !["078051120", "219099999", "123456789", "987654321"].includes(digits);

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

const isResidentId = (id) => {
  const birthday = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{4}(?:19|20)\d\d(\d\d)(\d\d)/.exec(id);
  if (!birthday || birthday[1] < 1 || birthday[1] > 12 || birthday[2] < 1 || birthday[2] > 31) return false;
  const sum = WEIGHTS.reduce((all, weight, at) => all + weight * id[at], 0);
  return "10X98765432"[sum % 11] === id[17].toUpperCase();
};

// Returns the kind and the end of the number that begins at `at`, or null.
const number = (text, at, tables) => {
  const found = /^\d{1,20}(?:([ -])\d{1,20}(?:\1\d{1,20})*)?/.exec(text.slice(at, at + 60))[0];
  const groups = found.split(/[ -]/).map(({ length }) => length);
  const end = at + found.length;
  if ((`${groups}` === "17" && /[Xx]/.test(text[end] ?? "")) || `${groups}` === "18") {
    if (canEnd(text, at + 18) && isResidentId(text.slice(at, at + 18))) return ["resident", at + 18];
  }
  if (!canEnd(text, end)) return null;
  const digits = found.replace(/\D/g, "");
  if (`${groups}` === "3,2,4" && found[3] === "-" && isSocialSecurity(digits)) return ["social", end];
  const isGrouped = groups.length === 1 || ["4,4,4,4", "4,6,5", "4,6,4", "4,4,4,4,3"].includes(`${groups}`);
  return isGrouped && isCard(digits, tables) ? ["card", end] : null;
};

const iban = (text, at, { ibans, example_ibans }) => {
  const head = /^[A-Z]{2}\d\d/.exec(text.slice(at, at + 4));
  const length = head && ibans.find(([country]) => head[0].startsWith(country))?.[1];
  if (!length) return null;
  let [characters, end] = ["", at];
  while (characters.length < length) {
    const c = text[end];
    if (c !== undefined && /[A-Z0-9]/.test(c)) characters += c;
    else if (c !== " " || characters.length % 4 !== 0 || text[end - 1] === " ") return null;
    end += 1;
  }
  const digits = [...(characters.slice(4) + characters.slice(0, 4))].map((c) => parseInt(c, 36)).join("");
  const rest = [...digits].reduce((sum, c) => (sum * 10 + Number(c)) % 97, 0);
  return canEnd(text, end) && !example_ibans.includes(characters) && rest === 1 ? end : null;
};

// Returns the kinds of personal data in `text`, each place once.
export const personalData = (text, tables) => {
  const found = [];
  let at = 0;
  const hit = (kind, end) => {
    if (end) found.push(kind);
    at = Math.max(at + 1, end ?? 0);
  };
  while (at < text.length) {
    const c = text[at];
    if (c === "@") hit("email", email(text, at, tables));
    else if (c === "+") hit("phone", phone(text, at));
    else if (/[0-9]/.test(c) && canBegin(text, at)) hit(...(number(text, at, tables) ?? [null, null]));
    else if (/[A-Z]/.test(c) && canBegin(text, at)) hit("iban", iban(text, at, tables));
    else at += 1;
  }
  return found;
};

