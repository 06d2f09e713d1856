// The images' recipes: what a linter says of them, and what Foldpad promises of AlphaFold's.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pythonProgram } from '../../scripts/setup/python.ts';
import { needsMiniStack } from '../support/miniStack.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DOCKERFILES = globSync('container/*/Dockerfile', { cwd: ROOT }).sort();

describe('Dockerfiles', () => {
  it('are found', () => {
    for (const name of ['alphafold', 'homology', 'runner']) {
      assert.ok(DOCKERFILES.includes(path.join('container', name, 'Dockerfile')), name);
    }
  });

  for (const file of DOCKERFILES) {
    it(`${file} passes hadolint`, function () {
      needsMiniStack(this);
      this.timeout(30_000);
      const { status, stdout, stderr } = spawnSync(pythonProgram('aws', 'hadolint'), [path.join(ROOT, file)], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, stdout + stderr);
    });
  }

  describe("AlphaFold's", () => {
    const text = readFileSync(path.join(ROOT, 'container/alphafold/Dockerfile'), 'utf8');
    const last = text.slice(text.lastIndexOf('\nFROM '));

    it('names one commit of AlphaFold, and the driver is told the same', () => {
      const commits = [...text.matchAll(/ALPHAFOLD_COMMIT=([0-9a-f]{40})/g)].map(([, commit]) => commit);
      assert.equal(commits.length, 2);
      assert.equal(new Set(commits).size, 1);
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the Dockerfile.
      assert.ok(last.includes('FOLDPAD_ALPHAFOLD_COMMIT=${ALPHAFOLD_COMMIT}'));
    });

    it('runs as an ordinary user, says whether it works, and holds no parameters', () => {
      assert.match(last, /\nUSER 10001:10001\n/);
      assert.match(last, /\nHEALTHCHECK [\s\S]*"self-test"\]/);
      assert.doesNotMatch(text, /params_|alphafold_params|\.npz/);
    });

    it('tells what is in it', () => {
      assert.match(text, /cyclonedx-py environment/);
      assert.match(text, /dpkg-query/);
    });

    it('puts the driver where the runner looks for it', () => {
      const driver = readFileSync(path.join(ROOT, 'container/engines/alphafoldDriver.ts'), 'utf8');
      const python = /IMAGE_PYTHON = '([^']+)'/.exec(driver)?.[1] ?? '';
      assert.ok(text.includes(`"${python}"`), python);
      const runner = readFileSync(path.join(ROOT, 'container/runner/Dockerfile'), 'utf8');
      assert.match(runner, /\/opt\/foldpad\/runner\/runner\.mjs/);
      assert.match(last, /\/opt\/foldpad\/alphafold\//);
    });

    it('pins every Python package', () => {
      const lines = readFileSync(path.join(ROOT, 'container/alphafold/requirements.txt'), 'utf8').split('\n');
      const packages = lines.filter((line) => line !== '' && !line.startsWith('#'));
      assert.ok(packages.length > 50);
      for (const line of packages) assert.match(line, /^[a-z0-9._-]+(\[[a-z0-9]+\])?==[0-9][0-9a-z.]*$/);
    });

    it('takes one Python in both stages: new enough for AlphaFold, and one that the pinned packages have wheels for', () => {
      const run = text.replaceAll(/^#.*$/gm, '');
      const commands = [...run.matchAll(/(?<![\w./-])python3(?:\.(\d+))?(?![\w./]|-distutils)/g)].map(
        ([, minor]) => minor,
      );
      // Installed with its venv and used twice in the builder, installed in the last stage.
      assert.equal(commands.length, 5);
      assert.equal(new Set(commands).size, 1, commands.join());
      const minor = Number(commands[0]);
      assert.match(run.slice(0, run.lastIndexOf('\nFROM ')), new RegExp(`apt-get install .* python3\\.${minor}-venv `));
      assert.match(last, new RegExp(`apt-get install .* python3\\.${minor} `));
      // alphafold/model/base_config.py of the commit: typing.dataclass_transform.
      assert.ok(minor >= 11, `AlphaFold needs Python 3.11, not 3.${minor}`);
      // The newest Python 3 that a pin has wheels for, as PyPI lists them; of another pin, look it up anew.
      const newest = { 'numpy==1.24.3': 11, 'jaxlib==0.4.26': 12, 'scipy==1.13.1': 12, 'tensorflow-cpu==2.16.1': 12 };
      const pins = readFileSync(path.join(ROOT, 'container/alphafold/requirements.txt'), 'utf8').split('\n');
      for (const [pin, most] of Object.entries(newest)) {
        assert.ok(pins.includes(pin), `${pin} has changed: which Pythons are there wheels for?`);
        assert.ok(minor <= most, `${pin} has no wheel for Python 3.${minor}`);
      }
      // What is imported by nothing but a prediction is imported while the image is built.
      for (const name of ['model.config', 'model.model', 'relax.relax']) {
        assert.match(run, new RegExp(`JAX_PLATFORMS=cpu [^&]*import [^']*alphafold\\.${name}\\b`));
      }
    });

    it('sends nothing to the builder but the driver', () => {
      const ignore = readFileSync(path.join(ROOT, 'container/alphafold/.dockerignore'), 'utf8').trim().split('\n');
      assert.equal(ignore[0], '*');
      const kept = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
      for (const name of kept) assert.ok(existsSync(path.join(ROOT, 'container/alphafold', name)), name);
    });
  });
});
