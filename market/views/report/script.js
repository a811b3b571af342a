"use strict";
/* Tables sort, events are filtered, what is folded opens in print. Without scripts the page says the same. */
const all = (where, what) => Array.from(where.querySelectorAll(what));

for (const table of all(document, "table.sorts")) {
  const body = table.tBodies[0], headings = all(table, "thead th");
  if (body.rows.length < 2) continue;
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const falling = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach(other => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const rows = Array.from(body.rows).map(row => [key(row.cells[column]), row]);
      rows.sort(([a], [b]) => order(a, b, falling));
      body.append(...rows.map(([, row]) => row));
    });
  });
}

function key(cell) {
  return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
}

/* What is missing comes last either way. */
function order(a, b, falling) {
  const gone = value => value === "–" || value === "";
  if (gone(a) || gone(b)) return gone(a) - gone(b);
  const numbers = typeof a === "number" && typeof b === "number";
  const sign = numbers ? a - b : String(a).localeCompare(String(b), "en", {numeric: true});
  return falling ? -sign : sign;
}

for (const timeline of all(document, ".timeline")) {
  const controls = timeline.querySelector(".controls"), [firm, kind] = all(controls, "select");
  const said = controls.querySelector("output"), years = all(timeline, "details");
  const filter = () => {
    let shown = 0;
    for (const year of years) {
      let count = 0;
      for (const row of year.querySelector("tbody").rows) {
        const fits = (!firm.value || row.cells[1].textContent === firm.value) &&
          (!kind.value || row.cells[2].textContent === kind.value);
        row.hidden = !fits;
        count += fits;
      }
      year.hidden = !count;
      year.open = Boolean(firm.value || kind.value);
      year.querySelector(".count").textContent = `${count} events`;
      shown += count;
    }
    said.textContent = `${shown} events`;
  };
  [firm, kind].forEach(select => select.addEventListener("change", filter));
  controls.hidden = false;
}

const opened = [];
function unfold(printing) {
  if (printing) {
    for (const fold of all(document, "details:not([open])")) { fold.open = true; opened.push(fold); }
  } else {
    for (const fold of opened.splice(0)) fold.open = false;
  }
}
addEventListener("beforeprint", () => unfold(true));
addEventListener("afterprint", () => unfold(false));

{% include "explore.js" %}
