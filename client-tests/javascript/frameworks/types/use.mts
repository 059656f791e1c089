// The types, as an ES module sees them. It is compiled, not run.

import { KMSClient } from '@aws-sdk/client-kms';
import { type ActiveFault, type KmsEvent, SimulatedKms, start } from 'simulated-kms';
import { useSimulatedKms as inNode } from 'simulated-kms/node-test';
import { useSimulatedKms } from 'simulated-kms/vitest';

const kms: SimulatedKms = await start({ options: ['--auth=policy'], seed: 'seed.yaml' });
export const client = new KMSClient(kms.clientConfig({ maxAttempts: 3 }));
export const id: number = await kms.faults.add({ operation: ['Sign'], times: 2, error: 'ThrottlingException' });
export const faults: ActiveFault[] = await kms.faults.all();
export const events: KmsEvent[] = await kms.events.waitFor('Sign', { count: 2 });
export const now: Date = await kms.clock.now();
export const others: SimulatedKms[] = [useSimulatedKms(), inNode({ seed: 'seed.yaml' })];
// @ts-expect-error A fault has no such member.
await kms.faults.add({ operations: 'Sign' });
// @ts-expect-error A seed is not a number.
await kms.seed(1);
