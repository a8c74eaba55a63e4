// Calls: binding arguments, pushing frames, calling natives and classes, entering from C++.
#include "object/call.h"
#include "object/exception.h"
#include "object/list.h"
#include "object/method.h"
#include "object/set.h"
#include "object/slot_wrapper.h"
#include "object/str.h"
#include "vm/op.h"

namespace oro {

// object.__new__ as its slot (types/object.cpp).
Value object_new(Python&, Type&, Value const*, std::size_t, Tuple*);

namespace vm {

Value* stack_top(Thread& t) {
    Frame* f = t.frame;
    if (!f) return t.stack_begin;
    if (!f->generator.is_null()) return reinterpret_cast<Value*>(f->spare.bits - 7);
    return f->registers() + f->code.get()->registers;
}

namespace {

// "f() takes 2 positional arguments but 3 were given" and its relatives.
Raised too_many_positional(Python& py, Code& code, Borrowed<Str> qualname, std::size_t given, std::size_t defaults, std::size_t keyword_only_given) {
    std::size_t most = code.positional;
    std::string takes;
    bool plural;
    if (defaults) {
        takes = "from " + std::to_string(most - defaults) + " to " + std::to_string(most);
        plural = true;
    } else {
        takes = std::to_string(most);
        plural = most != 1;
    }
    std::string extra;
    if (keyword_only_given) {
        extra = std::string(" positional argument") + (given != 1 ? "s" : "") + " (and " + std::to_string(keyword_only_given) + " keyword-only argument" + (keyword_only_given != 1 ? "s)" : ")");
    }
    return raise(py, exc::TypeError, "{}() takes {} positional argument{} but {}{} {} given", qualname, takes.c_str(), plural ? "s" : "", given, extra.c_str(),
                 given == 1 && !keyword_only_given ? "was" : "were");
}

Raised missing_arguments(Python& py, Borrowed<Str> qualname, std::vector<std::string> const& names, char const* kind) {
    std::string list;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) list += i + 1 < names.size() ? ", " : names.size() > 2 ? ", and " : " and ";
        list += "'" + names[i] + "'";
    }
    return raise(py, exc::TypeError, "{}() missing {} required {} argument{}: {}", qualname, names.size(), kind, names.size() == 1 ? "" : "s", list.c_str());
}

std::string local_name(Code& code, std::size_t i) { return wtf8_of(*static_cast<Str*>(code.local_names->slots[i].pointer())); }

// Index of a keyword among the parameters that may be given by keyword, or -1.
int find_parameter(Code& code, Str const& name, std::size_t from) {
    std::size_t n = code.positional + code.keyword_only;
    for (std::size_t i = from; i < n; ++i)
        if (code.local_names->slots[i] == Value::of(&name)) return int(i);
    for (std::size_t i = from; i < n; ++i)
        if (equal(*static_cast<Str*>(code.local_names->slots[i].pointer()), name)) return int(i);
    return -1;
}

void release_bound(Value* out, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        reg::release(out[i]);
        out[i] = Value{};
    }
}

}  // namespace

