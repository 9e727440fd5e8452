/** What Alpaca answers instead of doing it; `details` stand beside code and message, as they do there. */
export class AlpacaError extends Error {
  readonly status: number
  readonly code: number
  readonly details: Readonly<Record<string, unknown>>
  constructor(status: number, code: number, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
  get body(): object {
    return { code: this.code, message: this.message, ...this.details }
  }
}

/** The request is malformed. */
export const invalid = (message: string): AlpacaError => new AlpacaError(422, 40010001, message)
/** The request is well-formed, and breaks a rule. */
export const unprocessable = (message: string, details?: Readonly<Record<string, unknown>>): AlpacaError =>
  new AlpacaError(422, 42210000, message, details)
/** The account may not. */
export const forbidden = (message: string, details?: Readonly<Record<string, unknown>>): AlpacaError =>
  new AlpacaError(403, 40310000, message, details)
export const notFound = (message: string): AlpacaError => new AlpacaError(404, 40410000, message)
