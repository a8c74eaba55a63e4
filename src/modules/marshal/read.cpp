// Octets to values. The octets may be anything: each size is checked against what is there before memory is asked for.
#include "base/bigint.h"
#include "modules/marshal/marshal.h"
#include "object/codecs.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/set.h"
#include "object/slice.h"
#include "runtime/code_octets.h"

namespace oro::marshal {

namespace {

// Where octets come from.
struct Source {
    virtual Result<std::string_view> take(Python& py, std::size_t n) = 0;  // valid until the next call
    virtual bool may_have(std::size_t) const { return true; }              // false: certainly not so many

protected:
    ~Source() = default;
};

struct Memory final : Source {
    std::string_view rest;
    explicit Memory(std::string_view s) : rest(s) {}
    Result<std::string_view> take(Python& py, std::size_t n) override {
        if (n > rest.size()) return raise(py, exc::EOFError, "marshal data too short");
        std::string_view taken = rest.substr(0, n);
        rest.remove_prefix(n);
        return taken;
    }
    bool may_have(std::size_t n) const override { return n <= rest.size(); }
};

struct File final : Source {
    Borrowed<> file;
    Maybe<Bytes> last;
    explicit File(Borrowed<> f) : file(f) {}
    Result<std::string_view> take(Python& py, std::size_t n) override {
        Ref<> count = TRY(make_int(py, std::int64_t(n)));
        Ref<> got = TRY(call_method_with(py, file, name::read(), count));
        if (!is<Bytes>(got.value())) return raise(py, exc::TypeError, "file.read() returned not bytes but {}", TypeName{got.value()});
        last = as<Bytes>(std::move(got));
        if (last->size > n) return raise(py, exc::ValueError, "read() returned too much data: {} bytes requested, {} returned", n, last->size);
        if (last->size < n) return raise(py, exc::EOFError, "marshal data too short");
        return last->view();
    }
};

class Reader {
public:
    Reader(Python& py, Source& source, bool allow_code) : py_(py), source_(source), allow_code_(allow_code) {}

    Result<Ref<>> run() {
        Maybe<> v = TRY(get());
        if (!v) return raise(py_, exc::TypeError, "NULL object in marshal data for object");
        return std::move(v).take();
    }

private:
    Raised bad(std::string_view what) { return raise(py_, exc::ValueError, "bad marshal data ({})", what); }

    template <class I> Result<I> number() {
        std::string_view bytes = TRY(source_.take(py_, sizeof(I)));
        std::uint64_t n = 0;
        for (std::size_t i = 0; i < sizeof(I); ++i) n |= std::uint64_t(std::uint8_t(bytes[i])) << (8 * i);
        return I(n);
    }
    Result<double> real() { return std::bit_cast<double>(TRY(number<std::uint64_t>())); }
    Result<double> real_text() {
        std::size_t n = TRY(number<std::uint8_t>());
        std::string text(TRY(source_.take(py_, n)));
        Ref<Str> s = TRY(decode_text(py_, text, "utf-8", "strict"));
        Ref<> v = TRY(call_with(py_, Borrowed<Type>(float_type), s));
        return float_number(v.value());
    }

    Result<std::size_t> size(char const* what) {
        std::int32_t n = TRY(number<std::int32_t>());
        if (n < 0) return bad(std::string(what) + " size out of range");
        return std::size_t(n);
    }
    // Items of at least one octet each.
    Result<std::size_t> item_count(char const* what) {
        std::size_t n = TRY(size(what));
        if (!source_.may_have(n)) return raise(py_, exc::EOFError, "marshal data too short");
        return n;
    }

    // An object that may be referred to later takes its number before its items are read.
    std::ptrdiff_t reserve(bool flagged) {
        if (!flagged) return -1;
        seen_.emplace_back();
        return std::ptrdiff_t(seen_.size()) - 1;
    }
    void enter(std::ptrdiff_t at, Borrowed<> v) {
        if (at >= 0) seen_[std::size_t(at)] = v.share();
    }
    Result<Maybe<>> entered(bool flagged, Ref<> v) {
        enter(reserve(flagged), v);
        return Maybe<>(std::move(v));
    }

