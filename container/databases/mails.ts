import type { Preset } from './catalogue.ts';
import type { DatabaseRecord } from './record.ts';

/** The mail when everything is there. */
export function successMail(
  preset: Preset,
  records: readonly DatabaseRecord[],
  milliseconds: number,
): readonly [subject: string, text: string] {
  const lines = records.map(
    ({ name, version, bytes }) => `  ${name.padEnd(12)} ${version.padEnd(12)} ${gigabytes(bytes)}`,
  );
  const total = records.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    `Foldpad: the ${preset} databases are ready`,
    [
      `AlphaFold's ${preset} databases are downloaded, verified and unpacked (${duration(milliseconds)}).`,
      'Predictions with AlphaFold can be submitted now.',
      '',
      ...lines,
      `  ${'total'.padEnd(25)} ${gigabytes(total)}`,
      '',
      'Which versions a prediction used stands in its result, and is part of the key of the features cache.',
      '',
    ].join('\n'),
  ];
}

/** The mail when some of it could not be had. */
export function failureMail(preset: Preset, reason: string): readonly [subject: string, text: string] {
  return [
    `Foldpad: the ${preset} databases are not complete`,
    [
      `AlphaFold's ${preset} databases could not all be staged:`,
      '',
      `  ${reason}`,
      '',
      'What was finished stays, and what was begun is gone on with. Start it again with:',
      '',
      '  npm run deploy:backend -- --stage-databases',
      '',
      'Homology predictions work without these databases.',
      '',
    ].join('\n'),
  ];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function duration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
