/** A page about a structure that needs nothing but itself: for a notebook, a colleague, a supplement. Pure. */

import { t } from '@vscode/l10n';
import { cssColor } from './dom.ts';
import type { Legend } from './legend.ts';
import { letterOf } from './sequence.ts';
import type { ResidueInfo } from './structureData.ts';

/** One residue in the plot and the sequence. */
export interface ReportResidue extends Pick<ResidueInfo, 'name' | 'number' | 'insertion' | 'chain'> {
  /** On the scale of `axis`. */
  readonly value: number;
  /** 0xRRGGBB, as in the structure. */
  readonly color: number;
}

/** All that a report says. */
export interface ReportContent {
  /** Language of its words, for example `en` or `zh-cn`. */
  readonly language: string;
  readonly title: string;
  readonly fileName: string;
  /** SHA-256 of the structure file, hexadecimal. */
  readonly sha256: string;
  /** Facts in the order in which they are listed: what, and what of it. */
  readonly facts: readonly (readonly [string, string])[];
  readonly legend: Legend;
  readonly residues: readonly ReportResidue[];
  /** What the plot's vertical axis is, and how far it goes. */
  readonly axis: { readonly name: string; readonly max: number };
  /** PNG of the structure, base64. */
  readonly picture: string;
  /** Predicted aligned errors: PNG (base64) and the end of its scale (Å). */
  readonly pae?: { readonly picture: string; readonly max: number };
  /** Sentences: a comparison, measured distances, what is selected. */
  readonly remarks: readonly string[];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that can be nothing but text, in an element or in an attribute. */
function text(value: string): string {
  return value.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);
}

const STYLE = `
body{margin:32px auto;padding:0 24px;max-width:920px;font:15px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif;color:#1f1f1f;background:#fff}
h1{font-size:1.7em;margin:0 0 4px;overflow-wrap:anywhere}h2{font-size:1.15em;margin:28px 0 8px}
.kind{margin:0 0 20px;color:#5f5f5f}img{max-width:100%;height:auto}.structure{border:1px solid #ddd;border-radius:4px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;margin:0}dt{color:#5f5f5f}dd{margin:0;overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto}.sequence{font:13px/1.7 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.sequence b{font-weight:400;border-bottom:4px solid;padding-bottom:1px}.sequence i{color:#8a8a8a;font-style:normal;font-size:.85em;padding:0 6px}
.pae{width:380px;image-rendering:pixelated;border:1px solid #ddd}footer{margin-top:36px;padding-top:8px;border-top:1px solid #ddd;color:#5f5f5f;font-size:.9em}
`;

/** Nothing may be loaded and nothing may run. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** Writes the page. */
export function reportHtml(content: ReportContent): string {
  const { title, facts, remarks, pae, legend } = content;
  const sections = [
    `<img class="structure" alt="${text(pictureText(content))}" src="data:image/png;base64,${content.picture}">`,
    section(t('What it is'), list([...facts, [t('File'), content.fileName], ['SHA-256', content.sha256]])),
    ...(legend.note ? [`<p>${text(legend.note)}</p>`] : []),
    ...(remarks.length > 0
      ? [section(t('Notes'), `<ul>${remarks.map((one) => `<li>${text(one)}</li>`).join('')}</ul>`)]
      : []),
    section(t('{0} by residue', content.axis.name), plot(content)),
    ...(pae ? [section(t('Predicted aligned error'), paeFigure(pae))] : []),
    section(t('Sequence'), sequence(content.residues)),
  ];
  return `<!DOCTYPE html>
<html lang="${text(content.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${text(title)}</h1>
<p class="kind">${text(kindOf(legend))}</p>
${sections.join('\n')}
<footer>${text(t('Made with Foldpad.'))}</footer>
</body>
</html>
`;
}

function kindOf({ title, mean }: Legend): string {
  return mean ? t('{0}, mean {1}', title, mean) : t('Coloured by {0}', title);
}

function pictureText({ title, legend }: ReportContent): string {
  return t('3D structure of {0}, coloured by {1}', title, legend.title);
}

