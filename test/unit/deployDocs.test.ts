import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/paths.ts';

const PAGE = path.join(ROOT, 'docs', 'deploy.md');
const text = readFileSync(PAGE, 'utf8');

/** IAM's names for clients whose package is called otherwise. */
const SERVICES: Readonly<Record<string, string>> = { 'service-quotas': 'servicequotas' };
/** Operations whose right is called otherwise. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  's3:ListObjectVersions': ['s3:ListBucketVersions'],
  's3:DeleteObjects': ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  's3:HeadObject': ['s3:GetObject'],
};

/** Rights that the calls in a program need. */
function actionsOf(file: string): readonly string[] {
  const source = readFileSync(path.join(ROOT, file), 'utf8');
  const imports = source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g);
  return [...imports].flatMap(([, names = '', client = '']) =>
    [...names.matchAll(/\b(\w+)Command\b/g)].flatMap(([, operation = '']) => {
      const action = `${SERVICES[client] ?? client}:${operation}`;
      return ACTIONS[action] ?? [action];
    }),
  );
}

describe('docs/deploy.md', () => {
  it('names only files that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)].map(([, link = '']) => link);
    assert.ok(links.length > 60);
    for (const link of links) assert.ok(existsSync(path.resolve(path.dirname(PAGE), link)), link);
  });

  it('asks for every right that the deploying programs use, and for no wildcard action', () => {
    const policy = JSON.parse(/```json\n(\{\s*"Version"[\s\S]*?)\n```/.exec(text)?.[1] ?? '') as {
      Statement: { Action: string[]; Resource: string[] }[];
    };
    const allowed = policy.Statement.flatMap(({ Action: actions }) => actions);
    assert.deepEqual(
      allowed.filter((action) => action.includes('*')),
      [],
    );
    const files = [...globSync('scripts/backend/**/*.ts', { cwd: ROOT }), 'backend/aws/dynamoKeyStore.ts'];
    const needed = new Set(files.flatMap(actionsOf));
    assert.ok(needed.has('ssm:PutParameter') && needed.has('servicequotas:GetServiceQuota'));
    for (const action of needed) assert.ok(allowed.includes(action), action);
  });
});
