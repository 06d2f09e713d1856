import { FastaParser } from './parser.ts';
import { sortProblems } from './problems.ts';
import type {
  FastaEvent,
  FastaFile,
  FastaParseOptions,
  FastaProblem,
  FastaRecord,
  FastaRecordSummary,
  FastaSource,
  FastaTotals,
} from './types.ts';

/**
 * Parses FASTA as it arrives, plain or gzip, in bounded memory: never more than one record is held.
 *
 * @param source bytes of the file in chunks of any size: a Node stream, a web stream's iterator, an array
 * @returns problems and records in file order (the problems of a record before it), then one `end` with the totals. A
 * record with errors is yielded too, with `hasErrors`. What cannot be FASTA at all ends with one problem and no record
 * @throws what `source` throws; TypeError when a chunk is no Uint8Array; RangeError for an option that is not positive.
 * Never because of what the file says
 */
export function parseFasta(
  source: FastaSource,
  options: FastaParseOptions = {},
): AsyncGenerator<FastaEvent<FastaRecord>> {
  return stream(source, new FastaParser(options, true)) as AsyncGenerator<FastaEvent<FastaRecord>>;
}

/** Like `parseFasta`, but keeps no sequences: ids, places, lengths and compositions of a file of any size. */
export function scanFasta(
  source: FastaSource,
  options: FastaParseOptions = {},
): AsyncGenerator<FastaEvent<FastaRecordSummary>> {
  return stream(source, new FastaParser(options, false));
}

/**
 * Reads a whole file into memory. Limit it (`maxRecords`, `maxRecordLength`, `maxBytes`) where the source is not
 * trusted.
 */
export async function readFasta(source: FastaSource, options: FastaParseOptions = {}): Promise<FastaFile> {
  const collector = new Collector();
  for await (const event of parseFasta(source, options)) {
    collector.add(event);
  }
  return collector.file();
}

/**
 * Parses text that is already in memory: an open document, the body of a request. Positions of all sequence lines are
 * kept. Columns count UTF-16 units of `text`.
 */
export function parseFastaText(text: string, options: FastaParseOptions = {}): FastaFile {
  return parseFastaBytes(new TextEncoder().encode(text), { ...options, keepLines: true });
}

/** Parses bytes that are already in memory, plain or gzip, without waiting. */
export function parseFastaBytes(bytes: Uint8Array, options: FastaParseOptions = {}): FastaFile {
  const parser = new FastaParser(options, true);
  const collector = new Collector();
  for (const batches of [parser.write(bytes), parser.end()]) {
    for (const event of Array.from(batches).flat()) {
      collector.add(event as FastaEvent<FastaRecord>);
    }
  }
  return collector.file();
}

async function* stream(source: FastaSource, parser: FastaParser): AsyncGenerator<FastaEvent<FastaRecordSummary>> {
  for await (const chunk of source) {
    for (const batch of parser.write(chunk)) {
      // Not `yield*`: delegating to an array costs more than the parse itself.
      for (const event of batch) {
        yield event;
      }
    }
    if (parser.done) {
      // Leaving the loop closes the source: no need to read the rest of a file that is refused.
      break;
    }
  }
  for (const batch of parser.end()) {
    yield* batch;
  }
}

class Collector {
  private readonly records: FastaRecord[] = [];
  private readonly problems: FastaProblem[] = [];
  private totals: FastaTotals | undefined;

  add(event: FastaEvent<FastaRecord>): void {
    if (event.type === 'record') {
      this.records.push(event.record);
    } else if (event.type === 'problem') {
      this.problems.push(event.problem);
    } else {
      this.totals = event.totals;
    }
  }

  file(): FastaFile {
    if (this.totals === undefined) {
      throw new Error('The FASTA parser ended without totals.');
    }
    return { records: this.records, problems: sortProblems(this.problems), totals: this.totals };
  }
}
