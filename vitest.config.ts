import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/support/longest-first.ts'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/support/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // One more than the cores of a small machine: browsers, timers and child processes make a test wait.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'commands/**/*.ts', 'handlers/**/*.ts', 'db/**/*.ts'],
      exclude: ['src/adapters/chat/console/page/**', 'db/migrations/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        lines: 85,
        // What decides about money and what sends it.
        'src/domain/risk/**': { lines: 95 },
        'src/adapters/brokers/**': { lines: 90 },
        'src/app/{place-order,cancel-orders,apply-update,protect,close-position,reconcile,trading-control}.ts': { lines: 90 },
      },
    },
  },
})
