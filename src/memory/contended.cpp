#include "memory/contended.h"

#include <new>

#include "memory/counts.h"

namespace oro {

namespace {
// Times that an object is noted, about sixty-four counts apart, before it is asked for.
constexpr std::uint32_t kEnough = 4;
constexpr std::size_t kMostWanted = 4096;
// Stopping the world serves what was asked for during so many notes.
constexpr std::uint32_t kBatch = 64;
}  // namespace

void note_contention(Mutator& m, Header* o) {
    std::uintptr_t bits = reinterpret_cast<std::uintptr_t>(o) >> 4;
    // Not at equal distances, or loops would show the same few of their objects each time.
    m.until_note = 33 + std::uint32_t(bits * 0x9E3779B1u >> 20) % 63;
    if (m.alone) return;
    if (!m.contention) {
        m.contention = new (std::nothrow) ContentionNotes;
        if (!m.contention) return;
    }
    ContentionNotes& c = *m.contention;
    if (++c.made % kBatch == 0 && !c.wanted.empty()) m.breaker.fetch_or(breaker::contention, std::memory_order_relaxed);
    if (o->has(flag::deferred) || o->has(flag::weakly_referenced)) return;
    ContentionNotes::Note& note = c.notes[(bits ^ (bits >> 10)) % ContentionNotes::kPlaces];
    if (note.object != o) {
        note = {o, 1};
        return;
    }
    if (++note.times != kEnough || c.wanted.size() >= kMostWanted) return;
    detail::incref(o);
    c.wanted.push_back(o);
}

void drop_contention_notes(Mutator& m) {
    ContentionNotes* c = m.contention;
    m.contention = nullptr;
    if (!c) return;
    for (Header* o : c->wanted) detail::decref(o);
    delete c;
}

}  // namespace oro
