// The scripts of every page: ages of dates, overdue tickets, the switch between light and dark, sorting of tables, the shortcut
// to the search field, short addresses, anchors of other forms, reloading. All are optional.
"use strict";

(() => {
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
      const at = Date.parse(time.dateTime);
      const seconds = Math.round((at - now) / 1000);
      if (Number.isNaN(at) || seconds > 0 || seconds < -31 * 86400) continue;
      const [unit, size] = steps.find(([, size]) => -seconds >= size) ?? ["minute", 60];
      time.textContent = format.format(Math.ceil(seconds / size), unit);
    }
  };
  // A page does not change when a ticket becomes overdue, so the browser shows which tickets are.
  const showOverdue = () => {
    for (const badge of document.querySelectorAll("[data-due]")) badge.hidden = Date.now() <= Date.parse(badge.dataset.due);
  };

  const update = () => {
    ages();
    showOverdue();
  };
  update();
  document.addEventListener("casebook:ages", ages);
  setInterval(update, 60_000);

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

  // Browsers do not let a page from a disk read other files.
  const needsServer = document.getElementById("needs-server");
  if (needsServer) needsServer.hidden = location.protocol !== "file:";

  // "/" moves the focus to the search field, as on many sites.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const field = document.querySelector(".find :is(input, textarea)");
    if (field) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  });

  // Enter searches; Shift+Enter begins a new line.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches(".find textarea")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });

  // A prefilled reply on the forge has the time at which the reply was started.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href*='created%3A%20%0A']");
    if (!link) return;
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    link.href = link.href.replace("created%3A%20%0A", `created%3A%20${encodeURIComponent(now)}%0A`);
  }, true);

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
