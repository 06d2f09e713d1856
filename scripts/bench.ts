// npm run bench: measures what Foldpad promises, and writes docs/benchmarks.md from all that was measured last.
//
//   npm run bench                       everything (about an hour: the accuracy benchmark predicts 130 structures)
//   npm run bench -- --only server,fasta
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { isMain, ROOT } from './lib/paths.ts';
import { runCommand } from './lib/process.ts';
import { formatDuration, messageOf, say } from './lib/say.ts';
import { libraryFolder, setUpEngine, setUpLibrary } from './setup/engine.ts';
import { describeFailure } from './setup/result.ts';

/**
 * One line that a benchmark prints for each number. `target` is the promise in words and `ok` whether it is kept; a
 * number that nothing was promised of has neither.
 */
const measurementSchema = z.object({
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  target: z.string().optional(),
  ok: z.boolean().optional(),
  note: z.string().optional(),
});
type Measurement = z.infer<typeof measurementSchema>;

const partResultSchema = z.object({
  title: z.string(),
  command: z.string(),
  measured_at: z.string(),
  machine: z.string(),
  load_before: z.number(),
  measurements: z.array(measurementSchema),
});
const reportSchema = z.record(z.string(), partResultSchema);
type Report = z.infer<typeof reportSchema>;

interface Part {
  readonly name: string;
  readonly title: string;
  readonly script: string;
  readonly needsEngine: boolean;
  readonly timeoutMinutes: number;
}

const PARTS: readonly Part[] = [
  { name: 'homology', title: 'Homology engine', script: 'homology.ts', needsEngine: true, timeoutMinutes: 90 },
  { name: 'server', title: 'Local server', script: 'server.ts', needsEngine: false, timeoutMinutes: 20 },
  { name: 'kill9', title: 'kill -9 at random moments', script: 'kill9.ts', needsEngine: false, timeoutMinutes: 30 },
  { name: 'fasta', title: 'FASTA parser', script: 'fasta.ts', needsEngine: false, timeoutMinutes: 20 },
  {
    name: 'fasta-editor',
    title: 'FASTA in the editor',
    script: 'fastaEditor.ts',
    needsEngine: false,
    timeoutMinutes: 10,
  },
  { name: 'extension', title: 'VS Code extension', script: 'extension.ts', needsEngine: false, timeoutMinutes: 20 },
  {
    name: 'viewer',
    title: 'Structure viewer beside Mol*',
    script: 'viewer.ts',
    needsEngine: false,
    timeoutMinutes: 30,
  },
  {
    name: 'viewer-memory',
    title: 'Memory of the structure viewer',
    script: 'viewerMemory.ts',
    needsEngine: false,
    timeoutMinutes: 15,
  },
  { name: 'jobs-tree', title: 'Jobs view', script: 'jobsTree.ts', needsEngine: false, timeoutMinutes: 10 },
  { name: 'aws', title: 'AWS backend', script: 'aws.ts', needsEngine: false, timeoutMinutes: 20 },
  { name: 'runner', title: 'Runner', script: 'runner.ts', needsEngine: false, timeoutMinutes: 10 },
  {
    name: 'features',
    title: 'AlphaFold’s features stage',
    script: 'features.ts',
    needsEngine: false,
    timeoutMinutes: 60,
  },
  {
    name: 'alphafold-cost',
    title: 'What AlphaFold costs (simulated)',
    script: 'cost.ts',
    needsEngine: false,
    timeoutMinutes: 5,
  },
  { name: 'rehearsal', title: 'AWS rehearsal', script: 'rehearsal.ts', needsEngine: true, timeoutMinutes: 20 },
  { name: 'lambda', title: 'Lambda functions', script: 'lambda.ts', needsEngine: false, timeoutMinutes: 20 },
];

const DATA = path.join(ROOT, 'docs', 'benchmarks.json');
const PAGE = path.join(ROOT, 'docs', 'benchmarks.md');

/** The measurements among a benchmark's lines; other lines are for people. */
export function readMeasurements(output: string): Measurement[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => {
      try {
        const measured = measurementSchema.safeParse(JSON.parse(line));
        return measured.success ? [measured.data] : [];
      } catch {
        return [];
      }
    });
}

