import type { AlertContent } from '../../../domain/alert.ts'
import type { CatalystSource } from '../../../ports/catalyst-source.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { KeyValueStore } from '../../../ports/key-value.ts'
import { firstLiveDay, momentOf } from './days.ts'
import type { Schedule } from './schedule.ts'
import { type Delivery, deliveriesOf, welcomeStory } from './stories.ts'
import { type Company, isLively } from './universe.ts'

const namespace = 'market:simulated'
const everyRealMs = 200
/** Real time after which somebody who just started sees a story, whatever the market does. */
const welcomeAfterMs = 2_500
/** What was missed for longer than this is old news, running milliseconds. */
const backlogMs = 10 * 60_000
/** Echoes come at most this long after their story. */
const echoMs = 45 * 60_000

export interface NewsOptions {
  readonly clock: Clock
  readonly store: KeyValueStore
  readonly schedule: Schedule
  readonly companies: readonly Company[]
  readonly log: { error(facts: object, message: string): void }
}

/** Everything printed in (after, upTo], in order: what follows from the schedule alone. */
export function deliveriesBetween(
  { schedule, companies }: Pick<NewsOptions, 'schedule' | 'companies'>,
  after: number,
  upTo: number,
): readonly Delivery[] {
  const found: Delivery[] = []
  const { index: first } = momentOf(after - echoMs).day
  const { index: last } = momentOf(upTo).day
  for (let index = Math.max(first, firstLiveDay().index); index <= last; index++) {
    for (const happening of schedule.day(index).happenings) {
      if (happening.at > upTo) break
      const company = companies[happening.company]
      if (!company || happening.at < after - echoMs) continue
      for (const delivery of deliveriesOf(happening, company, companies))
        if (delivery.at > after && delivery.at <= upTo) found.push(delivery)
    }
  }
  return found.sort((a, b) => a.at - b.at)
}

/** The wires of the simulated world. Delivers everything at least once, also across a restart. */
export function createNews(options: NewsOptions): CatalystSource {
  const { clock, store, schedule, companies, log } = options
  let running: Promise<void> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout> | null = null
  let started = false
  let cursor = 0

  const remember = (at: number): Promise<void> => store.save(namespace, new Map([['news', at]]))

  const round = async (deliver: (content: AlertContent) => Promise<void>): Promise<number> => {
    const now = clock.now()
    const due = deliveriesBetween(options, Math.max(cursor, now - backlogMs), now)
    for (const { content, at } of due) {
      if (!started) return due.length
      await deliver(content)
      cursor = Math.max(cursor, at - 1)
    }
    cursor = now
    if (due.length > 0) await remember(cursor)
    return due.length
  }

  const welcome = async (deliver: (content: AlertContent) => Promise<void>): Promise<void> => {
    const now = clock.now()
    const day = schedule.day(momentOf(now).day.index)
    const clear = day.happenings.filter((h) => h.category.move > 0 && h.at > now - backlogMs)
    const lively = clear.find(({ company }) => companies.some((c) => c.index === company && isLively(c)))
    const model = lively ?? clear[0] ?? day.happenings.find((h) => h.category.move > 0)
    const company = model && companies[model.company]
    if (model && company) await deliver(welcomeStory(model, company, companies, now))
  }

  return {
    name: 'simulated',
    async start(deliver) {
      const saved = (await store.load(namespace)).get('news')
      cursor = typeof saved === 'number' ? saved : clock.now()
      started = true
      const begun = Date.now()
      let silent = true
      const schedule = (): void => {
        timer = setTimeout(() => {
          running = (async () => {
            if ((await round(deliver)) > 0) silent = false
            if (silent && Date.now() - begun >= welcomeAfterMs) {
              silent = false
              await welcome(deliver)
            }
          })()
            .catch((error: unknown) => log.error({ error }, 'a story could not be delivered; trying again'))
            .then(() => {
              if (started) schedule()
            })
        }, everyRealMs)
      }
      schedule()
    },
    async stop() {
      started = false
      if (timer) clearTimeout(timer)
      await running
    },
  }
}
