// npm run engine:install: installs the homology engine where that is possible, and says exactly what to do where not.
import { isMain } from './lib/paths.ts';
import { setUpEngine, setUpLibrary } from './setup/engine.ts';

export async function installEngine(): Promise<number> {
  const engine = await setUpEngine({ forTests: false });
  const result = engine.ok ? await setUpLibrary() : engine;
  if (result.ok) {
    console.log(`The homology engine is installed; its template library is in ${result.library}.`);
    return 0;
  }
  console.error(`Not installed: ${result.reason}.`);
  console.error(result.remedy);
  return 1;
}

if (isMain(import.meta.url)) process.exitCode = await installEngine();
