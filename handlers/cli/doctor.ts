import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { trackRecord } from '../../src/app/books.ts'
import { readinessFor, verdictWords } from '../../src/app/cards/readiness.ts'
import { type CliDependencies, defineCli, exitCodes, type Finding } from '../../src/app/cli.ts'
import type { Environment } from '../../src/config/environment.ts'
import { plainStart } from '../../src/config/mode.ts'
import { ConfigurationError } from '../../src/config/problems.ts'
import { goals, otherMode } from '../../src/domain/books.ts'
import type { ReadModel } from '../../src/ports/read-model.ts'

const good = (text: string): Finding => ({ good: true, text })
const bad = (text: string): Finding => ({ good: false, text })

export const cli = defineCli({
  name: 'doctor',
  summary: 'check what the bot needs here, and say what to do about what is missing',
  input: z.object({}),
  async run({ deps }) {
    const findings = await examine(deps)
    for (const { good: fine, text } of findings) deps.print(`${fine ? '✓' : '✗'} ${text}`)
    return findings.every((finding) => finding.good) ? exitCodes.ok : exitCodes.refused
  },
})

async function examine(deps: CliDependencies): Promise<readonly Finding[]> {
  const machine = [nodeVersion(process.versions.node), clock(Date.now()), timeZones()]
  const { environment, findings } = readEnvironment(deps)
  if (environment === null) return [...machine, ...findings]
  const parts = await Promise.all([
    settings(deps, environment),
    disk(environment.dataDir),
    port(environment),
    dataFolder(deps, environment),
    deps.chats.diagnose(environment),
    deps.diagnoseBroker(environment),
  ])
  return [...machine, ...findings, ...parts.flat(), ...(await database(deps, environment))]
}

/** Node 20.19 is the first 20 that loads what this program is made of. */
export function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 20 || (major === 20 && minor >= 19)
    ? good(`Node ${version}`)
    : bad(`Node ${version} is too old: install Node 20.19 or newer (22 and 24 are fine)`)
}

/** A machine without a battery-backed clock wakes up in 1970; certificates and sessions then make no sense. */
export function clock(now: number): Finding {
  const shown = new Date(now).toISOString()
  return now >= Date.UTC(2025, 0, 1) && now < Date.UTC(2100, 0, 1)
    ? good(`clock: ${shown}`)
    : bad(`clock: ${shown} cannot be right; set the time, best with a time service (timedatectl set-ntp true)`)
}

function timeZones(): Finding {
  const winter = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', hour: '2-digit', hourCycle: 'h23' })
  const hour = winter.format(Date.UTC(2024, 0, 15, 14, 30))
  return hour === '09'
    ? good('time zones: New York is known')
    : bad('time zones: New York is not known to this Node; install one with full ICU data')
}

function readEnvironment(deps: CliDependencies): { readonly environment: Environment | null; readonly findings: readonly Finding[] } {
  try {
    const environment = deps.environment()
    return { environment, findings: [...mode(deps, environment), ...environment.notes.map((note) => good(`note: ${note}`))] }
  } catch (error) {
    return { environment: null, findings: problemsOf(error) }
  }
}

/** Whether the bot would start with this environment, in the mode that is meant. */
function mode(deps: CliDependencies, environment: Environment): readonly Finding[] {
  const live = environment.mode === 'live'
  try {
    deps.environment(live ? { ...plainStart, command: 'live trading', enableLive: true } : plainStart)
    const how = live ? '`catalyst live trading --enable-live` trades REAL MONEY' : `\`start\` trades in ${environment.mode} mode`
    return [good(`environment: ${how}`)]
  } catch (error) {
    return problemsOf(error)
  }
}

async function settings(deps: CliDependencies, environment: Environment): Promise<readonly Finding[]> {
  try {
    await deps.settings(environment)
    return [good(`settings: ${existsSync(environment.configFile) ? environment.configFile : `no ${environment.configFile}, all defaults`}`)]
  } catch (error) {
    return problemsOf(error)
  }
}

