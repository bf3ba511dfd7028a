// The pages from which a requester came, and the service that they belong to (src/settings/catalogue.rs).

const LONGEST = 300;

// Returns the path of an address or path as it is recorded: without host, user, query and fragment. Returns null if nothing
// is left.
export const recorded = (address) => {
  let path = address.replace(/\p{Cc}/gu, "").trim();
  const url = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(path);
  if (url) path = url[1] || "/";
  path = path.split(/[?#]/)[0];
  // A path can also have a user before a host: `deploy@db1:/var/log`.
  path = path.replace(/^[^/@\s]+@/, "");
  return path && path.length <= LONGEST ? path : null;
};

// Returns the service of a path: the one with the longest pattern that matches, then the first one.
export const serviceOf = (path, services) => {
  const plain = path.length > 1 ? path.replace(/\/+$/, "") : path;
  let best = null;
  for (const service of services) {
    for (const { length, expressions } of service.paths) {
      if ((!best || length > best.length) && expressions.some((one) => new RegExp(one, "s").test(plain))) {
        best = { service, length };
      }
    }
  }
  return best?.service ?? null;
};

// Returns the service of the last page that belongs to one, with that page: it tells the most about where the problem is.
export const serviceOfPaths = (paths, services) => {
  for (const path of [...paths].reverse()) {
    const service = serviceOf(path, services);
    if (service) return { service, path };
  }
  return null;
};
