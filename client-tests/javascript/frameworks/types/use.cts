// The types, as CommonJS sees them. It is compiled, not run.

import jest = require('simulated-kms/jest');
import simulatedKms = require('simulated-kms');

export const program: string = simulatedKms.findProgram();
export const kms: simulatedKms.SimulatedKms = jest.useSimulatedKms({ options: ['--tls'] });
// @ts-expect-error There is no such option.
jest.useSimulatedKms({ port: 4599 });