    Result<Ref<>> item(char const* container) {
        Maybe<> v = TRY(get());
        if (!v) return raise(py_, exc::TypeError, "NULL object in marshal data for {}", container);
        return std::move(v).take();
    }

    Result<Maybe<>> get() {
        if (depth_ >= kMaxDepth) return raise(py_, exc::ValueError, "recursion limit exceeded");
        CHECK(check_native_stack(py_));
        auto first = source_.take(py_, 1);
        if (first.raised()) {
            if (!raised_is(py_, exc::EOFError)) return Raised{};
            clear_raised(py_);
            return raise(py_, exc::EOFError, "EOF read where object expected");
        }
        auto c = std::uint8_t(std::move(first).take()[0]);
        ++depth_;
        Result<Maybe<>> v = value(char(c & 0x7F), c & code::flag_ref);
        --depth_;
        return v;
    }

    Result<Maybe<>> value(char c, bool flagged) {
        switch (c) {
            case code::null: return Maybe<>();
            case code::none: return Maybe<>(none.share());
            case code::true_: return Maybe<>::adopt(kTrue);
            case code::false_: return Maybe<>::adopt(kFalse);
            case code::ellipsis: return Maybe<>::adopt(kEllipsis);
            case code::stop_iteration: return Maybe<>(Borrowed<Type>(exc::StopIteration).share());
            case code::int32: return entered(flagged, TRY(make_int(py_, std::int64_t(TRY(number<std::int32_t>())))));
            case code::int64: return entered(flagged, TRY(make_int(py_, TRY(number<std::int64_t>()))));
            case code::long_: return entered(flagged, TRY(long_int()));
            case code::float_text: return entered(flagged, TRY(make_float(py_, TRY(real_text()))));
            case code::float_binary: return entered(flagged, TRY(make_float(py_, TRY(real()))));
            case code::complex_text: case code::complex_binary: {
                double re = c == code::complex_text ? TRY(real_text()) : TRY(real());
                double im = c == code::complex_text ? TRY(real_text()) : TRY(real());
                return entered(flagged, TRY(make<Complex>(py_, Complex::type(), re, im)));
            }
            case code::bytes: {
                std::size_t n = TRY(size("bytes object"));
                return entered(flagged, TRY(make_bytes(py_, TRY(source_.take(py_, n)))));
            }
            case code::ascii: case code::ascii_interned: return text(TRY(size("string")), c == code::ascii_interned, true, flagged);
            case code::short_ascii: case code::short_ascii_interned:
                return text(TRY(number<std::uint8_t>()), c == code::short_ascii_interned, true, flagged);
            case code::unicode: case code::interned: return text(TRY(size("string")), c == code::interned, false, flagged);
            case code::small_tuple: return tuple(TRY(number<std::uint8_t>()), flagged);
            case code::tuple: return tuple(TRY(item_count("tuple")), flagged);
            case code::list: return list(flagged);
            case code::dict: return dict(flagged);
            case code::set: case code::frozenset: return set(c == code::frozenset, flagged);
            case code::slice: return slice(flagged);
            case code::ref: {
                std::int32_t n = TRY(number<std::int32_t>());
                if (n < 0 || std::size_t(n) >= seen_.size() || !seen_[std::size_t(n)]) return bad("invalid reference");
                return Maybe<>((*seen_[std::size_t(n)]).share());
            }
            case code::code:
                if (!allow_code_) return raise(py_, exc::ValueError, "unmarshalling code objects is disallowed");
                return code(flagged);
            default: return bad("unknown type code");
        }
    }

    Result<Maybe<>> code(bool flagged) {
        std::ptrdiff_t at = reserve(flagged);
        std::size_t n = TRY(size("code"));
        Maybe<> made = TRY(code_from_octets(py_, TRY(source_.take(py_, n))));
        if (!made) return bad("code of another version, or damaged");
        enter(at, *made);
        return made;
    }

