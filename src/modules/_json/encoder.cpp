// _json.Encoder: writes Python objects as JSON.
#include <unordered_set>
#include <vector>

#include "base/float_format.h"
#include "modules/_json/json.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/list.h"

namespace oro::json {

namespace {

struct Encoder : Object {
    Fixed<> markers, fallback, encoder, indent;
    Fixed<Str> key_separator, item_separator;
    bool sort_keys, skipkeys, allow_nan;
    bool own = false;                    // `encoder` is one of ours
    Escaping escaping = Escaping::ascii;
    static constexpr auto fields = std::tuple{&Encoder::markers, &Encoder::fallback, &Encoder::encoder, &Encoder::indent,
                                              &Encoder::key_separator,
                                              &Encoder::item_separator};
    static Type& type() { return encoder_type; }
};

// The containers that are being written, to find circles.
class Path {
public:
    // False if it is there already.
    bool enter(Value v) {
        if (open_.size() < kFew) {
            for (Value o : open_) {
                if (o == v) return false;
            }
        } else {
            if (many_.empty()) for (Value o : open_) many_.insert(o.bits);
            if (!many_.insert(v.bits).second) return false;
        }
        open_.push_back(v);
        return true;
    }
    void leave() {
        if (!many_.empty()) many_.erase(open_.back().bits);
        open_.pop_back();
        if (open_.size() < kFew) many_.clear();
    }

private:
    static constexpr std::size_t kFew = 48;
    std::vector<Value> open_;            // borrowed: the containers hold each other
    std::unordered_set<std::uint64_t> many_;  // the same, once there are many
};

class Work {
public:
    Work(Python& py, Encoder& encoder, std::int64_t level) : py_(py), e_(encoder), out_(py), level_(level) {}
    Result<void> value(Borrowed<> v);
    Result<Ref<Str>> finish() { return out_.finish(); }

private:
    Result<void> string(Borrowed<> s);
    Result<void> number(double d, Borrowed<> original);
    Result<void> integer(Value v);
    Result<void> list(Borrowed<> v);
    Result<void> dict(Borrowed<> v);
    Result<bool> pair(Borrowed<> dict, Borrowed<> key, Borrowed<> value, bool first);
    Result<void> other(Borrowed<> v);
    Result<void> newline() {
        out_.add('\n');
        for (std::int64_t i = 0; i < level_; ++i) out_.add(*as<Str>(e_.indent.value()));
        return {};
    }
    bool indents() const { return e_.indent.value() != kNone; }
    Result<void> enter(Borrowed<> v) {
        if (e_.markers.value() != kNone && !path_.enter(v.value())) return raise(py_, exc::ValueError, "Circular reference detected");
        return {};
    }
    void leave() { if (e_.markers.value() != kNone) path_.leave(); }
    // Adds a note to the exception on its way.
    template <class... A> Raised note(std::string_view format, A const&... args);

