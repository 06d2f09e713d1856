import assert from 'node:assert/strict';
import { bytes } from '../support/structureFiles.ts';
import { MODEL } from '../support/structuresToShow.ts';
import { viewerSuite } from '../support/viewerSuite.ts';
import { textsIn } from '../support/walks.ts';
import { Words } from '../support/words.ts';

const words = new Words('zh-cn');

describe('the structure page in Chinese', function () {
  this.timeout(180_000);
  const { viewer, open } = viewerSuite();
  before(() => open({ language: words.language, width: 1000, height: 700 }));

  const leftInEnglish = async (): Promise<string[]> => words.leftInEnglish(await textsIn(viewer.page.locator('body')));

  it('names everything that is seen, pointed at and read aloud', async () => {
    assert.equal((await viewer.show(MODEL)).type, 'shown');
    assert.equal(await viewer.page.locator('html').getAttribute('lang'), 'zh-cn');
    assert.equal(await viewer.page.title(), words.t('Structure'));
    assert.match(await viewer.text('.legend'), /CA-lDDT 估计值/);
    const canvas = viewer.page.getByRole('application');
    assert.match((await canvas.getAttribute('aria-label')) ?? '', /140 个残基/);
    const colors = viewer.page.getByRole('combobox', { name: words.t('Colour'), exact: true });
    const values = await colors
      .locator('option')
      .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    assert.ok(values.length >= 5);
    for (const value of values) {
      await colors.selectOption(value);
      assert.deepEqual(await leftInEnglish(), [], value);
    }
    assert.deepEqual(viewer.complaints, []);
  });

  it('writes a report in Chinese', async () => {
    await viewer.page.getByRole('button', { name: words.t('Save report…') }).click();
    const { bytes: report } = await viewer.next('save-file');
    const html = new TextDecoder().decode(report);
    assert.match(html, /<html lang="zh-cn">/);
    const texts = html
      .replace(/<style>.*?<\/style>/s, '')
      .split(/<[^>]*>/)
      .map((text) => text.trim());
    assert.deepEqual(words.leftInEnglish(texts), []);
    assert.ok(texts.includes(words.t('Sequence')) && texts.includes(words.t('Made with Foldpad.')));
  });

  it('says what is wrong with a file', async () => {
    const answer = await viewer.show({
      ...MODEL,
      fileName: 'empty.pdb',
      bytes: bytes('no structure'),
      canOpenAsText: true,
    });
    assert.equal(answer.type, 'failed');
    assert.equal(await viewer.text('[role=alert] h1'), words.t('{0} has no atoms.', 'empty.pdb'));
    assert.deepEqual(await leftInEnglish(), []);
  });
});
