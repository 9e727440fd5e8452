import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { clock, nodeVersion } from '../../../handlers/cli/doctor.ts'
import type { CliCommand, CliDependencies, StartOptions, StoreTools } from '../../../src/app/cli.ts'
import { readinessFile } from '../../../src/app/confirm-live.ts'
import { runCli } from '../../../src/cli.ts'
import { readEnvironment } from '../../../src/config/environment.ts'
import { defaults } from '../../../src/config/load.ts'
import { plainStart } from '../../../src/config/mode.ts'
import { ConfigurationError } from '../../../src/config/problems.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { price, quantity, usd } from '../../../src/domain/decimal.ts'
import type { Position } from '../../../src/domain/position.ts'
import { evolutions, singleton } from '../../../src/domain/streams.ts'
import { cliCommands, loadPlugins, sizingMethods } from '../../../src/plugins.ts'
import type { Drawing } from '../../../src/ports/pictures.ts'
import type { ClosedTrade, ReadModel } from '../../../src/ports/read-model.ts'
import { position } from '../../support/samples.ts'

let commands: readonly CliCommand[] = []
beforeAll(async () => {
  commands = await loadPlugins(cliCommands)
})

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done))
})

interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly authorization: string | undefined
  readonly body: string
}
async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

/** A process that answers each path with a status and a document. */
async function process(
  answers: Readonly<Record<string, readonly [number, object]>>,
): Promise<{ readonly port: number; readonly seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      seen.push({ method: request.method, url: request.url, authorization: request.headers.authorization, body })
      const [status, document] = answers[request.url ?? ''] ?? [404, { title: 'Not Found' }]
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document))
    })
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { port: (server.address() as AddressInfo).port, seen }
}

const trade = (symbol: string, category: string | null): ClosedTrade => ({
  positionId: 'p1',
  symbol,
  side: 'long',
  quantity: quantity('10'),
  entryPrice: price('100.10'),
  exitPrice: price('98.05'),
  realizedPnl: usd('-20.50'),
  fees: usd('0.03'),
  mae: usd('-25'),
  mfe: usd('4'),
  exitReason: 'stop_loss',
  category,
  openedAt: '2024-03-05T14:30:00.000Z',
  closedAt: '2024-03-05T15:30:00.000Z',
  proposalId: null,
})

const emptyBooks = evolutions.books.initial(singleton)
/** Books in which nothing was traded yet. */
const fresh: Partial<ReadModel> = {
  books: async () => emptyBooks,
  lastSequence: async () => 0,
  firstFillAt: async () => null,
  lastKilledAt: async () => null,
  dayResults: async () => [],
}

function store(
  over: Partial<StoreTools['maintenance'] & StoreTools['migrations']> & {
    readonly pages?: readonly ClosedTrade[][]
    readonly read?: Partial<ReadModel>
  } = {},
): StoreTools {
  const pages = over.pages ?? []
  const trades: ReadModel['trades'] = async (_, { cursor }) => {
    const page = Number(cursor ?? 0)
    return { items: pages[page] ?? [], next: page + 1 < pages.length ? `${page + 1}` : null }
  }
  const verifyChains = over.verifyChains ?? (async () => [])
  return {
    maintenance: {
      verifyChains,
      rebuild: over.rebuild ?? (async () => 3),
      compareProjections: over.compareProjections ?? (async () => []),
    },
    migrations: {
      status: over.status ?? (async () => ({ applied: ['0000_books'], pending: [] })),
      apply: over.apply ?? (async () => []),
    },
    read: { trades, ...fresh, ...over.read } as ReadModel,
    close: async () => {},
  }
}

/** Positions by the page, of an account that began with $100,000. */
const pagesOf = (pages: readonly (readonly Position[])[]): ReadModel =>
  ({
    positions: async (_, { cursor }) => {
      const page = Number(cursor ?? 0)
      return { items: pages[page] ?? [], next: page + 1 < pages.length ? `${page + 1}` : null }
    },
    snapshots: async () => [{ at: '', equity: usd('100000'), cash: usd('100000'), unrealizedPnl: usd('0'), openPositions: 0 }],
  }) as Partial<ReadModel> as ReadModel

