import { z } from 'zod'
import { text } from '../domain/decimal.ts'
import type { Choice } from '../ports/chat.ts'
import type { App } from './app.ts'
import { clip } from './card.ts'
import type { Command } from './command.ts'

/** What an argument may be one of: `.meta({ suggest: 'symbol' })`. */
export const suggestions = ['symbol', 'held', 'proposal', 'position', 'trade'] as const
export type Suggestion = (typeof suggestions)[number]

const most = 25
const longestLabel = 75

/** Choices for an argument that somebody is typing, those that begin with what was typed first. */
export async function suggest(app: App, command: Command | undefined, argument: string, typed: string): Promise<readonly Choice[]> {
  const type = command?.args.shape[argument]
  if (!type) return []
  const choices = fixed(type) ?? (await ofBooks(app, type.meta()?.['suggest']))
  return closest(choices, typed)
}

function fixed(type: z.core.$ZodType): readonly Choice[] | null {
  const schema = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' })
  return schema.enum ? schema.enum.map((value) => ({ label: String(value), value: String(value) })) : null
}

async function ofBooks({ read, market }: App, what: unknown): Promise<readonly Choice[]> {
  switch (what as Suggestion) {
    case 'symbol':
      return (await market.securities()).map((s) => ({ label: clip(`${s.symbol} ${s.name}`, longestLabel), value: s.symbol }))
    case 'held':
      return (await read.openPositions()).map((p) => ({ label: `${p.symbol} ${p.side} ${text(p.quantity)}`, value: p.symbol }))
    case 'proposal':
      return (await read.openProposals()).map((p) => ({
        label: clip(`${p.symbol} ${p.side} ${text(p.terms.quantity)}: ${p.headline}`, longestLabel),
        value: p.id,
      }))
    case 'position':
      return (await read.openPositions()).map((p) => ({ label: `${p.symbol} ${p.side} ${text(p.quantity)}`, value: p.id }))
    case 'trade': {
      const [open, newest] = await Promise.all([read.openPositions(), read.proposals({}, { limit: most })])
      return [
        ...open.map((p) => ({ label: `${p.symbol} ${p.side} ${text(p.quantity)}`, value: p.id })),
        ...newest.items.map((p) => ({ label: clip(`${p.symbol} ${p.status}: ${p.headline}`, longestLabel), value: p.id })),
      ]
    }
    default:
      return []
  }
}

function closest(choices: readonly Choice[], typed: string): readonly Choice[] {
  const wanted = typed.trim().toLowerCase()
  const begins = choices.filter((c) => c.value.toLowerCase().startsWith(wanted))
  const holds = choices.filter((c) => !begins.includes(c) && c.label.toLowerCase().includes(wanted))
  return [...begins, ...holds].slice(0, most)
}
