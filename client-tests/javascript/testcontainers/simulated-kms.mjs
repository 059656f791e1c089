// Simulated KMS in a container, by Testcontainers. Copy this file.

import { GenericContainer, Wait } from 'testcontainers';

const PORT = 4599;
const SEED = '/seed.yaml';

// Starts a container and waits until it is healthy. A seed file adds keys from the start. A control token turns on the control
// plane, `/_emulator/…`. `kms-emulator --help` lists the environment variables, such as { KMS_QUOTAS: 'aws' }.
export async function startSimulatedKms({ image = 'simulated-kms', seed, controlToken, environment = {} } = {}) {
  const container = new GenericContainer(image)
    .withEnvironment(environment)
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forHttp('/health', PORT))
    .withStartupTimeout(60_000);
  if (seed) {
    container.withCopyFilesToContainer([{ source: seed, target: SEED, mode: 0o444 }]);
    container.withEnvironment({ KMS_SEED: SEED });
  }
  if (controlToken) container.withEnvironment({ KMS_CONTROL_TOKEN: controlToken });
  const started = await container.start();
  return {
    endpoint: `http://${started.getHost()}:${started.getMappedPort(PORT)}`,
    container: started,
    stop: () => started.stop(),
  };
}
