#!/usr/bin/env node
import { homologyEngine } from '../engines/homology.ts';
import { runMain } from './cli.ts';

process.exitCode = await runMain([homologyEngine], process.argv.slice(2));
