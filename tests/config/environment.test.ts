import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readEnvironment } from '../../src/config/environment.ts'
import { ConfigurationError } from '../../src/config/problems.ts'

const folder = mkdtempSync(join(tmpdir(), 'catalyst-env-'))
const noFile = join(folder, 'none')
const read = (variables: Record<string, string>, file = noFile) => readEnvironment({ process: variables, file })
const envFile = (content: string | Buffer): string => {
  const path = join(mkdtempSync(join(folder, 'case-')), '.env')
  writeFileSync(path, content)
  return path
}
function problemsOf(work: () => unknown): readonly string[] {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  return []
}

describe('an empty environment', () => {
  test('is complete: embedded database, simulation, console on loopback', () => {
    expect(read({})).toEqual({
      databaseUrl: null,
      dataDir: './data',
      mode: 'sim',
      launch: null,
      alpaca: null,
      http: { host: '127.0.0.1', port: 3000, token: null, allowedHosts: [] },
      discord: null,
      slack: null,
      webhookSecret: null,
      log: { level: 'info', format: 'pretty' },
      configFile: 'config.yaml',
      configFileNamed: false,
      secrets: [],
      notes: [],
    })
  })

  test('an empty value counts as unset, and lets .env speak', () => {
    expect(read({ PORT: '  ' }).http.port).toBe(3000)
    expect(read({ PORT: '' }, envFile('PORT=4000\n')).http.port).toBe(4000)
  })

  test('the process environment wins over .env', () => {
    expect(read({ PORT: '5000' }, envFile('PORT=4000\n')).http.port).toBe(5000)
  })
})

describe('what is not valid', () => {
  test('is listed all at once, by name, bound and value', () => {
    const problems = problemsOf(() => read({ PORT: '70000', LOG_FORMAT: 'xml', LOG_LEVEL: 'loud', DISCORD_API_URL: 'ftp://x' }))
    expect(problems).toEqual([
      'DISCORD_API_URL must be a URL that starts with http:// or https://; it is "ftp://x"',
      'PORT must be a whole number from 0 to 65535; it is "70000"',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent; it is "loud"',
      'LOG_FORMAT must be one of pretty, json; it is "xml"',
    ])
  })

  test('a secret is never shown in its own problem', () => {
    const problems = problemsOf(() =>
      read({ DATABASE_URL: 'mysql://me:hunter22@db/x', SLACK_APP_TOKEN: 'abc-hunter22', HTTP_TOKEN: 'hunter22 x' }),
    )
    expect(problems).toHaveLength(3)
    expect(problems.join()).not.toContain('hunter22')
  })

  test.each(['0.0.0.0', '::', '192.168.1.5', 'bot.example.com'])('listening on %s needs a token', (HTTP_HOST) => {
    expect(problemsOf(() => read({ HTTP_HOST }))).toEqual([expect.stringContaining('set HTTP_TOKEN')])
    expect(read({ HTTP_HOST, HTTP_TOKEN: 's3cr3t-http-token-of-tests' }).http.host).toBe(HTTP_HOST)
  })

  test.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1'])('listening on %s needs none', (HTTP_HOST) => {
    expect(read({ HTTP_HOST }).http.token).toBeNull()
  })

  test('a stray % in the password of a URL is explained', () => {
    expect(problemsOf(() => read({ DATABASE_URL: 'postgres://me:50%off@db/bot' }))).toEqual([expect.stringContaining('% is %25')])
  })

  test('an IPv6 address may be written with its brackets', () => {
    expect(read({ HTTP_HOST: '[::1]' }).http.host).toBe('::1')
  })
})

