#include "object/call.h"

#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/slot_wrapper.h"
#include "object/str.h"
#include "object/tuple.h"

namespace oro {

Result<Ref<>> call(Python& py, Borrowed<> callable, std::span<Value const> args, Tuple* keyword_names) {
    CallFn fn = type_of(callable).call.load(std::memory_order_relaxed);
    if (!fn) [[unlikely]] return raise(py, exc::TypeError, "'{}' object is not callable", TypeName{callable.value()});
    CHECK(check_native_stack(py));
    std::size_t keywords = keyword_names ? keyword_names->size : 0;
    return Result<Ref<>>::of_word(fn(py, callable.value(), args.data(), args.size() - keywords, keywords ? keyword_names : nullptr));
}

Result<Ref<>> call_tuple(Python& py, Borrowed<> callable, Borrowed<Tuple> args, Optional<Dict> keywords) {
    if (!keywords || keywords->size() == 0) return call(py, callable, args->items());
    std::vector<Value> words(args->items().begin(), args->items().end());
    std::vector<Ref<>> names;
    std::vector<Ref<>> values;
    std::size_t position = 0;
    Maybe<> key, value;
    while (dict_next(py, *keywords.operator->(), &position, &key, &value)) {
        if (!is<Str>(key.value())) return raise(py, exc::TypeError, "keywords must be strings");
        names.push_back(std::move(key).take());
        values.push_back(std::move(value).take());
    }
    Ref<Tuple> keyword_names = TRY(make_tuple_uninitialized(py, names.size()));
    for (std::size_t i = 0; i < names.size(); ++i) {
        keyword_names->slots[i] = names[i].release();
        words.push_back(values[i].value());
    }
    return call(py, callable, words, keyword_names.get());
}

Result<Ref<>> call_method(Python& py, Borrowed<> object, Borrowed<Str> name, std::span<Value const> args) {
    Type& type = type_of(object);
    // Without a bound method where the attribute is an ordinary one of the class.
    if (type.slot(Dunder::getattribute) == generic_getattribute && type.extra_offset == 0) {
        Maybe<> found = type_lookup(py, type, name);
        if (found && type_of(found.value()).has(type_flag::method_like)) {
            Value words[8];
            if (args.size() < 8) {
                words[0] = object.value();
                for (std::size_t i = 0; i < args.size(); ++i) words[i + 1] = args[i];
                return call(py, *found, std::span<Value const>(words, args.size() + 1));
            }
        }
    }
    Ref<> method = TRY(get_attribute(py, object, name));
    return call(py, method, args);
}

Result<Maybe<>> call_special(Python& py, Borrowed<> object, Borrowed<Str> name, std::span<Value const> args) {
    Maybe<> found = type_lookup(py, type_of(object), name);
    if (!found) return Maybe<>();
    if (type_of(found.value()).has(type_flag::method_like)) {
        Value words[8];
        if (args.size() < 8) {
            words[0] = object.value();
            for (std::size_t i = 0; i < args.size(); ++i) words[i + 1] = args[i];
            return Maybe<>(TRY(call(py, *found, std::span<Value const>(words, args.size() + 1))));
        }
    }
    Maybe<> method = TRY(find_special(py, object, name));
    return Maybe<>(TRY(call(py, *method, args)));
}

bool is_callable(Borrowed<> v) { return type_of(v).call.load(std::memory_order_relaxed) != nullptr; }

// ---- items

Result<Ref<>> get_item(Python& py, Borrowed<> object, Borrowed<> key) {
    Type& type = type_of(object);
    if (SlotFn fn = type.slot(Dunder::getitem)) return Result<Ref<>>::of_word(fn(py, object.value(), key.value(), Value{}));
    if (type.has(type_flag::type)) {
        if (object.is(Value::of(&type_type))) return make_generic_alias(py, object, key);
        Maybe<> hook = TRY(find_attribute(py, object, name::dunder_class_getitem()));
        if (hook && hook.value() != kNone) return call_with(py, *hook, key);
        Ref<Str> name = name_of_type(*static_cast<Type*>(object.value().pointer()));
        return raise(py, exc::TypeError, "type '{}' is not subscriptable", name);
    }
    return raise(py, exc::TypeError, "'{}' object is not subscriptable", TypeName{object.value()});
}

Result<void> set_item(Python& py, Borrowed<> object, Borrowed<> key, Borrowed<> value) {
    SlotFn fn = type_of(object).slot(Dunder::setitem);
    if (!fn) return raise(py, exc::TypeError, "'{}' object does not support item assignment", TypeName{object.value()});
    Value r = fn(py, object.value(), key.value(), value.value());
    if (r.is_null()) return Raised{};
    detail::decref(r);
    return {};
}

Result<void> delete_item(Python& py, Borrowed<> object, Borrowed<> key) {
    SlotFn fn = type_of(object).slot(Dunder::delitem);
    if (!fn) return raise(py, exc::TypeError, "'{}' object does not support item deletion", TypeName{object.value()});
    Value r = fn(py, object.value(), key.value(), Value{});
    if (r.is_null()) return Raised{};
    detail::decref(r);
    return {};
}

Result<bool> contains(Python& py, Borrowed<> container, Borrowed<> item) {
    Type& type = type_of(container);
    if (SlotFn fn = type.slot(Dunder::contains)) {
        Value r = fn(py, container.value(), item.value(), Value{});
        if (r.is_null()) return Raised{};
        return r == kTrue;
    }
    if (!type.slot(Dunder::iter) && !type.slot(Dunder::getitem))
        return raise(py, exc::TypeError, "argument of type '{}' is not a container or iterable", TypeName{container.value()});
    Ref<> iterator = TRY(get_iterator(py, container));
    for (;;) {
        Next item_ = next(py, iterator);
        if (item_.raised()) return Raised{};
        if (item_.ended()) return false;
        Ref<> v = std::move(item_).take();
        if (TRY(equal(py, v, item))) return true;
        CHECK(poll(py));
    }
}

Result<std::int64_t> length(Python& py, Borrowed<> object) {
    SlotFn fn = type_of(object).slot(Dunder::len);
    if (!fn) return raise(py, exc::TypeError, "object of type '{}' has no len()", TypeName{object.value()});
    Value r = fn(py, object.value(), Value{}, Value{});
    if (r.is_null()) return Raised{};
    if (r.is_int()) [[likely]] return r.as_int();
    Ref<> big = Ref<>::adopt(r);  // up to 2**63 - 1, of which 62 bits fit the word
    return to_int64(py, big, &exc::OverflowError);
}

Result<std::int64_t> length_hint(Python& py, Borrowed<> object, std::int64_t otherwise) {
    if (type_of(object).slot(Dunder::len)) {
        auto n = length(py, object);
        if (!n.raised()) return n;
        if (!raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
    }
    auto hinted = call_special(py, object, name::dunder_length_hint(), {});
    if (hinted.raised()) {
        if (!raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
        return otherwise;
    }
    Maybe<> hint = std::move(hinted).take();
    if (!hint || hint.value() == kNotImplemented) return otherwise;
    if (!is_any_int(hint.value()))
        return raise(py, exc::TypeError, "__length_hint__ must be an integer, not {}", TypeName{hint.value()});
    std::int64_t n = TRY(to_int64(py, *hint, &exc::OverflowError));
    if (n < 0) return raise(py, exc::ValueError, "__length_hint__() should return >= 0");
    return n;
}

// ---- iteration

Result<Ref<>> get_iterator(Python& py, Borrowed<> object) {
    Type& type = type_of(object);
    SlotFn fn = type.slot(Dunder::iter);
    if (!fn) {
        if (type.slot(Dunder::getitem) && !type.has(type_flag::dict)) return make_sequence_iterator(py, object);
        return raise(py, exc::TypeError, "'{}' object is not iterable", TypeName{object.value()});
    }
    Value v = fn(py, object.value(), Value{}, Value{});
    if (v.is_null()) return Raised{};
    Ref<> iterator = Ref<>::adopt(v);
    if (!type_of(v).slot(Dunder::next)) return raise(py, exc::TypeError, "{}() returned non-iterator of type '{}'", "iter", TypeName{v});
    return iterator;
}

Next next(Python& py, Borrowed<> iterator) {
    SlotFn fn = type_of(iterator).slot(Dunder::next);
    if (!fn) [[unlikely]] return raise(py, exc::TypeError, "'{}' object is not an iterator", TypeName{iterator.value()});
    Value v = fn(py, iterator.value(), Value{}, Value{});
    if (v.is_null() && raised_is(py, exc::StopIteration)) {
        clear_raised(py);
        return Next::end();
    }
    return Next::of_word(v);
}

// ---- text

Result<Ref<Str>> repr(Python& py, Borrowed<> v) {
    CHECK(check_native_stack(py, " while getting the repr of an object"));
    CHECK(poll(py));
    Value r = type_of(v).slot(Dunder::repr)(py, v.value(), Value{}, Value{});
    if (r.is_null()) return Raised{};
    return Ref<Str>::adopt(r);
}

Result<Ref<Str>> str(Python& py, Borrowed<> v) {
    if (is_exact<Str>(v)) return as<Str>(v).share();
    CHECK(check_native_stack(py, " while getting the str of an object"));
    Value r = type_of(v).slot(Dunder::str)(py, v.value(), Value{}, Value{});
    if (r.is_null()) return Raised{};
    return Ref<Str>::adopt(r);
}

Result<Ref<Str>> ascii(Python& py, Borrowed<> v) {
    Ref<Str> text = TRY(repr(py, v));
    if (text->is_ascii()) return text;
    StrBuilder out(py);
    static constexpr char digits[] = "0123456789abcdef";
    visit_text(*text, [&](auto units) {
        for (std::uint32_t c : units) {
            if (c < 0x80) {
                out.add(char32_t(c));
                continue;
            }
            int width = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
            out.add(char32_t('\\'));
            out.add(char32_t(width == 2 ? 'x' : width == 4 ? 'u' : 'U'));
            for (int i = width - 1; i >= 0; --i) out.add(char32_t(digits[c >> (4 * i) & 15]));
        }
    });
    return out.finish();
}

Result<Ref<Str>> format(Python& py, Borrowed<> v, Borrowed<Str> spec) {
    if (spec->length() == 0) {
        // What the __format__ of these types does without a specification.
        if (is_exact<Str>(v)) return as<Str>(v).share();
        if (v.value().is_int() || v.value().is_float()) return str(py, v);
    }
    Value args[] = {spec.value()};
    Maybe<> r = TRY(call_special(py, v, name::dunder_format(), args));
    if (!r) return raise(py, exc::TypeError, "Type {} doesn't define __format__", TypeName{v.value()});
    if (!is<Str>(r.value())) return raise(py, exc::TypeError, "__format__ must return a str, not {}", TypeName{r.value()});
    return as<Str>(std::move(r).take());
}

// ---- truth and hash

Result<bool> truth(Python& py, Borrowed<> v) {
    Value w = v.value();
    if (w.is_bool()) return w == kTrue;
    if (w == kNone) return false;
    if (w.is_int()) return w.as_int() != 0;
    Type& type = type_of(w);
    SlotFn fn = type.slot(Dunder::bool_);
    if (fn) {
        Value r = fn(py, w, Value{}, Value{});
        if (r.is_null()) return Raised{};
        return r == kTrue;
    }
    fn = type.slot(Dunder::len);
    if (fn) {
        Value r = fn(py, w, Value{}, Value{});
        if (r.is_null()) return Raised{};
        return r.as_int() != 0;
    }
    return true;
}

Result<std::int64_t> hash_value(Python& py, Borrowed<> v) {
    if (is_exact<Str>(v)) return hash_of(*as<Str>(v).get());
    if (is_exact<Tuple>(v)) return hash_tuple(py, as<Tuple>(v));
    Value r = type_of(v).slot(Dunder::hash)(py, v.value(), Value{}, Value{});
    if (r.is_null()) return Raised{};
    if (r.is_int()) [[likely]] return r.as_int();
    Ref<> wide = Ref<>::adopt(r);  // 64 bits that don't fit an immediate
    return to_int64(py, wide, nullptr);
}

}  // namespace oro