function section(heading: string, body: string): string {
  return `<h2>${text(heading)}</h2>\n${body}`;
}

function list(facts: readonly (readonly [string, string])[]): string {
  const rows = facts
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`);
  return `<dl>${rows.join('')}</dl>`;
}

const PLOT = { width: 860, height: 170, left: 34, bottom: 22 };

/** A bar for each residue in its colour, a line where a chain ends. */
function plot({ residues, axis }: ReportContent): string {
  const { width, height, left, bottom } = PLOT;
  const inner = { width: width - left, height: height - bottom };
  const step = inner.width / Math.max(1, residues.length);
  const at = (index: number): string => (left + index * step).toFixed(2);
  const bars = residues.map(({ value, color }, index) => {
    const part = Math.min(1, Math.max(0, value / axis.max)) || 0;
    const high = part * inner.height;
    return `<rect x="${at(index)}" y="${(inner.height - high).toFixed(1)}" width="${Math.max(step, 0.5).toFixed(2)}" height="${high.toFixed(1)}" fill="${cssColor(color)}"/>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const y = inner.height * (1 - part);
    return `<path d="M${left} ${y}H${width}" stroke="#e2e2e2"/><text x="${left - 6}" y="${y + (part === 1 ? 9 : 4)}" text-anchor="end">${Math.round(axis.max * part)}</text>`;
  });
  const chains = residues.flatMap((residue, index) => {
    if (residues[index - 1]?.chain === residue.chain) return [];
    const line = index === 0 ? '' : `<path d="M${at(index)} 0V${height}" stroke="#555" stroke-dasharray="3 3"/>`;
    return [`${line}<text x="${left + index * step + 4}" y="${height - 6}">${text(chainStart(residue))}</text>`];
  });
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${text(t('{0} by residue', axis.name))}" font-size="11" fill="#555">${ticks.join('')}${bars.join('')}${chains.join('')}</svg>`;
}

function chainStart(first: ReportResidue): string {
  const { chain } = first;
  return chain === '' ? t('from {0}', numberOf(first)) : t('Chain {0}, from {1}', chain, numberOf(first));
}

/** A residue's number with its insertion code: without it, residues after 100 would all be called 100. */
function numberOf({ number, insertion }: ReportResidue): string {
  return `${number}${insertion}`;
}

function paeFigure({ picture, max }: NonNullable<ReportContent['pae']>): string {
  const key = t(
    'Dark green is 0 Å, white is {0} Å: the error expected at one residue (column) when another (row) is laid on the truth.',
    max.toFixed(0),
  );
  return `<img class="pae" alt="${text(t('Map of predicted aligned errors'))}" src="data:image/png;base64,${picture}"><p>${text(key)}</p>`;
}

/** Residues between two numbers. */
const BLOCK = 10;

/** The sequence, each residue underlined in its colour; runs of one colour share an element. */
function sequence(residues: readonly ReportResidue[]): string {
  const chains: ReportResidue[][] = [];
  for (const residue of residues) {
    const chain = chains.at(-1);
    if (chain && chain[0]?.chain === residue.chain) chain.push(residue);
    else chains.push([residue]);
  }
  return chains.map((chain) => `<p class="sequence">${chainText(chain)}</p>`).join('\n');
}

function chainText(residues: readonly ReportResidue[]): string {
  const [first] = residues;
  const parts: string[] = first && first.chain !== '' ? [`<i>${text(first.chain)}</i>`] : [];
  let run: { color: number; letters: string } | undefined;
  const flush = (): void => {
    if (run) parts.push(`<b style="border-color:${cssColor(run.color)}">${run.letters}</b>`);
    run = undefined;
  };
  for (const [index, residue] of residues.entries()) {
    const { name, color } = residue;
    if (index % BLOCK === 0) {
      flush();
      parts.push(`<i>${text(numberOf(residue))}</i>`);
    }
    if (run?.color !== color) flush();
    run ??= { color, letters: '' };
    run.letters += letterOf(name);
  }
  flush();
  return parts.join('');
}
