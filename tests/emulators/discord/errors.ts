/** What Discord answers instead of doing it. */
export class DiscordError extends Error {
  readonly status: number
  readonly code: number
  readonly errors: object | undefined
  constructor(status: number, code: number, message: string, errors?: object) {
    super(message)
    this.status = status
    this.code = code
    this.errors = errors
  }
  get body(): object {
    return { message: this.message, code: this.code, ...(this.errors === undefined ? {} : { errors: this.errors }) }
  }
}
export const unknown = (code: number, what: string): DiscordError => new DiscordError(404, code, `Unknown ${what}`)
export const forbidden = (code: number, message: string): DiscordError => new DiscordError(403, code, message)

/** 50035, with every problem at its place. */
export function invalidForm(problems: readonly string[]): DiscordError {
  const errors = { _errors: problems.map((message) => ({ code: 'INVALID', message })) }
  return new DiscordError(400, 50035, 'Invalid Form Body', errors)
}
