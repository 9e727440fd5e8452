import { type AlpacaAccess, alpacaOf } from './alpaca.ts'
import { readEnvFile } from './env-file.ts'
import { type Launch, modeNotes, modeOf, modeProblems, type TradingMode } from './mode.ts'
import { ConfigurationError, nearest } from './problems.ts'
import { aliases, type Variable, type VariableName, variableNames, variables } from './variables.ts'

/** Secrets, endpoints and where things are: what differs between machines. Everything else is in the settings file. */
export interface Environment {
  /** Null: the embedded database in `dataDir`. */
  readonly databaseUrl: string | null
  readonly dataDir: string
  readonly mode: TradingMode
  /** How the bot was started, when that was checked against the mode; null: read by a tool that trades nothing. */
  readonly launch: Launch | null
  /** Null: not configured. */
  readonly alpaca: AlpacaAccess | null
  readonly http: {
    readonly host: string
    readonly port: number
    readonly token: string | null
    /** Host names, besides the one it listens on, that a request may name. */
    readonly allowedHosts: readonly string[]
  }
  /** Null: not configured. */
  readonly discord: DiscordAccess | null
  readonly slack: SlackAccess | null
  /** Null: the alert webhook is off. */
  readonly webhookSecret: string | null
  readonly log: { readonly level: string; readonly format: 'pretty' | 'json' }
  readonly configFile: string
  /** Whether somebody named the settings file: then it must exist. */
  readonly configFileNamed: boolean
  /** Values that no log line, event, card or error may show. */
  readonly secrets: readonly string[]
  /** What the owner should know: aliases taken, names that look mistyped, tokens that nothing uses yet. */
  readonly notes: readonly string[]
}

export interface DiscordAccess {
  readonly token: string
  readonly guildId: string
  readonly channelId: string
  /** REST base without version; null: Discord's own. */
  readonly apiUrl: string | null
}
export interface SlackAccess {
  readonly botToken: string
  /** Socket Mode; null: signed HTTP. One of the two is always there. */
  readonly appToken: string | null
  readonly signingSecret: string | null
  readonly channelId: string
  /** Web API base, ends with a slash; null: Slack's own. */
  readonly apiUrl: string | null
}

export interface EnvironmentSources {
  readonly process?: Readonly<Record<string, string | undefined>>
  readonly file?: string
  /** Starting: whatever contradicts the mode is a problem. Left out: a tool, which must work also where nothing could start. */
  readonly launch?: Launch
}

type Values = Partial<Record<VariableName, string>>

/** Reads the process environment and `.env` (the former wins). @throws ConfigurationError with every problem at once. */
export function readEnvironment({ process: own = process.env, file = '.env', launch }: EnvironmentSources = {}): Environment {
  const envFile = readEnvFile(file)
  const raw: Record<string, string> = {}
  for (const source of [envFile.values, own])
    for (const [name, value] of Object.entries(source)) if (value?.trim()) raw[name] = value.trim()

  const notes = [...envFile.notes, ...unknownNames(own, envFile.lines, file)]
  const values = withAliases(raw, notes)
  const problems = [...envFile.problems, ...invalidValues(values, envFile.lines, own, file), ...contradictions(values)]
  if (launch !== undefined) problems.push(...paperSwitch(raw, values), ...modeProblems(values, launch))
  if (problems.length > 0) throw new ConfigurationError(problems)
  const mode = modeOf(values, launch ?? null)
  notes.push(...modeNotes(values, mode), ...notYet(values), ...weakSecrets(values))
  return toEnvironment(values, mode, launch ?? null, notes)
}

/** Adds what other tools' names say, with a note for each. The names of this program win. */
function withAliases(raw: Readonly<Record<string, string>>, notes: string[]): Values {
  const values: Values = {}
  for (const name of variableNames) if (raw[name] !== undefined) values[name] = raw[name]
  const take = (name: VariableName, value: string, from: string) => {
    if (values[name] === undefined) {
      values[name] = value
      notes.push(`${from} is taken as ${name}`)
    } else if (values[name] !== value) notes.push(`${from} is ignored, because ${name} is set to something else`)
  }
  for (const [alias, name] of Object.entries(aliases)) if (raw[alias] !== undefined) take(name, raw[alias], alias)
  const paper = paperOf(raw)
  // Paper without keys is somebody's leftover: the simulated market needs none. Real money that was meant must not become a game.
  if (paper === 'live' || (paper !== null && values.APCA_API_KEY_ID !== undefined))
    take('TRADING_MODE', paper, `ALPACA_PAPER=${raw['ALPACA_PAPER']}`)
  else if (paper !== null) notes.push('ALPACA_PAPER is noted: without keys it changes nothing')
  if (raw['SMTP_HOST'] !== undefined) take('SMTP_URL', smtpUrl(raw['SMTP_HOST'], raw), 'SMTP_HOST')
  return values
}

