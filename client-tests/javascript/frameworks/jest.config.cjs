const common = { testEnvironment: 'node' };

module.exports = {
  projects: [
    { ...common, displayName: 'helper', testMatch: ['**/jest.test.cjs'] },
    {
      ...common,
      displayName: 'setup',
      testMatch: ['**/jest-setup.test.cjs'],
      setupFilesAfterEnv: ['simulated-kms/jest-setup'],
    },
  ],
};
