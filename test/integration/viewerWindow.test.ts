import assert from 'node:assert/strict';
import { MODEL } from '../support/structuresToShow.ts';
import { THEMES, viewerSuite } from '../support/viewerSuite.ts';

describe('the structure page and its window', function () {
  this.timeout(240_000);
  const { viewer, open, drawn, box, shot } = viewerSuite();
  afterEach(() => viewer.close());

  it('follows the theme', async () => {
    for (const theme of THEMES) {
      await open({ theme });
      await viewer.show(MODEL);
      const colors = await viewer.page.evaluate(() => {
        const of = (selector: string): string =>
          getComputedStyle(document.querySelector(selector) as Element).backgroundColor;
        return [of('body'), of('canvas')];
      });
      assert.equal(colors[0], colors[1], theme);
      await shot(`theme-${theme}`);
      if (theme !== 'high-contrast') await viewer.close();
    }
    await viewer.page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-editor-background', 'rgb(1, 2, 3)');
    });
    await viewer.page.waitForFunction(
      () => getComputedStyle(document.querySelector('.stage canvas') as Element).backgroundColor === 'rgb(1, 2, 3)',
    );
  });

  it('can be used with the keyboard alone, and tells screen readers what it is', async () => {
    await open();
    await viewer.show(MODEL);
    const reached: string[] = [];
    for (let i = 0; i < 12; i++) {
      await viewer.page.keyboard.press('Tab');
      reached.push(
        await viewer.page.evaluate(() => {
          const element = document.activeElement;
          return (
            element?.getAttribute('aria-label')?.slice(0, 15) ||
            element?.closest('label')?.textContent ||
            element?.textContent ||
            ''
          );
        }),
      );
    }
    assert.deepEqual(
      reached.map((text) => text.slice(0, 9)),
      [
        'Cartoon',
        'ColourEst',
        'Comparewi',
        'Show in F',
        'Measure',
        'Spin',
        'Reset vie',
        'Save pict',
        'Save repo',
        '3D struct',
        'Colour-bl',
        'Sequence',
      ],
    );
    const canvas = viewer.page.getByRole('application');
    assert.match(
      (await canvas.getAttribute('aria-label')) ?? '',
      /^3D structure of model\.pdb: 1 chain · 140 residues · 1064 atoms, drawn as cartoon, coloured by Estimated CA-lDDT, mean 66\.3\./,
    );
    await viewer.page.getByRole('radio', { name: 'Cartoon' }).focus();
    await viewer.page.keyboard.press('ArrowRight');
    await drawn();
    assert.equal((await viewer.state())?.representation, 'surface');
  });

  it('fits narrow and low windows', async () => {
    await open({ width: 380, height: 520 });
    await viewer.show(MODEL);
    const fits = await viewer.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
    assert.ok(fits);
    const { height } = await box('.stage canvas');
    assert.ok(height > 150, `${height}`);
    await shot('narrow');
  });
});
