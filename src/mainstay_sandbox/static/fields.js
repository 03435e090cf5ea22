// The card fields, in their own frame: the page around them sees a token and never a number.
"use strict";
(() => {
  const form = document.getElementById("card");
  const parentOrigin = new URL(form.dataset.parentOrigin).origin;
  const publishableKey = new URLSearchParams(location.hash.slice(1)).get("key");
  const fields = {
    number: document.getElementById("number"),
    expiry: document.getElementById("expiry"),
    cvc: document.getElementById("cvc"),
  };
  const practice = document.getElementById("practice");
  const cardError = document.getElementById("card-error");

  const digits = (text) => text.replace(/[٠-٩۰-۹]/g, (d) => d.charCodeAt(0) & 15).replace(/\D/g, "");
  const tell = (message) => window.parent.postMessage({ source: "sandbox-card", ...message }, parentOrigin);

  const grouped = (number) => {
    if (/^3[47]/.test(number)) {
      return [number.slice(0, 4), number.slice(4, 10), number.slice(10, 15)].filter(Boolean).join(" ");
    }
    return (number.slice(0, 19).match(/.{1,4}/g) || []).join(" ");
  };

  const expiryText = (text) => {
    let typed = digits(text.replace(/^\s*(\d)\s*\//, "0$1/"));
    if (/^[2-9]/.test(typed)) typed = `0${typed}`;
    if (typed.length > 4) return `${typed.slice(0, 2)}/${typed.slice(4, 6)}`;
    return typed.length > 2 ? `${typed.slice(0, 2)}/${typed.slice(2)}` : typed;
  };

  // Rewriting a field must leave the caret before the digits it was before.
  const rewrite = (input, text) => {
    if (input.value === text) return;
    const after = digits(input.value.slice(input.selectionStart)).length;
    input.value = text;
    let caret = text.length;
    for (let seen = 0; caret > 0 && seen < after; caret -= 1) if (/\d/.test(text[caret - 1])) seen += 1;
    if (document.activeElement === input) input.setSelectionRange(caret, caret);
  };

  const showError = (name, code) => {
    const message = code ? form.dataset[code.replace(/_(.)/g, (_, letter) => letter.toUpperCase())] : "";
    document.getElementById(`${name}-error`).textContent = message;
    if (code) fields[name].setAttribute("aria-invalid", "true");
    else fields[name].removeAttribute("aria-invalid");
  };

  const clearErrors = () => {
    Object.keys(fields).forEach((name) => showError(name, ""));
    cardError.textContent = "";
  };

  const showProblems = (problems) => {
    problems.forEach((problem) => showError(problem.field, problem.code));
    fields[problems[0].field].focus();
  };

  const cardTyped = () => {
    const expiry = digits(fields.expiry.value);
    return {
      number: digits(fields.number.value),
      exp_month: Number(expiry.slice(0, 2)),
      exp_year: expiry.length === 4 ? 2000 + Number(expiry.slice(2)) : 0,
      cvc: digits(fields.cvc.value),
    };
  };

  const askForToken = async () => {
    const answer = await fetch("/v1/tokens", {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${publishableKey}` },
      body: JSON.stringify(cardTyped()),
    });
    return { ok: answer.ok, body: await answer.json() };
  };

  const tokenise = async (id) => {
    clearErrors();
    try {
      const { ok, body } = await askForToken();
      if (ok) return tell({ kind: "token", id, token: body.id });
      if (!body.error.fields) throw new Error(body.error.code);
      showProblems(body.error.fields);
      tell({ kind: "refused", id, code: body.error.code });
    } catch {
      cardError.textContent = form.dataset.unreachable;
      tell({ kind: "refused", id, code: "unreachable" });
    }
  };

  const fillPracticeCard = () => {
    const number = practice.value;
    fields.number.value = grouped(number);
    fields.expiry.value = number ? form.dataset.practiceExpiry : "";
    fields.cvc.value = number ? (/^3[47]/.test(number) ? "1234" : "123") : "";
    clearErrors();
  };

  fields.number.addEventListener("input", () => rewrite(fields.number, grouped(digits(fields.number.value))));
  fields.expiry.addEventListener("input", (event) => {
    if (!String(event.inputType).startsWith("delete")) rewrite(fields.expiry, expiryText(fields.expiry.value));
  });
  fields.cvc.addEventListener("input", () => rewrite(fields.cvc, digits(fields.cvc.value)));
  Object.keys(fields).forEach((name) => fields[name].addEventListener("input", () => showError(name, "")));
  practice.addEventListener("change", fillPracticeCard);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tell({ kind: "submit" });
  });
  window.addEventListener("message", (event) => {
    if (event.origin !== parentOrigin || event.source !== window.parent) return;
    if (event.data && event.data.source === "sandbox-card" && event.data.kind === "tokenise") {
      tokenise(event.data.id);
    }
  });

  const height = () => Math.ceil(document.body.getBoundingClientRect().height);
  tell({ kind: "ready", height: height() });
  new ResizeObserver(() => tell({ kind: "height", height: height() })).observe(document.body);
})();
