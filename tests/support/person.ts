import type { OrderView, PositionView, ProposalView } from '../../src/app/views.ts'
import { eventually, signed } from './bot.ts'

interface List<T> {
  readonly items?: readonly T[]
}
export interface Reply<T = Record<string, unknown>> {
  readonly status: number
  readonly body: T
}
export type ApprovalReply = Reply<{ readonly proposal?: ProposalView; readonly detail?: string; readonly status?: unknown }>

/** What a person (and a news wire) does with a bot, over HTTP, whichever process it runs in. */
export interface Person {
  readonly url: string
  get<T>(path: string): Promise<Reply<T>>
  post<T = Record<string, unknown>>(path: string, body?: object): Promise<Reply<T>>
  alert(id: string, symbol: string, extra?: object): Promise<Reply>
  proposals(): Promise<readonly ProposalView[]>
  /** Waits for the proposal that an alert became. */
  proposalOf(alertId: string): Promise<ProposalView>
  approve(proposal: Pick<ProposalView, 'id' | 'version'>): Promise<ApprovalReply>
  orders(): Promise<readonly OrderView[]>
  openPositions(): Promise<readonly PositionView[]>
  /** Waits until a symbol is held with a stop at work and no entry left. */
  protectedPosition(symbol: string): Promise<PositionView>
}

export const headlineOf = (alertId: string): string => `A story called ${alertId}`

/** @param answerMs a process that is frozen never answers: how long to wait for it, real milliseconds. */
export function personAt(url: string, answerMs = 300_000): Person {
  const patienceMs = 30_000
  const ask = async <T>(path: string, init: RequestInit = {}): Promise<Reply<T>> => {
    const answer = await fetch(new URL(path, url), { ...init, signal: AbortSignal.timeout(answerMs) })
    return { status: answer.status, body: (await answer.json()) as T }
  }
  const items = async <T>(path: string): Promise<readonly T[]> => (await ask<List<T>>(path)).body.items ?? []
  const person: Person = {
    url,
    get: (path) => ask(path),
    post: (path, body = {}) => ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    async alert(id, symbol, extra = {}) {
      const { body: state } = await ask<{ now: string }>('/api/v1/state')
      const story = { id, symbol, headline: headlineOf(id), confidence: 0.9, catalyst_score: 0.8, source: 'test-wire' }
      const raw = JSON.stringify({ ...story, published_at: state.now, ...extra })
      return ask('/api/v1/alerts', { method: 'POST', headers: signed(raw), body: raw })
    },
    proposals: () => items<ProposalView>('/api/v1/proposals?limit=200'),
    proposalOf: (alertId) =>
      eventually(
        `a proposal for ${alertId}`,
        async () => (await person.proposals()).find(({ headline }) => headline === headlineOf(alertId)),
        patienceMs,
      ),
    approve: ({ id, version }) => person.post(`/api/v1/proposals/${id}/approve`, { version }),
    orders: () => items<OrderView>('/api/v1/orders?limit=200'),
    openPositions: () => items<PositionView>('/api/v1/positions?status=open&limit=200'),
    protectedPosition: (symbol) =>
      eventually(
        `a protected position in ${symbol}`,
        async () => {
          const position = (await person.openPositions()).find((p) => p.symbol === symbol)
          const resting = (await person.orders()).filter((o) => o.symbol === symbol && ['accepted', 'partially_filled'].includes(o.status))
          const roles = resting.map((o) => o.role)
          return roles.includes('stop') && !roles.includes('entry') ? position : null
        },
        patienceMs,
      ),
  }
  return person
}