bool bind_arguments(Python& py, Function& f, Code& code, Value const* args, std::size_t n, Tuple* names, Value* out) {
    if (unfold(py, code).raised()) return false;
    std::size_t positional = code.positional, keyword_only = code.keyword_only, parameters = positional + keyword_only;
    Maybe<Str> qualname_ref;
    auto qualname = [&] {
        qualname_ref = f.qualname.load(&f);
        return Borrowed<Str>(*qualname_ref);
    };
    for (std::size_t i = 0; i < code.parameter_count; ++i) out[i] = Value{};
    auto fail = [&] {
        release_bound(out, code.parameter_count);
        return false;
    };
    std::size_t direct = n < positional ? n : positional;
    for (std::size_t i = 0; i < direct; ++i) out[i] = reg::retain(args[i]);
    std::size_t rest = parameters;
    if (code.code_flags & CO_VARARGS) {
        if (n > positional) {
            auto tuple = oro::make_tuple(py, std::span<Value const>(args + positional, n - positional));
            if (tuple.raised()) return fail();
            out[rest++] = Ref<>(std::move(tuple).take()).release();
        } else {
            out[rest++] = reg::adopt(Ref<>(empty_tuple()).release());
        }
    }
    Maybe<Dict> keywords;
    if (code.code_flags & CO_VARKEYWORDS) {
        auto dict = make_dict(py);
        if (dict.raised()) return fail();
        keywords = Maybe<Dict>(std::move(dict).take());
        out[rest++] = reg::retain(keywords.value());
    }
    std::size_t positional_only = code.unit->positional_only;
    if (names) {
        std::vector<std::string> misplaced;
        for (std::size_t i = 0; i < names->size; ++i) {
            Value key = names->slots[i], value = args[n + i];
            if (!is<Str>(key)) return (void)raise(py, exc::TypeError, "{}() keywords must be strings", qualname()), fail();
            Str& name = *static_cast<Str*>(key.pointer());
            int index = find_parameter(code, name, positional_only);
            if (index >= 0) {
                if (out[index]) return (void)raise(py, exc::TypeError, "{}() got multiple values for argument '{}'", qualname(), Borrowed<Str>(name)), fail();
                out[index] = reg::retain(value);
                continue;
            }
            if (keywords) {
                if (dict_set_item(py, *keywords, Borrowed<>(key), share(value)).raised()) return fail();
                continue;
            }
            for (std::size_t j = 0; j < positional_only; ++j)
                if (equal(*static_cast<Str*>(code.local_names->slots[j].pointer()), name)) misplaced.push_back(wtf8_of(name));
            if (!misplaced.empty() && misplaced.back() == wtf8_of(name)) continue;
            if (misplaced.empty()) {
                return (void)raise(py, exc::TypeError, "{}() got an unexpected keyword argument '{}'", qualname(), Borrowed<Str>(name)), fail();
            }
        }
        if (!misplaced.empty()) {
            std::string list;
            for (auto& m : misplaced) list += (list.empty() ? "" : ", ") + m;
            return (void)raise(py, exc::TypeError, "{}() got some positional-only arguments passed as keyword arguments: '{}'", qualname(), list.c_str()), fail();
        }
    }
    Maybe<Tuple> defaults = f.defaults.load(&f);
    std::size_t default_count = defaults ? defaults->size : 0;
    if (n > positional && !(code.code_flags & CO_VARARGS)) {
        std::size_t given_keyword_only = 0;
        for (std::size_t i = positional; i < parameters; ++i) given_keyword_only += bool(out[i]);
        return (void)too_many_positional(py, code, qualname(), n, default_count, given_keyword_only), fail();
    }
    if (n < positional) {
        std::size_t first_default = positional > default_count ? positional - default_count : 0;
        std::vector<std::string> missing;
        for (std::size_t i = n; i < first_default; ++i)
            if (!out[i]) missing.push_back(local_name(code, i));
        if (!missing.empty()) return (void)missing_arguments(py, qualname(), missing, "positional"), fail();
        for (std::size_t i = n > first_default ? n : first_default; i < positional; ++i)
            if (!out[i]) out[i] = reg::retain(defaults->slots[i - first_default + (default_count > positional ? default_count - positional : 0)]);
    }
    if (keyword_only) {
        Maybe<Dict> keyword_defaults = f.keyword_defaults.load(&f);
        std::vector<std::string> missing;
        for (std::size_t i = positional; i < parameters; ++i) {
            if (out[i]) continue;
            Maybe<> v;
            if (keyword_defaults) v = dict_get(py, **keyword_defaults, Borrowed<Str>(*static_cast<Str*>(code.local_names->slots[i].pointer())));
            if (v) out[i] = reg::adopt(v.release());
            else missing.push_back(local_name(code, i));
        }
        if (!missing.empty()) return (void)missing_arguments(py, qualname(), missing, "keyword-only"), fail();
    }
    return true;
}

bool push_frame(Python& py, Function& f, Value const* args, std::size_t n, Tuple* names, std::uint64_t flags, Value result) {
    Code* code = f.running_code();
    Value* top = stack_top(py);
    if (top + kCallHeader + code->registers + 64 >= py.stack_end || py.recursion_left <= 0) {
        (void)raise_recursion_limit(py);
        return false;
    }
    auto* frame = reinterpret_cast<Frame*>(top);
    Value* regs = frame->registers();
    if (code->simple && n == code->positional && !names) {
        for (std::size_t i = 0; i < n; ++i) regs[i] = reg::retain(args[i]);
    } else {
        // While defaults are looked up and dicts filled, Python code may run on the stack above: keep it clear of these words.
        Value small[16];
        std::vector<Value> many;
        Value* out = small;
        if (code->parameter_count > 16) {
            many.resize(code->parameter_count);
            out = many.data();
        }
        if (!bind_arguments(py, f, *code, args, n, names, out)) return false;
        for (std::size_t i = 0; i < code->parameter_count; ++i) regs[i] = out[i];
    }
    for (std::size_t i = code->parameter_count; i < code->local_count; ++i) regs[i] = Value{};
    frame->previous.set(py.frame);
    frame->pc.set(code->code);
    frame->code.set(code);
    frame->function = reg::retain(Value::of(&f));
    frame->locals = frame->object = Value{};
    frame->result = result;
    frame->generator.set(nullptr);
    frame->flags = flags;
    py.frame = frame;
    --py.recursion_left;
    return true;
}