function describeMachine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return `${processors.length} × ${model}, ${memory} GiB, ${type()} ${release()}, Node ${process.versions.node}`;
}

async function readReport(): Promise<Report> {
  try {
    return reportSchema.parse(JSON.parse(await readFile(DATA, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

function formatValue({ value, unit }: Measurement): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return `${value.toFixed(digits)} ${unit}`.trim();
}

function formatVerdict({ ok }: Measurement): string {
  if (ok === undefined) return '';
  return ok ? 'yes' : '**no**';
}

/** docs/benchmarks.md: a table for each part, in the order of {@link PARTS}. */
export function formatPage(report: Report): string {
  const sections = PARTS.flatMap(({ name }) => {
    const part = report[name];
    if (!part) return [];
    const rows = part.measurements.map((m) =>
      [m.name, formatValue(m), m.target ?? '', formatVerdict(m), m.note ?? ''].join(' | '),
    );
    return [
      `## ${part.title}`,
      '',
      `\`${part.command}\` · ${part.measured_at.slice(0, 10)} · ${part.machine} · load before: ${part.load_before.toFixed(1)}`,
      '',
      'what | measured | promised | kept | note',
      '---|---|---|---|---',
      ...rows,
      '',
    ];
  });
  return [
    '# Benchmarks',
    '',
    'Made by `npm run bench`; do not edit. Absolute times depend on the machine and on what else it does: the load',
    'average before each part is given, ratios are taken within one run.',
    '',
    ...sections,
  ].join('\n');
}

async function measure(part: Part): Promise<Report[string]> {
  const load = loadavg()[0] ?? 0;
  const started = performance.now();
  say(`measuring: ${part.title} …`);
  const { code, timedOut, output } = await runCommand(
    process.execPath,
    [path.join(ROOT, 'test', 'bench', part.script)],
    {
      cwd: ROOT,
      env: { ...process.env, FOLDPAD_LIBRARY: libraryFolder() },
      timeoutMs: part.timeoutMinutes * 60_000,
      onOutput: (text) => process.stderr.write(text),
    },
  );
  if (timedOut) throw new Error(`${part.title} took longer than ${part.timeoutMinutes} min and was ended`);
  const measurements = readMeasurements(output);
  // A benchmark that broke down must not pass for one that measured less.
  if (code !== 0) throw new Error(`${part.title} ended with code ${code}; its last lines say why`);
  if (measurements.length === 0) throw new Error(`${part.title} measured nothing`);
  say(`measured: ${part.title} in ${formatDuration(performance.now() - started)}`);
  return {
    title: part.title,
    command: `npm run bench -- --only ${part.name}`,
    measured_at: new Date().toISOString(),
    machine: describeMachine(),
    load_before: load,
    measurements,
  };
}

function chooseParts(only: string | undefined): readonly Part[] {
  if (only === undefined) return PARTS;
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !PARTS.some((part) => part.name === name));
  if (unknown !== undefined) {
    throw new Error(`--only: there is no "${unknown}"; there are ${PARTS.map((part) => part.name).join(', ')}`);
  }
  return PARTS.filter((part) => names.includes(part.name));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const parts = chooseParts(values.only);
  if (parts.some((part) => part.needsEngine)) {
    for (const step of [() => setUpEngine({ forTests: true }), setUpLibrary]) {
      const outcome = await step();
      if (!outcome.ok) throw new Error(describeFailure(outcome));
    }
  }
  const failures: string[] = [];
  for (const part of parts) {
    try {
      // Read again each time: a part that fails keeps what was measured before.
      const report = { ...(await readReport()), [part.name]: await measure(part) };
      await writeFile(DATA, `${JSON.stringify(report, undefined, 2)}\n`);
      await writeFile(PAGE, formatPage(report));
    } catch (error) {
      failures.push(messageOf(error));
      say(messageOf(error));
    }
  }
  if (failures.length > 0) process.exitCode = 1;
}

if (isMain(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    say(messageOf(error));
    process.exitCode = 1;
  }
}
