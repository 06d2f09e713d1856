// The way of a user through the deployed platform, on the command line: one function per scene.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { resultSchema } from '../../backend/api/result.ts';
import { checkDeadLetters } from '../backend/checks/deadLetters.ts';
import { ROOT } from '../lib/paths.ts';
import { RehearsalFailure } from './narrator.ts';
import { foldpad, type Stage, until } from './stage.ts';

const EXAMPLES = path.join(ROOT, 'examples');
const TARGET = path.join(EXAMPLES, 'hemoglobin-beta.fasta');
/** On 2 cores a prediction takes seconds; a busy machine may need minutes. */
const PREDICTION_MS = 150_000;
/** Authorizer results are kept for 30 s. */
const REVOCATION_MS = 60_000;

interface Submitted {
  readonly jobs: readonly { readonly id: string }[];
}

async function submit(stage: Stage, key: string, ...more: readonly string[]): Promise<string> {
  const args = ['predict', TARGET, '--queue', 'cpu', '--no-wait', '--json', ...more];
  const { stdout } = await foldpad(stage, key, args, { quiet: true });
  const id = (JSON.parse(stdout) as Submitted).jobs[0]?.id;
  if (id === undefined) throw new RehearsalFailure(`predict answered no job: ${stdout}`);
  stage.narrator.answer(`job ${id}`);
  return id;
}

