// Everything that the functions and runs of a deployment have logged in the emulator.
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import type { MiniStack } from './miniStack.ts';

/** @returns one text per log group */
export async function emulatorLogs(stack: MiniStack): Promise<ReadonlyMap<string, string>> {
  const client = new CloudWatchLogsClient(stack.clientConfig);
  try {
    const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({}));
    const logs = new Map<string, string>();
    for (const { logGroupName } of logGroups) {
      if (logGroupName === undefined) continue;
      const lines: string[] = [];
      for await (const page of paginateFilterLogEvents({ client }, { logGroupName })) {
        lines.push(...(page.events ?? []).map(({ message = '' }) => message));
      }
      logs.set(logGroupName, lines.join('\n'));
    }
    return logs;
  } finally {
    client.destroy();
  }
}
