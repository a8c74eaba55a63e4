// Identifiers of one syntax tree, interned: two are equal exactly when they are the same pointer.
//
// Not thread-safe: an interner belongs to one parse or one compilation, as its arena does.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/arena.h"

namespace oro::syntax {

// What an identifier points to; the text (NFKC-normalised UTF-8) lies in the arena.
struct InternedName {
    std::string_view text;
    std::uint64_t hash;
    InternedName* next;
};

// An interned name, or none. Cheap to copy; compare identifiers of one interner only.
class Identifier {
public:
    constexpr Identifier() = default;
    constexpr explicit Identifier(const InternedName* entry) : entry_(entry) {}

    constexpr explicit operator bool() const { return entry_ != nullptr; }
    constexpr std::string_view text() const { return entry_ ? entry_->text : std::string_view{}; }
    constexpr operator std::string_view() const { return text(); }
    constexpr const InternedName* entry() const { return entry_; }
    std::uint64_t hash() const { return entry_ ? entry_->hash : 0; }

    friend constexpr bool operator==(Identifier a, Identifier b) { return a.entry_ == b.entry_; }
    friend bool operator==(Identifier a, std::string_view b) { return a.text() == b; }

private:
    const InternedName* entry_ = nullptr;
};

class Interner {
public:
    explicit Interner(Arena& arena) : arena_(arena) {}
    Interner(const Interner&) = delete;
    Interner& operator=(const Interner&) = delete;

    Identifier intern(std::string_view text) {
        std::uint64_t h = hash(text);
        if (!buckets_) grow(kFirstBuckets);
        for (InternedName* e = buckets_[h & mask_]; e; e = e->next)
            if (e->hash == h && e->text == text) return Identifier(e);
        if (++count_ > mask_ + 1) grow((mask_ + 1) * 2);
        auto* entry = arena_.make<InternedName>(arena_.copy(text), h, buckets_[h & mask_]);
        buckets_[h & mask_] = entry;
        return Identifier(entry);
    }

private:
    static std::uint64_t hash(std::string_view text) {
        // FNV-1a with a final mix; identifiers are short.
        std::uint64_t h = 0xcbf29ce484222325u;
        for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
        return h ^ (h >> 29);
    }

    void grow(std::size_t size) {
        auto fresh = arena_.make_array<InternedName*>(size);
        for (std::size_t i = 0; buckets_ && i <= mask_; ++i) {
            for (InternedName* e = buckets_[i]; e;) {
                InternedName* next = e->next;
                InternedName*& head = fresh[e->hash & (size - 1)];
                e->next = head;
                head = e;
                e = next;
            }
        }
        buckets_ = fresh.data();
        mask_ = size - 1;
    }

    static constexpr std::size_t kFirstBuckets = 64;

    Arena& arena_;
    InternedName** buckets_ = nullptr;
    std::size_t mask_ = 0;
    std::size_t count_ = 0;
};

}  // namespace oro::syntax
