import type { Clock } from '../../backend/core/ports.ts';

export const systemClock: Clock = { now: () => new Date().toISOString() };
