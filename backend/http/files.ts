import { problem } from '../api/problem.ts';
import type { Result } from '../api/result.ts';
import { jobKeys, withoutAttemptFolder } from '../api/runner.ts';
import type { CoreDeps, Principal } from '../core/deps.ts';
import { getJob } from '../core/read.ts';
import { readResult } from '../core/track.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  pdb: 'chemical/x-pdb',
  cif: 'chemical/x-cif',
  json: 'application/json',
  png: 'image/png',
  fasta: 'text/plain; charset=utf-8',
  a3m: 'text/plain; charset=utf-8',
  log: 'text/plain; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  tsv: 'text/tab-separated-values; charset=utf-8',
  gz: 'application/gzip',
  zip: 'application/zip',
};
const MANIFEST = 'result.json';

/** The result manifest of a succeeded job. @throws ProblemError `not-found`, `no-result` */
export async function getManifest(deps: CoreDeps, principal: Principal, id: string): Promise<Result> {
  const job = await getJob(deps, principal, id);
  const found = job.status === 'SUCCEEDED' ? await readResult(deps.objects, id) : undefined;
  if (found?.kind === 'result') return found.result;
  const why =
    job.status === 'SUCCEEDED'
      ? 'its result is not in the store any more'
      : `it is ${job.status}${job.failure ? ` (${job.failure.message.replace(/\.$/, '')})` : ''}`;
  throw problem('no-result', `Job ${id} has no result: ${why}. Only SUCCEEDED jobs have one.`);
}

/**
 * One file of a result: its bytes, or a redirect to them. Only what the manifest names can be had, so no path leads
 * anywhere else. A file may be asked for without the folder of the attempt that wrote it.
 */
export async function answerFile(
  deps: CoreDeps,
  principal: Principal,
  { id, path, headOnly }: { readonly id: string; readonly path: string; readonly headOnly: boolean },
): Promise<Response> {
  const manifest = await getManifest(deps, principal, id);
  const known = [...manifest.files.map((file) => file.path), MANIFEST];
  const found = known.find((file) => file === path) ?? known.find((file) => withoutAttemptFolder(file) === path);
  const name =
    withoutAttemptFolder(found ?? '')
      .split('/')
      .at(-1) ?? '';
  const delivery = found === undefined ? undefined : await deps.objects.deliver(jobKeys.outputFolder(id) + found, name);
  if (!delivery) {
    throw problem('not-found', `The result of job ${id} has no such file. GET /${id}/results names its files.`);
  }
  if (delivery.kind === 'redirect') return new Response(null, { status: 302, headers: { location: delivery.url } });
  if (headOnly) await delivery.body.cancel();
  return new Response(headOnly ? null : delivery.body, {
    headers: {
      'content-type': contentTypeOf(name),
      'content-length': `${delivery.size}`,
      'content-disposition': dispositionOf(name),
      // A result is data: whatever it holds, a browser must not run it.
      'content-security-policy': "default-src 'none'; sandbox",
    },
  });
}

/** By the last extension; what is not known is plain bytes. */
export function contentTypeOf(name: string): string {
  return CONTENT_TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}

/** Save under this name (RFC 6266): the exact name for today's clients, a plain one for the rest. */
export function dispositionOf(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_');
  const exact = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
