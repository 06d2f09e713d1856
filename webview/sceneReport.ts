/** A report of the scene as it is shown. */

import { t } from '@vscode/l10n';
import { describeComparison } from './comparison.ts';
import { describeSelected, describeSize } from './describe.ts';
import { paint } from './paePanel.ts';
import type { PageMarks } from './pageMarks.ts';
import { type ReportContent, reportHtml } from './report.ts';
import { coloringFor, modelFor, type Scene, sceneColors, sceneLegend } from './scene.ts';
import { takePicture } from './scenePicture.ts';
import { layOutSequence } from './sequence.ts';
import type { ViewerState } from './state.ts';
import { memberOf, polymerResidues } from './structureData.ts';
import type { StructureView } from './structureView.ts';

/** Width of the picture: sharp on a page of paper (px). */
const PICTURE_WIDTH = 1800;

/** Writes it. @throws Error when the browser cannot hold the picture */
export async function makeReport(
  scene: Scene,
  view: StructureView,
  state: ViewerState,
  marks: PageMarks,
): Promise<{ readonly fileName: string; readonly bytes: Uint8Array }> {
  const coloring = coloringFor(scene, state.coloring);
  const model = modelFor(scene, state.ensembleModel);
  const colors = sceneColors(scene, coloring, state.palette);
  const { data, values, meaning, message, header } = scene;
  const picture = await takePicture(scene, view, state, {
    size: { width: PICTURE_WIDTH },
    background: 'white',
    legend: true,
  });
  const residues = layOutSequence(data, model).residues.flatMap((index) => {
    const residue = data.residues[index];
    return residue ? [{ ...residue, value: values[residue.atom] ?? 0, color: colors[residue.atom] ?? 0 }] : [];
  });
  const provenance = message.provenance ?? header.provenance;
  const content: ReportContent = {
    language: document.documentElement.lang,
    title: message.title,
    fileName: message.fileName,
    sha256: scene.sha256,
    facts: [
      [t('Made by'), provenance?.engine ?? ''],
      [t('Method'), provenance ? '' : header.method.toLowerCase()],
      [t('Templates'), (provenance?.templates ?? []).map(templateText).join(', ')],
      [t('Date'), provenance?.createdAt?.slice(0, 10) ?? ''],
      [t('Model'), message.models[message.selectedModel]?.label ?? ''],
      [t('Size'), describeSize(data, model)],
    ],
    legend: sceneLegend(scene, coloring, state.palette, model),
    residues,
    axis:
      meaning.kind === 'confidence'
        ? { name: meaning.name, max: 100 }
        : { name: meaning.name, max: Math.max(1, ...residues.map(({ value }) => value)) },
    picture: base64(picture.bytes),
    remarks: remarks(scene, view, marks, polymerResidues(data, memberOf(model)).length),
    ...(marks.pae && {
      pae: { picture: base64(await pngOf(paint(marks.pae))), max: marks.pae.max },
    }),
  };
  return { fileName: `${picture.stem}-report.html`, bytes: new TextEncoder().encode(reportHtml(content)) };
}

function templateText({ id, identity }: { readonly id: string; readonly identity?: number }): string {
  return identity === undefined ? id : t('{0} ({1} % identical)', id, Math.round(identity * 100));
}

/** @param size residues of the shown structure */
function remarks(scene: Scene, view: StructureView, { link, companions }: PageMarks, size: number): string[] {
  return [
    ...companions
      .filter(({ visible }) => visible)
      .map(({ label, comparison }) => t('Compared with {0}: {1}.', label, describeComparison(comparison, size))),
    ...link.distances.map((pair) => t('Distance {0}.', view.describeDistance(pair))),
    ...(link.selected.size > 0 ? [`${describeSelected(scene, [...link.selected])}.`] : []),
  ];
}

async function pngOf(canvas: OffscreenCanvas): Promise<Uint8Array> {
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}

/** In pieces: a call with millions of arguments would overflow the stack. */
function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
