// Hands a file over to the forge, or to the user.

import { element } from "./findings.js";
import { byteLength, fill } from "./text.js";

// Encodes a value in the query of an address, like src/site/urls.rs.
const encodeValue = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const encodePath = (path) =>
  path.split("/").map((part) => encodeValue(part).replace(/%2B/g, "+").replace(/%40/g, "@").replace(/%2C/g, ",")).join("/");

// Returns the address of the forge's page for a new file, and whether the page gets the text from it. A text that is too
// long for an address is left out.
export const addressOf = (forge, { folder, name }, text) => {
  if (!forge.prefills) {
    return { address: `${forge.new_file}?file_name=${encodeValue(`${folder}/${name}`)}`, hasText: false, isLong: false };
  }
  const start = `${forge.new_file}${encodePath(folder)}?filename=${encodeValue(name)}`;
  const address = `${start}&value=${encodeValue(text)}`;
  const isLong = byteLength(address) > forge.longest_address;
  return { address: isLong ? start : address, hasText: !isLong, isLong };
};

export const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

const quoted = (text) => (/^[A-Za-z0-9_./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

// Shows in `box` how the file gets into the repository, and opens the forge if it gets the text.
export const handOver = async (box, { forge, place, text, message, words, notes }) => {
  const path = `${place.folder}/${place.name}`;
  const link = (address, label) => element("a", { class: "button main", href: address, target: "_blank", rel: "noopener" }, label);
  const again = element("button", { class: "button", type: "button" }, words.copy_again);
  const status = element("span", { role: "status" });
  again.addEventListener("click", async () => {
    status.textContent = (await copy(text)) ? words.copied : words.not_copied;
  });
  const show = (...content) => {
    box.replaceChildren(...content.map((part) => (typeof part === "string" ? element("p", {}, part) : part)));
    if (notes) box.append(element("p", { class: "muted" }, notes));
    box.hidden = false;
    box.focus();
  };
  if (!forge) {
    const file = element("a", { class: "button main", download: place.name }, words.download);
    file.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
    const commands = [
      `mkdir -p ${quoted(place.folder)} && mv ~/Downloads/${quoted(place.name)} ${quoted(place.folder)}/`,
      `casebook check ${quoted(path)}`,
      `git add ${quoted(path)} && git commit -m ${quoted(message)}`,
    ];
    const lines = element("pre", { class: "x" }, element("code", {}, commands.join("\n")));
    show(element("p", {}, file, " ", again, " ", status), fill(words.handover_file, { path }), lines);
    return;
  }
  const { address, hasText, isLong } = addressOf(forge, place, text);
  if (hasText) {
    const open = link(address, fill(words.handover_again, { forge: forge.name }));
    show(fill(words.handover_opened, { forge: forge.name }), element("p", {}, open));
    open.click();
    return;
  }
  const isCopied = await copy(text);
  const word = isLong ? words.handover_long : words.handover_paste;
  const open = link(address, fill(words.handover_open, { forge: forge.name }));
  if (!isCopied) status.textContent = words.not_copied;
  show(isCopied ? fill(word, { forge: forge.name }) : words.not_copied, element("p", {}, open, " ", again, " ", status));
};
