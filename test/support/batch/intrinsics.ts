/** CloudFormation's intrinsic functions, as far as templates use them in what AWS Batch is told. */

export interface DeployedAs {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/** How a resource of the template is called once it is deployed. */
export interface ResourceNaming {
  /** What `Ref` gives. */
  readonly ref: (logicalId: string) => string | undefined;
  /** What `Fn::GetAtt` gives. */
  readonly attribute: (logicalId: string, attribute: string) => string | undefined;
}

/**
 * The value with its intrinsic functions evaluated. What nothing is known about becomes `<name>`: the stand-in does not
 * need it (subnets, roles), and a command or image in which it shows up is easily seen.
 */
export function evaluate(value: unknown, deployed: DeployedAs, naming: ResourceNaming): unknown {
  if (Array.isArray(value)) return value.map((each) => evaluate(each, deployed, naming));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first && entries.length === 1) {
    const [name, argument] = first;
    const inner = (each: unknown): unknown => evaluate(each, deployed, naming);
    switch (name) {
      case 'Ref':
        return pseudo(`${argument}`, deployed) ?? naming.ref(`${argument}`) ?? `<${argument}>`;
      case 'Fn::GetAtt': {
        const [id = '', attribute = ''] = Array.isArray(argument) ? argument.map(String) : `${argument}`.split('.', 2);
        return naming.attribute(id, attribute) ?? `<${id}.${attribute}>`;
      }
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown];
        return (inner(parts) as unknown[]).map(String).join(separator);
      }
      case 'Fn::Sub':
        return substitute(argument, deployed, naming);
      case 'Fn::Select': {
        const [index, list] = argument as [number | string, unknown];
        const parts = inner(list);
        return Array.isArray(parts) ? parts[Number(index)] : `<${index} of ${JSON.stringify(list)}>`;
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return `${inner(text)}`.split(separator);
      }
    }
  }
  return Object.fromEntries(entries.map(([key, each]) => [key, evaluate(each, deployed, naming)]));
}

function substitute(argument: unknown, deployed: DeployedAs, naming: ResourceNaming): string {
  const [text, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Record<string, unknown>];
  return text.replace(/\$\{([^}]+)\}/g, (_all, name: string) => {
    if (name.startsWith('!')) return `$\{${name.slice(1)}}`;
    if (name in variables) return String(evaluate(variables[name], deployed, naming));
    const [id = '', attribute] = name.split('.', 2);
    const call = attribute === undefined ? { Ref: id } : { 'Fn::GetAtt': [id, attribute] };
    return String(evaluate(call, deployed, naming));
  });
}

function pseudo(name: string, { account, region, partition }: DeployedAs): string | undefined {
  const values: Readonly<Record<string, string>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': partition,
    'AWS::URLSuffix': partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
  return values[name];
}
