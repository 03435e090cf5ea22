// Asks again every few seconds, and goes where the answer leads. The page itself stays still meanwhile.
(() => {
  "use strict";
  const pause = Number(document.getElementById("waiting").dataset.seconds) * 1000;

  const look = async () => {
    try {
      const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect") {
        location.replace(location.href);
        return;
      }
    } catch {
      // No network for a moment: the next look may find one.
    }
    setTimeout(look, pause);
  };
  setTimeout(look, pause);
})();