/** Runs one command line. @returns its exit code and what it said. */
async function run(line: string, over: Partial<CliDependencies> & { readonly variables?: Record<string, string> } = {}) {
  const out: string[] = []
  const err: string[] = []
  const deps: CliDependencies = {
    print: (text) => out.push(text),
    printError: (text) => err.push(text),
    progress: (label, done, total) => out.push(`${label} ${done}/${total}`),
    environment: (launch) =>
      readEnvironment({ process: over.variables ?? {}, file: join(tmpdir(), 'no-such-file'), ...(launch === undefined ? {} : { launch }) }),
    settings: async () => defaults(configSchema([], await loadPlugins(sizingMethods))),
    start: async () => {},
    openStore: async () => store(),
    revokeLive: async () => false,
    dataFolderHolder: async () => null,
    diagnoseBroker: async () => [],
    sizingMethods: () => loadPlugins(sizingMethods),
    draw: async () => new Uint8Array([1, 2, 3]),
    chats: {
      diagnose: async () => [],
      registerDiscord: () => Promise.reject(new Error('Discord is not configured')),
      slackManifest: async (address) => ({ address }),
    },
    fetch,
    version: '1.2.3',
    ...over,
  }
  const code = await runCli(line.split(' ').filter(Boolean), deps, commands)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

describe('the command line', () => {
  test('explains itself and each command', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    for (const { name } of commands) {
      expect(out).toContain(name)
      const help = await run(`${name} --help`)
      expect(help.code).toBe(0)
      expect(help.out).toContain(`Usage: catalyst ${name}`)
    }
    expect(commands.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'doctor',
        'export',
        'flatten',
        'kill',
        'live',
        'migrate',
        'pause',
        'readiness',
        'rebuild',
        'resume',
        'start',
        'status',
      ]),
    )
  })

  test('tells its version', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, out: '1.2.3' })
  })

  test.each(['strat', 'start --sped 3', 'resume', 'start --speed', ''])('wrong usage exits with 2: "%s"', async (line) => {
    expect((await run(line)).code).toBe(2)
  })

  test('a mistyped command gets a suggestion', async () => {
    expect((await run('strat')).err).toContain('Did you mean start?')
  })
})

describe('start', () => {
  const started = async (line: string) => {
    const calls: StartOptions[] = []
    const result = await run(line, {
      start: async (options) => {
        calls.push(options)
      },
    })
    return { ...result, calls }
  }

  test('passes on only what was said', async () => {
    expect((await started('start')).calls).toEqual([{ splits: [], launch: plainStart }])
    const { calls } = await started(
      'start --speed 60 --seed 5 --port 0 --alerts a.jsonl --replay days --from 2024-03-05 --to 2024-03-06T10:00:00Z --data-dir d --split ACME:2024-03-05:4 --split B:2024-03-06:0.5',
    )
    expect(calls).toEqual([
      {
        ...{ speed: 60, seed: 5, port: 0, alerts: 'a.jsonl', replay: 'days', from: '2024-03-05', to: '2024-03-06T10:00:00Z', dataDir: 'd' },
        splits: [
          { symbol: 'ACME', date: '2024-03-05', ratio: '4' },
          { symbol: 'B', date: '2024-03-06', ratio: '0.5' },
        ],
        launch: { ...plainStart, simulationOptions: ['--speed', '--seed', '--replay', '--from', '--to', '--split'] },
      },
    ])
  })

  test.each([
    ['start --speed 0', 'speed: must be at least 0.1'],
    ['start --speed fast', 'speed: must be a number'],
    ['start --port 70000', 'port: must be at most 65535'],
    ['start --seed 1.5', 'seed: must be a whole number'],
    ['start --split ACME:4', 'split.0: must look like'],
    ['start --split ACME:2024-03-05:0', 'the ratio must be above zero'],
    ['start --split ACME:2024-13-45:2', 'the date does not exist'],
    ['start --replay d --from yesterday', 'from: must be a date'],
    ['start --replay d --from 2024-03-06 --to 2024-03-05', 'to: must be after --from'],
    ['start --from 2024-03-06', '--replay <folder>, which is missing'],
  ])('refuses "%s"', async (line, problem) => {
    const { code, err, calls } = await started(line)
    expect(code).toBe(2)
    expect(err).toContain(problem)
    expect(calls).toEqual([])
  })

  test('every configuration problem is printed, and the exit code is 1', async () => {
    const result = await run('start', {
      start: async () => {
        throw new ConfigurationError(['one', 'two'])
      },
    })
    expect(result).toMatchObject({ code: 1, err: '✗ one\n✗ two' })
  })
})

