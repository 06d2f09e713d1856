import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { ConfigError, parseConfig } from '../../backend/infra/config.ts';
import { imageSource, onlyParts } from '../../backend/infra/imageSource.ts';
import { ImagesStack } from '../../backend/infra/imagesStack.ts';
import { resourceNames } from '../../backend/infra/names.ts';
import { FakePrograms } from '../support/fakePrograms.ts';
import { plainText, statements, synthesize } from '../support/stackTemplate.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const names = resourceNames('foldpad');

describe('Images stack', function () {
  this.timeout(60_000);
  const images = (input = {}) => synthesize((app, config) => new ImagesStack(app, config), input);

  it('keeps images in repositories that scan them, never change a tag, and forget old ones', () => {
    const repositories = images().all('AWS::ECR::Repository');
    assert.deepEqual(
      repositories.map(([, { Properties }]) => Properties.RepositoryName).sort(),
      Object.values(names.repositories).sort(),
    );
    for (const [, { Properties }] of repositories) {
      assert.equal(Properties.ImageScanningConfiguration.ScanOnPush, true);
      assert.equal(Properties.ImageTagMutability, 'IMMUTABLE');
      assert.match(Properties.LifecyclePolicy.LifecyclePolicyText, /imageCountMoreThan/);
    }
  });

  it('builds each from an archive of its sources, under the tag that job definitions ask for', () => {
    const template = images();
    for (const image of ['alphafold', 'homology', 'databases'] as const) {
      const { Properties } = template.one('AWS::CodeBuild::Project', 'Name', names.imageBuilds[image]);
      assert.equal(Properties.Source.Type, 'S3');
      assert.match(Properties.Source.BuildSpec, /container\/build\.sh/);
      const { Environment } = Properties;
      assert.equal(Environment.PrivilegedMode, true);
      const variables = new Map(
        (Environment.EnvironmentVariables as { Name: string; Value: unknown }[]).map((each) => [each.Name, each.Value]),
      );
      assert.equal(variables.get('IMAGE'), image);
      assert.equal(variables.get('IMAGE_TAG'), imageSource(image).tag);
      assert.ok(variables.has('REPOSITORY_URI'));
      assert.equal(Properties.LogsConfig.CloudWatchLogs.Status, 'ENABLED');
      assert.ok(Properties.EncryptionKey);
    }
    const alphafold = template.one('AWS::CodeBuild::Project', 'Name', names.imageBuilds.alphafold);
    assert.equal(alphafold.Properties.Environment.ComputeType, 'BUILD_GENERAL1_LARGE');
  });

  it('lets a build read its own source and push to its own repository, and nothing else', () => {
    for (const { Action, Resource } of statements(images())) {
      for (const action of Action) assert.match(action, /^(s3:GetObject(Version)?|logs:(Create|Put)\w+|ecr:\w+)$/);
      if (Resource.includes('*')) assert.deepEqual(Action, ['ecr:GetAuthorizationToken']);
      if (Action.includes('ecr:PutImage')) assert.match(Resource.join(), /^<\w+Repository\w+\.Arn>$/);
      if (Action.includes('s3:GetObject')) assert.match(plainText(Resource[0]), /\/[0-9a-f]{64}\.zip$/);
    }
  });

  it('builds no image that the user brings', () => {
    const own = images({ images: { alphafold: 'example.org/alphafold:2' } });
    assert.deepEqual(own.all('AWS::CodeBuild::Project').length, 2);
    assert.doesNotMatch(own.text, /build-alphafold/);
  });
});

