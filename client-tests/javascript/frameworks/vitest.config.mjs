export default { test: { include: ['vitest-setup.test.mjs'], setupFiles: ['simulated-kms/vitest-setup'] } };