describe('the running process', () => {
  const killed = { trading_state: 'halted', canceled_orders: 1, voided_proposals: 2, open_positions: 3, elapsed_ms: 12 }

  test('kill halts it and prints what was done', async () => {
    const { port, seen } = await process({ '/api/v1/kill': [200, killed] })
    const { code, out } = await run('kill', { variables: { PORT: `${port}`, HTTP_TOKEN: 's3cr3t-http-token-of-tests' } })
    expect(code).toBe(0)
    expect(out).toMatch(/trading state\s+halted/)
    expect(seen).toEqual([{ method: 'POST', url: '/api/v1/kill', authorization: 'Bearer s3cr3t-http-token-of-tests', body: '{}' }])
  })

  test('kill --flatten closes everything too, and says what is not flat', async () => {
    const { port, seen } = await process({
      '/api/v1/kill': [200, killed],
      '/api/v1/positions/close-all': [200, { closing: [], left: [{ position_id: 'p', symbol: 'ACME', reason: 'halted by the exchange' }] }],
    })
    const { code, err } = await run('kill --flatten', { variables: { PORT: `${port}` } })
    expect(seen.map(({ url }) => url)).toEqual(['/api/v1/kill', '/api/v1/positions/close-all'])
    expect(code).toBe(1)
    expect(err).toContain('NOT FLAT: ACME: halted by the exchange')
  })

  test('resume sends the whole reason', async () => {
    const { port, seen } = await process({ '/api/v1/resume': [200, { trading_state: 'active' }] })
    expect((await run('resume the feed is back', { variables: { PORT: `${port}` } })).code).toBe(0)
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ reason: 'the feed is back' })
  })

  test('a refusal is told with its detail and exits with 1', async () => {
    const { port } = await process({ '/api/v1/pause': [409, { title: 'Conflict', detail: 'trading is halted' }] })
    expect(await run('pause', { variables: { PORT: `${port}` } })).toMatchObject({ code: 1, err: '✗ Conflict: trading is halted' })
  })

  test('status shows its health and what it holds', async () => {
    const position = { symbol: 'ACME', side: 'long', quantity: '10', unrealized_pnl: '-3.20' }
    const { port } = await process({
      '/health': [200, { status: 'ok', trading_state: 'active', chats: ['console'], broker: { name: 'simulated', ok: true } }],
      '/api/v1/positions?status=open': [200, { items: [position], next: null }],
    })
    const { code, out } = await run('status', { variables: { PORT: `${port}`, HTTP_HOST: '127.0.0.1' } })
    expect(code).toBe(0)
    expect(out).toMatch(/ACME\s+long\s+10\s+unrealized -3\.20/)
    expect(out).toContain('name simulated, ok true')
  })

  test.each(['status', 'pause', 'kill', 'flatten', 'resume because'])('%s exits with 3 when nothing runs', async (line) => {
    const { port } = await process({})
    const server = servers.pop()
    await new Promise((done) => server?.close(done))
    const { code, err } = await run(line, { variables: { PORT: `${port}` } })
    expect(code).toBe(3)
    expect(err).toContain(`no running process answers at http://127.0.0.1:${port}`)
  })
})