describe('sources of an image', function () {
  this.timeout(60_000);
  let home: ReturnType<typeof temporaryFolder>;
  let root: string;

  beforeEach(() => {
    home = temporaryFolder();
    root = path.join(home.folder, 'checkout');
    cpSync(path.join(ROOT, 'container'), path.join(root, 'container'), { recursive: true });
    for (const file of [
      'dist/image/runner.mjs',
      'dist/image/databases.mjs',
      'dist/runner.mjs',
      'secret.pem',
      'README.md',
    ]) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), file);
    }
  });

  afterEach(() => home.remove());

  it('are the engine, the runner and how they are put together, and nothing else of the checkout', () => {
    mkdirSync(path.join(root, 'container/homology/foldpad_homology/__pycache__'), { recursive: true });
    writeFileSync(path.join(root, 'container/homology/foldpad_homology/__pycache__/x.pyc'), '');
    const { tag: _, ...selection } = imageSource('homology', root);
    const app = new App({ outdir: path.join(home.folder, 'out') });
    const stack = new ImagesStack(app, parseConfig({}));
    const asset = new Asset(stack, 'Test', selection);
    const copy = path.join(home.folder, 'out', asset.assetPath);
    const files = readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter((file) =>
      statSync(path.join(copy, file)).isFile(),
    );
    assert.ok(files.includes('container/homology/Dockerfile'));
    assert.ok(files.includes('container/homology/foldpad_homology/pipeline.py'));
    assert.deepEqual(files.filter((file) => !file.startsWith('container/homology/')).sort(), [
      'container/build.sh',
      'container/runner/Dockerfile',
      'dist/image/runner.mjs',
    ]);
    assert.ok(!files.some((file) => file.includes('__pycache__')));
  });

  it('give another tag when one of them changes, and only then', () => {
    const before = imageSource('homology', root).tag;
    assert.match(before, /^[0-9a-f]{16}$/);
    writeFileSync(path.join(root, 'README.md'), 'changed');
    writeFileSync(path.join(root, 'container/databases/Dockerfile'), 'changed');
    assert.equal(imageSource('homology', root).tag, before);
    writeFileSync(path.join(root, 'dist/image/runner.mjs'), 'changed');
    assert.notEqual(imageSource('homology', root).tag, before);
  });

  it('say what to do when a bundle was not built', () => {
    execFileSync('rm', [path.join(root, 'dist/image/runner.mjs')]);
    assert.throws(
      () => imageSource('alphafold', root),
      (error) => error instanceof ConfigError && /dist\/image\/runner\.mjs.*npm run build/.test(error.message),
    );
  });

  it('are chosen level by level, as .gitignore needs it', () => {
    assert.deepEqual(onlyParts(['a/b/c', 'a/d', 'e']), [
      '/*',
      '!/a',
      '/a/*',
      '!/e',
      '!/a/b',
      '/a/b/*',
      '!/a/d',
      '!/a/b/c',
    ]);
  });
});

describe('build of an image', () => {
  let home: ReturnType<typeof temporaryFolder>;
  let programs: FakePrograms;

  beforeEach(() => {
    home = temporaryFolder();
    programs = new FakePrograms(home.folder, ['docker', 'aws']);
    programs.behave('aws', '[[ $2 != describe-images ]]');
  });

  afterEach(() => home.remove());

  const build = (image: string) =>
    programs.run(`cd '${ROOT}' && exec bash container/build.sh`, {
      IMAGE: image,
      REPOSITORY_URI: '1.dkr.ecr.x.amazonaws.com/foldpad/it',
      IMAGE_TAG: 't1',
    });

  it('puts the runner on the engine, tries the image, and only then pushes it', () => {
    for (const image of ['alphafold', 'databases']) {
      const { code, calls, output } = build(image);
      assert.equal(code, 0, output);
      assert.deepEqual([calls.at(-2)?.slice(0, 10), calls.at(-1)?.slice(0, 11)], ['docker run', 'docker push']);
    }
    const { code, calls, output } = build('homology');
    assert.equal(code, 0, output);
    const docker = calls.filter((call) => call.startsWith('docker')).map((call) => call.split(' ')[1]);
    assert.deepEqual(docker, ['login', 'build', 'build', 'run', 'push']);
    assert.equal(calls.at(-1), 'docker push 1.dkr.ecr.x.amazonaws.com/foldpad/it:t1');
    assert.ok(!calls.some((call) => /--password(?!-stdin)/.test(call)));
  });

  it('takes base images from where nobody is turned away, in the versions of the Dockerfiles', () => {
    const built = (image: string) => build(image).calls.find((call) => call.startsWith('docker build --tag engine'));
    assert.match(built('homology') ?? '', /DEBIAN=public\.ecr\.aws\/docker\/library\/debian:12\.\d+-slim /);
    assert.match(built('alphafold') ?? '', /CUDA_IMAGE=nvcr\.io\/nvidia\/cuda:12\.\d+\.\d+-base-ubuntu22\.04 /);
  });

  it('does nothing when the image of these sources is there already', () => {
    programs.behave('aws', 'exit 0');
    const { code, calls } = build('homology');
    assert.equal(code, 0);
    assert.ok(!calls.some((call) => call.startsWith('docker')));
  });

  it('pushes nothing that does not work', () => {
    programs.behave('docker', '[[ $1 != run ]]');
    const { code, calls } = build('homology');
    assert.notEqual(code, 0);
    assert.ok(!calls.some((call) => call.startsWith('docker push')));
  });

  it('says so when there is no such image', () => {
    const { code, output } = build('nonesuch');
    assert.equal(code, 1);
    assert.match(output, /There is no container\/nonesuch\/Dockerfile/);
  });
});
