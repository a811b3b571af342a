/* A sweep with sliders: an outcome over one factor and over two, at the chosen values of the others. */
const SVG = "http://www.w3.org/2000/svg", WIDE = 480, HIGH = 300, EDGE = {left: 62, right: 14, top: 12, bottom: 46};

for (const place of all(document, ".explorer")) explore(place, JSON.parse(place.querySelector("script").textContent));

function explore(place, data) {
  const {factors, outcomes, points, grid} = data;
  const chosen = {outcome: 0, x: 0, y: grid && factors.length > 1 ? 1 : -1, point: data.start, level: 0};
  const start = points[data.start].at.slice();
  const controls = make(place, "div", {class: "controls"});
  const said = make(place, "p", {class: "said", "aria-live": "polite"});
  const plots = make(place, "div", {class: "plots"});
  const names = factors.map(one => one.path);

  const outcome = choice("Outcome", outcomes.map(one => one.name), () => { chosen.outcome = outcome.selectedIndex; newLevel(); });
  const x = choice("Over", names, () => { chosen.x = x.selectedIndex; if (chosen.x === chosen.y) swap(); if (!grid) newPoint(); });
  const surface = factors.length > 1 && grid;
  const y = surface ? choice("and over", names, () => { chosen.y = y.selectedIndex; if (chosen.x === chosen.y) swap(); }) : null;
  if (y) y.selectedIndex = 1;
  const sliders = grid ? factors.map((factor, n) => slider(factor.path, factor.levels.length - 1, 1, value => {
    start[n] = value;
    return factor.levels[value];
  })) : [slider("design point", points.length - 1, 1, value => { chosen.point = value; return value + 1; })];
  sliders.forEach((one, n) => { if (grid) one.set(start[n]); });
  const level = slider("level", 200, 1, value => { chosen.level = atLevel(value); return digits(chosen.level); });
  let low = 0, high = 1;
  newPoint();
  newLevel();
  place.hidden = false;

  function choice(text, options, done) {
    const label = make(controls, "label");
    label.append(text);
    const select = make(label, "select");
    options.forEach(option => make(select, "option").append(option));
    select.addEventListener("change", () => { done(); draw(); });
    return select;
  }

  function slider(text, most, step, done) {
    const label = make(controls, "label"), head = make(label, "span");
    head.append(`${text}: `);
    const shown = make(head, "b"), input = make(label, "input", {type: "range", min: 0, max: most, step});
    input.value = 0;
    const update = () => {
      shown.textContent = done(Number(input.value));
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    input.addEventListener("input", () => { update(); draw(); });
    return {set(value) { input.value = value; update(); }, input};
  }

  /* The level's slider spans what the outcome takes, and the level at which it breaks even, where it starts. */
  function newLevel() {
    const known = points.flatMap(point => point.of[chosen.outcome].slice(0, 3)).filter(value => value !== null);
    const even = outcomes[chosen.outcome].level;
    if (even !== null) known.push(even);
    low = Math.min(...known); high = Math.max(...known);
    if (low === high) high = low + 1;
    const middle = even === null ? (low + high) / 2 : even;
    level.set(Math.round((middle - low) / (high - low) * 200));
    if (even !== null) { chosen.level = even; relabel(); }
    draw();
  }

  function relabel() {
    level.input.setAttribute("aria-valuetext", digits(chosen.level));
    level.input.closest("label").querySelector("b").textContent = digits(chosen.level);
  }

  function atLevel(value) { return low + (high - low) * value / 200; }

  function swap() {
    chosen.y = factors.findIndex((_, n) => n !== chosen.x);
    if (y) y.selectedIndex = chosen.y;
  }

  function newPoint() { points.sort((a, b) => a.at[chosen.x] - b.at[chosen.x]); sliders[0].set(grid ? start[0] : chosen.point); }

  function here() {
    return grid ? points.find(point => point.at.every((level, n) => level === start[n])) : points[chosen.point];
  }

  /* Points at which all factors but some have their chosen values; all points of a design that is no grid. */
  function along(...free) {
    return points.filter(point => !grid || point.at.every((level, n) => free.includes(n) || level === start[n]));
  }

  function draw() {
    plots.replaceChildren();
    const row = along(chosen.x).sort((a, b) => a.at[chosen.x] - b.at[chosen.x]);
    const found = grid ? crossings(row) : [];
    curve(row, found);
    if (surface) map();
    tell(found);
  }

  function tell(found) {
    const point = here(), name = outcomes[chosen.outcome].name, factor = factors[chosen.x];
    const where = factors.map((one, n) => `${one.path} = ${one.levels[(point || {at: start}).at[n]]}`).join(", ");
    if (!point || point.of[chosen.outcome][0] === null) {
      said.textContent = `${where}: no number of ${name} here.`;
      return;
    }
    const [mean, below, above, seeds] = point.of[chosen.outcome];
    const reach = below === null ? "" : ` [${digits(below)}, ${digits(above)}]`;
    const crossed = found.length ? ` Over ${factor.path}, the mean crosses ${digits(chosen.level)} at ${found.map(one => one.said).join(" and ")}.`
      : grid ? ` Over ${factor.path}, the mean does not cross ${digits(chosen.level)}.` : "";
    said.textContent = `${name} is ${digits(mean)}${reach} over ${seeds} seeds at ${where}.${crossed}`;
  }

  /* Where the line between means crosses the level: in the factor's values if these are numbers. */
  function crossings(row) {
    const found = [], factor = factors[chosen.x];
    for (let n = 1; n < row.length; n++) {
      const [a, b] = [row[n - 1], row[n]].map(point => point.of[chosen.outcome][0]);
      if (a === null || b === null || (a - chosen.level) * (b - chosen.level) > 0 || a === b) continue;
      const part = (chosen.level - a) / (b - a), ends = [row[n - 1], row[n]].map(point => value(chosen.x, point.at[chosen.x]));
      const at = ends[0] + part * (ends[1] - ends[0]);
      found.push({at, said: factor.values ? digits(at) : `between ${factor.levels[row[n - 1].at[chosen.x]]} and ${factor.levels[row[n].at[chosen.x]]}`});
    }
    return found;
  }

  function value(n, index) { return factors[n].values ? factors[n].values[index] : index; }

  function scale(n, from, to) {
    const ends = factors[n].levels.map((_, index) => value(n, index)), low = Math.min(...ends), high = Math.max(...ends);
    return at => low === high ? (from + to) / 2 : from + (to - from) * (at - low) / (high - low);
  }

  function curve(row, found) {
    const svg = canvas(`${outcomes[chosen.outcome].name} over ${factors[chosen.x].path}`);
    const across = scale(chosen.x, EDGE.left + 14, WIDE - EDGE.right - 14);
    const up = at => HIGH - EDGE.bottom - (HIGH - EDGE.top - EDGE.bottom) * (at - low) / (high - low);
    axis(svg, chosen.x, across);
    for (const at of ticks(low, high)) text(svg, EDGE.left - 8, up(at) + 4, digits(at), "end");
    draws(svg, "line", {class: "axis", x1: EDGE.left, x2: EDGE.left, y1: EDGE.top, y2: HIGH - EDGE.bottom});
    const known = row.filter(point => point.of[chosen.outcome][0] !== null);
    const spot = point => [across(value(chosen.x, point.at[chosen.x])), up(point.of[chosen.outcome][0])];
    if (grid) draws(svg, "polyline", {class: "mean", points: known.map(point => spot(point).join()).join(" ")});
    for (const point of known) {
      const [left, top] = spot(point), [, below, above] = point.of[chosen.outcome];
      if (below !== null) draws(svg, "line", {class: "reach", x1: left, x2: left, y1: up(below), y2: up(above)});
      draws(svg, "circle", {cx: left, cy: top, r: 3.5});
    }
    draws(svg, "line", {class: "level", x1: EDGE.left, x2: WIDE - EDGE.right, y1: up(chosen.level), y2: up(chosen.level)});
    for (const one of found) draws(svg, "line", {class: "crossing", x1: across(one.at), x2: across(one.at), y1: up(chosen.level), y2: HIGH - EDGE.bottom});
    const point = here();
    if (point && point.of[chosen.outcome][0] !== null) {
      const [cx, cy] = spot(point);
      draws(svg, "circle", {class: "chosen", cx, cy, r: 6});
    }
  }

  /* Cells over two factors, stronger the farther from the level, and the contour at the level. */
  function map() {
    const svg = canvas(`${outcomes[chosen.outcome].name} over ${factors[chosen.x].path} and ${factors[chosen.y].path}`);
    const across = scale(chosen.x, EDGE.left + 40, WIDE - EDGE.right - 40), up = scale(chosen.y, HIGH - EDGE.bottom - 28, EDGE.top + 28);
    const xs = borders(factors[chosen.x].levels.map((_, n) => across(value(chosen.x, n))), EDGE.left, WIDE - EDGE.right);
    const ys = borders(factors[chosen.y].levels.map((_, n) => up(value(chosen.y, n))), HIGH - EDGE.bottom, EDGE.top);
    const cells = factors[chosen.x].levels.map(() => factors[chosen.y].levels.map(() => null));
    for (const point of along(chosen.x, chosen.y)) cells[point.at[chosen.x]][point.at[chosen.y]] = point.of[chosen.outcome][0];
    const most = Math.max(...cells.flat().filter(mean => mean !== null).map(mean => Math.abs(mean - chosen.level))) || 1;
    cells.forEach((column, i) => column.forEach((mean, j) => {
      const side = mean === null ? "none" : mean >= chosen.level ? "up" : "down";
      const cell = draws(svg, "rect", {class: side, x: xs[i], width: xs[i + 1] - xs[i], y: ys[j + 1], height: ys[j] - ys[j + 1]});
      if (mean !== null) cell.setAttribute("fill-opacity", 0.12 + 0.7 * Math.abs(mean - chosen.level) / most);
    }));
    axis(svg, chosen.x, across);
    draws(svg, "text", {"text-anchor": "middle", transform: `translate(13 ${(HIGH - EDGE.bottom + EDGE.top) / 2}) rotate(-90)`}).textContent = factors[chosen.y].path;
    factors[chosen.y].levels.forEach((name, n) => text(svg, EDGE.left - 8, up(value(chosen.y, n)) + 4, short(name), "end"));
    const lefts = factors[chosen.x].levels.map((_, n) => across(value(chosen.x, n)));
    const tops = factors[chosen.y].levels.map((_, n) => up(value(chosen.y, n)));
    draws(svg, "path", {class: "contour", d: contour(cells, lefts, tops)});
    const point = here();
    if (point) draws(svg, "circle", {class: "chosen", cx: lefts[point.at[chosen.x]], cy: tops[point.at[chosen.y]], r: 6});
  }

  /* Segments within each square of four means; where two corners across are above, the middle decides. */
  function contour(cells, lefts, tops) {
    let path = "";
    for (let i = 0; i + 1 < lefts.length; i++) for (let j = 0; j + 1 < tops.length; j++) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const means = corners.map(([a, b]) => cells[a][b]);
      if (means.includes(null)) continue;
      const cuts = [];
      corners.forEach(([a, b], n) => {
        const [c, d] = corners[(n + 1) % 4], one = means[n] - chosen.level, two = means[(n + 1) % 4] - chosen.level;
        if ((one >= 0) === (two >= 0)) return;
        const part = one / (one - two);
        cuts.push(`${lefts[a] + part * (lefts[c] - lefts[a])},${tops[b] + part * (tops[d] - tops[b])}`);
      });
      if (cuts.length === 4 && (means.reduce((a, b) => a + b) / 4 >= chosen.level) === (means[0] >= chosen.level)) cuts.push(cuts.shift());
      for (let n = 0; n + 1 < cuts.length; n += 2) path += `M${cuts[n]}L${cuts[n + 1]}`;
    }
    return path;
  }

  function axis(svg, n, across) {
    draws(svg, "line", {class: "axis", x1: EDGE.left, x2: WIDE - EDGE.right, y1: HIGH - EDGE.bottom, y2: HIGH - EDGE.bottom});
    let last = -Infinity;
    const room = 12 + 7 * Math.max(...factors[n].levels.map(name => short(name).length));
    factors[n].levels.forEach((name, index) => {
      const left = across(value(n, index));
      if (left - last < room) return;
      last = left;
      text(svg, left, HIGH - EDGE.bottom + 18, short(name), "middle");
    });
    text(svg, (EDGE.left + WIDE - EDGE.right) / 2, HIGH - 8, factors[n].path, "middle");
  }

  function canvas(label) {
    const figure = make(plots, "figure"), svg = document.createElementNS(SVG, "svg");
    for (const [name, is] of Object.entries({viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": label})) svg.setAttribute(name, is);
    figure.append(svg);
    make(figure, "figcaption").append(label);
    return svg;
  }
}

/* Round numbers within a range. */
function ticks(low, high) {
  const rough = (high - low) / 4, size = 10 ** Math.floor(Math.log10(rough));
  const step = size * [1, 2, 5, 10].find(times => times * size >= rough), found = [];
  for (let n = Math.ceil(low / step); n * step <= high; n++) found.push(n * step);
  return found;
}

function borders(places, first, last) {
  return [first, ...places.slice(1).map((place, n) => (place + places[n]) / 2), last];
}

function draws(svg, name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, is] of Object.entries(attributes)) element.setAttribute(key, is);
  svg.append(element);
  return element;
}

function text(svg, x, y, said, anchor) { draws(svg, "text", {x, y, "text-anchor": anchor}).textContent = said; }

function make(where, name, attributes = {}) {
  const element = document.createElement(name);
  for (const [key, is] of Object.entries(attributes)) element.setAttribute(key, is);
  where.append(element);
  return element;
}

function short(name) { return name.length > 10 ? `${name.slice(0, 9)}…` : name; }

/* A number with four digits, and a suffix for its size. */
function digits(value) {
  const [size, suffix] = [[1e12, "tn"], [1e9, "bn"], [1e6, "M"]].find(([size]) => Math.abs(value) >= size) || [1, ""];
  return `${Number((value / size).toPrecision(4))}${suffix}`.replace("-", "−");
}