    Python& py_;
    Encoder& e_;
    Writer out_;
    Path path_;
    std::int64_t level_;
};

template <class... A> Raised Work::note(std::string_view format, A const&... args) {
    Maybe<> e = take_raised(py_);
    auto text = format_message(py_, format, {MessageArg(args)...});
    if (text.raised()) {
        clear_raised(py_);
    } else {
        auto added = call_method_with(py_, *e, TRY(make_interned(py_, "add_note")), std::move(text).take());
        if (added.raised()) clear_raised(py_);
    }
    restore_raised(py_, std::move(e).take());
    return Raised{};
}

Result<void> Work::string(Borrowed<> s) {
    if (e_.own) {
        write_string(out_, *as<Str>(s), e_.escaping);
        return {};
    }
    Ref<> encoded = TRY(call_with(py_, *e_.encoder, s));
    if (!is<Str>(encoded.value())) return raise(py_, exc::TypeError, "encoder() must return a string, not {}", TypeName{encoded.value()});
    out_.add(*as<Str>(encoded.value()));
    return {};
}

Result<void> Work::number(double d, Borrowed<> original) {
    if (d - d == 0) {
        char text[kReprRoom];
        out_.add(std::string_view(text, write_repr(d, text)));
        return {};
    }
    if (!e_.allow_nan) {
        Ref<Str> shown = TRY(repr(py_, original));
        return raise(py_, exc::ValueError, "Out of range float values are not JSON compliant: {}", shown);
    }
    out_.add(d != d ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
    return {};
}

Result<void> Work::integer(Value v) {
    Value plain = int_number(v);
    if (!plain.is_int()) {
        Ref<Str> digits = TRY(int_to_str(py_, plain));
        out_.add(digits->ascii());
        return {};
    }
    char text[24];
    char* end = text + sizeof text;
    char* p = end;
    std::int64_t n = plain.as_int();
    std::uint64_t rest = n < 0 ? 0 - std::uint64_t(n) : std::uint64_t(n);
    do *--p = char('0' + rest % 10);
    while (rest /= 10);
    if (n < 0) *--p = '-';
    out_.add(std::string_view(p, std::size_t(end - p)));
    return {};
}

Result<void> Work::list(Borrowed<> v) {
    CHECK(check_native_stack(py_, " while encoding a JSON object"));
    bool is_list = is<List>(v);
    auto count = [&] { return is_list ? as<List>(v)->size() : as<Tuple>(v)->size; };
    if (count() == 0) {
        out_.add("[]");
        return {};
    }
    CHECK(enter(v));
    out_.add('[');
    ++level_;
    if (indents()) CHECK(newline());
    for (std::size_t i = 0; i < count(); ++i) {
        Maybe<> item = is_list ? list_get(py_, *as<List>(v), i) : Maybe<>(as<Tuple>(v)->at(i).share());
        if (!item) break;
        if (i > 0) {
            out_.add(**e_.item_separator);
            if (indents()) CHECK(newline());
        }
        if (value(*item).raised()) return note("when serializing {} item {}", TypeName{v.value()}, i);
    }
    --level_;
    if (indents()) CHECK(newline());
    out_.add(']');
    leave();
    return poll(py_);
}

// False if the key was skipped.
Result<bool> Work::pair(Borrowed<> dict, Borrowed<> key, Borrowed<> item, bool first) {
    Value k = key.value();
    bool known = is<Str>(key) || is_any_float(k) || k == kNone || is_any_int(k);
    if (!known) {
        if (e_.skipkeys) return false;
        return raise(py_, exc::TypeError, "keys must be str, int, float, bool or None, not {}", TypeName{k});
    }
    if (!first) {
        out_.add(**e_.item_separator);
        if (indents()) CHECK(newline());
    }
    if (is<Str>(key)) {
        CHECK(string(key));
    } else {
        // A key that isn't a str is one in quotes, through the encoder as strings are.
        Ref<Str> text = k == kNone    ? TRY(make_str(py_, std::string_view("null")))
                        : k.is_bool() ? TRY(make_str(py_, std::string_view(k == kTrue ? "true" : "false")))
                                      : empty_str();
        if (is_any_float(k)) {
            Work alone(py_, e_, 0);
            CHECK(alone.number(float_number(k), key));
            text = TRY(alone.finish());
        } else if (is_any_int(k) && !k.is_bool()) {
            text = TRY(int_to_str(py_, int_number(k)));
        }
        CHECK(string(text));
    }
    out_.add(**e_.key_separator);
    if (value(item).raised()) {
        Maybe<> pending = take_raised(py_);
        auto shown = repr(py_, key);
        if (shown.raised()) clear_raised(py_);
        restore_raised(py_, std::move(pending).take());
        if (shown.raised()) return Raised{};
        return note("when serializing {} item {}", TypeName{dict.value()}, std::move(shown).take());
    }
    return true;
}

Result<void> Work::dict(Borrowed<> v) {
    CHECK(check_native_stack(py_, " while encoding a JSON object"));
    if (as<Dict>(v)->size() == 0) {
        out_.add("{}");
        return {};
    }
    CHECK(enter(v));
    out_.add('{');
    ++level_;
    if (indents()) CHECK(newline());
    bool first = true;
    if (e_.sort_keys || !is_exact<Dict>(v)) {
        Ref<> given = TRY(call_method_with(py_, v, TRY(make_interned(py_, "items"))));
        Ref<List> items = TRY(list_from(py_, given));
        if (e_.sort_keys) CHECK(list_sort(py_, items, {}, false));
        for (std::size_t i = 0; i < items->size(); ++i) {
            Maybe<> item = list_get(py_, *items, i);
            if (!item) break;
            if (!is<Tuple>(*item) || as<Tuple>(*item)->size != 2) return raise(py_, exc::ValueError, "items must return 2-tuples");
            Borrowed<Tuple> entry = as<Tuple>(*item);
            if (TRY(pair(v, entry->at(0), entry->at(1), first))) first = false;
        }
    } else {
        std::size_t position = 0;
        Maybe<> key, item;
        while (dict_next(py_, *as<Dict>(v), &position, &key, &item)) {
            if (TRY(pair(v, *key, *item, first))) first = false;
        }
    }
    --level_;
    if (indents()) CHECK(newline());
    out_.add('}');
    leave();
    return poll(py_);
}

Result<void> Work::other(Borrowed<> v) {
    CHECK(enter(v));
    Ref<> replaced = TRY(call_with(py_, *e_.fallback, v));
    CHECK(check_native_stack(py_, " while encoding a JSON object"));
    if (value(replaced).raised()) return note("when serializing {} object", TypeName{v.value()});
    leave();
    return {};
}

Result<void> Work::value(Borrowed<> v) {
    Value w = v.value();
    if (w == kNone) out_.add("null");
    else if (w == kTrue) out_.add("true");
    else if (w == kFalse) out_.add("false");
    else if (is<Str>(v)) return string(v);
    else if (is_any_int(w)) return integer(w);
    else if (is_any_float(w)) return number(float_number(w), v);
    else if (is<List>(v) || is<Tuple>(v)) return list(v);
    else if (is<Dict>(v)) return dict(v);
    else return other(v);
    return {};
}

Value call_encoder(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        static constexpr char const* kNames[] = {"obj", "_current_indent_level"};
        Value out[2];
        CHECK(parse_arguments(py, "_iterencode", kNames, 0, 2, 2, args, n, names, out));
        Work work(py, *as<Encoder>(callable), TRY(to_int64(py, Borrowed<>(out[1]), &exc::OverflowError)));
        CHECK(work.value(Borrowed<>(out[0])));
        Ref<> text = TRY(work.finish());
        return make_tuple_of(py, std::move(text));
    };
    return run().release();
}

Value new_encoder(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        static constexpr char const* kNames[] = {"markers", "default", "encoder", "indent", "key_separator",
                                                 "item_separator", "sort_keys", "skipkeys", "allow_nan"};
        Value out[9];
        CHECK(parse_arguments(py, "make_encoder", kNames, 0, 9, 9, args, n, names, out));
        for (int i : {4, 5}) {
            if (!is<Str>(out[i]))
                return raise(py, exc::TypeError, "make_encoder() argument {} must be str, not {}", i + 1, TypeName{out[i]});
        }
        bool flags[3];
        for (int i = 0; i < 3; ++i) flags[i] = TRY(truth(py, Borrowed<>(out[6 + i])));
        if (out[0] != kNone && !is<Dict>(out[0])) {
            return raise(py, exc::TypeError, "make_encoder() argument 1 must be dict or None, not {}", TypeName{out[0]});
        }
        if (out[3] != kNone && !is<Str>(out[3])) {
            return raise(py, exc::TypeError, "make_encoder() argument 4 must be str or None, not {}", TypeName{out[3]});
        }
        Ref<Encoder> e = TRY(make<Encoder>(py, type));
        e->markers.init(share(out[0]));
        e->fallback.init(share(out[1]));
        e->encoder.init(share(out[2]));
        e->indent.init(share(out[3]));
        e->key_separator.init(as<Str>(share(out[4])));
        e->item_separator.init(as<Str>(share(out[5])));
        e->sort_keys = flags[0];
        e->skipkeys = flags[1];
        e->allow_nan = flags[2];
        e->own = is_own_encoder(Borrowed<>(out[2]), &e->escaping);
        return e;
    };
    return run().release();
}

template <auto Field>
Value get_field(Python&, Value self) {
    return share((static_cast<Encoder*>(self.pointer())->*Field).value()).release();
}
template <auto Field> Value get_flag(Python&, Value self) { return Value::of_bool(static_cast<Encoder*>(self.pointer())->*Field); }
constexpr GetSetDef getsets[] = {
    {"markers", get_field<&Encoder::markers>, nullptr, "markers"},
    {"default", get_field<&Encoder::fallback>, nullptr, "default"},
    {"encoder", get_field<&Encoder::encoder>, nullptr, "encoder"},
    {"indent", get_field<&Encoder::indent>, nullptr, "indent"},
    {"key_separator", get_field<&Encoder::key_separator>, nullptr, "key_separator"},
    {"item_separator", get_field<&Encoder::item_separator>, nullptr, "item_separator"},
    {"sort_keys", get_flag<&Encoder::sort_keys>, nullptr, "sort_keys"},
    {"skipkeys", get_flag<&Encoder::skipkeys>, nullptr, "skipkeys"},
};
constexpr TypeDef encoder_def{.name = "_json.Encoder", .doc = "Writes a value as JSON: encoder(obj, level) gives a tuple of text.",
                              .size = sizeof(Encoder), .flags = type_flag::subclassable, .hooks = hooks_of<Encoder>(), .new_ = new_encoder,
                              .call = call_encoder, .getsets = getsets};

}  // namespace

ORO_TYPE(encoder_type, encoder_def);

}  // namespace oro::json
