import path from 'node:path';
import { Aws, CfnOutput, Duration } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  type IHttpApi,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { type EventPattern, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import {
  CfnEventInvokeConfig,
  EventSourceMapping,
  type IFunction,
  type Function as LambdaFunction,
} from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { API_ROUTES } from './apiRoutes.ts';
import type { DeploymentConfig } from './config.ts';
import { explain } from './explain.ts';
import { FoldpadStack } from './foldpadStack.ts';
import { FUNCTION_SHAPES, makeFunctions, sharedEnvironment } from './functions.ts';
import { discardedLogGroup } from './logGroups.ts';

/** A revoked key stops working at the latest this much later. */
const AUTHORIZER_CACHE = Duration.seconds(30);

/** AWS Batch takes 50 requests a second from an account; a few at a time leave room for everybody else. */
const SIMULTANEOUS_DISPATCHERS = 4;
const MESSAGES_AT_ONCE = 10;

/**
 * Deliveries of a message before it counts as poisoned. More than the eight after which `core/work.ts` gives up what it
 * understands, and fails the job with its reason.
 */
const MAX_DELIVERIES = 10;

const OPEN_BECAUSE =
  'Open by design: liveness, the contract, and share links, which carry a signature that the function checks.';

/** How often the reconciler looks for what events missed. */
const RECONCILE_EVERY = Duration.minutes(2);

/** What the runner's progress events say they are (see `container/runner`). */
const RUNNER_SOURCE = 'foldpad.runner';

/**
 * One line for every request. Neither the key nor the path is in it: a share link's path is as good as a key. The
 * functions' own logs name the job.
 */
const ACCESS_LOG = {
  time: '$context.requestTime',
  request: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  owner: '$context.authorizer.owner',
  address: '$context.identity.sourceIp',
  agent: '$context.identity.userAgent',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  error: '$context.error.message',
  integration: '$context.integrationErrorMessage',
  authorizer: '$context.authorizer.error',
} as const;

/** The API, the functions behind it, and what wakes them. */
export class ApiStack extends FoldpadStack {
  /** @param bundles folder that holds a folder per function */
  constructor(scope: Construct, config: DeploymentConfig, bundles: string) {
    super(scope, 'Api', config, 'the HTTP API and the functions behind it');
    const deadWork = this.#deadQueue('DeadWork', this.names.deadQueue);
    const deadEvents = this.#deadQueue('DeadEvents', this.names.deadEvents);
    const work = this.#queue('Work', this.names.workQueue, {
      visibilityTimeout: Duration.seconds(6 * FUNCTION_SHAPES.dispatcher.timeoutSeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: deadWork as IQueue, maxReceiveCount: MAX_DELIVERIES },
    });
    const api = new HttpApi(this, 'Api', {
      apiName: this.names.api,
      description: 'Foldpad: protein structure prediction',
      createDefaultStage: false,
    });
    const url = this.#publicUrl(api.apiId);
    const functions = makeFunctions(this, path.resolve(bundles), {
      ...sharedEnvironment(this),
      FOLDPAD_WORK_QUEUE_URL: work.queueUrl,
      FOLDPAD_DEAD_QUEUE_URL: deadWork.queueUrl,
      FOLDPAD_PUBLIC_URL: url,
    });

    this.#routes(api, functions);
    this.#stage(api);
    new EventSourceMapping(this, 'WorkToDispatcher', {
      target: functions.dispatcher as IFunction,
      eventSourceArn: work.queueArn,
      batchSize: MESSAGES_AT_ONCE,
      reportBatchItemFailures: true,
      maxConcurrency: SIMULTANEOUS_DISPATCHERS,
    });
    this.#events(functions, deadEvents);

    new CfnOutput(this, 'Url', { value: url, description: 'Address of the API, for the editor and the command line' });
    const { apiUrl, apiId } = this.names.parameters;
    new StringParameter(this, 'UrlParameter', { parameterName: apiUrl, stringValue: url });
    new StringParameter(this, 'IdParameter', { parameterName: apiId, stringValue: api.apiId });
  }

  #publicUrl(apiId: string): string {
    const { emulator, region } = this.config;
    return emulator === undefined
      ? `https://${apiId}.execute-api.${region}.${Aws.URL_SUFFIX}`
      : `${emulator}/_aws/execute-api/${apiId}/$default`;
  }

  #queue(id: string, queueName: string, props: ConstructorParameters<typeof Queue>[2]): Queue {
    return new Queue(this, id, {
      queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: this.enforceSSL,
      ...props,
    });
  }

  #deadQueue(id: string, name: string): Queue {
    const queue = this.#queue(id, name, { retentionPeriod: Duration.days(14) });
    explain(queue, 'AwsSolutions-SQS3', 'This is where what failed again and again ends; an alarm watches it.');
    return queue;
  }

  #routes(api: HttpApi, { authorizer, query, command }: Functions): void {
    const withKey = new HttpLambdaAuthorizer('Keys', authorizer as IFunction, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: ['$request.header.Authorization'],
      resultsCacheTtl: AUTHORIZER_CACHE,
    });
    const open = new HttpNoneAuthorizer();
    const handlers = {
      query: new HttpLambdaIntegration('Query', query as IFunction, { scopePermissionToRoute: false }),
      command: new HttpLambdaIntegration('Command', command as IFunction, { scopePermissionToRoute: false }),
    };
    for (const { method, path: routePath, handler, isOpen } of API_ROUTES) {
      const routes = api.addRoutes({
        path: routePath,
        methods: [HttpMethod[method]],
        integration: handlers[handler],
        authorizer: isOpen ? open : withKey,
      });
      if (isOpen) for (const route of routes) explain(route, 'AwsSolutions-APIG4', OPEN_BECAUSE);
    }
  }

  #stage(api: HttpApi): void {
    const { rate, burst } = this.config.throttling;
    const log = new LogGroup(this, 'AccessLog', discardedLogGroup(this.names.apiLogGroup, this.config));
    new HttpStage(this, 'Stage', {
      httpApi: api as IHttpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: rate, burstLimit: burst },
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(log as ILogGroup),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
  }

  #events({ tracker, reconciler }: Functions, deadEvents: Queue): void {
    const toTracker = (id: string, description: string, eventPattern: EventPattern) =>
      this.#rule(id, description, { eventPattern }, tracker, deadEvents);
    const ownQueues = { prefix: this.arn('batch', `job-queue/${this.config.name}-`) };

    toTracker('BatchStates', 'Jobs of AWS Batch change their state', {
      source: ['aws.batch'],
      detailType: ['Batch Job State Change'],
      detail: { jobQueue: [ownQueues] },
    });
    toTracker('BlockedQueues', 'A job queue of AWS Batch waits for something that does not come', {
      source: ['aws.batch'],
      detailType: ['Batch Job Queue Blocked'],
      // Arrays match when one element does; the pattern's type knows strings only.
      resources: [ownQueues] as unknown as string[],
    });
    toTracker('Progress', 'Runs tell how far they are', {
      source: [RUNNER_SOURCE],
      detailType: ['Foldpad Progress'],
    });
    this.#rule(
      'Reconcile',
      'Looks for what events missed',
      { schedule: Schedule.rate(RECONCILE_EVERY) },
      reconciler,
      deadEvents,
    );
    for (const [id, target] of Object.entries({ tracker, reconciler })) {
      new CfnEventInvokeConfig(this, `${id}Failures`, {
        functionName: target.functionName,
        qualifier: '$LATEST',
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: 3_600,
        destinationConfig: { onFailure: { destination: deadEvents.queueArn } },
      });
    }
  }

  #rule(
    id: string,
    description: string,
    when: { readonly eventPattern: EventPattern } | { readonly schedule: Schedule },
    target: LambdaFunction,
    deadEvents: Queue,
  ): void {
    new Rule(this, id, {
      description,
      ...when,
      targets: [
        new LambdaTarget(target as IFunction, {
          deadLetterQueue: deadEvents as IQueue,
          maxEventAge: Duration.hours(1),
          retryAttempts: 10,
        }),
      ],
    });
  }
}

type Functions = ReturnType<typeof makeFunctions>;
