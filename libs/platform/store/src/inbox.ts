import type { Kysely } from 'kysely';
import type { Database } from './schema.ts';
import { guarded } from './store-error.ts';

/**
 * Receipts of the messages that decisions have answered, written in the transaction of the decision. Who sends one again, since the
 * answer was lost, learns that it was done, whatever became of the run meanwhile.
 */
export interface Inbox {
  has: (receipt: string) => Promise<boolean>;
}

/** The one writer; the name leaves room for others. */
const CONSUMER = 'planner';

export function inboxOf(db: Kysely<Database>): Inbox {
  return {
    has: async (receipt) => {
      const query = db.selectFrom('inbox').select('msg_id').where('consumer', '=', CONSUMER).where('msg_id', '=', receipt);
      return (await guarded(() => query.executeTakeFirst())) !== undefined;
    },
  };
}
