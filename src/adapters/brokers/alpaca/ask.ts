/** A question with these keys, outside of any client: no retries, no redirects, no state. */
export interface AskingKeys {
  readonly keyId: string
  readonly secretKey: string
}
export type Answer =
  | { readonly outcome: 'answered'; readonly body: unknown }
  | { readonly outcome: 'refused'; readonly status: number }
  | { readonly outcome: 'failed'; readonly problem: string }

const patienceMs = 10_000

/** One GET. Never throws; refused is 401 or 403: the keys may not. */
export async function askAlpaca(url: string, { keyId, secretKey }: AskingKeys): Promise<Answer> {
  try {
    const response = await fetch(url, {
      headers: { 'apca-api-key-id': keyId, 'apca-api-secret-key': secretKey },
      // A redirect would take the keys to wherever it leads.
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    })
    if (response.status === 401 || response.status === 403) return { outcome: 'refused', status: response.status }
    if (!response.ok) return { outcome: 'failed', problem: `status ${response.status}` }
    return { outcome: 'answered', body: await response.json() }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { outcome: 'failed', problem: cause instanceof Error ? cause.message : String(cause) }
  }
}