describe('the database', () => {
  test('migrate applies what is pending, status and verify only look', async () => {
    const openStore = async () => store({ apply: async () => ['0001_more'] })
    expect(await run('migrate', { openStore })).toMatchObject({ code: 0, out: '✓ applied 0001_more' })
    const pending = async () => store({ status: async () => ({ applied: [], pending: ['0001_more'] }) })
    for (const line of ['migrate status', 'migrate verify', 'rebuild']) expect((await run(line, { openStore: pending })).code).toBe(1)
    expect((await run('migrate sideways')).code).toBe(2)
  })

  test('verify names what is broken and what to do', async () => {
    const openStore = async () =>
      store({
        verifyChains: async () => [{ where: 'order:1 version 3', problem: 'hash differs' }],
        compareProjections: async () => [{ where: 'positions', problem: 'one row differs' }],
      })
    const { code, out } = await run('migrate verify', { openStore })
    expect(code).toBe(1)
    expect(out).toContain('✗ order:1 version 3: hash differs')
    expect(out).toContain('restore a backup')
    expect(out).toContain('run: catalyst rebuild')
    expect((await run('migrate verify')).code).toBe(0)
  })

  test('rebuild shows progress and counts', async () => {
    const rebuild: StoreTools['maintenance']['rebuild'] = async (progress) => {
      progress?.(5, 10)
      return 10
    }
    expect(await run('rebuild', { openStore: async () => store({ rebuild }) })).toMatchObject({
      ...{ code: 0, out: 'rebuilding 5/10\n✓ projections rebuilt from 10 events' },
    })
  })

  test('a database that cannot be opened exits with 1 and says why', async () => {
    const openStore = async () => Promise.reject(new Error('the data folder is in use by process 7'))
    expect(await run('rebuild', { openStore })).toMatchObject({ code: 1, err: '✗ the data folder is in use by process 7' })
  })

  test('export writes every page as CSV, money as it is and words unable to run as formulas', async () => {
    const openStore = async () => store({ pages: [[trade('ACME', 'earnings')], [trade('B', '=HYPERLINK("x")')]] })
    const { code, out, err } = await run('export trades --csv', { openStore })
    expect(code).toBe(0)
    const [head, first, second] = out.split('\n')
    expect(head).toMatch(/^opened_at,closed_at,symbol,side,quantity,entry_price,exit_price,realized_pnl,fees,net_pnl/)
    expect(first).toContain('ACME,long,10,100.1,98.05,-20.5,0.03,-20.53')
    expect(second).toContain("'=HYPERLINK")
    expect(err).toBe('✓ 2 trades exported')
  })

  test('export to a file never overwrites one', async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'catalyst-export-')), 'trades.csv')
    const openStore = async () => store({ pages: [[trade('ACME', null)]] })
    expect((await run(`export trades --csv --out ${out}`, { openStore })).code).toBe(0)
    expect(readFileSync(out, 'utf8').trim().split('\n')).toHaveLength(2)
    expect(await run(`export trades --csv --out ${out}`, { openStore })).toMatchObject({ code: 1, err: expect.stringContaining('EEXIST') })
  })

  test('sizing compares every method on the closed trades, in a table that fits a phone, and draws it', async () => {
    const closed = Array.from({ length: 40 }, (_, i) => {
      const won = i % 3 !== 0
      return position({
        id: `p${i}`,
        status: 'closed',
        exitQuantity: quantity('40'),
        realizedPnl: usd(won ? '240' : '-200'),
        context: { strategy: 'catalyst', signalConfidence: 0.9, catalystScore: 0.8, rvol: 1, atr: 3.3 },
      })
    })
    const read = pagesOf([closed.slice(0, 25), closed.slice(25)])
    const file = join(mkdtempSync(join(tmpdir(), 'catalyst-sizing-')), 'sizing.png')
    const drawn: Drawing[] = []
    const draw: CliDependencies['draw'] = async (drawing) => {
      drawn.push(drawing)
      return new Uint8Array([1, 2, 3])
    }
    const { code, out } = await run(`sizing --compare --out ${file}`, { openStore: async () => ({ ...store({}), read }), draw })
    expect(code).toBe(0)
    const lines = out.split('\n')
    for (const line of lines.slice(0, -1)) expect(line.length).toBeLessThanOrEqual(34)
    const names = ['confidence-scaled', 'correlation-shrink', 'fixed-percent', 'fixed-risk', 'fractional-kelly', 'volatility']
    for (const name of names) expect(out).toContain(name.slice(0, 17))
    expect(out).toContain('40 trades from $100000')
    expect([...readFileSync(file)]).toEqual([1, 2, 3])
    expect(drawn).toMatchObject([{ kind: 'sizing', banner: 'SIM', trades: 40 }])
    expect(drawn[0]?.kind === 'sizing' && drawn[0].lines.map(({ method }) => method).sort()).toEqual(names)
  })

  test('sizing says when there is nothing to compare, and goes on without its picture', async () => {
    const empty = async () => ({ ...store({}), read: pagesOf([[]]) })
    expect(await run('sizing --compare', { openStore: empty })).toMatchObject({
      code: 0,
      out: expect.stringContaining('No trade is closed yet'),
    })
    expect((await run('sizing')).code).toBe(2)
    const one = async () => ({ ...store({}), read: pagesOf([[position({ status: 'closed', exitQuantity: quantity('40') })]]) })
    expect(await run('sizing --compare', { openStore: one, draw: async () => null })).toMatchObject({
      code: 0,
      err: expect.stringContaining('could not be drawn'),
    })
  })

  test('export needs to know what and in which format', async () => {
    expect(await run('export orders --csv')).toMatchObject({ code: 2, err: expect.stringContaining('must be trades') })
    expect(await run('export trades')).toMatchObject({ code: 2, err: expect.stringContaining('--csv is the only format') })
  })
})

