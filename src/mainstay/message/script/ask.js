// <reader-ask newsroom lang section [reserved] [off] [currency] [storage=none] [manifest]>
// The message under an article, drawn from a manifest that any cache may keep. It asks our host for that one file and
// for nothing else until the reader acts; it writes nothing on the device until the reader acts, and then one day.
// Words are set as text, never as HTML. What goes wrong leaves the plain form inside the element as it was.
(() => {
'use strict';
const here = document.currentScript;
// Browsers without these keep the plain form.
if (!here || !window.customElements || customElements.get('reader-ask') || !window.IntersectionObserver || !window.CSSStyleSheet || !CSSStyleSheet.prototype.replaceSync || !('adoptedStyleSheets' in Document.prototype)) return;
const base = new URL(here.src).origin, store = 'reader-ask';
const idle = window.requestIdleCallback ? (work) => requestIdleCallback(work, { timeout: 3000 }) : (work) => setTimeout(work, 200);
const ask = (path, given) => fetch(new URL(path, base), { credentials: 'omit', referrerPolicy: 'no-referrer', ...given });

// One node. Properties where there are such, attributes otherwise; never styles, handlers or HTML.
const make = (tag, given, ...inside) => {
  const node = document.createElement(tag);
  for (const field in given) field in node ? node[field] = given[field] : node.setAttribute(field, given[field]);
  node.append(...inside);
  return node;
};
const on = (node, kind, work) => (node.addEventListener(kind, work), node);
const button = (inside, look, work, label) => on(make('button', { type: 'button', className: look, 'aria-label': label || inside }, inside), 'click', work);
const cross = (label, work) => button('×', 'x', work, label);
const paragraph = (...inside) => make('p', {}, ...inside);
const visit = (address, given) => make('a', { href: address, rel: 'noreferrer', ...given }).click();
const random = (count) => [...crypto.getRandomValues(new Uint32Array(count))].join('-');

const daysOn = (days) => new Date(Date.now() + days * 864e5);
const dayOf = (moment) => moment.toISOString().slice(0, 10);
// The same day next month (31 January: 28 or 29 February), as a day in UTC.
const nextMonth = () => {
  const today = new Date(), year = today.getFullYear(), month = today.getMonth() + 1;
  return new Date(Date.UTC(year, month, Math.min(today.getDate(), new Date(year, month + 1, 0).getDate())));
};

// Which wording: assign.py does the same, and golden.json holds both to it.
const hash = (text) => {
  let mixed = 0x811c9dc5;
  for (const letter of text) mixed = Math.imul(mixed ^ letter.charCodeAt(), 0x01000193);
  mixed = Math.imul(mixed ^ mixed >>> 16, 0x85ebca6b);
  mixed = Math.imul(mixed ^ mixed >>> 13, 0xc2b2ae35);
  return (mixed ^ mixed >>> 16) >>> 0;
};
const draw = (reader, salt, variants) => {
  const score = (one) => -Math.log((hash(reader + '|' + salt + '|' + one.id) + .5) / 2 ** 32) / one.w;
  return variants.reduce((best, one) => score(one) < score(best) ? one : best);
};

// Asked for only while the newsroom is under attack: the solver comes from our host, and the device pays with its time.
const solved = async (puzzle) => {
  await import(base + '/ask/puzzle.js');
  return { puzzle: puzzle, solution: await customElements.get(store).solve(puzzle) };
};

// The element's own tree, in place of the plain form.
const shade = (host, node, css) => {
  const root = host.shadowRoot || host.attachShadow({ mode: 'open' }), sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.replaceChildren(node);
};
// Whether what happens to it moves nothing that is seen.
const below = (seen) => !seen.isIntersecting && seen.boundingClientRect.top > 0;
// Quiet. The form leaves its room behind, so that nothing moves; once the room is below the fold, it goes too. The page's
// own rules for the element would win here without the mark.
const empty = (host) => {
  shade(host, '', ':host{display:block;block-size:' + host.getBoundingClientRect().height + 'px}');
  const eye = new IntersectionObserver(([seen]) => {
    if (!below(seen)) return;
    eye.disconnect();
    shade(host, '', ':host{display:none!important}');
  });
  eye.observe(host);
};

const start = async (host) => {
  const at = (field) => host.getAttribute(field) || '';
  // Closed, reminded and gone on to give leave the same trace: a day.
  const stored = (until) => {
    if (at('storage') !== 'none') try { return until ? localStorage.setItem(store, until) : localStorage.getItem(store); } catch {}
  };
  const silent = stored();
  if (host.hasAttribute('off') || /^\d{4}-\d\d-\d\d$/.test(silent) && silent > dayOf(new Date()) && silent < dayOf(daysOn(400))) return empty(host);
  const wanted = at('lang') || document.documentElement.lang || 'en', newsroom = at('newsroom'), path = '/ask/' + newsroom, section = at('section');
  const answer = await ask(at('manifest') || path + '.' + wanted.split('-')[0] + '.json');
  if (!answer.ok) return;
  const manifest = await answer.json(), t = manifest.t, language = manifest.lang;
  const campaign = manifest.c.find((one) => !one.sec.length || one.sec.includes(section));
  if (!campaign) return empty(host);
  const variant = draw(random(2), campaign.salt, campaign.v);
  const code = campaign.ask[at('currency')] ? at('currency') : campaign.ask[manifest.cur] ? manifest.cur : Object.keys(campaign.ask)[0];
  const asks = campaign.ask[code], unit = 10 ** asks.x;
  // The reader's choice so far; an amount of 0 is the typed one.
  let frequency, amount, typed = '', mail = '', busy;
  const choose = (one) => { frequency = one; amount = asks[one][2]; };
  choose(campaign.f);

  // From the right, a mark at the end keeps the sign beside its letters: US$, not $US.
  const money = (minor) => {
    const digits = minor % unit ? asks.x : 0;
    return new Intl.NumberFormat(language, { style: 'currency', currency: code, currencyDisplay: 'narrowSymbol', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(minor / unit) + (manifest.dir === 'rtl' ? '\u200e' : '');
  };
  const dated = (moment) => new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(moment);
  // {minimum:monthly} and its like; any other placeholder shows nothing.
  const words = (text) => text.replace(/\{(minimum:(\w+))?[^}]*\}/g, (all, known, one) => asks[one] && one !== 'x' ? money(asks[one][0]) : '');

  const place = make('div', {}), fate = make('p', { role: 'status', className: 'away', tabIndex: -1 });
  const lines = [variant.s, ...variant.p, variant.g].filter((line) => line).map((line) => paragraph(words(line)));
  const frame = make('section', { lang: language, dir: manifest.dir, 'aria-labelledby': 'title' }, make('h2', { id: 'title' }, words(variant.h)), ...lines, place, fate);
  const act = (label, ...inside) => place.replaceChildren(make('div', { className: 'act', role: 'group', 'aria-label': label }, ...inside));

  const rest = () => dayOf(daysOn(campaign.quiet));
  // Nothing but a word for screen readers, which also takes the focus that the closed message had. Whoever closed it
  // sees its room close too.
  const leave = (until) => {
    stored(until || rest());
    host.removeAttribute('reserved');
    frame.className = 'gone';
    frame.removeAttribute('aria-labelledby');
    frame.replaceChildren(fate);
    fate.textContent = t.closed;
    fate.focus();
  };
  const radio = (group, choice, checked, text, work) => make('label', {}, on(make('input', { type: 'radio', name: group, value: choice, checked: checked }), 'change', work), make('span', {}, text));

  // State: ask. Returns the way to the panel, for the focus to come back to.
  const choices = () => {
    const much = make('fieldset', {}), often = make('fieldset', {}, make('legend', {}, t.often));
    const amounts = () => {
      const field = on(make('input', { inputMode: 'decimal', maxLength: 12, size: 9, autocomplete: 'off', value: typed, required: !amount, 'aria-label': t.other, placeholder: t.from.replace('{amount}', money(asks[frequency][0])) }), 'input', () => { typed = field.value; });
      const other = radio('much', 0, !amount, t.other, () => { amount = 0; field.required = true; field.focus(); });
      on(field, 'focus', () => { if (amount) other.click(); });
      much.replaceChildren(make('legend', {}, t.much), ...asks[frequency].slice(3).map((minor) => radio('much', minor, minor === amount, money(minor), () => { amount = minor; field.required = false; })), other, field);
    };
    for (const one of ['once', 'monthly', 'annual']) often.append(radio('often', one, one === frequency, t[one], () => {
      const own = !amount;
      choose(one);
      if (own) amount = 0;
      amounts();
    }));
    amounts();
    const later = button(t.remind, 'link', panel);
    place.replaceChildren(on(make('form', {}, often, much, paragraph(make('button', { className: 'go' }, t.go))), 'submit', (event) => {
      event.preventDefault();
      stored(rest());
      visit(base + '/support/' + newsroom + '/?' + new URLSearchParams({ frequency: frequency, amount: amount ? (amount / unit).toFixed(amount % unit ? asks.x : 0) : typed, currency: code, src: [manifest.n, campaign.id, variant.id, section].join('.'), language: language }));
    }), paragraph(t.later + ' ', later, ' ', button(t.already, 'link', () => leave())), paragraph(make('small', {}, t.stays)), cross(t.close, () => leave()));
    return later;
  };

  // What the reminder is about: a typed amount if it is one that we take, else the usual one.
  const minor = () => {
    const [least, most, usual] = asks[frequency], whole = amount || Math.round(typed.replace(',', '.') * unit);
    return whole >= least && whole <= most ? whole : usual;
  };

  // States: panel, sending, error
  const panel = () => {
    const field = on(make('input', { id: 'mail', type: 'email', autocomplete: 'email', maxLength: 200, 'aria-describedby': 'told why', value: mail }), 'input', () => { mail = field.value; });
    const told = make('p', { id: 'told', role: 'status' }), send = make('button', { className: 'go' }, t.next);
    const fail = (text) => {
      told.className = 'bad';
      told.textContent = text;
      send.textContent = t.next;
      field.setAttribute('aria-invalid', text === t.bad);
      (text === t.bad ? field : send).focus();
    };
    const title = make('select', { id: 'says' }, ...t.titles.map((text) => make('option', {}, text)));
    act(t.remind, on(make('form', { noValidate: true }, paragraph(make('label', { htmlFor: 'mail' }, t.mail), field), make('p', { id: 'why' }, t.why), told, send), 'submit', async (event) => {
      event.preventDefault();
      if (busy) return;
      if (!/^\S+@\S+\.\S+$/.test(mail.trim())) return fail(t.bad);
      busy = true;
      told.className = '';
      send.textContent = told.textContent = t.wait;
      try {
        const post = (more) => ask(path + '/remind', { method: 'POST', signal: AbortSignal.timeout?.(15e3), body: new URLSearchParams({ mail: mail, frequency: frequency, amount_minor: minor(), currency: code, lang: language, ...more }) });
        let sent = await post();
        if (sent.status === 428) sent = await post(await solved((await sent.json()).puzzle));
        if (sent.ok) {
          const moment = new Date((await sent.json()).date);
          mail = '';
          done(moment, t.set, t.on.replace('{date}', dated(moment)));
        } else fail(sent.status === 400 ? t.bad : t.busy);
      } catch { fail(t.off); }
      busy = false;
    }), make('div', { className: 'act' }, paragraph(t.or), paragraph(make('label', { htmlFor: 'says' }, t.says), title), button(t.file, '', () => calendar(title.value))), cross(t.back, () => choices().focus()));
    field.focus();
  };

  // A file made here: nobody is asked, and it names nobody.
  const calendar = (title) => {
    const moment = nextMonth(), written = (one) => dayOf(one).replace(/-/g, '');
    const address = URL.createObjectURL(new Blob([['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//calendar//EN', 'BEGIN:VEVENT', 'UID:' + random(4), 'DTSTAMP:' + written(new Date()) + 'T000000Z', 'DTSTART;VALUE=DATE:' + written(moment), 'SUMMARY:' + title, 'BEGIN:VALARM', 'ACTION:DISPLAY', 'DESCRIPTION:' + title, 'TRIGGER:PT10H', 'END:VALARM', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n')], { type: 'text/calendar' }));
    visit(address, { download: 'date.ics' });
    const copy = on(make('input', { id: 'copy', readOnly: true, value: dated(moment) + ' · ' + title }), 'focus', () => copy.select());
    done(moment, t.saved, make('label', { htmlFor: 'copy' }, t.copy), copy);
  };

  // States: set, calendar given
  const done = (moment, head, ...more) => {
    const until = dayOf(moment), told = make('p', { role: 'status', tabIndex: -1 });
    stored(until);
    act(head, told, paragraph(...more), cross(t.close, () => leave(until)));
    told.textContent = head;
    told.focus();
  };

  // Built before it is shown, so that a fault leaves the form; shown where nothing can move.
  choices();
  const eye = new IntersectionObserver(([seen]) => {
    if (!below(seen) && !host.hasAttribute('reserved') || host.contains(document.activeElement)) return;
    eye.disconnect();
    shade(host, frame, '/*css*/');
  });
  eye.observe(host);
};

customElements.define('reader-ask', class extends HTMLElement {
  static pick = draw;
  connectedCallback() {
    if (!this.asked) this.asked = idle(() => start(this).catch(() => {}));
  }
});
})();