/** How other tools say which account is meant. Anything that is not clearly a no means paper. */
function paperOf(raw: Readonly<Record<string, string>>): 'paper' | 'live' | null {
  const said = raw['ALPACA_PAPER']?.toLowerCase()
  if (said === undefined) return null
  return ['false', '0', 'no', 'off'].includes(said) ? 'live' : 'paper'
}

/** Two names that say different things about real money: neither may win. */
function paperSwitch(raw: Readonly<Record<string, string>>, { TRADING_MODE: mode }: Values): readonly string[] {
  const paper = paperOf(raw)
  const meant = raw['TRADING_MODE'] ?? mode
  if (paper === null || meant === undefined || meant === 'sim' || meant === paper) return []
  return [`ALPACA_PAPER=${raw['ALPACA_PAPER']} says ${paper}, but TRADING_MODE is ${meant}: make them say the same, or unset one`]
}

function smtpUrl(host: string, raw: Readonly<Record<string, string>>): string {
  const user = raw['SMTP_USER'] ?? raw['SMTP_USERNAME']
  const password = raw['SMTP_PASSWORD'] ?? raw['SMTP_PASS']
  const login = user === undefined ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password ?? '')}@`
  return `smtp://${login}${host}:${raw['SMTP_PORT'] ?? '587'}`
}

function invalidValues(values: Values, lines: EnvFileLines, own: EnvironmentSources['process'], file: string): readonly string[] {
  return variableNames.flatMap((name) => {
    const value = values[name]
    const { schema, secret }: Variable = variables[name]
    const parsed = value === undefined ? null : schema.safeParse(value)
    if (parsed === null || parsed.success) return []
    const place = own?.[name] || lines[name] === undefined ? '' : `${file}:${lines[name]}: `
    const shown = secret ? 'its value is not shown, because it is a secret' : `it is ${JSON.stringify(value)}`
    return parsed.error.issues.map((issue) => `${place}${name} ${issue.message}; ${shown}`)
  })
}
type EnvFileLines = Readonly<Record<string, number>>

const loopback = /^(127(\.\d{1,3}){3}|::1|\[::1\]|localhost)$/i

/** Each value may be fine by itself and still not go together with the others, or with this version. */
function contradictions(values: Values): readonly string[] {
  const problems: string[] = []
  const host = values.HTTP_HOST ?? variables.HTTP_HOST.fallback ?? ''
  if (!loopback.test(host) && values.HTTP_TOKEN === undefined)
    problems.push(`HTTP_HOST is ${host}, which others can reach: set HTTP_TOKEN to a long random value, or use 127.0.0.1`)
  problems.push(...incomplete(values))
  return problems
}

/** A token alone does not say where to post. */
function incomplete(values: Values): readonly string[] {
  const missing = (names: readonly VariableName[]) => names.filter((name) => values[name] === undefined)
  const needs = (token: VariableName, names: readonly VariableName[], where: string) =>
    values[token] === undefined || missing(names).length === 0 ? [] : [`${token} is set, but ${missing(names).join(' and ')} not: ${where}`]
  const ids = 'right-click the server and the channel in Discord (developer mode) and copy their ids'
  const problems = [
    ...needs('DISCORD_TOKEN', ['DISCORD_GUILD_ID', 'DISCORD_CHANNEL_ID'], ids),
    ...needs('SLACK_BOT_TOKEN', ['SLACK_CHANNEL_ID'], 'the id is at the bottom of the channel details in Slack'),
  ]
  if (values.SLACK_BOT_TOKEN !== undefined && missing(['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET']).length === 2)
    problems.push('SLACK_BOT_TOKEN is set, but neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (signed HTTP) is')
  return problems
}

const services: readonly { readonly name: string; readonly keys: readonly VariableName[]; readonly instead: string }[] = [
  { name: 'a mail server', keys: ['SMTP_URL'], instead: 'notices appear in the console' },
]

