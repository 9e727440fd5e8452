import { type Logger, LogLevel } from '@slack/bolt'

export interface SlackLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** Bolt's own words. Its debug lines carry requests whole, tokens among them, so they go nowhere. */
export function boltLogger(log: SlackLog): Logger {
  const words = (parts: readonly unknown[]) => parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ')
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...parts) => log.warn({ chat: 'slack' }, `Slack's client: ${words(parts)}`),
    error: (...parts) => log.error({ chat: 'slack' }, `Slack's client: ${words(parts)}`),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  }
}
