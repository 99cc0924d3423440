import { resolve } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'

const common = {
  ...{ environment: 'node' as const, exclude: [...configDefaults.exclude, '.next/**'] },
  // Properties are tried hundreds of times; on a busy machine that takes several of the usual five seconds.
  ...{ testTimeout: 60_000, hookTimeout: 60_000 },
}
/** A machine that stumbles once is no defect of ours; the report names what passed at the second try only. */
const heavy = {
  ...{ fileParallelism: false, testTimeout: 120_000, hookTimeout: 300_000, retry: 1 },
  // What a page or a broker is waited for takes its time on a machine that is busy.
  expect: { poll: { timeout: 20_000 } },
}
/** Servers and browsers wait for each other most of the time: two files at once keep two cores busy, and no more. */
const servers = { ...heavy, fileParallelism: true, maxWorkers: 2 }

export default defineConfig({
  resolve: { alias: { 'next-intl/config': resolve(import.meta.dirname, 'lib/i18n/request.ts') } },
  test: {
    globalSetup: './test/end-with-parent.ts',
    // The list of failures at the end of a long log says what was seen, not 'Array(1)'.
    chaiConfig: { truncateThreshold: 2_000 },
    projects: [
      // What is pure leaves nothing behind: loading the same modules for each file anew was half of the time.
      { extends: true, test: { ...common, name: 'unit', isolate: false, include: ['test/unit/**/*.test.{ts,tsx}'] } },
      { extends: true, test: { ...common, name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      { extends: true, test: { ...common, ...heavy, name: 'planted', include: ['test/check/**/*.test.ts'] } },
      {
        extends: true,
        test: { ...common, ...servers, name: 'integration', include: ['test/integration/**/*.test.ts'] },
      },
      // Tried twice, as everything heavy; the two hours of `npm run soak` have one try.
      { extends: true, test: { ...common, retry: 1, name: 'restarts', include: ['test/restarts/**/*.test.ts'] } },
      { extends: true, test: { ...common, ...servers, name: 'e2e', include: ['test/e2e/**/*.test.ts'] } },
    ],
  },
})
