// str: immutable text in the narrowest of 1, 2 or 4 bytes a code point (PEP 393). Methods are in types/str*.cpp.
//
// Immutable after publication but for two caches: the hash (a benign race: every writer stores the same number) and the
// UTF-8 form of non-ASCII text (published once by compare-and-swap, freed with the string).
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "object/allocate.h"

namespace oro {

enum class StrKind : std::uint8_t { ascii = 0, one = 1, two = 2, four = 4 };  // `one`: some code point in 0x80..0xFF

struct Str;
namespace detail {
void forget_interned(Str* dying);
}

struct Utf8Cache {
    std::size_t size;
    char data[];
};

struct Str : Object {
    std::atomic<std::int64_t> cached_hash{0};   // 0: not computed
    std::uint64_t meta;                         // length << 3 | StrKind
    explicit Str(std::size_t length, StrKind kind) : meta(std::uint64_t(length) << 3 | std::uint64_t(kind)) {
        if (kind != StrKind::ascii) new (cache_slot()) std::atomic<Utf8Cache*>(nullptr);
    }
    ~Str() {
        if (is_interned()) detail::forget_interned(this);
        if (!is_ascii()) buffer_free(cache_slot()->load(std::memory_order_relaxed));
    }
    static Type& type();

    std::size_t length() const { return meta >> 3; }
    StrKind kind() const { return StrKind(meta & 7); }
    bool is_ascii() const { return (meta & 7) == 0; }
    int width() const { return (meta & 7) == 0 ? 1 : int(meta & 7); }  // bytes a code point
    std::atomic<Utf8Cache*>* cache_slot() const {
        return reinterpret_cast<std::atomic<Utf8Cache*>*>(const_cast<char*>(reinterpret_cast<char const*>(this + 1)));
    }
    void* data() { return reinterpret_cast<char*>(this + 1) + (is_ascii() ? 0 : 8); }
    void const* data() const { return reinterpret_cast<char const*>(this + 1) + (is_ascii() ? 0 : 8); }
    std::span<std::uint8_t const> bytes1() const { return {static_cast<std::uint8_t const*>(data()), length()}; }
    std::span<std::uint16_t const> units2() const { return {static_cast<std::uint16_t const*>(data()), length()}; }
    std::span<std::uint32_t const> units4() const { return {static_cast<std::uint32_t const*>(data()), length()}; }
    // Requires is_ascii().
    std::string_view ascii() const { return {static_cast<char const*>(data()), length()}; }
    char32_t at(std::size_t i) const {
        switch (width()) {
            case 1: return static_cast<std::uint8_t const*>(data())[i];
            case 2: return static_cast<std::uint16_t const*>(data())[i];
            default: return static_cast<std::uint32_t const*>(data())[i];
        }
    }
    std::size_t extent() const { return sizeof(Str) + (is_ascii() ? 0 : 8) + (length() + 1) * std::size_t(width()); }
    bool is_interned() const { return has(flag::interned); }
};
static_assert(sizeof(Str) == 32);

// Calls f with the text as a span of uint8_t, uint16_t or uint32_t.
template <class F> decltype(auto) visit_text(Str const& s, F&& f) {
    switch (s.width()) {
        case 1: return f(s.bytes1());
        case 2: return f(s.units2());
        default: return f(s.units4());
    }
}

// ---- making. Length limits and memory exhaustion raise.
Result<Ref<Str>> make_str(Thread& t, std::string_view utf8);          // UTF-8 or WTF-8 that is known to be valid
Result<Ref<Str>> make_str(Thread& t, std::span<std::uint8_t const> latin1);
Result<Ref<Str>> make_str(Thread& t, std::span<std::uint16_t const> units);  // UCS-2 code points, narrowed if possible
Result<Ref<Str>> make_str(Thread& t, std::span<std::uint32_t const> points);
Result<Ref<Str>> make_str_of(Thread& t, char32_t point);              // one code point; Latin-1 ones are shared objects
// Of a Latin-1 code point; immortal.
Str* latin1_char(std::uint8_t point);
Ref<Str> empty_str();
// Room for `length` code points of which none is above `max`; the caller fills data() before anybody else sees it, and
// must really use a code point that needs the kind.
Result<Ref<Str>> make_str_uninitialized(Thread& t, std::size_t length, char32_t max);
Result<Ref<Str>> substring(Thread& t, Borrowed<Str> s, std::size_t begin, std::size_t end);
Result<Ref<Str>> concat(Thread& t, Borrowed<Str> a, Borrowed<Str> b);

// ---- looking
bool equal(Str const& a, Str const& b);
bool equal(Str const& a, std::string_view ascii);
int compare(Str const& a, Str const& b);                              // by code points
std::int64_t hash_of(Str const& s);                                   // never -1; 0 for the empty str
// UTF-8; fails with UnicodeEncodeError on lone surrogates. Lives as long as the str.
Result<std::string_view> utf8_of(Thread& t, Borrowed<Str> s);
// With lone surrogates encoded as three bytes; for messages and internal use. Fails only without memory.
std::string wtf8_of(Str const& s);

// ---- interning: one object for equal text, compared by identity afterwards.
Ref<Str> intern(Thread& t, Ref<Str> s);
inline Result<Ref<Str>> make_interned(Thread& t, std::string_view utf8) { return intern(t, TRY(make_str(t, utf8))); }
Ref<Str> intern_immortal(Thread& t, std::string_view utf8);           // at start-up and for names of modules' code

// Makes the shared strings and the name table: the first thing at start-up, after seed_hashes() and once Str::type() has its
// root shape.
void init_strings(Thread& t);
void init_interning(Thread& t);                                       // a part of init_strings

// Builds text piece by piece, widening as needed. Failure to get memory is kept and reported by finish().
class StrBuilder {
public:
    explicit StrBuilder(Thread& t) : t_(t) {}
    ~StrBuilder() { if (data_ != own_) buffer_free(data_); }
    StrBuilder(StrBuilder const&) = delete;
    void add(char32_t point) { if (reserve(1, point)) put(length_++, point); }
    void add(std::string_view utf8);                 // valid UTF-8
    void add(Str const& s) { add(s, 0, s.length()); }
    void add(Str const& s, std::size_t begin, std::size_t end);
    void fill(char32_t point, std::size_t count);
    std::size_t length() const { return length_; }
    bool failed() const { return failed_; }
    Result<Ref<Str>> finish();                       // leaves the builder empty

private:
    bool reserve(std::size_t more, char32_t max);    // room and width
    void put(std::size_t i, char32_t point);
    Thread& t_;
    alignas(4) char own_[128];                       // where a short text needs no buffer
    char* data_ = own_;
    std::size_t length_ = 0, capacity_ = sizeof own_;  // in code points
    int width_ = 1;
    char32_t max_ = 0;                               // an or of what was added: kind of the result
    bool failed_ = false;
};

// Names that the runtime itself uses, interned and immortal: name::append, name::__init__, ...
#define NAME(identifier, text) identifier,
enum class Name : std::uint16_t {
#include "object/names.def"
};
#undef NAME
extern Str* name_table[];
inline Borrowed<Str> name_of(Name n) { return Borrowed<Str>(*name_table[int(n)]); }
#define NAME(identifier, text)                                                              \
    namespace name { inline Borrowed<Str> identifier() { return name_of(Name::identifier); } }
#include "object/names.def"
#undef NAME

}  // namespace oro
