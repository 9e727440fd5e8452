import { closest, distance } from 'fastest-levenshtein'

/** Everything that is wrong with the environment or the configuration file, at once. `message` lists it all. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** The known name that a mistyped one probably means, or null when none is near. Short names get less slack. */
export function nearest(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null
  const candidate = closest(name, known)
  const slack = Math.min(2, Math.floor(Math.max(name.length, candidate.length) / 3))
  return distance(name, candidate) <= slack ? candidate : null
}

export const didYouMean = (name: string, known: readonly string[]): string => {
  const candidate = nearest(name, known)
  return candidate === null ? '' : `; did you mean ${candidate}?`
}
