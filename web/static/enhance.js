// What does a page do better with a script? Nothing here is needed; all words come from the server.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (what, inside = document) => [...inside.querySelectorAll(what)];
  const fill = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);
  const kept = (act) => { try { return act(sessionStorage); } catch { return null; } }; // storage may be forbidden or full
  const on = addEventListener;
  const changed = new Set();
  root.classList.add("scripted");

  function countWords({ target: { id, value, dataset } }) {
    if (!dataset.maxWords) return;
    const left = dataset.maxWords - (value.match(/\S+/g) || []).length;
    const told = document.getElementById(`${id}-left`);
    told.textContent = fill(dataset[left < 0 ? "over" : "left"], { n: Math.abs(left) });
    told.toggleAttribute("data-over", left < 0);
  }

  function autosave(form) {
    const { autosave: key, savedAt, unsaved, restored } = form.dataset;
    const say = (words) => {
      const time = new Date().toLocaleTimeString(root.lang, { timeStyle: "short" });
      all("[data-saved]", form).forEach((region) => { region.textContent = fill(words, { time }); });
    };
    // files travel with the form itself; the token that is good for one act is not spent on a draft
    const typed = () => {
      const data = new FormData(form);
      for (const [name, value] of [...data]) if (name === "once" || value.size >= 0) data.delete(name);
      return data;
    };
    const text = () => JSON.stringify([...typed()].filter(([name]) => name !== "csrf"));
    const drop = () => kept((store) => store.removeItem(key));
    const before = kept((store) => store.getItem(key));
    if (before && before !== text()) {
      const values = JSON.parse(before);
      for (const part of form.elements) {
        const said = values.flatMap(([name, value]) => (name === part.name ? [value] : []));
        if (["radio", "checkbox"].includes(part.type)) part.checked = said.includes(part.value);
        else if (said.length && part.type !== "hidden") [part.value] = said;
        part.dispatchEvent(new Event("input", { bubbles: true }));
      }
      say(restored);
    }
    setInterval(async () => {
      if (!changed.delete(form)) return;
      const sent = text();
      try {
        if (!(await fetch(key, { method: "POST", body: typed(), redirect: "error" })).ok) throw key;
        drop();
        say(savedAt);
      } catch {
        changed.add(form);
        kept((store) => { store.setItem(key, sent); say(unsaved); });
      }
    }, 20000);
    form.addEventListener("submit", drop);
  }

  function sending(form, yes) {
    form.toggleAttribute("data-sent", yes);
    all("button", form).forEach((button) => { button.ariaDisabled = yes || null; });
  }

  function upload(form, submitter) {
    const told = document.createElement("p");
    told.role = "status";
    form.append(told);
    const request = new XMLHttpRequest();
    const failed = () => {
      told.textContent = form.dataset.unsent;
      sending(form, false);
      changed.add(form);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      told.textContent = fill(form.dataset.sending, { n: Math.floor((20 * loaded) / total) * 5 });
    };
    request.onerror = failed;
    request.onload = () => {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = page.querySelector("main");
      if (!main) return failed();
      history.replaceState(null, "", request.responseURL);
      document.title = page.title;
      document.querySelector("main").replaceWith(main);
      main.focus();
      start(main);
    };
    request.open("POST", form.action);
    request.send(new FormData(form, submitter));
  }

  function start(inside) {
    inside.querySelector("[data-focus]")?.focus();
    for (const form of all("[data-autosave], [data-guard]", inside)) {
      form.addEventListener("input", () => changed.add(form));
      if (form.dataset.autosave) autosave(form);
    }
  }

  on("input", countWords);
  on("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected && "guard" in form.dataset)) event.preventDefault();
  });
  on("submit", (event) => {
    const form = event.target;
    if ("sent" in form.dataset) return event.preventDefault();
    sending(form, true);
    changed.delete(form);
    if ("upload" in form.dataset && all("[type=file]", form).some((part) => part.files.length)) {
      event.preventDefault();
      upload(form, event.submitter);
    }
  });
  on("pageshow", () => all("[data-sent]").forEach((form) => sending(form, false))); // back: may be sent again

  setInterval(() => all("time[data-countdown]").forEach((time) => {
    const left = (Date.parse(time.dateTime) - Date.now()) / 1000;
    const [d, h, m, s] = [left / 86400, (left / 3600) % 24, (left / 60) % 60, left % 60].map(Math.floor);
    const { days, hours, minutes, over } = time.dataset;
    time.textContent = left <= 0 ? over : fill(d ? days : h ? hours : minutes, { d, h, m, s });
  }), 1000);

  on("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || target.matches("input:not([type=radio]), select, textarea")) return;
    const search = key === "/" && document.querySelector("[type=search]");
    if (search) { event.preventDefault(); search.focus(); }
    if (!document.querySelector("[data-keys-on]")?.checked) return;
    if (key === "n") document.querySelector("[data-next]")?.click();
    const scores = all("[data-score]");
    const here = target.closest("[data-score]") || scores.find((set) => !set.querySelector(":checked"));
    const choice = here && all("input", here).find(({ value }) => value === (key === "0" ? "10" : key));
    choice?.click();
    if (choice) (scores[scores.indexOf(here) + 1]?.querySelector("input") || choice).focus();
  });
  start(document);
})();
