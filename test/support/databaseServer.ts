/**
 * A small publisher of AlphaFold's databases: the same paths, headers, lists and checksums as the real ones, with a few
 * kilobytes in each file, and with the faults that networks have.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Crc32c } from '../../container/databases/crc32c.ts';

/** What may go wrong with one answer. */
export interface Fault {
  /** The connection breaks after so many bytes of the body. */
  readonly cutAfter?: number;
  /** A byte in the middle is another one. */
  readonly corrupt?: boolean;
  readonly status?: number;
  /** Path to ask in its place. */
  readonly redirect?: string;
  /** The answer says that it is compressed, as some servers say of every `.gz` file. */
  readonly encoded?: boolean;
  /** Nothing is sent until this is settled. */
  readonly waitFor?: Promise<unknown>;
}

export interface Served {
  readonly path: string;
  readonly method: string;
  readonly range: string | undefined;
}

export class DatabaseServer {
  readonly #files = new Map<string, Buffer>();
  readonly #faults = new Map<string, Fault[]>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly requests: Served[] = [];
  readonly #waiting = new Map<string, () => void>();
  takesRanges = true;
  /** Objects in one page of a list. */
  pageSize = 2;

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  put(name: string, content: Buffer | string): void {
    this.#files.set(name, Buffer.from(content));
  }

  published(name: string): Buffer {
    return this.#files.get(name) ?? Buffer.alloc(0);
  }

  /** The next answers for the path: one fault each, then none. */
  fail(name: string, ...faults: Fault[]): void {
    this.#faults.set(name, faults);
  }

  gets(name: string): Served[] {
    return this.requests.filter(({ path: asked, method }) => asked === name && method === 'GET');
  }

