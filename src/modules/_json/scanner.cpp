// _json.Scanner: reads a JSON document into Python objects.
#include <vector>

#include "base/float_format.h"
#include "modules/_json/json.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/list.h"

namespace oro::json {

namespace {

struct Scanner : Object {
    Fixed<> object_hook, object_pairs_hook, parse_float, parse_int, parse_constant;
    bool strict;
    Scanner(Ref<> hook, Ref<> pairs_hook, Ref<> float_parser, Ref<> int_parser, Ref<> constant_parser, bool s)
        : object_hook(std::move(hook)), object_pairs_hook(std::move(pairs_hook)), parse_float(std::move(float_parser)),
          parse_int(std::move(int_parser)), parse_constant(std::move(constant_parser)), strict(s) {}
    static constexpr auto fields = std::tuple{&Scanner::object_hook, &Scanner::object_pairs_hook, &Scanner::parse_float,
                                              &Scanner::parse_int, &Scanner::parse_constant};
    static Type& type() { return scanner_type; }
};

// The keys of a document: one object for equal ones. Short keys are first looked for by their octets, in a small table.
class Keys {
public:
    explicit Keys(Python& py) : py_(py) {}
    Keys(Keys const&) = delete;
    static constexpr std::size_t kLongest = 32;

    // The place for an ASCII key of these octets.
    Maybe<Str>& place(std::string_view octets) {
        std::uint64_t h = octets.size() * 0x9E3779B97F4A7C15u;
        std::size_t i = 0;
        for (; i + 8 <= octets.size(); i += 8) h = (h ^ load_octets(octets.data() + i)) * 0x9E3779B97F4A7C15u, h ^= h >> 29;
        std::uint64_t rest = 0;
        std::memcpy(&rest, octets.data() + i, octets.size() - i);
        h = (h ^ rest) * 0x9E3779B97F4A7C15u;
        return recent_[h >> (64 - kBits)];
    }
    // The object that stands for this key.
    Result<Ref<Str>> unique(Ref<Str> key) {
        if (!all_) all_ = TRY(make_dict(py_));
        return as<Str>(TRY(dict_set_default(py_, *all_, key, key)));
    }

private:
    static constexpr int kBits = 8;
    Python& py_;
    Maybe<Str> recent_[1 << kBits];
    Maybe<Dict> all_;
};

// Values of containers that aren't complete yet, innermost last.
struct Stack {
    std::vector<Value> values;           // owned; null where the value was taken
    ~Stack() { drop(0); }
    void push(Ref<> v) { values.push_back(v.release()); }
    Ref<> take(std::size_t i) { return Ref<>::adopt(std::exchange(values[i], Value{})); }
    std::span<Value const> from(std::size_t base) const { return std::span<Value const>(values).subspan(base); }
    void drop(std::size_t base) {
        for (std::size_t i = base; i < values.size(); ++i) (void)Maybe<>::adopt(values[i]);
        values.resize(base);
    }
};

template <class Unit> class Reader {
public:
    Reader(Python& py, Scanner& scanner, Borrowed<Str> document, std::span<Unit const> text)
        : py_(py), scanner_(scanner), document_(document), s_(text), keys_(py) {}

    Result<Ref<>> value(std::size_t i, std::size_t* next) {
        if (i >= s_.size()) return stop(i);
        switch (s_[i]) {
            case '"': return TRY(scan_string(py_, document_, i + 1, control(), next));
            case '{': return object(i + 1, next);
            case '[': return array(i + 1, next);
            case 'n': if (at(i, "null")) return *next = i + 4, none.share(); break;
            case 't': if (at(i, "true")) return *next = i + 4, Ref<>::immediate(kTrue); break;
            case 'f': if (at(i, "false")) return *next = i + 5, Ref<>::immediate(kFalse); break;
            case 'N': if (at(i, "NaN")) return constant(i, "NaN", next); break;
            case 'I': if (at(i, "Infinity")) return constant(i, "Infinity", next); break;
            case '-': if (at(i, "-Infinity")) return constant(i, "-Infinity", next); break;
            default: break;
        }
        return number(i, next);
    }

private:
    Control control() const { return scanner_.strict ? Control::refused : Control::allowed; }
    bool at(std::size_t i, std::string_view word) const {
        if (s_.size() - i < word.size()) return false;
        for (std::size_t k = 0; k < word.size(); ++k) {
            if (s_[i + k] != Unit(word[k])) return false;
        }
        return true;
    }
    bool is(std::size_t i, char c) const { return i < s_.size() && s_[i] == Unit(c); }
    bool digit(std::size_t i) const { return i < s_.size() && s_[i] >= '0' && s_[i] <= '9'; }
    std::size_t skip_space(std::size_t i) const {
        while (i < s_.size() && (s_[i] == ' ' || s_[i] == '\n' || s_[i] == '\t' || s_[i] == '\r')) ++i;
        return i;
    }
    Raised stop(std::size_t i) { return raise_stop_iteration(py_, Borrowed<>(Value::of_int(std::int64_t(i)))); }
    Raised fail(char const* message, std::size_t i) { return raise_decode_error(py_, message, document_, i); }

    Result<Ref<>> constant(std::size_t i, std::string_view name, std::size_t* next) {
        Ref<Str> text = TRY(make_str(py_, name));
        *next = i + name.size();
        return call_with(py_, *scanner_.parse_constant, text);
    }

    Result<Ref<>> number(std::size_t start, std::size_t* next) {
        std::size_t i = start;
        bool negative = is(i, '-');
        if (negative) ++i;
        if (!digit(i)) return stop(start);
        std::int64_t small = 0;
        std::size_t first = i;
        if (s_[i] == '0') ++i;
        else for (; digit(i); ++i) small = i - first < 18 ? small * 10 + (s_[i] - '0') : 0;
        std::size_t digits = i - first;
        bool is_float = false;
        if (is(i, '.') && digit(i + 1)) {
            is_float = true;
            for (i += 2; digit(i);) ++i;
        }
        if (is(i, 'e') || is(i, 'E')) {
            std::size_t e = i + 1;
            if (is(e, '+') || is(e, '-')) ++e;
            if (digit(e)) {
                is_float = true;
                for (i = e; digit(i);) ++i;
            }
        }
        *next = i;
        Borrowed<> parser = is_float ? *scanner_.parse_float : *scanner_.parse_int;
        bool own = parser.is(Value::of(is_float ? &float_type : &int_type));
        if (own && !is_float && digits <= 18) return Ref<>::immediate(Value::of_int(negative ? -small : small));
        char short_text[64];
        std::string long_text;
        char* text = short_text;
        if (i - start > sizeof short_text) {
            long_text.resize(i - start);
            text = long_text.data();
        }
        for (std::size_t k = start; k < i; ++k) text[k - start] = char(s_[k]);
        std::string_view octets(text, i - start);
        double d;
        if (own && is_float && parse_double(octets, d) == FloatParse::done) return make_float(py_, d);
        return call_with(py_, parser, TRY(make_str(py_, octets)));
    }

    Result<Ref<Str>> key(std::size_t i, std::size_t* next) {
        if constexpr (sizeof(Unit) == 1) {
            // Short keys without escapes, as nearly all are.
            std::size_t limit = std::min(s_.size(), i + Keys::kLongest), end = i;
            while (end < limit && s_[end] != '"' && s_[end] != '\\' && s_[end] >= 0x20 && s_[end] < 0x80) ++end;
            if (end < limit && s_[end] == '"') {
                std::string_view octets(reinterpret_cast<char const*>(s_.data()) + i, end - i);
                Maybe<Str>& place = keys_.place(octets);
                *next = end + 1;
                if (place && place->ascii() == octets) return (*place).share();
                Ref<Str> made = TRY(keys_.unique(TRY(make_str(py_, octets))));
                place = made.share();
                return made;
            }
        }
        return keys_.unique(TRY(scan_string(py_, document_, i, control(), next)));
    }

    Result<Ref<>> array(std::size_t i, std::size_t* next) {
        CHECK(check_native_stack(py_, " while decoding a JSON array from a unicode string"));
        std::size_t base = stack_.values.size();
        i = skip_space(i);
        if (!is(i, ']')) {
            for (;;) {
                stack_.push(TRY(value(i, &i)));
                i = skip_space(i);
                if (is(i, ']')) break;
                if (!is(i, ',')) return fail("Expecting ',' delimiter", i);
                std::size_t comma = i;
                i = skip_space(i + 1);
                if (is(i, ']')) return fail("Illegal trailing comma before end of array", comma);
            }
            CHECK(poll(py_));
        }
        *next = i + 1;
        auto list = make_list_adopting(py_, stack_.from(base));  // which owns the values now, even if it failed
        stack_.values.resize(base);
        return TRY(std::move(list));
    }

    // Takes the keys and values from `base` on off the stack.
    Result<Ref<>> make_object(std::size_t base) {
        std::size_t n = stack_.values.size();
        Ref<> result = none.share();
        if (scanner_.object_pairs_hook.value() != kNone) {
            Ref<List> pairs = TRY(make_list(py_, (n - base) / 2));
            for (std::size_t i = base; i < n; i += 2) {
                CHECK(list_append(py_, pairs, TRY(oro::make_tuple(py_, std::span<Value const>(stack_.values).subspan(i, 2)))));
            }
            result = TRY(call_with(py_, *scanner_.object_pairs_hook, pairs));
        } else {
            Ref<Dict> dict = TRY(make_dict(py_, (n - base) / 2));
            for (std::size_t i = base; i < n; i += 2) {
                CHECK(dict_set(py_, *dict, as<Str>(stack_.values[i]), stack_.take(i + 1)));
            }
            result = std::move(dict);
            if (scanner_.object_hook.value() != kNone) result = TRY(call_with(py_, *scanner_.object_hook, result));
        }
        stack_.drop(base);
        return result;
    }

    Result<Ref<>> object(std::size_t i, std::size_t* next) {
        CHECK(check_native_stack(py_, " while decoding a JSON object from a unicode string"));
        std::size_t base = stack_.values.size();
        i = skip_space(i);
        if (!is(i, '}')) {
            for (;;) {
                if (!is(i, '"')) return fail("Expecting property name enclosed in double quotes", i);
                stack_.push(TRY(key(i + 1, &i)));
                i = skip_space(i);
                if (!is(i, ':')) return fail("Expecting ':' delimiter", i);
                i = skip_space(i + 1);
                stack_.push(TRY(value(i, &i)));
                i = skip_space(i);
                if (is(i, '}')) break;
                if (!is(i, ',')) return fail("Expecting ',' delimiter", i);
                std::size_t comma = i;
                i = skip_space(i + 1);
                if (is(i, '}')) return fail("Illegal trailing comma before end of object", comma);
            }
            CHECK(poll(py_));
        }
        *next = i + 1;
        return make_object(base);
    }

    Python& py_;
    Scanner& scanner_;
    Borrowed<Str> document_;
    std::span<Unit const> s_;
    Keys keys_;
    Stack stack_;
};

Result<Ref<>> scan_once(Python& py, Borrowed<Scanner> self, Borrowed<> document, std::int64_t idx) {
    if (!is<Str>(document)) return raise(py, exc::TypeError, "first argument must be a string, not {}", TypeName{document.value()});
    if (idx < 0) return raise(py, exc::ValueError, "idx cannot be negative");
    Borrowed<Str> text = as<Str>(document);
    std::size_t next = 0;
    Ref<> found = TRY(visit_text(*text, [&](auto units) -> Result<Ref<>> {
        using Unit = std::remove_const_t<typename decltype(units)::element_type>;
        Reader<Unit> reader(py, *self, text, units);
        return reader.value(std::size_t(idx), &next);
    }));
    return make_tuple_of(py, std::move(found), Ref<>::immediate(Value::of_int(std::int64_t(next))));
}

Value call_scanner(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        static constexpr char const* kNames[] = {"string", "idx"};
        Value out[2];
        CHECK(parse_arguments(py, "scan_once", kNames, 0, 2, 2, args, n, names, out));
        return scan_once(py, as<Scanner>(callable), Borrowed<>(out[0]), TRY(to_int64(py, Borrowed<>(out[1]), &exc::OverflowError)));
    };
    return run().release();
}

Value new_scanner(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        static constexpr char const* kNames[] = {"context"};
        Value out[1];
        CHECK(parse_arguments(py, "make_scanner", kNames, 0, 1, 1, args, n, names, out));
        auto attribute = [&](std::string_view name) -> Result<Ref<>> {
            return get_attribute(py, Borrowed<>(out[0]), TRY(make_interned(py, name)));
        };
        Ref<> strict = TRY(attribute("strict"));
        bool is_strict = TRY(truth(py, strict));
        Ref<> hook = TRY(attribute("object_hook")), pairs_hook = TRY(attribute("object_pairs_hook"));
        Ref<> float_parser = TRY(attribute("parse_float")), int_parser = TRY(attribute("parse_int"));
        Ref<> constant_parser = TRY(attribute("parse_constant"));
        return make<Scanner>(py, type, std::move(hook), std::move(pairs_hook), std::move(float_parser), std::move(int_parser),
                             std::move(constant_parser), is_strict);
    };
    return run().release();
}

