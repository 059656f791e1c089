// The same as an ES module.

import nodeTest from './node-test.cjs';

export const { useSimulatedKms } = nodeTest;
