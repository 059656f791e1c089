// For Vitest's `setupFiles`.

import { afterAll, beforeAll, beforeEach } from 'vitest';
import hooks from './hooks.cjs';

hooks.setUpWith({ beforeAll, beforeEach, afterAll });
