// A stand-in for Stripe's script, for tests of a page in a browser: the same few names, the practice company's fields.
// What the page asks of it is kept in window.StripeCalls. It is served by the company's Stripe face alone.
"use strict";
(() => {
  const company = new URL(document.currentScript.src).origin;
  const calls = (window.StripeCalls = []);

  const fields = () => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${company}/v1/card.js`;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

  window.Stripe = (publishableKey, options) => {
    calls.push(["Stripe", publishableKey, options]);
    let card = null;

    const create = (kind, how) => {
      const heard = {};
      calls.push(["create", kind, how]);
      return {
        on: (name, act) => { heard[name] = act; },
        mount: (place) => fields().then(() => {
          card = window.SandboxCard.mount(place, {
            publishableKey,
            lang: options.locale,
            onReady: () => heard.ready && heard.ready(),
            onError: (error) => heard.loaderror && heard.loaderror({ error }),
          });
        }, (error) => heard.loaderror && heard.loaderror({ error })),
      };
    };

    const elements = (asked) => {
      calls.push(["elements", asked]);
      if ("paymentMethodTypes" in asked) throw new Error("IntegrationError: paymentMethodTypes is gone.");
      return { create, submit: async () => { calls.push(["submit"]); return {}; } };
    };

    const createConfirmationToken = async () => {
      calls.push(["createConfirmationToken"]);
      try {
        const { token } = await card.tokenise();
        return { confirmationToken: { id: token } };
      } catch (error) {
        const type = error.code === "unreachable" ? "api_connection_error" : "validation_error";
        return { error: { type, code: error.code } };
      }
    };

    return { elements, createConfirmationToken };
  };
})();
