// The page that Foldpad's viewer is measured against: Mol* without its user interface, drawing one structure as cartoon
// in the colours of its confidence. It speaks the same two messages as Foldpad's page: it says `ready`, and is sent a
// `structure`. What Foldpad does not draw either (ambient occlusion, smoothed edges, bloom, axes) is switched off.

import { StructureElement } from 'molstar/lib/mol-model/structure.js';
import { PluginContext } from 'molstar/lib/mol-plugin/context.js';
import { DefaultPluginSpec } from 'molstar/lib/mol-plugin/spec.js';
import { PluginStateObject } from 'molstar/lib/mol-plugin-state/objects.js';
import { Color } from 'molstar/lib/mol-util/color/index.js';

/** As webview/confidence.ts has them. */
const bandColor = (value) => Color(value >= 90 ? 0x0053d6 : value >= 70 ? 0x65cbf3 : value >= 50 ? 0xffdb13 : 0xff7d45);

const CONFIDENCE = {
  name: 'foldpad-confidence',
  label: 'Confidence',
  category: 'Atom Property',
  factory: (_, props) => ({
    factory: CONFIDENCE.factory,
    granularity: 'group',
    props,
    description: 'Confidence bands',
    color: (location) =>
      StructureElement.Location.is(location)
        ? bandColor(location.unit.model.atomicConformation.B_iso_or_equiv.value(location.element))
        : Color(0x999999),
  }),
  getParams: () => ({}),
  defaultValues: {},
  isApplicable: () => true,
};

async function createPlugin(container) {
  const spec = DefaultPluginSpec();
  const plugin = new PluginContext({
    ...spec,
    canvas3d: {
      camera: { helper: { axes: { name: 'off', params: {} } } },
      postprocessing: {
        occlusion: { name: 'off', params: {} },
        bloom: { name: 'off', params: {} },
        antialiasing: { name: 'off', params: {} },
      },
      multiSample: { mode: 'off' },
      renderer: { backgroundColor: Color(0xffffff) },
    },
  });
  await plugin.init();
  plugin.representation.structure.themes.colorThemeRegistry.add(CONFIDENCE);
  if (!(await plugin.mountAsync(container))) throw new Error('Mol* cannot draw in this browser.');
  return plugin;
}

async function show(plugin, { bytes, format, fileName }) {
  await plugin.clear();
  const data = await plugin.builders.data.rawData({ data: new TextDecoder().decode(bytes), label: fileName });
  const trajectory = await plugin.builders.structure.parseTrajectory(data, format === 'cif' ? 'mmcif' : 'pdb');
  const model = await plugin.builders.structure.createModel(trajectory);
  const structure = await plugin.builders.structure.createStructure(model);
  const polymer = await plugin.builders.structure.tryCreateComponentStatic(structure, 'polymer');
  await plugin.builders.structure.representation.addRepresentation(polymer, {
    type: 'cartoon',
    color: CONFIDENCE.name,
  });
  const structures = plugin.state.data.selectQ((query) => query.ofType(PluginStateObject.Molecule.Structure));
  return structures[0]?.obj?.data.elementCount ?? 0;
}

async function main() {
  const host = acquireVsCodeApi();
  const plugin = await createPlugin(document.getElementById('viewer'));
  window.addEventListener('message', async ({ data }) => {
    if (data?.type !== 'structure') return;
    try {
      host.postMessage({ type: 'shown', serial: data.serial, atoms: await show(plugin, data), residues: 0 });
    } catch (error) {
      host.postMessage({ type: 'failed', serial: data.serial, problem: String(error) });
    }
  });
  host.postMessage({ type: 'ready' });
}

void main();
