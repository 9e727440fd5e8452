import { it } from 'vitest'
import { testDatabase } from '../support/database.ts'
it('x', async () => { const d = await testDatabase(); console.log('COUNT', await d.read.openProposalCount()); await d.close() })
