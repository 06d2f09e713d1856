/** What the functions are told by their environment variables. */
import * as z from 'zod';
import { QUEUE_NAMES, SPOT_SUFFIX } from '../api/machines.ts';

/** Where everything is, and what this deployment offers. */
export interface Settings {
  /** Name of the deployment, `foldpad` unless there are several in one account. */
  readonly prefix: string;
  readonly region: string;
  readonly table: string;
  readonly bucket: string;
  readonly workQueueUrl: string;
  readonly deadQueueUrl: string;
  readonly topicArn: string;
  /** CloudWatch log group of the Batch jobs. */
  readonly logGroup: string;
  /** Queues that are deployed: `low`, `low-spot`, `p4`, `cpu` … */
  readonly queues: readonly string[];
  /** Name of the SSM parameter that holds the key of share links. */
  readonly shareKeyParameter: string;
  /** Base address of the API, without a slash at its end. */
  readonly publicUrl: string;
  /** Whether AlphaFold is deployed; without it only the homology engine is offered. */
  readonly alphafold: boolean;
  /** The image that AlphaFold runs in, as its job definitions name it; absent where they were deployed without a name. */
  readonly alphafoldImage?: string;
}

/** An environment variable is missing or not understood; the message names it. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const KNOWN_QUEUES: readonly string[] = QUEUE_NAMES.flatMap((name) => [name, name + SPOT_SUFFIX]);

const name = z.string().min(1, { error: 'is empty' });
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an address that begins with https://' });

const schema = z.object({
  FOLDPAD_PREFIX: name.regex(/^[a-z][a-z0-9-]*$/, { error: 'must be lower-case letters, digits and "-"' }),
  AWS_REGION: name,
  FOLDPAD_TABLE: name,
  FOLDPAD_BUCKET: name,
  FOLDPAD_WORK_QUEUE_URL: httpUrl,
  FOLDPAD_DEAD_QUEUE_URL: httpUrl,
  FOLDPAD_TOPIC_ARN: name.regex(/^arn:[a-z-]+:sns:/, { error: 'must be the ARN of an SNS topic' }),
  FOLDPAD_LOG_GROUP: name,
  FOLDPAD_QUEUES: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((queues) => queues.every((queue) => KNOWN_QUEUES.includes(queue)), {
      error: `must be queues separated by commas; there are ${KNOWN_QUEUES.join(', ')}`,
    }),
  FOLDPAD_SHARE_KEY_PARAMETER: name.startsWith('/', {
    error: 'must be the name of a parameter, such as /foldpad/share-key',
  }),
  FOLDPAD_PUBLIC_URL: httpUrl.transform((url) => url.replace(/\/+$/, '')),
  FOLDPAD_ALPHAFOLD: z.enum(['on', 'off'], { error: 'must be "on" or "off"' }),
  FOLDPAD_ALPHAFOLD_IMAGE: name.optional(),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws EnvironmentError naming every variable that is missing or not understood */
export function readSettings(environment: Environment): Settings {
  const checked = schema.safeParse(environment);
  if (!checked.success) throw explain(checked.error, environment);
  const values = checked.data;
  return {
    prefix: values.FOLDPAD_PREFIX,
    region: values.AWS_REGION,
    table: values.FOLDPAD_TABLE,
    bucket: values.FOLDPAD_BUCKET,
    workQueueUrl: values.FOLDPAD_WORK_QUEUE_URL,
    deadQueueUrl: values.FOLDPAD_DEAD_QUEUE_URL,
    topicArn: values.FOLDPAD_TOPIC_ARN,
    logGroup: values.FOLDPAD_LOG_GROUP,
    queues: values.FOLDPAD_QUEUES,
    shareKeyParameter: values.FOLDPAD_SHARE_KEY_PARAMETER,
    publicUrl: values.FOLDPAD_PUBLIC_URL,
    alphafold: values.FOLDPAD_ALPHAFOLD === 'on',
    ...(values.FOLDPAD_ALPHAFOLD_IMAGE !== undefined && { alphafoldImage: values.FOLDPAD_ALPHAFOLD_IMAGE }),
  };
}

/** The little that the authorizer needs. @throws EnvironmentError */
export function readAuthorizerSettings(environment: Environment): Pick<Settings, 'prefix' | 'table'> {
  const checked = schema.pick({ FOLDPAD_PREFIX: true, FOLDPAD_TABLE: true }).safeParse(environment);
  if (!checked.success) throw explain(checked.error, environment);
  return { prefix: checked.data.FOLDPAD_PREFIX, table: checked.data.FOLDPAD_TABLE };
}

function explain(error: z.ZodError, environment: Environment): EnvironmentError {
  const mistakes = error.issues.map(({ path, message }) => {
    const variable = String(path[0]);
    return `${variable} ${environment[variable] === undefined ? 'is not set' : message}`;
  });
  return new EnvironmentError(
    `The function's environment is not as it was deployed: ${mistakes.join('; ')}. Deploy again (npm run deploy:backend).`,
  );
}
