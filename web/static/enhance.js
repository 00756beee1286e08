// What does a page do better with a script? Nothing here is needed, and all words come from the server.
"use strict";
(() => {
  const all = (what, inside = document) => [...inside.querySelectorAll(what)];
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const clock = () => new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
  const changed = new Set();
  document.documentElement.classList.add("scripted");

  function countWords(area) {
    const told = document.getElementById(`${area.id}-left`);
    area.addEventListener("input", () => {
      const left = area.dataset.maxWords - (area.value.match(/\S+/g) || []).length;
      told.textContent = fill(left < 0 ? area.dataset.over : area.dataset.left, { n: Math.abs(left) });
      told.toggleAttribute("data-over", left < 0);
    });
  }

  function autosave(form) {
    const key = `draft:${form.dataset.autosave}`;
    const say = (text) => all("[data-saved]", form).forEach((region) => { region.textContent = text; });
    // files travel with the form itself; a token that is good for one act is not spent on a draft
    const typed = () => {
      const data = new FormData(form);
      for (const [name, value] of [...data]) if (name === "once" || typeof value !== "string") data.delete(name);
      return data;
    };
    const text = () => JSON.stringify([...typed()].filter(([name]) => name !== "csrf"));
    let kept = null;
    try { kept = sessionStorage.getItem(key); } catch { /* storage is forbidden: nothing is kept */ }
    if (kept && kept !== text()) {
      const values = JSON.parse(kept);
      for (const part of form.elements) {
        if (["file", "hidden", "submit", "fieldset"].includes(part.type)) continue;
        if (["radio", "checkbox"].includes(part.type)) part.checked = values.some(([n, v]) => n === part.name && v === part.value);
        else part.value = values.find(([n]) => n === part.name)?.[1] ?? part.value;
        part.dispatchEvent(new Event("input", { bubbles: true }));
      }
      say(form.dataset.restored);
    }
    const save = async () => {
      if (!changed.delete(form)) return;
      const sent = text();
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: typed(), redirect: "error" });
        if (!answer.ok) throw answer;
        try { sessionStorage.removeItem(key); } catch { /* forbidden */ }
        say(fill(form.dataset.savedAt, { time: clock() }));
      } catch {
        changed.add(form);
        try { sessionStorage.setItem(key, sent); } catch { return; }
        say(fill(form.dataset.kept, { time: clock() }));
      }
    };
    setInterval(save, 20000);
    form.addEventListener("submit", () => { try { sessionStorage.removeItem(key); } catch { /* forbidden */ } });
  }

  const sending = (form, on) => {
    form.toggleAttribute("data-sent", on);
    all("button", form).forEach((button) => on ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled"));
  };

  function upload(form, submitter) {
    const told = document.createElement("p");
    const bar = document.createElement("progress");
    told.className = "saved";
    told.setAttribute("role", "status");
    bar.max = 100;
    bar.ariaHidden = "true";
    form.append(told, bar);
    const request = new XMLHttpRequest();
    const failed = () => {
      told.textContent = form.dataset.unsent;
      bar.remove();
      sending(form, false);
      changed.add(form);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      bar.value = Math.floor((100 * loaded) / total);
      told.textContent = fill(form.dataset.sending, { n: bar.value - (bar.value % 10) });
    };
    request.onerror = failed;
    request.onload = () => {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = page.querySelector("main");
      if (!main) return failed();
      changed.clear();
      history.replaceState(null, "", request.responseURL);
      document.title = page.title;
      document.querySelector("main").replaceWith(main);
      start(main);
      if (!main.querySelector("[data-focus]")) main.focus();
    };
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    request.open("POST", form.action);
    request.send(data);
  }

  function start(inside) {
    inside.querySelector("[data-focus]")?.focus();
    all("[data-max-words]", inside).forEach(countWords);
    for (const form of all("form[data-autosave], form[data-guard]", inside)) {
      form.addEventListener("input", () => changed.add(form));
      if (form.dataset.autosave) autosave(form);
    }
  }

  addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected && form.hasAttribute("data-guard"))) event.preventDefault();
  });
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-sent")) return event.preventDefault();
    sending(form, true);
    changed.delete(form);
    if (form.hasAttribute("data-upload") && all("[type=file]", form).some((part) => part.files.length)) {
      event.preventDefault();
      upload(form, event.submitter);
    }
  });
  addEventListener("pageshow", () => all("[data-sent]").forEach((form) => sending(form, false)));

  const tick = () => all("time[data-countdown]").forEach((time) => {
    const left = Math.floor((Date.parse(time.dateTime) - Date.now()) / 1000);
    const parts = { d: Math.floor(left / 86400), h: Math.floor(left / 3600) % 24, m: Math.floor(left / 60) % 60, s: left % 60 };
    const { days, hours, minutes, over } = time.dataset;
    time.textContent = left <= 0 ? over : fill(parts.d ? days : parts.h ? hours : minutes, parts);
  });
  tick();
  setInterval(tick, 1000);

  // single keys can be switched off on the page that has them
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input:not([type=radio]), select, textarea")) return;
    const search = key === "/" && document.querySelector("[type=search]");
    if (search) { event.preventDefault(); search.focus(); }
    if (!document.querySelector("[data-keys-on]")?.checked) return;
    if (key === "n") document.querySelector("[data-next]")?.click();
    const scores = all("[data-score]");
    const here = target.closest("[data-score]") || scores.find((one) => !one.querySelector(":checked"));
    const choice = here && all("input", here).find(({ value }) => value === (key === "0" ? "10" : key));
    if (choice) { choice.click(); (scores[scores.indexOf(here) + 1]?.querySelector("input") || choice).focus(); }
  });
  start(document);
})();
