import type { Proposal } from '../domain/proposal.ts'
import type { Transaction } from '../ports/event-store.ts'

/** Where the messages of one trade go, and who hears of them by name. */
export interface TradeThread {
  /** Key of the card they answer to; null: the channel itself. */
  readonly thread: string | null
  /** Whoever decided it, when that is somebody a chat can mention. */
  readonly mention: readonly string[]
}

export const noThread: TradeThread = { thread: null, mention: [] }

/** Only people of a chat can be mentioned: not the page, not a bearer of the token, not `autonomous`. */
export const mentionable = (ids: readonly (string | null)[]): readonly string[] => [
  ...new Set(ids.flatMap((id) => (id !== null && /^(discord|slack):./.test(id) ? [id] : []))),
]

export const threadOfProposal = (proposal: Pick<Proposal, 'id' | 'decidedBy'>): TradeThread => ({
  thread: `proposal:${proposal.id}`,
  mention: mentionable([proposal.decidedBy]),
})

/** @param proposalId of a position or an order; null for what no proposal led to. */
export async function threadOf(tx: Transaction, proposalId: string | null): Promise<TradeThread> {
  if (proposalId === null) return noThread
  const { state, version } = await tx.load('proposal', proposalId)
  return version === 0 ? noThread : threadOfProposal(state)
}
