// _sha3: SHA-3 and SHAKE with an interface of their own, for hashlib where _hashlib doesn't have them.
#include "types/digest_object.h"

namespace oro::sha3_module {

namespace {

DigestObject& object_of(Value self) { return *static_cast<DigestObject*>(self.pointer()); }

template <DigestName Name> Value construct(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        static constexpr char const* kNames[] = {"data", "usedforsecurity", "string"};
        Value out[3];
        CHECK(parse_arguments(py, Name.text, kNames, 0, 1, 0, args, n, names, out));
        Borrowed<> string = out[2].is_null() ? none : Borrowed<>(out[2]);
        Optional<> data = TRY(initial_data(py, Optional<>(out[0]), string));
        Digest digest{std::string_view(Name.text)};
        if (!digest.ok()) return raise_crypto(py, exc::ValueError);
        return make_digest(py, type, std::move(digest), data);
    };
    return run().release();
}

// Of the sponge's 1600 bits the rate takes in data, and the capacity never shows.
Value get_rate(Python&, Value self) { return Value::of_int(object_of(self).state.block_size() * 8); }
Value get_capacity(Python&, Value self) { return Value::of_int(1600 - object_of(self).state.block_size() * 8); }
Value get_suffix(Python& py, Value self) {
    return make_bytes(py, object_of(self).state.any_length() ? std::string_view("\x1f") : std::string_view("\x06")).release();
}

constexpr GetSetDef kGetSets[] = {
    digest_getsets[0],
    digest_getsets[1],
    digest_getsets[2],
    {"_capacity_bits", get_capacity, nullptr, "bits of the state that never show"},
    {"_rate_bits", get_rate, nullptr, "bits of the state that take in data"},
    {"_suffix", get_suffix, nullptr, "what follows the data"},
};

constexpr TypeDef type_def(char const* name, char const* doc, NewFn new_, std::span<MethodDef const> methods) {
    return {
        .name = name,
        .doc = doc,
        .signature = kDigestSignature,
        .size = sizeof(DigestObject),
        .hooks = hooks_of<DigestObject>(),
        .new_ = new_,
        .methods = methods,
        .getsets = kGetSets,
    };
}
constexpr TypeDef k224 = type_def("_sha3.sha3_224", "SHA3-224.", construct<"sha3_224">, digest_methods);
constexpr TypeDef k256 = type_def("_sha3.sha3_256", "SHA3-256.", construct<"sha3_256">, digest_methods);
constexpr TypeDef k384 = type_def("_sha3.sha3_384", "SHA3-384.", construct<"sha3_384">, digest_methods);
constexpr TypeDef k512 = type_def("_sha3.sha3_512", "SHA3-512.", construct<"sha3_512">, digest_methods);
constexpr TypeDef kShake128 = type_def("_sha3.shake_128", "SHAKE128: a hash of any length.", construct<"shake_128">, xof_methods);
constexpr TypeDef kShake256 = type_def("_sha3.shake_256", "SHAKE256: a hash of any length.", construct<"shake_256">, xof_methods);

}  // namespace

ORO_TYPE(sha3_224_type, k224);
ORO_TYPE(sha3_256_type, k256);
ORO_TYPE(sha3_384_type, k384);
ORO_TYPE(sha3_512_type, k512);
ORO_TYPE(shake_128_type, kShake128);
ORO_TYPE(shake_256_type, kShake256);

namespace {

Result<void> setup(Python& py, Module& m) {
    for (Type* type : {&sha3_224_type, &sha3_256_type, &sha3_384_type, &sha3_512_type, &shake_128_type, &shake_256_type}) {
        CHECK(add_type_to_module(py, m, *type));
    }
    Ref<Str> implementation = TRY(make_str(py, std::string_view("OpenSSL")));
    CHECK(add_to_module(py, m, "implementation", std::move(implementation)));
    return add_to_module(py, m, "_GIL_MINSIZE", Ref<>::immediate(Value::of_int(kDetachSize)));
}

}  // namespace

ORO_MODULE(sha3_module_def, .name = "_sha3", .doc = "SHA-3 and SHAKE.", .setup = setup);

}  // namespace oro::sha3_module
