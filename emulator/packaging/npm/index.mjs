// The same as an ES module.

import simulatedKms from './index.cjs';

export const { SimulatedKms, findProgram, start } = simulatedKms;
