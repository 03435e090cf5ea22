// The support page without this script works too. It keeps the frequency in the links that change the currency, and
// lets typing an amount choose "another amount". The label of the message goes out of the address bar: the form has it.
(() => {
  "use strict";
  const form = document.querySelector(".choose");
  const links = [...document.querySelectorAll("[data-keeps-frequency]")];

  const address = new URL(location.href);
  if (address.searchParams.has("src")) {
    address.searchParams.delete("src");
    history.replaceState(null, "", address);
  }

  // Hints that stay here: a home time zone opens the question, a language shows a line, and neither is sent.
  const question = document.getElementById("question");
  if (question) {
    const line = document.querySelector("[data-languages]");
    const among = (words, list) => words.some((word) => list.split(" ").includes(word));
    const spoken = navigator.languages.map((language) => language.split("-")[0]);
    if (among([Intl.DateTimeFormat().resolvedOptions().timeZone], question.dataset.zones)) question.open = true;
    else if (among(spoken, line.dataset.languages)) line.hidden = false;
  }

  const keepFrequency = () => {
    const frequency = form.elements.frequency.value;
    for (const link of links) {
      const address = new URL(link.href);
      address.searchParams.set("frequency", frequency);
      link.href = address.href;
    }
  };
  const chooseOther = (field) => {
    const frequency = field.name.replace("other_", "");
    form.querySelector(`[name="amount_${frequency}"][value="other"]`).checked = true;
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "frequency") keepFrequency();
    if (event.target.value === "other") document.getElementById(event.target.name.replace("amount_", "other-")).focus();
  });
  form.addEventListener("input", (event) => {
    if (event.target.name.startsWith("other_")) chooseOther(event.target);
  });
})();
