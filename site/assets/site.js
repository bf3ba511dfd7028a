// The scripts of every page: ages of dates, overdue tickets, the switch between light and dark, sorting of tables, the shortcut
// to the search field, short addresses, anchors of other forms, reloading. All are optional.
"use strict";

(() => {
  // The address is that of the file in `assets`, so it names the root of the site.
  const root = new URL("..", document.currentScript.src).pathname;
  const language = document.documentElement.lang || "en";

  // For up to a month, an age such as "3 days ago" helps a reader more than the date, which stays in the tooltip.
  const steps = [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const ages = () => {
    const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    const now = Date.now();
    for (const time of document.querySelectorAll("time[datetime]")) {
      // The facts and the thread of a ticket are a record, so they keep their dates.
      if (time.closest(".facts, .thread, .due, .answer footer")) continue;
      const at = Date.parse(time.dateTime);
      const seconds = Math.round((at - now) / 1000);
      if (Number.isNaN(at) || seconds > 0 || seconds < -31 * 86400) continue;
      time.dataset.day ??= time.textContent;
      const [unit, size] = steps.find(([, size]) => -seconds >= size) ?? ["minute", 60];
      time.textContent = format.format(Math.ceil(seconds / size), unit);
    }
  };
  // A page does not change when a ticket becomes overdue or an article has to be reviewed, so the browser says so: it shows what
  // holds after a time (`data-due`), hides what holds until then (`data-until`), and marks the notice about it (`data-late`).
  const showOverdue = () => {
    const isPast = (time) => Date.now() > Date.parse(time);
    for (const one of document.querySelectorAll("[data-due]")) one.hidden = !isPast(one.dataset.due);
    for (const one of document.querySelectorAll("[data-until]")) one.hidden = isPast(one.dataset.until);
    for (const notice of document.querySelectorAll("[data-late]")) notice.classList.toggle("overdue", isPast(notice.dataset.late));
  };

  const update = () => {
    ages();
    showOverdue();
  };
  update();
  document.addEventListener("casebook:ages", ages);
  setInterval(update, 60_000);

  // Paper shows dates instead of ages, and the addresses of links if they are short.
  const LONGEST_PRINTED = 100;
  addEventListener("beforeprint", () => {
    for (const time of document.querySelectorAll("time[data-day]")) time.textContent = time.dataset.day;
    for (const link of document.querySelectorAll(".prose a[href]")) {
      const isPrinted = /^https?:/.test(link.href) && link.href.length <= LONGEST_PRINTED && link.hash !== link.getAttribute("href");
      link.dataset.url = isPrinted && link.textContent !== link.href ? link.href : "";
    }
  });
  addEventListener("afterprint", ages);

  // The switch chooses the other scheme than the one that is shown. `theme.js` applies the choice on the next pages.
  const themeSwitch = document.querySelector("[data-theme-switch]");
  if (themeSwitch) {
    themeSwitch.hidden = false;
    themeSwitch.addEventListener("click", () => {
      const root = document.documentElement;
      const isDark = (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
      root.dataset.theme = isDark ? "light" : "dark";
      try {
        localStorage.setItem("casebook:theme", root.dataset.theme);
      } catch {
        // The choice is for this page only.
      }
    });
  }

  // The heading of a column of a table sorts the rows by that column, and then in reverse.
  const sortBy = (table, column, isDescending) => {
    const key = (row) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
    const order = new Intl.Collator(language, { numeric: true });
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((a, b) => order.compare(key(a), key(b)) * (isDescending ? -1 : 1));
    body.append(...rows);
  };
  for (const table of document.querySelectorAll("table.table")) {
    const headings = [...table.tHead.rows[0].cells];
    for (const heading of headings.filter((heading) => heading.scope === "col")) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const isDescending = heading.getAttribute("aria-sort") === "ascending";
        for (const other of headings) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
        sortBy(table, headings.indexOf(heading), isDescending);
      });
    }
  }

  // A code block gets a button that copies the code.
  const { copy, copied } = document.body.dataset;
  if (copy && navigator.clipboard) {
    for (const block of document.querySelectorAll(".prose pre")) {
      const frame = document.createElement("div");
      frame.className = "block";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "small copy";
      button.textContent = copy;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(block.textContent);
        button.textContent = copied;
        setTimeout(() => (button.textContent = copy), 2000);
      });
      block.replaceWith(frame);
      frame.append(block, button);
    }
  }

  // Links name `index.html` so that the pages can be read without a server. The address bar shows the address without
  // it, for sharing.
  if (location.protocol.startsWith("http") && location.pathname.endsWith("/index.html")) {
    history.replaceState(null, "", location.pathname.slice(0, -"index.html".length) + location.search + location.hash);
  }

  // Notes the pages and searches of this visit: the form for a new ticket offers them as the path by which its author came.
  // They stay in this tab of the browser until the author hands a ticket over.
  const noteVisit = () => {
    const key = `casebook:visit:${root}`;
    try {
      const visit = JSON.parse(sessionStorage.getItem(key)) ?? { pages: [], searches: [] };
      const add = (list, one) => list.at(-1) !== one && list.push(one);
      const from = new URLSearchParams(location.search).getAll("from");
      const isOutside = document.referrer && !new URL(document.referrer).pathname.startsWith(root);
      if (isOutside && !from.length) from.push(document.referrer);
      // Queries can contain tokens.
      from.forEach((one) => add(visit.pages, one.split(/[?#]/)[0]));
      const words = new URLSearchParams(location.search).get("q")?.trim();
      if (words) add(visit.searches, words.slice(0, 200));
      // A list says nothing about the problem.
      const passages = ".page-form, .page-search, .page-home, .page-tickets, .page-list, .page-services, .page-tags, .page-knowledge, .page-not-found";
      if (!document.body.matches(passages)) add(visit.pages, location.pathname);
      for (const name of ["pages", "searches"]) visit[name] = visit[name].slice(-20);
      sessionStorage.setItem(key, JSON.stringify(visit));
    } catch {
      // The browser lets no page store anything.
    }
  };
  noteVisit();
  // The search page changes its address while somebody types.
  addEventListener("pagehide", noteVisit);

  // A link from elsewhere can have an anchor as the forge writes it, or as an older version of Casebook did.
  const plain = (anchor) =>
    anchor.normalize("NFD").toLowerCase().replace(/^user-content-(.*~)?/, "").replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  const findAnchor = () => {
    let wanted = location.hash.slice(1);
    try {
      wanted = decodeURIComponent(wanted);
    } catch {
      // The anchor contains a percent sign.
    }
    // Not every browser unfolds the replies around the target.
    const folded = wanted && document.getElementById(wanted)?.closest("details:not([open])");
    if (folded) {
      folded.open = true;
      document.getElementById(wanted).scrollIntoView();
    }
    const key = plain(wanted);
    if (!key || document.getElementById(wanted)) return;
    const headings = [...document.querySelectorAll("[id^='user-content-']")];
    headings.find((heading) => plain(heading.id) === key)?.scrollIntoView();
  };
  findAnchor();
  addEventListener("hashchange", findAnchor);

  // Browsers do not let a page from a disk read other files. The search page and the forms say so.
  const tellFromDisk = () => {
    const needsServer = document.getElementById("needs-server");
    if (!needsServer || location.protocol !== "file:") return;
    needsServer.hidden = false;
    const field = document.querySelector("#search textarea");
    if (!field) return;
    field.value = new URLSearchParams(location.search).get("q") ?? "";
    // The query is quoted for a shell.
    const show = () => (needsServer.querySelector("[data-query]").textContent = `'${field.value.trim().replaceAll("'", "'\\''")}'`);
    show();
    field.addEventListener("input", show);
  };
  tellFromDisk();

  // "/" and Ctrl+K open the search over the page. On the search page, and on pages from a disk, they move the focus to the
  // search field, because browsers do not let a page from a disk read other files.
  let palette = null;
  const barField = document.querySelector(".top form.find input");
  // The field of a page of a service. Without a script, it begins with the condition for the service.
  const serviceField = document.querySelector("main form.find input[data-service-field]");
  const canSearch = location.protocol !== "file:" && !document.getElementById("search");
  if (canSearch && serviceField) serviceField.value = "";
  // Opens the search with what is in `field`, which is empty afterwards. Until the search is loaded, the field takes the keys.
  // Afterwards, `before` gets the focus.
  const search = async (field, before = field) => {
    const { searchPage, newTicket, service, serviceName } = document.body.dataset;
    if (!canSearch) return;
    const absolute = (address) => new URL(address, location.href).href;
    try {
      palette ??= import("./search/palette.js").then(({ Palette }) => Palette.open(absolute(searchPage), absolute(newTicket)));
      const opened = await palette;
      if (document.querySelector("dialog[open]")) return;
      opened.show(field?.value ?? "", service && { id: service, name: serviceName }, before);
      if (field) field.value = "";
    } catch {
      palette = null;
    }
  };
  document.addEventListener("keydown", (event) => {
    const isShortcut = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isShortcut && !isSlash) return;
    if (isSlash && event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    if (document.querySelector("dialog[open]")) return;
    const field = barField ?? document.querySelector(".find :is(input, textarea)");
    const before = document.activeElement;
    field?.focus();
    field?.select();
    search(field, before);
  });
  // What is typed into these fields goes to the same search.
  for (const field of [barField, serviceField].filter(Boolean)) {
    field.addEventListener("input", (event) => event.isComposing || search(field));
    field.addEventListener("compositionend", () => search(field));
  }

  // Enter searches; Shift+Enter begins a new line.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches(".find textarea")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });

  // `casebook serve` sends the current version of the site. Browsers allow only a few connections to one server, so
  // only the visible page listens.
  const { events, version } = document.documentElement.dataset;
  if (events) {
    let source = null;
    const listen = () => {
      if (document.hidden) {
        source?.close();
        source = null;
      } else if (!source) {
        source = new EventSource(events);
        source.addEventListener("site", (event) => {
          if (version && event.data !== version) location.reload();
        });
      }
    };
    listen();
    document.addEventListener("visibilitychange", listen);
    // A page that the browser restores from its memory has lost its connection.
    addEventListener("pagehide", () => {
      source?.close();
      source = null;
    });
    addEventListener("pageshow", listen);
  }
})();