describe('.env', () => {
  test('reads quotes, comments, export and values over several lines', () => {
    const path = envFile('# hello\nexport PORT=4000\n\nSEC_USER_AGENT="Me me@example.com"\nDATA_DIR=\'two\nlines\'\nLOG_LEVEL=warn # why\n')
    const environment = read({}, path)
    expect([environment.http.port, environment.dataDir, environment.log.level]).toEqual([4000, 'two\nlines', 'warn'])
  })

  test('every malformed line is named with its number and what to do', () => {
    const path = envFile('PORT=4000\nthis is no assignment\n\nMY NAME=3\nHTTP_TOKEN="open\nLOG_LEVEL=info\n')
    expect(problemsOf(() => read({}, path))).toEqual([
      `${path}:2: is not NAME=value; put # before a comment, and no spaces in the name`,
      `${path}:4: is not NAME=value; put # before a comment, and no spaces in the name`,
      `${path}:5: the quote after HTTP_TOKEN= is never closed; add the same quote at the end`,
    ])
  })

  test('malformed lines and invalid variables are reported together', () => {
    const path = envFile('oops\n')
    expect(problemsOf(() => read({ PORT: 'x' }, path))).toHaveLength(2)
  })

  test('an invalid value is reported with its line', () => {
    const path = envFile('\n\nPORT=x\n')
    expect(problemsOf(() => read({}, path))).toEqual([`${path}:3: PORT must be a whole number from 0 to 65535; it is "x"`])
  })

  test('a folder in its place, or a file that is not UTF-8, is a problem that says what to do', () => {
    const directory = join(folder, 'directory')
    mkdirSync(directory, { recursive: true })
    expect(problemsOf(() => read({}, directory))).toEqual([expect.stringContaining('EISDIR')])
    expect(problemsOf(() => read({}, envFile(Buffer.from('PORT=4000\n', 'utf16le'))))).toEqual([
      expect.stringContaining('save it as UTF-8'),
    ])
  })

  test('a byte order mark is harmless', () => {
    expect(read({}, envFile('\uFEFFPORT=4000\n')).http.port).toBe(4000)
  })

  test('a name that is set twice is pointed out', () => {
    const environment = read({}, envFile('PORT=4000\nPORT=4001\n'))
    expect(environment.http.port).toBe(4001)
    expect(environment.notes).toEqual([expect.stringContaining('PORT was set on line 1 already')])
  })

  test('no content makes the reader fail in any other way than with problems', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('A', '=', '"', "'", '`', '#', '\n', ' ', '\r', '\\', '$') }), (content) => {
        expect(problemsOf(() => read({}, envFile(content))).every((problem) => problem.includes('.env'))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

describe('what the owner is told', () => {
  test("other tools' names are taken, with a note", () => {
    const { notes, secrets } = read({ ALPACA_API_KEY: 'key-of-mine', ALPACA_SECRET: 'secret-of-mine' })
    expect(notes).toContain('ALPACA_API_KEY is taken as APCA_API_KEY_ID')
    expect(notes).toContain('ALPACA_SECRET is taken as APCA_API_SECRET_KEY')
    expect(secrets).toEqual(['key-of-mine', 'secret-of-mine'])
  })

  test('an alias never beats the name itself', () => {
    const { http, notes } = read({ PORT: '4000', HTTP_PORT: '5000' })
    expect(http.port).toBe(4000)
    expect(notes).toEqual(['HTTP_PORT is ignored, because PORT is set to something else'])
  })

  test('parts of a mail server become its URL, and its password a secret', () => {
    const { secrets } = read({ SMTP_HOST: 'mail.example.com', SMTP_USER: 'me', SMTP_PASSWORD: 'p@ss/word' })
    expect(secrets).toContain('p@ss/word')
  })

  test('a mail server is set: this version does not connect there yet', () => {
    expect(read({ SMTP_URL: 'smtp://mail.example.com' }).notes).toEqual([expect.stringContaining('does not connect to a mail server yet')])
  })

  test('a mistyped name gets a suggestion; the names of other programs do not', () => {
    expect(read({ DATABSE_URL: 'postgres://x' }).notes).toEqual([
      'DATABSE_URL is not a name this program knows; did you mean DATABASE_URL?',
    ])
    expect(read({ HTTP_PROXY: 'x', HOST: 'x', PATH: 'x', npm_config_loglevel: 'x', LOGNAME: 'x', SSH_AUTH_SOCK: 'x' }).notes).toEqual([])
  })

  test('any unknown name in .env is pointed out, because it was meant for this program', () => {
    const path = envFile('SOMETHING_ELSE=1\nDISCORD_TOKN=2\n')
    expect(read({}, path).notes).toEqual([
      `${path}:1: SOMETHING_ELSE is not a name this program knows`,
      `${path}:2: DISCORD_TOKN is not a name this program knows; did you mean DISCORD_TOKEN?`,
    ])
  })

  test('of a database URL only the password is secret', () => {
    expect(read({ DATABASE_URL: 'postgres://me:hunter%2322@db.example.com/bot' }).secrets).toEqual(['hunter%2322', 'hunter#22'])
    expect(read({ DATABASE_URL: 'postgres://postgres@127.0.0.1/test' }).secrets).toEqual([])
  })
})

describe('chats', () => {
  const discord = { DISCORD_TOKEN: 'secret-token', DISCORD_GUILD_ID: '11', DISCORD_CHANNEL_ID: '12' }
  const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_CHANNEL_ID: 'C1' }

  test('given everything that Discord needs, then it is configured, its base address without a slash at the end', () => {
    expect(read({ ...discord, DISCORD_API_URL: 'http://127.0.0.1:1/api/' }).discord).toEqual({
      token: 'secret-token',
      guildId: '11',
      channelId: '12',
      apiUrl: 'http://127.0.0.1:1/api',
    })
  })

  test('given an app token, then Slack is used in Socket Mode; given a signing secret, over signed HTTP', () => {
    expect(read({ ...slack, SLACK_APP_TOKEN: 'xapp-1', SLACK_API_URL: 'http://127.0.0.1:1/api' }).slack).toEqual({
      botToken: 'xoxb-1',
      appToken: 'xapp-1',
      signingSecret: null,
      channelId: 'C1',
      apiUrl: 'http://127.0.0.1:1/api/',
    })
    expect(read({ ...slack, SLACK_SIGNING_SECRET: 's' }).slack).toMatchObject({ appToken: null, signingSecret: 's' })
  })

  test('given a token without the rest, then every missing name is listed', () => {
    const problems = problemsOf(() => read({ DISCORD_TOKEN: 't', SLACK_BOT_TOKEN: 'xoxb-1' }))
    expect(problems).toEqual([
      expect.stringContaining('DISCORD_GUILD_ID and DISCORD_CHANNEL_ID not'),
      expect.stringContaining('SLACK_CHANNEL_ID not'),
      expect.stringContaining('neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (signed HTTP)'),
    ])
  })
})