  /** Settled when somebody asks for the path. */
  asked(name: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(name, resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://server');
    const { method = 'GET' } = request;
    this.requests.push({ path: url.pathname, method, range: request.headers.range });
    this.#waiting.get(url.pathname)?.();
    if (url.searchParams.has('list-type')) return void response.end(this.#list(url.pathname, url.searchParams));
    const whole = this.#files.get(url.pathname);
    const fault = method === 'HEAD' ? undefined : this.#faults.get(url.pathname)?.shift();
    await fault?.waitFor;
    if (fault?.redirect) return void response.writeHead(302, { location: fault.redirect }).end();
    if (!whole || fault?.status) return void response.writeHead(fault?.status ?? 404).end();
    this.#send(request, response, url.pathname, fault?.corrupt ? corrupted(whole) : whole, fault);
  }

  #send(
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
    whole: Buffer,
    fault: Fault | undefined,
  ): void {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec((this.takesRanges && request.headers.range) || '') ?? [];
    const body = from === undefined ? whole : whole.subarray(Number(from), Number(to) + 1);
    response.writeHead(from === undefined ? 200 : 206, {
      'content-length': body.length,
      etag: `"${createHash('sha1')
        .update(this.#files.get(name) ?? '')
        .digest('hex')}"`,
      'last-modified': 'Wed, 05 Aug 2026 10:00:00 GMT',
      ...(fault?.encoded && { 'content-encoding': 'gzip' }),
      ...(this.takesRanges && { 'accept-ranges': 'bytes' }),
      ...(name.startsWith('/google/') && { 'x-goog-hash': googleHash(this.#files.get(name) ?? Buffer.alloc(0)) }),
    });
    if (request.method === 'HEAD') return void response.end();
    if (fault?.cutAfter === undefined) return void response.end(body);
    response.write(body.subarray(0, fault.cutAfter), () => response.destroy());
  }

  /** ListObjectsV2 of Amazon S3. */
  #list(bucket: string, query: URLSearchParams): string {
    const base = bucket.replace(/\/$/, '');
    const keys = [...this.#files.keys()]
      .filter((name) => name.startsWith(`${base}/`))
      .map((name) => name.slice(base.length + 1));
    if (query.has('delimiter')) {
      const folders = [...new Set(keys.map((key) => `${key.split('/')[0]}/`))];
      return `<L><Prefix></Prefix>${folders.map((folder) => `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`).join('')}</L>`;
    }
    const matching = keys.filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
    const start = Number(query.get('continuation-token') ?? 0);
    const page = matching.slice(start, start + this.pageSize).map((key) => {
      const content = this.#files.get(`${base}/${key}`) ?? Buffer.alloc(0);
      const md5 = createHash('md5').update(content).digest('hex');
      return `<Contents><Key>${key}</Key><Size>${content.length}</Size><ETag>&quot;${md5}&quot;</ETag></Contents>`;
    });
    const next = start + this.pageSize;
    return `<L>${page.join('')}${next < matching.length ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''}</L>`;
  }
}

function corrupted(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  const middle = Math.floor(copy.length / 2);
  copy.writeUInt8(copy.readUInt8(middle) ^ 0xff, middle);
  return copy;
}

/** As for an object that was composed of parts: without an MD5. */
function googleHash(content: Buffer): string {
  return `crc32c=${Buffer.from(new Crc32c().update(content).digest(), 'hex').toString('base64')}`;
}

/** Random text, which compresses badly enough to have some kilobytes. */
export function someText(name: string, lines = 400): string {
  return Array.from({ length: lines }, (_, index) =>
    createHash('sha256').update(`${name} ${index}`).digest('hex'),
  ).join('\n');
}

function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), 'foldpad-tar-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), content);
    }
    const archive = path.join(folder, '.tar');
    execFileSync('tar', ['--create', '--file', archive, '--directory', folder, ...Object.keys(files)]);
    return readFileSync(archive);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const SNAPSHOT = '20260101';
export const RELEASE = '2026_03';

export const PATHS = {
  bfd: '/google/alphafold-databases/casp14_versions/bfd_metaclust_clu_complete_id30_c90_final_seq.sorted_opt.tar.gz',
  uniref30: '/google/alphafold-databases/v2.3/UniRef30_2021_03.tar.gz',
  mgnify: '/google/alphafold-databases/v2.3/mgy_clusters_2022_05.fa.gz',
  smallBfd: '/google/alphafold-databases/reduced_dbs/bfd-first_non_consensus_sequences.fasta.gz',
  params: '/google/alphafold/alphafold_params_2022-12-06.tar',
  pdb70: '/hhsuite/old-releases/pdb70_from_mmcif_200401.tar.gz',
  uniref90: '/uniprot/uniref/uniref90/uniref90.fasta.gz',
  trembl: '/uniprot/current_release/knowledgebase/complete/uniprot_trembl.fasta.gz',
  sprot: '/uniprot/current_release/knowledgebase/complete/uniprot_sprot.fasta.gz',
  seqres: `/pdb/${SNAPSHOT}/pub/pdb/derived_data/pdb_seqres.txt`,
} as const;

const BFD = 'bfd_metaclust_clu_complete_id30_c90_final_seq.sorted_opt_a3m.ffdata';

/** What must lie where when all is staged: path below the folder of the databases → content. */
export const STAGED: Readonly<Record<string, string>> = {
  [`bfd/${BFD}`]: someText('bfd', 2_000),
  'uniref30/UniRef30_2021_03_a3m.ffindex': someText('uniref30'),
  'mgnify/mgy_clusters_2022_05.fa': someText('mgnify'),
  'small_bfd/bfd-first_non_consensus_sequences.fasta': someText('small_bfd'),
  'params/params_model_1.npz': someText('params'),
  'pdb70/pdb70_a3m.ffdata': someText('pdb70'),
  'uniref90/uniref90.fasta': someText('uniref90'),
  'uniprot/uniprot.fasta': `${someText('trembl')}\n${someText('sprot')}\n`,
  'pdb_seqres/pdb_seqres.txt': '>101m_A mol:protein length:3  MYOGLOBIN\nMVL\n>1abc_B mol:protein length:2  X\nGG\n',
  'pdb_mmcif/obsolete.dat': 'OBSLTE    31-JUL-94 116L     216L\n',
  ...Object.fromEntries(
    ['100d', '101m', '1abc', '2xyz', '9zzz'].map((id) => [
      `pdb_mmcif/mmcif_files/${id}.cif`,
      `data_${id}\n${someText(id, 20)}`,
    ]),
  ),
};

function staged(name: string): string {
  return STAGED[name] ?? '';
}

function metalink(files: Readonly<Record<string, Buffer>>): string {
  const entries = Object.entries(files).map(
    ([name, content]) =>
      `<file name="${name}"><size>${content.length}</size><verification><hash type="md5">` +
      `${createHash('md5').update(content).digest('hex')}</hash></verification></file>`,
  );
  return `<metalink version="3.0"><version>${RELEASE}</version><files>${entries.join('')}</files></metalink>`;
}

/** Fills a server with all that the catalogue asks for. */
export function publishAll(server: DatabaseServer): void {
  server.put(PATHS.bfd, gzipSync(tarOf({ [BFD]: staged(`bfd/${BFD}`) })));
  const uniref30 = 'UniRef30_2021_03_a3m.ffindex';
  server.put(PATHS.uniref30, gzipSync(tarOf({ [uniref30]: staged(`uniref30/${uniref30}`) })));
  server.put(PATHS.pdb70, gzipSync(tarOf({ 'pdb70_a3m.ffdata': staged('pdb70/pdb70_a3m.ffdata') })));
  server.put(PATHS.params, tarOf({ 'params_model_1.npz': staged('params/params_model_1.npz') }));
  server.put(PATHS.mgnify, gzipSync(staged('mgnify/mgy_clusters_2022_05.fa')));
  server.put(PATHS.smallBfd, gzipSync(staged('small_bfd/bfd-first_non_consensus_sequences.fasta')));
  const uniref90 = gzipSync(staged('uniref90/uniref90.fasta'));
  server.put(PATHS.uniref90, uniref90);
  server.put('/uniprot/uniref/uniref90/RELEASE.metalink', metalink({ 'uniref90.fasta.gz': uniref90 }));
  const trembl = gzipSync(`${someText('trembl')}\n`);
  const sprot = gzipSync(`${someText('sprot')}\n`);
  server.put(PATHS.trembl, trembl);
  server.put(PATHS.sprot, sprot);
  server.put(
    '/uniprot/current_release/knowledgebase/complete/RELEASE.metalink',
    metalink({ 'uniprot_sprot.fasta.gz': sprot, 'uniprot_trembl.fasta.gz': trembl }),
  );
  const nucleic = '>100d_A mol:na length:4  DNA\nCCGG\n';
  server.put(PATHS.seqres, `${nucleic}${staged('pdb_seqres/pdb_seqres.txt')}${nucleic}`);
  server.put(`/pdb/${SNAPSHOT}/pub/pdb/data/status/obsolete.dat`, staged('pdb_mmcif/obsolete.dat'));
  server.put('/pdb/20250101/pub/pdb/old.txt', 'an older snapshot');
  for (const [name, content] of Object.entries(STAGED)) {
    const id = /mmcif_files\/(\w{4})\.cif$/.exec(name)?.[1];
    if (id) server.put(entryPath(id), gzipSync(content));
  }
}

export function entryPath(id: string): string {
  return `/pdb/${SNAPSHOT}/pub/pdb/data/structures/divided/mmCIF/${id.slice(1, 3)}/${id}.cif.gz`;
}

/** The `--source` arguments that make the program ask this server. */
export function sources({ url }: DatabaseServer): string[] {
  return ['google', 'uniprot', 'hhsuite', 'pdb'].flatMap((host) => ['--source', `${host}=${url}/${host}`]);
}
