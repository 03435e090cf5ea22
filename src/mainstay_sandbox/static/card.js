// What a shop's page loads after a click. Defines window.SandboxCard and nothing else.
//
// SandboxCard.mount(element, { publishableKey, lang, onReady, onError, onSubmit }) puts the card fields into
// the element, in a frame from the payment company, and returns { tokenise }. tokenise() resolves to
// { token }; it rejects with an Error whose code is "unreachable", or that of the first field that is wrong
// (the frame has told the reader by then). onReady() comes when the fields can be used, onError(error) when
// they never came, onSubmit() when the reader presses Enter in a field.
"use strict";
(() => {
  const company = new URL(document.currentScript.src).origin;
  const TITLES = { en: "Card details", ru: "Данные карты", ar: "بيانات البطاقة" };
  const PATIENCE_MS = 20000;

  const failure = (code) => Object.assign(new Error(`The card was not taken: ${code}`), { code });

  const frameFor = (options) => {
    const lang = TITLES[options.lang] ? options.lang : "en";
    const address = new URL("/fields", company);
    address.searchParams.set("lang", lang);
    address.searchParams.set("origin", location.origin);
    address.hash = new URLSearchParams({ key: options.publishableKey }).toString();
    const frame = document.createElement("iframe");
    frame.title = TITLES[lang];
    frame.width = "100%";
    frame.height = "420";
    frame.setAttribute("frameborder", "0");
    frame.src = address.href;
    return frame;
  };

  const mount = (element, options) => {
    const frame = frameFor(options);
    const waiting = new Map();
    let isReady = false;
    let lastId = 0;

    const settle = (id, finish) => {
      const promise = waiting.get(id);
      if (!promise) return;
      waiting.delete(id);
      clearTimeout(promise.timer);
      finish(promise);
    };

    const heard = {
      ready: ({ height }) => {
        isReady = true;
        frame.height = String(height);
        if (options.onReady) options.onReady();
      },
      height: ({ height }) => { frame.height = String(height); },
      submit: () => { if (options.onSubmit) options.onSubmit(); },
      token: ({ id, token }) => settle(id, ({ resolve }) => resolve({ token })),
      refused: ({ id, code }) => settle(id, ({ reject }) => reject(failure(code))),
    };

    window.addEventListener("message", (event) => {
      if (event.origin !== company || event.source !== frame.contentWindow) return;
      const message = event.data;
      if (message && message.source === "sandbox-card" && Object.hasOwn(heard, message.kind)) {
        heard[message.kind](message);
      }
    });
    setTimeout(() => { if (!isReady && options.onError) options.onError(failure("unreachable")); }, PATIENCE_MS);
    element.replaceChildren(frame);

    const tokenise = () => new Promise((resolve, reject) => {
      if (!isReady) return reject(failure("unreachable"));
      const id = lastId += 1;
      const timer = setTimeout(() => settle(id, () => reject(failure("unreachable"))), PATIENCE_MS);
      waiting.set(id, { resolve, reject, timer });
      return frame.contentWindow.postMessage({ source: "sandbox-card", kind: "tokenise", id }, company);
    });
    return { tokenise };
  };

  window.SandboxCard = Object.freeze({ mount });
})();