    Result<Ref<>> long_int() {
        std::int64_t n = TRY(number<std::int32_t>());
        if (n == INT32_MIN) return bad("long size out of range");
        auto digits = std::size_t(n < 0 ? -n : n);
        if (!source_.may_have(digits * 2)) return raise(py_, exc::EOFError, "marshal data too short");
        std::vector<std::uint64_t> limbs;
        for (std::size_t i = 0; i < digits; ++i) {
            std::uint64_t digit = TRY(number<std::uint16_t>());
            if (digit > 0x7FFF) return bad("digit out of range in long");
            if (i + 1 == digits && digit == 0) return bad("unnormalized long data");
            std::size_t limb = i * 15 / 64, shift = i * 15 % 64;
            limbs.resize(limb + 1 + (shift > 49));
            limbs[limb] |= digit << shift;
            if (shift > 49) limbs[limb + 1] |= digit >> (64 - shift);
        }
        return make_int(py_, n < 0, limbs);
    }

    Result<Maybe<>> text(std::size_t n, bool interned, bool ascii, bool flagged) {
        std::string_view octets = TRY(source_.take(py_, n));
        // "ASCII" is read as Latin-1, whatever it says.
        Ref<Str> s = ascii ? TRY(make_str(py_, std::span(reinterpret_cast<std::uint8_t const*>(octets.data()), octets.size())))
                           : TRY(decode_text(py_, octets, "utf-8", "surrogatepass"));
        if (interned) s = intern(py_, std::move(s));
        return entered(flagged, std::move(s));
    }

    Result<Maybe<>> tuple(std::size_t n, bool flagged) {
        // A tuple must be complete before anybody sees it: nothing in it can refer to it.
        std::ptrdiff_t at = reserve(flagged);
        std::vector<Ref<>> items;
        for (std::size_t i = 0; i < n; ++i) items.push_back(TRY(item("tuple")));
        if (n == 0) {
            Ref<Tuple> empty = empty_tuple();
            enter(at, empty);
            return Maybe<>(std::move(empty));
        }
        Ref<Tuple> made = TRY(make_tuple_uninitialized(py_, n));
        for (std::size_t i = 0; i < n; ++i) made->slots[i] = items[i].release();
        enter(at, made);
        return Maybe<>(std::move(made));
    }

    Result<Maybe<>> list(bool flagged) {
        std::size_t n = TRY(item_count("list"));
        Ref<List> made = TRY(make_list(py_));
        enter(reserve(flagged), made);
        for (std::size_t i = 0; i < n; ++i) CHECK(list_append(py_, made, TRY(item("list"))));
        return Maybe<>(std::move(made));
    }

    Result<Maybe<>> dict(bool flagged) {
        Ref<Dict> made = TRY(make_dict(py_));
        enter(reserve(flagged), made);
        for (;;) {
            Maybe<> key = TRY(get());
            if (!key) return Maybe<>(std::move(made));
            Maybe<> v = TRY(get());
            if (!v) return Maybe<>(std::move(made));
            CHECK(dict_set_item(py_, made, *key, std::move(v).take()));
        }
    }

    Result<Maybe<>> set(bool frozen, bool flagged) {
        std::size_t n = TRY(item_count("set"));
        Ref<Set> made = TRY(make_set(py_, frozen ? FrozenSet::type() : Set::type()));
        std::ptrdiff_t at = reserve(flagged);
        if (!frozen) enter(at, made);
        for (std::size_t i = 0; i < n; ++i) CHECK(set_add(py_, made, Borrowed<>(TRY(item("set")))));
        if (frozen) enter(at, made);
        return Maybe<>(std::move(made));
    }

    Result<Maybe<>> slice(bool flagged) {
        std::ptrdiff_t at = reserve(flagged);
        Ref<> start = TRY(item("slice")), stop = TRY(item("slice")), step = TRY(item("slice"));
        Ref<Slice> made = TRY(make_slice(py_, start, stop, step));
        enter(at, made);
        return Maybe<>(std::move(made));
    }

    Python& py_;
    Source& source_;
    bool allow_code_;
    int depth_ = 0;
    std::vector<Maybe<>> seen_;  // numbered objects; null while one is being read
};

}  // namespace

Result<Ref<>> read(Python& py, std::string_view octets, bool allow_code) {
    Memory source(octets);
    return Reader(py, source, allow_code).run();
}

Result<Ref<>> read_file(Python& py, Borrowed<> file, bool allow_code) {
    File source(file);
    return Reader(py, source, allow_code).run();
}

}  // namespace oro::marshal
