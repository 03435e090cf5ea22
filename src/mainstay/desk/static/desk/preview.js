// Keeps the preview beside the form up to date: sends the form as it stands, then opens the frame anew.
'use strict';
(() => {
  const form = document.getElementById('message-form');
  const look = document.getElementById('preview-form');
  const frame = document.getElementById('preview-frame');
  const said = document.getElementById('preview-said');
  if (!form || !look || !frame) return;
  const live = said.dataset.live;
  let waiting = 0;
  let running = null;

  const open = () => {
    frame.src = look.action + '?' + new URLSearchParams(new FormData(look));
  };

  const keep = async () => {
    if (running) running.abort();
    const mine = running = new AbortController();
    try {
      const answer = await fetch(form.dataset.keep, { method: 'POST', body: new FormData(form), signal: mine.signal });
      const told = answer.ok || answer.status === 400 ? await answer.json() : {};
      said.textContent = told.problem || live;
      if (answer.ok) open();
    } catch (error) {
      if (error.name !== 'AbortError') said.textContent = live;
    }
  };

  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 500);
  });
  look.addEventListener('change', open);
  document.getElementById('preview-show').hidden = true;
})();
