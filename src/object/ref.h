// Ownership in types. The only header (with the interpreter's register file) that changes counts.
//
//   Ref<T>       owns one count of a value; never null except when moved from. Move-only; copies are spelled share().
//   Borrowed<T>  a parameter view of a value that somebody else keeps alive. Never null, never a field.
//   Member<T>    an owned, traced field of an object, maybe null. Reads and writes are safe from any thread.
//   Fixed<T>     an owned, traced field that is set before the object is published and never changes after.
//
// T is an object struct (List, Str, ...), or Any (the default): any value, immediates included. Every one of these is a
// single word.
#pragma once
#include <cassert>
#include <type_traits>
#include <utility>

#include "memory/counts.h"

#if defined(__clang__)
#define ORO_LIFETIMEBOUND [[clang::lifetimebound]]
#define ORO_TRIVIAL_ABI [[clang::trivial_abi]]
#else
#define ORO_LIFETIMEBOUND
#define ORO_TRIVIAL_ABI
#endif

namespace oro {

// Base of every object struct.
struct Object : Header {};
struct Any;

template <class T> class Ref;
template <class T> class Borrowed;

template <class T = Any> class ORO_TRIVIAL_ABI [[nodiscard]] Ref {
public:
    Ref(Ref&& o) noexcept : v_(std::exchange(o.v_, Value{})) {}
    template <class U> requires(std::is_same_v<T, Any> || std::is_base_of_v<T, U>)
    Ref(Ref<U>&& o) noexcept : v_(o.release()) {}
    Ref& operator=(Ref&& o) noexcept {
        Value old = std::exchange(v_, std::exchange(o.v_, Value{}));
        detail::decref(old);
        return *this;
    }
    Ref(Ref const&) = delete;
    ~Ref() { detail::decref(v_); }

    // Takes over a count that the caller owns.
    static Ref adopt(Value v) { return Ref(v); }
    static Ref adopt(T* p) requires(!std::is_same_v<T, Any>) { return Ref(Value::of(p)); }
    // For immediates: ints, floats, None, ...
    static Ref immediate(Value v) requires std::is_same_v<T, Any> { return Ref(v); }

    Value value() const { return v_; }
    T* get() const requires(!std::is_same_v<T, Any>) { return static_cast<T*>(v_.pointer()); }
    T* operator->() const requires(!std::is_same_v<T, Any>) { return get(); }
    T& operator*() const requires(!std::is_same_v<T, Any>) { return *get(); }
    Ref share() const { detail::incref(v_); return Ref(v_); }
    [[nodiscard]] Value release() { return std::exchange(v_, Value{}); }
    bool is(Value v) const { return v_ == v; }

private:
    explicit Ref(Value v) : v_(v) {}
    Value v_;
};

template <class T = Any> class Borrowed {
public:
    Borrowed(T& o) requires(!std::is_same_v<T, Any>) : v_(Value::of(&o)) {}
    explicit constexpr Borrowed(Value v) : v_(v) {}
    template <class U> requires(std::is_same_v<T, Any> || std::is_base_of_v<T, U>)
    Borrowed(Borrowed<U> o) : v_(o.value()) {}
    template <class U> requires(std::is_same_v<T, Any> || std::is_same_v<T, U> || std::is_base_of_v<T, U>)
    Borrowed(Ref<U> const& r ORO_LIFETIMEBOUND) : v_(r.value()) {}

    constexpr Value value() const { return v_; }
    T* get() const requires(!std::is_same_v<T, Any>) { return static_cast<T*>(v_.pointer()); }
    T* operator->() const requires(!std::is_same_v<T, Any>) { return get(); }
    T& operator*() const requires(!std::is_same_v<T, Any>) { return *get(); }
    [[nodiscard]] Ref<T> share() const { detail::incref(v_); return Ref<T>::adopt(v_); }
    constexpr bool is(Value v) const { return v_ == v; }

private:
    Value v_;
};

inline constexpr Borrowed<> none{kNone};

// A maybe-missing parameter or result.
template <class T = Any> class Optional {
public:
    constexpr Optional() = default;
    Optional(Borrowed<T> b) : v_(b.value()) {}
    explicit constexpr Optional(Value v) : v_(v) {}
    explicit constexpr operator bool() const { return v_ != Value{}; }
    Borrowed<T> operator*() const { return Borrowed<T>(v_); }
    T* operator->() const requires(!std::is_same_v<T, Any>) { return static_cast<T*>(v_.pointer()); }
    constexpr Value value() const { return v_; }
    Borrowed<T> value_or(Borrowed<T> other) const { return v_ ? Borrowed<T>(v_) : other; }

private:
    Value v_;
};

// Like Ref, but may be null: a result that may be absent without being an error (dict lookups, weak references).
template <class T = Any> class ORO_TRIVIAL_ABI [[nodiscard]] Maybe {
public:
    Maybe() = default;
    Maybe(Maybe&& o) noexcept : v_(std::exchange(o.v_, Value{})) {}
    template <class U> requires(std::is_same_v<T, Any> || std::is_same_v<T, U> || std::is_base_of_v<T, U>)
    Maybe(Ref<U>&& o) : v_(o.release()) {}
    Maybe& operator=(Maybe&& o) noexcept {
        Value old = std::exchange(v_, std::exchange(o.v_, Value{}));
        detail::decref(old);
        return *this;
    }
    Maybe(Maybe const&) = delete;
    ~Maybe() { detail::decref(v_); }
    static Maybe adopt(Value v) { Maybe m; m.v_ = v; return m; }
    explicit operator bool() const { return !v_.is_null(); }
    Value value() const { return v_; }
    [[nodiscard]] Value release() { return std::exchange(v_, Value{}); }
    // Requires that it isn't null.
    Ref<T> take() && { assert(v_); return Ref<T>::adopt(release()); }
    Borrowed<T> operator*() const ORO_LIFETIMEBOUND { return Borrowed<T>(v_); }
    T* operator->() const requires(!std::is_same_v<T, Any>) { return static_cast<T*>(v_.pointer()); }

private:
    Value v_;
};

// A word of an object that other threads may read and write at any time.
class Slot {
public:
    constexpr Slot() = default;
    explicit Slot(Value v) : bits_(v.bits) {}
    // Without taking a count: only where the caller knows that the value stays, or only compares it.
    Value peek() const { return {bits_.load(std::memory_order_acquire)}; }
    Value peek_relaxed() const { return {bits_.load(std::memory_order_relaxed)}; }
    // A count of the current value, or null if there is none, or if the value cannot be counted without the lock of its
    // object (`*retry` is set then).
    Value try_share(bool* retry) const {
        Value v = peek();
        if (!v.is_pointer()) return v;
        if (!detail::try_incref(v.pointer())) return *retry = true, Value{};
        if (peek() != v) {
            detail::decref(v.pointer());
            return *retry = true, Value{};
        }
        return v;
    }
    void store(Value v) { bits_.store(v.bits, std::memory_order_release); }
    Value exchange(Value v) { return {bits_.exchange(v.bits, std::memory_order_acq_rel)}; }

private:
    std::atomic<std::uint64_t> bits_{0};
};
static_assert(sizeof(Slot) == 8);

template <class T = Any> class Member {
public:
    Member() = default;
    Member(Ref<T> r) : slot_(r.release()) {}
    ~Member() { detail::decref(slot_.peek_relaxed()); }
    Member(Member const&) = delete;
    Member& operator=(Member const&) = delete;

    // A count of the current value; null if there is none. `owner` is the object that holds this field: its lock is
    // taken for a moment where an optimistic read fails. No object lock may be held by the caller.
    Maybe<T> load(Object* owner) const {
        bool retry = false;
        Value v = slot_.try_share(&retry);
        if (!retry) [[likely]] return Maybe<T>::adopt(v);
        return Maybe<T>::adopt(load_slow(owner));
    }
    // Replaces the value; the old one is dropped. `owner` as above.
    void store(Object* owner, Maybe<T> v) { drop_later(exchange_locked(owner, v.release())); }
    Maybe<T> exchange(Object* owner, Maybe<T> v) { return Maybe<T>::adopt(exchange_locked(owner, v.release())); }

    // While the owner's lock is held, or the object is not published yet or already condemned.
    Optional<T> peek() const { return Optional<T>(slot_.peek()); }
    Maybe<T> swap(Maybe<T> v) { return Maybe<T>::adopt(slot_.exchange(v.release())); }
    void set(Maybe<T> v) { detail::decref(slot_.exchange(v.release())); }
    void reset() { detail::decref(slot_.exchange(Value{})); }
    Slot const& slot() const { return slot_; }

private:
    Value load_slow(Object* owner) const;
    Value exchange_locked(Object* owner, Value v);
    static void drop_later(Value v) { detail::decref(v); }
    Slot slot_;
};

template <class T = Any> class Fixed {
public:
    Fixed() = default;
    Fixed(Ref<T> r) : v_(r.release()) {}
    Fixed(Maybe<T> r) : v_(r.release()) {}
    ~Fixed() { detail::decref(v_); }
    Fixed(Fixed const&) = delete;
    Fixed& operator=(Fixed const&) = delete;

    Borrowed<T> operator*() const ORO_LIFETIMEBOUND { assert(v_); return Borrowed<T>(v_); }
    T* operator->() const requires(!std::is_same_v<T, Any>) { return static_cast<T*>(v_.pointer()); }
    T* get() const requires(!std::is_same_v<T, Any>) { return static_cast<T*>(v_.pointer()); }
    Value value() const { return v_; }
    explicit operator bool() const { return !v_.is_null(); }
    Ref<T> share() const { assert(v_); detail::incref(v_); return Ref<T>::adopt(v_); }
    // Before publication, or on a condemned object.
    void init(Maybe<T> v) { detail::decref(std::exchange(v_, v.release())); }
    void reset() { detail::decref(std::exchange(v_, Value{})); }

private:
    Value v_;
};

namespace detail {
Value member_load_slow(Object* owner, Slot const& slot);
Value member_exchange(Object* owner, Slot& slot, Value v);
}  // namespace detail

template <class T> Value Member<T>::load_slow(Object* owner) const { return detail::member_load_slow(owner, slot_); }
template <class T> Value Member<T>::exchange_locked(Object* owner, Value v) { return detail::member_exchange(owner, slot_, v); }

// A copy of a count, whatever holds it.
inline Ref<> share(Value v) { detail::incref(v); return Ref<>::adopt(v); }

}  // namespace oro
