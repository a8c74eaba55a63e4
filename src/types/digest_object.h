// What the modules _hashlib, _md5, _sha1, _sha2, _sha3 and _blake2 share: hash objects over platform/digest.h.
//
// The state of a hash object is behind a lock of its own, not the object's: it is held while large data are hashed with the thread
// detached, and who waits for it waits detached.
#pragma once
#include "memory/lock.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/define.h"
#include "object/detached.h"
#include "platform/digest.h"

namespace oro {

// From this size on data are hashed detached; the name under which CPython shows it is _GIL_MINSIZE.
inline constexpr std::size_t kDetachSize = 2048;

class HashLock {
public:
    HashLock(Thread& t, LockByte& lock) : lock_(lock) { oro::lock(t, lock_); }
    ~HashLock() { unlock(lock_); }
    HashLock(HashLock const&) = delete;

private:
    LockByte& lock_;
};
// Runs f, which touches no objects, detached if it has much to do.
template <class F> void hash_with(Thread& t, LockByte& lock, std::size_t size, F&& f) {
    HashLock held(t, lock);
    if (size < kDetachSize) return void(f());
    Detached detached(t);
    f();
}

struct DigestObject : Object {
    LockByte busy{0};
    Digest state;  // under `busy`
    explicit DigestObject(Digest d) : state(std::move(d)) {}
};

// What may be hashed: a buffer of one dimension.
Result<Buffer> hashable_buffer(Python& py, Borrowed<> v);
// The first data of constructors, which take them as `data` or, from of old, as `string`; null if there are none.
Result<Optional<>> initial_data(Thread& t, Optional<> data, Borrowed<> string);

Result<Ref<>> make_digest(Python& py, Type& type, Digest digest, Optional<> data);
Raised raise_crypto(Thread& t, Type& type);
Result<Ref<Str>> hex_of(Thread& t, std::string_view octets);

// update, digest, hexdigest, copy; then digest_size, block_size, name.
extern MethodDef const digest_methods[4];
// The same for functions of any length.
extern MethodDef const xof_methods[4];
Value get_digest_size(Python&, Value self);
Value get_block_size(Python&, Value self);
Value get_digest_name(Python& py, Value self);
inline constexpr GetSetDef digest_getsets[] = {
    {"digest_size", get_digest_size, nullptr, "bytes of the hash"},
    {"block_size", get_block_size, nullptr, "bytes that are hashed at once"},
    {"name", get_digest_name, nullptr, "the function's name"},
};

// A constructor `name(data=b'', *, usedforsecurity=True, string=None)`.
struct DigestName {
    char text[16] = {};
    template <std::size_t N> consteval DigestName(char const (&from)[N]) {
        for (std::size_t i = 0; i < N; ++i) text[i] = from[i];
    }
};
template <DigestName Name, Type& T>
Result<Ref<>> digest_constructor(Python& py, Optional<> data, bool, Borrowed<> string) {
    Optional<> first = TRY(initial_data(py, data, string));
    Digest digest{std::string_view(Name.text)};
    if (!digest.ok()) return raise_crypto(py, exc::ValueError);
    return make_digest(py, T, std::move(digest), first);
}
inline constexpr char const* kDigestSignature = "data=b'', *, usedforsecurity=True, string=None";

}  // namespace oro
