/** See pinnedNode.mjs. */
export interface PinnedNode {
  binary: string;
  binFolder: string;
  packageFolder: string;
}
export const MINIMUM_NODE_MAJOR: number;
/** See pinnedNode.mjs. */
export function ensurePinnedNode(say: (line: string) => void): Promise<PinnedNode>;