template <auto Field>
Value get_field(Python&, Value self) {
    return share((static_cast<Scanner*>(self.pointer())->*Field).value()).release();
}
Value get_strict(Python&, Value self) { return Value::of_bool(as<Scanner>(self)->strict); }
constexpr GetSetDef getsets[] = {
    {"strict", get_strict, nullptr, "strict"},
    {"object_hook", get_field<&Scanner::object_hook>, nullptr, "object_hook"},
    {"object_pairs_hook", get_field<&Scanner::object_pairs_hook>, nullptr, ""},
    {"parse_float", get_field<&Scanner::parse_float>, nullptr, "parse_float"},
    {"parse_int", get_field<&Scanner::parse_int>, nullptr, "parse_int"},
    {"parse_constant", get_field<&Scanner::parse_constant>, nullptr, "parse_constant"},
};
constexpr TypeDef scanner_def{.name = "_json.Scanner", .doc = "Reads a value of a JSON document: scanner(string, idx) gives (value, end).",
                              .size = sizeof(Scanner), .flags = type_flag::subclassable, .hooks = hooks_of<Scanner>(), .new_ = new_scanner,
                              .call = call_scanner, .getsets = getsets};

}  // namespace

ORO_TYPE(scanner_type, scanner_def);

}  // namespace oro::json
