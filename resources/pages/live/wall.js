// Keeps the wall fresh: asks for its parts, puts what is new in place of the old, draws the chart,
// turns the map to its next view. What stands on the screen is drawn by the server alone.
"use strict";

const body = document.body;
const root = document.documentElement;
const OFFSET_MS = Number(body.dataset.offset) * 60000;
const SIGN = body.dataset.midnight.slice(2, -2); // between hours and minutes
const EVERY_MS = Number(body.dataset.every) * 1000;
const VIEW_MS = 15000; // how long the map stays with one view
const TOUCHED_MS = 120000; // and after somebody chose one
const STALE_MS = 30000; // after so long without an answer the figures are called old

let ahead = Number(body.dataset.now) - Date.now();
let tag = "";
let heard = Date.now();
let turnAt = Date.now() + VIEW_MS;
let plot = null;

function clock(moment) {
  const at = new Date(moment + OFFSET_MS);
  const two = (n) => String(n).padStart(2, "0");
  return `${two(at.getUTCHours())}${SIGN}${two(at.getUTCMinutes())}`;
}

function tick() {
  const wall = document.getElementById("wall");
  const state = document.getElementById("state");
  document.getElementById("clock").textContent = clock(Date.now() + ahead);
  document.getElementById("date").textContent = wall.dataset.date;
  const stale = Date.now() - heard > STALE_MS;
  state.classList.toggle("broken", stale);
  const said = stale ? `${body.dataset.broken} ${clock(heard + ahead)}` : wall.dataset.state;
  if (state.textContent !== said) state.textContent = said;
  if (Date.now() >= turnAt) turn();
}

function views() {
  return [...document.querySelectorAll(".views button")].map((button) => button.dataset.view);
}

function shown() {
  const pressed = document.querySelector('.views button[aria-pressed="true"]');
  return pressed ? pressed.dataset.view : "";
}

function show(view) {
  for (const one of document.querySelectorAll("#map [data-view]")) {
    if (one.tagName === "BUTTON") one.setAttribute("aria-pressed", String(one.dataset.view === view));
    else one.hidden = one.dataset.view !== view;
  }
}

function turn() {
  const all = views();
  turnAt = Date.now() + VIEW_MS;
  if (all.length) show(all[(all.indexOf(shown()) + 1) % all.length]);
}

function replace(fresh) {
  const view = shown();
  for (const part of fresh.querySelectorAll("article[id], .map, #hours-title, #attention")) {
    const old = part.id ? document.getElementById(part.id) : null;
    if (!old || old.outerHTML === part.outerHTML) continue;
    const moved = old.matches("article") && old.querySelector(".figure").textContent !== part.querySelector(".figure").textContent;
    old.replaceWith(part);
    if (moved) part.classList.add("moved");
  }
  const chart = fresh.getElementById("chart");
  const old = document.getElementById("chart");
  if (chart && old.dataset.chart !== chart.dataset.chart) {
    old.dataset.chart = chart.dataset.chart;
    draw();
  }
  const wall = document.getElementById("wall");
  Object.assign(wall.dataset, fresh.getElementById("wall").dataset);
  if (views().includes(view)) show(view);
}

async function ask() {
  try {
    const answer = await fetch(body.dataset.parts, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store", signal: AbortSignal.timeout(EVERY_MS * 2) });
    if (answer.status === 401) { location.reload(); return; }
    if (answer.ok || answer.status === 304) {
      heard = Date.now();
      const now = Number(answer.headers.get("X-Teras-Now"));
      if (now) ahead = now - Date.now();
    }
    if (answer.ok) {
      tag = answer.headers.get("ETag") || "";
      replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
  } catch (error) {
    // The next round asks again; the clock's line says since when nothing came.
  }
  setTimeout(ask, EVERY_MS);
}

function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = name;
  body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function draw() {
  const place = document.getElementById("chart");
  const chart = JSON.parse(place.dataset.chart);
  if (plot) plot.destroy();
  plot = null;
  if (!chart.bars.length) return;
  const rem = parseFloat(getComputedStyle(root).fontSize);
  const font = `${Math.round(1.25 * rem)}px Inter, system-ui, sans-serif`;
  const soft = colour("var(--soft)");
  const fills = [colour("var(--bright)"), colour("color-mix(in oklab, var(--bright) 38%, var(--paper))")];
  const many = chart.bars.length;
  const bars = chart.bars.map((bar, place) => ({
    label: bar.label, fill: fills[place], stroke: fills[place], width: 0, points: { show: false },
    paths: uPlot.paths.bars({ size: [0.78 / many, 5 * rem], align: many === 1 ? 0 : place ? 1 : -1, radius: 0.12 }),
  }));
  const data = [chart.hours, ...chart.bars.map((bar) => bar.values)];
  if (chart.usual.length) {
    bars.push({ label: "", stroke: colour("var(--warm)"), width: 0.25 * rem, dash: [0.7 * rem, 0.5 * rem], points: { show: false } });
    data.push(chart.usual);
  }
  const most = Math.max(5, ...data.slice(1).flat().map((n) => n || 0));
  plot = new uPlot({
    width: place.clientWidth, height: place.clientHeight, legend: { show: false }, cursor: { show: false }, padding: [0.6 * rem, rem, 0, 0],
    scales: { x: { time: false, range: [chart.hours[0] - 0.6, chart.hours.at(-1) + 0.6] }, y: { range: [0, most * 1.12] } },
    series: [{}, ...bars],
    axes: [
      { stroke: soft, font, size: 2.4 * rem, grid: { show: false }, ticks: { show: false }, splits: () => chart.hours, values: (_, at) => at.map((hour) => `${String(hour).padStart(2, "0")}${SIGN}00`) },
      { stroke: soft, font, size: 4.6 * rem, grid: { stroke: colour("var(--line)"), width: 1 }, ticks: { show: false }, space: 2.4 * rem, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 250, 500, 1000, 2000, 5000] },
    ],
  }, data, place);
}

function dress(theme) {
  root.dataset.theme = theme;
  draw();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.id === "theme") {
    const theme = root.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem("teras-theme", theme);
    dress(theme);
  } else if (button.dataset.view) {
    show(button.dataset.view);
    turnAt = Date.now() + TOUCHED_MS;
  }
});
addEventListener("resize", () => { clearTimeout(draw.later); draw.later = setTimeout(draw, 150); });
document.fonts.ready.then(() => dress(localStorage.getItem("teras-theme") || "dark"));
tick();
setInterval(tick, 1000);
setTimeout(ask, EVERY_MS);
