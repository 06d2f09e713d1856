/** The page behind a share link: plain HTML without scripts, everything that comes from elsewhere escaped. */
import { html, raw } from 'hono/html';
import type { Problem } from '../api/problem.ts';
import type { Result } from '../api/result.ts';
import { withoutAttemptFolder } from '../api/runner.ts';
import { encodeText } from '../core/bytes.ts';

/** HTML that is safe to send. */
type Html = ReturnType<typeof html>;

export interface ResultPageFacts {
  readonly result: Result;
  /** When the link ends, ISO 8601 UTC. */
  readonly expiresAt: string;
  /** Address of the page itself, with a slash at its end. */
  readonly address: string;
  /** Where the store keeps the result, for example `s3://bucket/output/{id}/`. */
  readonly storeUri: string;
}

const MANIFEST = 'result.json';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; white-space: nowrap; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .8rem; border: 1px solid #8884; border-radius: 6px; }
`;

/** Every file of a result with its size, and how to fetch them all at once. */
export function resultPage({ result, expiresAt, address, storeUri }: ResultPageFacts): Html {
  const files = result.files.map(({ path, size }) => ({ name: withoutAttemptFolder(path), size }));
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const best = result.models.reduce((a, b) => (b.rank < a.rank ? b : a));
  const folder = folderName(result.name);
  const names = [...files.map(({ name }) => name), MANIFEST];
  return frame(
    result.name,
    html`<h1>${result.name}</h1>
<p>A predicted structure, not a measured one: made by ${result.engine} (${result.engine_version}; ${result.method}) on
${result.provenance.created_at.slice(0, 10)}. ${plural(result.models.length, 'model')}; mean confidence of the best:
${best.mean_confidence.toFixed(1)} of 100 (${result.confidence_metric}).</p>
${result.warnings.map((warning) => html`<p><strong>Note:</strong> ${warning}</p>`)}
<table>
<thead><tr><th>File</th><th class="number">Size</th></tr></thead>
<tbody>
${files.map(({ name, size }) => row(name, formatBytes(size)))}
${row(MANIFEST, '')}
</tbody>
</table>
<p>${plural(names.length, 'file')}, ${formatBytes(total)}. This link works until ${readableTime(expiresAt)}.</p>
<h2>All files at once</h2>
<p>With this link, in a terminal:</p>
<pre>${curlCommand(address, names, folder)}</pre>
<p>With access to the AWS account:</p>
<pre>aws s3 sync ${shellQuoted(storeUri)} ${shellQuoted(folder)}</pre>`,
  );
}

/** What a link that cannot be followed shows. */
export function refusalPage({ title, detail }: Problem): Html {
  return frame(title, html`<h1>${title}</h1><p>${detail}</p>`);
}

/** Sends a page. Nothing but its own style may work in it, and its address, which is a secret, goes nowhere. */
export async function answerPage(page: Html, status = 200): Promise<Response> {
  const style = btoa(
    String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(encodeText(STYLE))))),
  );
  const policy = `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return new Response(`${await page}`, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    },
  });
}

function frame(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Foldpad</title>
<style>${raw(STYLE)}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function row(name: string, size: string): Html {
  return html`<tr><td><a href="./${encodedPath(name)}">${name}</a></td><td class="number">${size}</td></tr>
`;
}

/** One command for all files, each with its folders. */
function curlCommand(address: string, names: readonly string[], folder: string): string {
  const each = names.map((name) => {
    const target = shellQuoted(`${folder}/${name}`);
    return `  -o ${target} ${shellQuoted(address + encodedPath(name))}`;
  });
  return ['curl -fL --create-dirs', ...each].join(' \\\n');
}

function encodedPath(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

/** A name for a folder that needs no thought on any system. */
function folderName(name: string): string {
  return (
    name
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9._-]+/g, '_')
      .replace(/^[._-]+/, '')
      .slice(0, 80) || 'result'
  );
}

/** As one word for a POSIX shell. */
function shellQuoted(text: string): string {
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function formatBytes(size: number): string {
  if (size < 1000) return `${size} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(size) / 3));
  return `${(size / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}

/** `2026-11-29 10:00 UTC` */
function readableTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}
