// ImportError, NameError and AttributeError: exceptions that know by keyword what they are about.
#include "object/dict.h"
#include "object/instance.h"
#include "types/exceptions.h"

namespace oro::exceptions {
namespace {

Result<void> import_init_with(Python& py, ImportError& e, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"name", "path", "name_from"};
    Value words[3] = {};
    CHECK(take_keywords(py, "ImportError", kNames, args, n, names, words));
    CHECK(set_args(py, e, args, n));
    auto set = [&](Member<>& field, Value v) { field.store(&e, v ? Maybe<>(share(v)) : Maybe<>()); };
    set(e.name, words[0]);
    set(e.path, words[1]);
    set(e.name_from, words[2]);
    set(e.msg, n == 1 ? args[0] : Value{});
    return {};
}

Value import_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return done(import_init_with(py, static_cast<ImportError&>(exception_of(self)), args, n, names));
}

Result<Ref<Str>> import_str(Python& py, Borrowed<ImportError> self) {
    Maybe<> msg = self->msg.load(self.get());
    if (msg && is_exact<Str>(*msg)) return Ref<Str>::adopt(msg.release());
    return plain_text(py, *self);
}

// A copy of the attributes as a dict with `fields` added; null if that leaves nothing.
Result<Maybe<>> state_with(Python& py, BaseException& self, std::initializer_list<std::pair<Borrowed<Str>, Maybe<>*>> fields) {
    Maybe<> own = TRY(attributes_of(py, self));
    Ref<Dict> state = TRY(own ? dict_copy(py, as<Dict>(*own)) : make_dict(py));
    for (auto& [name, value] : fields) {
        if (*value) CHECK(dict_set(py, *state, name, std::move(*value).take()));
    }
    if (state->size() == 0) return Maybe<>();
    return Maybe<>(std::move(state));
}

Result<Ref<>> import_reduce(Python& py, Borrowed<ImportError> self) {
    Maybe<> name = self->name.load(self.get()), path = self->path.load(self.get()), from = self->name_from.load(self.get());
    Ref<Str> name_from = intern(py, TRY(make_str(py, std::string_view("name_from"))));
    Maybe<> state = TRY(state_with(py, *self, {{name::name(), &name}, {name::path(), &path}, {name_from, &from}}));
    return reduce_with(py, *self, args_of(*self), std::move(state));
}

Result<void> name_init_with(Python& py, NameError& e, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"name"};
    Value word{};
    CHECK(take_keywords(py, "NameError", kNames, args, n, names, &word));
    CHECK(set_args(py, e, args, n));
    e.name.store(&e, word ? Maybe<>(share(word)) : Maybe<>());
    return {};
}

Value name_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return done(name_init_with(py, static_cast<NameError&>(exception_of(self)), args, n, names));
}

Result<void> attribute_init_with(Python& py, AttributeError& e, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"name", "obj"};
    Value words[2] = {};
    CHECK(take_keywords(py, "AttributeError", kNames, args, n, names, words));
    CHECK(set_args(py, e, args, n));
    e.name.store(&e, words[0] ? Maybe<>(share(words[0])) : Maybe<>());
    e.obj.store(&e, words[1] ? Maybe<>(share(words[1])) : Maybe<>());
    return {};
}

Value attribute_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return done(attribute_init_with(py, static_cast<AttributeError&>(exception_of(self)), args, n, names));
}

// Without `obj`, which often cannot be pickled.
Result<Maybe<>> attribute_getstate(Python& py, Borrowed<AttributeError> self) {
    Maybe<> name = self->name.load(self.get());
    Maybe<> args = args_of(*self);
    return state_with(py, *self, {{name::name(), &name}, {name::args(), &args}});
}

Result<Ref<>> attribute_reduce(Python& py, Borrowed<AttributeError> self) {
    return reduce_with(py, *self, args_of(*self), TRY(attribute_getstate(py, self)));
}

constexpr MethodDef import_methods[] = {def<import_reduce>("__reduce__", "", "")};
constexpr SlotDef import_slots[] = {slot<Dunder::str, import_str>};
constexpr GetSetDef import_getsets[] = {
    field<ImportError, &ImportError::msg>("msg", "The message."),
    field<ImportError, &ImportError::name>("name", "The module's name."),
    field<ImportError, &ImportError::path>("path", "The module's path."),
    field<ImportError, &ImportError::name_from>("name_from", "The name that was to be imported from the module."),
};
constexpr GetSetDef name_getsets[] = {field<NameError, &NameError::name>("name", "The name.")};
constexpr MethodDef attribute_methods[] = {
    def<attribute_getstate>("__getstate__", "", ""),
    def<attribute_reduce>("__reduce__", "", ""),
};
constexpr GetSetDef attribute_getsets[] = {
    field<AttributeError, &AttributeError::name>("name", "The attribute's name."),
    field<AttributeError, &AttributeError::obj>("obj", "The object."),
};

}  // namespace
}  // namespace oro::exceptions

ORO_EXCEPTION(ImportError, Exception, ImportError, "A module or a name in it could not be imported.",
              .new_ = exceptions::exception_new<oro::ImportError>, .init = exceptions::import_init,
              .methods = exceptions::import_methods, .slots = exceptions::import_slots, .getsets = exceptions::import_getsets)
ORO_EXCEPTION(ModuleNotFoundError, ImportError, ImportError, "A module was not found.")
ORO_EXCEPTION(NameError, Exception, NameError, "A name was not found.", .new_ = exceptions::exception_new<oro::NameError>,
              .init = exceptions::name_init, .getsets = exceptions::name_getsets)
ORO_EXCEPTION(UnboundLocalError, NameError, NameError, "A local variable was used before it had a value.")
ORO_EXCEPTION(AttributeError, Exception, AttributeError, "An attribute was not found.",
              .new_ = exceptions::exception_new<oro::AttributeError>, .init = exceptions::attribute_init,
              .methods = exceptions::attribute_methods, .getsets = exceptions::attribute_getsets)
