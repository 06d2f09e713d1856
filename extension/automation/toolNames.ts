/** Names of the tools for language models, as the manifest has them. */
export const TOOLS = {
  predict: 'foldpad_predict',
  status: 'foldpad_status',
  results: 'foldpad_results',
} as const;