describe('doctor', () => {
  test('is content with a machine that has everything', async () => {
    const { code, out } = await run('doctor', { variables: { PORT: '0', DATA_DIR: tmpdir() } })
    expect(out.split('\n').filter((line) => !line.startsWith('✓'))).toEqual([])
    expect(code).toBe(0)
    for (const part of ['Node', 'clock', 'environment', 'settings', 'disk', 'port', 'data folder', 'database'])
      expect(out).toContain(`✓ ${part}`)
  })

  test('lists everything that is wrong at once, with what to do', async () => {
    const { port } = await process({})
    const { code, out } = await run('doctor', {
      variables: { PORT: `${port}`, DATA_DIR: tmpdir() },
      settings: async () => Promise.reject(new ConfigurationError(['config.yaml:1: x', 'config.yaml:2: y'])),
      dataFolderHolder: async () => 'process 7',
      openStore: async () => Promise.reject(new Error('connection refused')),
    })
    expect(code).toBe(1)
    const wrong = out.split('\n').filter((line) => line.startsWith('✗'))
    expect(wrong).toHaveLength(5)
    expect(out).toContain(`127.0.0.1:${port} is in use`)
    expect(out).toContain('in use by process 7')
    expect(out).toContain('connection refused; make DATA_DIR')
  })

  test('lists every problem of the environment', async () => {
    const { code, out } = await run('doctor', { variables: { PORT: 'x', LOG_FORMAT: 'y' } })
    expect(code).toBe(1)
    expect(out.split('\n').filter((line) => line.startsWith('✗'))).toHaveLength(2)
  })

  test.each([
    ['18.20.0', false],
    ['20.18.9', false],
    ['20.19.0', true],
    ['22.1.0', true],
    ['24.0.0', true],
  ])('Node %s is fine: %s', (version, expected) => {
    expect(nodeVersion(version).good).toBe(expected)
  })

  test('a clock in 1970 is not believed', () => {
    expect(clock(0).good).toBe(false)
    expect(clock(Date.UTC(2026, 5, 1)).good).toBe(true)
  })
})

describe('register', () => {
  test('given Slack, then its manifest is printed: Socket Mode, or an address that Slack can reach', async () => {
    expect(JSON.parse((await run('register slack')).out)).toEqual({ address: null })
    expect(JSON.parse((await run('register slack --url https://bot.example')).out)).toEqual({ address: 'https://bot.example' })
    const plain = await run('register slack --url http://bot.example')
    expect([plain.code, plain.err]).toEqual([2, expect.stringContaining('url: must start with https://')])
  })

  test('given Discord, then it says how many commands it has; without its token, what is missing', async () => {
    const chats = {
      diagnose: async () => [],
      slackManifest: async () => ({}),
      registerDiscord: async () => ({ good: true, text: 'Discord: 22' }),
    }
    expect(await run('register discord', { chats })).toMatchObject({ code: 0, out: '✓ Discord: 22' })
    expect(await run('register discord')).toMatchObject({ code: 1, err: expect.stringContaining('not configured') })
    expect(await run('register telegram')).toMatchObject({ code: 2, err: expect.stringContaining('discord or slack') })
  })
})

test('the doctor says what is wrong with the chats', async () => {
  const diagnose = async () => [{ good: false, text: 'Slack channel C1: the bot is not in it. Type /invite @catalyst there' }]
  const chats = { diagnose, slackManifest: async () => ({}), registerDiscord: async () => ({ good: true, text: '' }) }
  const { code, out } = await run('doctor', { chats })
  expect(code).toBe(1)
  expect(out).toContain('✗ Slack channel C1: the bot is not in it')
})

