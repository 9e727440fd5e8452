import { holds, type Role } from '../domain/people.ts'
import type { Actor } from '../ports/chat.ts'
import type { App } from './app.ts'

/** Why somebody may not; null when they may. */
export interface Forbidden {
  readonly code: 'UNKNOWN_PERSON' | 'ROLE_TOO_LOW'
  readonly explain: string
}

/** The one gate: taps, typed commands and HTTP requests all pass here, by immutable id. A refusal is on the record. */
export async function authorize(
  app: Pick<App, 'roleOf' | 'log' | 'recordRefusal'>,
  actor: Actor,
  needed: Role | null,
  action: string,
): Promise<Forbidden | null> {
  const forbidden = await forbiddenTo(app, actor, needed, action)
  if (forbidden) await app.recordRefusal({ person: actor.id, place: actor.via, action, code: forbidden.code })
  return forbidden
}

/** The same question for what happens by itself, at each keystroke or request: the log alone keeps it. */
export async function forbiddenTo(
  app: Pick<App, 'roleOf' | 'log'>,
  actor: Actor,
  needed: Role | null,
  action: string,
): Promise<Forbidden | null> {
  if (needed === null) return null
  const role = await app.roleOf(actor)
  if (role !== null && holds(role, needed)) return null
  app.log.warn({ actor: actor.id, via: actor.via, action, role, needed }, 'refused: not authorized')
  return role === null
    ? { code: 'UNKNOWN_PERSON', explain: `${actor.id} is nobody here. /whoami prints your id for the owner.` }
    : { code: 'ROLE_TOO_LOW', explain: `${action} needs the role ${needed}; you are ${role}.` }
}
