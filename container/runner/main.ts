#!/usr/bin/env node
import { alphafoldEngine } from '../engines/alphafold.ts';
import { homologyEngine } from '../engines/homology.ts';
import { runMain } from './cli.ts';

process.exitCode = await runMain([homologyEngine, alphafoldEngine], process.argv.slice(2));