async function objectsOf({ rehearsal }: Stage, jobId: string): Promise<readonly string[]> {
  const { control, miniStack, aws } = rehearsal;
  const Bucket = `${control.config.name}-${miniStack.account}-${miniStack.region}`;
  const pages = await Promise.all(
    ['input', 'output'].map((folder) =>
      aws.s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${folder}/${jobId}/` })),
    ),
  );
  return pages.flatMap(({ Contents: objects = [] }) => objects.flatMap(({ Key: key }) => key ?? []));
}

/** Liveness, queues, estimates. */
export async function lookAround(stage: Stage): Promise<void> {
  const { narrator, rehearsal } = stage;
  narrator.chapter('Looking around');
  const health = await fetch(`${rehearsal.url}/health`);
  narrator.answer(`GET ${rehearsal.url}/health → ${health.status} ${await health.text()}`);
  narrator.check(health.ok, 'the API answers without a key where it should');
  const refused = await fetch(`${rehearsal.url}/`, { headers: { authorization: 'fp_aaaaaaaaaaaa_wrong' } });
  narrator.check([401, 403].includes(refused.status), `and refuses a wrong key elsewhere (${refused.status})`);
  const { stdout } = await foldpad(stage, rehearsal.adminKey, ['queues']);
  narrator.check(/\bp4\b/.test(stdout) && /\bcpu\b/.test(stdout), 'the queues are those of the deployed template');
  await foldpad(stage, rehearsal.adminKey, ['estimate', TARGET, '--queue', 'p4']);
  await foldpad(stage, rehearsal.adminKey, ['estimate', TARGET, '--queue', 'cpu']);
}

/** The admin makes a key for a scientist. @returns its text */
export async function makeKey(stage: Stage): Promise<{ key: string; id: string }> {
  const { narrator, rehearsal } = stage;
  narrator.chapter('A key for Ada');
  const args = ['keys', 'create', '--name', 'Ada Lovelace'];
  const { stdout } = await foldpad(stage, rehearsal.adminKey, args, { quiet: true });
  const key = stdout.trim();
  narrator.hide(key, 'Ada’s key');
  narrator.check(/^fp_[a-z2-7]{12}_[\w-]{43}$/.test(key), 'standard output holds the key and nothing else');
  await foldpad(stage, rehearsal.adminKey, ['keys', 'list']);
  return { key, id: key.split('_')[1] ?? '' };
}

/** From a FASTA file to a structure on disk. @returns the job's id */
export async function predict(stage: Stage, key: string): Promise<string> {
  const { narrator, rehearsal, folder } = stage;
  narrator.chapter('A prediction');
  const id = await submit(stage, key);
  await foldpad(stage, key, ['logs', '-f', id]);
  const { stdout: shown } = await foldpad(stage, key, ['show', id]);
  narrator.check(shown.includes('SUCCEEDED'), 'the job has succeeded');

  const output = path.join(folder, 'hemoglobin');
  await foldpad(stage, key, ['results', id, '-o', output]);
  const result = resultSchema.parse(JSON.parse(await readFile(path.join(output, 'result.json'), 'utf8')));
  const best = result.models[0];
  const pdb = await readFile(path.join(output, best?.files.pdb ?? ''), 'utf8');
  const residues = pdb.split('\n').filter((line) => /^ATOM .{7} CA /.test(line)).length;
  narrator.check(residues > 100, `${best?.files.pdb} is a structure of ${residues} residues, made by ${result.method}`);

  const file = await fetch(`${rehearsal.url}/${id}/results/${best?.files.pdb}`, {
    headers: { authorization: key },
    redirect: 'manual',
  });
  const address = file.headers.get('location') ?? '';
  narrator.check(
    file.status === 302 && /X-Amz-Signature=/.test(address),
    'a file is a redirect to a presigned address',
  );
  narrator.check((await (await fetch(address)).text()) === pdb, 'which serves the same bytes without a key');
  return id;
}

/** The mail, and the link in it. */
export async function readMail(stage: Stage, jobId: string): Promise<void> {
  const { narrator, rehearsal } = stage;
  narrator.chapter('The mail');
  const mail = await rehearsal.mailbox.waitFor(jobId);
  narrator.answer(`Subject: ${mail.subject}\n${mail.text}`);
  const link = /https?:\/\/\S+\/shared\/\S+/.exec(mail.text)?.[0];
  narrator.check(link !== undefined, 'it holds a link that works without a key');
  narrator.check(/aws s3 sync/.test(mail.text), 'and the command that fetches everything');
  const page = await fetch(link ?? '');
  const html = await page.text();
  narrator.check(page.ok && /\.pdb/.test(html), 'the page lists the files');
  const href = /href="([^"]+\.pdb)"/.exec(html)?.[1] ?? '';
  const pdb = await (await fetch(new URL(href, link))).text();
  narrator.check(/^ATOM /m.test(pdb), 'and a link of it downloads a structure');
}

/** A running prediction is cancelled; its process ends. @returns the job's id */
export async function cancel(stage: Stage, key: string): Promise<string> {
  const { narrator, rehearsal } = stage;
  narrator.chapter('Cancelling a running prediction');
  const client = rehearsal.client(key);
  const id = await submit(stage, key, '--comment', 'never mind');
  await until('the job runs', async () => (await client.get(id)).job.status === 'RUNNING', PREDICTION_MS);
  narrator.answer('it runs');
  await foldpad(stage, key, ['cancel', id]);
  const { job } = await until('the job is cancelled', async () => {
    const answer = await client.get(id);
    return answer.job.status === 'CANCELLED' && answer;
  });
  narrator.check(job.status === 'CANCELLED', 'the job is CANCELLED');
  const batchId = job.runs[0]?.schedulerId ?? '';
  const ended = await until('Batch has ended it', async () => {
    const run = rehearsal.batch.engine.find(batchId);
    return run?.isEnded && run;
  });
  narrator.check(ended.isTerminated, 'Batch was told to end it, and its process is gone');
  return id;
}

/** Jobs and every object of theirs go. */
export async function remove(stage: Stage, key: string, ids: readonly string[]): Promise<void> {
  const { narrator } = stage;
  narrator.chapter('Deleting');
  for (const id of ids) {
    await foldpad(stage, key, ['delete', id]);
    await until(`the objects of ${id} are gone`, async () => (await objectsOf(stage, id)).length === 0);
  }
  narrator.check(true, 'nothing of the jobs is left in the bucket');
  const { stdout } = await foldpad(stage, key, ['list', '--json'], { quiet: true });
  narrator.check((JSON.parse(stdout) as { jobs: unknown[] }).jobs.length === 0, 'and none in the list');
}

/** The key is revoked and refused within a minute; nothing was given up on the way. */
export async function leave(stage: Stage, { key, id }: { key: string; id: string }): Promise<void> {
  const { narrator, rehearsal } = stage;
  narrator.chapter('Revoking the key');
  await foldpad(stage, rehearsal.adminKey, ['keys', 'revoke', id]);
  const since = narrator.elapsed;
  const status = await until(
    'the key is refused',
    async () => {
      const answer = await fetch(`${rehearsal.url}/`, { headers: { authorization: key } });
      await answer.body?.cancel();
      return [401, 403].includes(answer.status) && answer.status;
    },
    REVOCATION_MS,
  );
  narrator.check(true, `it is refused (${status}) after ${Math.round((narrator.elapsed - since) / 1000)} s`);

  const { aws, names, miniStack } = rehearsal;
  const [work] = await checkDeadLetters(aws, miniStack.region, names.deadQueue, 'work');
  const [events] = await checkDeadLetters(aws, miniStack.region, names.deadEvents, 'events');
  narrator.check(work?.state === 'ok' && events?.state === 'ok', 'no work and no event was given up', () =>
    JSON.stringify([work, events]),
  );
  const log = miniStack.log();
  narrator.check(!log.includes(key) && !log.includes(rehearsal.adminKey), 'no key is in the emulator’s log');
}
