import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Environment, readEnvironment } from '../../src/config/environment.ts'
import { type Launch, livePhrase, plainStart } from '../../src/config/mode.ts'
import { ConfigurationError } from '../../src/config/problems.ts'

type Variables = Readonly<Record<string, string>>

function read(variables: Variables, launch: Launch = plainStart): Environment | readonly string[] {
  try {
    return readEnvironment({ process: variables, file: '/nowhere/.env', launch })
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
}
const problems = (variables: Variables, launch: Launch = plainStart): readonly string[] => {
  const answer = read(variables, launch)
  return 'mode' in answer ? [] : answer
}
const started = (variables: Variables, launch: Launch = plainStart): Environment => {
  const answer = read(variables, launch)
  if (!('mode' in answer)) throw new Error(answer.join('\n'))
  return answer
}

const paperKeys = { APCA_API_KEY_ID: 'PKS3CR3T01', APCA_API_SECRET_KEY: 'paper-s3cr3t' }
const liveKeys = { APCA_API_KEY_ID: 'AKS3CR3T01', APCA_API_SECRET_KEY: 'live-s3cr3t' }
const forLive = {
  ...liveKeys,
  ENABLE_LIVE_TRADING: 'true',
  DATABASE_URL: 'postgres://bot@127.0.0.1/bot',
  HTTP_TOKEN: 's3cr3t-http-token-of-tests',
}
const live: Launch = { ...plainStart, command: 'live trading', enableLive: true }
const paper: Launch = { ...plainStart, command: 'live paper' }

describe('the mode that is meant', () => {
  test.each([
    ['nothing is set', {}, plainStart, 'sim'],
    ['there are paper keys', paperKeys, plainStart, 'paper'],
    ['there are paper keys, but sim is named', { ...paperKeys, TRADING_MODE: 'sim' }, plainStart, 'sim'],
    ['`live paper` with paper keys', paperKeys, paper, 'paper'],
    ['`live trading` with everything it needs', forLive, live, 'live'],
    ['the same with TRADING_MODE=live', { ...forLive, TRADING_MODE: 'live' }, live, 'live'],
    [
      "other tools' names for paper keys",
      { ALPACA_API_KEY: 'PKS3CR3T01', ALPACA_SECRET_KEY: 's', ALPACA_PAPER: 'true' },
      plainStart,
      'paper',
    ],
  ])('%s', (_, variables, launch, mode) => {
    expect(started(variables as Variables, launch).mode).toBe(mode)
  })

  test('a tool reads the environment also where nothing could start', () => {
    const broken = { ...liveKeys, TRADING_MODE: 'paper', ENABLE_LIVE_TRADING: 'true' }
    expect(readEnvironment({ process: broken, file: '/nowhere/.env' })).toMatchObject({ mode: 'paper', launch: null })
    expect(problems(broken)).toHaveLength(2)
  })

  test('every problem is said at once', () => {
    const all = problems(
      { ...paperKeys, TRADING_MODE: 'paper', APCA_API_BASE_URL: 'https://paper-api.alpaca.markets' },
      {
        command: 'live trading',
        enableLive: false,
        phrase: 'yes',
        simulationOptions: ['--speed'],
      },
    )
    for (const part of ['TRADING_MODE', 'paper key', 'paper address', '--speed', 'ENABLE_LIVE_TRADING', '--enable-live', livePhrase])
      expect(all.join('\n')).toContain(part)
    for (const part of ['DATABASE_URL', 'HTTP_TOKEN']) expect(all.join('\n')).toContain(part)
  })

  test('a value that is none hides no contradiction', () => {
    const all = problems({ ...liveKeys, APCA_API_BASE_URL: 'nonsense', PORT: 'x' })
    for (const part of ['PORT', 'APCA_API_BASE_URL must be a URL', 'is a live key']) expect(all.join('\n')).toContain(part)
  })

  test('keys that are not used are pointed out', () => {
    expect(started({ ...paperKeys, TRADING_MODE: 'sim' }).notes).toEqual([expect.stringContaining('not used')])
  })
})

describe('addresses of Alpaca', () => {
  test.each([
    ['APCA_API_BASE_URL', 'https://api.alpaca.markets', "Alpaca's live address"],
    ['APCA_API_BASE_URL', 'https://API.alpaca.markets./v2', "Alpaca's live address"],
    ['APCA_API_BASE_URL', 'https://data.alpaca.markets', 'belongs in APCA_API_DATA_URL'],
    ['APCA_API_BASE_URL', 'https://broker-api.sandbox.alpaca.markets', 'another Alpaca service'],
    ['APCA_API_BASE_URL', 'http://proxy.example', 'unencrypted'],
    ['APCA_API_BASE_URL', 'https://me:pw@proxy.example', 'must not hold a login'],
    ['APCA_API_DATA_URL', 'https://paper-api.alpaca.markets', 'belongs in APCA_API_BASE_URL'],
    ['APCA_API_STREAM_URL', 'wss://api.alpaca.markets/stream', "Alpaca's live address"],
    ['APCA_API_STREAM_URL', 'wss://stream.data.alpaca.markets/v2/iex', 'belongs in APCA_DATA_STREAM_URL'],
    ['APCA_API_STREAM_URL', 'ws://proxy.example/stream', 'unencrypted'],
    ['APCA_DATA_STREAM_URL', 'wss://paper-api.alpaca.markets/stream', 'belongs in APCA_API_STREAM_URL'],
  ])('paper with %s=%s is refused', (name, value, because) => {
    expect(problems({ ...paperKeys, [name]: value })).toEqual([expect.stringContaining(because)])
  })

  test('live with the paper address is refused', () => {
    const at = { ...forLive, APCA_API_BASE_URL: 'https://paper-api.alpaca.markets' }
    expect(problems(at, live)).toEqual([expect.stringContaining("Alpaca's paper address")])
  })

  test('the version and a slash at the end do not matter, and the socket follows the address', () => {
    const base = 'https://paper-api.alpaca.markets/v2/'
    expect(started({ ...paperKeys, ALPACA_BASE_URL: base }).alpaca).toMatchObject({
      tradingUrl: 'https://paper-api.alpaca.markets',
      streamUrl: 'wss://paper-api.alpaca.markets/stream',
    })
  })

  test('a server of one’s own is taken, with a note where orders go', () => {
    const { alpaca, notes } = started({ ...paperKeys, APCA_API_BASE_URL: 'http://127.0.0.1:9999' })
    expect(alpaca?.streamUrl).toBe('ws://127.0.0.1:9999/stream')
    expect(notes).toEqual([expect.stringContaining('127.0.0.1:9999')])
  })
})

/** Everything that has a say in which money is meant, with what each may be. */
const dimensions = {
  keys: {
    none: {},
    paper: paperKeys,
    live: liveKeys,
    half: { APCA_API_KEY_ID: 'PKS3CR3T01' },
    unknown: { ...paperKeys, APCA_API_KEY_ID: 'XX1' },
  },
  base: {
    unset: {},
    paper: { APCA_API_BASE_URL: 'https://paper-api.alpaca.markets' },
    live: { APCA_API_BASE_URL: 'https://api.alpaca.markets' },
    own: { APCA_API_BASE_URL: 'http://127.0.0.1:9' },
  },
  stream: {
    unset: {},
    paper: { APCA_API_STREAM_URL: 'wss://paper-api.alpaca.markets/stream' },
    live: { APCA_API_STREAM_URL: 'wss://api.alpaca.markets/stream' },
  },
  data: {
    unset: {},
    wrong: { APCA_API_DATA_URL: 'https://api.alpaca.markets' },
  },
  mode: { unset: {}, sim: { TRADING_MODE: 'sim' }, paper: { TRADING_MODE: 'paper' }, live: { TRADING_MODE: 'live' } },
  enabled: { no: { ENABLE_LIVE_TRADING: 'false' }, yes: { ENABLE_LIVE_TRADING: 'true' } },
  database: { embedded: {}, postgres: { DATABASE_URL: 'postgres://bot@127.0.0.1/bot' } },
  token: { none: {}, set: { HTTP_TOKEN: 's3cr3t-http-token-of-tests' } },
} as const
const launches = {
  command: ['start', 'live paper', 'live trading'],
  enableLive: [false, true],
  phrase: [null, 'yes', livePhrase],
  simulationOptions: [[], ['--replay']],
} as const

type Choice = { readonly [K in keyof typeof dimensions]: keyof (typeof dimensions)[K] }

/** What may start, said in one place and in other words than the program's: by what each mode needs. */
function allowed(c: Choice, l: Launch): 'sim' | 'paper' | 'live' | null {
  const rightData = c.data !== 'wrong'
  const noLiveSwitch = c.enabled !== 'yes' && !l.enableLive && l.phrase === null
  const at = (mode: 'paper' | 'live') => ['unset', 'own', mode].includes(c.base) && ['unset', mode].includes(c.stream) && rightData
  if (l.command === 'start' && noLiveSwitch && (c.mode === 'sim' || (c.mode === 'unset' && c.keys === 'none'))) return 'sim'
  if (l.simulationOptions.length > 0) return null
  if (l.command === 'live trading') {
    const asked = l.enableLive && (l.phrase === null || l.phrase === livePhrase) && c.enabled === 'yes'
    const safe = c.database === 'postgres' && c.token === 'set'
    return asked && safe && c.keys === 'live' && at('live') && ['unset', 'live'].includes(c.mode) ? 'live' : null
  }
  const meant = ['unset', 'paper'].includes(c.mode) && (c.keys === 'paper' || c.keys === 'unknown')
  return meant && noLiveSwitch && at('paper') ? 'paper' : null
}

describe('paper and live cannot be confused', () => {
  const product = <T>(choices: Readonly<Record<string, readonly T[]>>): Record<string, T>[] =>
    Object.entries(choices).reduce<Record<string, T>[]>(
      (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
      [{}],
    )

  test('of every combination of keys, addresses, variables, database, command and phrase, only the right ones start', () => {
    const choices = product(Object.fromEntries(Object.entries(dimensions).map(([name, values]) => [name, Object.keys(values)])))
    const starts = product<unknown>(launches) as unknown as readonly Launch[]
    const counted = { sim: 0, paper: 0, live: 0, refused: 0 }
    const wrong: string[] = []
    for (const choice of choices) {
      const variables: Variables = Object.assign(
        {},
        ...Object.entries(choice).map(([name, value]) => (dimensions as Record<string, Record<string, object>>)[name]?.[value]),
      )
      for (const launch of starts) {
        const answer = read(variables, launch)
        const mode = 'mode' in answer ? answer.mode : null
        counted[mode ?? 'refused'] += 1
        const expected = allowed(choice as unknown as Choice, launch)
        if (mode !== expected) wrong.push(`${JSON.stringify({ ...choice, ...launch })}: ${mode} instead of ${expected}`)
      }
    }
    const tried = choices.length * starts.length
    console.info(`${tried} combinations tried: ${JSON.stringify(counted)}`)
    expect(wrong.slice(0, 5)).toEqual([])
    expect(tried).toBeGreaterThan(130_000)
    // Few may trade real money: three addresses, two sockets, TRADING_MODE said or not, phrase given or still to be asked for.
    expect(counted.live).toBe(3 * 2 * 2 * 2)
    expect(counted.paper).toBeGreaterThan(0)
  }, 180_000)

  test('no key or address, however it is written, brings live keys to paper or paper keys to live', () => {
    const url = fc.constantFrom(
      'https://api.alpaca.markets',
      'https://API.ALPACA.MARKETS/v2',
      'https://paper-api.alpaca.markets/',
      'https://paper-api.alpaca.markets:443',
    )
    const key = fc.tuple(fc.constantFrom('PK', 'pk', 'AK', 'ak'), fc.stringMatching(/^[A-Z0-9]{4,18}$/)).map((parts) => parts.join(''))
    fc.assert(
      fc.property(key, url, fc.boolean(), (id, base, wantsLive) => {
        const variables = { ...(wantsLive ? forLive : {}), APCA_API_KEY_ID: id, APCA_API_SECRET_KEY: 's', APCA_API_BASE_URL: base }
        const answer = read(variables, wantsLive ? live : paper)
        const right = wantsLive ? /^ak/i.test(id) && !base.includes('paper') : /^pk/i.test(id) && base.includes('paper')
        expect('mode' in answer).toBe(right)
      }),
    )
  })
})