const problemsOf = (error: unknown): readonly Finding[] =>
  error instanceof ConfigurationError ? error.problems.map(bad) : [bad(error instanceof Error ? error.message : String(error))]

/** Half a gigabyte holds a year of events and the embedded database's own files. */
const neededMegabytes = 500

async function disk(folder: string): Promise<readonly Finding[]> {
  let existing = resolve(folder)
  while (!existsSync(existing)) existing = dirname(existing)
  const { bavail, bsize } = await statfs(existing)
  const megabytes = Math.floor((bavail * bsize) / 1_048_576)
  return megabytes >= neededMegabytes
    ? [good(`disk: ${megabytes} MB free in ${existing}`)]
    : [bad(`disk: ${megabytes} MB free in ${existing}, ${neededMegabytes} MB are needed: free some, or set DATA_DIR to a larger disk`)]
}

async function port({ http }: Environment): Promise<readonly Finding[]> {
  const where = `${http.host}:${http.port}`
  const problem = await new Promise<string | null>((done) => {
    const server = createServer()
    server.once('error', (error) => done('code' in error ? String(error.code) : error.message))
    server.listen(http.port, http.host, () => server.close(() => done(null)))
  })
  if (problem === null) return [good(`port: ${where} is free`)]
  if (problem === 'EADDRINUSE') return [bad(`port: ${where} is in use: stop what listens there (catalyst itself?), or set PORT`)]
  return [bad(`port: ${where} cannot be used (${problem}): set HTTP_HOST and PORT to an address of this machine`)]
}

async function dataFolder(deps: CliDependencies, environment: Environment): Promise<readonly Finding[]> {
  const holder = await deps.dataFolderHolder(environment)
  return holder === null
    ? [good(`data folder: ${environment.dataDir} is not in use`)]
    : [bad(`data folder: ${environment.dataDir} is in use by ${holder}: stop it, or set DATA_DIR to another folder`)]
}

async function database(deps: CliDependencies, environment: Environment): Promise<readonly Finding[]> {
  const name = environment.databaseUrl === null ? `embedded in ${environment.dataDir}` : 'DATABASE_URL'
  const advice =
    environment.databaseUrl === null ? 'make DATA_DIR a folder this user may write' : 'check DATABASE_URL and that the server runs'
  try {
    const store = await deps.openStore(environment)
    try {
      const { applied, pending } = await store.migrations.status()
      const waiting = pending.length === 0 ? '' : `, ${pending.length} pending: the next start applies them`
      const found = good(`database: ${name}, ${applied.length} migrations applied${waiting}`)
      return environment.mode === 'sim' || pending.length > 0 ? [found] : [found, ...(await booksOf(store.read, environment))]
    } finally {
      await store.close()
    }
  } catch (error) {
    return [bad(`database: ${name}: ${error instanceof Error ? error.message : String(error)}; ${advice}`)]
  }
}

/** Whose the books are, and what real money or autonomous mode still wait for: that is no fault of the machine's. */
async function booksOf(read: ReadModel, { mode }: Environment): Promise<readonly Finding[]> {
  const [state, sequence] = await Promise.all([read.books(), read.lastSequence()])
  const other = otherMode(state, mode, sequence > 0)
  if (other !== null) return [bad(`books: ${other}; set DATA_DIR or DATABASE_URL to books of their own`)]
  const record = await trackRecord(read, mode, Date.now())
  const account =
    state.identity === null ? 'new: the first start binds them to its account' : `of the ${mode} account ${state.identity.account}`
  const confirmed = mode !== 'live' || state.confirmation !== null ? [] : [good('live: the next start asks for the phrase')]
  const ahead = (mode === 'live' ? (['autonomous'] as const) : goals).map((goal) =>
    good(`readiness for ${goal}: ${verdictWords(readinessFor(goal, record), record)} (catalyst readiness)`),
  )
  return [good(`books: ${account}`), ...confirmed, ...ahead]
}
