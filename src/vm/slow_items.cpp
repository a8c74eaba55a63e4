// Items, unpacking, and building containers and text.
#include <algorithm>

#include "object/call.h"
#include "object/int.h"
#include "object/set.h"
#include "object/slice.h"
#include "object/str_append.h"
#include "object/template.h"
#include "vm/op.h"

namespace oro::vm {

namespace {

// How many items a list comprehension will append that walks over `iterator`: a guess that costs little, or 0.
std::size_t expected_items(Value iterator) {
    constexpr std::int64_t kMost = 1 << 20;  // what an exception at the first item may waste
    std::int64_t n = 0;
    if (is_exact<RangeIterator>(iterator)) {
        auto& range = *static_cast<RangeIterator*>(iterator.pointer());
        n = range.length - range.index.load(std::memory_order_relaxed);
    } else if (is_exact<ListIterator>(iterator)) {
        auto& walk = *static_cast<ListIterator*>(iterator.pointer());
        if (!walk.ended()) n = std::int64_t(walk.source.get()->size()) - walk.index.load(std::memory_order_relaxed);
    }
    return std::size_t(std::clamp<std::int64_t>(n, 0, kMost));
}

}  // namespace

SLOW(load_item) {
    Value x = op.B(), y = op.C();
    if (is_exact<Dict>(x)) {
        auto r = dict_get_item(op.py, as<Dict>(x), Borrowed<>(y));
        if (r.raised()) return false;
        Maybe<> v = std::move(r).take();
        if (!v) return (void)raise_value(op.py, exc::KeyError, Borrowed<>(y)), false;
        return op.finish(Result<Ref<>>(std::move(v).take()));
    }
    return op.finish(get_item(op.py, Borrowed<>(x), Borrowed<>(y)));
}

SLOW(store_item) {
    Value x = op.A();
    Result<void> r;
    if (is_exact<Dict>(x)) r = dict_set_item(op.py, as<Dict>(x), Borrowed<>(op.B()), share(op.C()));
    else r = set_item(op.py, Borrowed<>(x), Borrowed<>(op.B()), Borrowed<>(op.C()));
    return op.finish(std::move(r));
}

SLOW(delete_item) { return op.finish(delete_item(op.py, Borrowed<>(op.A()), Borrowed<>(op.B()))); }

SLOW(load_slice) {
    auto s = make_slice(op.py, Borrowed<>(op.regs[op.c()]), Borrowed<>(op.regs[op.c() + 1]), none);
    if (s.raised()) return false;
    Ref<> slice = std::move(s).take();
    auto r = get_item(op.py, Borrowed<>(op.B()), slice);
    if (r.raised()) return false;
    op.consume_block(op.c(), 2);
    if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
    put(op.regs, op.a(), reg::adopt(std::move(r).release()));
    return true;
}

SLOW(store_slice) {
    auto s = make_slice(op.py, Borrowed<>(op.regs[op.c()]), Borrowed<>(op.regs[op.c() + 1]), none);
    if (s.raised()) return false;
    Ref<> slice = std::move(s).take();
    if (set_item(op.py, Borrowed<>(op.A()), slice, Borrowed<>(op.B())).raised()) return false;
    op.consume_block(op.c(), 2);
    if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
    if (flag_of(op.word, LAST_A)) consume(op.regs, op.a());
    return true;
}

namespace {

// The items of an iterable for unpacking: at least `before`, then `after` from the end, or exactly `before` without a star.
bool unpack_into(Op const& op, unsigned before, int after) {
    Python& py = op.py;
    Value x = op.B();
    Type& type = type_of(x);
    if (!type.slot(Dunder::iter) && !type.slot(Dunder::getitem)) return (void)raise(py, exc::TypeError, "cannot unpack non-iterable {} object", TypeName{x}), false;
    auto it = get_iterator(py, Borrowed<>(x));
    if (it.raised()) return false;
    Ref<> iterator = std::move(it).take();
    std::vector<Ref<>> items;
    bool star = after >= 0;
    std::size_t need = before + std::size_t(star ? after : 0);
    while (items.size() < before) {
        Next n = next(py, iterator);
        if (n.raised()) return false;
        if (n.ended()) {
            return (void)raise(py, exc::ValueError, star ? "not enough values to unpack (expected at least {}, got {})" : "not enough values to unpack (expected {}, got {})", need, items.size()), false;
        }
        items.push_back(std::move(n).take());
    }
    if (!star) {
        Next n = next(py, iterator);
        if (n.raised()) return false;
        if (!n.ended()) {
            // Sized containers get the count in the message.
            if (is_exact<List>(x) || is_exact<Tuple>(x) || is_exact<Dict>(x)) {
                auto size = length(py, Borrowed<>(x));
                if (size.raised()) return false;
                return (void)raise(py, exc::ValueError, "too many values to unpack (expected {}, got {})", before, std::move(size).take()), false;
            }
            return (void)raise(py, exc::ValueError, "too many values to unpack (expected {})", before), false;
        }
    }
    Maybe<List> rest;
    std::vector<Ref<>> tail;
    if (star) {
        auto l = list_from(py, iterator);
        if (l.raised()) return false;
        Ref<List> list = std::move(l).take();
        std::size_t n = list->size();
        if (n < std::size_t(after)) return (void)raise(py, exc::ValueError, "not enough values to unpack (expected at least {}, got {})", need, before + n), false;
        for (std::size_t i = n - std::size_t(after); i < n; ++i) {
            Maybe<> item = list_get(py, *list, i);
            tail.push_back(item ? std::move(item).take() : none.share());
        }
        if (list_splice(py, list, n - std::size_t(after), n, {}).raised()) return false;
        rest = Maybe<List>(std::move(list));
    }
    if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
    unsigned a = op.a();
    for (Ref<>& item : items) put(op.regs, a++, reg::adopt(item.release()));
    if (star) put(op.regs, a++, reg::adopt(rest.release()));
    for (Ref<>& item : tail) put(op.regs, a++, reg::adopt(item.release()));
    return true;
}

}  // namespace

SLOW(unpack) {
    Value x = op.B();
    unsigned n = op.c();
    if (is_exact<List>(x)) {
        auto copy = list_to_tuple(op.py, as<List>(x));
        if (copy.raised()) return false;
        Ref<Tuple> items = std::move(copy).take();
        if (items->size == n) {
            if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
            for (unsigned i = 0; i < n; ++i) put(op.regs, op.a() + i, reg::retain(items->slots[i]));
            return true;
        }
    }
    return unpack_into(op, n, -1);
}

SLOW(unpack_ex) { return unpack_into(op, op.c() & 255, int(op.c() >> 8)); }

SLOW(build_tuple) {
    unsigned n = op.c();
    if (n == 0) {
        put(op.regs, op.a(), reg::adopt(Ref<>(empty_tuple()).release()));
        return true;
    }
    auto r = make_tuple_uninitialized(op.py, n);
    if (r.raised()) return false;
    Ref<Tuple> tuple = std::move(r).take();
    for (unsigned i = 0; i < n; ++i) tuple->slots[i] = op.take(op.b() + i).release();
    put(op.regs, op.a(), Ref<>(std::move(tuple)).release());
    return true;
}

SLOW(build_list) {
    unsigned n = op.c();
    auto r = make_list_of(op.py, std::span<Value const>(op.regs + op.b(), n));
    if (r.raised()) return false;
    op.consume_block(op.b(), n);
    put(op.regs, op.a(), Ref<>(std::move(r).take()).release());
    return true;
}

SLOW(build_list_for) {
    auto r = make_list(op.py, expected_items(op.B()));
    if (r.raised()) return false;
    put(op.regs, op.a(), Ref<>(std::move(r).take()).release());
    return true;
}

SLOW(build_set) {
    auto r = make_set(op.py, set_type);
    if (r.raised()) return false;
    Ref<Set> set = std::move(r).take();
    for (unsigned i = 0; i < op.c(); ++i) {
        if (oro::set_add(op.py, set, Borrowed<>(op.regs[op.b() + i])).raised()) return false;
    }
    op.consume_block(op.b(), op.c());
    put(op.regs, op.a(), Ref<>(std::move(set)).release());
    return true;
}

SLOW(build_dict) {
    auto r = make_dict(op.py, op.c());
    if (r.raised()) return false;
    Ref<Dict> dict = std::move(r).take();
    for (unsigned i = 0; i < op.c(); ++i) {
        if (dict_set_item(op.py, dict, Borrowed<>(op.regs[op.b() + 2 * i]), share(op.regs[op.b() + 2 * i + 1])).raised()) return false;
    }
    op.consume_block(op.b(), 2 * op.c());
    put(op.regs, op.a(), Ref<>(std::move(dict)).release());
    return true;
}

SLOW(build_string) {
    // An f-string's parts are text; those of a tree that a program has built may be anything.
    for (unsigned i = 0; i < op.c(); ++i) {
        Value part = op.regs[op.b() + i];
        if (is<Str>(part)) [[likely]] continue;
        (void)raise(op.py, exc::TypeError, "sequence item {}: expected str instance, {} found", i, TypeName{part});
        return false;
    }
    auto joined = join_pieces(op.py, std::span<Value const>(op.regs + op.b(), op.c()));
    if (joined.raised()) return false;
    op.consume_block(op.b(), op.c());
    put(op.regs, op.a(), reg::adopt(Ref<>(std::move(joined).take()).release()));
    return true;
}

SLOW(build_slice) {
    Borrowed<> step = op.c() == 3 ? Borrowed<>(op.regs[op.b() + 2]) : none;
    auto r = make_slice(op.py, Borrowed<>(op.regs[op.b()]), Borrowed<>(op.regs[op.b() + 1]), step);
    if (r.raised()) return false;
    op.consume_block(op.b(), op.c());
    put(op.regs, op.a(), Ref<>(std::move(r).take()).release());
    return true;
}

SLOW(list_append) {
    Borrowed<List> list = as<List>(op.A());
    Ref<> item = flag_of(op.word, LAST_B) ? op.take(op.b()) : share(op.B());
    if (detail::is_exclusive(op.A().pointer())) return !list_append_own(op.py, *list, std::move(item)).raised();
    return !list_append(op.py, list, std::move(item)).raised();
}

SLOW(set_add) {
    if (oro::set_add(op.py, as<Set>(op.A()), Borrowed<>(op.B())).raised()) return false;
    op.consume_sources();
    return true;
}

SLOW(dict_set) {
    if (dict_set_item(op.py, as<Dict>(op.A()), Borrowed<>(op.B()), share(op.C())).raised()) return false;
    op.consume_sources();
    return true;
}

SLOW(list_extend) {
    Value y = op.B();
    if (list_extend(op.py, as<List>(op.A()), Borrowed<>(y)).raised()) {
        if (raised_is(op.py, exc::TypeError) && !type_of(y).slot(Dunder::iter) && !type_of(y).slot(Dunder::getitem)) {
            clear_raised(op.py);
            (void)raise(op.py, exc::TypeError, "Value after * must be an iterable, not {}", TypeName{y});
        }
        return false;
    }
    op.consume_sources();
    return true;
}

SLOW(set_update) {
    if (oro::set_update(op.py, as<Set>(op.A()), Borrowed<>(op.B())).raised()) return false;
    op.consume_sources();
    return true;
}

SLOW(dict_update) {
    Value y = op.B();
    if (dict_merge(op.py, as<Dict>(op.A()), Borrowed<>(y)).raised()) {
        if (raised_is(op.py, exc::AttributeError)) {
            clear_raised(op.py);
            (void)raise(op.py, exc::TypeError, "'{}' object is not a mapping", TypeName{y});
        }
        return false;
    }
    op.consume_sources();
    return true;
}

namespace {
// "f()" or "C.f()" for messages about a callable.
Ref<Str> callable_text(Python& py, Value callable) {
    auto qualname = find_attribute(py, Borrowed<>(callable), name::dunder_qualname());
    if (!qualname.raised()) {
        Maybe<> q = std::move(qualname).take();
        if (q && is<Str>(q.value())) {
            auto module = find_attribute(py, Borrowed<>(callable), name::dunder_module());
            Maybe<> m = module.raised() ? (clear_raised(py), Maybe<>()) : std::move(module).take();
            bool builtin = m && is<Str>(m.value()) && equal(*as<Str>(m.value()).get(), "builtins");
            if (m && is<Str>(m.value()) && !builtin) {
                auto r = format_message(py, "{}.{}()", {as<Str>(m.value()), as<Str>(q.value())});
                if (!r.raised()) return std::move(r).take();
            } else {
                auto r = format_message(py, "{}()", {as<Str>(q.value())});
                if (!r.raised()) return std::move(r).take();
            }
        }
    }
    clear_raised(py);
    auto text = str(py, Borrowed<>(callable));
    if (text.raised()) return clear_raised(py), empty_str();
    return std::move(text).take();
}
}  // namespace

SLOW(dict_merge) {
    Borrowed<Dict> dict = as<Dict>(op.A());
    Value y = op.B(), callable = op.C();
    Python& py = op.py;
    auto add = [&](Borrowed<> key, Ref<> value) -> Result<void> {
        // That keywords are strings is for the call to check.
        bool added = false;
        Ref<> there = TRY(dict_set_default(py, dict, key, value, &added));
        if (!added) return raise(py, exc::TypeError, "{} got multiple values for keyword argument '{}'", callable_text(py, callable), TRY(str(py, key)));
        return {};
    };
    Result<void> r;
    if (is_exact<Dict>(y) && dict->size() == 0) {
        r = dict_copy_into(py, *dict.get(), as<Dict>(y));
    } else if (is_exact<Dict>(y)) {
        std::size_t position = 0;
        Maybe<> key, value;
        while (!r.raised() && dict_next(py, *as<Dict>(y).get(), &position, &key, &value)) r = add(*key, std::move(value).take());
    } else {
        auto keys = call_method_with(py, Borrowed<>(y), name::keys());
        if (keys.raised()) {
            if (raised_is(py, exc::AttributeError)) {
                clear_raised(py);
                (void)raise(py, exc::TypeError, "{} argument after ** must be a mapping, not {}", callable_text(py, callable), TypeName{y});
            }
            return false;
        }
        Ref<> all = std::move(keys).take();
        r = for_each(py, all, [&](Ref<> key) -> Result<void> { return add(key, TRY(get_item(py, Borrowed<>(y), key))); });
    }
    if (r.raised()) return false;
    if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
    return true;
}

SLOW(list_to_tuple) { return op.finish(list_to_tuple(op.py, as<List>(op.B()))); }

SLOW(format_simple) {
    if (is_exact<Str>(op.B())) return op.finish(Result<Ref<>>(share(op.B())));
    return op.finish(format(op.py, Borrowed<>(op.B()), empty_str()));
}
SLOW(format_spec) {
    if (is<Str>(op.C())) [[likely]] return op.finish(format(op.py, Borrowed<>(op.B()), as<Str>(op.C())));
    (void)raise(op.py, exc::SystemError, "Format specifier must be a string, not {}", TypeName{op.C()});
    return false;
}
SLOW(convert_value) {
    Borrowed<> v(op.B());
    Result<Ref<Str>> r = op.c() == 1 ? str(op.py, v) : op.c() == 2 ? repr(op.py, v) : ascii(op.py, v);
    if (r.raised()) return false;
    if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
    put(op.regs, op.a(), reg::adopt(Ref<>(std::move(r).take()).release()));
    return true;
}

SLOW(build_interpolation) {
    Value* r = op.regs + op.b();
    int conversion = int(op.c() & 3);
    bool has_spec = op.c() & 4;
    auto made = make_interpolation(op.py, Borrowed<>(r[0]), Borrowed<>(r[1]), conversion, has_spec ? Optional<>(r[2]) : Optional<>());
    if (made.raised()) return false;
    op.consume_block(op.b(), has_spec ? 3 : 2);
    put(op.regs, op.a(), std::move(made).release());
    return true;
}

SLOW(build_template) {
    auto made = make_template(op.py, as<Tuple>(op.regs[op.b()]), as<Tuple>(op.regs[op.b() + 1]));
    if (made.raised()) return false;
    op.consume_block(op.b(), 2);
    put(op.regs, op.a(), std::move(made).release());
    return true;
}

// ---- matching

SLOW(match_mapping) { return op.finish_value(Value::of_bool(type_of(op.B()).has(type_flag::mapping))); }
SLOW(match_sequence) { return op.finish_value(Value::of_bool(type_of(op.B()).has(type_flag::sequence))); }
SLOW(get_len) {
    auto n = length(op.py, Borrowed<>(op.B()));
    if (n.raised()) return false;
    return op.finish(make_int(op.py, std::move(n).take()));
}

SLOW(match_keys) {
    Python& py = op.py;
    Value subject = op.B();
    Borrowed<Tuple> keys = as<Tuple>(op.C());
    auto result = [&]() -> Result<Ref<>> {
        Ref<Tuple> values = TRY(make_tuple_uninitialized(py, keys->size));
        Maybe<> getter = TRY(find_attribute(py, Borrowed<>(subject), name::get()));
        Ref<> dummy = TRY(call(py, Borrowed<>(Value::of(&object_type)), {}));
        for (std::size_t i = 0; i < keys->size; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (TRY(equal(py, keys->at(i), keys->at(j)))) return raise(py, exc::ValueError, "mapping pattern checks duplicate key ({})", TRY(repr(py, keys->at(i))));
            }
            if (!getter) return none.share();
            Ref<> v = TRY(call_with(py, *getter, keys->at(i), dummy));
            if (v.value() == dummy.value()) return none.share();
            values->slots[i] = v.release();
        }
        return values;
    }();
    return op.finish(std::move(result));
}

