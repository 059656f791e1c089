import type { SimulatedKms, StartOptions } from './index.mjs';

/** An emulator for the tests of a file. Before each test, its keys, clock, faults and events are reset. */
export function useSimulatedKms(options?: StartOptions): SimulatedKms;
