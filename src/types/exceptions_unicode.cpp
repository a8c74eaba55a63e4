// UnicodeEncodeError, UnicodeDecodeError and UnicodeTranslateError.
#include "object/bytes.h"
#include "types/exceptions.h"

namespace oro::exceptions {
namespace {

enum class Kind { encode, decode, translate };

Raised wrong_argument(Thread& t, std::size_t index, Value got) {
    return raise(t, exc::TypeError, "argument {} must be str, not {}", index + 1, TypeName{got});
}

// The octets of what is given for `object`: bytes, or anything with a buffer.
Result<Ref<>> octets_of(Python& py, Value v) {
    if (is<Bytes>(v)) return share(v);
    Maybe<> has_buffer = TRY(find_special(py, Borrowed<>(v), TRY(make_str(py, std::string_view("__buffer__")))));
    if (!has_buffer) return raise(py, exc::TypeError, "a bytes-like object is required, not '{}'", TypeName{v});
    return call_with(py, Borrowed<>(Value::of(&Bytes::type())), Borrowed<>(v));
}

template <Kind K> Result<void> fill(Python& py, UnicodeErrorFields& e, Value const* args, std::size_t n) {
    constexpr std::size_t kFirst = K == Kind::translate ? 0 : 1, kCount = kFirst + 4;
    CHECK(set_args(py, e, args, n));
    if (n != kCount) return raise(py, exc::TypeError, "function takes exactly {} arguments ({} given)", kCount, n);
    if (K != Kind::translate && !is<Str>(args[0])) return wrong_argument(py, 0, args[0]);
    if (K != Kind::decode && !is<Str>(args[kFirst])) return wrong_argument(py, kFirst, args[kFirst]);
    std::int64_t start = TRY(to_int64(py, Borrowed<>(args[kFirst + 1]), &exc::OverflowError));
    std::int64_t end = TRY(to_int64(py, Borrowed<>(args[kFirst + 2]), &exc::OverflowError));
    if (!is<Str>(args[kFirst + 3])) return wrong_argument(py, kFirst + 3, args[kFirst + 3]);
    Ref<> object = K == Kind::decode ? TRY(octets_of(py, args[kFirst])) : share(args[kFirst]);
    if (K != Kind::translate) e.encoding.store(&e, share(args[0]));
    e.object.store(&e, std::move(object));
    e.start.store(start, std::memory_order_relaxed);
    e.end.store(end, std::memory_order_relaxed);
    e.reason.store(&e, share(args[kFirst + 3]));
    return {};
}

template <Kind K> Value init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    auto& e = static_cast<UnicodeErrorFields&>(exception_of(self));
    if (no_keywords(py, e, names).raised()) return {};
    return done(fill<K>(py, e, args, n));
}

void add_hex(StrBuilder& out, std::uint32_t n, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out.add(char32_t("0123456789abcdef"[n >> shift & 15]));
}

void add_number(StrBuilder& out, std::int64_t n) { out.add(std::to_string(n)); }

template <Kind K> Result<Ref<Str>> text(Python& py, Borrowed<UnicodeErrorFields> self) {
    Maybe<> object = self->object.load(self.get()), encoding = self->encoding.load(self.get()), reason = self->reason.load(self.get());
    if (!object) return empty_str();  // __init__ has not run
    Ref<Str> why = TRY(reason ? str(py, *reason) : str(py, none)), codec = TRY(encoding ? str(py, *encoding) : str(py, none));
    // Showing them may have changed the exception.
    object = self->object.load(self.get());
    if (!object) return raise(py, exc::TypeError, "UnicodeError 'object' attribute is not set");
    std::int64_t start = self->start.load(std::memory_order_relaxed), end = self->end.load(std::memory_order_relaxed);
    std::int64_t size = 0;
    if (K == Kind::decode) {
        if (!is<Bytes>(*object)) return raise(py, exc::TypeError, "UnicodeError 'object' attribute must be a bytes");
        size = std::int64_t(as<Bytes>(*object)->size);
    } else {
        if (!is<Str>(*object)) return raise(py, exc::TypeError, "UnicodeError 'object' attribute must be a string");
        size = std::int64_t(as<Str>(*object)->length());
    }
    StrBuilder out(py);
    if (K != Kind::translate) {
        out.add(U'\'');
        out.add(*codec);
        out.add(K == Kind::encode ? "' codec can't encode" : "' codec can't decode");
    } else out.add("can't translate");
    if (start >= 0 && start < size && end >= 0 && end <= size && end == start + 1) {
        if (K == Kind::decode) {
            out.add(" byte 0x");
            add_hex(out, std::uint8_t(as<Bytes>(*object)->data[start]), 2);
        } else {
            char32_t c = as<Str>(*object)->at(std::size_t(start));
            out.add(c <= 0xFF ? " character '\\x" : c <= 0xFFFF ? " character '\\u" : " character '\\U");
            add_hex(out, c, c <= 0xFF ? 2 : c <= 0xFFFF ? 4 : 8);
            out.add(U'\'');
        }
        out.add(" in position ");
        add_number(out, start);
    } else {
        out.add(K == Kind::decode ? " bytes in position " : " characters in position ");
        add_number(out, start);
        out.add(U'-');
        add_number(out, end - 1);
    }
    out.add(": ");
    out.add(*why);
    return out.finish();
}

template <auto Field> Value get_number(Python& py, Value self) {
    return make_int(py, (static_cast<UnicodeErrorFields&>(exception_of(self)).*Field).load()).release();
}
template <auto Field> Value set_number(Python& py, Value self, Value value) {
    if (value.is_null()) {
        (void)raise(py, exc::TypeError, "can't delete numeric/char attribute");
        return {};
    }
    if (!is_any_int(value)) {
        (void)raise(py, exc::TypeError, "an integer is required");
        return {};
    }
    Result<std::int64_t> n = to_int64(py, Borrowed<>(value), &exc::OverflowError);
    if (n.raised()) return {};
    (static_cast<UnicodeErrorFields&>(exception_of(self)).*Field).store(std::move(n).take());
    return kNone;
}

using Fields = UnicodeErrorFields;
template <Kind K> constexpr SlotDef slots[] = {slot<Dunder::str, text<K>>};
constexpr GetSetDef getsets[] = {
    field<Fields, &Fields::encoding>("encoding", "The encoding."),
    field<Fields, &Fields::object>("object", "What was to be converted."),
    {"start", get_number<&Fields::start>, set_number<&Fields::start>, "Where the trouble begins."},
    {"end", get_number<&Fields::end>, set_number<&Fields::end>, "Where it ends."},
    field<Fields, &Fields::reason>("reason", "What is wrong."),
};

}  // namespace
}  // namespace oro::exceptions

#define UNICODE_ERROR(Name, kind, doc)                                                                                      \
    ORO_EXCEPTION(Name, UnicodeError, UnicodeErrorFields, doc, .new_ = exceptions::exception_new<oro::UnicodeErrorFields>, \
                  .init = exceptions::init<exceptions::Kind::kind>, .slots = exceptions::slots<exceptions::Kind::kind>,   \
                  .getsets = exceptions::getsets)
ORO_EXCEPTION(UnicodeError, ValueError, BaseException, "An error in text or its encoding.")
UNICODE_ERROR(UnicodeEncodeError, encode, "Text could not be encoded.")
UNICODE_ERROR(UnicodeDecodeError, decode, "Octets could not be decoded.")
UNICODE_ERROR(UnicodeTranslateError, translate, "Text could not be translated.")