Value make_instance(Python& t, Type& type, NewFn make, Value const* args, std::size_t n, Tuple* names) {
    if (make != object_new) {
        Value made = make(t, type, args, n, names);
        assert(made.is_null() || &type_of(made) == &type);
        return made;
    }
    Header* memory = allocate_object(t, type, type.size);
    if (!memory) return {};
    auto* words = reinterpret_cast<std::uint64_t*>(memory);
    for (std::size_t i = sizeof(Header) / 8, n = type.size / 8; i < n; ++i) words[i] = 0;
    ++t.allocated_since_gc;
    publish(memory, type.root_shape);
    return Value::of(memory);
}

namespace {

// Learning costs; a site that misses again and again is taught only now and then.
bool worth_learning(Op const& op) {
    return feedback_of(op.k, op.c()).load(std::memory_order_relaxed) == 0 || (++op.py.misses & 15) == 0;
}

// Enters the frame on top from C++.
Value run_top(Python& py) { return interpret(py, false); }

// The call block's words from p on: callable, self, arguments.
void release_block(Value* regs, unsigned p, unsigned count) {
    auto give_up = [](Value& word) {
        Value v = word;
        if (v.is_null() || !v.is_pointer()) return;
        word = Value{};
        Header* h = v.pointer();
        if (h->owner.load(std::memory_order_relaxed) == current_owner) detail::decref(h);
        else if (!reg::is_uncounted(h)) reg::release_slow(h);
    };
    give_up(regs[p]);
    for (Value* r = &regs[p + kCallHeader], *end = r + 1 + count; r != end; ++r) give_up(*r);
}

// Those of builtin types that run no Python, so that nothing can change or be collected meanwhile, and always make an instance of the
// very class.
bool is_simple_maker(NewFn make) {
    for (Type const* t : {&exc::BaseException, &dict_type, &list_type, &set_type})
        if (make == t->new_.load(std::memory_order_relaxed)) return true;
    return false;
}

// __init__ of a class written in Python whose instances are made by object's __new__ or by a simple maker: make_instance, then a frame
// of this interpreter for __init__. Null: not such a class.
Value plain_init(Thread& t, Type& type, NewFn make) {
    if (!type.has(type_flag::heap) || type.has(type_flag::abstract) || type.init.load() != python_init) return {};
    if (make == object_new ? type.hooks.trace || type.item_size : !is_simple_maker(make)) return {};
    Value init = type_lookup_peek(t, type, name::dunder_init().get());
    return init.is_pointer() && &type_of(init) == &function_type ? init : Value{};
}

void learn_constructor(Op const& op, Type& type) {
    std::uint32_t version = type_version(type);
    Value init = plain_init(op.py, type, type.new_.load());
    if (version == 0 || init.is_null()) return;
    Record r;
    r.kind = Record::constructor;
    r.object = &type;
    r.version = version;
    r.value_ = init;
    if (type.version.load(std::memory_order_acquire) == version) learn(op.k, op.c(), r);
}

// 0 raised, 2 frame pushed, -1 not a class of the plain kind.
int call_class(Op const& op, Type& type, Value const* args, std::size_t n, Tuple* names) {
    Python& py = op.py;
    NewFn make = type.new_.load();
    Value init = plain_init(py, type, make);
    if (init.is_null()) return -1;
    Value self = make_instance(py, type, make, args, n, names);
    if (self.is_null()) return 0;
    Value words[9];
    std::vector<Value> many;
    std::size_t all = n + (names ? names->size : 0);
    Value* w = words;
    if (all + 1 > 9) {
        many.resize(all + 1);
        w = many.data();
    }
    w[0] = self;
    for (std::size_t i = 0; i < all; ++i) w[i + 1] = args[i];
    if (!push_frame(py, *static_cast<Function*>(init.pointer()), w, n + 1, names, 2 | frame_flag::constructor, self)) {
        detail::decref(self);
        return 0;
    }
    return 2;
}

int call_any(Op const& op, Value callable, Value* args, std::size_t n, Tuple* names, Nested nested, Value* result) {
    Python& py = op.py;
    for (;;) {
        Type& type = type_of(callable);
        if (&type == &function_type) return push_frame(py, *static_cast<Function*>(callable.pointer()), args, n, names, 2, Value{}) ? 2 : 0;
        if (&type == &native_function_type) {
            auto* native = static_cast<Native*>(callable.pointer());
            *result = native->def->fn(py, *native, native->self.value(), args, n, names);
            return result->is_null() ? 0 : 1;
        }
        if (&type == &method_descriptor_type && n > 0) {
            auto* native = static_cast<Native*>(callable.pointer());
            if (is_instance_of(args[0], *native->home)) {
                *result = native->def->fn(py, *native, args[0], args + 1, n - 1, names);
                return result->is_null() ? 0 : 1;
            }
        }
        if (&type == &type_type && nested == Nested::never) {
            auto& cls = *static_cast<Type*>(callable.pointer());
            if (cls.has(type_flag::heap)) {
                if (!names && worth_learning(op)) learn_constructor(op, cls);
                int r = call_class(op, cls, args, n, names);
                if (r >= 0) return r;
            }
        }
        CallFn fn = type.call.load(std::memory_order_relaxed);
        if (!fn) {
            (void)raise(py, exc::TypeError, "'{}' object is not callable", TypeName{callable});
            return 0;
        }
        *result = fn(py, callable, args, n, names);
        return result->is_null() ? 0 : 1;
    }
}

}  // namespace

