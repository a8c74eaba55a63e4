// Counts of deferred objects, spread over the threads. Functions, classes, modules and code are used by all threads at once: were their
// references counted in one word, each thread would wait for that word's cache line. A deferred object has a number instead (in the
// header's `local`, which they have no other use for), and each owner slot an array of counts by that number, to which only the slot's
// thread writes. One of them may be negative; the sum is the number of references, less what `shared` has.
//
// Nobody asks for the sum while threads run: deferred objects die by the collector only, which folds the arrays into `shared`
// while the world is stopped. A slot outlives its thread, and its counts with it.
#pragma once
#include "memory/header.h"

namespace oro {

// Makes an object deferred on which the caller has the only reference: before anybody else sees it.
void make_deferred(Header& h);

// Makes any object deferred, while the world is stopped: `count` are its references, without those of frames, which count no deferred
// object.
void make_deferred_late(Header& h, std::int64_t count);

// Adds to the calling thread's count. False if the object has no number or there is no memory: count in `shared` then.
bool count_spread(Header* o, std::int32_t by);

// What the calling thread has counted: of an object that no other thread has used, all that `shared` lacks.
std::int64_t spread_count_here(Header const* o);

// Adds everything counted so far to the `shared` words; the world is stopped.
void fold_spread_counts();

// The number of an object that is about to be destroyed may be given to another. Its counts are folded.
void release_spread_number(Header* o);

}  // namespace oro
