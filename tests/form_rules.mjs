// Runs the modules of the forms on cases from standard input, and prints what they find or compose. The test
// src/site/form/tests.rs compares that with Casebook's own rules and files.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const assets = process.argv[2];
const load = (name) => import(pathToFileURL(resolve(assets, `form/${name}.js`)));
const { checkReply, checkTicket } = await load("rules");
const { Detectors } = await load("detectors");
const { replyPlace, replyText, ticketPlace, ticketText } = await load("compose");
const { newId } = await load("ids");
const { recorded, serviceOf } = await load("paths");
const { Secrets } = await load("secrets");
const { addressOf } = await load("handover");

// `rules` has the rules of each repository; a case names its own by number.
const { secrets, otherSecrets, rules: all, cases } = JSON.parse(readFileSync(0, "utf8"));
const [fewRules, allRules] = [new Secrets(secrets), new Secrets(secrets)];
allRules.addOthers(otherSecrets);
// A form loads the other rules only for a text that needs them.
const rulesFor = (texts) => (texts.some((text) => fewRules.needsOthers(text)) ? allRules : fewRules);

const run = {
  check: ({ rules, draft, created }) => {
    const detectors = new Detectors(null, rules);
    const texts = [draft.title, ...draft.keys.map(([key, value]) => `${key}: ${JSON.stringify(value)}`), draft.path.join("\n"), draft.body];
    detectors.secrets = rulesFor(texts);
    const found = [...checkTicket(draft, rules, new Date(created)), ...texts.flatMap((text) => detectors.find(text, {}))];
    return [...new Set(found.map(({ code, level }) => `${code} ${level}`))].sort();
  },
  reply: ({ rules, draft, resolution, created }) =>
    [...new Set(checkReply(draft, rules, resolution, new Date(created)).map(({ code, level }) => `${code} ${level}`))].sort(),
  secrets: ({ text }) => rulesFor([text]).find(text).length > 0,
  personal: ({ rules, text }) => new Detectors(null, rules).find(text, {}).map(({ word }) => word),
  compose: ({ draft, created }) => ticketText(draft, new Date(created)),
  composeReply: ({ draft, created }) => replyText(draft, new Date(created)),
  places: ({ id, ticket, author, letters, created, latin }) => {
    const ofTicket = ticketPlace(id, new Date(created));
    const ofReply = replyPlace(ticket, author, new Date(created), letters, latin);
    return [ofTicket, ofReply].map(({ folder, name }) => `${folder}/${name}`);
  },
  id: ({ title, template, latin }) => newId(title, template, latin).replace(/-[a-z2-9]*$/, (end) => `-${end.length - 1}`),
  service: ({ rules, path }) => serviceOf(recorded(path) ?? "", rules.services)?.id ?? null,
  recorded: ({ path }) => recorded(path),
  address: ({ forge, place, text }) => addressOf(forge, place, text).address,
};

const answers = cases.map((one) => run[one.run]({ ...one, rules: all[one.rules] }));
process.stdout.write(JSON.stringify(answers));
