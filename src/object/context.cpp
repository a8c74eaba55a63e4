// The persistent map of contexts, and the current context.
#include "object/context.h"

#include "object/call.h"
#include "object/locked.h"

namespace oro {

namespace {

// A bijection of the address, so that two variables never have the same hash.
std::uint64_t hash_of_var(Value var) { return (var.bits >> 4) * 0x9E3779B97F4A7C15u; }
std::uint32_t bit_at(std::uint64_t hash, int level) { return 1u << (hash >> (64 - 5 * (level + 1) < 0 ? 0 : 64 - 5 * (level + 1)) & 31); }
std::size_t index_of(std::uint32_t bitmap, std::uint32_t bit) { return std::size_t(__builtin_popcount(bitmap & (bit - 1))); }

// Borrowed from the map; null if it isn't there.
Value find(ContextNode const* node, Value var) {
    std::uint64_t hash = hash_of_var(var);
    for (int level = 0; node; ++level) {
        std::uint32_t bit = bit_at(hash, level);
        if (!(node->bitmap & bit)) return {};
        std::size_t i = index_of(node->bitmap, bit);
        Value key = node->slots[2 * i];
        if (key) return key == var ? node->slots[2 * i + 1] : Value{};
        node = static_cast<ContextNode*>(node->slots[2 * i + 1].pointer());
    }
    return {};
}

Result<Ref<ContextNode>> make_node(Thread& t, std::uint32_t bitmap) {
    std::size_t bytes = sizeof(ContextNode) + 2 * std::size_t(__builtin_popcount(bitmap)) * sizeof(Value);
    return make_sized<ContextNode>(t, ContextNode::type(), bytes, bitmap);
}

Value counted(Value v) { return share(v).release(); }

// A copy of `node` in which entry `bit` is (key, value), both taken over.
Result<Ref<ContextNode>> with_entry(Thread& t, ContextNode const* node, std::uint32_t bit, Maybe<> key, Ref<> value) {
    std::uint32_t old = node ? node->bitmap : 0;
    Ref<ContextNode> copy = TRY(make_node(t, old | bit));
    std::size_t at = index_of(copy->bitmap, bit);
    for (std::size_t i = 0, from = 0; i < copy->count(); ++i) {
        bool here = i == at;
        if (!here) {
            copy->slots[2 * i] = counted(node->slots[2 * from]);
            copy->slots[2 * i + 1] = counted(node->slots[2 * from + 1]);
        }
        if (!here || (old & bit)) ++from;
    }
    copy->slots[2 * at] = key.release();
    copy->slots[2 * at + 1] = value.release();
    return copy;
}

// A map with `var` set to `value`.
Result<Ref<ContextNode>> insert(Thread& t, ContextNode const* node, int level, Value var, Ref<> value) {
    std::uint32_t bit = bit_at(hash_of_var(var), level);
    if (!node || !(node->bitmap & bit)) return with_entry(t, node, bit, share(var), std::move(value));
    std::size_t i = index_of(node->bitmap, bit);
    Value key = node->slots[2 * i], there = node->slots[2 * i + 1];
    if (key == var) return with_entry(t, node, bit, share(var), std::move(value));
    Ref<ContextNode> child = key ? TRY(insert(t, nullptr, level + 1, key, share(there)))
                                 : TRY(insert(t, static_cast<ContextNode*>(there.pointer()), level + 1, var, value.share()));
    if (key) child = TRY(insert(t, child.get(), level + 1, var, std::move(value)));
    return with_entry(t, node, bit, {}, std::move(child));
}

// A map without `var`, which is in it; null if nothing is left.
Result<Maybe<ContextNode>> remove(Thread& t, ContextNode const* node, int level, Value var) {
    std::uint32_t bit = bit_at(hash_of_var(var), level);
    std::size_t at = index_of(node->bitmap, bit);
    if (!node->slots[2 * at]) {
        Maybe<ContextNode> child = TRY(remove(t, static_cast<ContextNode*>(node->slots[2 * at + 1].pointer()), level + 1, var));
        if (child) return Maybe<ContextNode>(TRY(with_entry(t, node, bit, {}, std::move(child).take())));
    }
    std::uint32_t left = node->bitmap & ~bit;
    if (!left) return Maybe<ContextNode>();
    Ref<ContextNode> copy = TRY(make_node(t, left));
    for (std::size_t i = 0, to = 0; i < node->count(); ++i) {
        if (i == at) continue;
        copy->slots[2 * to] = counted(node->slots[2 * i]);
        copy->slots[2 * to + 1] = counted(node->slots[2 * i + 1]);
        ++to;
    }
    return Maybe<ContextNode>(std::move(copy));
}

}  // namespace

Result<Ref<Context>> current_context(Thread& t) {
    if (!t.context) t.context = TRY(make<Context>(t, Context::type())).release();
    return Ref<Context>::adopt(share(t.context).release());
}

Result<Ref<Context>> copy_context(Thread& t, Borrowed<Context> context) {
    Ref<Context> copy = TRY(make<Context>(t, Context::type()));
    copy->map.set(context->map.load(context.get()));
    return copy;
}

Result<Ref<Context>> copy_context(Thread& t) {
    Ref<Context> current = TRY(current_context(t));
    return copy_context(t, current);
}

Result<void> enter_context(Python& py, Borrowed<Context> context) {
    if (context->entered.exchange(true)) {
        Ref<Str> shown = TRY(repr(py, context));
        return raise(py, exc::RuntimeError, "cannot enter context: {} is already entered", shown);
    }
    Value previous = std::exchange(py.context, counted(context.value()));
    context->previous.store(context.get(), Maybe<Context>::adopt(previous));
    return {};
}

void leave_context(Python& py, Borrowed<Context> context) {
    Maybe<Context> previous = context->previous.exchange(context.get(), {});
    Value left = std::exchange(py.context, previous.release());
    context->entered.store(false);
    detail::decref(left);
}

Maybe<> context_get(Thread&, Borrowed<Context> context, Borrowed<ContextVar> var) {
    Maybe<ContextNode> map = context->map.load(context.get());
    if (!map) return {};
    Value v = find((*map).get(), var.value());
    return v ? Maybe<>(share(v)) : Maybe<>();
}

Maybe<> context_var_get(Thread& t, Borrowed<ContextVar> var) {
    if (t.context) {
        if (Maybe<> v = context_get(t, Borrowed<Context>(*static_cast<Context*>(t.context.pointer())), var)) return v;
    }
    return var->default_value ? Maybe<>(var->default_value.share()) : Maybe<>();
}

Result<Ref<ContextToken>> context_var_set(Thread& t, Borrowed<ContextVar> var, Ref<> value) {
    Ref<Context> context = TRY(current_context(t));
    Maybe<> old = context_get(t, context, var);
    Maybe<ContextNode> map = context->map.load(context.get());
    Ref<ContextToken> token = TRY(make<ContextToken>(t, ContextToken::type(), var.share(), context.share(), std::move(old)));
    context->map.store(context.get(), TRY(insert(t, map ? (*map).get() : nullptr, 0, var.value(), std::move(value))));
    return token;
}

Result<void> context_var_reset(Python& py, Borrowed<ContextVar> var, Borrowed<ContextToken> token) {
    auto refuse = [&](Type& type, std::string_view why) -> Raised {
        Ref<Str> shown = TRY(repr(py, token));
        return raise(py, type, "{} {}", shown, why);
    };
    if (token->used.load()) return refuse(exc::RuntimeError, "has already been used once");
    if (token->var.get() != var.get()) return refuse(exc::ValueError, "was created by a different ContextVar");
    Ref<Context> context = TRY(current_context(py));
    if (token->context.get() != context.get()) return refuse(exc::ValueError, "was created in a different Context");
    if (token->used.exchange(true)) return refuse(exc::RuntimeError, "has already been used once");
    Maybe<ContextNode> map = context->map.load(context.get());
    if (token->old_value) {
        context->map.store(context.get(), TRY(insert(py, map ? (*map).get() : nullptr, 0, var.value(), token->old_value.share())));
    } else if (map && find((*map).get(), var.value())) {
        context->map.store(context.get(), TRY(remove(py, (*map).get(), 0, var.value())));
    }
    return {};
}

Result<Ref<ContextVar>> make_context_var(Thread& t, std::string_view name, Maybe<> default_value) {
    Ref<Str> text = TRY(make_str(t, name));
    return make<ContextVar>(t, ContextVar::type(), std::move(text), std::move(default_value));
}

}  // namespace oro