void unpack_bound_method(Value* regs, unsigned p) {
    if (!is_exact<BoundMethod>(regs[p]) || !regs[p + kCallHeader].is_null()) return;
    Value method = regs[p];
    auto* m = static_cast<BoundMethod*>(method.pointer());
    regs[p + kCallHeader] = reg::retain(m->self.value());
    regs[p] = reg::retain(m->function.value());
    reg::release(method);
}

int call_slow(Thread* t, Value* regs, Instruction const* pc, Value* k, std::uint64_t word, Nested nested) {
    Op op(t, regs, pc, k, word);
    unsigned p = op.a(), count = op.b();
    std::uint64_t ext = fetch(pc + 1);
    Tuple* names = b_of(ext) == kNoKeywords ? nullptr : static_cast<Tuple*>(k[b_of(ext)].pointer());
    Value* args = &regs[p + kCallHeader + 1];
    std::size_t n = count - (names ? names->size : 0);
    // Its self goes in front of the arguments.
    unpack_bound_method(regs, p);
    if (!regs[p + kCallHeader].is_null()) {
        --args;
        ++n;
    }
    Value callable = regs[p];
    Value result;
    int outcome = call_any(op, callable, args, n, names, nested, &result);
    if (outcome == 0) return 0;
    if (outcome == 2) {
        // The new frame lies above the block and holds counts of its own, so that releasing the block destroys nothing that it uses.
        release_block(regs, p, count);
        return 2;
    }
    result = reg::adopt(result);
    release_block(regs, p, count);
    put(regs, a_of(ext), result);
    return 1;
}

bool call_builtin_type(Thread* t, Value* regs, Instruction const* pc, std::uint64_t word) {
    unsigned p = a_of(word), count = b_of(word);
    Value result = type_call(static_cast<Python&>(*t), regs[p], &regs[p + kCallHeader + 1], count, nullptr);
    if (result.is_null()) return false;
    result = reg::adopt(result);
    release_block(regs, p, count);
    put(regs, a_of(fetch(pc + 1)), result);
    return true;
}

bool call_native(Thread* t, Value* regs, Instruction const* pc, std::uint64_t word) {
    unsigned p = a_of(word), count = b_of(word);
    Value callable = regs[p], self = regs[p + kCallHeader];
    auto& native = *static_cast<Native*>(callable.pointer());
    Value result = native.def->fn(static_cast<Python&>(*t), native, self.is_null() ? native.self.value() : self, &regs[p + kCallHeader + 1], count, nullptr);
    if (result.is_null()) return false;
    result = reg::adopt(result);
    release_block(regs, p, count);
    put(regs, a_of(fetch(pc + 1)), result);
    return true;
}

Maybe<Tuple> positional_arguments(Python& py, Value callable, Value positional) {
    auto prepare = [&]() -> Result<Ref<Tuple>> {
        if (is_exact<Tuple>(positional)) return as<Tuple>(positional).share();
        if (!type_of(positional).slot(Dunder::iter) && !type_of(positional).slot(Dunder::getitem)) {
            Ref<Str> text = TRY(str(py, Borrowed<>(callable)));
            return raise(py, exc::TypeError, "{} argument after * must be an iterable, not {}", text, TypeName{positional});
        }
        return tuple_from(py, Borrowed<>(positional));
    };
    auto prepared = prepare();
    return prepared.raised() ? Maybe<Tuple>() : Maybe<Tuple>(std::move(prepared).take());
}

