// Looks for secrets and personal data in the parts of a draft. The rules for secrets are loaded when the first field is left,
// and half of them only for a text with one of their keywords.

import { personalData } from "./personal.js";
import { Secrets } from "./secrets.js";

const read = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
};

export class Detectors {
  // `addresses` are those of the rules for secrets and of the other rules.
  constructor(addresses, rules) {
    Object.assign(this, { addresses, rules, secrets: null });
  }

  // Returns whether the rules that `texts` need are loaded.
  covers(texts) {
    return Boolean(this.secrets) && !texts.some((text) => this.secrets.needsOthers(text));
  }

  // Loads the rules that `texts` need.
  async load(texts) {
    const [first, others] = this.addresses;
    const secrets = this.secrets ?? new Secrets(await read(first));
    this.secrets ??= secrets;
    if (!this.covers(texts)) this.secrets.addOthers(await read(others));
  }

  // Returns the findings in a text, at a place { field } or { section }. Secrets are found once their rules are loaded.
  find(text, place) {
    const { levels, personal } = this.rules;
    const found = [];
    const add = (code, word, values) => {
      if (levels[code] !== "allow") found.push({ code, level: levels[code], ...place, word, values });
    };
    for (const name of this.secrets?.find(text) ?? []) add("secret", "secret", { name });
    for (const kind of new Set(personalData(text, personal))) add("personal-data", `personal_${kind}`, {});
    return found;
  }
}
