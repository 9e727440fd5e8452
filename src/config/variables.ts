import { z } from 'zod'

/** One environment variable: how it is checked, what it is for, and whether its value must never be shown. */
export interface Variable {
  readonly schema: z.ZodType<string>
  readonly description: string
  readonly secret?: true
  /** What is in force while it is unset, for people; null when unset means off. */
  readonly fallback: string | null
}

const oneLine = z.string().regex(/^[^\s]+$/, 'must not contain spaces or line breaks')
const url = (schemes: readonly string[]) =>
  z.string().refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)), {
    error: `must be a URL that starts with ${schemes.map((s) => `${s}://`).join(' or ')}`,
  })
/** Whether a password inside the URL can be read back; a stray % makes every client fail later and less clearly. */
function decodes(value: string): boolean {
  try {
    decodeURIComponent(value)
    return true
  } catch {
    return false
  }
}
const withLogin = (schemes: readonly string[]) =>
  url(schemes).refine(decodes, { error: 'must have special characters of its password percent-encoded (% is %25)' })
const web = url(['http', 'https'])
const socket = url(['ws', 'wss'])
const token = (prefix: string) => oneLine.startsWith(prefix, `must start with ${prefix}`)
const choice = (...values: readonly [string, ...string[]]) => z.enum(values, { error: `must be one of ${values.join(', ')}` })
const recipients = z
  .string()
  .regex(/^[^\s,@]+@[^\s,@]+(\s*,\s*[^\s,@]+@[^\s,@]+)*$/, 'must be one address or several separated by commas, like me@example.com')
const port = z.string().refine((value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535, {
  error: 'must be a whole number from 0 to 65535',
})

const plain = (schema: z.ZodType<string>, description: string, fallback: string | null = null): Variable => ({
  schema,
  description,
  fallback,
})
const secret = (schema: z.ZodType<string>, description: string): Variable => ({ schema, description, secret: true, fallback: null })

/** Every variable that is read, in the order in which `.env.example` shows them. */
export const variables = {
  DATABASE_URL: secret(withLogin(['postgres', 'postgresql']), 'Postgres server; unset: the embedded database in DATA_DIR'),
  DATA_DIR: plain(z.string(), 'folder of the embedded database and of lock files', './data'),
  TRADING_MODE: plain(
    choice('sim', 'paper', 'live'),
    'sim (simulated market), paper (Alpaca, no real money) or live (Alpaca, real money); unset: paper where there are keys, else sim',
  ),
  ENABLE_LIVE_TRADING: plain(choice('true', 'false'), 'must be true for live trading, besides --enable-live and the typed phrase', 'false'),
  APCA_API_KEY_ID: secret(oneLine, 'Alpaca key; paper keys begin with PK, live ones with AK'),
  APCA_API_SECRET_KEY: secret(oneLine, 'Alpaca secret'),
  APCA_API_BASE_URL: plain(web, 'Alpaca trading REST, instead of the address of the mode'),
  APCA_API_DATA_URL: plain(web, 'Alpaca data REST, instead of its own'),
  APCA_API_STREAM_URL: plain(socket, 'Alpaca trade-updates socket, instead of its own'),
  APCA_DATA_STREAM_URL: plain(socket, 'Alpaca market-data socket base, instead of its own'),
  DISCORD_TOKEN: secret(oneLine, 'Discord bot token'),
  DISCORD_GUILD_ID: plain(oneLine, 'Discord server id'),
  DISCORD_CHANNEL_ID: plain(oneLine, 'Discord channel id for cards'),
  DISCORD_API_URL: plain(web, 'Discord REST base without version, instead of its own'),
  SLACK_BOT_TOKEN: secret(token('xoxb-'), 'Slack bot token, xoxb-…'),
  SLACK_APP_TOKEN: secret(token('xapp-'), 'Slack app token, xapp-…: Socket Mode'),
  SLACK_SIGNING_SECRET: secret(oneLine, 'Slack signing secret: signed HTTP instead of Socket Mode'),
  SLACK_CHANNEL_ID: plain(oneLine, 'Slack channel id for cards'),
  SLACK_API_URL: plain(web, 'Slack Web API base, instead of its own'),
  HTTP_HOST: plain(oneLine, 'address that the console and the API listen on; anything but loopback needs HTTP_TOKEN', '127.0.0.1'),
  PORT: plain(port, 'port of the console and the API; 0: any free one', '3000'),
  HTTP_TOKEN: secret(oneLine, 'bearer token for the API and the console; whoever has it is an owner'),
  ALLOWED_HOSTS: plain(
    z.string().regex(/^[\w.:[\]-]+(\s*,\s*[\w.:[\]-]+)*$/, 'must be host names separated by commas, like bot.example.com'),
    'further host names under which the console may be opened, separated by commas',
  ),
  ALERT_WEBHOOK_SECRET: secret(oneLine, 'key that signs POST /api/v1/alerts; unset: the webhook is off'),
  SEC_USER_AGENT: plain(z.string(), 'who asks the SEC: a name and a mail address'),
  SMTP_URL: secret(withLogin(['smtp', 'smtps']), 'mail server, smtp://user:password@host:587'),
  ALERT_EMAIL_CRITICAL: plain(recipients, 'who gets mail about critical notices'),
  ALERT_EMAIL_WARNING: plain(recipients, 'who gets mail about warnings'),
  ALERT_EMAIL_INFO: plain(recipients, 'who gets mail about everything else'),
  CONFIG_FILE: plain(z.string(), 'the settings file', 'config.yaml'),
  LOG_LEVEL: plain(choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'), 'the least severe line that is logged', 'info'),
  LOG_FORMAT: plain(choice('pretty', 'json'), 'pretty for people, json for machines', 'pretty'),
} as const satisfies Record<string, Variable>

export type VariableName = keyof typeof variables
export const variableNames = Object.keys(variables) as readonly VariableName[]

/** Names that other tools use for the same thing. Ignoring them would land somebody in `sim` without a word. */
export const aliases: Readonly<Record<string, VariableName>> = {
  ALPACA_API_KEY: 'APCA_API_KEY_ID',
  ALPACA_API_KEY_ID: 'APCA_API_KEY_ID',
  ALPACA_KEY_ID: 'APCA_API_KEY_ID',
  ALPACA_SECRET: 'APCA_API_SECRET_KEY',
  ALPACA_SECRET_KEY: 'APCA_API_SECRET_KEY',
  ALPACA_API_SECRET: 'APCA_API_SECRET_KEY',
  ALPACA_API_SECRET_KEY: 'APCA_API_SECRET_KEY',
  ALPACA_BASE_URL: 'APCA_API_BASE_URL',
  ALPACA_DATA_URL: 'APCA_API_DATA_URL',
  APCA_KEY_ID: 'APCA_API_KEY_ID',
  APCA_SECRET_KEY: 'APCA_API_SECRET_KEY',
  DISCORD_BOT_TOKEN: 'DISCORD_TOKEN',
  SLACK_TOKEN: 'SLACK_BOT_TOKEN',
  POSTGRES_URL: 'DATABASE_URL',
  HTTP_PORT: 'PORT',
}

/** `.env.example`: every variable, commented out, so that copying it changes nothing. */
export function environmentExample(): string {
  const entries = Object.entries<Variable>(variables).map(([name, { description, fallback }]) => {
    const unset = fallback === null ? '' : ` (default ${fallback})`
    return `# ${description}${unset}\n#${name}=${fallback ?? ''}\n`
  })
  const heading = '# Copy to .env and uncomment what you need. Nothing here is required. An empty value counts as unset.\n'
  return [heading, ...entries].join('\n')
}
