import { openBrowser } from '../../support/browser.ts';
import type { Outcome } from './designs.ts';

const WIDTH = 860;
const LEFT = 250;
const ROW = 50;
const TOP = 84;
const SCALE_END = WIDTH - 190;
const SMALL_ROW = 26;
const JOBS = 1000;
const GPU = '#0053d6';
const CPU = '#ffb84d';
const MUTED = '#555';

/** A named case of "what would change it": our GPU cost to the article's. */
export type Sensitivity = readonly [name: string, ratio: number];

/** Draws a bar for each design (dollars for GPUs and for CPUs), and below what would change the ratio, into a PNG. */
export async function drawCosts(
  file: string,
  designs: readonly (readonly [string, Outcome])[],
  sensitivities: readonly Sensitivity[],
  limit: number,
): Promise<void> {
  const below = TOP + designs.length * ROW + 40;
  const height = below + sensitivities.length * SMALL_ROW + 84;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="14">
    <rect width="100%" height="100%" fill="white"/>
    <text x="20" y="30" font-size="17" font-weight="bold">1,000 predictions of mixed length in a day, on A100 (simulated)</text>
    <rect x="20" y="46" width="14" height="14" fill="${GPU}"/><text x="40" y="58">GPU instances</text>
    <rect x="160" y="46" width="14" height="14" fill="${CPU}"/><text x="180" y="58">CPU instances</text>
    <text x="300" y="58" fill="${MUTED}">minutes: median from submission to result</text>
    ${designBars(designs)}
    <text x="20" y="${below}" font-weight="bold">GPU cost, ours (cache cold) to the article’s: what would change it</text>
    ${sensitivityBars(sensitivities, limit, below + 14)}
    <text x="20" y="${height - 34}" fill="${MUTED}" font-size="12">Assumed: on-demand prices of us-east-1 as the article gives them; AlphaFold compiles each model for 137 s; our searches</text>
    <text x="20" y="${height - 16}" fill="${MUTED}" font-size="12">are no faster than the article’s. Every input and its source: test/bench/cost/designs.ts</text>
  </svg>`;
  const browser = await openBrowser({ width: WIDTH, height });
  try {
    await browser.page.setContent(`<body style="margin:0">${svg}</body>`);
    await browser.page.screenshot({ path: file, clip: { x: 0, y: 0, width: WIDTH, height } });
  } finally {
    await browser.close();
  }
}

function designBars(designs: readonly (readonly [string, Outcome])[]): string {
  const most = Math.max(...designs.map(([, { gpuDollars, cpuDollars }]) => gpuDollars + cpuDollars));
  const width = (dollars: number) => (dollars / most) * (SCALE_END - LEFT);
  return designs
    .map(([name, { gpuDollars, cpuDollars, gpuHours, medianMinutes }], row) => {
      const y = TOP + row * ROW;
      const each = (gpuDollars + cpuDollars) / JOBS;
      const beside = LEFT + width(gpuDollars + cpuDollars) + 10;
      return `
      <text x="${LEFT - 12}" y="${y + 21}" text-anchor="end">${name}</text>
      <rect x="${LEFT}" y="${y}" width="${width(gpuDollars)}" height="32" fill="${GPU}"/>
      <rect x="${LEFT + width(gpuDollars)}" y="${y}" width="${width(cpuDollars)}" height="32" fill="${CPU}"/>
      <text x="${beside}" y="${y + 13}">$${each.toFixed(2)} a prediction</text>
      <text x="${beside}" y="${y + 30}" fill="${MUTED}" font-size="12">${Math.round(gpuHours)} GPU h, ${Math.round(medianMinutes)} min</text>`;
    })
    .join('');
}

/** Ratios from 0 to 1 on one scale, with a line at the promised limit. */
function sensitivityBars(sensitivities: readonly Sensitivity[], limit: number, top: number): string {
  const width = (ratio: number) => ratio * (SCALE_END - LEFT);
  const x = LEFT + width(limit);
  const end = top + sensitivities.length * SMALL_ROW;
  const promised = `
    <line x1="${x}" y1="${top - 4}" x2="${x}" y2="${end}" stroke="#c00" stroke-dasharray="4 3"/>
    <text x="${x}" y="${end + 12}" text-anchor="middle" fill="#c00" font-size="12">promised: at most ${limit}</text>`;
  const bars = sensitivities.map(([name, ratio], row) => {
    const y = top + row * SMALL_ROW;
    return `
      <text x="${LEFT - 12}" y="${y + 13}" text-anchor="end" font-size="13">${name}</text>
      <rect x="${LEFT}" y="${y}" width="${width(ratio)}" height="17" fill="${row === 0 ? GPU : '#8fb4ee'}"/>`;
  });
  // A white rim, where a number lies on the line.
  const rim = 'paint-order="stroke" stroke="white" stroke-width="6"';
  const numbers = sensitivities.map(
    ([, ratio], row) =>
      `<text x="${LEFT + width(ratio) + 10}" y="${top + row * SMALL_ROW + 13}" font-size="13" ${rim}>${ratio.toFixed(2)}</text>`,
  );
  return [...bars, promised, ...numbers].join('');
}
