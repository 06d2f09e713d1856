import { Command } from 'commander';
import { EXIT_CODES } from '../exitCodes.ts';
import type { Host } from '../host.ts';
import { resolveIds } from '../jobIds.ts';
import { saveResult } from '../saveResults.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';

export function resultsCommand(host: Host): Command {
  return new Command('results')
    .description('save the result of a job: models, confidence, alignments, result.json')
    .argument('<id>', 'id of the job, or its beginning')
    .requiredOption('-o, --output <dir>', 'folder to save into; files that are there and whole are not fetched again')
    .action((id: string, options: { output: string }, command: Command) =>
      host.run(command, (session) => results(session, id, options.output)),
    );
}

async function results(session: Session, typed: string, folder: string): Promise<number> {
  const { output, signal } = session;
  const client = await session.client();
  const [id = typed] = await resolveIds(client, [typed], signal);
  const saved = await saveResult(client, id, folder, {
    signal,
    onFile: ({ path, size, skipped }) => output.note(`${skipped ? 'had' : 'saved'} ${path} (${size} bytes)`),
  });
  if (output.json) {
    output.document({ job_id: saved.jobId, folder: saved.folder, files: saved.files, result: saved.result });
    return EXIT_CODES.ok;
  }
  const metric = saved.result.confidence_metric;
  const rows = saved.result.models.map((model) => [
    model.files.pdb,
    `${metric} ${model.mean_confidence.toFixed(1)}`,
    model.template ? `template ${model.template.id}` : '',
    `${model.residues_modelled} of ${saved.result.sequence_length} residues`,
  ]);
  for (const line of formatTable(rows)) output.line(line);
  output.note(`in ${saved.folder}`);
  return EXIT_CODES.ok;
}
