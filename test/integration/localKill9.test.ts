import { runKillRound, seededRandom } from '../support/killRounds.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('kill -9 of the local server', function () {
  this.timeout(600_000);
  const { folder, remove } = temporaryFolder();
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  after(remove);

  for (const round of [1, 2, 3]) {
    it(`loses no job and gives none two results (round ${round}, seed ${seed})`, async () => {
      await runKillRound({ dataDirectory: folder, jobs: 10, random });
    });
  }
});
