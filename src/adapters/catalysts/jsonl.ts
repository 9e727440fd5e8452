import { createReadStream } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { AlertContent } from '../../domain/alert.ts'
import type { CatalystSource } from '../../ports/catalyst-source.ts'
import type { Clock } from '../../ports/clock.ts'

export interface JsonlOptions {
  readonly file: string
  readonly clock: Clock
  /** Turns one parsed line into an alert, or says everything that is wrong with it. */
  readonly parse: (value: unknown) => { readonly content: AlertContent } | { readonly problems: readonly string[] }
  readonly log: {
    info(facts: object, message: string): void
    warn(facts: object, message: string): void
    error(facts: object, message: string): void
  }
}

/** Real milliseconds between looks at the clock while the next alert lies in the future. */
const pollMs = 50

/**
 * Plays a file of alerts, one JSON object a line: each is delivered when the running clock reaches its time of publication,
 * at once when that has passed. A bad line is named in the log and left out.
 */
export function createJsonlSource({ file, clock, parse, log }: JsonlOptions): CatalystSource {
  let stopped = false
  let playing: Promise<void> = Promise.resolve()

  async function play(deliver: (content: AlertContent) => Promise<void>): Promise<void> {
    let line = 0
    let delivered = 0
    for await (const text of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1
      if (text.trim() === '') continue
      const parsed = parseLine(text, parse)
      if ('problems' in parsed) {
        log.warn({ file, line, problems: parsed.problems }, 'a line of the alerts file was left out')
        continue
      }
      while (!stopped && clock.now() < Date.parse(parsed.content.publishedAt)) await new Promise((done) => setTimeout(done, pollMs))
      if (stopped) return
      try {
        await deliver(parsed.content)
        delivered += 1
      } catch (error) {
        log.error({ file, line, error }, 'an alert of the file could not be delivered')
      }
    }
    log.info({ file, delivered }, 'the alerts file has been played')
  }

  return {
    name: 'jsonl',
    async start(deliver) {
      const readable = await access(file, constants.R_OK).catch((error: unknown) => error)
      if (readable instanceof Error) throw new RangeError(`the alerts file cannot be read: ${readable.message}`)
      playing = play(deliver).catch((error: unknown) => log.error({ file, error }, 'the alerts file could not be played to its end'))
    },
    async stop() {
      stopped = true
      await playing
    },
  }
}

function parseLine(text: string, parse: JsonlOptions['parse']): ReturnType<JsonlOptions['parse']> {
  try {
    return parse(JSON.parse(text))
  } catch (error) {
    return { problems: [`is no JSON: ${error instanceof Error ? error.message : String(error)}`] }
  }
}
