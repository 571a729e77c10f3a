// What all panels of the page show, read in one go: a page may change between two questions.
const texts = (root, selector) => [...root.querySelectorAll(selector)].map((it) => it.textContent.trim());
const text = (root, selector) => texts(root, selector)[0] ?? null;
const cells = (root, selector) => [...root.querySelectorAll(selector)].map((it) => texts(it, "td"));
return [...document.querySelectorAll("main section.panel")].map((panel) => ({
  title: panel.getAttribute("aria-label"),
  kind: [...panel.classList].find((it) => it.startsWith("panel-"))?.slice("panel-".length) ?? "",
  state: panel.dataset.state ?? null,
  busy: panel.getAttribute("aria-busy") === "true",
  notice: text(panel, ".panel-notice, .error-card-message"),
  badge: text(panel, ".badge"),
  stats: [...panel.querySelectorAll(".stat")].map((it) => [
    text(it, ".stat-number"),
    text(it, ".stat-unit"),
    text(it, ".stat-caption"),
  ]),
  slices: cells(panel, ".pie-table tr").map((it) => it.slice(1)),
  legend: texts(panel, ".legend-name"),
  headers: texts(panel, "thead th"),
  rows: cells(panel, "tbody tr"),
  lines: [...panel.querySelectorAll(".log-line")].map((it) => ({
    time: it.querySelector("time").title,
    labels: texts(it, ".log-label"),
    text: it.querySelector(".log-text").textContent,
  })),
}));
