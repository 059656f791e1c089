// Simulated KMS in a container, by Testcontainers.

import { GenericContainer, Wait } from 'testcontainers';
import { SimulatedKms } from './index.mjs';

const PORT = 4599;
const SEED = '/seed.yaml';

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
  const endpoint = `http://${started.getHost()}:${started.getMappedPort(PORT)}`;
  return {
    kms: new SimulatedKms({ endpoint, token: controlToken }),
    endpoint,
    container: started,
    stop: async () => {
      await started.stop();
    },
  };
}
