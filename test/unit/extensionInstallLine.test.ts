import assert from 'node:assert/strict';
import { installLine } from '../../extension/connection/installLine.ts';

describe('installLine', () => {
  it('finds the line to run in a remedy', () => {
    const line = 'sudo apt-get install --no-install-recommends promod3 hhsuite libstdc++6';
    assert.equal(installLine(`On Debian 12 run "${line}". Elsewhere, see the guide.`), line);
    assert.equal(installLine(`Run: ${line}`), line);
    assert.equal(installLine(`Run ${line}.`), line);
  });

  it('takes nothing that a shell would read as more than names of packages', () => {
    assert.equal(installLine('sudo apt-get install a b; rm -rf /'), 'sudo apt-get install a b');
    assert.equal(installLine('sudo apt-get install $(reboot)'), undefined);
    assert.equal(installLine('sudo apt-get install a\nreboot'), 'sudo apt-get install a');
  });

  it('finds none where there is none', () => {
    assert.equal(installLine('Predictions run on Linux and macOS only.'), undefined);
  });
});
