// Measures in the page: our WebAssembly beside uPlot with JSON.parse, on the
// same bodies, at the same size, taking turns. Each turn ends with reading a
// pixel back, which forces the browser to have painted.

import init, { Chart } from "./pkg/venti_bench.js";

const WIDTH = 1200;
const HEIGHT = 300;
const SIZES = [[10, 720], [50, 720], [200, 1440]];
const TURNS = 25;
const WARM_UP = 5;

/** The body Prometheus would answer to a range query: rates of CPU time, minute by minute. */
function body(seriesCount, points) {
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const result = [];
  for (let row = 0; row < seriesCount; row++) {
    const level = 0.1 + random() * 0.7;
    const phase = random() * 6.28;
    let drift = 0;
    const values = [];
    for (let i = 0; i < points; i++) {
      drift = drift * 0.97 + (random() - 0.5) * 0.03;
      const value = level + 0.15 * level * Math.sin(phase + i / 115) + drift + random() * 0.02;
      values.push([1789356000 + i * 60, String(Math.max(0, value))]);
    }
    const metric = { __name__: "cpu", instance: `10.0.${row}.1:9100`, job: "node-exporter", mode: "user" };
    result.push({ metric, values });
  }
  return JSON.stringify({ status: "success", data: { resultType: "matrix", result } });
}

function decodeForUplot(text) {
  const { result } = JSON.parse(text).data;
  const times = result[0].values.map((sample) => sample[0]);
  return [times, ...result.map((series) => series.values.map((sample) => +sample[1]))];
}

const COLORS = ["#325cd3", "#b98662", "#02553f", "#963f74", "#757215", "#9e78fc", "#509aaf", "#8b0002"];

function newUplot(seriesCount, width) {
  const line = (_, i) => ({ stroke: COLORS[i % 8], width, points: { show: false } });
  const series = [{}, ...Array.from({ length: seriesCount }, line)];
  const options = { width: WIDTH, height: HEIGHT, series, legend: { show: false } };
  return new uPlot(options, [[], ...Array(seriesCount).fill([])], document.querySelector("#uplot"));
}

function painted(canvas) {
  return canvas.getContext("2d").getImageData(WIDTH / 2, HEIGHT / 2, 1, 1).data[3];
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Takes turns between named contenders and returns the median milliseconds of each. */
async function race(contenders, turns = TURNS) {
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let turn = -WARM_UP; turn < turns; turn++) {
    for (const [name, run] of Object.entries(contenders)) {
      // A rest between turns keeps one's garbage out of the other's time.
      await new Promise((done) => setTimeout(done, 5));
      const start = performance.now();
      await run();
      const time = performance.now() - start;
      if (turn >= 0) times[name].push(time);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}

async function measure([seriesCount, points]) {
  const text = body(seriesCount, points);
  const bytes = new TextEncoder().encode(text);
  const [lines, overlay] = document.querySelectorAll("#ours canvas");
  const chart = new Chart(lines, overlay, WIDTH, HEIGHT);
  // By itself uPlot draws lines one pixel wide, which browsers draw fastest.
  const uplot = newUplot(seriesCount, 1);
  const wideUplot = newUplot(seriesCount, seriesCount > 20 ? 1.25 : 1.5);

  const drawOurs = () => {
    chart.draw();
    painted(lines);
  };
  const drawUplot = async (data, plot = uplot) => {
    plot.setData(data);
    // uPlot draws in a microtask.
    await Promise.resolve();
    painted(plot.ctx.canvas);
  };
  const data = decodeForUplot(text);
  chart.decode(bytes);

  const figures = await race({
    "ours": () => { chart.decode(bytes); drawOurs(); },
    "uPlot": () => drawUplot(decodeForUplot(text)),
    "ours, decode": () => chart.decode(bytes),
    "uPlot, decode": () => decodeForUplot(text),
    "ours, draw": drawOurs,
    "uPlot, draw": () => drawUplot(data),
  });
  const wide = await race({ "uPlot, wide": () => drawUplot(decodeForUplot(text), wideUplot) }, 5);
  let x = 0;
  const hover = await race({
    hover: () => { x = (x + 37) % 1000; chart.hover(100 + x, 150); painted(overlay); },
  });
  uplot.destroy();
  wideUplot.destroy();
  return { seriesCount, points, bytes: bytes.length, ...figures, ...wide, ...hover };
}

async function main() {
  await init();
  const rows = [];
  for (const size of SIZES) rows.push(await measure(size));
  return { rows };
}

const answer = await main().catch((error) => ({ error: String(error?.stack ?? error) }));
await fetch("/result", { method: "POST", body: JSON.stringify(answer) });
