// For Vitest: `const kms = useSimulatedKms();` in a file of tests.

import { afterAll, beforeAll, beforeEach } from 'vitest';
import hooks from './hooks.cjs';

export function useSimulatedKms(options) {
  return hooks.useWith({ beforeAll, beforeEach, afterAll }, options);
}
