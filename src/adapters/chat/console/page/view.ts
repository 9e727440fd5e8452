import { computed, signal } from '@preact/signals'
import { pending, proposals } from './store.ts'

/** Where the person is: which tab, which card, what is open on top. */
export const tabs = ['inbox', 'positions', 'pnl', 'risk', 'feed'] as const
export type Tab = (typeof tabs)[number]
export const tabNames: Readonly<Record<Tab, string>> = { inbox: 'Inbox', positions: 'Positions', pnl: 'P&L', risk: 'Risk', feed: 'Feed' }

const fromHash = (): Tab => tabs.find((t) => `#${t}` === location.hash) ?? 'inbox'
export const tab = signal<Tab>(fromHash())
addEventListener('hashchange', () => {
  tab.value = fromHash()
})
export function goTo(next: Tab): void {
  tab.value = next
  history.replaceState(null, '', `#${next}`)
  scrollTo(0, 0)
}

const chosen = signal<string | null>(null)
export const select = (id: string | null): void => {
  chosen.value = id
}
/** The card the keys act on: the chosen one, else the first that waits. */
export const selected = computed(() => proposals.value.find((p) => p.id === chosen.value) ?? pending.value[0] ?? proposals.value[0] ?? null)

/** The card for which `a` was pressed: Enter approves it. */
export const readied = signal<string | null>(null)
export const helpOpen = signal(false)
