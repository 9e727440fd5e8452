/**
 * An expected "no": a stable code for programs, words for people, and the numbers that made it so.
 * Defects throw; a refusal is a value.
 */
export interface Refusal {
  readonly code: string
  readonly explain: string
}

/** What a pure decision returns: facts to store, or a refusal. Never both, never an effect. */
export type Decision<Event> = { readonly ok: true; readonly events: readonly Event[] } | { readonly ok: false; readonly refusal: Refusal }

export const decided = <Event>(...events: Event[]): Decision<Event> => ({ ok: true, events })
export const refused = (code: string, explain: string): { readonly ok: false; readonly refusal: Refusal } => ({
  ok: false,
  refusal: { code, explain },
})

/** How a stream's state grows out of its events. `evolve` must be pure and total over stored events. */
export interface Evolution<State, Event> {
  readonly initial: (id: string) => State
  readonly evolve: (state: State, event: Event) => State
}
