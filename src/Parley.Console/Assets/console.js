// What makes the pages livelier. Each of them works without it.
'use strict';

// Times in the reader's own zone; of today only the hour.
function localTimes(root) {
  const today = new Date().toDateString();
  for (const element of root.querySelectorAll('time')) {
    const at = new Date(element.dateTime);
    const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit' };
    element.title = at.toLocaleString();
    element.textContent = at.toDateString() === today
      ? at.toLocaleTimeString([], clock)
      : at.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  }
}

// Asks now and then whether the page has changed, and puts the new part in.
function keepAlive(live) {
  const every = 3000;
  let tag = null;
  const ask = async () => {
    if (!document.hidden && !live.contains(document.activeElement?.closest('form'))) {
      try {
        const response = await fetch(location.href, { headers: tag ? { 'If-None-Match': tag } : {}, cache: 'no-store' });
        if (response.ok) {
          const first = tag === null;
          tag = response.headers.get('ETag');
          const text = await response.text();
          if (!first || text.length !== live.dataset.length) put(text);
        }
      } catch { /* the server is away; the next question may be answered */ }
    }
    setTimeout(ask, every);
  };
  const put = text => {
    const fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('live');
    if (!fresh) return;
    localTimes(fresh);
    if (fresh.innerHTML === live.innerHTML) return;
    const focused = document.activeElement?.getAttribute('href');
    const known = new Set(addresses(live));
    const added = addresses(fresh).filter(address => !known.has(address)).length;
    live.replaceChildren(...fresh.childNodes);
    for (const row of live.querySelectorAll('[data-rows] a.row')) {
      if (!known.has(row.getAttribute('href'))) row.classList.add('fresh');
      if (focused && row.getAttribute('href') === focused) row.focus();
    }
    copyButtons(live);
    const news = document.getElementById('news');
    if (news && added > 0) news.textContent = added === 1 ? 'One new entry' : added + ' new entries';
  };
  const addresses = root => [...root.querySelectorAll('[data-rows] a.row')].map(row => row.getAttribute('href'));
  setTimeout(ask, every);
}

// j and k go through the rows, / to the search, Escape back.
function keys() {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return;
    const rows = [...document.querySelectorAll('[data-rows] a.row')];
    const at = rows.indexOf(document.activeElement);
    if (event.key === 'j' && rows.length) rows[Math.min(at + 1, rows.length - 1)].focus();
    else if (event.key === 'k' && rows.length) rows[Math.max(at - 1, 0)].focus();
    else if (event.key === '/' && document.querySelector('[data-focus-key="/"]')) {
      event.preventDefault();
      document.querySelector('[data-focus-key="/"]').focus();
    } else if (event.key === 'Escape' && document.querySelector('[data-back]')) document.querySelector('[data-back]').click();
  });
}

function copyButtons(root) {
  if (!navigator.clipboard) return;
  for (const recipe of root.querySelectorAll('.recipe:not(:has(button))')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(recipe.querySelector('code').textContent);
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
    recipe.querySelector('figcaption').append(button);
  }
}

document.addEventListener('submit', event => {
  const question = event.target.dataset.ask;
  if (question && !confirm(question)) event.preventDefault();
});
localTimes(document);
copyButtons(document);
keys();
const live = document.querySelector('[data-live]');
if (live) keepAlive(live);

// Narrows the list of codes while one types.
const narrow = document.querySelector('[data-narrow]');
if (narrow) {
  const items = [...document.querySelectorAll('[data-words]')].map(item => [item, item.dataset.words.toLowerCase()]);
  const show = () => {
    const words = narrow.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const [item, text] of items) {
      item.hidden = !words.every(word => text.includes(word));
      if (!item.hidden) count++;
    }
    for (const group of document.querySelectorAll('[data-group]')) group.hidden = !group.querySelector('[data-words]:not([hidden])');
    document.getElementById('none').hidden = count > 0;
  };
  narrow.addEventListener('input', show);
  show();
}
