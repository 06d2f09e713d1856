import { Fn } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { zonesOf } from './config.ts';
import type { FoldpadStack } from './foldpadStack.ts';

/**
 * What the Network stack tells the stacks that start something in it, as CloudFormation tokens that are read from the
 * parameters it left when `stack` is deployed. A stack reads (and so depends on) only what it asks for.
 */
export class NetworkLinks {
  readonly #stack: FoldpadStack;

  constructor(stack: FoldpadStack) {
    this.#stack = stack;
  }

  get vpcId(): string {
    return this.#read(this.#stack.names.parameters.vpcId);
  }

  /** In the order of {@link zonesOf}; the databases' file system lies in the first. */
  get subnetIds(): string[] {
    const { length } = zonesOf(this.#stack.config);
    return Fn.split(',', this.#read(this.#stack.names.parameters.subnetIds), length);
  }

  get computeSecurityGroupId(): string {
    return this.#read(this.#stack.names.parameters.computeSecurityGroupId);
  }

  get lustreSecurityGroupId(): string {
    return this.#read(this.#stack.names.parameters.lustreSecurityGroupId);
  }

  #read(name: string): string {
    return StringParameter.valueForStringParameter(this.#stack, name);
  }
}
