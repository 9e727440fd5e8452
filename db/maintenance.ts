import type { StoreMaintenance } from '../src/ports/event-store.ts'
import type { Database } from './connect.ts'
import { compareProjections } from './maintenance/compare.ts'
import { rebuild } from './maintenance/rebuild.ts'
import { verifyChains } from './maintenance/verify.ts'
import { type MigrationStatus, migrationStatus } from './migrate.ts'

export interface DatabaseMaintenance extends StoreMaintenance {
  migrationStatus(): Promise<MigrationStatus>
}

export const createMaintenance = ({ sql }: Pick<Database, 'sql'>): DatabaseMaintenance => ({
  verifyChains: (progress) => verifyChains(sql, progress),
  rebuild: (progress) => rebuild(sql, progress),
  compareProjections: () => compareProjections(sql),
  migrationStatus: () => migrationStatus(sql),
})
