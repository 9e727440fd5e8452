import { type Decision, decided, type Evolution, refused } from './decision.ts'

/** viewer < approver < risk_officer < owner: each holds the roles before it. */
export const roles = ['viewer', 'approver', 'risk_officer', 'owner'] as const
export type Role = (typeof roles)[number]

/** People let in through the chat itself; the configuration's list comes on top. Keys are immutable ids: `discord:<id>`. */
export interface People {
  readonly roles: Readonly<Record<string, Role>>
  /** Nothing but what is critical rings until then; ISO, real time. */
  readonly mutedUntil?: string | null
}

export type PeopleEvent =
  | { readonly type: 'OwnerClaimed'; readonly person: string; readonly at: string }
  | { readonly type: 'NotificationsMuted'; readonly until: string | null; readonly by: string; readonly at: string }
  /** Somebody tapped or typed what they may not; `place` is where. */
  | {
      readonly type: 'AccessRefused'
      readonly person: string
      readonly place: string
      readonly action: string
      readonly code: string
      readonly at: string
    }

export const peopleEvolution: Evolution<People, PeopleEvent> = {
  initial: () => ({ roles: {} }),
  evolve(state, event) {
    switch (event.type) {
      case 'OwnerClaimed':
        return { ...state, roles: { ...state.roles, [event.person]: 'owner' } }
      case 'NotificationsMuted':
        return { ...state, mutedUntil: event.until }
      case 'AccessRefused':
        return state
    }
  },
}

export const holds = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed)

/** The one-time code works while there is no owner. */
export function claimOwnership(state: People, person: string, at: string, ownerExists: boolean): Decision<PeopleEvent> {
  if (ownerExists || Object.values(state.roles).includes('owner')) return refused('OWNER_EXISTS', 'this bot already has an owner')
  return decided({ type: 'OwnerClaimed', person, at })
}
