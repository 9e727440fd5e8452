import { writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { trackRecord } from '../../src/app/books.ts'
import { readinessFor, readinessWords, verdictWords } from '../../src/app/cards/readiness.ts'
import { type CliDependencies, defineCli, exitCodes } from '../../src/app/cli.ts'
import type { ReadinessFile } from '../../src/app/confirm-live.ts'
import { goals } from '../../src/domain/books.ts'
import type { TrackRecord } from '../../src/domain/readiness.ts'

export const cli = defineCli({
  name: 'readiness',
  summary: 'what autonomous mode and real money still wait for, from the books in this database',
  options: [{ syntax: '--save <file>', description: 'write it down, to show it to `live trading --readiness <file>`' }],
  input: z.object({ save: z.string().min(1, 'must name a file').optional() }),
  async run({ input, deps }) {
    const record = await recordOf(deps)
    for (const goal of goals) {
      const readiness = readinessFor(goal, record)
      deps.print(`${goal === 'live' ? 'Before real money' : 'Before autonomous mode'}: ${verdictWords(readiness, record)}`)
      for (const line of readiness.lines) deps.print(`  ${readinessWords(line)}`)
    }
    if (input.save !== undefined) {
      await writeFile(input.save, `${JSON.stringify(fileOf(record), null, 2)}\n`)
      deps.print(`✓ written to ${input.save}`)
    }
    return readinessFor('live', record).ready ? exitCodes.ok : exitCodes.refused
  },
})

async function recordOf(deps: CliDependencies): Promise<TrackRecord> {
  const store = await deps.openStore(deps.environment())
  try {
    const books = await store.read.books()
    return await trackRecord(store.read, books.identity?.mode ?? 'sim', Date.now())
  } finally {
    await store.close()
  }
}

const fileOf = (record: TrackRecord): ReadinessFile => ({
  kind: 'catalyst readiness',
  mode: record.mode,
  account: record.books.identity?.account ?? 'unknown',
  at: new Date(record.now).toISOString(),
  live: readinessFor('live', record).lines.map((line) => ({ ...line })),
})
