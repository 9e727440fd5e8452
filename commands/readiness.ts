import { z } from 'zod'
import { authorize } from '../src/app/authorize.ts'
import { type BooksChange, drill, override, trackRecord } from '../src/app/books.ts'
import { refusal, reply } from '../src/app/card.ts'
import { readinessFor, readinessView, readinessWords, verdictWords } from '../src/app/cards/readiness.ts'
import { type CommandCall, defineCommand } from '../src/app/command.ts'
import { drills, goals } from '../src/domain/books.ts'
import type { TrackRecord } from '../src/domain/readiness.ts'
import type { Card } from '../src/ports/chat.ts'

const args = z.object({
  override: z.enum(goals).optional().meta({ description: 'go ahead all the same: autonomous or live; an owner, with a reason' }),
  drilled: z.enum(drills).optional().meta({ description: 'what was gone through by hand: breakers or restore; an owner' }),
  reason: z.string().trim().max(300).default('').meta({ description: 'why, or what was done; it stays on the record', rest: true }),
})

export const command = defineCommand({
  name: 'readiness',
  summary: 'What autonomous mode and real money still wait for, line by line',
  role: 'viewer',
  args,
  async run(call) {
    const { app, args: asked, actor } = call
    if (asked.override !== undefined || asked.drilled !== undefined) {
      const forbidden = await authorize(app, actor, 'owner', '/readiness override')
      if (forbidden) return refusal(call, 'Nothing is changed', forbidden.code, forbidden.explain)
      const change = await changed(call)
      if (!change.ok) return refusal(call, 'Nothing is changed', change.refusal.code, change.refusal.explain)
    }
    return page(call, await trackRecord(app.read, app.broker.mode, app.clock.now()))
  },
})

function changed({ app, args: asked, meta }: CommandCall<z.output<typeof args>>): Promise<BooksChange> {
  if (asked.override !== undefined) return override(app, asked.override, asked.reason, meta)
  return drill(app, asked.drilled ?? 'restore', asked.reason, meta)
}

function page(call: CommandCall<z.output<typeof args>>, record: TrackRecord): Card {
  // Where real money trades already, what was shown before it did is what counts.
  const { confirmation } = record.books
  const pages = (record.mode === 'live' ? (['autonomous'] as const) : goals).map((goal) => readinessFor(goal, record))
  return reply(call, {
    tone: pages.every(({ ready }) => ready) ? 'good' : 'neutral',
    title: 'Readiness',
    lines: pages.flatMap((one) => [
      one.goal === 'live' ? 'Before real money:' : 'Before autonomous mode:',
      ...one.lines.map(readinessWords),
    ]),
    facts: [
      ...pages.map((one) => ({ label: one.goal === 'live' ? 'Live' : 'Autonomous', value: verdictWords(one, record), emphasis: true })),
      ...(confirmation === null ? [] : [{ label: 'Live since', value: `${confirmation.at.slice(0, 10)}: ${confirmation.grounds}` }]),
    ],
    data: { readiness: pages.map((one) => readinessView(one, record)) },
  })
}
