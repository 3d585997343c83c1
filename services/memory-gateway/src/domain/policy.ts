import type { Placed, TierName } from './record.ts';

/** When memories change their tier. */
export interface TierPolicy {
  hot_ttl_ms: number;
  promote_recalls: number;
  age_ms: number;
  /** null: a historical memory is kept for good. */
  retention_ms: number | null;
}

export type Move = { to: TierName } | { to: 'nowhere' } | null;

/**
 * What becomes of a memory now; null when it stays. Hot memories leave at their TTL: up when they were recalled often enough or are
 * important, else for good. Project memories go to the historical tier when nobody touched them for `age_ms`; historical ones come
 * back once they were recalled after that, and are forgotten after `retention_ms`.
 */
export const moveOf = ({ tier, record }: Placed, policy: TierPolicy, now_ms: number): Move => {
  const touched_ms = Math.max(record.recalled_at_ms, record.updated_at_ms);
  switch (tier) {
    case 'hot':
      if (record.expires_at_ms > now_ms) return null;
      return record.recalls >= policy.promote_recalls || record.priority >= 1 ? { to: 'project' } : { to: 'nowhere' };
    case 'project':
      return now_ms - touched_ms >= policy.age_ms ? { to: 'historical' } : null;
    case 'historical':
      if (record.recalls >= policy.promote_recalls && now_ms - record.recalled_at_ms < policy.age_ms) return { to: 'project' };
      return policy.retention_ms !== null && now_ms - touched_ms >= policy.retention_ms ? { to: 'nowhere' } : null;
  }
};

/** The record as it arrives in another tier. Recalls count anew there: each tier is earned. */
export const arrived = (placed: Placed, tier: TierName, policy: TierPolicy, now_ms: number): Placed => ({
  tier,
  record: {
    ...placed.record,
    recalls: placed.tier === tier ? placed.record.recalls : 0,
    expires_at_ms: tier === 'hot' ? now_ms + policy.hot_ttl_ms : 0,
  },
});
