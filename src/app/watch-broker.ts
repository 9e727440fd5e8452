import type { Broker } from '../ports/broker.ts'

const mostKept = 100

/** The broker itself, but every request that it breaks off or leaves without an answer is noted. @param failures oldest first */
export function watchBroker(broker: Broker, failures: number[], now: () => number): Broker {
  const note = () => {
    failures.push(now())
    if (failures.length > mostKept) failures.shift()
  }
  const watched = async (answer: Promise<unknown>): Promise<unknown> => {
    try {
      const result = await answer
      // Sent, and nobody knows what became of it.
      if (typeof result === 'object' && result !== null && 'outcome' in result && result.outcome === 'unknown') note()
      return result
    } catch (error) {
      note()
      throw error
    }
  }
  return new Proxy(broker, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...args: readonly unknown[]) => {
        const answer: unknown = member.apply(target, args)
        return answer instanceof Promise ? watched(answer) : answer
      }
    },
  })
}