const notYet = (values: Values): readonly string[] =>
  services.flatMap(({ name, keys, instead }) => {
    const set = keys.filter((key) => values[key] !== undefined)
    return set.length === 0 ? [] : [`${set.join(', ')}: this version does not connect to ${name} yet; ${instead}`]
  })

const weakSecrets = (values: Values): readonly string[] =>
  (['HTTP_TOKEN', 'ALERT_WEBHOOK_SECRET'] as const)
    .filter((name) => values[name] !== undefined && (values[name] ?? '').length < 16)
    .map((name) => `${name} is shorter than 16 characters and could be guessed`)

/** Names of `.env` are all meant for this program; of the process environment only those that look like one of its names. */
function unknownNames(own: EnvironmentSources['process'], lines: EnvFileLines, file: string): readonly string[] {
  const known: readonly string[] = [...variableNames, ...Object.keys(aliases), 'ALPACA_PAPER', 'SMTP_HOST', ...smtpParts]
  const notes: string[] = []
  for (const [name, line] of Object.entries(lines)) {
    if (known.includes(name)) continue
    const candidate = nearest(name, known)
    notes.push(`${file}:${line}: ${name} is not a name this program knows${candidate === null ? '' : `; did you mean ${candidate}?`}`)
  }
  for (const name of Object.keys(own ?? {})) {
    if (known.includes(name) || lines[name] !== undefined || !name.includes('_')) continue
    const candidate = nearest(name, known)
    if (candidate?.slice(0, 3) === name.slice(0, 3)) notes.push(`${name} is not a name this program knows; did you mean ${candidate}?`)
  }
  return notes
}
const smtpParts = ['SMTP_PORT', 'SMTP_USER', 'SMTP_USERNAME', 'SMTP_PASSWORD', 'SMTP_PASS']

function toEnvironment(values: Values, mode: TradingMode, launch: Launch | null, notes: readonly string[]): Environment {
  return {
    databaseUrl: values.DATABASE_URL ?? null,
    dataDir: values.DATA_DIR ?? './data',
    mode,
    launch,
    alpaca: alpacaOf(values),
    http: {
      // An IPv6 address may be written as in a URL; sockets want it bare.
      host: (values.HTTP_HOST ?? '127.0.0.1').replace(/^\[(.+)\]$/, '$1'),
      port: Number(values.PORT ?? '3000'),
      token: values.HTTP_TOKEN ?? null,
      allowedHosts: (values.ALLOWED_HOSTS ?? '').split(',').flatMap((host) => host.trim() || []),
    },
    discord: discordOf(values),
    slack: slackOf(values),
    webhookSecret: values.ALERT_WEBHOOK_SECRET ?? null,
    log: { level: values.LOG_LEVEL ?? 'info', format: values.LOG_FORMAT === 'json' ? 'json' : 'pretty' },
    configFile: values.CONFIG_FILE ?? 'config.yaml',
    configFileNamed: values.CONFIG_FILE !== undefined,
    secrets: secretsOf(values),
    notes,
  }
}

function discordOf(values: Values): DiscordAccess | null {
  const { DISCORD_TOKEN: token, DISCORD_GUILD_ID: guildId, DISCORD_CHANNEL_ID: channelId, DISCORD_API_URL: apiUrl } = values
  if (token === undefined || guildId === undefined || channelId === undefined) return null
  return { token, guildId, channelId, apiUrl: apiUrl?.replace(/\/+$/, '') ?? null }
}

function slackOf(values: Values): SlackAccess | null {
  const { SLACK_BOT_TOKEN: botToken, SLACK_CHANNEL_ID: channelId, SLACK_API_URL: apiUrl } = values
  if (botToken === undefined || channelId === undefined) return null
  return {
    botToken,
    appToken: values.SLACK_APP_TOKEN ?? null,
    signingSecret: values.SLACK_SIGNING_SECRET ?? null,
    channelId,
    apiUrl: apiUrl === undefined ? null : `${apiUrl.replace(/\/+$/, '')}/`,
  }
}

/** Of a URL only the password is secret, unless it has none: `postgres://localhost/bot` may be shown. */
function secretsOf(values: Values): readonly string[] {
  const found = variableNames.flatMap((name) => {
    const value = values[name]
    const { secret }: Variable = variables[name]
    if (value === undefined || !secret) return []
    if (!value.includes('://')) return [value]
    const { password } = new URL(value)
    return password === '' ? [] : [password, decodeURIComponent(password)]
  })
  return [...new Set(found)]
}
