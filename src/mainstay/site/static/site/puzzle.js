// A form with a puzzle: a worker solves it while the reader types, and the form is held back until that is done.
// The card's own script asks for it by form.solve(); every other form is held back here. Without this script a form is
// sent as it is, and the server lets it wait.
(() => {
  "use strict";
  const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

  const prepare = (status) => {
    const form = status.closest("form");
    const { parameters } = JSON.parse(form.elements.puzzle.value);
    const solution = form.elements.solution;
    let work = null;

    const begin = () => {
      work ??= new Promise((resolve, reject) => {
        const worker = new Worker(status.dataset.worker);
        worker.onmessage = ({ data }) => {
          solution.value = JSON.stringify(data);
          worker.terminate();
          resolve();
        };
        worker.onerror = reject;
        worker.postMessage(parameters);
      });
      work.catch(() => {});
      return work;
    };
    // The page was drawn for a moment of the server's; two seconds allow for the way.
    const left = () => (parameters.data.wait ? (parameters.data.wait + 2) * 1000 - performance.now() : 0);
    form.solve = async () => {
      if (!solution.value) status.textContent = status.dataset.working;
      try {
        await begin();
      } catch (error) {
        status.textContent = status.dataset.failed;
        throw error;
      }
      if (left() > 0) {
        status.textContent = status.dataset.waiting;
        await pause(left());
      }
      status.textContent = "";
    };
    form.addEventListener("focusin", begin, { once: true });
    form.addEventListener("pointerdown", begin, { once: true });
    if (form.id !== "card-form") hold(form, solution);
  };

  const hold = (form, solution) => {
    let isDone = false;
    form.addEventListener("submit", (event) => {
      if (isDone) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const again = () => {
        isDone = true;
        form.requestSubmit(event.submitter);
      };
      // Not within this event: a form can't be sent while it is being sent. A browser that can't solve the puzzle sends
      // the form as one without scripts does.
      form.solve().catch(() => {}).then(() => setTimeout(again));
    });
    window.addEventListener("pageshow", (event) => { if (event.persisted && solution.value) location.reload(); });
  };

  for (const status of document.querySelectorAll("[data-worker]")) prepare(status);
})();
