import { describe, expect, test } from 'vitest';
import { steeringOf } from './steering';

describe('what a supervisor decides about one who waits', () => {
  test('a reason is needed for each way, and where to for two of them', () => {
    expect(steeringOf({ way: 'move', to: null, why: ' ' })).toEqual({ missing: ['to', 'why'] });
    expect(steeringOf({ way: 'assign', to: null, why: 'Knows him' })).toEqual({ missing: ['to'] });
    expect(steeringOf({ way: 'remove', to: null, why: '' })).toEqual({ missing: ['why'] });
  });

  test('what is asked for has what was written, without what is around it', () => {
    expect(steeringOf({ way: 'move', to: 2, why: ' Wants to buy ' })).toEqual({ body: { way: 'move', queue_id: 2, why: 'Wants to buy' } });
    expect(steeringOf({ way: 'assign', to: 4, why: 'Knows him' })).toEqual({ body: { way: 'assign', agent_id: 4, why: 'Knows him' } });
    expect(steeringOf({ way: 'remove', to: null, why: 'Prank' })).toEqual({ body: { way: 'remove', why: 'Prank' } });
  });
});
