import { pino, stdSerializers } from 'pino'
import { build as pretty } from 'pino-pretty'

/** The log of the whole process. Lines are written at once, so that the last words before a crash are not lost. */
export interface ProcessLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
  debug(facts: object, message: string): void
  /** Hands what is buffered to the system. */
  flush(): void
}
export interface LogSettings {
  readonly level: string
  readonly format: 'pretty' | 'json'
  /** Values that must not appear in any line, whatever field or message they would be in. */
  readonly secrets: readonly string[]
  /** Where lines go; standard output unless told. */
  readonly destination?: NodeJS.WritableStream
}

const hidden = '[hidden]'
const secretFields = ['authorization', 'cookie', 'token', 'secret', 'password', 'databaseUrl', 'apiKey']
const redactedPaths = secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** Secrets are hidden twice: fields by their name, and the known values wherever they turn up, error texts included. */
export function createLog({ level, format, secrets, destination }: LogSettings): ProcessLog {
  const hide = hideValues(secrets)
  const target = destination ?? pino.destination({ dest: 1, sync: true })
  const stream =
    format === 'pretty' ? pretty({ destination: target, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' }) : target
  const logger = pino(
    {
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: redactedPaths, censor: hidden },
      serializers: { error: stdSerializers.err, err: stdSerializers.err },
      hooks: { streamWrite: hide },
    },
    stream,
  )
  return {
    info: (facts, message) => logger.info(facts, message),
    warn: (facts, message) => logger.warn(facts, message),
    error: (facts, message) => logger.error(facts, message),
    debug: (facts, message) => logger.debug(facts, message),
    flush: () => logger.flush(),
  }
}

/** Each value as it is, as JSON writes it and as a URL carries it. A value of under four characters would black out half the log. */
export function hideValues(secrets: readonly string[]): (line: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length)
  return (line) => longestFirst.reduce((text, form) => text.replaceAll(form, hidden), line)
}
