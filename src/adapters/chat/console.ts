import type { Card, Chat } from '../../ports/chat.ts'

const mostRemembered = 1_000

/**
 * The browser page as a chat. What is typed and pressed there comes in over HTTP; what is said goes out to every open page.
 * @param show puts a card on the pages, and keeps it for pages that are opened later.
 */
export function createConsoleChat({ show }: { readonly show: (card: Card) => void }): Chat {
  /** The newest message shown about each card: a repeated or overtaken one would show old news again. */
  const shown = new Map<string, number>()
  let started = false
  return {
    name: 'console',
    async start() {
      started = true
    },
    async stop() {
      started = false
    },
    connected: () => started,
    async deliver(card, { sequence }) {
      const before = shown.get(card.key)
      if (before === undefined || before < sequence) {
        shown.delete(card.key)
        shown.set(card.key, sequence)
        for (const oldest of shown.keys()) {
          if (shown.size <= mostRemembered) break
          shown.delete(oldest)
        }
        show(card)
      }
      return { reference: card.key }
    },
  }
}
