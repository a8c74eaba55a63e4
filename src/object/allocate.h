// Making objects, and what the collector needs from their structs.
#pragma once
#include <concepts>
#include <cstring>
#include <new>
#include <tuple>
#include <utility>

#include "memory/heap.h"
#include "object/raise.h"
#include "object/type.h"

namespace oro {

// Gives an edge of the object graph to the collector: called for each reference an object holds.
// An edge that holds no count (an instance's type, a deferred object in a frame's register) goes through uncounted().
struct Visitor {
    void (*visit)(Visitor&, Header*);
    void (*visit_uncounted)(Visitor&, Header*);  // null: such edges don't matter to this walk
    void uncounted(Header* p) { if (p && visit_uncounted) visit_uncounted(*this, p); }
    void operator()(Value v) { if (v.is_pointer()) visit(*this, v.pointer()); }
    void operator()(Header* p) { if (p) visit(*this, p); }
    template <class T> void operator()(Member<T> const& m) { (*this)(m.slot().peek_relaxed()); }
    template <class T> void operator()(Fixed<T> const& m) { (*this)(m.value()); }
};

// The hooks of a struct whose references are all in `static constexpr auto fields = std::tuple{&T::a, ...}`. A struct with
// other references (arrays) defines `void trace(Visitor&)` and `void clear()` for those. A struct with items behind it that may be
// subclassed defines `std::size_t extent() const`: the bytes in use.
template <class T> constexpr Hooks hooks_of() {
    Hooks h;
    constexpr bool has_fields = requires { T::fields; };
    constexpr bool has_trace = requires(T t, Visitor v) { t.trace(v); };
    if constexpr (has_fields || has_trace) {
        h.trace = [](Object* o, Visitor& v) {
            auto* self = static_cast<T*>(o);
            if constexpr (has_fields) std::apply([&](auto... f) { (v(self->*f), ...); }, T::fields);
            if constexpr (has_trace) self->trace(v);
        };
        h.clear = [](Object* o) {
            auto* self = static_cast<T*>(o);
            if constexpr (has_fields) std::apply([&](auto... f) { ((self->*f).reset(), ...); }, T::fields);
            if constexpr (has_trace) self->clear();
        };
    }
    if constexpr (requires(T const t) { { t.extent() } -> std::same_as<std::size_t>; }) {
        h.extent = [](Object const* o) { return static_cast<T const*>(o)->extent(); };
    }
    if constexpr (!std::is_trivially_destructible_v<T>) {
        h.destruct = [](Object* o) { static_cast<T*>(o)->~T(); };
    }
    return h;
}

// Memory for an object of `type` with `extra_bytes` beyond the struct; the header is complete except for the shape, which
// publish() writes last. Null (MemoryError raised) if memory is exhausted.
Header* allocate_object(Thread& t, Type& type, std::size_t bytes);

inline void publish(Header* o, ShapeId shape) { o->shape.store(shape, std::memory_order_release); }

// Constructs T over memory whose header is already set, and stays as it is. (A compiler that takes an object's storage to hold nothing
// before its constructor has run needs -fno-lifetime-dse.)
template <class T, class... A> T* construct_behind_header(Header* memory, A&&... args) {
    if constexpr (sizeof...(A) == 0) {
        // Not T(), which would begin by clearing the header.
        std::memset(static_cast<void*>(memory + 1), 0, sizeof(T) - sizeof(Header));
        return new (static_cast<void*>(memory)) T;
    } else {
        return new (static_cast<void*>(memory)) T(std::forward<A>(args)...);
    }
}

// A new object of a native struct. `type` may be a subclass made in Python: then the object also has room for attributes.
// T's constructor gets `args`; it must not fail.
template <class T, class... A> Result<Ref<T>> make(Thread& t, Type& type, A&&... args) {
    Header* memory = allocate_object(t, type, type.size > sizeof(T) ? type.size : sizeof(T));
    if (!memory) [[unlikely]] return Raised{};
    T* o = construct_behind_header<T>(memory, std::forward<A>(args)...);
    if (type.size > sizeof(T)) std::memset(reinterpret_cast<char*>(memory) + sizeof(T), 0, type.size - sizeof(T));
    publish(o, type.root_shape);
    return Ref<T>::adopt(o);
}

// The same with `bytes` for items behind the struct (tuples, strings, ints).
template <class T, class... A> Result<Ref<T>> make_sized(Thread& t, Type& type, std::size_t bytes, A&&... args) {
    bool extra = type.extra_offset == kExtraAtEnd;
    if (extra) bytes = ((bytes + 7) & ~std::size_t(7)) + 8;
    Header* memory = allocate_object(t, type, bytes);
    if (!memory) [[unlikely]] return Raised{};
    if (extra) *reinterpret_cast<Value*>(reinterpret_cast<char*>(memory) + bytes - 8) = Value{};
    T* o = construct_behind_header<T>(memory, std::forward<A>(args)...);
    publish(o, type.root_shape);
    return Ref<T>::adopt(o);
}

}  // namespace oro
