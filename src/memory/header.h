// The 16 bytes at the start of every object.
//
// Who may touch what:
//   shape   written at creation and, under the object's lock, by attribute transitions; read by anyone (acquire).
//   owner   thread id that may change `local` without atomics; 0: nobody (immortal, deferred or merged objects).
//           Written by the owner only (at merge), or by whoever holds the dead owner's slot.
//   lock    the object's one-byte lock, see lock.h.
//   flags   atomic bits; the collector's bits are used only while the world is stopped.
//   local   count of the owner's references; the owner only. kImmortalCount marks immortal objects. Of a deferred one: its number
//           (spread.h), which never changes.
//   shared  other threads' references: count in the upper 30 bits (signed), state in the low 2 (see counts.h).
//
// Readers without a lock may look at the header of an object that has just died: cells keep their kind until a grace
// period has passed (heap.h), and a dead object's counts refuse try_incref.
#pragma once
#include <atomic>
#include <cstdint>
#include <type_traits>

#include "memory/value.h"

namespace oro {

using ShapeId = std::uint32_t;
using OwnerId = std::uint16_t;

inline constexpr OwnerId kNobody = 0;
inline constexpr std::uint32_t kImmortalCount = 0xFFFFFFFFu;

namespace flag {
inline constexpr std::uint8_t weakly_referenced = 1;  // the weak reference table has entries for it
inline constexpr std::uint8_t finalized = 2;          // __del__ has run (PEP 442)
inline constexpr std::uint8_t deferred = 4;           // frames don't count it; it dies by the collector only. Set at birth, or while the world is stopped
inline constexpr std::uint8_t interned = 8;           // a string in the intern table
inline constexpr std::uint8_t dying = 8;              // any other object: its last count is gone, it is being destroyed
inline constexpr std::uint8_t seen = 16;              // kept free: 'seen by another thread'
inline constexpr std::uint8_t marked = 32;            // collector
inline constexpr std::uint8_t condemned = 64;         // collector
inline constexpr std::uint8_t large = 128;            // memory from the large-object list, not from a cell page
}  // namespace flag

// std::atomic without its constructor: making an object over its memory leaves the header alone, which readers without a lock that
// still see an old place of the memory may be looking at.
template <class T> class HeaderWord {
public:
    HeaderWord() = default;
    constexpr HeaderWord(T v) : v_(v) {}
    HeaderWord(HeaderWord const&) = delete;
    HeaderWord& operator=(HeaderWord const&) = delete;

    T load(std::memory_order o = std::memory_order_seq_cst) const { return word().load(o); }
    void store(T v, std::memory_order o = std::memory_order_seq_cst) { word().store(v, o); }
    T exchange(T v, std::memory_order o = std::memory_order_seq_cst) { return word().exchange(v, o); }
    T fetch_add(T v, std::memory_order o = std::memory_order_seq_cst) { return word().fetch_add(v, o); }
    T fetch_sub(T v, std::memory_order o = std::memory_order_seq_cst) { return word().fetch_sub(v, o); }
    T fetch_or(T v, std::memory_order o = std::memory_order_seq_cst) { return word().fetch_or(v, o); }
    T fetch_and(T v, std::memory_order o = std::memory_order_seq_cst) { return word().fetch_and(v, o); }
    bool compare_exchange_weak(T& expected, T v, std::memory_order o = std::memory_order_seq_cst) {
        return word().compare_exchange_weak(expected, v, o);
    }
    bool compare_exchange_weak(T& expected, T v, std::memory_order success, std::memory_order failure) {
        return word().compare_exchange_weak(expected, v, success, failure);
    }
    bool compare_exchange_strong(T& expected, T v, std::memory_order o = std::memory_order_seq_cst) {
        return word().compare_exchange_strong(expected, v, o);
    }
    bool compare_exchange_strong(T& expected, T v, std::memory_order success, std::memory_order failure) {
        return word().compare_exchange_strong(expected, v, success, failure);
    }

private:
    std::atomic_ref<T> word() const { return std::atomic_ref<T>(const_cast<T&>(v_)); }
    T v_;
};

struct alignas(16) Header {
    HeaderWord<ShapeId> shape;
    HeaderWord<OwnerId> owner;
    HeaderWord<std::uint8_t> lock;
    HeaderWord<std::uint8_t> flags;
    HeaderWord<std::uint32_t> local;
    HeaderWord<std::uint32_t> shared;

    ShapeId shape_id() const { return shape.load(std::memory_order_acquire); }
    bool has(std::uint8_t bit) const { return flags.load(std::memory_order_relaxed) & bit; }
    void set(std::uint8_t bit) { flags.fetch_or(bit, std::memory_order_relaxed); }
    void unset(std::uint8_t bit) { flags.fetch_and(std::uint8_t(~bit), std::memory_order_relaxed); }
    bool is_immortal() const { return local.load(std::memory_order_relaxed) == kImmortalCount; }
};
static_assert(sizeof(Header) == 16 && std::is_trivially_default_constructible_v<Header>);

}  // namespace oro
