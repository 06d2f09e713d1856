/**
 * What AlphaFold 2.3 searches and predicts with: where it is published, how it is packed, and where AlphaFold looks for
 * it. The layout is that of AlphaFold's own download scripts (scripts/download_*.sh of its repository, April 2026), the
 * sizes are those of its README; PDB's files come from its yearly snapshots on AWS, which can be named by date.
 */

/** Who publishes. Each can be replaced by a mirror with the same paths. */
export const HOSTS = {
  google: 'https://storage.googleapis.com',
  uniprot: 'https://ftp.ebi.ac.uk/pub/databases/uniprot',
  hhsuite: 'https://wwwuser.gwdg.de/~compbiol/data/hhsuite/databases/hhsuite_dbs',
  pdb: 'https://pdbsnapshots.s3.us-west-2.amazonaws.com',
} as const;

export type Host = keyof typeof HOSTS;
export type Hosts = Readonly<Record<Host, string>>;

export const PRESETS = ['reduced', 'full'] as const;
export type Preset = (typeof PRESETS)[number];

/** How an archive becomes files. `proteins` leaves only the protein chains of PDB's list of sequences. */
export type Packing = 'gzip' | 'tar' | 'tar.gz' | 'proteins' | 'plain';

/** One published file. */
export interface Archive {
  readonly host: Host;
  /** Below the host. `{snapshot}` stands for the date of PDB's snapshot. */
  readonly path: string;
  readonly packing: Packing;
  /** File below the database's folder; folder for a tar. Archives with the same target are put one after the other. */
  readonly target: string;
}

/** Where the version stands: in the name of the archive, or in a list that is published beside it. */
export type Version =
  | { readonly kind: 'fixed'; readonly text: string }
  /** UniProt's RELEASE.metalink: also has size and MD5 of every file. */
  | { readonly kind: 'metalink'; readonly host: Host; readonly path: string }
  | { readonly kind: 'snapshot' };

export interface Database {
  readonly name: string;
  readonly presets: readonly Preset[];
  readonly version: Version;
  readonly archives: readonly Archive[];
  /** Every `.cif.gz` below this path of PDB's snapshot goes unpacked into the folder `target`. */
  readonly entries?: { readonly path: string; readonly target: string };
  /** GB to download and unpacked, for progress and for the space that is needed. */
  readonly downloadGB: number;
  readonly unpackedGB: number;
}

const BOTH = PRESETS;
const ALPHAFOLD_DBS = 'alphafold-databases';
const UNIPROT_COMPLETE = 'current_release/knowledgebase/complete';
const PDB = '{snapshot}/pub/pdb';

/** What takes longest comes first: it decides when all is done. */
export const DATABASES: readonly Database[] = [
  {
    name: 'bfd',
    presets: ['full'],
    version: { kind: 'fixed', text: 'casp14' },
    archives: [
      {
        host: 'google',
        path: `${ALPHAFOLD_DBS}/casp14_versions/bfd_metaclust_clu_complete_id30_c90_final_seq.sorted_opt.tar.gz`,
        packing: 'tar.gz',
        target: '.',
      },
    ],
    downloadGB: 271.6,
    unpackedGB: 1_800,
  },
  {
    name: 'uniref30',
    presets: ['full'],
    version: { kind: 'fixed', text: '2021_03' },
    archives: [
      { host: 'google', path: `${ALPHAFOLD_DBS}/v2.3/UniRef30_2021_03.tar.gz`, packing: 'tar.gz', target: '.' },
    ],
    downloadGB: 52.5,
    unpackedGB: 206,
  },
  {
    name: 'uniprot',
    presets: BOTH,
    version: { kind: 'metalink', host: 'uniprot', path: `${UNIPROT_COMPLETE}/RELEASE.metalink` },
    archives: ['uniprot_trembl', 'uniprot_sprot'].map((name) => ({
      host: 'uniprot',
      path: `${UNIPROT_COMPLETE}/${name}.fasta.gz`,
      packing: 'gzip',
      target: 'uniprot.fasta',
    })),
    downloadGB: 53,
    unpackedGB: 105,
  },
  {
    name: 'mgnify',
    presets: BOTH,
    version: { kind: 'fixed', text: '2022_05' },
    archives: [
      {
        host: 'google',
        path: `${ALPHAFOLD_DBS}/v2.3/mgy_clusters_2022_05.fa.gz`,
        packing: 'gzip',
        target: 'mgy_clusters_2022_05.fa',
      },
    ],
    downloadGB: 67,
    unpackedGB: 120,
  },
  {
    name: 'pdb_mmcif',
    presets: BOTH,
    version: { kind: 'snapshot' },
    archives: [{ host: 'pdb', path: `${PDB}/data/status/obsolete.dat`, packing: 'plain', target: 'obsolete.dat' }],
    entries: { path: `${PDB}/data/structures/divided/mmCIF/`, target: 'mmcif_files' },
    downloadGB: 80,
    unpackedGB: 350,
  },
  {
    name: 'uniref90',
    presets: BOTH,
    version: { kind: 'metalink', host: 'uniprot', path: 'uniref/uniref90/RELEASE.metalink' },
    archives: [
      { host: 'uniprot', path: 'uniref/uniref90/uniref90.fasta.gz', packing: 'gzip', target: 'uniref90.fasta' },
    ],
    downloadGB: 45,
    unpackedGB: 90,
  },
  {
    name: 'pdb70',
    presets: BOTH,
    version: { kind: 'fixed', text: '200401' },
    archives: [
      { host: 'hhsuite', path: 'old-releases/pdb70_from_mmcif_200401.tar.gz', packing: 'tar.gz', target: '.' },
    ],
    downloadGB: 19.5,
    unpackedGB: 56,
  },
  {
    // Also with the full preset: a job may ask for the reduced search.
    name: 'small_bfd',
    presets: BOTH,
    version: { kind: 'fixed', text: 'reduced_dbs' },
    archives: [
      {
        host: 'google',
        path: `${ALPHAFOLD_DBS}/reduced_dbs/bfd-first_non_consensus_sequences.fasta.gz`,
        packing: 'gzip',
        target: 'bfd-first_non_consensus_sequences.fasta',
      },
    ],
    downloadGB: 9.6,
    unpackedGB: 17,
  },
  {
    name: 'params',
    presets: BOTH,
    version: { kind: 'fixed', text: '2022-12-06' },
    archives: [{ host: 'google', path: 'alphafold/alphafold_params_2022-12-06.tar', packing: 'tar', target: '.' }],
    downloadGB: 5.3,
    unpackedGB: 5.3,
  },
  {
    name: 'pdb_seqres',
    presets: BOTH,
    version: { kind: 'snapshot' },
    archives: [
      { host: 'pdb', path: `${PDB}/derived_data/pdb_seqres.txt`, packing: 'proteins', target: 'pdb_seqres.txt' },
    ],
    downloadGB: 0.3,
    unpackedGB: 0.3,
  },
];

export function databasesOf(preset: Preset): readonly Database[] {
  return DATABASES.filter(({ presets }) => presets.includes(preset));
}
