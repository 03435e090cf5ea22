// The payment company's script is fetched after a click, and gives a token in place of a card number.
// It serves both pages that take a card: the checkout, and a supporter's own page, where Pay is "Save this card".
// That script defines one object with mount(); whatever its name, it is the one that was not there before.
(() => {
  "use strict";
  const form = document.getElementById("card-form");
  const start = document.getElementById("card-start");
  const open = document.getElementById("card-open");
  const pay = document.getElementById("card-pay");
  const status = document.getElementById("card-status");
  const before = new Set(Object.getOwnPropertyNames(window));
  let card = null;
  let isReady = false;
  let sending = false;

  const say = (name) => { status.textContent = name ? status.dataset[name] : ""; };
  const unreachable = () => {
    isReady = false;
    start.hidden = false;
    open.disabled = false;
    pay.hidden = true;
    say("unreachable");
  };
  const company = () => Object.getOwnPropertyNames(window)
    .filter((name) => !before.has(name))
    .map((name) => window[name])
    .find((value) => value && typeof value.mount === "function");
  const ready = () => {
    isReady = true;
    pay.hidden = false;
    say("");
  };
  const mount = () => {
    const found = company();
    if (!found) { unreachable(); return; }
    const place = document.getElementById("card-fields");
    // Hidden before the fields come, so that they never move from under a pointer.
    place.focus({ preventScroll: true });
    start.hidden = true;
    card = found.mount(place, {
      publishableKey: form.dataset.key,
      lang: form.dataset.language,
      onReady: ready,
      onError: unreachable,
      onSubmit: () => form.requestSubmit(pay),
    });
  };
  const load = () => {
    open.disabled = true;
    say("loading");
    if (company()) { mount(); return; }
    const script = document.createElement("script");
    script.src = form.dataset.script;
    script.onload = mount;
    script.onerror = unreachable;
    document.head.append(script);
  };
  const send = async (event) => {
    event.preventDefault();
    if (sending) return;
    if (!isReady) {
      if (!open.disabled) load();
      return;
    }
    sending = pay.disabled = true;
    say("paying");
    try {
      await form.solve?.();
      const { token } = await card.tokenise();
      form.elements.token.value = token;
      form.submit();
    } catch (error) {
      say(error.code === "unreachable" ? "unreachable" : "wrong");
      sending = pay.disabled = false;
    }
  };
  start.hidden = false;
  open.addEventListener("click", load);
  form.addEventListener("submit", send);
  // A page that the back button brings out of the browser's memory asks how things stand now.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
