import { describe, expect, it } from 'vitest'
import { entriesAt } from '../support/alpaca-truth.ts'
import { type CrashPoint, crashPoints } from '../support/crash-points.ts'
import { type PaperLife, startPaperLife, tidyUp, wrongAfterStart } from '../support/paper-life.ts'

const server = process.env['TEST_DATABASE_URL']
const soak = process.env['CATALYST_SOAK'] !== undefined
/** Each round is a start of the bot, and its requests count against the account's minute: a short run makes one of each. */
const roundsEach = Number(process.env['CATALYST_CRASH_ROUNDS'] ?? (soak ? 50 : 1))
const lanes = server ? 4 : 3
/** On a server rounds follow each other too quickly for the requests that a minute has room for: left to the long runs until they are paced. */
const here = soak || !server
if (!here) console.warn('the crash points on paper are left out on a Postgres server: npm run soak has them')
const patient = soak ? 7_200_000 : 600_000
/** Milliseconds until a dead process is followed by the next, at most: a supervisor is never as quick twice. */
const longestPauseMs = 300

interface Round {
  readonly what: string
  readonly wrong: readonly string[]
}
interface Job {
  readonly point: CrashPoint
  readonly round: number
}

async function oneRound(life: PaperLife, { point, round }: Job): Promise<Round> {
  const symbol = life.nextSymbol()
  try {
    life.quote(symbol, 100)
    const person = await life.person()
    const entriesBefore = entriesAt(life.alpaca, symbol).length
    await point.drive(life, person, symbol, round)
    await new Promise((done) => setTimeout(done, Math.random() * longestPauseMs))
    if (point.nextDiesAt && (await life.begin({ moment: point.nextDiesAt(round) })) !== null)
      throw new Error('the next process did not die on its way')
    const next = await life.person()
    const wrong = await wrongAfterStart(life, next, symbol, entriesBefore)
    await tidyUp(life, next)
    return { what: point.name, wrong }
  } catch (error) {
    // The next round begins with a process of its own.
    return { what: point.name, wrong: [error instanceof Error ? error.message : String(error)] }
  }
}

async function lane(jobs: Job[], rounds: Round[]): Promise<void> {
  const life = await startPaperLife()
  try {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const round = await oneRound(life, job)
      rounds.push(round)
      // At once: a soak takes long, and what is wrong is wanted now.
      if (round.wrong.length > 0) console.error(`${round.what}, round ${job.round}: ${round.wrong.join('; ')}`)
    }
  } finally {
    const wrong = await life.end()
    rounds.push({ what: 'books at the end', wrong })
    if (wrong.length > 0) console.error(`books at the end: ${wrong.join('; ')}`)
  }
}

function report(rounds: readonly Round[]): string {
  const row = (name: string, these: readonly Round[]) =>
    `${name.padEnd(34)}${String(these.length).padStart(7)}${String(these.reduce((sum, r) => sum + r.wrong.length, 0)).padStart(12)}`
  const names = [...crashPoints.map(({ name }) => name), 'books at the end']
  const rows = names.map((name) =>
    row(
      name,
      rounds.filter(({ what }) => what === name),
    ),
  )
  return [`${'killed at'.padEnd(34)} rounds  violations`, ...rows, row('all', rounds)].join('\n')
}

describe.skipIf(!here)('crash points on paper', () => {
  it(
    'given a bot that is killed at any point between a tap and its fill, when it starts again, then the broker has one order and the books each fill once',
    async () => {
      const possible = crashPoints.filter(({ needsServer }) => !needsServer || server)
      const jobs = possible
        .flatMap((point) => Array.from({ length: roundsEach }, (_, round) => ({ point, round, draw: Math.random() })))
        .sort((a, b) => a.draw - b.draw)
      const rounds: Round[] = []
      await Promise.all(Array.from({ length: lanes }, () => lane(jobs, rounds)))
      console.info(report(rounds))
      expect(rounds.filter(({ wrong }) => wrong.length > 0)).toEqual([])
      for (const { name } of possible) expect([name, rounds.filter(({ what }) => what === name).length]).toEqual([name, roundsEach])
    },
    patient,
  )
})
