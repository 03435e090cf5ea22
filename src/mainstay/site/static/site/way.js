// Each page of the way takes the place of the one before it: all of it is one entry in the tab's history, and Back leads
// to the article. Without this script every page is an entry of its own, and everything else works alike.
(() => {
  "use strict";
  let sending = false;

  // The answer to a form that was sent names the next page. Any other answer, an error beside a field for one, is the
  // browser's own to show: the form is sent again its usual way.
  const send = async (form) => {
    if (sending) return;
    sending = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-Way": "replace" },
        redirect: "error",
      });
      const next = answer.headers.get("X-Next");
      if (next) {
        location.replace(next);
        return;
      }
    } catch {
      // No network for a moment: the browser says so in its own words.
    }
    sending = false;
    HTMLFormElement.prototype.submit.call(form);
  };

  for (const form of document.querySelectorAll("form[data-replaces]")) {
    form.submit = () => send(form);
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      send(form);
    });
  }
  for (const link of document.querySelectorAll("a[data-replaces]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.replace(link.href);
    });
  }
  // Leaving empties the page at once, and what comes next takes its place.
  document.querySelector("a.leave")?.addEventListener("click", (event) => {
    event.preventDefault();
    const away = event.currentTarget.href;
    document.body.replaceChildren();
    location.replace(away);
  });
  // A page that the browser kept in memory may send again.
  window.addEventListener("pageshow", () => { sending = false; });
})();
