import type { Proposal } from '../domain/proposal.ts'
import type { ReadModel } from '../ports/read-model.ts'
import { type ProposalView, proposalView } from './views.ts'

/** Names do not change while a process runs, so each symbol is asked for once. */
const known = new WeakMap<Pick<ReadModel, 'security'>, Map<string, string>>()

/** The company behind a symbol; null for a symbol that is not listed. */
export async function companyOf(read: Pick<ReadModel, 'security'>, symbol: string): Promise<string | null> {
  const names = known.get(read) ?? new Map<string, string>()
  known.set(read, names)
  const name = names.get(symbol) ?? (await read.security(symbol))?.name ?? null
  if (name !== null) names.set(symbol, name)
  return name
}

export const proposalWithCompany = async (read: Pick<ReadModel, 'security'>, proposal: Proposal): Promise<ProposalView> =>
  proposalView(proposal, await companyOf(read, proposal.symbol))
