// Stripe's Payment Element on our card page. The page's own script fetches this one after a click; this one fetches
// Stripe's, from Stripe, shows its fields, and gives a ConfirmationToken. Nothing is made or confirmed from here.
//
// MainstayStripe.mount(element, { publishableKey, lang, onReady, onError }) returns { tokenise }. The form around the
// element says what is to be paid: data-amount (in our minor units; none when a card is only saved), data-currency,
// data-saves. tokenise() resolves to { token } and rejects with an Error whose code is "unreachable" or "fields".
"use strict";
(() => {
  const asked = new URL(document.currentScript.src).searchParams;
  const PATIENCE_MS = 20000;
  // Stripe writes these with two decimals that must be zero; ISO 4217 and we have none.
  const TWO_ZEROS = new Set(["ISK", "UGX"]);

  const failure = (code) => Object.assign(new Error(`The card was not taken: ${code}`), { code });

  const within = (promise) => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(failure("unreachable")), PATIENCE_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });

  const load = () => new Promise((resolve, reject) => {
    if (window.Stripe) { resolve(); return; }
    const script = document.createElement("script");
    script.src = asked.get("company");
    script.onload = () => (window.Stripe ? resolve() : reject(failure("unreachable")));
    script.onerror = () => reject(failure("unreachable"));
    document.head.append(script);
  });

  const wanted = ({ amount, currency, saves }) => {
    const common = { currency: currency.toLowerCase(), allowedPaymentMethodTypes: asked.get("methods").split(",") };
    if (amount === undefined) return { ...common, mode: "setup" };
    const written = Number(amount) * (TWO_ZEROS.has(currency) ? 100 : 1);
    const later = saves === undefined ? {} : { setupFutureUsage: "off_session" };
    return { ...common, ...later, mode: "payment", amount: written };
  };

  const mount = (place, options) => {
    const form = place.closest("form");
    let stripe = null;
    let elements = null;

    const show = () => new Promise((resolve, reject) => {
      stripe = window.Stripe(options.publishableKey, { locale: options.lang });
      const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
      const appearance = { theme: dark ? "night" : "stripe", disableAnimations: true };
      elements = stripe.elements({ ...wanted(form.dataset), appearance });
      const fields = elements.create("payment", { layout: "tabs", wallets: { link: "never" } });
      fields.on("ready", resolve);
      fields.on("loaderror", () => reject(failure("unreachable")));
      fields.mount(place);
    });

    const tokenise = async () => {
      if (!elements) throw failure("unreachable");
      const { error: incomplete } = await within(elements.submit());
      if (incomplete) throw failure("fields");
      const { error, confirmationToken } = await within(stripe.createConfirmationToken({ elements }));
      if (error) throw failure(error.type === "api_connection_error" ? "unreachable" : "fields");
      return { token: confirmationToken.id };
    };

    within(load().then(show)).then(options.onReady, options.onError);
    return { tokenise };
  };

  window.MainstayStripe = Object.freeze({ mount });
})();
