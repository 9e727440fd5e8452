import type { AlertContent } from '../domain/alert.ts'
import { alertBody, alertContent, alertProblems } from './webhook.ts'

/** An alert from a file, in the webhook's own form. @param now epoch ms of the running clock. */
export function parseAlert(value: unknown, now: number): { readonly content: AlertContent } | { readonly problems: readonly string[] } {
  const parsed = alertBody.safeParse(value)
  if (!parsed.success) return { problems: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) }
  const problems = alertProblems(parsed.data, now).filter(({ field }) => field !== 'published_at')
  if (problems.length > 0) return { problems: problems.map(({ field, problem }) => `${field}: ${problem}`) }
  return { content: alertContent(parsed.data) }
}
