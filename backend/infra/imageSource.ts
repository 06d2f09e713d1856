/**
 * Which files an image is built from, and the tag that follows from their content. Tags never change their meaning: the
 * job definition of a checkout asks for exactly the image that this checkout builds.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Aws, FileSystem, IgnoreMode } from 'aws-cdk-lib';
import { ConfigError } from './config.ts';
import type { FoldpadStack } from './foldpadStack.ts';
import type { ImageName } from './names.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');

const ENGINE_PARTS = ['container/build.sh', 'container/runner/Dockerfile', 'dist/image/runner.mjs'];

/** Files and folders below the root of the checkout. */
const PARTS: Readonly<Record<ImageName, readonly string[]>> = {
  alphafold: ['container/alphafold', ...ENGINE_PARTS],
  homology: ['container/homology', ...ENGINE_PARTS],
  databases: ['container/build.sh', 'container/databases/Dockerfile', 'dist/image/databases.mjs'],
};

/** What Python leaves beside its sources is not part of them. */
const NEVER = ['**/__pycache__', '**/*.pyc', '**/.*'];

/** A selection of the checkout, as CDK's assets and fingerprints take it. */
export interface ImageSource {
  readonly path: string;
  readonly exclude: string[];
  readonly ignoreMode: IgnoreMode;
  /** 16 hexadecimal digits, from the content of the files. */
  readonly tag: string;
}

/**
 * @param root the checkout
 * @throws ConfigError when a bundle was not built yet
 */
export function imageSource(image: ImageName, root = ROOT): ImageSource {
  for (const part of PARTS[image]) {
    if (part.startsWith('dist/') && !existsSync(path.join(root, part)))
      throw new ConfigError(
        `${part} is not there: it goes into the ${image} image. Run "npm run build -- --only image" first.`,
      );
  }
  const selection = { exclude: [...onlyParts(PARTS[image]), ...NEVER], ignoreMode: IgnoreMode.GIT };
  return { path: root, ...selection, tag: FileSystem.fingerprint(root, selection).slice(0, 16) };
}

/** Patterns in the manner of .gitignore that leave nothing but the parts: all out, then level by level back in. */
export function onlyParts(parts: readonly string[]): string[] {
  const prefixes = new Map<string, { depth: number; isPart: boolean }>();
  for (const part of parts) {
    const names = part.split('/');
    for (let depth = 1; depth <= names.length; depth += 1) {
      const prefix = names.slice(0, depth).join('/');
      const isPart = depth === names.length || prefixes.get(prefix)?.isPart === true;
      prefixes.set(prefix, { depth, isPart });
    }
  }
  const byDepth = [...prefixes].sort(([, a], [, b]) => a.depth - b.depth);
  return ['/*', ...byDepth.flatMap(([prefix, { isPart }]) => [`!/${prefix}`, ...(isPart ? [] : [`/${prefix}/*`])])];
}

/** The image that a job definition runs: the user's own, or the one that this checkout builds. */
export function imageUri(stack: FoldpadStack, image: ImageName): string {
  const own = image === 'databases' ? undefined : stack.config.images[image];
  if (own !== undefined) return own;
  // An emulator runs no images.
  const tag = stack.config.emulator === undefined ? imageSource(image).tag : 'emulated';
  const registry = `${Aws.ACCOUNT_ID}.dkr.ecr.${stack.config.region}.${Aws.URL_SUFFIX}`;
  return `${registry}/${stack.names.repositories[image]}:${tag}`;
}
