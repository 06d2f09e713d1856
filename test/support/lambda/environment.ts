/** Variables as a deployment sets them for its functions. */
export const FUNCTION_ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  FOLDPAD_PREFIX: 'foldpad',
  FOLDPAD_TABLE: 'foldpad',
  FOLDPAD_BUCKET: 'foldpad-123456789012-us-east-1',
  FOLDPAD_WORK_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/foldpad-work',
  FOLDPAD_DEAD_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/123456789012/foldpad-work-dead',
  FOLDPAD_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:foldpad-mail',
  FOLDPAD_LOG_GROUP: '/foldpad/batch',
  FOLDPAD_QUEUES: 'low, p4-spot,cpu',
  FOLDPAD_SHARE_KEY_PARAMETER: '/foldpad/share-key',
  FOLDPAD_PUBLIC_URL: 'https://api.example.org/',
  FOLDPAD_ALPHAFOLD: 'on',
} as const;
