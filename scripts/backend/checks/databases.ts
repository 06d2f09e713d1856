// Whether AlphaFold has anything to search.
import type { AwsClients } from '../clients.ts';
import { type DatabasePlace, databaseState } from '../databaseJob.ts';
import { type Finding, missing, ok } from '../findings.ts';

const START = 'Run: npm run deploy:backend -- --stage-databases';

export async function checkDatabases(
  aws: Pick<AwsClients, 'batch' | 's3'>,
  place: DatabasePlace,
): Promise<readonly Finding[]> {
  const name = `${place.preset} databases`;
  const state = await databaseState(aws, place);
  switch (state.kind) {
    case 'staged':
      return [ok(name, `staged ${state.at?.toISOString().slice(0, 10) ?? ''}.`)];
    case 'other':
      return [missing(name, `only the ${state.preset} ones are there; jobs that search the others fail.`, START)];
    case 'running':
      return [
        missing(
          name,
          `they are being downloaded (job ${state.jobId}, ${state.status}).`,
          'Wait for the mail. Homology predictions work already.',
        ),
      ];
    case 'failed':
      return [
        missing(
          name,
          `their download failed (job ${state.jobId}): ${state.reason}.`,
          `Read the job’s log in the Batch console. ${START}   It goes on where it stopped.`,
        ),
      ];
    case 'absent':
      return [missing(name, 'they were never downloaded: AlphaFold jobs fail.', START)];
  }
}
