// Functions, iteration protocols of statements, intrinsics.
#include "memory/spread.h"
#include "object/call.h"
#include "object/exception.h"
#include "object/interpreter.h"
#include "object/str.h"
#include "types/exception_group.h"
#include "types/typevar.h"
#include "vm/generator.h"
#include "vm/op.h"

namespace oro {

Result<Ref<Function>> make_function(Python& py, Borrowed<Code> code, Borrowed<Dict> globals, bool counted) {
    Ref<Function> f = TRY(make<Function>(py, function_type));
    f->code.set(Maybe<Code>(code.share()));
    f->globals.init(Maybe<Dict>(globals.share()));
    // The builtins of the globals at this moment: a module or its dict.
    Maybe<> builtins = dict_get(py, *globals.get(), name::dunder_builtins());
    if (builtins && is<Module>(builtins.value())) f->builtins.init(Maybe<Dict>(as<Module>(builtins.value())->dict.share()));
    else if (builtins && is<Dict>(builtins.value())) f->builtins.init(Maybe<Dict>(as<Dict>(std::move(builtins).take())));
    else if (py.frame) f->builtins.init(Maybe<Dict>(py.frame->fn()->builtins.share()));
    else f->builtins.init(Maybe<Dict>(py.interpreter->builtins_dict.share()));
    f->name.set(Maybe<Str>(code->name.share()));
    f->qualname.set(Maybe<Str>(code->qualname.share()));
    f->module.set(dict_get(py, *globals.get(), name::dunder_name()));
    if (!counted && !(code->code_flags & CO_NESTED)) make_deferred(*f.get());
    return f;
}

namespace vm {

SLOW(unfold) { return !oro::unfold(op.py, op.code()).raised(); }

SLOW(make_function) {
    Python& py = op.py;
    Value code = op.k[op.b()];
    auto made = make_function(py, as<Code>(code), *op.frame().fn()->globals);
    if (made.raised()) return false;
    Ref<Function> f = std::move(made).take();
    std::uint8_t flags = std::uint8_t(op.word >> 8);
    unsigned r = op.c();
    if (flags & FN_DEFAULTS) f->defaults.set(Maybe<Tuple>(as<Tuple>(op.take(r++))));
    if (flags & FN_KWDEFAULTS) f->keyword_defaults.set(Maybe<Dict>(as<Dict>(op.take(r++))));
    if (flags & FN_ANNOTATE) f->annotate.set(Maybe<>(op.take(r++)));
    if (flags & FN_CLOSURE) f->closure.init(Maybe<Tuple>(as<Tuple>(op.take(r++))));
    put(op.regs, op.a(), reg::adopt(Ref<>(std::move(f)).release()));
    return true;
}

SLOW(setup_annotations) {
    Python& py = op.py;
    Value locals = op.frame().locals;
    if (is_exact<Dict>(locals)) {
        if (dict_get(py, *as<Dict>(locals).get(), name::dunder_annotations())) return true;
        auto d = make_dict(py);
        if (d.raised()) return false;
        return !dict_set(py, *as<Dict>(locals).get(), name::dunder_annotations(), std::move(d).take()).raised();
    }
    auto there = get_item(py, Borrowed<>(locals), name::dunder_annotations());
    if (!there.raised()) return true;
    if (!raised_is(py, exc::KeyError)) return false;
    clear_raised(py);
    auto d = make_dict(py);
    if (d.raised()) return false;
    Ref<Dict> dict = std::move(d).take();
    return !set_item(py, Borrowed<>(locals), name::dunder_annotations(), dict).raised();
}

// ---- iteration

SLOW(get_iter) { return op.finish(get_iterator(op.py, Borrowed<>(op.B()))); }

SLOW(get_aiter) {
    Python& py = op.py;
    Value x = op.B();
    SlotFn fn = type_of(x).slot(Dunder::aiter);
    if (!fn) return (void)raise(py, exc::TypeError, "'async for' requires an object with __aiter__ method, got {}", TypeName{x}), false;
    Value it = fn(py, x, Value{}, Value{});
    if (it.is_null()) return false;
    Ref<> iterator = Ref<>::adopt(it);
    if (!type_of(it).slot(Dunder::anext))
        return (void)raise(py, exc::TypeError, "'async for' received an object from __aiter__ that does not implement __anext__: {}", TypeName{it}), false;
    return op.finish(Result<Ref<>>(std::move(iterator)));
}

SLOW(get_anext) {
    Python& py = op.py;
    Value x = op.B();
    SlotFn fn = type_of(x).slot(Dunder::anext);
    if (!fn) return (void)raise(py, exc::TypeError, "'async for' requires an iterator with __anext__ method, got {}", TypeName{x}), false;
    Value v = fn(py, x, Value{}, Value{});
    if (v.is_null()) return false;
    Ref<> awaitable = Ref<>::adopt(v);
    auto it = get_awaitable_iterator(py, awaitable);
    if (it.raised()) {
        Maybe<> cause = take_raised(py);
        (void)raise(py, exc::TypeError, "'async for' received an invalid object from __anext__: {}", TypeName{v});
        auto* e = static_cast<BaseException*>(py.raised.pointer());
        e->cause.store(e, Maybe<>(share(cause.value())));
        e->context.store(e, std::move(cause));
        e->suppress_context = true;
        return false;
    }
    return op.finish(std::move(it));
}

SLOW(end_async_for) {
    Ref<> e = op.take(op.a());
    if (is_instance_of(e.value(), exc::StopAsyncIteration)) return true;
    restore_raised(op.py, std::move(e));
    return false;
}

SLOW(get_awaitable) {
    Python& py = op.py;
    Value x = op.B();
    auto it = get_awaitable_iterator(py, Borrowed<>(x));
    if (it.raised()) {
        if (op.c() && raised_is(py, exc::TypeError) && !type_of(x).slot(Dunder::await)) {
            clear_raised(py);
            (void)raise(py, exc::TypeError, "'async with' received an object from {} that does not implement __await__: {}", op.c() == 1 ? "__aenter__" : "__aexit__", TypeName{x});
        }
        return false;
    }
    Ref<> iterator = std::move(it).take();
    if (&type_of(iterator.value()) == &coroutine_type) {
        if (generator_awaits(*static_cast<Generator*>(iterator.value().pointer()))) return (void)raise(py, exc::RuntimeError, "coroutine is being awaited already"), false;
    }
    return op.finish(Result<Ref<>>(std::move(iterator)));
}

SLOW(get_yield_from_iter) {
    Value x = op.B();
    Type& type = type_of(x);
    if (&type == &coroutine_type) {
        if (!(op.code().code_flags & (CO_COROUTINE | CO_ITERABLE_COROUTINE)))
            return (void)raise(op.py, exc::TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator"), false;
        return op.finish(Result<Ref<>>(share(x)));
    }
    if (&type == &generator_type) return op.finish(Result<Ref<>>(share(x)));
    return op.finish(get_iterator(op.py, Borrowed<>(x)));
}

// ---- intrinsics

namespace {

// StopIteration must not leave a generator: it becomes a RuntimeError caused by it.
Result<Ref<>> stopiteration_error(Op const& op, Value e) {
    Python& py = op.py;
    Code& code = op.code();
    char const* message = nullptr;
    if (is_instance_of(e, exc::StopIteration)) {
        message = code.code_flags & CO_ASYNC_GENERATOR ? "async generator raised StopIteration"
                  : code.code_flags & CO_COROUTINE     ? "coroutine raised StopIteration"
                                                       : "generator raised StopIteration";
    } else if ((code.code_flags & CO_ASYNC_GENERATOR) && is_instance_of(e, exc::StopAsyncIteration)) {
        message = "async generator raised StopAsyncIteration";
    }
    if (!message) return share(e);
    (void)raise(py, exc::RuntimeError, message);
    Maybe<> error = take_raised(py);
    auto* made = static_cast<BaseException*>(error.value().pointer());
    made->cause.store(made, Maybe<>(share(e)));
    made->context.store(made, Maybe<>(share(e)));
    made->suppress_context = true;
    return std::move(error).take();
}

Result<Ref<>> stopiteration_value(Op const& op, Value e) {
    if (is_instance_of(e, exc::StopIteration)) {
        auto* stop = static_cast<StopIteration*>(e.pointer());
        Maybe<> v = stop->value.load(stop);
        return v ? std::move(v).take() : none.share();
    }
    restore_raised(op.py, share(e));
    return Raised{};
}

Result<Ref<>> print_expression(Python& py, Value v) {
    Maybe<> hook = sys_get(py, name::displayhook());
    if (!hook) return raise(py, exc::RuntimeError, "lost sys.displayhook");
    return call_with(py, *hook, Borrowed<>(v));
}

Result<Ref<>> prep_reraise_star(Python& py, Value original, Value list) {
    Maybe<> left = TRY(after_except_star(py, Borrowed<>(original), as<List>(list)));
    return left ? std::move(left).take() : none.share();
}

}  // namespace

SLOW(intrinsic1) {
    Python& py = op.py;
    Value x = op.B();
    switch (Intrinsic1(op.c())) {
        case Intrinsic1::print_expr: return op.finish_b(print_expression(py, x));
        case Intrinsic1::stopiteration_error: return op.finish_b(stopiteration_error(op, x));
        case Intrinsic1::stopiteration_value: return op.finish_b(stopiteration_value(op, x));
        case Intrinsic1::async_gen_wrap: return op.finish_b(wrap_async_yield(py, share(x)));
        case Intrinsic1::typevar: return op.finish_b(make_type_var(py, as<Str>(x), {}, {}));
        case Intrinsic1::paramspec: return op.finish_b(make_param_spec(py, as<Str>(x)));
        case Intrinsic1::typevartuple: return op.finish_b(make_type_var_tuple(py, as<Str>(x)));
        case Intrinsic1::subscript_generic: return op.finish_b(subscript_generic(py, as<Tuple>(x)));
        case Intrinsic1::typealias: {
            Borrowed<Tuple> parts = as<Tuple>(x);
            return op.finish_b(make_type_alias(py, as<Str>(parts->at(0)), Maybe<>(parts->at(1).share()), parts->at(2), dict_get(py, *op.frame().fn()->globals.get(), name::dunder_name())));
        }
        default: break;
    }
    (void)raise(py, exc::SystemError, "unknown intrinsic");
    return false;
}

SLOW(intrinsic2) {
    Python& py = op.py;
    Value x = op.regs[op.b()], y = op.regs[op.b() + 1];
    Result<Ref<>> r = Raised{};
    auto set = [&](Result<Ref<>>&& v) { new (&r) Result<Ref<>>(std::move(v)); };
    switch (Intrinsic2(op.c())) {
        case Intrinsic2::prep_reraise_star: set(prep_reraise_star(py, x, y)); break;
        case Intrinsic2::typevar_with_bound: set(make_type_var(py, as<Str>(x), Maybe<>(share(y)), {})); break;
        case Intrinsic2::typevar_with_constraints: set(make_type_var(py, as<Str>(x), {}, Maybe<>(share(y)))); break;
        case Intrinsic2::set_function_type_params: {
            auto* f = static_cast<Function*>(x.pointer());
            f->type_params.store(f, Maybe<>(share(y)));
            set(share(x));
            break;
        }
        case Intrinsic2::set_typeparam_default:
            if (!set_type_parameter_default(py, Borrowed<>(x), Borrowed<>(y)).raised()) set(share(x));
            break;
        case Intrinsic2::getattr_: set(get_attribute(py, Borrowed<>(x), as<Str>(y))); break;
        default: (void)raise(py, exc::SystemError, "unknown intrinsic"); break;
    }
    if (r.raised()) return false;
    op.consume_block(op.b(), 2);
    put(op.regs, op.a(), reg::adopt(std::move(r).release()));
    return true;
}

}  // namespace vm
}  // namespace oro
