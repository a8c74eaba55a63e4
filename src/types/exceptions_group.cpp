// BaseExceptionGroup and ExceptionGroup: trees of exceptions, and how they are split.
#include "types/exception_group.h"

#include <algorithm>
#include <vector>

#include "object/list.h"
#include "types/exceptions.h"
#include "types/generic_alias.h"

namespace oro {
namespace exceptions {
namespace {

bool is_group(Value v) { return is<ExceptionGroup>(v); }
ExceptionGroup& group_of(Value v) { return *static_cast<ExceptionGroup*>(v.pointer()); }

Result<bool> is_sequence(Python& py, Borrowed<> v) {
    if (type_of(v).has(type_flag::list | type_flag::tuple | type_flag::str | type_flag::bytes)) return true;
    if (type_of(v).has(type_flag::dict)) return false;
    return bool(TRY(find_special(py, v, name::dunder_getitem())));
}

Result<Ref<>> make_group(Python& py, Type& given, Value const* args, std::size_t n) {
    if (n != 2) {
        return raise(py, exc::TypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)", n);
    }
    if (!is<Str>(args[0])) {
        return raise(py, exc::TypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not {}", TypeName{args[0]});
    }
    if (!TRY(is_sequence(py, Borrowed<>(args[1])))) {
        return raise(py, exc::TypeError, "second argument (exceptions) must be a sequence");
    }
    Ref<Tuple> exceptions = TRY(tuple_from(py, Borrowed<>(args[1])));
    if (exceptions->size == 0) {
        return raise(py, exc::ValueError, "second argument (exceptions) must be a non-empty sequence");
    }
    bool all_plain = true;
    for (std::size_t i = 0; i < exceptions->size; ++i) {
        Value e = exceptions->slots[i];
        if (!is_exception(e)) {
            return raise(py, exc::ValueError, "Item {} of second argument (exceptions) is not an exception", i);
        }
        all_plain = all_plain && is_instance_of(e, exc::Exception);
    }
    Type* type = &given;
    if (type == &exc::BaseExceptionGroup) {
        if (all_plain) type = &exc::ExceptionGroup;
    } else if (!all_plain && type == &exc::ExceptionGroup) {
        return raise(py, exc::TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
    } else if (!all_plain && is_subtype(*type, exc::Exception)) {
        Maybe<Str> name = type->name.load(type);
        Ref<Str> shown = TRY(repr(py, *name));
        return raise(py, exc::TypeError, "Cannot nest BaseExceptions in {}", shown);
    }
    Maybe<> text;
    if (!type_of(args[1]).has(type_flag::list | type_flag::tuple)) text = TRY(repr(py, Borrowed<>(args[1])));
    Ref<Tuple> all = TRY(oro::make_tuple(py, std::span<Value const>(args, n)));
    return Ref<>(TRY(make<ExceptionGroup>(py, *type, std::move(all), as<Str>(args[0]).share(), std::move(exceptions), std::move(text))));
}

Value group_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple*) {
    return make_group(py, type, args, n).release();
}

Value group_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    BaseException& e = exception_of(self);
    if (no_keywords(py, e, names).raised()) return {};
    return done(set_args(py, e, args, n));
}

Result<Ref<Str>> group_str(Python& py, Borrowed<ExceptionGroup> self) {
    StrBuilder out(py);
    out.add(**self->message);
    out.add(" (");
    out.add(std::to_string(self->exceptions->size));
    out.add(self->exceptions->size == 1 ? " sub-exception)" : " sub-exceptions)");
    return out.finish();
}

Result<Ref<Str>> group_repr(Python& py, Borrowed<ExceptionGroup> self) {
    StrBuilder out(py);
    out.add(*type_name(py, *self));
    out.add(U'(');
    out.add(*TRY(repr(py, *self->message)));
    out.add(", ");
    Ref<Tuple> args = args_of(*self);
    if (self->exceptions_text) {
        out.add(*as<Str>(*self->exceptions_text));
    } else if (args->size >= 2 && type_of(args->slots[1]).has(type_flag::list)) {
        Ref<List> list = TRY(make_list_of(py, self->exceptions->items()));
        out.add(*TRY(repr(py, list)));
    } else {
        out.add(*TRY(repr(py, *self->exceptions)));
    }
    out.add(U')');
    return out.finish();
}

// ---- splitting

struct Matcher {
    enum Kind { by_type, by_predicate, by_identity } kind;
    Value what;                                    // borrowed: class, tuple of classes, or callable
    std::vector<Value> const* leaves = nullptr;    // by identity; sorted
};

Result<Matcher> matcher_of(Python& py, Borrowed<> v) {
    Value w = v.value();
    if (is_exception_class(w)) return Matcher{Matcher::by_type, w};
    if (is<Tuple>(v)) {
        bool all = true;
        for (Value item : as<Tuple>(v)->items()) all = all && is_exception_class(item);
        if (all) return Matcher{Matcher::by_type, w};
    } else if (is_callable(v) && !type_of(v).has(type_flag::type)) {
        return Matcher{Matcher::by_predicate, w};
    }
    return raise(py, exc::TypeError,
                 "expected an exception type, a tuple of exception types, or a callable (other than a class)");
}

bool before(Value a, Value b) { return a.bits < b.bits; }

Result<bool> matches(Python& py, Matcher const& m, Borrowed<> exception) {
    if (m.kind == Matcher::by_type) return exception_matches(exception, Borrowed<>(m.what));
    if (m.kind == Matcher::by_predicate) {
        Ref<> r = TRY(call_with(py, Borrowed<>(m.what), exception));
        return truth(py, r);
    }
    return !is_group(exception.value()) && std::binary_search(m.leaves->begin(), m.leaves->end(), exception.value(), before);
}

void copy_metadata(Thread& t, BaseException& from, BaseException& to) {
    to.traceback.store(&to, from.traceback.load(&from));
    to.context.store(&to, from.context.load(&from));
    set_cause(t, to, from.cause.load(&from));
}

// A group like `self` of some of its exceptions; null if there are none.
Result<Maybe<>> part_of(Python& py, Borrowed<ExceptionGroup> self, Borrowed<List> exceptions) {
    if (exceptions->size() == 0) return Maybe<>();
    Ref<Str> method = intern(py, TRY(make_str(py, std::string_view("derive"))));
    Ref<> part = TRY(call_method_with(py, self, method, exceptions));
    if (!is_group(part.value())) return raise(py, exc::TypeError, "derive must return an instance of BaseExceptionGroup");
    copy_metadata(py, *self, group_of(part.value()));
    Maybe<> notes = TRY(find_attribute(py, self, name::dunder_notes()));
    if (notes && TRY(is_sequence(py, *notes))) {
        Ref<List> copy = TRY(list_from(py, *notes));
        CHECK(set_attribute(py, part, name::dunder_notes(), copy));
    }
    return Maybe<>(std::move(part));
}

Result<void> split(Python& py, Borrowed<> exception, Matcher const& m, bool want_rest, GroupSplit& out) {
    CHECK(check_native_stack(py, " in exceptiongroup_split_recursive"));
    if (TRY(matches(py, m, exception))) {
        out.match = exception.share();
        return {};
    }
    if (!is_group(exception.value())) {
        if (want_rest) out.rest = exception.share();
        return {};
    }
    Borrowed<ExceptionGroup> self = as<ExceptionGroup>(exception);
    Ref<List> match = TRY(make_list(py)), rest = TRY(make_list(py));
    for (Value e : self->exceptions->items()) {
        GroupSplit parts;
        CHECK(split(py, Borrowed<>(e), m, want_rest, parts));
        if (parts.match) CHECK(list_append(py, match, std::move(parts.match).take()));
        if (parts.rest) CHECK(list_append(py, rest, std::move(parts.rest).take()));
    }
    out.match = TRY(part_of(py, self, match));
    if (want_rest) out.rest = TRY(part_of(py, self, rest));
    return {};
}

Ref<> or_none(Maybe<> v) { return v ? std::move(v).take() : Ref<>::immediate(kNone); }

Result<Ref<>> group_split(Python& py, Borrowed<ExceptionGroup> self, Borrowed<> matcher) {
    Matcher m = TRY(matcher_of(py, matcher));
    GroupSplit parts;
    CHECK(split(py, self, m, true, parts));
    return Ref<>(TRY(make_tuple_of(py, or_none(std::move(parts.match)), or_none(std::move(parts.rest)))));
}

Result<Ref<>> group_subgroup(Python& py, Borrowed<ExceptionGroup> self, Borrowed<> matcher) {
    Matcher m = TRY(matcher_of(py, matcher));
    GroupSplit parts;
    CHECK(split(py, self, m, false, parts));
    return or_none(std::move(parts.match));
}

Result<Ref<>> group_derive(Python& py, Borrowed<ExceptionGroup> self, Borrowed<> exceptions) {
    Borrowed<Str> message = *self->message;
    return call_with(py, Borrowed<>(Value::of(&exc::BaseExceptionGroup)), message, exceptions);
}

Result<Ref<>> group_class_getitem(Python& py, Borrowed<> cls, Borrowed<> item) { return make_generic_alias(py, cls, item); }

Value get_message(Python&, Value self) { return group_of(self).message.share().release(); }
Value get_exceptions(Python&, Value self) { return group_of(self).exceptions.share().release(); }

constexpr MethodDef methods[] = {
    def<group_derive>("derive", "excs, /", "A group of other exceptions with the same message; for subclasses to override."),
    def<group_split>("split", "matcher_value, /", "Two groups: of the exceptions that match, and of the others."),
    def<group_subgroup>("subgroup", "matcher_value, /", "The group of the exceptions that match, or None."),
    class_def<group_class_getitem>("__class_getitem__", "object, /", "Exception groups are generic over what they contain."),
};
constexpr SlotDef slots[] = {slot<Dunder::str, group_str>, slot<Dunder::repr, group_repr>};
constexpr GetSetDef getsets[] = {
    {"message", get_message, nullptr, "The message."},
    {"exceptions", get_exceptions, nullptr, "The exceptions, as a tuple."},
};
constexpr TypeDef plain_def{.name = "ExceptionGroup", .doc = "A group of exceptions that `except Exception` catches.",
                            .base = &exc::BaseExceptionGroup, .mixin = &exc::Exception, .size = sizeof(ExceptionGroup),
                            .flags = kFlags | type_flag::has_weakrefs, .hooks = hooks_of<ExceptionGroup>()};

// ---- except*

void collect_leaves(Value e, std::vector<Value>& out) {
    if (!is_group(e)) {
        if (e != kNone) out.push_back(e);
        return;
    }
    for (Value inner : group_of(e).exceptions->items()) collect_leaves(inner, out);
}

// Whether an exception is the original one with nothing changed, or a part of it.
bool same_metadata(Value a, Value b) {
    BaseException &x = exception_of(a), &y = exception_of(b);
    return x.traceback.load(&x).value() == y.traceback.load(&y).value() &&
           x.context.load(&x).value() == y.context.load(&y).value() && x.cause.load(&x).value() == y.cause.load(&y).value();
}

}  // namespace
}  // namespace exceptions

using namespace exceptions;

bool exception_matches(Borrowed<> exception, Borrowed<> type) {
    Type& own = type_of(exception);
    if (is<Tuple>(type)) {
        for (Value t : as<Tuple>(type)->items()) {
            if (exception_matches(exception, Borrowed<>(t))) return true;
        }
        return false;
    }
    return is_exception_class(type.value()) && is_subtype(own, *static_cast<Type*>(type.value().pointer()));
}

Result<void> check_except_type(Python& py, Borrowed<> type) {
    bool good = is_exception_class(type.value());
    if (is<Tuple>(type)) {
        good = true;
        for (Value t : as<Tuple>(type)->items()) good = good && is_exception_class(t);
    }
    if (good) return {};
    return raise(py, exc::TypeError, "catching classes that do not inherit from BaseException is not allowed");
}

Result<void> check_except_star_type(Python& py, Borrowed<> type) {
    CHECK(check_except_type(py, type));
    auto group_class = [](Value t) { return is_subtype(*static_cast<Type*>(t.pointer()), exc::BaseExceptionGroup); };
    bool bad = false;
    if (is<Tuple>(type)) {
        for (Value t : as<Tuple>(type)->items()) bad = bad || group_class(t);
    } else bad = group_class(type.value());
    if (!bad) return {};
    return raise(py, exc::TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead.");
}

Result<GroupSplit> match_except_star(Python& py, Borrowed<> exception, Borrowed<> type, bool* wrapped) {
    GroupSplit out;
    *wrapped = false;
    if (exception.is(kNone)) return out;
    if (exception_matches(exception, type)) {
        if (is_group(exception.value())) {
            out.match = exception.share();
            return out;
        }
        Ref<Tuple> only = TRY(make_tuple_of(py, exception.share()));
        out.match = TRY(call_with(py, Borrowed<>(Value::of(&exc::BaseExceptionGroup)), empty_str(), only));
        *wrapped = true;
        return out;
    }
    if (!is_group(exception.value())) {
        out.rest = exception.share();
        return out;
    }
    // The class may override split().
    Ref<> pair = TRY(call_method_with(py, exception, name::split(), type));
    if (!is<Tuple>(pair)) {
        return raise(py, exc::TypeError, "{}.split must return a tuple, not {}", TypeName{exception.value()}, TypeName{pair.value()});
    }
    Borrowed<Tuple> parts = as<Tuple>(pair);
    if (parts->size < 2) {
        return raise(py, exc::TypeError, "{}.split must return a 2-tuple, got tuple of size {}", TypeName{exception.value()}, parts->size);
    }
    if (parts->slots[0] != kNone) out.match = parts->at(0).share();
    if (parts->slots[1] != kNone) out.rest = parts->at(1).share();
    return out;
}

Result<Maybe<>> after_except_star(Python& py, Borrowed<> original, Borrowed<List> raised) {
    Ref<Tuple> all = TRY(list_to_tuple(py, raised));
    if (!is_group(original.value())) {
        // A naked exception was caught: only one clause can have run.
        for (Value e : all->items()) if (e != kNone) return Maybe<>(share(e));
        return Maybe<>();
    }
    Ref<List> fresh = TRY(make_list(py));
    std::vector<Value> leaves;  // of what has to go on as it was
    for (Value e : all->items()) {
        if (e == kNone) continue;
        if (same_metadata(e, original.value())) collect_leaves(e, leaves);
        else CHECK(list_append(py, fresh, share(e)));
    }
    GroupSplit again;
    if (!leaves.empty()) {
        std::sort(leaves.begin(), leaves.end(), before);
        Matcher m{Matcher::by_identity, {}, &leaves};
        CHECK(split(py, original, m, false, again));
    }
    if (fresh->size() == 0) return std::move(again.match);
    if (again.match) CHECK(list_append(py, fresh, std::move(again.match).take()));
    if (fresh->size() == 1) return list_get(py, *fresh, 0);
    return Maybe<>(TRY(call_with(py, Borrowed<>(Value::of(&exc::BaseExceptionGroup)), empty_str(), fresh)));
}

}  // namespace oro

ORO_EXCEPTION(BaseExceptionGroup, BaseException, ExceptionGroup, "A group of exceptions.", .new_ = exceptions::group_new,
              .init = exceptions::group_init, .methods = exceptions::methods, .slots = exceptions::slots,
              .getsets = exceptions::getsets)
namespace oro::exc {
ORO_TYPE(ExceptionGroup, exceptions::plain_def);
}
