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
  let shown = live.innerHTML;
  let tag = '';
  const addresses = root => [...root.querySelectorAll('[data-rows] a.row')].map(row => row.getAttribute('href'));
  const put = fresh => {
    localTimes(fresh);
    const known = new Set(addresses(live));
    const focused = document.activeElement?.getAttribute('href');
    for (const open of live.querySelectorAll('details[open][id]')) fresh.querySelector('#' + open.id)?.setAttribute('open', '');
    live.replaceChildren(...fresh.childNodes);
    copyButtons(live);
    const rows = [...live.querySelectorAll('[data-rows] a.row')];
    rows.find(row => focused && row.getAttribute('href') === focused)?.focus();
    const added = rows.filter(row => !known.has(row.getAttribute('href')));
    for (const row of added) row.classList.add('fresh');
    const news = document.getElementById('news');
    if (news && added.length > 0) news.textContent = added.length === 1 ? 'One new entry' : added.length + ' new entries';
  };
  const ask = async () => {
    try {
      const response = await fetch(location.href, { headers: { 'If-None-Match': tag }, cache: 'no-store' });
      if (!response.ok) return;
      tag = response.headers.get('ETag');
      const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('live');
      if (!fresh || fresh.innerHTML === shown) return;
      shown = fresh.innerHTML;
      put(fresh);
    } catch { /* the server is away; the next question may be answered */ }
  };
  setInterval(() => {
    // Not under the hand of somebody who is about to press a button.
    if (!document.hidden && !live.contains(document.activeElement?.closest('form'))) ask();
  }, every);
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
const live = document.querySelector('[data-live]');
if (live) keepAlive(live);
localTimes(document);
copyButtons(document);
keys();

// Narrows the list of codes while one types, the best first, as CodeSearch does on the server.
const narrow = document.querySelector('[data-narrow]');
if (narrow) {
  const list = document.querySelector('[data-groups]');
  const groups = [...list.children].map(element => ({
    element,
    items: [...element.querySelectorAll('[data-words]')].map(item => ({
      item,
      at: Number(item.dataset.at),
      code: item.querySelector('.code').textContent,
      title: item.querySelector('.code + span').textContent.toLowerCase(),
      text: item.dataset.words.toLowerCase(),
    })),
  }));
  const isNumber = word => /^\d[\d.]*$/.test(word);
  const scoreOfWord = (of, word) =>
    (of.code === word ? 10000 : of.code.startsWith(word) ? 1000 : of.title.includes(word) ? 100 : 0) + of.text.split(word).length - 1;
  const sum = scores => scores.reduce((all, score) => all + score, 0);
  const score = (of, words) => {
    const numbers = words.filter(isNumber).map(word => scoreOfWord(of, word));
    const others = words.filter(word => !isNumber(word)).map(word => scoreOfWord(of, word));
    const ofNumbers = numbers.length ? sum(numbers) : 1;
    return ofNumbers > 0 && others.every(one => one > 0) ? ofNumbers + sum(others) : 0;
  };
  const best = (a, b) => b.score - a.score || a.at - b.at;
  const show = () => {
    const words = narrow.value.toLowerCase().split(/[\s-]+/).filter(Boolean);
    for (const group of groups) {
      for (const of of group.items) {
        of.score = score(of, words);
        of.item.hidden = of.score === 0;
      }
      group.items.sort(best);
      group.score = group.items[0].score;
      group.at = Math.min(...group.items.map(of => of.at));
      group.element.hidden = group.score === 0;
      group.element.querySelector('ul').append(...group.items.map(of => of.item));
    }
    groups.sort(best);
    list.append(...groups.map(group => group.element));
    document.getElementById('none').hidden = groups[0].score > 0;
  };
  narrow.addEventListener('input', show);
  show();
}
