// A letter is previewed while it is written. Without this the button beside it does the same.
"use strict";
(() => {
  const button = document.querySelector("[data-preview]");
  if (!button) return;
  let waiting = 0;
  const look = () => {
    const old = document.querySelector(`iframe[name="${button.formTarget}"]`);
    const fresh = old.cloneNode(); // a new frame: each look would else be a step back in the history
    fresh.removeAttribute("src");
    old.replaceWith(fresh);
    const sent = document.createElement("form");
    Object.assign(sent, { method: "post", action: button.formAction, target: button.formTarget, hidden: true });
    for (const [name, value] of new FormData(button.form)) {
      const field = document.createElement("textarea");
      Object.assign(field, { name, value });
      sent.append(field);
    }
    document.body.append(sent);
    HTMLFormElement.prototype.submit.call(sent);
    sent.remove();
  };
  button.addEventListener("click", (event) => { event.preventDefault(); look(); });
  button.form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 700); });
})();
