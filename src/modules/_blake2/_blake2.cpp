// _blake2: BLAKE2 with keys, salts and the tree mode, on base/blake2.h.
#include "base/blake2.h"
#include "object/dict.h"
#include "types/digest_object.h"

namespace oro::blake2_module {

namespace {

template <class Hash> struct Names;
template <> struct Names<Blake2b> {
    static constexpr char const* function = "blake2b";
    static constexpr char const* title = "Blake2b";
};
template <> struct Names<Blake2s> {
    static constexpr char const* function = "blake2s";
    static constexpr char const* title = "Blake2s";
};

template <class Hash> struct Blake2Object : Object {
    LockByte busy{0};
    Hash state;  // under `busy`
    explicit Blake2Object(Hash const& h) : state(h) {}
};

template <class Hash> Blake2Object<Hash>& object_of(Borrowed<> self) {
    return *static_cast<Blake2Object<Hash>*>(self.value().pointer());
}

template <class Hash> Result<void> update(Python& py, Borrowed<> self, Borrowed<> data) {
    Blake2Object<Hash>& o = object_of<Hash>(self);
    Buffer buffer = TRY(hashable_buffer(py, data));
    hash_with(py, o.busy, buffer.size, [&] { o.state.update(buffer.bytes()); });
    return {};
}

template <class Hash> Result<Ref<>> copy(Python& py, Borrowed<> self) {
    Blake2Object<Hash>& o = object_of<Hash>(self);
    Hash state = [&] {
        HashLock held(py, o.busy);
        return o.state;
    }();
    return make<Blake2Object<Hash>>(py, type_of(self), state);
}

template <class Hash> Result<Ref<Bytes>> digest(Python& py, Borrowed<> self) {
    Blake2Object<Hash>& o = object_of<Hash>(self);
    Ref<Bytes> result = TRY(make_bytes_uninitialized(py, std::size_t(o.state.digest_size())));
    HashLock held(py, o.busy);
    o.state.digest(reinterpret_cast<std::uint8_t*>(result->data));
    return result;
}
template <class Hash> Result<Ref<Str>> hexdigest(Python& py, Borrowed<> self) {
    Ref<Bytes> result = TRY(digest<Hash>(py, self));
    return hex_of(py, result->view());
}

// ---- construction

enum Parameter { data, digest_size, key, salt, person, fanout, depth, leaf_size, node_offset, node_depth, inner_size, last_node, usedforsecurity, string, count };
constexpr char const* kParameters[count] = {"data",        "digest_size", "key",        "salt",      "person",          "fanout", "depth", "leaf_size",
                                            "node_offset", "node_depth",  "inner_size", "last_node", "usedforsecurity", "string"};

Result<int> small_number(Python& py, Value v, int otherwise) {
    if (v.is_null()) return otherwise;
    std::int64_t n = TRY(to_c_long(py, Borrowed<>(v)));
    if (n != int(n)) {
        return raise(py, exc::OverflowError, n < 0 ? "signed integer is less than minimum" : "signed integer is greater than maximum");
    }
    return int(n);
}

Result<std::uint64_t> large_number(Python& py, Value v) {
    if (v.is_null()) return std::uint64_t(0);
    Ref<> n = TRY(to_index(py, Borrowed<>(v)));
    if (int_is_negative(n.value())) return raise(py, exc::ValueError, "Cannot convert negative int");
    std::uint64_t word;
    if (!to_uint64(PlainInt(n.value()), word)) {
        return raise(py, exc::OverflowError, "Python int too large for C unsigned long long");
    }
    return word;
}

Result<Buffer> octets(Python& py, Value v, int most, char const* what) {
    Buffer buffer;
    if (v.is_null()) return buffer;
    buffer = TRY(get_buffer(py, Borrowed<>(v)));
    if (buffer.size > std::size_t(most)) return raise(py, exc::ValueError, "maximum {} length is {} bytes", what, most);
    return buffer;
}

template <class Hash> Result<Ref<>> construct(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    Value out[count];
    CHECK(parse_arguments(py, Names<Hash>::function, kParameters, 0, 1, 0, args, n, names, out));
    Optional<> first = TRY(initial_data(py, Optional<>(out[data]), out[string].is_null() ? none : Borrowed<>(out[string])));
    Blake2Params p;
    p.digest_size = TRY(small_number(py, out[digest_size], Hash::kMaxDigest));
    p.fanout = TRY(small_number(py, out[fanout], 1));
    p.depth = TRY(small_number(py, out[depth], 1));
    std::uint64_t leaf = TRY(large_number(py, out[leaf_size]));
    p.node_offset = TRY(large_number(py, out[node_offset]));
    p.node_depth = TRY(small_number(py, out[node_depth], 0));
    p.inner_size = TRY(small_number(py, out[inner_size], 0));
    if (!out[last_node].is_null()) p.last_node = TRY(truth(py, Borrowed<>(out[last_node])));
    if (p.digest_size <= 0 || p.digest_size > Hash::kMaxDigest) {
        return raise(py, exc::ValueError, "digest_size for {} must be between 1 and {} bytes, here it is {}", Names<Hash>::title,
                     Hash::kMaxDigest, p.digest_size);
    }
    Buffer salt_octets = TRY(octets(py, out[salt], Hash::kSalt, "salt"));
    Buffer person_octets = TRY(octets(py, out[person], Hash::kPerson, "person"));
    if (p.fanout < 0 || p.fanout > 255) return raise(py, exc::ValueError, "fanout must be between 0 and 255");
    if (p.depth <= 0 || p.depth > 255) return raise(py, exc::ValueError, "depth must be between 1 and 255");
    if (leaf > UINT32_MAX) return raise(py, exc::OverflowError, "leaf_size is too large");
    p.leaf_size = std::uint32_t(leaf);
    if (p.node_offset > Hash::kMaxNodeOffset) return raise(py, exc::OverflowError, "node_offset is too large");
    if (p.node_depth < 0 || p.node_depth > 255) return raise(py, exc::ValueError, "node_depth must be between 0 and 255");
    if (p.inner_size < 0 || p.inner_size > Hash::kMaxDigest) {
        return raise(py, exc::ValueError, "inner_size must be between 0 and is {}", Hash::kMaxDigest);
    }
    Buffer key_octets = TRY(octets(py, out[key], Hash::kMaxKey, "key"));
    p.salt = salt_octets.bytes();
    p.person = person_octets.bytes();
    p.key = key_octets.bytes();
    Ref<> o = TRY(make<Blake2Object<Hash>>(py, type, Hash(p)));
    if (first) CHECK(update<Hash>(py, o, *first));
    return o;
}
template <class Hash> Value blake2_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct<Hash>(py, type, args, n, names).release();
}

template <class Hash> Value get_size(Python&, Value self) {
    return Value::of_int(object_of<Hash>(Borrowed<>(self)).state.digest_size());
}
template <class Hash> Value get_block_size(Python&, Value) { return Value::of_int(Hash::kBlock); }
template <class Hash> Value get_name(Python& py, Value) { return make_str(py, std::string_view(Names<Hash>::function)).release(); }

template <class Hash> constexpr MethodDef kMethods[] = {
    def<update<Hash>>("update", "data, /", "Hash more data."),
    def<digest<Hash>>("digest", "", "The hash of all data so far, as bytes."),
    def<hexdigest<Hash>>("hexdigest", "", "The hash of all data so far, in hexadecimal."),
    def<copy<Hash>>("copy", "", "A copy that goes its own way."),
};
template <class Hash> constexpr GetSetDef kGetSets[] = {
    {"digest_size", get_size<Hash>, nullptr, "bytes of the hash"},
    {"block_size", get_block_size<Hash>, nullptr, "bytes that are hashed at once"},
    {"name", get_name<Hash>, nullptr, "the function's name"},
};

template <class Hash> constexpr TypeDef type_def(char const* name, char const* doc, char const* signature) {
    return {
        .name = name,
        .doc = doc,
        .signature = signature,
        .size = sizeof(Blake2Object<Hash>),
        .flags = type_flag::subclassable,
        .hooks = hooks_of<Blake2Object<Hash>>(),
        .new_ = blake2_new<Hash>,
        .methods = kMethods<Hash>,
        .getsets = kGetSets<Hash>,
    };
}
#define ORO_TREE_PARAMETERS                                                                                             \
    "key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, "         \
    "last_node=False, usedforsecurity=True, string=None"
constexpr TypeDef k2b = type_def<Blake2b>("_blake2.blake2b", "A BLAKE2b hash object.",
                                          "data=b'', *, digest_size=_blake2.blake2b.MAX_DIGEST_SIZE, " ORO_TREE_PARAMETERS);
constexpr TypeDef k2s = type_def<Blake2s>("_blake2.blake2s", "A BLAKE2s hash object.",
                                          "data=b'', *, digest_size=_blake2.blake2s.MAX_DIGEST_SIZE, " ORO_TREE_PARAMETERS);
#undef ORO_TREE_PARAMETERS

}  // namespace

