// Filters the findings, and shows the path of one in the diagram. The page says everything without it.
(() => {
  'use strict';
  const all = (query, within = document) => Array.from(within.querySelectorAll(query));
  const one = (id) => document.getElementById(id);
  const items = all('.item');
  const texts = new Map(items.map((item) => [item, item.textContent.toLowerCase()]));
  const fields = { status: one('f-status'), severity: one('f-severity'), text: one('f-text') };
  const count = one('count');
  const svg = document.querySelector('#whole svg');
  const NS = 'http://www.w3.org/2000/svg';

  function filter() {
    if (!count) { return; }
    const wanted = fields.text.value.trim().toLowerCase();
    let shown = 0;
    for (const item of items) {
      const fits = (!fields.status.value || item.dataset.status === fields.status.value)
        && (!fields.severity.value || item.dataset.severity === fields.severity.value)
        && (!wanted || texts.get(item).includes(wanted));
      item.classList.toggle('off', !fits);
      shown += fits ? 1 : 0;
    }
    count.textContent = count.dataset.template.replace('{n}', shown).replace('{m}', items.length);
  }

  function remember() {
    const params = new URLSearchParams();
    for (const [name, field] of Object.entries(fields)) {
      if (field.value) { params.set(name, field.value); }
    }
    const query = params.toString();
    try {
      history.replaceState(null, '', query ? '#' + query : location.pathname + location.search);
    } catch { /* A page from a file may not be allowed to; the filter works all the same. */ }
  }

  function dark() {
    if (svg) { svg.classList.remove('lit'); }
    all('.on').forEach((e) => e.classList.remove('on'));
    all('.chosen').forEach((e) => e.classList.remove('chosen'));
    all('.overlay').forEach((e) => e.remove());
    if (one('lit')) { one('lit').hidden = true; }
  }

  function draw(parent, name, attributes) {
    const element = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) { element.setAttribute(key, value); }
    parent.append(element);
    return element;
  }

  // Where the things of the path stand, in the order of the path.
  function stops(names) {
    const things = all('[data-node]', svg);
    const found = names.map((name) => things.find((t) => t.dataset.node.split('\t').includes(name)));
    return found.filter((t, at) => t && t !== found[at - 1]);
  }

  function light(element) {
    dark();
    element.classList.add('chosen');
    if (!svg || !element.dataset.path) { return; }
    const way = stops(element.dataset.path.split('\t'));
    if (!way.length) { return; }
    const ends = new Set();
    for (let at = 1; at < way.length; at += 1) {
      const [a, b] = [way[at - 1].dataset.thing, way[at].dataset.thing];
      ends.add(a + ' ' + b).add(b + ' ' + a);
    }
    svg.classList.add('lit');
    for (const thing of way) {
      thing.classList.add('on');
      all('[data-pile="' + thing.dataset.thing + '"]', svg).forEach((p) => p.classList.add('on'));
    }
    const drawn = new Set();
    for (const line of all('[data-ends]', svg)) {
      if (ends.has(line.dataset.ends)) {
        line.classList.add('on');
        drawn.add(line.dataset.ends);
      }
    }
    overlay(way, drawn);
    const card = element.closest('.item');
    one('lit-name').textContent = card.querySelector('h3').textContent;
    one('lit-name').href = '#' + element.id;
    one('lit').hidden = false;
  }

  // Numbers in the order of the path, and a dashed line where the diagram has none.
  function overlay(way, drawn) {
    const lines = draw(way[0].parentNode, 'g', { class: 'overlay' });
    // Things cover the lines that end at them.
    lines.parentNode.insertBefore(lines, lines.parentNode.querySelector('.node'));
    const numbers = draw(way[0].parentNode, 'g', { class: 'overlay' });
    const boxes = way.map((t) => t.getBBox());
    const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
    for (let at = 1; at < way.length; at += 1) {
      const [a, b] = [way[at - 1].dataset.thing, way[at].dataset.thing];
      if (!drawn.has(a + ' ' + b) && !drawn.has(b + ' ' + a)) {
        const [[x1, y1], [x2, y2]] = [middle(boxes[at - 1]), middle(boxes[at])];
        draw(lines, 'line', { x1, y1, x2, y2, stroke: '#000', 'stroke-width': 4, 'stroke-dasharray': '12 7' });
      }
    }
    const at = new Map();
    boxes.forEach((box, n) => {
      const before = at.get(way[n]) || 0;
      at.set(way[n], before + 1);
      const [cx, cy] = [box.x + box.width - 8 - before * 32, box.y];
      draw(numbers, 'circle', { cx, cy, r: 17, fill: '#000', stroke: '#fff', 'stroke-width': 2.5 });
      const text = draw(numbers, 'text', { x: cx, y: cy + 7, fill: '#fff', 'font-size': 20, 'font-weight': 'bold', 'text-anchor': 'middle' });
      text.textContent = String(n + 1);
    });
  }

  // `#finding-2` chooses a finding; `#status=violated&text=nas` filters.
  function follow() {
    const hash = location.hash.slice(1);
    if (hash.includes('=')) {
      const params = new URLSearchParams(hash);
      for (const [name, field] of Object.entries(fields)) { if (field) { field.value = params.get(name) || ''; } }
      return filter();
    }
    const element = hash && one(hash);
    if (element && element.matches('.item, .found')) {
      const card = element.closest('.item');
      if (card.classList.contains('off')) { reset(); }
      light(element);
    }
  }

  function reset() {
    Object.values(fields).forEach((field) => { field.value = ''; });
    filter();
  }

  document.documentElement.classList.add('scripted');
  if (one('filter')) {
    one('filter').hidden = false;
    for (const field of Object.values(fields)) {
      field.addEventListener('input', () => { filter(); remember(); });
    }
    one('f-reset').addEventListener('click', () => { reset(); remember(); });
    filter();
  }
  if (svg) {
    for (const button of all('.show')) {
      button.hidden = false;
      button.addEventListener('click', () => {
        light(one(button.dataset.for));
        one('whole').focus({ preventScroll: true });
        one('diagram').scrollIntoView();
      });
    }
    one('lit-off').addEventListener('click', dark);
    const zoom = one('zoom');
    zoom.hidden = false;
    zoom.addEventListener('click', () => {
      const wide = one('whole').classList.toggle('wide');
      zoom.setAttribute('aria-pressed', String(wide));
      [zoom.textContent, zoom.dataset.other] = [zoom.dataset.other, zoom.textContent];
    });
  }
  window.addEventListener('hashchange', follow);
  follow();
})();
