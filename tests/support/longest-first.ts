import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes long, the longest first: begun early, nothing of it is left over when everything else has ended. */
const long = [
  'soak/crash',
  'soak/crash-points',
  'scenarios/alpaca-kill',
  'soak/chaos',
  'scenarios/alpaca-budget',
  'browser/first-run',
  'scenarios/replay-split',
  'scenarios/replay-week',
  'scenarios/start-up',
  'soak/legs',
  'browser/chat-cards',
  'db/embedded',
  'scenarios/platform-faults',
  'adapters/chat/discord/connect',
  'scenarios/people',
  'scenarios/chat-walk',
  'scenarios/races',
  'scenarios/denials',
  'scenarios/quick-fills',
]

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = long.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`))
  return place < 0 ? long.length : place
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => placeOf(a) - placeOf(b))
  }
}
