// Values to octets. Objects that may occur more than once are numbered, so that shared and cyclic structures come out as such.
#include <unordered_map>

#include "base/bigint.h"
#include "modules/marshal/marshal.h"
#include "object/buffer.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/set.h"
#include "object/slice.h"
#include "runtime/code_octets.h"

namespace oro::marshal {

namespace {

class Writer {
public:
    Writer(Python& py, int version, bool allow_code) : py_(py), out_(py), version_(version), allow_code_(allow_code) {}

    Result<Ref<Bytes>> run(Borrowed<> value) {
        CHECK(put(value));
        return out_.finish();
    }

private:
    Raised unmarshallable() { return raise(py_, exc::ValueError, "unmarshallable object"); }

    void letter(char c) { out_.add(char((unsigned char)(c) | flag_)); flag_ = 0; }
    template <class I> void number(I n) {
        char bytes[sizeof n];
        for (std::size_t i = 0; i < sizeof n; ++i) bytes[i] = char(std::uint64_t(n) >> (8 * i));
        out_.add(std::string_view(bytes, sizeof n));
    }
    void real(double d) { number(std::bit_cast<std::uint64_t>(d)); }

    Result<void> size(std::size_t n) {
        if (n > 0x7FFFFFFF) return unmarshallable();
        number(std::int32_t(n));
        return {};
    }
    Result<void> octets(char c, std::string_view bytes) {
        letter(c);
        CHECK(size(bytes.size()));
        out_.add(bytes);
        return {};
    }

    Result<void> real_text(double d) {
        Ref<> v = TRY(make_float(py_, d));
        Ref<Str> text = TRY(repr(py_, v));
        out_.add(char(text->length()));
        out_.add(text->ascii());
        return {};
    }

    Result<void> put_int(Value plain) {
        if (plain.is_int() && plain.as_int() == std::int32_t(plain.as_int())) {
            letter(code::int32);
            number(std::int32_t(plain.as_int()));
            return {};
        }
        // Digits of 15 bits, the sign with their number.
        PlainInt number_(plain);
        IntView view = number_;
        std::size_t bits = bit_length(view), digits = (bits + 14) / 15;
        if (digits > 0x7FFFFFFF) return unmarshallable();
        letter(code::long_);
        number(std::int32_t(view.negative ? -std::int64_t(digits) : std::int64_t(digits)));
        for (std::size_t i = 0; i < digits; ++i) {
            std::size_t limb = i * 15 / 64, shift = i * 15 % 64;
            std::uint64_t digit = view.limbs[limb] >> shift;
            if (shift > 49 && limb + 1 < view.size) digit |= view.limbs[limb + 1] << (64 - shift);
            number(std::uint16_t(digit & 0x7FFF));
        }
        return {};
    }

    Result<void> put_str(Str const& s) {
        if (version_ >= 4 && s.is_ascii()) {
            bool small = s.length() < 256;
            letter(small ? (s.is_interned() ? code::short_ascii_interned : code::short_ascii) : s.is_interned() ? code::ascii_interned : code::ascii);
            if (small) out_.add(char(s.length()));
            else CHECK(size(s.length()));
            out_.add(s.ascii());
            return {};
        }
        std::string text = wtf8_of(s);
        return octets(version_ >= 3 && s.is_interned() ? code::interned : code::unicode, text);
    }

    Result<void> put_tuple(Borrowed<Tuple> items) {
        if (version_ >= 4 && items->size < 256) {
            letter(code::small_tuple);
            out_.add(char(items->size));
        } else {
            letter(code::tuple);
            CHECK(size(items->size));
        }
        for (Value v : items->items()) CHECK(put(Borrowed<>(v)));
        return {};
    }

    Result<void> put_list(Borrowed<List> list) {
        Ref<Tuple> items = TRY(list_to_tuple(py_, list));
        letter(code::list);
        CHECK(size(items->size));
        for (Value v : items->items()) CHECK(put(Borrowed<>(v)));
        return {};
    }

    Result<void> put_dict(Dict& dict) {
        letter(code::dict);
        std::size_t position = 0;
        Maybe<> key, value;
        while (dict_next(py_, dict, &position, &key, &value)) {
            CHECK(put(*key));
            CHECK(put(*value));
        }
        letter(code::null);
        return {};
    }

