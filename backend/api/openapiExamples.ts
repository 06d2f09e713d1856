import type { Problem } from './problem.ts';
import type { WireJobRequest } from './wireRequest.ts';

/** What the OpenAPI document shows as the body of `POST /`. */
export const REQUEST_EXAMPLE: readonly WireJobRequest[] = [
  {
    fasta: 'HBB_HUMAN',
    file_name: 'hbb.fasta',
    que: 'low',
    preset: 'full',
    model_names: ['model_1', 'model_2'],
    max_template_date: '2020-05-14',
    gpu: 1,
    comment: 'haemoglobin, beta chain',
  },
  {
    fasta: 'crambin',
    sequence: '>1CRN\nTTCCPSIVARSNFNVCRLPGTPEAICATYTGCIIIPGATCPGDYAN\n',
  },
];

/** What it shows as the answer to a mistake. */
export const PROBLEM_EXAMPLE: Problem = {
  type: 'urn:foldpad:problem:invalid-request',
  title: 'The request has mistakes',
  status: 422,
  detail:
    'One mistake; nothing was submitted. item 2 of 2, modle_names: unknown field "modle_names" (did you mean model_names?). Write model_names, or leave the field out.',
  errors: [
    {
      item: 1,
      field: 'modle_names',
      message: 'unknown field "modle_names" (did you mean model_names?)',
      remedy: 'Write model_names, or leave the field out.',
      code: 'unknown-field',
    },
  ],
};
