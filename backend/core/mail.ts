/** The mail about a job that has ended, as pure text. */
import type { Job, LogLine, Run } from '../api/job.ts';
import { findMachine } from '../api/machines.ts';
import { formatMoney, type JobCost, queueOfRun } from './cost.ts';
import type { Policy } from './deps.ts';

/** What a mail says besides the job itself. */
export interface MailFacts {
  readonly job: Job;
  readonly policy: Pick<Policy, 'region' | 'featuresQueue'>;
  readonly cost?: JobCost;
  /** Address of the page with the job's files, and when it ends (ISO 8601 UTC). */
  readonly share?: { readonly url: string; readonly expiresAt: string };
  /** `s3://bucket/output/<id>/` */
  readonly outputUri: string;
  /** The newest lines of the job's log, oldest first. */
  readonly logLines: readonly LogLine[];
}

export interface Mail {
  /** ASCII, one line, at most 100 characters: more SNS does not take. */
  readonly subject: string;
  readonly text: string;
}

const MAX_SUBJECT = 100;
/** A mail of SNS holds 256 KB; a log line may be of any length. */
const MAX_LINE = 500;

/** The mail on success or failure; `undefined` for other ends: whoever cancels a job knows it. */
export function mailOf(facts: MailFacts): Mail | undefined {
  switch (facts.job.status) {
    case 'SUCCEEDED':
      return { subject: subject(facts.job, 'is ready'), text: successText(facts) };
    case 'FAILED':
      return { subject: subject(facts.job, 'could not be predicted'), text: failureText(facts) };
    default:
      return undefined;
  }
}

function subject({ name }: Job, what: string): string {
  const rest = ` ${what}`;
  const plain = name.replace(/[^\x21-\x7e]+/g, ' ').trim() || 'your job';
  const head = 'Foldpad: ';
  return `${head}${plain.slice(0, MAX_SUBJECT - head.length - rest.length)}${rest}`;
}

function successText(facts: MailFacts): string {
  const { job } = facts;
  const { result } = job;
  const confidence =
    result &&
    `Confidence  ${result.meanConfidence.toFixed(1)} of 100 (mean ${result.confidenceMetric} of the best model; ${count(result.models, 'model')})`;
  return paragraphs([
    `The structure of ${job.name} has been predicted.`,
    lines([...aboutJob(facts), confidence, ...job.warnings.map((warning) => `Note        ${warning}`)]),
    downloads(facts),
  ]);
}

function failureText(facts: MailFacts): string {
  const { job, logLines } = facts;
  const { message = 'No reason is known.', remedy } = job.failure ?? {};
  return paragraphs([
    `The structure of ${job.name} could not be predicted.`,
    lines([`Why         ${message}`, remedy && `What to do  ${remedy}`]),
    lines(aboutJob(facts)),
    logLines.length > 0 &&
      lines(['The end of its log:', ...logLines.map(({ text }) => `  ${text.slice(0, MAX_LINE)}`)]),
  ]);
}

function aboutJob({ job, policy, cost }: MailFacts): readonly (string | undefined | false)[] {
  const spent = job.runs.flatMap((run) => runTime(run) ?? []).reduce((sum, each) => sum + each, 0);
  const parts = job.runs.flatMap((run) => {
    const time = runTime(run);
    const queue = queueOfRun(policy, job.queue, run.stage);
    return time === undefined
      ? []
      : `${run.stage === 'features' ? 'searches' : 'prediction'} ${duration(time)} on ${queue}`;
  });
  return [
    `Job         ${job.id}`,
    job.comment !== '' && `Comment     ${job.comment}`,
    `Owner       ${job.owner}`,
    `Queue       ${job.queue}${machineText(job)}`,
    `Target      ${count(
      job.chains.reduce((sum, { length }) => sum + length, 0),
      'residue',
    )} in ${count(job.chains.length, 'chain')}`,
    `Submitted   ${utc(job.createdAt)}`,
    job.endedAt && `Ended       ${utc(job.endedAt)}`,
    parts.length > 0 && `Time        ${duration(spent)}${parts.length > 1 ? ` (${parts.join(', ')})` : ''}`,
    cost &&
      `Cost        ${cost.isAtMost ? 'at most' : 'about'} ${formatMoney(cost)} of machine time, estimated from list prices`,
  ];
}

function machineText({ queue, engine, parameters }: Job): string {
  const found = findMachine(queue);
  if (!found) return '';
  const gpus = engine === 'alphafold2' ? `; ${count(parameters.gpu, 'GPU')} used` : '';
  return ` (${found.machine.description}${gpus}${found.isSpot ? '; Spot' : ''})`;
}

function downloads({ job, policy, share, outputUri }: MailFacts): string {
  const region = policy.region ?? 'us-east-1';
  const command = `aws s3 sync ${outputUri} ./${folderName(job)}/ --region ${region}`;
  const link =
    share &&
    lines([
      `All files, to be opened or downloaded in a browser (until ${utc(share.expiresAt)}; whoever has this link can read them):`,
      '',
      `  ${share.url}`,
    ]);
  return paragraphs([
    link,
    lines(['With the AWS command line:', '', `  ${command}`]),
    region.startsWith('cn-') && CHINA_NOTE,
    'In VS Code the job is in the Foldpad view: click the structure to see it.',
  ]);
}

/** The article's users are in China: there the web ports of an account are closed until its ICP filing is done. */
const CHINA_NOTE = lines([
  'In the China regions a link opens only if the AWS account has an ICP filing (presigned links to S3 included). If it',
  'does not open, use the command above.',
  '中国区域：未完成 ICP 备案的 AWS 账号无法通过链接（包括 S3 预签名链接）下载文件，请使用上面的 aws s3 sync 命令。',
]);

/** A name that is a folder name everywhere, and needs no quotes. */
function folderName({ name, id }: Job): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[._-]+/, '');
  return plain || id;
}

/** Milliseconds that the run's last attempt took. */
function runTime({ startedAt, endedAt }: Run): number | undefined {
  return startedAt === undefined || endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(startedAt);
}

/** `48 s`, `46 min`, `2 h 5 min` */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function utc(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function lines(parts: readonly (string | undefined | false)[]): string {
  return parts.filter((part) => part !== undefined && part !== false).join('\n');
}

function paragraphs(parts: readonly (string | undefined | false)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join('\n\n');
}
