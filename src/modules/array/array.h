// array.array: items of one machine type, packed.
//
// Threads: everything that looks at the items holds the array's lock, or a Buffer: while one is out, `exports` keeps the items from
// being moved. What comes from Python is converted before the lock is taken.
#pragma once
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/define.h"
#include "object/list.h"

namespace oro::array_module {

extern Type array_type, array_iterator_type;

inline constexpr std::size_t kMaxItem = 8;

// What an array's typecode says of its items.
struct ItemKind {
    char typecode;
    std::uint8_t size;
    char const* format;                  // of the buffer protocol
    std::uint8_t machine_code;           // of pickles, on a little-endian machine
    Result<void> (*pack)(Python& py, char* to, Borrowed<> value);
    Result<Ref<>> (*unpack)(Thread& t, char const* from);
    // The first index below n where two arrays differ; -1, 0, 1 or 2 (unordered) for the items there in `order`.
    std::size_t (*mismatch)(char const* a, char const* b, std::size_t n, int* order);
    bool is_text() const { return typecode == 'u' || typecode == 'w'; }
};
// Null if there is no such typecode.
ItemKind const* kind_of(char32_t typecode);
inline constexpr char const* kTypecodes = "bBuwhHiIlLqQfd";
Raised raise_bad_point(Thread& t, std::uint32_t point);
// The integer kind of a size and sign, as pickles of other machines need it.
ItemKind const* integer_kind(std::size_t size, bool is_signed);

struct Array : Object {
    struct Guarded {
        char* data = nullptr;            // owned; null while nothing was ever stored
        std::size_t count = 0, capacity = 0;  // items
        std::int64_t exports = 0;
    } guarded;
    ItemKind const* kind;
    explicit Array(ItemKind const* k) : kind(k) {}
    ~Array() { buffer_free(guarded.data); }
    static Type& type() { return array_type; }
};
using Self = Borrowed<Array>;

// BufferError if the array is exported and the count would change. New items have no defined content.
Result<void> resize(Thread& t, Array& a, std::size_t count);
// `n` items in `octets` replace those from `begin` to `end`, which are clipped to the array; under its lock.
Result<void> splice(Thread& t, Array& a, std::size_t begin, std::size_t end, char const* octets, std::size_t n);
Result<Ref<Array>> make_array(Thread& t, Type& type, ItemKind const* kind, char const* octets, std::size_t n);
inline char const* item_at(Array const& a, std::size_t i) { return a.guarded.data + i * a.kind->size; }
Result<void> append(Python& py, Self self, Borrowed<> value);
// What iterating gives is appended; an array must be of the same kind.
Result<void> extend(Python& py, Self self, Borrowed<> iterable);
// A consistent copy of the items.
Result<Ref<Bytes>> octets_of(Thread& t, Self self);
Result<Ref<List>> tolist(Thread& t, Self self);
// Appends the octets of a buffer.
Result<void> frombytes(Python& py, Self self, BytesLike const& octets);
Result<void> fromunicode(Python& py, Self self, Borrowed<Str> text);
Result<Ref<Str>> tounicode(Thread& t, Self self);

// ---- in transfer.cpp
Result<void> tofile(Python& py, Self self, Borrowed<> file);
Result<void> fromfile(Python& py, Self self, Borrowed<> file, std::int64_t count);
Result<Ref<>> reduce_ex(Python& py, Self self, Borrowed<> protocol);
Result<Ref<>> reconstruct(Python& py, Borrowed<> type, Borrowed<> typecode, int code, Borrowed<> items);
// A str of length one; TypeError that names `what`.
Result<char32_t> typecode_from(Python& py, Borrowed<> v, char const* what);

// ---- in items.cpp: subscripts
Result<Ref<>> get_at(Python& py, Self self, Borrowed<> key);
Result<void> set_at(Python& py, Self self, Borrowed<> key, Borrowed<> value);
Result<void> delete_at(Python& py, Self self, Borrowed<> key);

}  // namespace oro::array_module
