// Another card: the payment company's script is fetched after a click, and gives a token in place of a card number.
// That script defines one object with mount(); whatever its name, it is the one that was not there before.
(() => {
  "use strict";
  const form = document.getElementById("card-form");
  const open = document.getElementById("card-open");
  const save = document.getElementById("card-save");
  const trouble = document.getElementById("card-trouble");
  const before = new Set(Object.getOwnPropertyNames(window));
  let card = null;
  let sending = false;

  const say = (text) => { trouble.textContent = text; };
  const unreachable = () => {
    document.getElementById("card-start").hidden = false;
    open.disabled = false;
    say(trouble.dataset.unreachable);
  };
  const company = () => Object.getOwnPropertyNames(window)
    .filter((name) => !before.has(name))
    .map((name) => window[name])
    .find((value) => value && typeof value.mount === "function");

  const ready = () => {
    document.getElementById("card-start").hidden = true;
    save.hidden = false;
  };
  const mount = () => {
    const found = company();
    if (!found) { unreachable(); return; }
    card = found.mount(document.getElementById("card-fields"), {
      publishableKey: form.dataset.key, lang: form.dataset.lang,
      onReady: ready, onError: unreachable, onSubmit: () => form.requestSubmit(save),
    });
  };
  const start = () => {
    say("");
    open.disabled = true;
    const script = document.createElement("script");
    script.src = form.dataset.script;
    script.onload = mount;
    script.onerror = unreachable;
    document.head.append(script);
  };
  const submit = async (event) => {
    event.preventDefault();
    if (sending || !card) return;
    sending = save.disabled = true;
    say("");
    try {
      const { token } = await card.tokenise();
      form.elements.token.value = token;
      form.submit();
    } catch (error) {
      if (error.code === "unreachable") say(trouble.dataset.unreachable);
      sending = save.disabled = false;
    }
  };
  open.addEventListener("click", start);
  form.addEventListener("submit", submit);
  // Coming back by the back button must not leave a dead button.
  window.addEventListener("pageshow", () => { sending = save.disabled = false; });
})();
