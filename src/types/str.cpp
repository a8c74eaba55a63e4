#include "object/buffer.h"
#include "object/codecs.h"
#include "object/slice.h"
#include "types/str_methods.h"

namespace oro {

namespace {

using namespace str_methods;

// The same text as an instance of a subclass.
Result<Ref<Str>> copy_as(Thread& t, Type& type, Str const& s) {
    Ref<Str> copy = TRY(make_sized<Str>(t, type, s.extent(), s.length(), s.kind()));
    std::memcpy(copy->data(), s.data(), (s.length() + 1) * std::size_t(s.width()));
    return copy;
}

Result<std::string_view> name_argument(Python& py, Value v, char const* which) {
    if (v.is_null()) return std::string_view();
    if (!is<Str>(v)) return raise(py, exc::TypeError, "str() argument '{}' must be str, not {}", which, TypeName{v});
    return utf8_of(py, as<Str>(v));
}

Result<Ref<Str>> new_text(Python& py, Value object, Value encoding, Value errors) {
    if (object.is_null()) return empty_str();
    if (encoding.is_null() && errors.is_null()) return str(py, Borrowed<>(object));
    std::string_view encoding_name = TRY(name_argument(py, encoding, "encoding"));
    std::string_view errors_name = TRY(name_argument(py, errors, "errors"));
    if (is<Str>(object)) return raise(py, exc::TypeError, "decoding str is not supported");
    if (!has_buffer(py, Borrowed<>(object))) {
        return raise(py, exc::TypeError, "decoding to str: need a bytes-like object, {} found", TypeName{object});
    }
    Buffer buffer = TRY(get_buffer(py, Borrowed<>(object)));
    return decode_text(py, buffer.bytes(), encoding_name, errors_name);
}

Result<Ref<Str>> new_str(Python& py, Type& type, Value const* args, std::size_t positional, Tuple* keyword_names) {
    static constexpr char const* names[] = {"object", "encoding", "errors"};
    Value words[3] = {};
    if (!keyword_names && positional > 3) return raise(py, exc::TypeError, "str expected at most 3 arguments, got {}", positional);
    if (!keyword_names && positional == 1) words[0] = args[0];
    else CHECK(parse_arguments(py, "str", names, 0, 3, 0, args, positional, keyword_names, words));
    Ref<Str> made = TRY(new_text(py, words[0], words[1], words[2]));
    if (&type == &str_type) return made;
    return copy_as(py, type, *made);
}

Value new_thunk(Python& py, Type& type, Value const* args, std::size_t positional, Tuple* keyword_names) {
    return new_str(py, type, args, positional, keyword_names).release();
}

Result<Ref<>> to_str(Thread& t, Text s) { return TRY(exact(t, s)); }
std::int64_t length_of(Thread&, Text s) { return std::int64_t(s->length()); }
std::int64_t hash_text(Thread&, Text s) { return hash_of(*s.get()); }

Result<Ref<>> compare_to(Python&, Text a, Borrowed<> other, Compare op) {
    if (!is<Str>(other)) return Ref<>::immediate(kNotImplemented);
    Str const &x = *a.get(), &y = *as<Str>(other).get();
    bool result;
    if (op == Compare::eq || op == Compare::ne) {
        result = equal(x, y) == (op == Compare::eq);
    } else {
        int order = compare(x, y);
        result = op == Compare::lt ? order < 0 : op == Compare::le ? order <= 0 : op == Compare::gt ? order > 0 : order >= 0;
    }
    return Ref<>::immediate(Value::of_bool(result));
}

Result<Ref<>> get_at(Python& py, Text s, Borrowed<> key) {
    Value v = key.value();
    if (is_exact<Slice>(key)) {
        SliceBounds range = TRY(slice_bounds(py, *as<Slice>(key).get(), s->length()));
        if (range.step == 1) return TRY(substring(py, s, std::size_t(range.start), std::size_t(range.start + range.count)));
        std::int64_t at = range.start;
        if (s->is_ascii() && range.count > 1) {
            Ref<Str> picked = TRY(make_str_uninitialized(py, std::size_t(range.count), 0x7F));
            auto* from = static_cast<char const*>(s->data());
            auto* to = static_cast<char*>(picked->data());
            for (std::int64_t i = 0; i < range.count; ++i, at += range.step) to[i] = from[at];
            return picked;
        }
        StrBuilder out(py);
        for (std::int64_t i = 0; i < range.count; ++i, at += range.step) out.add(s->at(std::size_t(at)));
        return TRY(out.finish());
    }
    if (!v.is_int() && !is_any_int(v) && !type_of(v).slot(Dunder::index)) {
        return raise(py, exc::TypeError, "string indices must be integers, not '{}'", TypeName{v});
    }
    std::int64_t i = TRY(to_int64(py, key, &exc::IndexError)), n = std::int64_t(s->length());
    if (i < 0) i += n;
    if (i < 0 || i >= n) return raise(py, exc::IndexError, "string index out of range");
    return TRY(make_str_of(py, s->at(std::size_t(i))));
}

Result<Ref<>> add(Thread& t, Text a, Borrowed<> b) {
    if (!is<Str>(b)) return raise(t, exc::TypeError, "can only concatenate str (not \"{}\") to str", TypeName{b.value()});
    return TRY(concat(t, a, as<Str>(b)));
}
Result<Ref<>> multiply(Python& py, Text s, Borrowed<> count) { return TRY(repeat(py, s, count)); }
Result<Ref<>> to_repr(Thread& t, Text s) { return TRY(repr(t, s)); }

Result<Ref<Bytes>> encode(Python& py, Text s, Optional<Str> encoding, Optional<Str> errors) {
    std::string_view encoding_name = encoding ? TRY(utf8_of(py, *encoding)) : std::string_view();
    std::string_view errors_name = errors ? TRY(utf8_of(py, *errors)) : std::string_view();
    return encode_text(py, s, encoding_name, errors_name);
}

std::int64_t size_of(Thread&, Text s) {
    std::size_t size = s->extent();
    if (!s->is_ascii()) {
        if (Utf8Cache* cache = s->cache_slot()->load(std::memory_order_acquire)) size += sizeof(Utf8Cache) + cache->size + 1;
    }
    return std::int64_t(size);
}

// Another object: a copy that shares the text would not survive a change of the class.
Result<Ref<Tuple>> getnewargs(Thread& t, Text s) { return make_tuple_of(t, TRY(copy_as(t, str_type, *s.get()))); }

constexpr MethodDef methods[] = {
    def<encode>("encode", "encoding='utf-8', errors='strict'", "The text as bytes in an encoding."),
    def<replace>("replace", "old, new, /, count=-1", "A copy with all, or the first count, occurrences of old replaced by new."),
    def<split>("split", "sep=None, maxsplit=-1", "The pieces between separators (white space by default), at most maxsplit times split."),
    def<rsplit>("rsplit", "sep=None, maxsplit=-1", "Like split, but splitting starts at the end."),
    def<join>("join", "iterable, /", "The strings of the iterable, with this one between them."),
    def<capitalize>("capitalize", "", "A copy with the first character in title case and the others in lower case."),
    def<casefold>("casefold", "", "A copy for comparisons that ignore case."),
    def<title>("title", "", "A copy in which each word starts in title case and goes on in lower case."),
    def<center>("center", "width, fillchar=' ', /", "A copy in the middle of a field of that width."),
    def<count>("count", "sub, start=None, end=None, /", "How often sub occurs in S[start:end], without overlap."),
    def<expandtabs>("expandtabs", "tabsize=8", "A copy with blanks for tabs."),
    def<find>("find", "sub, start=None, end=None, /", "The lowest index in S[start:end] where sub is found, or -1."),
    def<partition>("partition", "sep, /", "What stands before the first separator, the separator, and what stands after it."),
    def<index>("index", "sub, start=None, end=None, /", "Like find, but ValueError if there is none."),
    def<ljust>("ljust", "width, fillchar=' ', /", "A copy at the left of a field of that width."),
    def<lower>("lower", "", "A copy in lower case."),
    def<lstrip>("lstrip", "chars=None, /", "A copy without white space, or the given characters, at the start."),
    def<rfind>("rfind", "sub, start=None, end=None, /", "The highest index in S[start:end] where sub is found, or -1."),
    def<rindex>("rindex", "sub, start=None, end=None, /", "Like rfind, but ValueError if there is none."),
    def<rjust>("rjust", "width, fillchar=' ', /", "A copy at the right of a field of that width."),
    def<rstrip>("rstrip", "chars=None, /", "A copy without white space, or the given characters, at the end."),
    def<rpartition>("rpartition", "sep, /", "What stands before the last separator, the separator, and what stands after it."),
    def<splitlines>("splitlines", "keepends=False", "The lines of the text."),
    def<strip>("strip", "chars=None, /", "A copy without white space, or the given characters, at both ends."),
    def<swapcase>("swapcase", "", "A copy with upper case made lower and lower made upper."),
    def<translate>("translate", "table, /", "A copy with each character replaced by what the table has for its ordinal."),
    def<upper>("upper", "", "A copy in upper case."),
    def<startswith>("startswith", "prefix, start=None, end=None, /", "Whether S[start:end] starts with a prefix or one of a tuple of them."),
    def<endswith>("endswith", "suffix, start=None, end=None, /", "Whether S[start:end] ends with a suffix or one of a tuple of them."),
    def<removeprefix>("removeprefix", "prefix, /", "A copy without the prefix, if it is there."),
    def<removesuffix>("removesuffix", "suffix, /", "A copy without the suffix, if it is there."),
    def<isascii>("isascii", "", "Whether all characters are ASCII."),
    def<islower>("islower", "", "Whether all cased characters are lower case and there is one."),
    def<isupper>("isupper", "", "Whether all cased characters are upper case and there is one."),
    def<istitle>("istitle", "", "Whether the text is in title case."),
    def<isspace>("isspace", "", "Whether all characters are white space and there is one."),
    def<isdecimal>("isdecimal", "", "Whether all characters are decimal digits and there is one."),
    def<isdigit>("isdigit", "", "Whether all characters are digits and there is one."),
    def<isnumeric>("isnumeric", "", "Whether all characters are numeric and there is one."),
    def<isalpha>("isalpha", "", "Whether all characters are letters and there is one."),
    def<isalnum>("isalnum", "", "Whether all characters are letters or numbers and there is one."),
    def<isidentifier>("isidentifier", "", "Whether the text could be a Python identifier (keywords count as well)."),
    def<isprintable>("isprintable", "", "Whether repr() would show all characters as they are."),
    def<zfill>("zfill", "width, /", "A copy with zeros in front, after a sign, up to the width."),
    raw_def("format", "*args, **kwargs", "A copy with each replacement field filled in.", format),
    def<format_map>("format_map", "mapping, /", "Like format, with the fields' names looked up in a mapping."),
    def<format_value>("__format__", "format_spec, /", "The text laid out as the format specification says."),
    static_def<maketrans>("maketrans", "x, y=<unrepresentable>, z=<unrepresentable>, /", "A table for translate()."),
    def<size_of>("__sizeof__", "", "The size of the object in memory, in bytes."),
    def<getnewargs>("__getnewargs__", "", "The arguments of __new__ for a copy."),
};

constexpr SlotDef slots[] = {
    slot<Dunder::repr, to_repr>,
    slot<Dunder::str, to_str>,
    slot<Dunder::hash, hash_text>,
    ORO_COMPARE_SLOTS(compare_to),
    slot<Dunder::iter, iterate>,
    number_slot<Dunder::mod, modulo>,
    slot<Dunder::len, length_of>,
    slot<Dunder::getitem, get_at>,
    slot<Dunder::concat, add>,
    slot<Dunder::repeat, multiply>,
    slot<Dunder::contains, str_methods::contains>,
};

constexpr TypeDef str_def{
    .name = "str",
    .doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n"
           "Text: a sequence of Unicode code points. Without an encoding, what str(object) gives for the object;\n"
           "with one, the text that the octets stand for.",
    .size = sizeof(Str),
    .item_size = 1,
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::str | type_flag::match_self,
    .hooks = hooks_of<Str>(),
    .new_ = new_thunk,
    .methods = methods,
    .slots = slots,
};

}  // namespace

ORO_TYPE(str_type, str_def);
Type& Str::type() { return str_type; }

}  // namespace oro
