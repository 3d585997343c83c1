import type { Kysely, Transaction } from 'kysely';
import type { Database } from './schema.ts';
import { guarded } from './store-error.ts';

export interface Inbox {
  /**
   * Runs an effect once per (consumer, message id): the message's row and the effect commit together, a repeated message does nothing.
   * @returns false when the message was handled before
   */
  once: (consumer: string, msg_id: string, effect: (transaction: Transaction<Database>) => Promise<void>) => Promise<boolean>;
}

export function inboxOf(db: Kysely<Database>): Inbox {
  return {
    once: (consumer, msg_id, effect) =>
      guarded(() =>
        db.transaction().execute(async (transaction) => {
          const { numInsertedOrUpdatedRows } = await transaction
            .insertInto('inbox')
            .values({ consumer, msg_id })
            .onConflict((conflict) => conflict.doNothing())
            .executeTakeFirstOrThrow();
          if (numInsertedOrUpdatedRows !== 1n) return false;
          await effect(transaction);
          return true;
        }),
      ),
  };
}
