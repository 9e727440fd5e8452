import { App, type AppOptions } from '@slack/bolt'
import { z } from 'zod'
import type { SlackLog } from './log.ts'

type Incoming = Parameters<App['processEvent']>[0]

const rememberMs = 15 * 60_000
const mostRemembered = 5_000

/** What makes two deliveries the same happening, whatever envelope they came in. */
const identities = z.object({
  event_id: z.string().optional(),
  trigger_id: z.string().optional(),
  view: z.object({ id: z.string(), hash: z.string() }).optional(),
})

/**
 * Bolt with a door in front: everything is acknowledged, also what no listener knows; what comes twice is done once;
 * and what is under way can be waited for.
 */
export class Intake extends App {
  private readonly seen = new Map<string, number>()
  private readonly underWay = new Set<Promise<void>>()
  private readonly log: SlackLog
  private closed = false

  constructor(options: AppOptions, log: SlackLog) {
    super(options)
    this.log = log
  }

  override async processEvent(event: Incoming): Promise<void> {
    // Not acknowledged: Slack brings it again, to whoever runs then.
    if (this.closed) return
    if (this.isRepeated(event)) return void (await event.ack())
    const work = this.process(event)
    this.underWay.add(work)
    await work.finally(() => this.underWay.delete(work))
  }

  /** Takes nothing more in. @returns what is under way. */
  close(): Promise<unknown> {
    this.closed = true
    return Promise.allSettled(this.underWay)
  }

  private async process(event: Incoming): Promise<void> {
    let acknowledged = false
    const ack: Incoming['ack'] = async (answer) => {
      acknowledged = true
      // The connection may be gone: what was pressed is done all the same, and the repetition is known then.
      await Promise.resolve(event.ack(answer)).catch((error) => this.log.warn({ chat: 'slack', error }, 'Slack did not hear an ack'))
    }
    try {
      await super.processEvent({ ...event, ack })
    } catch (error) {
      this.log.error({ chat: 'slack', error }, 'something from Slack could not be handled')
    }
    if (acknowledged) return
    this.log.warn(
      { chat: 'slack', type: String(event.body['type'] ?? 'unknown').slice(0, 60) },
      'something came from Slack that nothing handles',
    )
    await ack()
  }

  private isRepeated({ body, customProperties }: Incoming): boolean {
    const known = identities.safeParse(body)
    const { event_id: eventId, trigger_id: trigger, view } = known.success ? known.data : {}
    const envelope = customProperties?.['envelopeId']
    const keys = [
      eventId && `event ${eventId}`,
      trigger && `trigger ${trigger}`,
      body['type'] === 'view_submission' && view && `view ${view.id} ${view.hash}`,
      typeof envelope === 'string' && `envelope ${envelope}`,
    ].filter((key) => typeof key === 'string' && key !== '') as readonly string[]
    const now = Date.now()
    const repeated = keys.some((key) => (this.seen.get(key) ?? Number.NEGATIVE_INFINITY) > now - rememberMs)
    for (const key of keys) this.seen.set(key, now)
    for (const oldest of this.seen.keys()) {
      if (this.seen.size <= mostRemembered) break
      this.seen.delete(oldest)
    }
    return repeated
  }
}
