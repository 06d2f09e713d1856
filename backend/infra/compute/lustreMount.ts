import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { FoldpadStack } from '../foldpadStack.ts';
import type { LustreMount } from './userData.ts';

/**
 * The file system of the Storage stack; `undefined` in a deployment without one. A new file system has new names, so
 * what mounts it has to be deployed again after it was made (`npm run deploy:backend` does).
 */
export function lustreMount(stack: FoldpadStack, options: { readonly writable: boolean }): LustreMount | undefined {
  if (!stack.config.databases.fileSystem) return undefined;
  const { parameters } = stack.names;
  return {
    dnsName: StringParameter.valueForStringParameter(stack, parameters.lustreDnsName),
    mountName: StringParameter.valueForStringParameter(stack, parameters.lustreMountName),
    writable: options.writable,
  };
}