ORO_TYPE(blake2b_type, k2b);
ORO_TYPE(blake2s_type, k2s);

namespace {

template <class Hash> Result<void> add_type(Python& py, Module& m, Type& type, std::string const& prefix) {
    struct Constant {
        char const* name;
        int value;
    };
    for (Constant c : {Constant{"SALT_SIZE", Hash::kSalt}, Constant{"PERSON_SIZE", Hash::kPerson},
                       Constant{"MAX_KEY_SIZE", Hash::kMaxKey}, Constant{"MAX_DIGEST_SIZE", Hash::kMaxDigest}}) {
        Ref<Str> name = intern_immortal(py, c.name);
        CHECK(dict_set(py, **type.dict, name, Ref<>::immediate(Value::of_int(c.value))));
        CHECK(add_to_module(py, m, prefix + c.name, Ref<>::immediate(Value::of_int(c.value))));
    }
    return add_type_to_module(py, m, type);
}

Result<void> setup(Python& py, Module& m) {
    CHECK(add_type<Blake2b>(py, m, blake2b_type, "BLAKE2B_"));
    CHECK(add_type<Blake2s>(py, m, blake2s_type, "BLAKE2S_"));
    return add_to_module(py, m, "_GIL_MINSIZE", Ref<>::immediate(Value::of_int(kDetachSize)));
}

}  // namespace

ORO_MODULE(blake2_module_def, .name = "_blake2", .doc = "BLAKE2b and BLAKE2s.", .setup = setup);

}  // namespace oro::blake2_module
