// Looks for secrets and personal data in the parts of a draft. The rules for secrets are loaded when the first field is left.

import { personalData } from "./personal.js";
import { Secrets } from "./secrets.js";

export class Detectors {
  constructor(address, rules) {
    Object.assign(this, { address, rules, secrets: null });
  }

  // Loads the rules for secrets.
  async load() {
    this.loading ??= fetch(this.address).then((answer) => {
      if (!answer.ok) throw new Error(`${this.address}: ${answer.status}`);
      return answer.json();
    });
    this.loading.catch(() => (this.loading = null));
    this.secrets ??= new Secrets(await this.loading);
    return this.secrets;
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
