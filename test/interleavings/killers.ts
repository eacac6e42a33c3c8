import type { Killers } from './harness/hunt.ts';

/** Written by mutate.ts: for each mutant of the shipped kernels a scenario that finds it, tried before any other. */
export const KILLERS: Killers = {
  'adaptLimit cmpxchg32 ADAPT_LOCK #2 blind':
    'the lock of the limit that was taken back from the dead is not opened under the one who has it now',
  'adaptLimit cmpxchg32 ADAPT_LOCK #2 lost': 'of two threads that adapt a limit one is inside',
  'adaptLimit cmpxchg32 ADAPT_LOCK #2 torn':
    'the lock of the limit that was taken back from the dead is not opened under the one who has it now',
  'adaptLimit cmpxchg32 ADAPT_LOCK blind': 'of two threads that adapt a limit one is inside',
  'adaptLimit cmpxchg32 ADAPT_LOCK lost': 'of two threads that adapt a limit one is inside',
  'adaptLimit cmpxchg32 ADAPT_LOCK torn': 'of two threads that adapt a limit one is inside',
  'admitOnce add32 BULKHEAD_ACTIVE lost': 'threads without a ledger come and go, and none is left inside',
  'admitOnce add32 BULKHEAD_ACTIVE torn': 'threads without a ledger come and go, and none is left inside',
  'admitOnce add64 COUNT_RATE_ALLOWED lost': 'admissions of two threads are both counted',
  'admitOnce add64 COUNT_RATE_ALLOWED torn': 'admissions of two threads are both counted',
  'admitTrial add64 COUNT_HALF_OPENED lost': 'it turns half-open twice when it was opened between them',
  'admitTrial add64 COUNT_HALF_OPENED torn': 'it turns half-open twice when it was opened between them',
  'breakerForce cmpxchg32 BREAKER_CONTROL blind':
    'a hand that closes a disabled breaker leaves the isolation that begins meanwhile',
  'breakerForce cmpxchg32 BREAKER_CONTROL lost':
    'a hand that closes a disabled breaker leaves the isolation that begins meanwhile',
  'breakerForce cmpxchg32 BREAKER_CONTROL torn':
    'a hand that closes a disabled breaker leaves the isolation that begins meanwhile',
  'breakerMode cmpxchg32 BREAKER_CONTROL blind':
    'a mode that is set while an isolation begins and ends is in force',
  'breakerMode cmpxchg32 BREAKER_CONTROL lost':
    'a mode that is set while an isolation begins and ends is in force',
  'breakerMode cmpxchg32 BREAKER_CONTROL torn':
    'a mode that is set while an isolation begins and ends is in force',
  'breakerRecord add64 COUNT_BREAKER_SUCCESS lost':
    'attempts of two threads are all counted, by how they ended',
  'breakerRecord add64 COUNT_BREAKER_SUCCESS torn':
    'attempts of two threads are all counted, by how they ended',
  'breakerRestore cmpxchg64 BREAKER_STATE blind': 'a hand that opens it meets a snapshot that is restored',
  'breakerRestore cmpxchg64 BREAKER_STATE lost': 'a hand that opens it meets a snapshot that is restored',
  'breakerRestore cmpxchg64 BREAKER_STATE torn': 'a hand that opens it meets a snapshot that is restored',
  'bucketCarry cmpxchg64 at blind': 'of two publishers one wins, and the other is told',
  'bucketCarry cmpxchg64 at lost':
    'a bucket that nobody asks keeps its tokens through more changes than are remembered',
  'bucketCarry cmpxchg64 at torn': 'of two publishers one wins, and the other is told',
  'bucketRefund cmpxchg64 at blind': 'reservations line up behind each other, and a refund moves them up',
  'bucketRefund cmpxchg64 at lost': 'who gives a cell up has spent from the other, and only there',
  'bucketRefund cmpxchg64 at torn': 'reservations line up behind each other, and a refund moves them up',
  'bucketTake cmpxchg64 at blind': 'a refund of a full bucket is nothing',
  'bucketTake cmpxchg64 at lost': 'whole calls with one token between them give everything back',
  'bucketTake cmpxchg64 at torn': 'a refund of a full bucket is nothing',
  'close cmpxchg64 BREAKER_STATE blind':
    'who opened it comes late with the time, and leaves that of the close',
  'close cmpxchg64 BREAKER_STATE lost':
    'who opened it comes late with the time, and leaves that of the close',
  'close cmpxchg64 BREAKER_STATE torn':
    'who opened it comes late with the time, and leaves that of the close',
  'complete cmpxchg64 KEY_HASH blind':
    'a thread that dies while it brings a key leaves a cell that a key of the same tag can use',
  'complete cmpxchg64 KEY_HASH lost': 'who gives a cell up has spent from the other, and only there',
  'complete cmpxchg64 KEY_HASH torn':
    'a thread that dies while it brings a key leaves a cell that a key of the same tag can use',
  'consecutive add64 COUNT_OPENED lost': 'two openings by failures in a row are two',
  'consecutive add64 COUNT_OPENED torn': 'two openings by failures in a row are two',
  'consecutive cmpxchg64 BREAKER_STATE blind': 'the third failure in a row opens it, whoever reports it',
  'consecutive cmpxchg64 BREAKER_STATE lost': 'the third failure in a row opens it, whoever reports it',
  'consecutive cmpxchg64 BREAKER_STATE torn': 'the third failure in a row opens it, whoever reports it',
  'count add64 slot + at lost': 'two threads count the same things, and nothing is lost',
  'count add64 slot + at torn': 'two threads count the same things, and nothing is lost',
  'decideTrial add32 BREAKER_REOPENS lost': 'two trials that fail reopen it twice',
  'decideTrial add32 BREAKER_REOPENS torn': 'two trials that fail reopen it twice',
  'decideTrial add64 BREAKER_LATE lost': 'two trials that report late are both counted as late',
  'decideTrial add64 BREAKER_LATE torn': 'two trials that report late are both counted as late',
  'decideTrial add64 COUNT_CLOSED lost':
    'two trials that succeed close it twice when it was opened between them',
  'decideTrial add64 COUNT_CLOSED torn':
    'two trials that succeed close it twice when it was opened between them',
  'decideTrial add64 COUNT_REOPENED lost': 'two trials that fail reopen it twice',
  'decideTrial add64 COUNT_REOPENED torn': 'two trials that fail reopen it twice',
  'fencedAdd add32 shared #2 lost': 'the isolation of a dead thread ends while another one begins its own',
  'fencedAdd add32 shared #2 torn': 'the isolation of a dead thread ends while another one begins its own',
  'fencedAdd add32 shared lost': 'the main thread, which needs no ledger, and a worker want the last slot',
  'fencedAdd add32 shared torn': 'the main thread, which needs no ledger, and a worker want the last slot',
  'fencedAdd cmpxchg64 cell blind':
    'a thread that joins the line as it is declared dead leaves no place behind',
  'fencedAdd cmpxchg64 cell lost': 'the isolation of a dead thread ends while another one begins its own',
  'fencedAdd cmpxchg64 cell torn':
    'a thread that joins the line as it is declared dead leaves no place behind',
  'isLate add64 BREAKER_LATE lost': 'results that come late from two threads are both counted',
  'isLate add64 BREAKER_LATE torn': 'results that come late from two threads are both counted',
  'keyedCarry cmpxchg64 at blind': 'a change of rate keeps the tokens of a key',
  'keyedCarry cmpxchg64 at lost':
    'a key that nobody asks for keeps its tokens through more changes of rate than are remembered',
  'keyedCarry cmpxchg64 at torn': 'a change of rate keeps the tokens of a key',
  'latencyOfAttempt add64 LATENCY_ATTEMPTS_AT lost':
    'attempts of two threads that took as long are both in the histogram',
  'latencyOfAttempt add64 LATENCY_ATTEMPTS_AT torn':
    'attempts of two threads that took as long are both in the histogram',
  'latencyOfCall add64 LATENCY_CALLS_AT lost': 'counters and histograms lose nothing',
  'latencyOfCall add64 LATENCY_CALLS_AT torn': 'counters and histograms lose nothing',
  'lineJoin add64 LINE_SEQ lost': 'threads join and leave the line, and the arrivals are numbered',
  'lineJoin add64 LINE_SEQ torn': 'threads join and leave the line, and the arrivals are numbered',
  'lineLeave add32 LINE_GRANTS lost': 'turns in line that two threads got are both counted',
  'lineLeave add32 LINE_GRANTS torn': 'turns in line that two threads got are both counted',
  'lineWake add32 LINE_EVENT lost': 'a waiter is woken by the one who leaves',
  'lineWake add32 LINE_EVENT torn': 'whoever moves the event count on, nobody puts it back',
  'markAgain cmpxchg64 BREAKER_MARK blind':
    'the first trial comes late to start its clock, and leaves the time of the close',
  'markAgain cmpxchg64 BREAKER_MARK lost':
    'a trial that was lost with its thread is free again when the wait for it is over',
  'markAgain cmpxchg64 BREAKER_MARK torn':
    'the first trial comes late to start its clock, and leaves the time of the close',
  'markMove cmpxchg64 BREAKER_MARK blind':
    'who opened it comes late with the time, and leaves that of the close',
  'markMove cmpxchg64 BREAKER_MARK lost':
    'who opened it comes late with the time, and leaves that of the close',
  'markMove cmpxchg64 BREAKER_MARK torn':
    'who opened it comes late with the time, and leaves that of the close',
  'markOf cmpxchg64 BREAKER_MARK blind':
    'who writes the time for another comes late, and leaves that of the close',
  'markOf cmpxchg64 BREAKER_MARK lost':
    'the open time stands even when the thread that opened it dies on the way',
  'markOf cmpxchg64 BREAKER_MARK torn':
    'who writes the time for another comes late, and leaves that of the close',
  'markTroubled cmpxchg64 BREAKER_TOTALS blind':
    'the later of two failures is remembered until its bucket has left the window',
  'markTroubled cmpxchg64 BREAKER_TOTALS lost':
    'the later of two failures is remembered until its bucket has left the window',
  'markTroubled cmpxchg64 BREAKER_TOTALS torn':
    'the later of two failures is remembered until its bucket has left the window',
  'moveToOpen cmpxchg64 BREAKER_STATE blind': 'a hand that opens it meets a snapshot that is restored',
  'moveToOpen cmpxchg64 BREAKER_STATE lost': 'a hand that opens it meets a snapshot that is restored',
  'moveToOpen cmpxchg64 BREAKER_STATE torn': 'a hand that opens it meets a snapshot that is restored',
  'publishWith add32 LINE_EVENT lost': 'whoever moves the event count on, nobody puts it back',
  'publishWith add32 LINE_EVENT torn': 'whoever moves the event count on, nobody puts it back',
  'publishWith cmpxchg32 SLOT_LOCK #2 blind':
    'a lock that was taken back from the dead is not opened under the one who has it now',
  'publishWith cmpxchg32 SLOT_LOCK #2 lost':
    'a lock that was taken back from the dead is not opened under the one who has it now',
  'publishWith cmpxchg32 SLOT_LOCK #2 torn':
    'a lock that was taken back from the dead is not opened under the one who has it now',
  'publishWith cmpxchg32 SLOT_LOCK blind':
    'a lock that was taken back from the dead is not opened under the one who has it now',
  'publishWith cmpxchg32 SLOT_LOCK lost':
    'a lock that was taken back from the dead is not opened under the one who has it now',
  'publishWith cmpxchg32 SLOT_LOCK torn':
    'a lock that was taken back from the dead is not opened under the one who has it now',
  'publishWith cmpxchg32 SLOT_VERSION blind':
    'options that are published too late do not undo those that were published meanwhile',
  'publishWith cmpxchg32 SLOT_VERSION lost': 'a room that grows while one leaves and another comes',
  'publishWith cmpxchg32 SLOT_VERSION torn':
    'options that are published too late do not undo those that were published meanwhile',
  'rateReserve cmpxchg64 RATE_TAT blind': 'no reservation goes beyond the longest wait',
  'rateReserve cmpxchg64 RATE_TAT lost': 'no reservation goes beyond the longest wait',
  'rateReserve cmpxchg64 RATE_TAT torn': 'no reservation goes beyond the longest wait',
  'reclaim add32 LINE_EVENT lost': 'whoever moves the event count on, nobody puts it back',
  'reclaim add32 LINE_EVENT torn': 'whoever moves the event count on, nobody puts it back',
  'reclaim cmpxchg32 ADAPT_LOCK blind':
    'the lock of the limit that was taken back from the dead is not opened under the one who has it now',
  'reclaim cmpxchg32 ADAPT_LOCK lost': 'the lock of the limit comes back from a thread that dies with it',
  'reclaim cmpxchg32 ADAPT_LOCK torn':
    'the lock of the limit that was taken back from the dead is not opened under the one who has it now',
  'reclaim cmpxchg32 SLOT_LOCK blind':
    'a lock that was taken back from the dead is not opened under the one who has it now',
  'reclaim cmpxchg32 SLOT_LOCK lost':
    'a thread that dies while it publishes leaves options that can be read, and published again',
  'reclaim cmpxchg32 SLOT_LOCK torn':
    'a lock that was taken back from the dead is not opened under the one who has it now',
  'reclaim cmpxchg32 SLOT_VERSION blind': 'what a thread has published as it is declared dead stays in force',
  'reclaim cmpxchg32 SLOT_VERSION lost':
    'options that are published too late do not undo those that were published meanwhile',
  'reclaim cmpxchg32 SLOT_VERSION torn': 'what a thread has published as it is declared dead stays in force',
  'reclaim sub32 BREAKER_CONTROL lost':
    'the isolation of a dead thread ends while another one begins its own',
  'reclaim sub32 BREAKER_CONTROL torn':
    'the isolation of a dead thread ends while another one begins its own',
  'reclaim sub32 BULKHEAD_ACTIVE lost': 'the slot of a thread that dies comes back once',
  'reclaim sub32 BULKHEAD_ACTIVE torn': 'the slot of a thread that dies comes back once',
  'reclaim sub32 LINE_COUNT lost':
    'a thread that joins the line as it is declared dead leaves no place behind',
  'reclaim sub32 LINE_COUNT torn':
    'a thread that joins the line as it is declared dead leaves no place behind',
  'reclaim xchg64 CELL_PLACES lost':
    'a thread that joins the line as it is declared dead leaves no place behind',
  'reclaim xchg64 CELL_PLACES torn':
    'a thread that joins the line as it is declared dead leaves no place behind',
  'reclaim xchg64 CELL_SLOTS lost': 'the slot of a thread that dies comes back once',
  'reclaim xchg64 CELL_SLOTS torn':
    'a thread that runs on after it was declared dead gives nothing back twice',
  'reclaim xchg64 CELL_TRIALS lost':
    'a thread that was declared dead strikes no trial from the row that is no longer its own',
  'reclaim xchg64 CELL_TRIALS torn': 'a thread that is declared dead as it takes a trial has none',
  'recordCall add32 BREAKER_CURSOR lost': 'a count window trips once',
  'recordCall add32 BREAKER_CURSOR torn': 'a count window trips once',
  'recordCall add64 COUNT_DURATION_US lost': 'two threads count the same things, and nothing is lost',
  'recordCall add64 COUNT_DURATION_US torn': 'two threads count the same things, and nothing is lost',
  'recordCall add64 COUNT_SUCCESS lost': 'two threads count the same things, and nothing is lost',
  'recordCall add64 COUNT_SUCCESS torn': 'two threads count the same things, and nothing is lost',
  'recordCall cmpxchg64 BREAKER_TOTALS blind': 'a count window trips once',
  'recordCall cmpxchg64 BREAKER_TOTALS lost': 'a count window trips once',
  'recordCall cmpxchg64 BREAKER_TOTALS torn': 'a count window trips once',
  'recordCall xchg64 slot + CALLS_AT lost': 'three calls in a window of two, and a reader',
  'recordCall xchg64 slot + CALLS_AT torn': 'three calls in a window of two, and a reader',
  'refuse add64 COUNT_BREAKER_REFUSED lost': 'refusals of every kind are counted, by however many threads',
  'refuse add64 COUNT_BREAKER_REFUSED torn': 'refusals of every kind are counted, by however many threads',
  'refuse add64 COUNT_RATE_REFUSED lost': 'refusals of every kind are counted, by however many threads',
  'refuse add64 COUNT_RATE_REFUSED torn': 'refusals of every kind are counted, by however many threads',
  'refuse add64 COUNT_THROTTLE_REFUSED lost': 'refusals of every kind are counted, by however many threads',
  'refuse add64 COUNT_THROTTLE_REFUSED torn': 'refusals of every kind are counted, by however many threads',
  'refuse add64 slot lost': 'refusals of every kind are counted, by however many threads',
  'refuse add64 slot torn': 'refusals of every kind are counted, by however many threads',
  'returnTrials cmpxchg64 BREAKER_STATE blind':
    'trials of a thread that dies before it has an answer come back',
  'returnTrials cmpxchg64 BREAKER_STATE lost': 'a thread that is declared dead as it takes a trial has none',
  'returnTrials cmpxchg64 BREAKER_STATE torn':
    'trials of a thread that dies before it has an answer come back',
  'settle add32 BULKHEAD_ACTIVE lost': 'threads without a ledger come and go, and none is left inside',
  'settle add32 BULKHEAD_ACTIVE torn': 'threads without a ledger come and go, and none is left inside',
  'stampedGrow cmpxchg64 at blind': 'a budget whose window is kept by the burn ring counts all calls',
  'stampedGrow cmpxchg64 at lost': 'two threads begin a bucket where an old one lay',
  'stampedGrow cmpxchg64 at torn': 'a budget whose window is kept by the burn ring counts all calls',
  'taggedAdd cmpxchg64 at blind': 'refusals of every kind are counted, by however many threads',
  'taggedAdd cmpxchg64 at lost': 'refusals of every kind are counted, by however many threads',
  'taggedAdd cmpxchg64 at torn': 'refusals of every kind are counted, by however many threads',
  'takeOver cmpxchg64 KEY_HASH blind':
    'two new keys of one tag keep apart, though a cell in transit may cost one the permit of the other',
  'takeOver cmpxchg64 KEY_HASH lost': 'who gives a cell up has spent from the other, and only there',
  'takeOver cmpxchg64 KEY_HASH torn':
    'two new keys of one tag keep apart, though a cell in transit may cost one the permit of the other',
  'takeOver cmpxchg64 KEY_WORD #2 blind':
    'who gives a cell up so late that it is another key, leaves what that one has spent',
  'takeOver cmpxchg64 KEY_WORD #2 lost': 'who gives a cell up has spent from the other, and only there',
  'takeOver cmpxchg64 KEY_WORD #2 torn':
    'who gives a cell up so late that it is another key, leaves what that one has spent',
  'takeOver cmpxchg64 KEY_WORD blind': 'who gives a cell up has spent from the other, and only there',
  'takeOver cmpxchg64 KEY_WORD lost': 'who gives a cell up has spent from the other, and only there',
  'takeOver cmpxchg64 KEY_WORD torn': 'who gives a cell up has spent from the other, and only there',
  'tallyGrow cmpxchg64 at blind':
    'calls of three threads and their durations are all in the counts of a breaker without a window',
  'tallyGrow cmpxchg64 at lost':
    'calls of three threads and their durations are all in the counts of a breaker without a window',
  'tallyGrow cmpxchg64 at torn':
    'calls of three threads and their durations are all in the counts of a breaker without a window',
  'trialDrop cmpxchg64 CELL_TRIALS blind':
    'a thread that was declared dead strikes no trial from the row that is no longer its own',
  'trialDrop cmpxchg64 CELL_TRIALS lost':
    'a success and a failure on trial: it reopens once and never closes',
  'trialDrop cmpxchg64 CELL_TRIALS torn':
    'a thread that was declared dead strikes no trial from the row that is no longer its own',
  'trialGive cmpxchg64 CELL_TRIALS blind':
    "a thread that runs on after it was declared dead neither keeps a trial nor takes anybody's",
  'trialGive cmpxchg64 CELL_TRIALS lost':
    'a success and a failure on trial: it reopens once and never closes',
  'trialGive cmpxchg64 CELL_TRIALS torn':
    "a thread that runs on after it was declared dead neither keeps a trial nor takes anybody's",
  'trialGive cmpxchg64 state #2 blind': 'a hand that closes it meets a trial that fails',
  'trialGive cmpxchg64 state #2 lost': 'a late failure of an old generation decides nothing',
  'trialGive cmpxchg64 state #2 torn': 'a hand that closes it meets a trial that fails',
  'trialGive cmpxchg64 state blind':
    "a thread that runs on after it was declared dead neither keeps a trial nor takes anybody's",
  'trialGive cmpxchg64 state lost': 'a thread that is declared dead as it takes a trial has none',
  'trialGive cmpxchg64 state torn':
    "a thread that runs on after it was declared dead neither keeps a trial nor takes anybody's",
  'trialTake cmpxchg64 CELL_TRIALS blind': 'a thread that is declared dead as it takes a trial has none',
  'trialTake cmpxchg64 CELL_TRIALS lost': 'a thread that is declared dead as it takes a trial has none',
  'trialTake cmpxchg64 CELL_TRIALS torn': 'a thread that is declared dead as it takes a trial has none',
  'trialTake cmpxchg64 state #2 blind':
    'the first trial comes late to start its clock, and leaves the time of the close',
  'trialTake cmpxchg64 state #2 lost':
    'the main thread, which needs no ledger, shares the one trial with a worker',
  'trialTake cmpxchg64 state #2 torn':
    'the first trial comes late to start its clock, and leaves the time of the close',
  'trialTake cmpxchg64 state blind':
    'the main thread, which needs no ledger, shares the one trial with a worker',
  'trialTake cmpxchg64 state lost':
    'the main thread, which needs no ledger, shares the one trial with a worker',
  'trialTake cmpxchg64 state torn':
    'the main thread, which needs no ledger, shares the one trial with a worker',
  'trip add64 COUNT_OPENED lost': 'two openings by an outcome that asks for it are two',
  'trip add64 COUNT_OPENED torn': 'two openings by an outcome that asks for it are two',
  'turnHalfOpen cmpxchg64 BREAKER_STATE blind':
    'who writes the time for another comes late, and leaves that of the close',
  'turnHalfOpen cmpxchg64 BREAKER_STATE lost':
    'who writes the time for another comes late, and leaves that of the close',
  'turnHalfOpen cmpxchg64 BREAKER_STATE torn':
    'the first trial comes late to start its clock, and leaves the time of the close',
  'viewTurn cmpxchg64 VIEW_EPOCH blind': 'a histogram whose slice turns loses no latency and tells it once',
  'viewTurn cmpxchg64 VIEW_EPOCH lost': 'a histogram whose slice turns loses no latency and tells it once',
  'viewTurn cmpxchg64 VIEW_EPOCH torn': 'a histogram whose slice turns loses no latency and tells it once',
};
