import { openBrowser } from '../../support/browser.ts';
import type { Outcome } from './designs.ts';

const WIDTH = 820;
const LEFT = 240;
const ROW = 46;
const TOP = 70;
const SCALE_END = WIDTH - 110;

/** Draws a bar for each design, dollars for GPUs and for CPUs, into a PNG. */
export async function drawCosts(file: string, designs: readonly (readonly [string, Outcome])[]): Promise<void> {
  const most = Math.max(...designs.map(([, { gpuDollars, cpuDollars }]) => gpuDollars + cpuDollars));
  const width = (dollars: number) => (dollars / most) * (SCALE_END - LEFT);
  const height = TOP + designs.length * ROW + 60;
  const bars = designs.map(([name, { gpuDollars, cpuDollars, medianMinutes }], row) => {
    const y = TOP + row * ROW;
    const end = LEFT + width(gpuDollars + cpuDollars);
    const total = Math.round(gpuDollars + cpuDollars);
    return `
      <text x="${LEFT - 12}" y="${y + 20}" text-anchor="end">${name}</text>
      <rect x="${LEFT}" y="${y}" width="${width(gpuDollars)}" height="30" fill="#0053d6"/>
      <rect x="${LEFT + width(gpuDollars)}" y="${y}" width="${width(cpuDollars)}" height="30" fill="#ffb84d"/>
      <text x="${end + 8}" y="${y + 14}">$ ${total}</text>
      <text x="${end + 8}" y="${y + 30}" fill="#555" font-size="12">${Math.round(medianMinutes)} min</text>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="14">
    <rect width="100%" height="100%" fill="white"/>
    <text x="20" y="28" font-size="17" font-weight="bold">1,000 predictions of mixed length in a day, on A100 (simulated)</text>
    <rect x="20" y="42" width="14" height="14" fill="#0053d6"/><text x="40" y="54">GPU instances</text>
    <rect x="160" y="42" width="14" height="14" fill="#ffb84d"/><text x="180" y="54">CPU instances; minutes: median from submission to result</text>
    ${bars.join('')}
    <text x="20" y="${height - 30}" fill="#555" font-size="12">On-demand prices of us-east-1 as the article gives them. Inputs and assumptions: test/bench/cost/designs.ts</text>
  </svg>`;
  const browser = await openBrowser({ width: WIDTH, height });
  try {
    await browser.page.setContent(`<body style="margin:0">${svg}</body>`);
    await browser.page.screenshot({ path: file, clip: { x: 0, y: 0, width: WIDTH, height } });
  } finally {
    await browser.close();
  }
}
