// _hashlib: the hash functions of OpenSSL, HMAC, and key derivation.
#include <climits>

#include "object/dict.h"
#include "object/set.h"
#include "types/digest_object.h"

namespace oro::hashlib {

namespace {

struct HashlibState : ModuleState {
    Fixed<> unsupported;         // UnsupportedDigestmodError
    Fixed<Dict> constructors;    // function -> name
    void trace(Visitor& v) override {
        v(unsupported);
        v(constructors);
    }
    void clear() override {
        unsupported.reset();
        constructors.reset();
    }
};

struct HmacObject : Object {
    LockByte busy{0};
    Mac state;                   // under `busy`
    Fixed<Str> digest_name;      // Python's
    HmacObject(Mac m, Ref<Str> name) : state(std::move(m)), digest_name(std::move(name)) {}
    static constexpr auto fields = std::tuple{&HmacObject::digest_name};
    static Type& type();
};

// ---- HASH and HASHXOF

Result<Ref<Str>> repr_hash(Thread& t, Borrowed<> self) {
    auto& o = *static_cast<DigestObject*>(self.value().pointer());
    char text[128];
    int n = std::snprintf(text, sizeof text, "<%s %s object @ 0x%llx>", o.state.name().c_str(), type_of(self).def->name,
                          static_cast<unsigned long long>(self.value().bits));
    return make_str(t, std::string_view(text, std::size_t(n)));
}

constexpr SlotDef kHashSlots[] = {slot<Dunder::repr, repr_hash>};

constexpr TypeDef kHashDef{
    .name = "_hashlib.HASH",
    .doc = "A hash function and the data so far.",
    .signature = "name, string=b''",
    .size = sizeof(DigestObject),
    .flags = type_flag::subclassable | type_flag::disallow_new,
    .hooks = hooks_of<DigestObject>(),
    .methods = digest_methods,
    .slots = kHashSlots,
    .getsets = digest_getsets,
};
ORO_TYPE(hash_type, kHashDef);

constexpr TypeDef kXofDef{
    .name = "_hashlib.HASHXOF",
    .doc = "A hash function of any length and the data so far.",
    .signature = "name, string=b''",
    .base = &hash_type,
    .size = sizeof(DigestObject),
    .flags = type_flag::subclassable | type_flag::disallow_new,
    .hooks = hooks_of<DigestObject>(),
    .methods = xof_methods,
};
ORO_TYPE(xof_type, kXofDef);

Raised raise_unsupported(Python& py, HashlibState& state) {
    CryptoError error = take_crypto_error();
    if (error.no_memory) return raise_no_memory(py);
    Ref<Str> text = TRY(make_str(py, std::string_view(error.text)));
    Ref<> exception = TRY(call_with(py, *state.unsupported, text));
    return raise_object(py, std::move(exception));
}

Result<Ref<>> new_digest(Python& py, HashlibState& state, std::string_view name, Optional<> data, Borrowed<> string) {
    Optional<> first = TRY(initial_data(py, data, string));
    Digest digest(name);
    if (!digest.ok()) return raise_unsupported(py, state);
    Type& type = digest.any_length() ? xof_type : hash_type;
    return make_digest(py, type, std::move(digest), first);
}

Result<Ref<>> new_by_name(Python& py, HashlibState& state, std::string_view name, Optional<> data, bool, Borrowed<> string) {
    return new_digest(py, state, name, data, string);
}

template <DigestName Name>
Result<Ref<>> new_named(Python& py, HashlibState& state, Optional<> data, bool, Borrowed<> string) {
    return new_digest(py, state, Name.text, data, string);
}

// ---- HMAC

// The name that `digestmod` stands for: a str, or one of this module's constructors.
Result<Ref<Str>> digest_name_of(Python& py, HashlibState& state, Borrowed<> digestmod) {
    if (is<Str>(digestmod)) return as<Str>(digestmod.share());
    Maybe<> name;
    if (is_callable(digestmod)) name = TRY(dict_get_item(py, *state.constructors, digestmod));
    if (name) return as<Str>(std::move(name).take());
    Ref<Str> shown = TRY(repr(py, digestmod));
    Ref<Str> text = TRY(format_message(py, "Unsupported digestmod {}", {MessageArg(shown)}));
    Ref<> exception = TRY(call_with(py, *state.unsupported, text));
    return raise_object(py, std::move(exception));
}

Result<Mac> make_mac(Python& py, HashlibState& state, Borrowed<Str> name, std::string_view key) {
    std::string_view text = TRY(utf8_of(py, name));
    Digest digest(text);
    if (!digest.ok()) return raise_unsupported(py, state);
    Mac mac(text, key);
    if (!mac.ok()) return raise_crypto(py, exc::ValueError);
    return mac;
}

Result<void> feed(Python& py, HmacObject& o, Borrowed<> data) {
    Buffer buffer = TRY(hashable_buffer(py, data));
    bool done = false;
    hash_with(py, o.busy, buffer.size, [&] { done = o.state.update(buffer.bytes()); });
    if (!done) return raise_crypto(py, exc::ValueError);
    return {};
}

Result<Ref<>> hmac_new(Python& py, HashlibState& state, BytesLike const& key, Optional<> msg, Borrowed<> digestmod) {
    if (digestmod.is(kNone)) return raise(py, exc::TypeError, "Missing required parameter 'digestmod'.");
    Ref<Str> name = TRY(digest_name_of(py, state, digestmod));
    Mac mac = TRY(make_mac(py, state, name, key.view()));
    Ref<HmacObject> o = TRY(make<HmacObject>(py, HmacObject::type(), std::move(mac), std::move(name)));
    if (msg && !(*msg).is(kNone)) CHECK(feed(py, *o, *msg));
    return o;
}

Result<Ref<Bytes>> hmac_digest(Python& py, HashlibState& state, BytesLike const& key, BytesLike const& msg, Borrowed<> digest) {
    Ref<Str> name = TRY(digest_name_of(py, state, digest));
    Mac mac = TRY(make_mac(py, state, name, key.view()));
    Ref<Bytes> result = TRY(make_bytes_uninitialized(py, std::size_t(mac.digest_size())));
    bool done = false;
    auto work = [&] { done = mac.update(msg.view()) && mac.digest(reinterpret_cast<std::uint8_t*>(result->data)); };
    if (msg.view().size() < kDetachSize) {
        work();
    } else {
        Detached detached(py);
        work();
    }
    if (!done) return raise_crypto(py, exc::ValueError);
    return result;
}

Result<void> hmac_update(Python& py, Borrowed<HmacObject> self, Borrowed<> msg) { return feed(py, *self, msg); }

Result<Ref<>> hmac_copy(Python& py, Borrowed<HmacObject> self) {
    Mac fork;
    {
        HashLock held(py, self->busy);
        fork = self->state.copy();
    }
    if (!fork.ok()) return raise_crypto(py, exc::ValueError);
    return make<HmacObject>(py, type_of(self), std::move(fork), self->digest_name.share());
}

Result<Ref<Bytes>> hmac_result(Python& py, Borrowed<HmacObject> self) {
    Ref<Bytes> result = TRY(make_bytes_uninitialized(py, std::size_t(self->state.digest_size())));
    bool done = false;
    hash_with(py, self->busy, 0, [&] { done = self->state.digest(reinterpret_cast<std::uint8_t*>(result->data)); });
    if (!done) return raise_crypto(py, exc::ValueError);
    return result;
}
Result<Ref<Str>> hmac_hexdigest(Python& py, Borrowed<HmacObject> self) {
    Ref<Bytes> result = TRY(hmac_result(py, self));
    return hex_of(py, result->view());
}

Result<Ref<Str>> repr_hmac(Thread& t, Borrowed<HmacObject> self) {
    char text[32];
    int n = std::snprintf(text, sizeof text, " HMAC object @ 0x%llx>", static_cast<unsigned long long>(self.value().bits));
    return format_message(t, "<{}{}", {MessageArg(*self->digest_name), MessageArg(std::string_view(text, std::size_t(n)))});
}

HmacObject& hmac_of(Value self) { return *static_cast<HmacObject*>(self.pointer()); }
Value get_hmac_size(Python&, Value self) { return Value::of_int(hmac_of(self).state.digest_size()); }
Value get_hmac_block(Python&, Value self) { return Value::of_int(hmac_of(self).state.block_size()); }
Value get_hmac_name(Python& py, Value self) {
    return format_message(py, "hmac-{}", {MessageArg(*hmac_of(self).digest_name)}).release();
}

constexpr MethodDef kHmacMethods[] = {
    def<hmac_update>("update", "msg", "Take in more of the message."),
    def<hmac_result>("digest", "", "The code of the message so far, as bytes."),
    def<hmac_hexdigest>("hexdigest", "", "The code of the message so far, in hexadecimal."),
    def<hmac_copy>("copy", "", "A copy that goes its own way."),
};
constexpr SlotDef kHmacSlots[] = {slot<Dunder::repr, repr_hmac>};
constexpr GetSetDef kHmacGetSets[] = {
    {"digest_size", get_hmac_size, nullptr, "bytes of the code"},
    {"block_size", get_hmac_block, nullptr, "bytes that are hashed at once"},
    {"name", get_hmac_name, nullptr, "'hmac-' and the hash function's name"},
};
constexpr TypeDef kHmacDef{
    .name = "_hashlib.HMAC",
    .doc = "A keyed hash function and the message so far.",
    .size = sizeof(HmacObject),
    .flags = type_flag::disallow_new,
    .hooks = hooks_of<HmacObject>(),
    .methods = kHmacMethods,
    .slots = kHmacSlots,
    .getsets = kHmacGetSets,
};
ORO_TYPE(hmac_type, kHmacDef);
Type& HmacObject::type() { return hmac_type; }

// ---- key derivation and comparison

Result<Ref<Bytes>> pbkdf2(Python& py, HashlibState& state, std::string_view hash_name, BytesLike const& password,
                          BytesLike const& salt, Borrowed<> iterations, Borrowed<> dklen) {
    if (!is_digest(hash_name)) return raise_unsupported(py, state);
    if (password.view().size() > INT_MAX) return raise(py, exc::OverflowError, "password is too long.");
    if (salt.view().size() > INT_MAX) return raise(py, exc::OverflowError, "salt is too long.");
    std::int64_t rounds = TRY(to_c_long(py, iterations));
    if (rounds < 1) return raise(py, exc::ValueError, "iteration value must be greater than 0.");
    if (rounds > INT_MAX) return raise(py, exc::OverflowError, "iteration value is too great.");
    std::int64_t size;
    if (dklen.is(kNone)) {
        size = Digest(hash_name).digest_size();
    } else {
        size = TRY(to_c_long(py, dklen));
    }
    if (size < 1) return raise(py, exc::ValueError, "key length must be greater than 0.");
    if (size > INT_MAX) return raise(py, exc::OverflowError, "key length is too great.");
    Ref<Bytes> key = TRY(make_bytes_uninitialized(py, std::size_t(size)));
    std::string name(hash_name);
    bool done;
    {
        Detached detached(py);
        done = pbkdf2_hmac(name, password.view(), salt.view(), int(rounds), reinterpret_cast<std::uint8_t*>(key->data), std::size_t(size));
    }
    if (!done) return raise_crypto(py, exc::ValueError);
    return key;
}

Result<Ref<Bytes>> scrypt_key(Python& py, BytesLike const& password, BytesLike const& salt, Borrowed<> n, Borrowed<> r, Borrowed<> p,
                              std::int64_t maxmem, std::int64_t dklen) {
    if (password.view().size() > INT_MAX) return raise(py, exc::OverflowError, "password is too long.");
    if (salt.view().size() > INT_MAX) return raise(py, exc::OverflowError, "salt is too long.");
    std::uint64_t cost = TRY(to_c_unsigned_long(py, n));
    std::uint64_t block = TRY(to_c_unsigned_long(py, r));
    std::uint64_t parallel = TRY(to_c_unsigned_long(py, p));
    if (cost < 2 || (cost & (cost - 1)) != 0) return raise(py, exc::ValueError, "n must be a power of 2.");
    if (maxmem < 0 || maxmem > INT_MAX) return raise(py, exc::ValueError, "maxmem must be positive and smaller than {}", INT_MAX);
    if (dklen < 1 || dklen > INT_MAX) return raise(py, exc::ValueError, "dklen must be greater than 0 and smaller than {}", INT_MAX);
    if (!scrypt({}, {}, cost, block, parallel, std::uint64_t(maxmem), nullptr, 0)) {
        // OpenSSL tells a reason for too little memory, but none for numbers that don't go together.
        CryptoError error = take_crypto_error();
        if (error.text == "no reason supplied") {
            return raise(py, exc::ValueError, "Invalid parameter combination for n, r, p, maxmem.");
        }
        return raise(py, exc::ValueError, "{}", std::string_view(error.text));
    }
    Ref<Bytes> key = TRY(make_bytes_uninitialized(py, std::size_t(dklen)));
    bool done;
    {
        Detached detached(py);
        done = scrypt(password.view(), salt.view(), cost, block, parallel, std::uint64_t(maxmem),
                      reinterpret_cast<std::uint8_t*>(key->data), std::size_t(dklen));
    }
    if (!done) return raise_crypto(py, exc::ValueError);
    return key;
}

Result<bool> compare_digest(Python& py, Borrowed<> a, Borrowed<> b) {
    if (is<Str>(a) && is<Str>(b)) {
        if (!as<Str>(a)->is_ascii() || !as<Str>(b)->is_ascii()) {
            return raise(py, exc::TypeError, "comparing strings with non-ASCII characters is not supported");
        }
        return constant_time_equal(as<Str>(a)->ascii(), as<Str>(b)->ascii());
    }
    if (!has_buffer(py, a) && !has_buffer(py, b)) {
        return raise(py, exc::TypeError, "unsupported operand types(s) or combination of types: '{}' and '{}'", TypeName{a.value()},
                     TypeName{b.value()});
    }
    Buffer x = TRY(get_buffer(py, a));
    if (x.dims > 1) return raise(py, exc::BufferError, "Buffer must be single dimension");
    Buffer y = TRY(get_buffer(py, b));
    if (y.dims > 1) return raise(py, exc::BufferError, "Buffer must be single dimension");
    return constant_time_equal(x.bytes(), y.bytes());
}

std::int64_t get_fips_mode(Thread&) { return fips_enabled(); }

constexpr char const* kConstructors[] = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384",
                                         "sha3_512", "shake_128", "shake_256"};

Result<void> setup(Python& py, Module& m) {
    auto& state = *static_cast<HashlibState*>(m.state);
    Ref<Str> name = TRY(make_str(py, std::string_view("UnsupportedDigestmodError")));
    Ref<Tuple> bases = TRY(make_tuple_of(py, share(Value::of(&exc::ValueError))));
    Ref<Dict> body = TRY(make_dict(py));
    Ref<Str> module_name = TRY(make_str(py, std::string_view("_hashlib")));
    CHECK(dict_set(py, *body, name::dunder_module(), std::move(module_name)));
    Ref<> error = TRY(call_with(py, Borrowed<>(Value::of(&type_type)), name, bases, body));
    state.unsupported.init(error.share());
    CHECK(add_to_module(py, m, "UnsupportedDigestmodError", std::move(error)));
    Ref<Dict> constructors = TRY(make_dict(py));
    for (char const* function : kConstructors) {
        Ref<Str> key = TRY(make_str(py, std::string_view("openssl_" + std::string(function))));
        Maybe<> f = dict_get(py, **m.dict, key);
        Ref<Str> value = TRY(make_str(py, std::string_view(function)));
        if (f) CHECK(dict_set_item(py, constructors, *f, std::move(value)));
    }
    state.constructors.init(constructors.share());
    CHECK(add_to_module(py, m, "_constructors", std::move(constructors)));
    Ref<Set> names = TRY(make_set(py, FrozenSet::type()));
    for (std::string const& digest : digest_names()) {
        Ref<Str> text = TRY(make_str(py, std::string_view(digest)));
        CHECK(set_add(py, names, text));
    }
    CHECK(add_to_module(py, m, "openssl_md_meth_names", std::move(names)));
    for (Type* type : {&hash_type, &xof_type, &hmac_type}) CHECK(add_type_to_module(py, m, *type));
    return add_to_module(py, m, "_GIL_MINSIZE", Ref<>::immediate(Value::of_int(kDetachSize)));
}

template <DigestName Name> consteval MethodDef constructor(char const* name, char const* doc) {
    return function<new_named<Name>>(name, "data=b'', *, usedforsecurity=True, string=None", doc);
}

constexpr MethodDef kFunctions[] = {
    function<new_by_name>("new", "name, data=b'', *, usedforsecurity=True, string=None", "A hash object of the function of that name."),
    constructor<"md5">("openssl_md5", "A hash object of MD5."),
    constructor<"sha1">("openssl_sha1", "A hash object of SHA-1."),
    constructor<"sha224">("openssl_sha224", "A hash object of SHA-224."),
    constructor<"sha256">("openssl_sha256", "A hash object of SHA-256."),
    constructor<"sha384">("openssl_sha384", "A hash object of SHA-384."),
    constructor<"sha512">("openssl_sha512", "A hash object of SHA-512."),
    constructor<"sha3_224">("openssl_sha3_224", "A hash object of SHA3-224."),
    constructor<"sha3_256">("openssl_sha3_256", "A hash object of SHA3-256."),
    constructor<"sha3_384">("openssl_sha3_384", "A hash object of SHA3-384."),
    constructor<"sha3_512">("openssl_sha3_512", "A hash object of SHA3-512."),
    constructor<"shake_128">("openssl_shake_128", "A hash object of SHAKE128, of any length."),
    constructor<"shake_256">("openssl_shake_256", "A hash object of SHAKE256, of any length."),
    function<hmac_new>("hmac_new", "key, msg=b'', digestmod=None", "An HMAC object."),
    function<hmac_digest>("hmac_digest", "key, msg, digest", "The HMAC of a message, at once."),
    function<pbkdf2>("pbkdf2_hmac", "hash_name, password, salt, iterations, dklen=None", "A key out of a password, by PBKDF2 with HMAC."),
    function<scrypt_key>("scrypt", "password, *, salt, n, r, p, maxmem=0, dklen=64", "A key out of a password, by scrypt."),
    function<compare_digest>("compare_digest", "a, b, /", "Whether two byte strings, or strings of ASCII, are equal: in a time that doesn't tell where they differ."),
    function<get_fips_mode>("get_fips_mode", "", "Whether OpenSSL is in FIPS mode."),
};

}  // namespace

ORO_MODULE(hashlib_module, .name = "_hashlib", .doc = "Hash functions of OpenSSL.", .functions = kFunctions, .setup = setup,
           .state_size = sizeof(HashlibState), .make_state = state_maker<HashlibState>);

}  // namespace oro::hashlib