describe('live', () => {
  const started = async (line: string) => {
    const calls: StartOptions[] = []
    const result = await run(line, {
      start: async (options) => {
        calls.push(options)
      },
    })
    return { ...result, calls }
  }
  test('paper starts the paper account, with what narrows it', async () => {
    const { code, calls } = await started('live paper --symbols aapl,MSFT --max-drawdown 10 --max-daily-loss 500.50 --port 0')
    expect(code).toBe(0)
    expect(calls).toMatchObject([
      {
        port: 0,
        launch: { command: 'live paper', enableLive: false, phrase: null },
        limits: { symbols: ['AAPL', 'MSFT'], maxDrawdown: '10', maxDailyLoss: '500.50' },
      },
    ])
  })

  test('trading passes the switch on as it was given; whether that is enough is the environment’s to say', async () => {
    expect((await started('live trading')).calls).toMatchObject([{ launch: { command: 'live trading', enableLive: false } }])
    expect((await started('live trading --enable-live --phrase YES --readiness r.json')).calls).toMatchObject([
      { launch: { command: 'live trading', enableLive: true, phrase: 'YES' }, grounds: { readinessFile: 'r.json' } },
    ])
  })

  test.each([
    'live',
    'live real',
    'live paper --symbols A$',
    'live paper --max-drawdown ten',
    'live paper --readiness x',
    'live paper --override x',
  ])('wrong usage exits with 2 and starts nothing: "%s"', async (line) => {
    const { code, calls } = await started(line)
    expect([code, calls]).toEqual([2, []])
  })

  test('--revoke takes the confirmation back and starts nothing', async () => {
    expect(await run('live trading --revoke', { revokeLive: async () => true })).toMatchObject({
      code: 0,
      out: expect.stringContaining('asks for the phrase'),
    })
    expect((await run('live trading --revoke')).out).toContain('was not confirmed')
  })
})

describe('readiness', () => {
  test('prints every line with its number, ends with 1 while something is open, and writes it down', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'catalyst-readiness-')), 'readiness.json')
    const books = { ...emptyBooks, identity: { mode: 'paper' as const, broker: 'alpaca', account: '…0001' } }
    const { code, out } = await run(`readiness --save ${file}`, { openStore: async () => store({ read: { books: async () => books } }) })
    expect(code).toBe(1)
    for (const part of ['Before real money: not ready', 'Before autonomous mode: not ready', '✗ Win rate: no trades, needed > 50 %'])
      expect(out).toContain(part)
    const saved = readinessFile.parse(JSON.parse(readFileSync(file, 'utf8')))
    expect(saved).toMatchObject({ mode: 'paper', account: '…0001' })
    expect(saved.live.every(({ met }) => !met)).toBe(true)
  })
})

describe('doctor, with keys', () => {
  const variables = { PORT: '0', DATA_DIR: tmpdir(), APCA_API_KEY_ID: 'PKDOCTOR', APCA_API_SECRET_KEY: 'S3CR3T-doctor' }
  test('asks the broker, and says whose the books are and what is ahead', async () => {
    const { code, out } = await run('doctor', {
      variables,
      diagnoseBroker: async ({ mode }) => [{ good: true, text: `asked in ${mode} mode` }],
    })
    expect(code).toBe(0)
    for (const part of [
      'trades in paper mode',
      'asked in paper mode',
      'books: new',
      'readiness for live: not ready',
      'readiness for autonomous: not ready',
    ])
      expect(out).toContain(part)
    expect(out).not.toContain('S3CR3T-doctor')
  })

  test('finds books of another mode, and whatever contradicts the mode', async () => {
    const books = { ...emptyBooks, identity: { mode: 'sim' as const, broker: 'simulated', account: 'simulated' } }
    const openStore = async () => store({ read: { books: async () => books, lastSequence: async () => 9 } })
    const { code, out } = await run('doctor', { variables: { ...variables, ENABLE_LIVE_TRADING: 'true' }, openStore })
    expect(code).toBe(1)
    expect(out).toContain('✗ books: the books in this database are of sim trading, and the mode is paper')
    expect(out).toContain('✗ ENABLE_LIVE_TRADING is true, but the mode is paper')
  })

  test('says of a live environment that it trades real money, and that the phrase is still to come', async () => {
    const live = {
      ...variables,
      APCA_API_KEY_ID: 'AKDOCTOR',
      TRADING_MODE: 'live',
      ENABLE_LIVE_TRADING: 'true',
      DATABASE_URL: 'postgres://h/d',
      HTTP_TOKEN: 's3cr3t-http-token-of-tests',
    }
    const { out } = await run('doctor', { variables: live })
    expect(out).toContain('trades REAL MONEY')
    expect(out).toContain('the next start asks for the phrase')
  })
})
