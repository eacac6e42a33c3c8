import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  askToStop,
  beat,
  begun,
  claim,
  isAsked,
  makeBoard,
  pulseOf,
  recall,
  recalledEpoch,
  revoke,
} from '../../src/work/board.ts';

describe('a board', () => {
  it('gives each task to the thread or back to the sender, never to both', () => {
    const board = makeBoard();
    assert.ok(claim(board, 0, 1));
    assert.equal(begun(board), 1);
    assert.equal(recall(board, 1), 1, 'task 1 goes on');
    assert.equal(claim(board, 1, 2), false, 'task 2 has gone back');
    assert.equal(recalledEpoch(board, 1), 1);
    assert.ok(claim(board, 1, 3), 'what was sent since may be begun');
  });

  it('tells of the latest recall when one follows another before the thread has looked', () => {
    const board = makeBoard();
    recall(board, 1);
    recall(board, 2);
    assert.equal(claim(board, 0, 1), false);
    assert.equal(recalledEpoch(board, 0), 2);
    assert.ok(claim(board, 0, 2));
  });

  it('lets a thread that was given up begin nothing, ever', () => {
    const board = makeBoard();
    claim(board, 0, 1);
    assert.equal(revoke(board), 1);
    assert.equal(claim(board, 1, 2), false);
    assert.equal(recalledEpoch(board, 1), Number.POSITIVE_INFINITY);
    assert.equal(claim(board, 1, 2), false);
    assert.equal(revoke(board), 0, 'a second time there is nobody');
    assert.equal(begun(board), 0);
  });

  it('says which task was begun last though the rest is recalled', () => {
    const board = makeBoard();
    claim(board, 0, 5);
    recall(board, 1);
    assert.equal(begun(board), 5);
    assert.equal(revoke(board), 5);
  });

  it('asks one task to stop and no other', () => {
    const board = makeBoard();
    askToStop(board, 3);
    assert.deepEqual([isAsked(board, 3), isAsked(board, 4)], [true, false]);
  });

  it('beats', () => {
    const board = makeBoard();
    beat(board);
    beat(board);
    assert.equal(pulseOf(board), 2);
  });
});
