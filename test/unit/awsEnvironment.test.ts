import assert from 'node:assert/strict';
import { EnvironmentError, readAuthorizerSettings, readSettings } from '../../backend/aws/environment.ts';
import { FUNCTION_ENVIRONMENT } from '../support/lambda/environment.ts';

describe('the functions’ environment', () => {
  it('is read', () => {
    assert.deepEqual(readSettings(FUNCTION_ENVIRONMENT), {
      prefix: 'foldpad',
      region: 'us-east-1',
      table: 'foldpad',
      bucket: 'foldpad-123456789012-us-east-1',
      workQueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/foldpad-work',
      deadQueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/foldpad-work-dead',
      topicArn: 'arn:aws:sns:us-east-1:123456789012:foldpad-mail',
      logGroup: '/foldpad/batch',
      queues: ['low', 'p4-spot', 'cpu'],
      shareKeyParameter: '/foldpad/share-key',
      publicUrl: 'https://api.example.org',
      alphafold: true,
    });
  });

  it('may be of China', () => {
    const { topicArn } = readSettings({
      ...FUNCTION_ENVIRONMENT,
      FOLDPAD_TOPIC_ARN: 'arn:aws-cn:sns:cn-northwest-1:123456789012:foldpad-mail',
    });
    assert.match(topicArn, /aws-cn/);
  });

  it('is refused with the name of each variable that is wrong', () => {
    for (const [variable, value] of [
      ['FOLDPAD_PREFIX', 'Fold Pad'],
      ['AWS_REGION', ''],
      ['FOLDPAD_TABLE', undefined],
      ['FOLDPAD_BUCKET', ''],
      ['FOLDPAD_WORK_QUEUE_URL', 'foldpad-work'],
      ['FOLDPAD_DEAD_QUEUE_URL', 'file:///etc/passwd'],
      ['FOLDPAD_TOPIC_ARN', 'foldpad-mail'],
      ['FOLDPAD_LOG_GROUP', undefined],
      ['FOLDPAD_QUEUES', 'low,lowest'],
      ['FOLDPAD_QUEUES', ''],
      ['FOLDPAD_SHARE_KEY_PARAMETER', 'share-key'],
      ['FOLDPAD_PUBLIC_URL', 'api.example.org'],
      ['FOLDPAD_ALPHAFOLD', 'yes'],
    ] as const) {
      assert.throws(
        () => readSettings({ ...FUNCTION_ENVIRONMENT, [variable]: value }),
        (error) =>
          error instanceof EnvironmentError &&
          error.message.includes(`${variable} `) &&
          /Deploy again/.test(error.message),
        `${variable}=${value}`,
      );
    }
    assert.throws(() => readSettings({}), /FOLDPAD_TABLE is not set; .*FOLDPAD_ALPHAFOLD is not set/);
  });

  it('of the authorizer needs little', () => {
    const { FOLDPAD_PREFIX, FOLDPAD_TABLE } = FUNCTION_ENVIRONMENT;
    assert.deepEqual(readAuthorizerSettings({ FOLDPAD_PREFIX, FOLDPAD_TABLE }), {
      prefix: 'foldpad',
      table: 'foldpad',
    });
    assert.throws(() => readAuthorizerSettings({}), /FOLDPAD_TABLE is not set/);
  });
});
