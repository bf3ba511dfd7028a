// Keeps a draft in the browser, by the path of the site and the form, so that it survives a reload and a crash.

const PREFIX = "casebook:draft:";
// How long a draft is kept, in milliseconds.
const KEPT = 30 * 86400 * 1000;

export class Draft {
  constructor(root, form) {
    this.key = `${PREFIX}${new URL(root, location.href).pathname}:${form}`;
    try {
      this.#removeOld();
    } catch {
      // The browser lets no page store anything.
    }
  }

  // Returns { at, ...data } as it was saved, or null.
  read() {
    try {
      const draft = JSON.parse(localStorage.getItem(this.key));
      return draft && Date.now() - draft.at < KEPT ? draft : null;
    } catch {
      return null;
    }
  }

  // Saves the draft. Returns whether the browser keeps it.
  save(data) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), ...data }));
      return true;
    } catch {
      return false;
    }
  }

  remove() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Nothing was saved.
    }
  }

  #removeOld() {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
      let at = 0;
      try {
        at = JSON.parse(localStorage.getItem(key)).at;
      } catch {
        // A draft that cannot be read is of no use.
      }
      if (!(Date.now() - at < KEPT)) localStorage.removeItem(key);
    }
  }
}

// Values that the next form begins with: the service and the person of the last ticket.
export class Last {
  constructor(root) {
    this.key = `casebook:last:${new URL(root, location.href).pathname}`;
  }

  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? {};
    } catch {
      return {};
    }
  }

  save(values) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ ...this.read(), ...values }));
    } catch {
      // The next form begins without them.
    }
  }
}