namespace {
// The words of a call with unpacked arguments: self, positional ones, values of keywords. The last are counted.
class Spread {
public:
    explicit Spread(std::size_t expected) {
        if (expected <= std::size(few_)) return;
        many_.resize(expected);
        words_ = many_.data();
    }
    ~Spread() {
        for (std::size_t i = kept_; i < size_; ++i) detail::decref(words_[i]);
    }
    Spread(Spread const&) = delete;
    void add(Value v) { words_[size_++] = v; }
    // From here on add_kept() only.
    void end_positional() { kept_ = size_; }
    void add_kept(Maybe<> v) {
        if (words_ != few_ && size_ == many_.size()) {   // the dict has grown meanwhile
            many_.resize(2 * size_);
            words_ = many_.data();
        } else if (words_ == few_ && size_ == std::size(few_)) {
            many_.assign(few_, few_ + size_);
            many_.resize(2 * size_);
            words_ = many_.data();
        }
        words_[size_++] = v.release();
    }
    Value* words() { return words_; }
    std::size_t size() const { return size_; }

private:
    Value few_[12];
    std::vector<Value> many_;
    Value* words_ = few_;
    std::size_t size_ = 0, kept_ = SIZE_MAX;
};

// The names of the keywords of a call, in the order of their values, which go to `out`; null: raised.
Maybe<Tuple> spread_keywords(Python& py, Dict& keywords, Spread& out) {
    std::vector<Ref<>> keys;
    keys.reserve(keywords.size());
    std::size_t position = 0;
    Maybe<> key, value;
    while (dict_next(py, keywords, &position, &key, &value)) {
        if (!is<Str>(key.value())) return (void)raise(py, exc::TypeError, "keywords must be strings"), Maybe<Tuple>();
        keys.push_back(std::move(key).take());
        out.add_kept(std::move(value));
    }
    auto made = make_tuple_uninitialized(py, keys.size());
    if (made.raised()) return {};
    Ref<Tuple> names = std::move(made).take();
    for (std::size_t i = 0; i < keys.size(); ++i) names->slots[i] = keys[i].release();
    return names;
}
}  // namespace

int call_ex_slow(Thread* t, Value* regs, Instruction const* pc, Value* k, std::uint64_t word, Nested nested) {
    Op op(t, regs, pc, k, word);
    Python& py = op.py;
    unsigned p = op.a();
    std::uint64_t ext = fetch(pc + 1);
    Value callable = regs[p], self = regs[p + kCallHeader];
    Value positional = regs[p + kCallHeader + 1], keywords = op.b() ? regs[p + kCallHeader + 2] : Value{};
    Maybe<Tuple> tuple = positional_arguments(py, callable, positional);
    if (!tuple) return 0;
    Dict* dict = keywords && is_exact<Dict>(keywords) && as<Dict>(keywords)->size() > 0 ? as<Dict>(keywords).get() : nullptr;
    Spread spread(1 + tuple->size + (dict ? dict->size() : 0));
    if (self) spread.add(self);
    for (Value v : tuple->items()) spread.add(v);
    spread.end_positional();
    std::size_t n = spread.size();
    Maybe<Tuple> names;
    if (dict && !(names = spread_keywords(py, *dict, spread))) return 0;
    Value result;
    int outcome = call_any(op, callable, spread.words(), n, names ? static_cast<Tuple*>(names.value().pointer()) : nullptr, nested, &result);
    if (outcome == 0) return 0;
    if (outcome == 1) result = reg::adopt(result);
    release_block(regs, p, op.b() ? 2 : 1);
    if (outcome == 2) return 2;
    put(regs, a_of(ext), result);
    return 1;
}

}  // namespace vm

Value call_function(Python& py, Value function, Value const* args, std::size_t n, Tuple* names) {
    if (check_native_stack(py).raised()) return {};
    if (!vm::push_frame(py, *static_cast<Function*>(function.pointer()), args, n, names, 2 | frame_flag::entry, Value{})) return {};
    return vm::run_top(py);
}

Result<Ref<>> run_code(Python& py, Borrowed<Code> code, Borrowed<Dict> globals, Optional<> locals, Optional<Tuple> closure) {
    CHECK(check_native_stack(py));
    Ref<Function> f = TRY(make_function(py, code, globals, true));
    if (closure) f->closure.init(Maybe<Tuple>((*closure).share()));
    if (!vm::push_frame(py, *f, nullptr, 0, nullptr, 2 | frame_flag::entry, Value{})) return Raised{};
    if (locals) py.frame->locals = reg::retain(locals.value());
    return Result<Ref<>>::of_word(vm::run_top(py));
}

}  // namespace oro
