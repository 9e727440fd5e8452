import { gzipSync } from 'node:zlib'
import { buildPage } from '../../src/adapters/chat/console/bundle.ts'
import { type Bench, line } from './support/measure.ts'

/** What the page makes a browser load. */
export const bench: Bench = {
  eachDatabase: false,
  async run() {
    const files = await buildPage()
    const size = (wanted: (name: string) => boolean) =>
      [...files].filter(([name]) => wanted(name)).reduce((sum, [, body]) => sum + gzipSync(body, { level: 9 }).length, 0) / 1000
    return [
      line('script of the console, gzip', [size((name) => name.endsWith('.js'))], 'kB', { of: 'p50', below: 150 }),
      line('everything of the console, gzip', [size(() => true)], 'kB'),
    ]
  },
}