SLOW(match_class) {
    Python& py = op.py;
    Value subject = op.regs[op.b()], cls = op.regs[op.b() + 1];
    Borrowed<Tuple> names = as<Tuple>(op.regs[op.b() + 2]);
    std::size_t positional = op.c();
    auto result = [&]() -> Result<Ref<>> {
        if (!is<Type>(cls)) return raise(py, exc::TypeError, "called match pattern must be a class");
        auto& type = *static_cast<Type*>(cls.pointer());
        if (!TRY(is_instance(py, Borrowed<>(subject), Borrowed<>(cls)))) return none.share();
        std::vector<Ref<>> found;
        std::vector<Ref<Str>> seen;
        Ref<Str> type_name = name_of_type(type);
        auto attribute = [&](Borrowed<Str> name) -> Result<Maybe<>> {
            for (Ref<Str>& s : seen)
                if (equal(*s.get(), *name.get())) return raise(py, exc::TypeError, "{}() got multiple sub-patterns for attribute {}", type_name, TRY(repr(py, name)));
            seen.push_back(name.share());
            return find_attribute(py, Borrowed<>(subject), name);
        };
        if (positional > 0) {
            Maybe<> match_args = TRY(find_attribute(py, Borrowed<>(cls), name::dunder_match_args()));
            bool self = false;
            std::size_t allowed = 0;
            if (match_args) {
                if (!is_exact<Tuple>(match_args.value())) return raise(py, exc::TypeError, "{}.__match_args__ must be a tuple (got {})", type_name, TypeName{match_args.value()});
                allowed = as<Tuple>(match_args.value())->size;
            } else if (type.has(type_flag::match_self)) {
                self = true;
                allowed = 1;
            }
            if (allowed < positional)
                return raise(py, exc::TypeError, "{}() accepts {} positional sub-pattern{} ({} given)", type_name, allowed, allowed == 1 ? "" : "s", positional);
            if (self) {
                found.push_back(share(subject));
            } else {
                for (std::size_t i = 0; i < positional; ++i) {
                    Borrowed<> name = as<Tuple>(match_args.value())->at(i);
                    if (!is_exact<Str>(name)) return raise(py, exc::TypeError, "__match_args__ elements must be strings (got {})", TypeName{name.value()});
                    Maybe<> v = TRY(attribute(as<Str>(name)));
                    if (!v) return none.share();
                    found.push_back(std::move(v).take());
                }
            }
        }
        for (Value name : names->items()) {
            Maybe<> v = TRY(attribute(as<Str>(name)));
            if (!v) return none.share();
            found.push_back(std::move(v).take());
        }
        Ref<Tuple> tuple = TRY(make_tuple_uninitialized(py, found.size()));
        for (std::size_t i = 0; i < found.size(); ++i) tuple->slots[i] = found[i].release();
        return tuple;
    }();
    if (result.raised()) return false;
    op.consume_block(op.b(), 3);
    put(op.regs, op.a(), reg::adopt(std::move(result).release()));
    return true;
}

}  // namespace oro::vm
