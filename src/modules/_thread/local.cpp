// threading.local: attributes of which each thread has its own.
//
// Each thread keeps a dictionary {id of the local: its dict} in Thread::dict, so that access takes no lock and the values die with the
// thread. A local that dies leaves its entries to the threads, which drop them when they end; the key holds a number that is never used again.
#include "object/call.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/slot_wrapper.h"

namespace oro::thread {

struct Local : Object {
    std::uint64_t number;
    Fixed<Tuple> args;
    Fixed<Dict> keywords;             // null: none
    Local(std::uint64_t n, Ref<Tuple> a, Maybe<Dict> k) : number(n), args(std::move(a)), keywords(std::move(k)) {}
    static constexpr auto fields = std::tuple{&Local::args, &Local::keywords};
    static Type& type();
};

namespace {

std::atomic<std::uint64_t> next_number{1};

// This thread's dict for the local; a new one runs __init__ with the arguments of the constructor.
Result<Ref<Dict>> dict_of(Python& py, Local& self) {
    if (py.dict.is_null()) py.dict = Ref<>(TRY(make_dict(py))).release();
    auto& all = *static_cast<Dict*>(py.dict.pointer());
    Borrowed<Dict> table(all);
    Ref<> key = Ref<>::adopt(Value::of_int(std::int64_t(self.number)));
    Maybe<> there = TRY(dict_get_item(py, table, key));
    if (there) return as<Dict>(std::move(there).take());
    Ref<Dict> fresh = TRY(make_dict(py));
    CHECK(dict_set_item(py, table, key, fresh.share()));
    Type& type = type_of(&self);
    if (&type != &Local::type() && type.init.load() == python_init) {
        Ref<> init = TRY(get_attribute(py, Borrowed<Local>(self), name::dunder_init()));
        auto r = call_tuple(py, init, *self.args, self.keywords ? Optional<Dict>(*self.keywords) : Optional<Dict>());
        if (r.raised()) {
            Maybe<> e = take_raised(py);
            (void)dict_pop_item(py, table, key);
            restore_raised(py, std::move(e).take());
            return Raised{};
        }
    }
    return fresh;
}

Value local_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (&type == &Local::type() || type.init.load() != python_init) {
        if (n || names) {
            (void)raise(py, exc::TypeError, "Initialization arguments are not supported");
            return {};
        }
    }
    auto build = [&]() -> Result<Ref<>> {
        Ref<Tuple> positional = TRY(oro::make_tuple(py, std::span<Value const>(args, n)));
        Maybe<Dict> keywords;
        if (names) {
            keywords = Maybe<Dict>(TRY(make_dict(py)));
            for (std::size_t i = 0; i < names->size; ++i) CHECK(dict_set_item(py, *keywords, names->at(i), share(args[n + i])));
        }
        Ref<Local> self = TRY(make<Local>(py, type, next_number++, std::move(positional), std::move(keywords)));
        // The constructor itself calls __init__ in this thread: its dict is there already.
        if (py.dict.is_null()) py.dict = Ref<>(TRY(make_dict(py))).release();
        Borrowed<Dict> table(*static_cast<Dict*>(py.dict.pointer()));
        Ref<> key = Ref<>::adopt(Value::of_int(std::int64_t(self->number)));
        CHECK(dict_set_item(py, table, key, TRY(make_dict(py))));
        return self;
    };
    return build().release();
}

Result<Ref<>> local_getattribute(Python& py, Borrowed<Local> self, Borrowed<> name) {
    Ref<Dict> dict = TRY(dict_of(py, *self.get()));
    if (!is<Str>(name)) return raise(py, exc::TypeError, "attribute name must be string, not '{}'", TypeName{name.value()});
    Ref<Str> key = intern(py, as<Str>(name).share());
    if (key.get() == name::dunder_dict().get()) return dict;
    Type& type = type_of(self);
    Maybe<> found = type_lookup(py, type, key);
    SlotFn get = found ? type_of(found.value()).slot(Dunder::get) : nullptr;
    if (get && (type_of(found.value()).slot(Dunder::set) || type_of(found.value()).slot(Dunder::delete_)))
        return Result<Ref<>>::of_word(get(py, found.value(), self.value(), Value::of(&type)));
    Maybe<> own = dict_get(py, *dict, key);
    if (own) return std::move(own).take();
    if (get) return Result<Ref<>>::of_word(get(py, found.value(), self.value(), Value::of(&type)));
    if (found) return std::move(found).take();
    (void)raise(py, exc::AttributeError, "'{}' object has no attribute '{}'", TypeName{self.value()}, key);
    set_attribute_error_context(py, self, key);
    return Raised{};
}

Result<void> set(Python& py, Borrowed<Local> self, Borrowed<> name, Optional<> value) {
    Ref<Dict> dict = TRY(dict_of(py, *self.get()));
    if (!is<Str>(name)) return raise(py, exc::TypeError, "attribute name must be string, not '{}'", TypeName{name.value()});
    Ref<Str> key = intern(py, as<Str>(name).share());
    if (key.get() == name::dunder_dict().get())
        return raise(py, exc::AttributeError, "'{}' object attribute '__dict__' is read-only", TypeName{self.value()});
    Type& type = type_of(self);
    Maybe<> found = type_lookup(py, type, key);
    if (found) {
        SlotFn slot = type_of(found.value()).slot(value ? Dunder::set : Dunder::delete_);
        if (slot) {
            Value r = slot(py, found.value(), self.value(), value.value());
            if (r.is_null()) return Raised{};
            return {};
        }
    }
    if (value) return dict_set(py, *dict, key, (*value).share());
    if (!dict_pop(py, *dict, key)) return raise(py, exc::AttributeError, "'{}' object has no attribute '{}'", TypeName{self.value()}, key);
    return {};
}
Result<void> local_setattr(Python& py, Borrowed<Local> self, Borrowed<> name, Borrowed<> value) { return set(py, self, name, Optional<>(value)); }
Result<void> local_delattr(Python& py, Borrowed<Local> self, Borrowed<> name) { return set(py, self, name, {}); }

constexpr SlotDef slots[] = {slot<Dunder::getattribute, local_getattribute>, slot<Dunder::setattr, local_setattr>, slot<Dunder::delattr, local_delattr>};
constexpr TypeDef local_def{.name = "_thread._local", .doc = "Attributes of which each thread has its own.", .size = sizeof(Local),
                            .flags = type_flag::subclassable | type_flag::has_weakrefs, .hooks = hooks_of<Local>(), .new_ = local_new, .slots = slots};

}  // namespace

ORO_TYPE(local_type, local_def);
Type& Local::type() { return local_type; }

}  // namespace oro::thread
