import type { StartedTestContainer } from 'testcontainers';
import type { SimulatedKms } from './index.mjs';

/** How a container starts. */
export interface ContainerOptions {
  image?: string;
  /** The file of a seed: keys that exist from the start. */
  seed?: string;
  /** Turns on the control plane: clock, faults and events. */
  controlToken?: string;
  /** Variables of the emulator, such as `{ KMS_QUOTAS: 'aws' }`. */
  environment?: Record<string, string>;
}

/** A running container. */
export interface SimulatedKmsContainer {
  /** The emulator in it. Its clock, faults and events need a control token. */
  kms: SimulatedKms;
  endpoint: string;
  container: StartedTestContainer;
  stop(): Promise<void>;
}

/** Starts a container and waits until it is healthy. */
export function startSimulatedKms(options?: ContainerOptions): Promise<SimulatedKmsContainer>;
