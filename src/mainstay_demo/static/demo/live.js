/* Keeps the moving parts of a page fresh: fetches them again and again, and replaces those that changed.
   Without this script a reload does the same. */
const region = document.querySelector("[data-live]");

function replaceChanged(fresh) {
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = document.querySelector(`[data-part="${part.dataset.part}"]`);
    const beingUsed = old?.contains(document.activeElement);
    if (old && !beingUsed && old.outerHTML !== part.outerHTML) {
      old.replaceWith(document.adoptNode(part));
    }
  }
}

/* Signing in at the desk in another tab gives the browser a new token: forms that were open take it too. */
function renewTokens(fresh) {
  const token = fresh.querySelector("[name=csrfmiddlewaretoken]")?.value;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) {
    field.value = token ?? field.value;
  }
}

async function refresh() {
  if (document.hidden) {
    return;
  }
  try {
    const answer = await fetch(region.dataset.live + location.search, { cache: "no-store" });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      renewTokens(fresh);
      replaceChanged(fresh);
    }
  } catch {
    // the demonstration is stopped or starts again; the next turn asks anew
  }
}

async function turn() {
  await refresh();
  setTimeout(turn, Number(region.dataset.every));
}

if (region) {
  turn();
  document.addEventListener("visibilitychange", refresh);
}