    Result<void> put_set(Borrowed<Set> set, bool frozen) {
        std::vector<Ref<>> items;
        std::size_t position = 0;
        Maybe<> item;
        while (set_next(py_, *set, &position, &item)) items.push_back(std::move(item).take());
        letter(frozen ? code::frozenset : code::set);
        CHECK(size(items.size()));
        for (Ref<>& v : items) CHECK(put(v));
        return {};
    }

    // True if the object has been written before; else it may get a number.
    bool put_reference(Borrowed<> v) {
        if (version_ < 3 || !v.value().is_pointer()) return false;
        auto [at, added] = numbers_.try_emplace(v.value().pointer(), std::uint32_t(held_.size()));
        if (!added) {
            out_.add(code::ref);
            number(at->second);
            return true;
        }
        held_.push_back(v.share());  // no other object may come to stand at its address
        flag_ = code::flag_ref;
        return false;
    }

    Result<void> put(Borrowed<> v) {
        if (++depth_ > kMaxDepth) return raise(py_, exc::ValueError, "object too deeply nested to marshal");
        CHECK(check_native_stack(py_));
        Result<void> done = put_value(v);
        --depth_;
        return done;
    }

    Result<void> put_value(Borrowed<> v) {
        Value w = v.value();
        if (w == kNone) return letter(code::none), Result<void>();
        if (w.is_bool()) return letter(w == kTrue ? code::true_ : code::false_), Result<void>();
        if (w == kEllipsis) return letter(code::ellipsis), Result<void>();
        if (w == Value::of(&exc::StopIteration)) return letter(code::stop_iteration), Result<void>();
        if (put_reference(v)) return {};
        Type& type = type_of(w);
        if (&type == &int_type) return put_int(w);
        if (&type == &float_type) {
            letter(version_ > 1 ? code::float_binary : code::float_text);
            if (version_ <= 1) return real_text(float_number(w));
            real(float_number(w));
            return {};
        }
        if (is_exact<Complex>(v)) {
            auto& c = *static_cast<Complex*>(w.pointer());
            letter(version_ > 1 ? code::complex_binary : code::complex_text);
            if (version_ <= 1) {
                CHECK(real_text(c.real));
                return real_text(c.imag);
            }
            real(c.real);
            real(c.imag);
            return {};
        }
        if (is_exact<Str>(v)) return put_str(*as<Str>(v));
        if (is_exact<Bytes>(v)) return octets(code::bytes, as<Bytes>(v)->view());
        if (is_exact<Tuple>(v)) return put_tuple(as<Tuple>(v));
        if (is_exact<List>(v)) return put_list(as<List>(v));
        if (is_exact<Dict>(v)) return put_dict(*as<Dict>(v));
        if (is_exact<FrozenSet>(v)) return put_set(as_any_set(w), true);
        if (is_exact<Set>(v)) return put_set(as_any_set(w), false);
        if (version_ >= 5 && is_exact<Slice>(v)) {
            Borrowed<Slice> slice = as<Slice>(v);
            letter(code::slice);
            CHECK(put(*slice->start));
            CHECK(put(*slice->stop));
            return put(*slice->step);
        }
        if (is_code(w)) {
            if (!allow_code_) return raise(py_, exc::ValueError, "marshalling code objects is disallowed");
            std::string form = TRY(code_octets(py_, v));
            if (form.empty()) return unmarshallable();
            return octets(code::code, form);
        }
        auto buffer = get_buffer(py_, v);
        if (buffer.raised()) {
            clear_raised(py_);
            return unmarshallable();
        }
        Buffer claimed = std::move(buffer).take();
        return octets(code::bytes, claimed.bytes());
    }

    Python& py_;
    ByteBuilder out_;
    int version_;
    bool allow_code_;
    int depth_ = 0;
    unsigned char flag_ = 0;
    std::unordered_map<Header*, std::uint32_t> numbers_;
    std::vector<Ref<>> held_;
};

}  // namespace

Result<Ref<Bytes>> write(Python& py, Borrowed<> value, int version, bool allow_code) { return Writer(py, version, allow_code).run(value); }

}  // namespace oro::marshal
