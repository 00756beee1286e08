// Which keys do staff have on lists of dossiers? Nothing here is needed; all words come from the server.
"use strict";
(() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const box = (item) => item.querySelector("[name=number]");
  const told = document.querySelector("dialog[data-keys]");
  const off = told?.querySelector("[data-keys-off]");
  const kept = (act) => { try { return act(localStorage); } catch { return null; } }; // storage may be forbidden
  let here = null;
  let last = null;

  if (off) {
    off.checked = kept((store) => store.getItem("keys")) === "off";
    off.addEventListener("change", () => kept((store) => store.setItem("keys", off.checked ? "off" : "on")));
    told.querySelector("[data-keys-close]").addEventListener("click", () => told.close());
    all("[data-keys-open]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => told.showModal());
    });
  }

  function go(step) {
    const items = all("[data-item]");
    if (!items.length) return;
    const at = items.indexOf(here);
    here?.removeAttribute("data-here");
    here = items[at < 0 ? (step > 0 ? 0 : items.length - 1) : Math.min(Math.max(at + step, 0), items.length - 1)];
    here.setAttribute("data-here", "");
    here.scrollIntoView({ block: "nearest", inline: "nearest" });
    box(here)?.focus({ preventScroll: true });
  }

  // what drops down goes up again, as a menu does
  const shut = (but) => all("details.drop[open]").forEach((one) => { if (!one.contains(but)) one.open = false; });
  addEventListener("click", ({ target }) => shut(target));
  addEventListener("keydown", ({ key, target }) => {
    if (key !== "Escape") return;
    target.closest("details.drop[open]")?.querySelector("summary").focus();
    shut(null);
  });

  // a range is ticked, or not, as its last box was
  addEventListener("click", (event) => {
    const part = event.target;
    if (!part.matches("[data-item] [name=number]")) return;
    const boxes = all("[data-item] [name=number]");
    if (event.shiftKey && last && last !== part && boxes.includes(last)) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(part)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((one) => { one.checked = part.checked; });
    }
    last = part;
  });

  addEventListener("change", ({ target }) => {
    if (target.matches("[name=all]")) all("[data-item] [name=number]").forEach((one) => { one.checked = target.checked; });
    else if (target.matches("[data-item] [name=number]") && !target.checked) {
      all("[name=all]").forEach((one) => { one.checked = false; });
    }
  });

  addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || off?.checked || document.querySelector("dialog[open]")) return;
    if (target.matches("input:not([type=checkbox], [type=radio]), select, textarea")) return;
    if (key === "j") go(1);
    else if (key === "k") go(-1);
    else if (key === "x" && here) box(here)?.click();
    else if (key === "o" && here) here.querySelector("a[href]")?.click();
    else if (key === "?" && told) told.showModal();
    else return;
    event.preventDefault();
  });
})();
