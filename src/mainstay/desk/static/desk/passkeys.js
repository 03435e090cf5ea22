// Asks the browser for a passkey: a form with data-passkey="create" or "get" fetches an offer, lets the person's device
// answer it, and sends the answer as its own field. Without this script, or where the browser has no passkeys, the form
// stays hidden.
'use strict';
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

const optionsOf = (offer) => {
  const options = { ...offer, challenge: bytes(offer.challenge) };
  if (offer.user) options.user = { ...offer.user, id: bytes(offer.user.id) };
  for (const list of ['excludeCredentials', 'allowCredentials']) {
    if (offer[list]) options[list] = offer[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return options;
};

const answerOf = (credential) => {
  const response = {};
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
};

const ask = async (form) => {
  const fields = new FormData();
  fields.set('csrfmiddlewaretoken', form.elements.csrfmiddlewaretoken.value);
  const offer = await fetch(form.dataset.offer, { method: 'POST', body: fields, credentials: 'same-origin' });
  if (!offer.ok) throw new Error('no offer');
  const options = optionsOf(await offer.json());
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: options });
  form.elements.answer.value = answerOf(credential);
  form.submit();
};

// A browser makes passkeys for names, not for numbers such as 127.0.0.1.
const here = window.PublicKeyCredential && window.isSecureContext && !/^[\d.]+$|:/.test(location.hostname);
for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!here) continue;
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const problem = form.querySelector('[role=alert]');
    problem.hidden = true;
    ask(form).catch(() => { problem.hidden = false; });
  });
}
if (here) for (const line of document.querySelectorAll('[data-no-passkeys]')) line.hidden = true;
